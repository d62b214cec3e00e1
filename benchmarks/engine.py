"""The engine's side of the comparison: the public functions, timed from outside."""

from __future__ import annotations

import re
import time
from typing import Any

from benchmarks.instances import Award, Design, ground_of
from benchmarks.registry import named
from benchmarks.terms import Attempt, NotAskedError, Stopwatch, Task, Terms
from lotopt.core.result import Phase, Result

# A map that goes through search, pricing and the MILP, and a market: all kernels are compiled or loaded by them.
WARMING = ("map25-4-border", "map25-5-compact", "market-20x300")

# Phases that begin once the wanted gap is reached.
POLISHING = ("close the gap", "choose among equals")


def warm_up() -> float:
    """Compile or load every kernel and import every library; seconds it took, never counted to an instance."""
    begun = time.perf_counter()
    for name in WARMING:
        instance = named(name)
        by_engine(Task(instance, ground_of(instance), Terms(600.0, 1e-4, 1, 1)))
    return round(time.perf_counter() - begun, 1)


def by_engine(task: Task) -> Attempt:
    """Solve by design_lots, allocate_bids or design_and_allocate: from the map or the bids to the audited plan."""
    task.begin()
    watch = Stopwatch()
    result = _result(task)
    audit = result.audit
    return Attempt(
        str(result.status),
        result.objective,
        result.bound,
        None if result.plan is None else _plan(task, result.plan),
        watch.seconds,
        watch.cpu_seconds,
        columns=_last(r"([\d,]+) candidate lots", result.phases) or _last(r"^([\d,]+) of [\d,]+ col", result.phases),
        note="" if audit is None or audit.ok else "its own audit found a broken rule",
        notes=result.limits,
        walked=_last(r"([\d,]+) sets walked through", result.phases),
        polish_seconds=sum(phase.seconds for phase in result.phases if phase.name in POLISHING),
        phases=tuple((phase.name, round(phase.seconds, 3)) for phase in result.phases),
    )


def _result(task: Task) -> Result[Any]:
    import lotopt as lo

    instance, terms = task.instance, task.terms
    options = lo.SolverOptions(time_limit=terms.limit, gap=terms.gap, seed=terms.seed, threads=terms.threads)
    if isinstance(instance, Award):
        return lo.allocate_bids(task.market, instance.rules, instance.goals, solver=options)
    if isinstance(instance, Design):
        return lo.design_lots(task.territory, instance.rules, instance.goals, solver=options)
    solve = getattr(lo, "design_and_allocate", None)
    if solve is None:
        raise NotAskedError("this version decides lots and awards one after the other only")
    from lotopt.allocation.goals import TotalPrice

    offers: Any = task.ground
    rules, goals = (*instance.rules, *instance.awards), (TotalPrice(), *instance.goals)
    found: Result[Any] = solve(offers.territory, offers.schedules, rules, goals, solver=options)
    return found


def _plan(task: Task, plan: Any) -> list[object]:
    if isinstance(task.instance, Design):
        return [int(lot) for lot in plan.of]
    if isinstance(task.instance, Award):
        return [award.bid for award in plan.awards]
    who = {lot: award.provider for award in plan.allocation.awards for lot in award.lots}
    return [(int(lot), who[plan.design.lots[int(lot)]]) for lot in plan.design.of]


def _last(pattern: str, phases: tuple[Phase, ...]) -> int | None:
    """The number that phases tell in words, the latest one; None where none does."""
    found = [match[1] for phase in phases if (match := re.search(pattern, phase.note))]
    return int(found[-1].replace(",", "")) if found else None
