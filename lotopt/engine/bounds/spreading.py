"""A bound on the cost of borders where lots have a largest size, at any number of atoms and of lots.

Take for every border whether it lies between two lots (y, 0 or 1) as a length. Seen from any atom, all others of its
lot are at distance 0 and the rest at 1 or more; and its lot holds no more than the largest size U allows. So, for
every tree from that atom to a set S of atoms: the sum over S of weight times distance is at least weight(S) - U.
These spreading metrics (Even, Naor, Rao & Schieber 1999) make an LP over borders alone: no lots, no symmetry.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lotopt.engine.bounds.trees_near import near_trees
from lotopt.engine.model.program import BORDER, ONE, TOTAL, Floats, Ints, Partitioning
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.highs import new_highs, run_highs

# the share of the way from lengths that keep all rows to those of the LP where rows are looked for (Ben-Ameur & Neto
# 2007): far fewer rounds than at the LP's own lengths
STEP = 0.2
# enough where so little is left between the two, or where so many rounds bring less than so little
CLOSE, LITTLE, PATIENCE = 0.005, 0.001, 15
# lengths that differ by no more are the same
SAME = 1e-6
# rows per atom beyond which those that do not bind are dropped
MOST_ROWS = 6


@dataclass(frozen=True)
class Spread:
    """What the LP is about: border ends (E, 2) with costs (E,), CSR of atoms, weights (n,), the most, a constant."""

    pointers: Ints
    ends: Ints
    edges: Ints
    costs: Floats
    weights: Floats
    most: float
    constant: float


def spread_of(problem: Partitioning) -> Spread | None:
    """The LP of a problem; None where borders cost nothing, or no size is limited, or a cost may be below zero."""
    p = problem.program
    constant, worth = 0.0, 0.0
    fewest, most_lots = problem.fewest_and_most
    for slot in np.flatnonzero(problem.cost):
        kind, price = p.kind[slot], float(problem.cost[slot])
        if kind == BORDER:
            worth += price
        elif kind == ONE:
            constant += price * (fewest if price > 0 else most_lots)
        elif kind == TOTAL:
            constant += price * float(p.sums[p.which[slot]].sum())
        elif price < 0:
            return None
    limited = _tightest(problem)
    if worth <= 0.0 or limited is None:
        return None
    weights, most = limited
    atom = np.repeat(np.arange(p.atoms), np.diff(p.border_ptr))
    real = (p.border_length > 0) & (atom != p.border_to)
    low, high = np.minimum(atom, p.border_to)[real], np.maximum(atom, p.border_to)[real]
    pairs, edge = np.unique(np.stack([low, high], axis=1), axis=0, return_inverse=True)
    edge = edge.reshape(-1)
    # both lots count a border between them, each from its side
    costs = np.asarray(
        worth * np.bincount(edge, weights=p.border_length[real], minlength=len(pairs)), dtype=np.float64
    )
    pointers = np.concatenate([[0], np.cumsum(np.bincount(atom[real], minlength=p.atoms))]).astype(np.int64)
    return Spread(pointers, p.border_to[real], edge.astype(np.int64), costs, weights, most, constant)


def _tightest(problem: Partitioning) -> tuple[Floats, float] | None:
    """Weights and their upper limit where it is the smallest share of all, among limits without exemptions."""
    p = problem.program
    best, least = None, 1.0
    for m, slot in enumerate(p.limit_slot):
        if p.kind[slot] != TOTAL or p.limit_exempt[m].any():
            continue
        weights = p.sums[p.which[slot]]
        whole, high = float(weights.sum()), float(p.limit_high[m])
        if whole > 0 and 0 < high / whole < least:
            best, least = (weights, high), high / whole
    return best


def spreading_bound(
    spread: Spread,
    clock: Clock,
    threads: int = 1,
    tell: Callable[[float], None] = lambda bound: None,
) -> float:
    """The bound on the cost of every plan that comes of rounds of rows, as far as `clock` allows.

    It is recomputed from the duals, so it holds whatever the LP solver's tolerances were. Raises KeyboardInterrupt.
    """
    model = new_highs(threads, 0)
    count = len(spread.costs)
    scale = 1.0 / max(float(spread.costs.max(initial=0.0)), 1e-300)
    for cost in spread.costs * scale:
        model.addCol(float(cost), 0.0, 1.0, 0, np.zeros(0, np.int32), np.zeros(0))
    inner, outer = _wide(spread, clock), np.zeros(count)
    if inner is None:
        return spread.constant
    best, before, idle = 0.0, 0.0, 0
    while not clock.over():
        lengths = STEP * outer + (1 - STEP) * inner
        rows = _rows(spread, lengths)
        if not len(rows.starts):
            inner = lengths
            if float(spread.costs @ inner) <= best * (1 + CLOSE) or np.abs(inner - outer).max(initial=0.0) < SAME:
                break  # lengths that keep all rows cost no more than the bound, or are all but the LP's own
            continue
        model.addRows(
            len(rows.starts), np.ones(len(rows.starts)), np.full(len(rows.starts), math.inf), len(rows.index),
            rows.starts, rows.index, rows.values,
        )  # fmt: skip
        run = run_highs(model, clock.left())
        if run.interrupted:
            raise KeyboardInterrupt
        if not run.finished or not _solved(model):
            break
        solution = model.getSolution()
        outer = np.clip(np.array(solution.col_value), 0.0, 1.0)
        bound = _dual_bound(model, spread, scale)
        if bound > best:
            best = bound
            tell(spread.constant + best)
        idle = idle + 1 if best - before < LITTLE * best else 0
        before = best if idle == 0 else before
        if idle >= PATIENCE:
            break
        if model.getNumRow() > MOST_ROWS * len(spread.weights):
            slack = np.flatnonzero(np.array(solution.row_value) > 1.0 + 1e-6).astype(np.int32)
            model.deleteRows(len(slack), slack)
    return spread.constant + best


@dataclass(frozen=True)
class _Rows:
    starts: np.ndarray
    index: np.ndarray
    values: Floats


def _rows(spread: Spread, lengths: Floats) -> _Rows:
    """The row of every atom from which the lengths spread too little."""
    n = len(spread.weights)
    starts, index, values = near_trees(
        spread.pointers, spread.ends, spread.edges, np.maximum(lengths, 0.0), spread.weights, spread.most,
        np.zeros(n * n, np.int32), np.zeros(n * n),
    )  # fmt: skip
    return _Rows(starts[:-1].astype(np.int32), index, values)


def _wide(spread: Spread, clock: Clock) -> Floats | None:
    """Equal lengths that keep all rows."""
    typical = float(spread.weights.mean())
    length = min(1.0, math.sqrt(2 * typical / (3 * spread.most)))
    while not clock.over():
        lengths = np.full(len(spread.costs), length)
        if length == 1.0 or not len(_rows(spread, lengths).starts):
            return lengths
        length = min(1.0, 1.25 * length)
    return None


def _solved(model: object) -> bool:
    import highspy

    return bool(model.getModelStatus() == highspy.HighsModelStatus.kOptimal)  # type: ignore[attr-defined]


def _dual_bound(model: object, spread: Spread, scale: float) -> float:
    """What the duals prove: rows are worth their duals, less what borders of length 1 at most gain by them."""
    duals = np.maximum(np.array(model.getSolution().row_dual), 0.0)  # type: ignore[attr-defined]
    matrix = model.getLp().a_matrix_  # type: ignore[attr-defined]
    starts, index, values = np.array(matrix.start_), np.array(matrix.index_), np.array(matrix.value_)
    import highspy

    if matrix.format_ == highspy.MatrixFormat.kColwise:
        column = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        row = index
    else:
        column = index
        row = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    gained = np.bincount(column, weights=values * duals[row], minlength=len(spread.costs))
    return (float(duals.sum()) - float(np.maximum(gained - spread.costs * scale, 0.0).sum())) / scale * (1 - 1e-9)
