"""Solving again under other conditions, and what that says beside the allocation that was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.audit import audit_allocation
from lotopt.allocation.clause import AwardRule
from lotopt.allocation.explain.known import Difference, Known, known
from lotopt.allocation.problem import HUNDREDTHS, Problem
from lotopt.allocation.solve import allocate_bids
from lotopt.allocation.stages import hold, solve_stages
from lotopt.allocation.wish import Wish
from lotopt.core.errors import InputError
from lotopt.core.result import Result, Status
from lotopt.engine.model.rows import Answer, Ints, Row
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.market import Market


@dataclass(frozen=True)
class Standing:
    """The best allocation that was found under some conditions, and what is known of each stage of its goals."""

    status: Status
    plan: Allocation | None
    goals: tuple[Known, ...] = ()


@dataclass
class Question:
    """One market and one wish, asked again and again within one clock."""

    market: Market
    wish: Wish
    options: SolverOptions
    progress: Progress | None = None
    clock: Clock = field(default_factory=Clock)

    @classmethod
    def of(
        cls, market: Market, wish: Wish, solver: SolverOptions | None, progress: Progress | None = None
    ) -> Question:
        """With the time limit of `solver` for all of it together."""
        options = solver or SolverOptions()
        return cls(market, wish, options, progress, Clock(options.time_limit))

    def first(self, result: Result[Allocation] | None) -> Result[Allocation]:
        """The result given, or the allocation made now. Raises InputError for a result of another market."""
        if result is None:
            return self.allocate()
        of = self.market if result.plan is None else result.plan.market
        if of is not self.market and of.digest != self.market.digest:
            raise InputError("result", ["the allocation is of another market; give the market it was made of"])
        return result

    def allocate(self, more: Sequence[AwardRule] = (), instead: Wish | None = None) -> Result[Allocation]:
        """The best allocation under more rules, or by another wish. Raises KeyboardInterrupt when interrupted."""
        wish = instead or self.wish
        found = allocate_bids(
            self.market,
            (*wish.rules, *more),
            wish.goals,
            in_order=wish.in_order,
            ties=wish.ties,
            solver=self._within_the_clock(),
            progress=None if instead or more else self.progress,
        )
        if found.interrupted:
            raise KeyboardInterrupt
        return found

    def standing(self, result: Result[Allocation]) -> Standing:
        """What a result says of the wish."""
        return standing(self.wish, result)

    def best(
        self, problem: Problem, more: Sequence[Row], begin: Ints | None = None, clock: Clock | None = None
    ) -> tuple[Standing, Ints | None]:
        """The best choice under more rows, and its columns; tie rules are left out.

        An allocation that does not pass the audit is none. Raises KeyboardInterrupt when interrupted.
        """
        staged = solve_stages(
            problem,
            self.wish.goals,
            (),
            self.options,
            clock or self.clock,
            in_order=self.wish.in_order,
            more=more,
            begin=begin,
        )
        answer = staged.answer
        if answer.interrupted:
            raise KeyboardInterrupt
        plan, chosen, status = None, answer.chosen, answer.status
        if chosen is not None:
            plan = problem.offers.plan(chosen)
            if not audit_allocation(plan, problem.rules).ok:
                plan, chosen, status = None, None, Status.UNKNOWN
        stages = self.wish.stages
        proven = [each.bound for _, each in staged.stages] or [answer.bound]
        bounds = [None if bound is None else bound / HUNDREDTHS for bound in proven]
        bounds += [None] * (len(stages) - len(bounds))
        return Standing(status, plan, known(stages, plan, bounds)), chosen

    def tied(self, problem: Problem, more: Sequence[Row], chosen: Ints) -> tuple[tuple[Known, ...], Allocation]:
        """The tie rules one after the other among what is as good as `chosen` in all goals, under more rows.

        Raises KeyboardInterrupt when interrupted.
        """
        held = [*more]
        for goals in self.wish.stages:
            costs, constant = problem.costs(goals)
            objective = problem.master(costs, constant).objective(chosen)
            held.append(hold(problem, goals, Answer(Status.OPTIMAL, None, objective)))
        found: list[Known] = []
        exactly = self.options.model_copy(update={"gap": 0.0})
        for tie in self.wish.ties:
            answer = problem.solve((tie,), exactly, self.clock, None, held, chosen)
            if answer.interrupted:
                raise KeyboardInterrupt
            if answer.chosen is None:
                break
            chosen = answer.chosen
            bound = None if answer.bound is None else answer.bound / HUNDREDTHS
            found += known([(tie,)], problem.offers.plan(chosen), [bound])
            held.append(hold(problem, (tie,), answer))
        return tuple(found), problem.offers.plan(chosen)

    def _within_the_clock(self) -> SolverOptions:
        left = self.clock.left()
        return self.options if left is None else self.options.model_copy(update={"time_limit": max(left, 0.01)})


def standing(wish: Wish, result: Result[Allocation]) -> Standing:
    """What a result says of a wish: each stage of goals with what is proven of it."""
    if wish.in_order and wish.goals:
        bounds = [goal.bound for goal in result.goals] or [result.bound]
        # bounds of goals by themselves are told without their weights
        weights = [goal.weight for goal in wish.goals]
        bounds = [None if b is None else b * w for b, w in zip(bounds, weights, strict=False)]
    else:
        bounds = [result.bound]
    return Standing(result.status, result.plan, known(wish.stages, result.plan, bounds))


def costs_more(found: Standing, base: Standing, narrower: bool = False) -> tuple[Difference, ...]:
    """By how much each stage of goals is higher than in the allocation `base`, which was made.

    `narrower`: what was found is one of the allocations that `base` was chosen from, so that nothing is below the
    bound of its first stage. Where goals count in order, what is said of one stops where those before it are not
    proven.
    """
    differences = []
    sure = True
    for at, (mine, theirs) in enumerate(zip(found.goals, base.goals, strict=False)):
        assert theirs.value is not None
        bound = mine.bound if sure else None
        if narrower and not at and theirs.bound is not None:
            bound = theirs.bound if bound is None else max(bound, theirs.bound)
        value = mine.value
        if bound is not None and value is not None:
            bound = min(bound, value)
        differences.append(
            Difference(
                mine.name,
                mine.unit,
                None if bound is None else bound - theirs.value,
                None if value is None else value - theirs.value,
                theirs.value,
            )
        )
        sure = sure and mine.proven
    return tuple(differences)


def by_plan(wish: Wish, plan: Allocation, base: Allocation) -> tuple[Difference, ...]:
    """By how much each stage of goals is higher in one allocation than in another, exactly."""
    nothing = [None] * len(wish.stages)
    found = []
    for mine, theirs in zip(known(wish.stages, plan, nothing), known(wish.stages, base, nothing), strict=True):
        value = (mine.value or Fraction(0)) - (theirs.value or Fraction(0))
        found.append(Difference(mine.name, mine.unit, value, value, theirs.value))
    return tuple(found)
