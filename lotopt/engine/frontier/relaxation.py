"""The LP bound over all columns of a narrow map: column generation with pricing along the frontier.

As in relaxation.py, with two differences: where no plan is known, atoms may be left out at a price at first; and the
bound need only come near enough to the best plan known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lotopt.engine.columns.pricing import Columns
from lotopt.engine.columns.restricted import RestrictedLp
from lotopt.engine.columns.smoothing import Smoothing
from lotopt.engine.columns.standing import Standing, limited
from lotopt.engine.frontier.pricing import Frontier
from lotopt.engine.model.program import BORDER, ONE, Bools, Floats, Partitioning

# columns taken in per round of pricing
MOST = 400
CLOSE = 1e-10
# what leaving an atom out costs where no plan is known, in typical columns
LEFT_OUT = 2.0
# a part of an atom that is left out whatever is done: then no plan exists
SHORT = 1e-6
# steps one walk may take
MOST_STEPS = 2_000_000_000
# border lengths beyond this are not looked at for a common grain
LARGEST_GRAIN = 2.0**40


@dataclass(frozen=True)
class Narrowed:
    """What is proved: `bound` for every plan (-inf if nothing), from duals (n,) and row_duals (R,), and columns met.

    `feasible` is False where no plan exists, even a fractional one; None where that is not known.
    """

    bound: float
    duals: Floats
    row_duals: Floats
    columns: Columns
    feasible: bool | None
    rounds: int


def relax_narrow(now: Standing, frontier: Frontier, columns: Columns) -> Narrowed:
    """The LP bound over all columns; as soon as it proves the best plan known, that is enough."""
    work = _Relaxing(now, frontier, columns)
    if work.generate(1.0, LEFT_OUT if now.cost is None else 0.0):
        # too dear to cover everything, or impossible
        if work.generate(0.0, 1.0):
            return work.relaxed(feasible=False if work.proven_short else None)
        work.generate(1.0, 0.0)
    return work.relaxed(feasible=True)


class _Relaxing:
    """Column generation: solve over the columns so far, price all of them at smoothed duals, repeat."""

    def __init__(self, now: Standing, frontier: Frontier, columns: Columns) -> None:
        self.now, self.frontier, self.problem = now, frontier, now.problem
        n = self.problem.program.atoms
        self.columns = columns.distinct() if len(columns) else self._first()
        self.duals, self.row_duals = np.zeros(n), np.zeros(len(self.problem.rows))
        self.bound = -math.inf
        self.rounds = 0
        self.proven_short = False
        self.most_columns = max(self.problem.fewest_and_most[1], 1)

    def relaxed(self, feasible: bool | None) -> Narrowed:
        return Narrowed(float(self.bound), self.duals, self.row_duals, self.columns, feasible, self.rounds)

    def _first(self) -> Columns:
        p = self.problem
        priced = self.frontier.price(
            p.cost, np.zeros(p.program.atoms), np.zeros(len(p.rows)), np.inf, most=MOST, keep_best=True,
            stop=self.now.clock.over,
        )  # fmt: skip
        return priced.columns

    def generate(self, worth: float, missing: float) -> bool:
        """Column generation at costs times `worth`; whether atoms are left out at the price of `missing`."""
        x, clock = self.problem, self.now.clock
        typical = float(np.abs(self.columns.slots @ x.cost).mean()) if len(self.columns) else 0.0
        scale = 1000.0 / typical if typical > 0 else 1.0
        artificial = missing * (1000.0 if worth and typical > 0 else 1.0)
        cost = x.cost * worth * scale
        none = np.zeros((len(x.rows), 0))
        model = RestrictedLp(x.program.atoms, x.row_low, x.row_high, none, artificial, self.now.options.threads)
        model.add(*self._entries(self.columns, cost))
        smoothing = Smoothing()
        while not clock.over():
            solved = model.solve(clock)
            if solved is None:
                return False
            value, duals = solved
            left_out = model.left_out > 1e-7
            floor = CLOSE * max(1.0, abs(value))
            if smoothing.bound >= value - 2 * floor:
                return left_out
            used = smoothing.between(duals)
            priced = self.frontier.price(
                cost, used.atoms, used.rows, -floor / self.most_columns,
                most=MOST, keep_best=True, stop=limited(clock, MOST_STEPS),
            )  # fmt: skip
            self.rounds += 1
            if priced.walked:
                least = min(0.0, float(priced.costs.min(initial=0.0)))
                bound = model.worth(used) + self.most_columns * (least - floor / self.most_columns)
                if smoothing.improves(bound, used):
                    if not worth and bound > SHORT:
                        self.proven_short = True
                        return True
                    if worth and bound / scale > self.bound:
                        self.bound = bound / scale
                        self.duals, self.row_duals = used.atoms / scale, used.rows / scale
                        self.now.progress("relax", self.now.cost, self.bound)
                        if self._enough():
                            return False
            elif not len(priced.columns) or clock.over():
                return left_out
            inside, sides, costs = self._entries(priced.columns, cost)
            useful = np.flatnonzero(costs - inside @ duals.atoms - sides @ duals.rows < -floor / self.most_columns)
            if len(useful):
                self.columns = Columns.join([self.columns, priced.columns.take(useful)])
                model.add(inside[useful], sides[useful], costs[useful])
                continue
            if smoothing.share == 0.0:
                return left_out
            smoothing.loosen(used)
        return False

    def _entries(self, columns: Columns, cost: Floats) -> tuple[Bools, Floats, Floats]:
        """What columns have in the LP: their atoms, what they add to side rows, and their costs."""
        return columns.members(self.problem.program.atoms), columns.slots @ self.problem.rows.T, columns.slots @ cost

    def _enough(self) -> bool:
        return self.now.cost is not None and sharpened(self.problem, self.bound) >= self.now.cost


def sharpened(problem: Partitioning, bound: float) -> float:
    """The least cost a plan may have above a bound, where all plans cost whole numbers of steps."""
    step = step_of(problem)
    if not step or not math.isfinite(bound):
        return float(bound)
    ones = problem.program.kind == ONE
    constant = float(problem.cost[ones].sum()) * problem.fewest_and_most[0]
    return max(float(bound), constant + step * math.ceil((bound - constant) / step - 1e-6))


def step_of(problem: Partitioning) -> float:
    """The step in which plans cost: they cost a whole number of it, beside a constant. 0 where there is none.

    Every border inside is counted from both sides: where border lengths are whole numbers of a grain, border costs
    go in steps of twice that. So it is with cut edges.
    """
    p = problem.program
    kinds = p.kind[np.flatnonzero(problem.cost)]
    fewest, most = problem.fewest_and_most
    if not np.isin(kinds, (BORDER, ONE)).all() or (ONE in kinds and fewest != most):
        return 0.0
    worth = float(problem.cost[p.kind == BORDER].sum())
    lengths = p.border_length[p.border_length > 0]
    if worth <= 0.0 or not len(lengths) or (lengths != np.floor(lengths)).any() or lengths.max() > LARGEST_GRAIN:
        return 0.0
    return 2.0 * worth * float(np.gcd.reduce(lengths.astype(np.int64)))
