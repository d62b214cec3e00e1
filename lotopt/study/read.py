"""Reading scenario files: TOML or JSON, variants merged, every problem told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from lotopt.core.clause import Clause
from lotopt.core.errors import Problems, did_you_mean
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.study.merge import Table, merged_file
from lotopt.study.scenario import (
    AllocationPart,
    DesignPart,
    ExplainPart,
    JointPart,
    MarketPart,
    ReleasePart,
    ReportPart,
    Scenario,
    Simulate,
)
from lotopt.study.words import fields_of, no_kind, plain_problems

C = TypeVar("C", bound=Clause)
Kinds = Mapping[str, type[C]]

PARTS: Mapping[str, type[BaseModel]] = {
    "solver": SolverOptions,
    "design": DesignPart,
    "market": MarketPart,
    "allocation": AllocationPart,
    "joint": JointPart,
    "explain": ExplainPart,
    "report": ReportPart,
    "release": ReleasePart,
}


def read_scenario(file: str | Path) -> Scenario:
    """The scenario in a TOML or JSON file, with what it extends; paths in it are taken from the file's folder.

    Raises InputError with every problem of the file, each in the file's own words.
    """
    path = Path(file)
    table, files = merged_file(path)
    return scenario_from(table, source=str(file), files=files)


def scenario_from(table: Table, source: str = "scenario", files: Sequence[Path] = ()) -> Scenario:
    """A scenario from nested dicts in the shape of a scenario file. Raises InputError with every problem."""
    problems = Problems(source)
    known = (*fields_of(Scenario), "extends")
    for key in table:
        if key not in known:
            problems.add(f"no table or field '{key}'; {did_you_mean(key, known)}")
    parts: dict[str, Any] = {}
    for key, model in PARTS.items():
        parts[key] = _part(table, key, model, problems)
    if "allocation" in table and "market" not in table:
        problems.add('[allocation] needs a [market] table: file = "bids.xlsx", or simulate = { seed = 7 }')
    if "market" in table and "allocation" not in table:
        problems.add("[market] needs [allocation.rules] and [allocation.goals] to award it by")
    for problem in (*_together(table), *_alone(table), *_published(table)):
        problems.add(problem)
    values = {key: table[key] for key in ("title", "territory") if key in table}
    values |= {key: part for key, part in parts.items() if part is not None}
    scenario = None
    try:
        scenario = Scenario(**values, source=source, files=tuple(files))
    except ValidationError as error:
        for found in plain_problems(error, "", Scenario):
            problems.add(found.removeprefix(": "))
    problems.check()
    assert scenario is not None  # a validation that failed was told just above
    return scenario


def _together(table: Table) -> Iterator[str]:
    """What does not go with deciding lots and awards together."""
    if "joint" not in table:
        return
    if "market" not in table and "allocation" not in table:
        yield "[joint] needs [market], for the price schedules, and [allocation.rules] and [allocation.goals]"
    design, market = table.get("design"), table.get("market")
    if isinstance(design, Mapping) and "fixed_design" in design:
        yield "[joint] draws the lots, so [design] fixed_design cannot hold them; leave one of the two out"
    if isinstance(market, Mapping) and market.get("services"):
        yield "[joint] buys one service without a name; leave out [market] services, or award lots that are drawn"
    allocation = table.get("allocation")
    for key in ("in_order", "ties"):
        if isinstance(allocation, Mapping) and allocation.get(key):
            yield f"[allocation] {key}: [joint] weighs its goals against each other; leave {key} out, or give weights"
    if table.get("explain"):
        yield "[explain] tells of bids, and [joint] has price schedules; leave it out, or award lots that are drawn"


def _alone(table: Table) -> Iterator[str]:
    """What does and does not go with a market that brings its own lots."""
    market = table.get("market")
    if not (isinstance(market, Mapping) and market.get("lots") is True):
        if not table.get("territory"):
            yield "territory: name an embedded place or the path of a territory.toml"
        return
    told = "[market] lots = true takes the lots from the market's file"
    for key in ("territory", "design", "joint"):
        if key in table:
            yield f"{key if key == 'territory' else f'[{key}]'}: {told}; leave one of the two out"
    report = table.get("report")
    if isinstance(report, Mapping) and "base" in report:
        yield f"[report] base: {told}, and a design is set beside lots on a map; leave it out"


def _published(table: Table) -> Iterator[str]:
    """What cannot be told of awards where there are none."""
    release = table.get("release")
    if isinstance(release, Mapping) and release.get("stage") == "award" and "market" not in table:
        yield '[release] stage is "award", and without a [market] nothing is awarded; "tender" tells of lots'


def sections() -> dict[str, Kinds[Any]]:
    """The sections of a scenario that hold clauses, and every kind each may hold by the word files use."""
    from lotopt.allocation.goals import GOALS as AWARD_GOALS
    from lotopt.allocation.rules import RULES as AWARD_RULES
    from lotopt.design.goals import GOALS as DESIGN_GOALS
    from lotopt.design.rules import RULES as DESIGN_RULES

    return {
        "design.rules": _by_kind(DESIGN_RULES),
        "design.goals": _by_kind(DESIGN_GOALS),
        "allocation.rules": _by_kind(AWARD_RULES),
        "allocation.goals": _by_kind(AWARD_GOALS),
        "allocation.ties": _by_kind(AWARD_GOALS),
    }


def _by_kind(kinds: Sequence[type[C]]) -> dict[str, type[C]]:
    """Clause classes by their kind, in the order of the list."""
    return {kind.model_fields["kind"].default: kind for kind in kinds}


def _part(table: Table, key: str, model: type[BaseModel], problems: Problems) -> Any:
    """One table of the file as its model; None where the file has none or it has problems."""
    if key not in table:
        return None
    given = table[key]
    if not isinstance(given, Mapping):
        problems.add(f"[{key}] is {given!r}; a table is wanted")
        return None
    before = len(problems.found)
    kinds = sections()
    values: dict[str, Any] = {}
    for name, value in given.items():
        if f"{key}.{name}" in kinds:
            values[name] = _clauses(value, f"{key}.{name}", kinds, problems)
        else:
            values[name] = value
    if isinstance(values.get("simulate"), Mapping):
        simulate = _validated(Simulate, values["simulate"], f"[{key}] simulate", problems)
        values["simulate"] = simulate or Simulate()
    # the fields are checked even where clauses have problems: every problem at once
    part = _validated(model, values, f"[{key}]", problems)
    return part if len(problems.found) == before else None


def _validated(model: type[BaseModel], values: Mapping[str, Any], where: str, problems: Problems) -> Any:
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        for found in plain_problems(error, where, model):
            problems.add(found)
        return None


def _clauses(given: Any, section: str, kinds: Mapping[str, Kinds[Any]], problems: Problems) -> tuple[Clause, ...]:
    """The clauses of one section, each named by its key."""
    if not isinstance(given, Mapping):
        problems.add(
            f"[{section}] is {given!r}; a table of clauses is wanted, such as {next(iter(kinds[section]))} = {{}}"
        )
        return ()
    found = []
    for name, fields in given.items():
        clause = _clause(name, fields, section, kinds, problems)
        if clause is not None:
            found.append(clause)
    return tuple(found)


def _clause(
    name: str, fields: Any, section: str, kinds: Mapping[str, Kinds[Any]], problems: Problems
) -> Clause | None:
    where = f"[{section}] {name}"
    if fields is False:
        problems.add(f"{where}: false drops an inherited clause, and none of that name is inherited")
        return None
    if not isinstance(fields, Mapping):
        problems.add(f"{where}: is {fields!r}; a table is wanted, such as {{}}, or false to drop an inherited clause")
        return None
    kind = fields.get("kind", name)
    if not isinstance(kind, str) or kind not in kinds[section]:
        problems.add(f"{where}: {no_kind(str(kind), section, kinds)}")
        return None
    model = kinds[section][kind]
    values = {key: value for key, value in fields.items() if key != "kind"}
    if "name" in values:
        problems.add(f"{where}: no field name; the key before the = is the clause's name")
        return None
    clause: Clause | None = _validated(model, values, where, problems)
    return clause and clause.model_copy(update={"name": name})
