"""Goals one after the other, then tie rules until one answer is left, and how each tie fell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from lotopt.allocation.clause import AwardGoal
from lotopt.allocation.problem import HUNDREDTHS, Problem
from lotopt.core.result import Status
from lotopt.engine.model.rows import Answer, Ints, Row
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions

Goals = tuple[AwardGoal, ...]


@dataclass
class Staged:
    """What came of the stages: the first answer with the plan of the last, each stage's own, and the ties."""

    answer: Answer
    stages: list[tuple[Goals, Answer]] = field(default_factory=list)
    ties: list[str] = field(default_factory=list)

    def bound_of(self, goal: AwardGoal) -> float | None:
        """What is proven of a goal that had a stage of its own, in its unit; None where nothing is."""
        for goals, answer in self.stages:
            if goals == (goal,) and answer.bound is not None and goal.weight:
                return answer.bound / HUNDREDTHS / goal.weight
        return None


def solve_stages(
    problem: Problem,
    goals: Goals,
    ties: Goals,
    options: SolverOptions,
    clock: Clock,
    progress: Progress | None = None,
    in_order: bool = False,
    more: Sequence[Row] = (),
    begin: Ints | None = None,
) -> Staged:
    """Goals together by their weights, or each in turn among the best by those before it; then the tie rules.

    A stage that is not proven in the time still holds those after it to what it found. `more` rows hold throughout;
    `begin` is a choice of columns to begin with.
    """
    groups: list[Goals] = [(goal,) for goal in goals] if in_order and goals else [goals]
    held: list[Row] = [*more]
    staged: Staged | None = None
    for number, group in enumerate(groups):
        start = begin if staged is None else staged.answer.chosen
        answer = problem.solve(group, options, clock, progress, held, start)
        if staged is None:
            staged = Staged(answer)
        if answer.chosen is None:
            if number:
                staged.answer = _worst(staged.answer, Status.FEASIBLE, "the time was over before the last goal")
            break
        staged.stages.append((group, answer))
        status = staged.answer.status if staged.answer.status != Status.OPTIMAL else answer.status
        notes = tuple(dict.fromkeys((*staged.answer.notes, *answer.notes)))
        stopped = staged.answer.interrupted or answer.interrupted
        staged.answer = replace(staged.answer, chosen=answer.chosen, status=status, notes=notes, interrupted=stopped)
        if stopped:
            break
        held.append(hold(problem, group, answer))
    assert staged is not None
    if ties and staged.answer.chosen is not None and not staged.answer.interrupted:
        _break(problem, staged, held, ties, options, clock)
    return staged


def hold(problem: Problem, goals: Goals, answer: Answer) -> Row:
    """Goals are to be no worse than an answer has them."""
    costs, constant = problem.costs(goals)
    assert answer.objective is not None
    columns = np.flatnonzero(costs)
    name = " and ".join(goal.label for goal in goals) or "no goal"
    return Row(f"as good in {name}", columns, costs[columns], at_most=answer.objective - constant)


def another(problem: Problem, chosen: Ints) -> Row:
    """A row that every choice of offers keeps but this one, in whatever places of equal shares its winners are."""
    offers = problem.offers
    mine = {(offers.bids[j].id, offers.share(j)) for j in chosen.tolist() if j < len(offers)}
    same = [(bid.id, offers.share(j)) in mine for j, bid in enumerate(offers.bids)]
    return Row("another choice", np.arange(len(offers)), np.where(same, 1.0, -1.0), at_most=len(mine) - 1.0)


def _break(
    problem: Problem, staged: Staged, held: list[Row], ties: Goals, options: SolverOptions, clock: Clock
) -> None:
    """Apply tie rules until one answer is left, and tell each step."""
    if staged.answer.status != Status.OPTIMAL:
        staged.ties.append("the goals are not proven, so whether several answers are equally good is not known")
        return
    if any(answer.bound != answer.objective for _, answer in staged.stages):
        # a better answer may be left within the wanted gap, and what is as good as this one says nothing of the best
        staged.ties.append(
            "the goals are proven to the wanted gap only, so which answers are best is not known"
        )
        return
    exact = options.model_copy(update={"gap": 0.0})
    for tie in ties:
        chosen = staged.answer.chosen
        assert chosen is not None
        other = problem.exists(exact, clock, [*held, another(problem, chosen)])
        if other.status == Status.INFEASIBLE:
            staged.ties.append("one answer is left" if staged.ties else "no tie: one answer is best")
            return
        if other.chosen is None:
            staged.ties.append("the time was over before it was known whether another answer is as good")
            return
        if not staged.ties:
            staged.ties.append(f"several answers are equally good: {_differ(problem, chosen, other.chosen)}")
        answer = problem.solve((tie,), exact, clock, None, held, chosen)
        if answer.chosen is None or answer.status != Status.OPTIMAL:
            staged.ties.append(f"{tie.label}: not proven in the time")
            return
        held.append(hold(problem, (tie,), answer))
        value = float(tie.value(problem.offers.plan(answer.chosen)))
        staged.ties.append(f"{tie.label}: {value:,.12g} {tie.unit} is the least among them")
        staged.answer = replace(staged.answer, chosen=answer.chosen)
    last = staged.answer.chosen
    assert last is not None
    other = problem.exists(exact, clock, [*held, another(problem, last)])
    if other.status == Status.INFEASIBLE:
        staged.ties.append("one answer is left")
    elif other.chosen is not None:
        staged.ties.append(
            "several answers are still equally good by every tie rule; the engine's own draw chose: the least sum of "
            "hashes of the winning bids' ids. Declare a further tie rule, such as drawn_lot"
        )
    else:
        staged.ties.append("the time was over before it was known whether another answer is as good")


def _differ(problem: Problem, one: Ints, other: Ints) -> str:
    """Where two choices differ, by bids."""
    size = len(problem.offers)
    mine, theirs = ({problem.offers.keys[j] for j in chosen if j < size} for chosen in (one, other))
    return f"{_some(mine - theirs)} or {_some(theirs - mine)}, for one"


def _some(names: set[str], most: int = 4) -> str:
    shown = sorted(names)
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return (" with ".join(shown[:most]) + more) or "nothing"


def _worst(answer: Answer, status: Status, note: str) -> Answer:
    worse = status if answer.status == Status.OPTIMAL else answer.status
    return replace(answer, status=worse, notes=(*answer.notes, note))
