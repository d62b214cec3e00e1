"""The LP over the columns so far, in HiGHS: what column generation solves again and again."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lotopt.engine.model.program import Bools, Floats
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.highs import new_highs, run_highs


class Duals(NamedTuple):
    """What atoms (n,) and side rows (R,) are worth."""

    atoms: Floats
    rows: Floats


class RestrictedLp:
    """Shares of columns at least cost: a row per atom, then the side rows.

    Ahead of the columns come what is left out or too much in each row, at `missing` a unit (0: that cannot be), then
    the facts: yes-or-no variables with coefficients fact_rows (R, E) in the side rows.
    """

    def __init__(
        self, atoms: int, row_low: Floats, row_high: Floats, fact_rows: Floats, missing: float, threads: int
    ) -> None:
        import highspy

        self.atoms, self.row_low, self.row_high, self.fact_rows = atoms, row_low, row_high, fact_rows
        self.highs = new_highs(threads, 0)
        inf = highspy.kHighsInf
        low = np.concatenate([np.ones(atoms), row_low])
        high = np.concatenate([np.ones(atoms), row_high])
        for least, most in zip(np.maximum(low, -inf), np.minimum(high, inf), strict=True):
            self.highs.addRow(least, most, 0, np.zeros(0, np.int32), np.zeros(0))
        self.spare = 2 * len(low) if missing else 0
        for number in range(self.spare):
            sign = 1.0 - 2.0 * (number % 2)
            self.highs.addCol(missing, 0.0, inf, 1, np.array([number // 2], np.int32), np.array([sign]))
        for fact in fact_rows.T:
            used = np.flatnonzero(fact)
            self.highs.addCol(0.0, 0.0, 1.0, len(used), (atoms + used).astype(np.int32), fact[used])

    def add(self, inside: Bools, sides: Floats, costs: Floats) -> None:
        """More columns: the atoms they hold (J, n), what they add to side rows (J, R), and what they cost (J,)."""
        import highspy

        count = len(costs)
        if not count:
            return
        whole = np.concatenate([inside.astype(np.float64), sides], axis=1)
        column, entry = np.nonzero(whole)
        starts = np.searchsorted(column, np.arange(count)).astype(np.int32)
        self.highs.addCols(
            count, costs, np.zeros(count), np.full(count, highspy.kHighsInf), len(entry), starts,
            entry.astype(np.int32), whole[column, entry],
        )  # fmt: skip

    def solve(self, clock: Clock) -> tuple[float, Duals] | None:
        """Value and duals; None where the time ran out. Raises KeyboardInterrupt after Ctrl-C."""
        import highspy

        run = run_highs(self.highs, clock.left())
        if run.interrupted:
            raise KeyboardInterrupt
        if not run.finished or self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        duals = np.array(self.highs.getSolution().row_dual)
        value = float(self.highs.getInfo().objective_function_value)
        return value, Duals(duals[: self.atoms], self._usable(duals[self.atoms :]))

    def _usable(self, duals: Floats) -> Floats:
        """Duals of side rows but for those of a side without limit: rounding errors, which would prove nothing."""
        limits = np.where(duals > 0, self.row_low, self.row_high)
        return np.where(np.isfinite(limits), duals, 0.0)

    @property
    def left_out(self) -> float:
        """How much is left out or too much in the last solution."""
        return float(self._values[: self.spare].sum())

    @property
    def shares(self) -> Floats:
        """The columns' shares in the last solution (J,)."""
        return self._values[self.spare + self.fact_rows.shape[1] :]

    @property
    def _values(self) -> Floats:
        values: Any = self.highs.getSolution().col_value
        return np.array(values)

    def worth(self, duals: Duals) -> float:
        """What duals are worth: each side row at the end of its range that its sign speaks of.

        A plan costs as much at least, and beside it what its columns cost more than the duals pay for.
        """
        value = float(np.sum(duals.atoms))
        for dual, low, high in zip(duals.rows, self.row_low, self.row_high, strict=True):
            if dual != 0.0:
                value += dual * (low if dual > 0 else high)
        # a fact is no or yes
        return value + float(np.minimum(-(duals.rows @ self.fact_rows), 0.0).sum())
