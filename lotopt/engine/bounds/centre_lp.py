"""The linear relaxation over sets around centres, in HiGHS."""

from __future__ import annotations

from typing import Any

import numpy as np

from lotopt.engine.model.program import Floats
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.highs import new_highs, run_highs


class CentreLp:
    """The LP over the columns so far: a row per atom, then the number of columns, fewest and most interfaces."""

    def __init__(self, n: int, low: int, high: int, fewest: float, most: float, price: float) -> None:
        import highspy

        self.n, self.scale = n, 1.0
        self.highs = new_highs(1, 0)
        inf = highspy.kHighsInf
        for row_low, row_high in [
            *((1.0, 1.0) for _ in range(n)),
            (low, high),
            (fewest, inf),
            (-inf, min(most, inf)),
        ]:
            self.highs.addRow(row_low, row_high, 0, np.zeros(0, np.int32), np.zeros(0))
        self.price, self.begun = price, False

    def add(self, shares: Floats, costs: Floats, spans: Floats) -> None:
        import highspy

        inf = highspy.kHighsInf
        if not self.begun:
            self.scale = 1000.0 / max(float(np.abs(costs).mean()), 1e-300)
            dear = 20.0 * 1000.0
            for row in range(self.n + 1):
                for sign in (1.0, -1.0):
                    self.highs.addCol(dear, 0.0, inf, 1, np.array([row], np.int32), np.array([sign]))
            # interfaces that no column has may be bought at their price: the dual of the row stays below it
            self.highs.addCol(self.price * self.scale, 0.0, inf, 1, np.array([self.n + 1], np.int32), np.ones(1))
            self.highs.addCol(dear, 0.0, inf, 1, np.array([self.n + 2], np.int32), np.array([-1.0]))
            self.begun = True
        whole = np.concatenate([shares, np.ones((len(shares), 1)), spans[:, None], spans[:, None]], axis=1)
        held, entry = np.nonzero(whole)
        starts = np.searchsorted(held, np.arange(len(shares))).astype(np.int32)
        self.highs.addCols(
            len(shares), costs * self.scale, np.zeros(len(shares)), np.full(len(shares), inf), len(entry), starts,
            entry.astype(np.int32), whole[held, entry],
        )  # fmt: skip

    def solve(self, clock: Clock) -> tuple[float | None, Floats | None]:
        import highspy

        run = run_highs(self.highs, clock.left())
        if run.interrupted:
            raise KeyboardInterrupt
        if not run.finished or self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None, None
        duals: Any = np.array(self.highs.getSolution().row_dual) / self.scale
        return float(self.highs.getInfo().objective_function_value) / self.scale, duals
