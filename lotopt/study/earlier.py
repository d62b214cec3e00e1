"""A run of an earlier day, read from its folder and not run again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from lotopt.core.errors import InputError, Problems
from lotopt.core.reading import Audit, Number, Reading
from lotopt.core.result import GoalValue, Phase, Result
from lotopt.design.design import LotDesign
from lotopt.study.freshness import Freshness, freshness
from lotopt.study.records import DesignRecord, RunRecord
from lotopt.study.scenario import Scenario
from lotopt.territory.territory import Territory

RESULT, SCENARIO, LOTS, AWARDS = "result.json", "scenario.toml", "lots.csv", "awards.csv"


@dataclass(frozen=True, eq=False)
class EarlierRun:
    """What an earlier run found, as it found it.

    `design` has its status, bound and audit of that day, and its lots on the territory as it is now; `fresh` says
    which inputs are others by now. `document` is the whole of result.json. `scenario` is None where it cannot be
    read any more.
    """

    folder: Path
    record: RunRecord
    document: dict[str, Any]
    territory: Territory
    design: Result[LotDesign]
    scenario: Scenario | None
    fresh: Freshness

    @property
    def version(self) -> str:
        """The version of lotopt that made it."""
        return self.record.provenance.versions.get("lotopt", "")

    @property
    def measure(self) -> str:
        """The measure that it weighed by; empty where the territory has no such measure now."""
        weighed = self.record.design.coherence if self.record.design is not None else None
        name = weighed.measure if weighed is not None else ""
        return name if name in self.territory.measures else ""

    @property
    def market(self) -> str:
        """What its prices came from, by the same words as a run of now."""
        part = self.scenario.market if self.scenario is not None else None
        if part is None:
            named = (entry.name for entry in self.record.provenance.inputs if entry.name.startswith("market"))
            return next(named, "a market that is not known any more")
        if part.simulate is None:
            return Path(str(part.file)).name
        joint = self.scenario is not None and self.scenario.joint is not None
        return f"simulated {'schedules' if joint else 'market'}, seed {part.simulate.seed}"


def is_run(path: Path) -> bool:
    """Whether a path is the folder of an earlier run, or its result.json."""
    return (path / RESULT).is_file() or (path.name == RESULT and path.is_file())


def read_run(path: Path | str, territory: Territory | None = None) -> EarlierRun:
    """An earlier run from its folder: result.json, and what lies beside it held against that.

    Its territory is the one that its scenario.toml names, else an embedded place of that name, else the given one.
    Raises InputError with every problem: no result of lotopt, a territory that is not to be found or has other areas,
    a lots.csv or awards.csv that tells something else than result.json.
    """
    folder = Path(path)
    folder = folder.parent if folder.name == RESULT else folder
    document, record = _record(folder)
    problems = Problems(str(folder))
    if record.design is None:
        raise InputError(str(folder), f"{folder}: its market brings its own lots, and lots on a map are asked for")
    scenario, unreadable = _scenario(folder)
    ground = _territory(folder, record, scenario, territory, problems)
    problems.check()
    assert ground is not None  # its lack is a problem
    plan = _plan(folder, record, record.design, ground, problems)
    for problem in _beside(folder, record, plan, ground):
        problems.add(problem)
    problems.check()
    inputs = {entry.name: entry.sha256 for entry in record.provenance.inputs}
    fresh = freshness(inputs, folder, scenario, ground, plan, unreadable)
    return EarlierRun(folder, record, document, ground, _result(record.design, plan), scenario, fresh)


def _record(folder: Path) -> tuple[dict[str, Any], RunRecord]:
    file = folder / RESULT
    try:
        document = json.loads(file.read_text(encoding="utf-8"), parse_constant=_no_number)
    except OSError as error:
        raise InputError(str(file), f"{file}: cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(str(file), f"{file}: is no JSON: {error}") from None
    try:
        return document, RunRecord.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False)
        told = [f"{'.'.join(map(str, e['loc'])) or 'it'}: {e['msg'][:1].lower()}{e['msg'][1:]}" for e in found[:3]]
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        raise InputError(
            str(file), f"{file}: is no result that this version of lotopt can read: {'; '.join(told)}{more}"
        ) from None


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _scenario(folder: Path) -> tuple[Scenario | None, str]:
    """The scenario as it was resolved, or why it cannot be read."""
    from lotopt.study.read import read_scenario

    try:
        return read_scenario(folder / SCENARIO), ""
    except InputError as error:
        return None, f"{SCENARIO}: {error.problems[0]}"


def _territory(
    folder: Path, record: RunRecord, scenario: Scenario | None, given: Territory | None, problems: Problems
) -> Territory | None:
    from lotopt.territory.places import embedded, load_territory

    name = record.territory.name if record.territory is not None else ""
    wanted = scenario.territory if scenario is not None and scenario.territory else name if name in embedded() else ""
    told = f"{folder}: nothing says where its territory {name or 'without a name'} is; name it with --territory"
    if wanted:
        try:
            return load_territory(wanted)
        except InputError as error:
            told = f"{folder}: {error.problems[0]}; it can be named with --territory"
    if given is None:
        problems.add(told)
    return given


def _plan(
    folder: Path, record: RunRecord, design: DesignRecord, territory: Territory, problems: Problems
) -> LotDesign | None:
    if not design.lots:
        return None
    lot_of: dict[str, str] = {}
    for lot in design.lots:
        for area in lot.areas:
            if lot_of.setdefault(area, lot.id) != lot.id:
                problems.add(f"{folder / RESULT}: area '{area}' is in the lots '{lot_of[area]}' and '{lot.id}'")
    lacking, beyond = set(territory.ids) - set(lot_of), set(lot_of) - set(territory.ids)
    if lacking or beyond:
        problems.add(
            f"{folder}: its lots are of other areas than the territory has now: "
            f"{len(lacking)} have no lot and {len(beyond)} are not of it"
        )
    if problems.found:
        return None
    held = [lot for lot in design.lots if lot.areas]
    place = {lot.id: k for k, lot in enumerate(held)}
    of = np.array([place[lot_of[area]] for area in territory.ids], dtype=np.int64)
    ids, names = tuple(lot.id for lot in held), tuple(lot.name or lot.id for lot in held)
    return LotDesign(territory, ids, of, () if names == ids else names, record.title or folder.name)


def _beside(folder: Path, record: RunRecord, plan: LotDesign | None, territory: Territory) -> Iterator[str]:
    """What lots.csv and awards.csv tell otherwise than result.json."""
    file = folder / LOTS
    if plan is not None and file.is_file():
        from lotopt.territory.read import read_design

        try:
            drawn = LotDesign.from_partition(territory, read_design(file, territory))
        except InputError as error:
            yield from (f"{folder / LOTS}: {problem.removeprefix(f'{LOTS}, ')}" for problem in error.problems)
            return
        # not by id: one that a spreadsheet would run has an apostrophe before it in lots.csv
        if len(set(zip(plan.of.tolist(), drawn.of.tolist(), strict=True))) > min(len(plan), len(drawn)):
            yield (
                f"{file}: its lots are others than those in {RESULT}, so one of the two was changed by hand; "
                f"give {file} alone to measure the lots in it"
            )
    total = record.allocation.total_price if record.allocation is not None else None
    if total is not None and (folder / AWARDS).is_file():
        yield from _prices(folder / AWARDS, total)


def _prices(file: Path, total: Decimal) -> Iterator[str]:
    from lotopt.territory.files import read_csv

    problems = Problems(str(file))
    try:
        cells = read_csv(file).text("price", problems) or []
        problems.check()
        paid = sum(map(Decimal, cells), Decimal(0))
    except InputError as error:
        yield from (f"{file}: {problem.removeprefix(f'{file.name}, ')}" for problem in error.problems)
    except InvalidOperation:
        yield f"{file}: price: holds what is no amount"
    else:
        if paid != total:
            yield f"{file}: its prices add up to {paid:,f}, and {RESULT} tells of {total:,f}; one was changed by hand"


def _result(design: DesignRecord, plan: LotDesign | None) -> Result[LotDesign]:
    audit = design.audit
    return Result(
        plan,
        design.status,
        design.objective,
        design.bound,
        design.wanted_gap,
        phases=tuple(Phase(phase.name, phase.seconds) for phase in design.phases),
        goals=tuple(GoalValue(goal.name, goal.value, goal.unit, goal.weight) for goal in design.goals),
        audit=None
        if audit is None
        else Audit(
            tuple(
                Reading(r.clause, r.where, r.value, _or(r.at_least, "-inf"), _or(r.at_most, "inf"), r.unit)
                for r in audit.readings
            ),
            audit.faults,
            design.objective,
        ),
        conflict=design.conflict,
        limits=design.limits,
        interrupted=design.interrupted,
    )


def _or(limit: Number | None, none: str) -> Number:
    return float(none) if limit is None else limit
