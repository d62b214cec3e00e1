"""What a scenario stands on: its territory and, where one is given, its fixed design; checked before any solve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.core.errors import InputError, Problems, did_you_mean
from lotopt.core.lot import LotFacts
from lotopt.design.clause import DesignGoal, DesignRule
from lotopt.design.design import LotDesign
from lotopt.design.problem import resolve
from lotopt.design.rules import Fixed, LotCount
from lotopt.engine.solve.solvers import check_solver
from lotopt.market.market import Market
from lotopt.market.schedules import Schedules
from lotopt.study.files import shown
from lotopt.study.offers import first_measure, market_of, own_market, schedules_of
from lotopt.study.scenario import Scenario
from lotopt.territory.territory import Territory


@dataclass(frozen=True, eq=False)
class Ground:
    """The territory of a scenario, its designs, and the market or price schedules known already.

    `fixed` is the design that is held fixed, `base` the one that the report sets beside the lots.
    `land` is the territory, None where the market brings its own lots; `territory` is for whoever knows that there is
    one.
    """

    scenario: Scenario
    land: Territory | None
    fixed: LotDesign | None = None
    market: Market | None = None
    schedules: Schedules | None = None
    base: LotDesign | None = None

    @property
    def territory(self) -> Territory:
        assert self.land is not None, "the market brings its own lots"
        return self.land

    @property
    def rules(self) -> tuple[DesignRule, ...]:
        return self.scenario.design.rules

    @property
    def goals(self) -> tuple[DesignGoal, ...]:
        return self.scenario.design.goals

    @property
    def measure(self) -> str:
        """The measure that coherence is weighted by."""
        return self.scenario.report.measure or first_measure(self.scenario, self.territory)

    @property
    def layers(self) -> tuple[str, ...]:
        return self.scenario.report.layers or tuple(self.territory.layers)


def check(scenario: Scenario) -> Ground:
    """What the scenario stands on, after every check that needs no solver.

    Raises InputError with the problems of the territory, of the design, of every clause against the territory
    and of the market, all at once.
    """
    from lotopt.territory.places import load_territory

    problems = Problems(scenario.source)
    if scenario.alone:
        return _alone(scenario, problems)
    try:
        territory = load_territory(shown(scenario.territory))
    except InputError as error:
        _take(problems, error)
        problems.check()
        raise
    fixed = _known_design(scenario.design.fixed_design, territory, "[design] fixed_design", problems)
    base = _known_design(scenario.report.base, territory, "[report] base", problems)
    _check_solver(scenario, problems)
    ground = Ground(scenario, territory, fixed, base=base)
    for problem in _against_territory(ground):
        problems.add(problem)
    wish = scenario.market.simulate if scenario.market else None
    if wish is not None and wish.measure is not None and wish.measure not in territory.measures:
        problems.check()  # told just above, and no market can be made without it
    if scenario.joint is not None:
        schedules = _for_joint(ground, problems)
        problems.check()
        return replace(ground, schedules=schedules)
    rehearsal = None
    try:
        # lots that are not drawn yet are known by their ids, and all else in a market can be checked with them
        rehearsal = market_of(scenario, territory, fixed if fixed is not None else _lots_to_come(ground))
    except InputError as error:
        _take(problems, error)
    for problem in _against_market(scenario, rehearsal):
        problems.add(problem)
    problems.check()
    return ground if fixed is None else replace(ground, market=rehearsal)


def _alone(scenario: Scenario, problems: Problems) -> Ground:
    """The ground of a market that brings its own lots: the market."""
    market = None
    _check_solver(scenario, problems)
    try:
        market = own_market(scenario)
    except InputError as error:
        _take(problems, error)
    for problem in _against_market(scenario, market):
        problems.add(problem)
    problems.check()
    return Ground(scenario, None, market=market)


def _check_solver(scenario: Scenario, problems: Problems) -> None:
    try:
        check_solver(scenario.solver.name)
    except InputError as error:
        for problem in error.problems:
            problems.add(f"[solver] {problem}")


def _for_joint(ground: Ground, problems: Problems) -> Schedules | None:
    """The price schedules of a scenario that decides together, after telling all that does not go with them."""
    from lotopt.joint.problem import Case, panel, unfit
    from lotopt.territory.facts import area_facts

    scenario = ground.scenario
    try:
        schedules = schedules_of(scenario, ground.territory)
    except InputError as error:
        _take(problems, error)
        return None
    allocation = scenario.allocation
    if schedules is None or allocation is None:
        return None
    for problem in schedules.problems(area_facts(ground.territory)):
        problems.add(f"{schedules.source}: {problem}")
    case = Case(ground.territory, schedules, (), allocation.rules, (), allocation.goals)
    for clause, problem in unfit(case, panel(case, len(ground.territory))):
        section = "rules" if clause in allocation.rules else "goals"
        problems.add(f"[allocation.{section}] {clause.label}: {problem}")
    return schedules


def _known_design(name: str | None, territory: Territory, where: str, problems: Problems) -> LotDesign | None:
    """A design that a scenario names; None where it names none or the name has problems."""
    try:
        return None if name is None else find_design(name, territory, where)
    except InputError as error:
        _take(problems, error)
        return None


def find_design(name: str, territory: Territory, where: str = "design") -> LotDesign:
    """A design of the territory by name, or from a CSV file. Raises InputError that says which there are."""
    if name in territory.designs:
        return LotDesign.from_partition(territory, territory.designs[name])
    path = Path(shown(name))
    if path.is_file():
        from lotopt.territory.read import read_design

        return LotDesign.from_partition(territory, read_design(path, territory))
    known = sorted(territory.designs)
    raise InputError(where, f"no design and no file '{path}'; {did_you_mean(name, known)}")


def _against_territory(ground: Ground) -> Iterator[str]:
    """What is wrong with rules, goals and the report's wishes on this territory."""
    territory, scenario = ground.territory, ground.scenario
    counted = [LotCount(at_least=len(ground.fixed), at_most=len(ground.fixed))] if ground.fixed is not None else []
    try:
        resolve(territory, [*ground.rules, *counted], ground.goals)
    except InputError as error:
        ruled = {rule.label for rule in ground.rules}
        for problem in error.problems:
            section = "rules" if problem.split(":")[0] in ruled else "goals"
            yield f"[design.{section}] {problem}"
    simulate = scenario.market.simulate if scenario.market else None
    wishes = {"[report]": scenario.report.measure, "[market] simulate:": simulate.measure if simulate else None}
    for where, measure in wishes.items():
        if measure is not None and measure not in territory.measures:
            yield f"{where} measure: no measure '{measure}'; {did_you_mean(measure, sorted(territory.measures))}"
    for layer in scenario.report.layers:
        if layer not in territory.layers:
            yield f"[report] layers: no layer '{layer}'; {did_you_mean(layer, sorted(territory.layers))}"


def _against_market(scenario: Scenario, market: Market | None) -> Iterator[str]:
    """Names and figures that award rules and goals need and the market lacks."""
    allocation = scenario.allocation
    if market is None or allocation is None:
        return
    given: dict[str, tuple[AwardRule | AwardGoal, ...]] = {
        "rules": allocation.rules,
        "goals": allocation.goals,
        "ties": allocation.ties,
    }
    for section, clauses in given.items():
        for clause in clauses:
            for problem in clause.problems(market):
                yield f"[allocation.{section}] {clause.label}: {problem}"


def _lots_to_come(ground: Ground) -> tuple[LotFacts, ...]:
    """The lots by the ids that `design_lots` gives, as many as there may be; what is in them is not known."""
    counts = [rule.at_most for rule in ground.rules if isinstance(rule, LotCount) and rule.at_most is not None]
    pinned = [lot for rule in ground.rules if isinstance(rule, Fixed) for lot in rule.lots]
    most = min(counts, default=len(ground.territory))
    numbered = (f"L{k}" for k in range(1, most + len(pinned) + 1) if f"L{k}" not in pinned)
    ids = [*pinned, *islice(numbered, max(0, most - len(pinned)))]
    some = dict.fromkeys(ground.territory.measures, 1.0)
    return tuple(LotFacts(id, volumes=some) for id in ids)


def _take(problems: Problems, error: InputError) -> None:
    """Problems of another file, each led by that file's name."""
    for problem in error.problems:
        name = Path(error.source).name
        led = problem.startswith((*(f"{source}{end}" for source in (error.source, name) for end in ":,"), "["))
        problems.add(problem if led or not error.source else f"{error.source}: {problem}")
