"""The engine's side of the comparison: the public functions, timed from outside."""

from __future__ import annotations

import re
import time
from typing import Any

from benchmarks.instances import Award, Instance, named
from benchmarks.outcome import ENGINE, Outcome
from benchmarks.peers import Terms
from lotopt.core.result import Phase, Result, Status
from lotopt.market.market import Market
from lotopt.territory.territory import Territory

# A map that goes through search, pricing and the MILP, and a market: all kernels are compiled or loaded by them.
WARMING = ("map25-4-border", "map25-5-compact", "market-20x300")

# Phases that begin once the wanted gap is reached.
POLISHING = ("close the gap", "choose among equals")


def warm_up() -> float:
    """Compile or load every kernel and import every library; seconds it took, never counted to an instance."""
    begun = time.perf_counter()
    for name in WARMING:
        instance = named(name)
        ground = instance.ground.market() if isinstance(instance, Award) else instance.ground.territory()
        by_engine(instance, ground, Terms(600.0, 1e-4, 1, 1))
    return round(time.perf_counter() - begun, 1)


def by_engine(instance: Instance, ground: Territory | Market, terms: Terms) -> Outcome:
    """Solve by design_lots or allocate_bids: from the map or the bids to the audited plan."""
    import lotopt as lo

    options = lo.SolverOptions(time_limit=terms.limit, gap=terms.gap, seed=terms.seed, threads=terms.threads)
    begun, cpu = time.perf_counter(), time.process_time()
    if isinstance(instance, Award):
        assert isinstance(ground, Market)
        result: Result[Any] = lo.allocate_bids(ground, instance.rules, instance.goals, solver=options)
    else:
        assert isinstance(ground, Territory)
        result = lo.design_lots(ground, instance.rules, instance.goals, solver=options)
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu
    return Outcome(
        ENGINE,
        str(result.status),
        result.objective,
        result.bound,
        result.gap,
        seconds,
        cpu_seconds,
        terms.limit,
        polish_seconds=sum(phase.seconds for phase in result.phases if phase.name in POLISHING),
        ended=result.status in (Status.OPTIMAL, Status.INFEASIBLE),
        columns=_last(r"([\d,]+) candidate lots", result.phases) or _last(r"^([\d,]+) of [\d,]+ col", result.phases),
        walked=_last(r"([\d,]+) sets walked through", result.phases),
        phases=tuple((phase.name, round(phase.seconds, 3)) for phase in result.phases),
        notes=result.limits,
        audit_ok=None if result.audit is None else result.audit.ok,
    )


def _last(pattern: str, phases: tuple[Phase, ...]) -> int | None:
    """The number that phases tell in words, the latest one; None where none does."""
    found = [match[1] for phase in phases if (match := re.search(pattern, phase.note))]
    return int(found[-1].replace(",", "")) if found else None
