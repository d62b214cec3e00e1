"""The linear relaxation of an explicit master, and what its duals prove in our own arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from lotopt.engine.model.rows import EXACT_INTEGERS, Floats, Ints, Master, cost_scale
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.highs import new_highs, run_highs
from lotopt.engine.solve.solvers import SolverOptions

EPSILON = float(np.finfo(np.float64).eps)
# Whole costs whose sums stay below this are proven to the unit by a solver as they are.
SMALL_ENOUGH = 1e6


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The bound that duals (R,) prove, and a lower estimate of each column's reduced cost (J,).

    Every plan with column j costs at least bound + max(reduced[j], 0), whatever the rounding errors.
    """

    duals: Floats
    bound: float
    reduced: Floats

    def needed(self, objective: float) -> Ints:
        """The columns that a plan no dearer than `objective` can hold."""
        room = objective - self.bound
        return np.flatnonzero(self.reduced <= room + 4 * EPSILON * (abs(objective) + abs(self.bound)))


def relax(master: Master, options: SolverOptions, clock: Clock) -> Relaxation | None:
    """Solve the linear relaxation (0 <= x <= 1) by HiGHS; None where it gives no optimum in the time.

    Raises KeyboardInterrupt when interrupted.
    """
    import highspy

    left = clock.left()
    if master.size == 0 or not master.rows or left == 0.0:
        return None
    scale = cost_scale(master)
    factors = master.arrays.scales
    model = new_highs(options.threads, options.seed)
    model.passModel(_scaled_lp(master, scale, factors))
    run = run_highs(model, left)
    if run.interrupted:
        raise KeyboardInterrupt
    if not run.finished or model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    duals = np.array(model.getSolution().row_dual, dtype=np.float64) * factors / scale
    return proven_by(master, duals)


def proven_by(master: Master, duals: Floats) -> Relaxation:
    """What any duals prove: a Lagrangian bound over 0/1 columns, lowered by the largest rounding error there can be.

    A dual whose row has no limit on its side is taken as zero, so the bound holds for whatever duals are given.
    """
    rows = master.arrays
    limits = np.where(duals > 0, rows.lower, rows.upper)
    usable = np.isfinite(limits) & np.isfinite(duals)
    duals = np.where(usable, duals, 0.0)
    products = rows.values * np.repeat(duals, np.diff(rows.starts))
    counts = np.bincount(rows.index, minlength=master.size)
    priced = np.bincount(rows.index, weights=products, minlength=master.size)
    sizes = np.bincount(rows.index, weights=np.abs(products), minlength=master.size)
    # Each of n + 1 additions and n products errs by half a unit in the last place of a partial sum at most.
    error = (counts + 2) * EPSILON * (np.abs(master.costs) + sizes)
    reduced = master.costs - priced - error
    terms = np.where(usable, duals * np.where(usable, limits, 0.0), 0.0)
    slack = EPSILON * math.fsum(np.abs(terms))
    total = math.fsum([master.constant, -slack, *terms, *np.minimum(reduced, 0.0)])
    return Relaxation(duals, total - EPSILON * abs(total), reduced)


def shifted(master: Master, relaxed: Relaxation | None) -> Master:
    """The same choice priced by reduced costs over the equality rows, where that is exact and needed.

    What every plan pays by meeting its equalities becomes the constant. A solver's tolerance then speaks of the
    differences between plans, and pence are told apart in totals of billions. Only for whole costs and rows: duals
    are rounded to whole numbers, so no digit is lost; other costs come back as they are.
    """
    if relaxed is None or not master.whole_costs or abs(relaxed.bound) < SMALL_ENOUGH:
        return master
    costs, constant = master.costs.copy(), master.constant
    largest = float(np.abs(costs).sum()) + abs(constant)
    rows = master.arrays
    meets = rows.whole & (rows.lower == rows.upper)
    duals = np.where(meets, np.round(relaxed.duals), 0.0)
    paid, limits = rows.values * duals[rows.owner], np.where(meets, rows.lower, 0.0) * duals
    largest += float(np.abs(paid).sum() + np.abs(limits).sum())
    costs -= np.bincount(rows.index, weights=paid, minlength=master.size)
    constant += float(limits.sum())
    return master.priced(costs, constant) if largest < EXACT_INTEGERS else master


def _scaled_lp(master: Master, scale: float, factors: Floats) -> Any:
    import highspy

    rows = master.arrays
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = master.size, len(master.rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = master.costs * scale, np.zeros(master.size), np.ones(master.size)
    lp.row_lower_, lp.row_upper_ = rows.lower * factors, rows.upper * factors
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = rows.starts.astype(np.int32)
    lp.a_matrix_.index_ = rows.index.astype(np.int32)
    lp.a_matrix_.value_ = rows.values * np.repeat(factors, np.diff(rows.starts))
    return lp
