"""The LP bound over all columns of a narrow map: column generation with pricing along the frontier.

As in relaxation.py, with two differences: where no plan is known, atoms may be left out at a price at first; and the
bound need only come near enough to the best plan known.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lotopt.engine.columns.pricing import CHUNK, Columns
from lotopt.engine.columns.standing import Standing
from lotopt.engine.frontier.pricing import Frontier
from lotopt.engine.model.program import BORDER, ONE, Floats, Partitioning
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.highs import new_highs, run_highs

# columns taken in per round of pricing
MOST = 400
SMOOTHING = 0.6
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
        model = _Model(x, self.columns, x.cost * worth * scale, artificial, self.now.options.threads)
        best, best_duals, best_rows = -np.inf, None, None
        smoothing = SMOOTHING
        while not clock.over():
            solved = model.solve(clock)
            if solved is None:
                return False
            value, duals, row_duals, short = solved
            left_out = short > 1e-7
            floor = CLOSE * max(1.0, abs(value))
            if best >= value - 2 * floor:
                return left_out
            if best_duals is None or best_rows is None:
                used, used_rows = duals, row_duals
            else:
                used = smoothing * best_duals + (1 - smoothing) * duals
                used_rows = smoothing * best_rows + (1 - smoothing) * row_duals
            priced = self.frontier.price(
                x.cost * worth * scale, used, used_rows, -floor / self.most_columns,
                most=MOST, keep_best=True, stop=limited_walk(clock),
            )  # fmt: skip
            self.rounds += 1
            if priced.walked:
                least = min(0.0, float(priced.costs.min(initial=0.0)))
                bound = _dual_value(x, used, used_rows) + self.most_columns * (least - floor / self.most_columns)
                if bound > best:
                    best, best_duals, best_rows = bound, used, used_rows
                    if not worth and bound > SHORT:
                        self.proven_short = True
                        return True
                    if worth and bound / scale > self.bound:
                        self.bound = bound / scale
                        self.duals, self.row_duals = used / scale, used_rows / scale
                        self.now.progress("relax", self.now.cost, self.bound)
                        if self._enough():
                            return False
            elif not len(priced.columns) or clock.over():
                return left_out
            inside = priced.columns.members(x.program.atoms)
            sides = priced.columns.slots @ x.rows.T
            reduced = priced.columns.slots @ (x.cost * worth * scale) - inside @ duals - sides @ row_duals
            useful = np.flatnonzero(reduced < -floor / self.most_columns)
            if len(useful):
                added = priced.columns.take(useful)
                self.columns = Columns.join([self.columns, added])
                model.add(added)
                continue
            if smoothing == 0.0:
                return left_out
            smoothing = 0.0 if best_duals is used or smoothing < 0.1 else smoothing * 0.5
        return False

    def _enough(self) -> bool:
        return self.now.cost is not None and sharpened(self.problem, self.bound) >= self.now.cost


class _Model:
    """The LP over the columns so far, in HiGHS: a row per atom, then the side rows; what is left out comes first."""

    def __init__(
        self, problem: Partitioning, columns: Columns, cost: Floats, artificial: float, threads: int
    ) -> None:
        import highspy

        self.problem, self.cost = problem, cost
        n, rows = problem.program.atoms, len(problem.rows)
        self.highs = new_highs(threads, 0)
        inf = highspy.kHighsInf
        low = np.concatenate([np.ones(n), problem.row_low])
        high = np.concatenate([np.ones(n), problem.row_high])
        for row_low, row_high in zip(np.maximum(low, -inf), np.minimum(high, inf), strict=True):
            self.highs.addRow(row_low, row_high, 0, np.zeros(0, np.int32), np.zeros(0))
        self.extra = 2 * (n + rows) if artificial else 0
        for number in range(self.extra):
            sign = 1.0 - 2.0 * (number % 2)
            self.highs.addCol(artificial, 0.0, inf, 1, np.array([number // 2], np.int32), np.array([sign]))
        self.add(columns)

    def add(self, columns: Columns) -> None:
        import highspy

        if not len(columns):
            return
        inside = columns.members(self.problem.program.atoms).astype(np.float64)
        whole = np.concatenate([inside, columns.slots @ self.problem.rows.T], axis=1)
        row, entry = np.nonzero(whole)
        starts = np.searchsorted(row, np.arange(len(columns))).astype(np.int32)
        count = len(columns)
        self.highs.addCols(
            count, columns.slots @ self.cost, np.zeros(count), np.full(count, highspy.kHighsInf), len(entry), starts,
            entry.astype(np.int32), whole[row, entry],
        )  # fmt: skip

    def solve(self, clock: Clock) -> tuple[float, Floats, Floats, float] | None:
        """Value, duals of atoms and of side rows, and how much is left out; None where the time ran out."""
        import highspy

        run = run_highs(self.highs, clock.left())
        if run.interrupted:
            raise KeyboardInterrupt
        if not run.finished or self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self.highs.getSolution()
        duals, n = np.array(solution.row_dual), self.problem.program.atoms
        value = float(self.highs.getInfo().objective_function_value)
        return value, duals[:n], duals[n:], float(np.array(solution.col_value[: self.extra]).sum())


def _dual_value(problem: Partitioning, duals: Floats, row_duals: Floats) -> float:
    """What duals are worth: each side row at the end of its range that its sign speaks of."""
    value = float(np.sum(duals))
    for dual, low, high in zip(row_duals, problem.row_low, problem.row_high, strict=True):
        if dual != 0.0:
            value += dual * (low if dual > 0 else high)
    return value


def limited_walk(clock: Clock) -> Callable[[], bool]:
    """Stops a walk at the time limit, or where it takes too many steps."""
    left = [MOST_STEPS]

    def stop() -> bool:
        left[0] -= CHUNK
        return clock.over() or left[0] < 0

    return stop


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
