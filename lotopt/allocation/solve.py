"""allocate_bids: choose winning bids so that every rule holds and the goals are least."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.audit import PENNY, RELATIVE, audit_allocation, check_clauses
from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.allocation.conflict import clashing, plain_reasons
from lotopt.allocation.problem import HUNDREDTHS, Problem
from lotopt.allocation.stages import Staged, solve_stages
from lotopt.allocation.wish import Wish
from lotopt.core.interrupt import Held, interruptible, uninterrupted
from lotopt.core.result import GoalValue, Result, Status
from lotopt.engine.conflict import reasons
from lotopt.engine.model.rows import Answer
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.market import Market
from lotopt.market.money import exact

# Seconds for finding out which rules conflict, where the time limit left fewer.
LONG_ENOUGH = 10.0


def allocate_bids(
    market: Market,
    rules: Iterable[AwardRule],
    goals: Iterable[AwardGoal],
    *,
    in_order: bool = False,
    ties: Iterable[AwardGoal] = (),
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> Result[Allocation]:
    """The allocation that keeps every rule at the least weighted sum of goals, proven to the solver's gap.

    `in_order`: the first goal alone counts, the second chooses among what is best by the first, and so on; objective
    and bound are then those of the first. `ties` are goals that choose, one after the other, among allocations that
    are equally good; `Result.ties` tells how each tie fell. One yes-or-no column for each bid that may win (MODEL.md,
    section 6). Among equally good allocations the same input always gives the same one. Where none exists, `conflict`
    says why. After Ctrl-C the best allocation so far is given, and the result is `interrupted`. Raises InputError for
    an unknown solver and for rules or goals that speak of something the market does not have, and KeyboardInterrupt
    where the interruption comes before there is any answer.
    """
    wish = Wish.of(rules, goals, in_order, ties)
    # an allocation that was found is scored and audited whatever is pressed meanwhile
    with uninterrupted() as held:
        return _allocated(market, wish, solver or SolverOptions(), progress, held)


def _allocated(
    market: Market, wish: Wish, options: SolverOptions, progress: Progress | None, held: Held
) -> Result[Allocation]:
    clock = Clock(options.time_limit)
    with interruptible():
        check_clauses(market, wish.rules, (*wish.goals, *wish.ties))
        with clock.phase("build") as note:
            problem = Problem.of(market, wish.rules)
            note(f"{len(problem.offers)} of {len(market.bids)} bids may win, {len(problem.rows)} rows")
        staged = solve_stages(
            problem, wish.goals, wish.ties, options, clock, in_units(progress), in_order=wish.in_order
        )
    answer = staged.answer
    conflict: tuple[str, ...] = ()
    stopped = False
    if answer.status == Status.INFEASIBLE:
        conflict, stopped = reasons(clock, lambda: _conflict(market, wish.rules, options, clock))
    plan = None if answer.chosen is None else problem.offers.plan(answer.chosen)
    objective = None if answer.objective is None else answer.objective / HUNDREDTHS
    audit = None
    if plan is not None:
        with clock.phase("audit") as note:
            counted = wish.goals[:1] if wish.in_order else wish.goals
            audit = audit_allocation(plan, wish.rules, counted, objective)
            audit = replace(audit, faults=(*audit.faults, *_false_claims(staged, plan)))
            note(f"{len(audit.readings)} readings")
    return Result(
        plan,
        answer.status,
        objective,
        None if answer.bound is None or plan is None else answer.bound / HUNDREDTHS,
        wanted_gap=options.gap,
        seconds=clock.seconds,
        phases=clock.phases,
        goals=tuple(_score(goal, plan, staged, wish.in_order) for goal in wish.goals) if plan is not None else (),
        audit=audit,
        conflict=conflict,
        ties=tuple(staged.ties),
        limits=tuple(_limits(answer, market, clock)),
        interrupted=answer.interrupted or stopped or held.came,
        provenance={
            "market": market.source,
            "market_sha256": market.digest,
            "simulated": market.simulated,
            **options.provenance,
        },
    )


def _false_claims(staged: Staged, plan: Allocation) -> Iterator[str]:
    """Stages in which the engine claims another value than the plan has; the first is held against by the audit."""
    for goals, answer in staged.stages[1:]:
        value = sum((Fraction(exact(goal.weight)) * goal.value(plan) for goal in goals), Fraction(0))
        claimed = Fraction(answer.objective or 0.0) / Fraction(HUNDREDTHS)
        if abs(claimed - value) > max(PENNY, RELATIVE * abs(value)):
            name = " and ".join(goal.label for goal in goals)
            yield f"{name}: the engine's value is {float(claimed):,.6f}, the audit's {float(value):,.6f}"


def _score(goal: AwardGoal, plan: Allocation, staged: Staged, in_order: bool) -> GoalValue:
    bound = staged.bound_of(goal) if in_order else None
    return GoalValue(goal.label, float(goal.value(plan)), goal.unit, goal.weight, bound)


def _conflict(market: Market, rules: Sequence[AwardRule], options: SolverOptions, clock: Clock) -> tuple[str, ...]:
    """Plain reasons, then each rule of a smallest set that cannot hold together."""
    plain = tuple(plain_reasons(market, rules))
    left = clock.left()
    time = Clock(None if left is None else max(left, LONG_ENOUGH))
    try:
        clash = clashing(market, rules, options, time)
    except KeyboardInterrupt:
        return plain
    return (*plain, *(f"{rule.label}: {rule.explain()}" for rule in clash))


def _limits(answer: Answer, market: Market, clock: Clock) -> list[str]:
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
