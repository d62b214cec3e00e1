"""allocate_bids: choose winning bids so that every rule holds and the goals are least."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.audit import audit_allocation, check_clauses
from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.allocation.conflict import plain_reasons
from lotopt.allocation.offers import Extra, Offers
from lotopt.core.clause import named
from lotopt.core.interrupt import Held, interruptible, uninterrupted
from lotopt.core.result import GoalValue, Result, Status
from lotopt.engine.conflict import reasons, smallest_conflict
from lotopt.engine.model.rows import Answer, Ints, Master
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.explicit import solve_explicit
from lotopt.engine.solve.master import solve_milp
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.market import Market

# The objective is solved in hundredths of its unit, so that prices are whole pence.
HUNDREDTHS = 100.0
# Seconds for finding out which rules conflict, where the time limit left fewer.
LONG_ENOUGH = 10.0


def allocate_bids(
    market: Market,
    rules: Iterable[AwardRule],
    goals: Iterable[AwardGoal],
    *,
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> Result[Allocation]:
    """The allocation that keeps every rule at the least weighted sum of goals, proven to the solver's gap.

    One yes-or-no column for each bid that may win (MODEL.md, section 6). Among equally good allocations the same
    input always gives the same one. Where none exists, `conflict` says why. After Ctrl-C the best allocation so far
    is given, and the result is `interrupted`. Raises InputError for an unknown solver and for rules or goals that
    speak of something the market does not have, and KeyboardInterrupt where the interruption comes before there is
    any answer.
    """
    # an allocation that was found is scored and audited whatever is pressed meanwhile
    with uninterrupted() as held:
        return _allocated(market, rules, goals, solver or SolverOptions(), progress, held)


def _allocated(
    market: Market,
    rules: Iterable[AwardRule],
    goals: Iterable[AwardGoal],
    options: SolverOptions,
    progress: Progress | None,
    held: Held,
) -> Result[Allocation]:
    clock = Clock(options.time_limit)
    rules, goals = named(rules), named(goals)
    with interruptible():
        check_clauses(market, rules, goals)
        with clock.phase("build") as note:
            offers = admitted(market, rules)
            master = build(offers, rules, goals)
            note(f"{len(offers)} of {len(market.bids)} bids may win, {len(master.rows)} rows")
        answer = solve_explicit(master, options, clock, in_units(progress))
    conflict: tuple[str, ...] = ()
    stopped = False
    if answer.status == Status.INFEASIBLE:
        conflict, stopped = reasons(clock, lambda: _conflict(market, rules, options, clock))
    plan = _allocation(offers, answer.chosen)
    objective = None if answer.objective is None else answer.objective / HUNDREDTHS
    audit = None
    if plan is not None:
        with clock.phase("audit") as note:
            audit = audit_allocation(plan, rules, goals, objective)
            note(f"{len(audit.readings)} readings")
    return Result(
        plan,
        answer.status,
        objective,
        None if answer.bound is None or plan is None else answer.bound / HUNDREDTHS,
        wanted_gap=options.gap,
        seconds=clock.seconds,
        phases=clock.phases,
        goals=tuple(_score(goal, plan) for goal in goals) if plan is not None else (),
        audit=audit,
        conflict=conflict,
        limits=tuple(_limits(answer, rules, market, clock)),
        interrupted=answer.interrupted or stopped or held.came,
        provenance={
            "market": market.source,
            "market_sha256": market.digest,
            "simulated": market.simulated,
            **options.provenance,
        },
    )


def admitted(market: Market, rules: Sequence[AwardRule]) -> Offers:
    """The bids that every rule lets win."""
    offers = Offers.of(market)
    may_win = np.ones(len(offers), dtype=np.bool_)
    for rule in rules:
        may_win &= rule.admits(offers)
    return offers.only(may_win)


def build(offers: Offers, rules: Sequence[AwardRule], goals: Sequence[AwardGoal]) -> Master:
    """The master problem: a column for each bid, then those that rules ask for beside them."""
    extra = Extra(len(offers))
    rows = tuple(row for rule in rules for row in rule.rows(offers, extra))
    costs = np.zeros(len(offers) + len(extra.keys))
    for goal in goals:
        costs[: len(offers)] += goal.weight * goal.costs(offers)
    keys = (*(f"bid {bid.id}" for bid in offers.bids), *extra.keys)
    return Master(costs, rows, keys)


def _allocation(offers: Offers, chosen: Ints | None) -> Allocation | None:
    if chosen is None:
        return None
    return Allocation.of(offers.market, (offers.bids[j].id for j in chosen if j < len(offers)))


def _score(goal: AwardGoal, plan: Allocation) -> GoalValue:
    return GoalValue(goal.label, float(goal.value(plan)), goal.unit, goal.weight)


def _conflict(market: Market, rules: Sequence[AwardRule], options: SolverOptions, clock: Clock) -> tuple[str, ...]:
    """Plain reasons, then each rule of a smallest set that cannot hold together."""
    plain = tuple(plain_reasons(market, rules))
    left = clock.left()
    time = Clock(None if left is None else max(left, LONG_ENOUGH))

    def holds(some: Sequence[AwardRule]) -> bool | None:
        answer = solve_milp(build(admitted(market, some), some, ()), options, time)
        if answer.interrupted:
            raise KeyboardInterrupt
        return {Status.INFEASIBLE: False, Status.UNKNOWN: None}.get(answer.status, True)

    try:
        clash = smallest_conflict(rules, holds, time)
    except KeyboardInterrupt:
        return plain
    return (*plain, *(f"{rule.label}: {rule.explain()}" for rule in clash))


def _limits(answer: Answer, rules: Sequence[AwardRule], market: Market, clock: Clock) -> list[str]:
    """What shaped the answer."""
    limits = [*answer.notes, *clock.cut_short(answer.status)]
    if answer.chosen is not None and not len(answer.chosen) and market.bids:
        limits.append("nothing is awarded: no rule asks for it, and the goals are least without")
    return limits


def in_units(progress: Progress | None) -> Progress | None:
    """The caller's progress, told in the unit of the goals."""
    if progress is None:
        return None

    def tell(phase: str, objective: float | None, bound: float | None) -> None:
        progress(
            phase,
            None if objective is None else objective / HUNDREDTHS,
            None if bound is None else bound / HUNDREDTHS,
        )

    return tell
