"""The linear relaxation of a large master, held small and tightened by cuts.

Only columns that pay and rows that bind are in the LP (sifting: Bixby, Gregory, Lustig, Marsten & Shanno 1992). What
its duals prove is reckoned over all columns in our own arithmetic, so nothing rests on what was left out.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lotopt.engine.model.rows import Floats, Ints, Master, Row, Rows, cost_scale
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.cuts import Cutter
from lotopt.engine.solve.highs import new_highs, run_highs
from lotopt.engine.solve.lp import Relaxation, proven_by
from lotopt.engine.solve.solvers import SolverOptions

# Columns to begin with for each row that asks for some; columns that come in at once.
FIRST_EACH, AT_ONCE = 12, 3_000
# Rows of one kind beyond which they come in only where they are broken.
FEW_ROWS = 2_000
# In the scale of the solver, where a typical cost is near 2^13.
PAYS, SLIPS = 1e-4, 1e-6
# Rounds of cuts end after so many, or where one closes less than a part of what all of them closed.
ROUNDS, STILL = 25, 0.02
DUAL, PRIMAL = 1, 4
# Helpers that are still in use cost so many times more, so many times.
DEARER, RAISES = 64.0, 2


def tightened(master: Master, options: SolverOptions, clock: Clock) -> tuple[Master, Relaxation] | None:
    """The master with cuts that bind in its relaxation, and what the duals of all its rows prove; None where the
    relaxation has no plan or there is no time.

    Every plan of the master keeps the cuts. Raises KeyboardInterrupt when interrupted.
    """
    if master.size == 0 or not len(master.rows) or clock.over():
        return None
    lp = _Lp(master, options, clock)
    if not lp.solve():
        return None
    cutter, first, before = Cutter(master), lp.value, lp.value
    for _ in range(ROUNDS):
        cuts = cutter.cuts(*lp.plan())
        if not cuts or clock.over():
            break
        lp.add(cuts)
        if not lp.solve():
            break
        if lp.value - before <= STILL * (lp.value - first):
            break
        before = lp.value
    binding = [cut for cut, dual in zip(lp.cuts, lp.duals[len(master.rows) :], strict=True) if dual]
    duals = np.concatenate([lp.duals[: len(master.rows)], [d for d in lp.duals[len(master.rows) :] if d]])
    tight = master.held_to(binding)
    return tight, proven_by(tight, duals)


class _Lp:
    """The restricted LP in HiGHS: which columns and rows it holds, and its last solution."""

    def __init__(self, master: Master, options: SolverOptions, clock: Clock) -> None:
        self.master, self.clock = master, clock
        self.scale = cost_scale(master)
        self.cuts: list[Row] = []
        self.raised = 0
        self.rows = Rows.of(master.rows)
        self.model = new_highs(options.threads, options.seed)
        self.model.setOptionValue("presolve", "off")
        self.value = -math.inf
        self.duals: Floats = np.zeros(len(self.rows))
        self.columns: Ints = np.zeros(0, dtype=np.int64)
        self.held: Ints = np.zeros(0, dtype=np.int64)
        arrays = master.arrays
        self.helpers = int((arrays.lower > 0).sum() + (arrays.upper < 0).sum())
        self._begin()

    def _begin(self) -> None:
        """Rows that ask for something, a few cheap columns for each, and helpers that stand in for missing ones."""
        arrays = self.master.arrays
        asking = arrays.lower > 0
        often = np.isfinite(arrays.lower) | (arrays.upper < 0)
        if (~often).sum() <= FEW_ROWS:
            often[:] = True
        self._hold_rows(np.flatnonzero(often))
        costs = self.scale * np.abs(self.master.costs)
        self.dear = 4 * (float(costs.max()) + 1)
        up, down = np.flatnonzero(arrays.lower > 0), np.flatnonzero(arrays.upper < 0)
        place = self._place(self.held, len(self.rows))
        for r, sign in [*((r, 1.0) for r in up.tolist()), *((r, -1.0) for r in down.tolist())]:
            self.model.addCol(self.dear, 0.0, math.inf, 1, np.array([place[r]], dtype=np.int32), np.array([sign]))
        self._hold_columns(self._cheap(asking))

    def _cheap(self, asking: Any) -> Ints:
        """For each row that asks for something, the columns that give a unit for the least; and all that cost
        nothing."""
        arrays, master = self.master.arrays, self.master
        gives = asking[arrays.owner] & (arrays.values > 0)
        index, owner, values = arrays.index[gives], arrays.owner[gives], arrays.values[gives]
        total = np.bincount(index, weights=values, minlength=master.size)
        rate = master.costs / np.where(total > 0, total, 1.0)
        order = np.lexsort((index, rate[index], owner))
        owner = owner[order]
        rank = np.arange(len(owner)) - np.searchsorted(owner, owner)
        few = np.append(index[order][rank < FIRST_EACH], master.costs.argmin())  # an empty LP has no answer
        return np.union1d(few, np.flatnonzero(master.costs <= 0))

    def solve(self) -> bool:
        """Solve until no column pays and no row is broken; whether that came to an end."""
        while True:
            left = self.clock.left()
            if left == 0.0 or not self._run(left):
                return False
            rows = self._broken()
            columns = self._paying()
            if not len(rows) and not len(columns):
                if not self._helped() or self.raised == RAISES:
                    return not self._helped()
                self._raise()  # a plan may pay more for what a row asks than its dearest column costs
            # the simplex method keeps its feet on one side: after new columns the plan is still one
            self.model.setOptionValue("simplex_strategy", DUAL if len(rows) else PRIMAL)
            self._hold_rows(rows)
            self._hold_columns(columns)

    def _run(self, left: float | None) -> bool:
        import highspy

        run = run_highs(self.model, left)
        if run.interrupted:
            raise KeyboardInterrupt
        if not run.finished or self.model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return False
        solution = self.model.getSolution()
        self.duals = np.zeros(len(self.rows))
        factors = self.rows.arrays.scales[self.held]
        self.duals[self.held] = np.array(solution.row_dual) * factors / self.scale
        self.x = np.array(solution.col_value)
        self.value = float(self.model.getInfo().objective_function_value) / self.scale
        return True

    def plan(self) -> tuple[Ints, Floats]:
        """The columns of the relaxed plan, sorted, and how much of each."""
        x = self.x[self.helpers :]
        used = x > 0
        order = np.argsort(self.columns[used])
        return self.columns[used][order], x[used][order]

    def _raise(self) -> None:
        self.raised += 1
        self.dear *= DEARER
        every = np.arange(self.helpers, dtype=np.int32)
        self.model.changeColsCost(self.helpers, every, np.full(self.helpers, self.dear))

    def _helped(self) -> bool:
        return bool((self.x[: self.helpers] > SLIPS).any())

    def _paying(self) -> Ints:
        """The columns outside whose reduced cost is lowest, where it is negative."""
        arrays = self.rows.arrays
        priced = np.bincount(
            arrays.index, weights=arrays.values * self.duals[arrays.owner], minlength=self.master.size
        )
        reduced = (self.master.costs - priced) * self.scale
        reduced[self.columns] = 0.0
        pays = np.flatnonzero(reduced < -PAYS)
        if len(pays) > AT_ONCE:
            pays = pays[np.argsort(reduced[pays], kind="stable")[:AT_ONCE]]
        return np.sort(pays)

    def _broken(self) -> Ints:
        """The rows outside that the relaxed plan breaks."""
        if len(self.held) == len(self.rows):
            return self.held[:0]
        arrays = self.rows.arrays
        share = np.zeros(self.master.size)
        share[self.columns] = self.x[self.helpers :]
        totals = arrays.sums(arrays.values * share[arrays.index])
        outside = np.maximum(totals - arrays.upper, arrays.lower - totals) * arrays.scales > SLIPS
        outside[self.held] = False
        return np.flatnonzero(outside)

    def add(self, cuts: list[Row]) -> None:
        """More rows, at once."""
        first = len(self.rows)
        self.cuts += cuts
        self.rows = self.rows.and_also(cuts)
        self.model.setOptionValue("simplex_strategy", DUAL)
        self._hold_rows(np.arange(first, len(self.rows)))

    def _hold_rows(self, rows: Ints) -> None:
        if not len(rows):
            return
        arrays, place = self.rows.arrays, self._place(self.columns, self.master.size)
        at = self._place(rows, len(self.rows))
        inside = np.flatnonzero((at[arrays.owner] >= 0) & (place[arrays.index] >= 0))
        starts, index, values = _packed(
            at[arrays.owner[inside]], place[arrays.index[inside]] + self.helpers,
            (arrays.values * arrays.scales[arrays.owner])[inside], len(rows),
        )  # fmt: skip
        lower, upper = ((end * arrays.scales)[rows] for end in (arrays.lower, arrays.upper))
        self.model.addRows(len(rows), lower, upper, len(index), starts, index, values)
        self.held = np.concatenate([self.held, rows])

    def _hold_columns(self, columns: Ints) -> None:
        if not len(columns):
            return
        arrays, place = self.rows.arrays, self._place(self.held, len(self.rows))
        at = self._place(columns, self.master.size)
        inside = np.flatnonzero((at[arrays.index] >= 0) & (place[arrays.owner] >= 0))
        starts, index, values = _packed(
            at[arrays.index[inside]], place[arrays.owner[inside]],
            (arrays.values * arrays.scales[arrays.owner])[inside], len(columns),
        )  # fmt: skip
        costs, zeros, ones = self.master.costs[columns] * self.scale, np.zeros(len(columns)), np.ones(len(columns))
        self.model.addCols(len(columns), costs, zeros, ones, len(index), starts, index, values)
        self.columns = np.concatenate([self.columns, columns])

    @staticmethod
    def _place(of: Ints, size: int) -> Ints:
        place = np.full(size, -1, dtype=np.int64)
        place[of] = np.arange(len(of))
        return place


def _packed(major: Ints, minor: Ints, values: Floats, count: int) -> tuple[Any, Any, Floats]:
    """Entries in order: where each of `count` begins, and the other index and value of each."""
    order = np.argsort(major, kind="stable")
    starts = np.searchsorted(major[order], np.arange(count)).astype(np.int32)
    return starts, minor[order].astype(np.int32), values[order]
