"""What a run tells beside lots and awards, as [explain] asks: one table with sentences for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lotopt.core.interrupt import Held
from lotopt.core.result import Result, Status
from lotopt.study.scenario import ExplainPart, Scenario

if TYPE_CHECKING:
    import pandas as pd

    from lotopt.allocation.allocation import Allocation
    from lotopt.core.told import Told
    from lotopt.design.design import LotDesign
    from lotopt.engine.solve.progress import Progress
    from lotopt.market.market import Market
    from lotopt.study.ground import Ground


@dataclass(frozen=True)
class ExplainedPart:
    """One table of explanations with its sentences; `complete` is false where time or Ctrl-C cut it short.

    `by_rule` are sentences about single rules, each with the rule's name.
    """

    name: str
    title: str
    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    complete: bool = True
    by_rule: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Explained:
    """Everything that was told beside lots and awards; `interrupted` where Ctrl-C ended it."""

    parts: tuple[ExplainedPart, ...]
    interrupted: bool = False


TITLES = {
    "design_rule_prices": "What each rule of the lots costs",
    "outcomes": "What became of every lot",
    "relaxations": "What would have to give way",
    "rankings": "The bids for every lot in their order",
    "reasons": "Why every other bid lost",
    "rule_prices": "What each rule of the awards costs",
    "mechanisms": "Order of preference beside the optimal combination",
    "drill": "If a provider failed",
    "volumes": "If volumes were other than planned",
    "exposure": "What each firm holds",
    "competition": "Who competed for every lot",
}

LONG_ENOUGH = 60.0  # seconds


def explain(
    scenario: Scenario, market: Market, awards: Result[Allocation], held: Held, progress: Progress | None = None
) -> Explained | None:
    """What [explain] asks for, each within the time limit of a solve; None where there is nothing to tell.

    Lots that did not go to as many winners as wanted are told of without being asked, and so is what would have to
    give way where no allocation exists. Ctrl-C leaves what was told until then. Raises InputError for a pair that
    names nobody.
    """
    found: list[ExplainedPart] = []
    for name, tell in _wanted(scenario, market, awards, progress):
        told = tell()
        if told is not None:
            found += _parts(name, told, awards.conflict)
        if held.came or held.stopped:
            return Explained(tuple(found), interrupted=True)
    return Explained(tuple(found)) if found else None


def explain_lots(
    ground: Ground, design: Result[LotDesign], held: Held, progress: Progress | None
) -> Explained | None:
    """What [explain] asks for of lots that were searched for; None where there is nothing to tell.

    Ctrl-C leaves what was told until then.
    """
    from lotopt.design.rule_prices import design_rule_prices

    if not ground.scenario.explain.rule_prices or ground.fixed is not None or design.plan is None:
        return None
    # beside lots that are found: without a limit of its own a rule has a minute, as what is left out may be vast
    most = ground.scenario.solver.time_limit or LONG_ENOUGH * len(ground.rules)
    options = ground.scenario.solver.model_copy(update={"time_limit": most})
    told = design_rule_prices(
        ground.territory, ground.rules, ground.goals, result=design, solver=options, progress=progress
    )
    parts = tuple(_parts("design_rule_prices", told, ()))
    return Explained(parts, interrupted=held.came or held.stopped)


def together(first: Explained | None, second: Explained | None) -> Explained | None:
    """Both explanations as one."""
    if first is None or second is None:
        return first or second
    return Explained((*first.parts, *second.parts), first.interrupted or second.interrupted)


Teller = Callable[[], "Told | None"]


def _wanted(
    scenario: Scenario, market: Market, awards: Result[Allocation], progress: Progress | None
) -> Iterator[tuple[str, Teller]]:
    """What is to be told, in the order of a report, each as something to call."""
    from lotopt.allocation import explain as ex
    from lotopt.allocation.explain.reasons import Reasons

    allocation, asked = scenario.allocation, scenario.explain
    assert allocation is not None  # reading a scenario holds that a market has one
    told_of: Any = (market, allocation.rules, allocation.goals)
    with_it: dict[str, Any] = {
        "in_order": allocation.in_order,
        "ties": allocation.ties,
        "result": awards,
        "solver": scenario.solver,
        "progress": progress,
    }
    if awards.status is Status.INFEASIBLE:
        # beside a solve that ended: a minute is enough to wait for advice
        most = min(scenario.solver.time_limit or LONG_ENOUGH, LONG_ENOUGH)
        options = scenario.solver.model_copy(update={"time_limit": most})
        yield "relaxations", lambda: ex.relaxations(market, allocation.rules, solver=options, progress=progress)
    if awards.plan is None:
        return
    reasons: list[Reasons] = []

    def outcomes() -> Told | None:
        found = ex.outcomes(*told_of, **with_it)
        plain = all(each.kind == "awarded" for each in found.items)
        return None if plain and asked == ExplainPart() else found

    def why() -> Told:
        reasons.append(ex.reasons(*told_of, **with_it))
        return reasons[0]

    yield "outcomes", outcomes
    if asked.reasons:
        yield "reasons", why
    if asked.rankings:
        yield "rankings", lambda: ex.rankings(*told_of, **with_it, reasons=reasons[0] if reasons else None)
    if asked.rule_prices:
        yield "rule_prices", lambda: ex.rule_prices(*told_of, **with_it)
    if asked.mechanisms:
        yield "mechanisms", lambda: ex.order_of_preference(*told_of, **with_it)
    if asked.drill or asked.pairs:
        yield "drill", lambda: ex.failure_drill(*told_of, **with_it, pairs=asked.pairs)
    if asked.volumes:
        yield "volumes", lambda: ex.volume_shock(*told_of, **with_it, shocks=asked.volumes)
    if asked.exposure:
        yield "exposure", lambda: ex.exposure(*told_of, **with_it)


def _parts(name: str, told: Told, conflict: Sequence[str]) -> Iterator[ExplainedPart]:
    """An explanation as a table with sentences, one of firms and lots as two; the conflict is not said again."""
    from lotopt.allocation.explain.exposure import Exposure

    sentences = tuple(line for line in told.sentences if line not in conflict and not line.endswith("together:"))
    done = bool(getattr(told, "done", True))
    yield replace(_part(name, sentences, told.to_frame(), done), by_rule=tuple(getattr(told, "by_rule", ())))
    if isinstance(told, Exposure):
        yield _part("competition", (), told.lots_frame(), done)


def _part(name: str, sentences: tuple[str, ...], frame: pd.DataFrame, done: bool) -> ExplainedPart:
    # object cells: missing ones stay None, whole numbers stay whole
    rows = tuple(tuple(None if _missing(cell) else cell for cell in row) for row in frame.astype(object).to_numpy())
    return ExplainedPart(name, TITLES[name], sentences, tuple(frame.columns), rows, done)


def _missing(cell: Any) -> bool:
    return cell is None or (isinstance(cell, float) and cell != cell)
