"""A first plan where not all is a sum: the ground divided by what is, columns drawn by the rest."""

from __future__ import annotations

import math

import numpy as np

from lotopt.core.result import Status
from lotopt.engine.columns.choose import plan_among
from lotopt.engine.columns.makers import Joint
from lotopt.engine.columns.pricing import Columns
from lotopt.engine.columns.relaxation import relax_all
from lotopt.engine.columns.standing import PartitionAnswer, Standing
from lotopt.engine.columns.writing import started
from lotopt.engine.joint.division import Division
from lotopt.engine.model.program import ONE, TOTAL
from lotopt.engine.solve.clock import Clock

# seconds for dividing, which is but a beginning here
LONGEST = 20.0


def first_plan(now: Standing) -> PartitionAnswer | None:
    """Where not all is a sum: divide the ground by what is, and draw each share's columns at least cost for the rest.

    Gives a plan, and a bound: the least that sums come to and the least that the rest comes to, each by itself. The
    answer where no plan exists; None otherwise.
    """
    x = now.joint
    least = relax_all(
        x.beside, _no_columns(x), now.clock.part(0.2, at_least=1.0), upper=None, threads=now.options.threads
    )
    if least.feasible is False:
        return now.none_exists()
    left = now.clock.left()
    part = Clock(LONGEST if left is None else min(LONGEST, 0.3 * left))
    sums = Standing(now.problem, now.options, part, now.progress, several=x.additive)
    work = Division(sums)
    with now.clock.phase("divide") as note:
        answer = work.settle(now.options.gap, part)
        note(work.said())
    if answer is not None and answer.status == Status.INFEASIBLE:
        return now.none_exists()
    if sums.bound is not None and np.isfinite(least.bound):
        now.raise_bound(sums.bound + max(least.bound, 0.0))
    if sums.best is not None:
        other = ~np.isin(now.problem.program.kind, (ONE, TOTAL))
        more = sums.joint.makers[0].program.slots - len(other)
        costs = [np.append(maker.cost * other, np.zeros(more)) for maker in x.makers]
        plan, makers = work.drawn(costs)
        columns = x.measured(started(x, tuple(plan), tuple(makers)))
        if x.facts:  # whether there are any with which it keeps all rows is for the solver to find out
            plan_among(now, columns)
        elif x.keeps(columns):
            now.keep(tuple(plan), math.fsum(x.costs(columns)), makers=tuple(makers))
    return None


def _no_columns(x: Joint) -> Columns:
    return Columns(np.zeros((0, (x.atoms + 63) // 64), dtype=np.int64), np.zeros((0, x.makers[0].program.slots)))
