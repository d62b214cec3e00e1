"""Pricing by the frontier of an atom order: for narrow maps whose columns are too many to be walked through.

A table tells the least cost from every state on, for every number of units of one bounded sum. Units are rounded, so
its range is widened by what rounding can do: the table is a relaxation, and the walk that it guides is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from lotopt.engine.columns.pricing import CHUNK, Columns, Priced
from lotopt.engine.frontier import layered
from lotopt.engine.frontier.graph import Layers, layers_of
from lotopt.engine.model.program import (
    BANDED,
    BORDER,
    DEVIATION,
    INERTIA,
    MOVED,
    ONE,
    REACH,
    SPAN,
    STRADDLE,
    TOTAL,
    Floats,
    Ints,
    Partitioning,
    Program,
)

# cells of the table at most (four bytes each), and units that the upper limit is divided into
MOST_CELLS = 60_000_000
MOST_UNITS, FEWEST_UNITS = 2000, 100
# cells of a table that is only for counting sets
COUNTING_CELLS = 8_000_000
# on maps there are about so many times more connected sets of one atom more
PER_ATOM = 4.5
# shares of the way from the least cost to the threshold at which a walk for the cheapest is tried, and the share of
# the columns wanted that is enough
STAGES, ENOUGH = (0.1, 0.4, 1.0), 0.1
# sums of scaled costs stay below this
RANGE = 2.0**27


@dataclass(frozen=True)
class _Prices:
    """A constant per column, the price of border, what each atom is worth in the table, duals (n,) and slots (F,)."""

    constant: float
    border: float
    profit: Floats
    duals: Floats
    slots: Floats
    scale: float


@dataclass(frozen=True)
class Frontier:
    """What pricing needs whatever the prices are: layers, the bounding sum in units, and the table it writes into.

    bounding: the sum that is counted in units (-1: none). A set of u units has a sum between (u - below) and
    (u + above) times `unit`; a finished one has `lowest` units at least. least, most (n + 1,): units that a set may
    have at a layer. atom (N,): the atom each state looks at.
    """

    problem: Partitioning
    layers: Layers
    ground: layered.Ground
    bounding: int
    unit: float
    below: float
    above: float
    least: Ints
    most: Ints
    lowest: int
    atom: Ints
    table: np.ndarray

    def price(
        self,
        cost: Floats,
        duals: Floats,
        row_duals: Floats,
        threshold: float,
        *,
        most: int,
        keep_best: bool,
        stop: Callable[[], bool] = lambda: False,
    ) -> Priced:
        """All columns of reduced cost below `threshold`, or the `most` cheapest of them; see pricing.price."""
        rows = self.problem.rows
        slot_price = np.asarray(cost - row_duals @ rows if len(rows) else cost, dtype=np.float64)
        prices = self._fill(slot_price, np.asarray(duals, dtype=np.float64))
        least = prices.constant + float(self.table[0, 0]) / prices.scale
        made = 0
        # the cheapest first: where columns below the threshold are many, a walk that has to come down to them is long
        for share in STAGES if keep_best and least < threshold < np.inf else (1.0,):
            below = threshold if share == 1.0 else least + share * (threshold - least)
            found = self._walk(prices, below, most, keep_best, stop)
            made += found.steps
            if not found.walked or len(found.columns) >= most * ENOUGH:
                break
        return replace(found, steps=made, complete=found.complete and below == threshold)

    def _walk(
        self, prices: _Prices, threshold: float, most: int, keep_best: bool, stop: Callable[[], bool]
    ) -> Priced:
        program = self.problem.program
        steps = layered.new_steps(program, len(self.ground.low))
        found = Columns(np.zeros((most, (program.atoms + 63) // 64), np.int64), np.zeros((most, program.slots)))
        costs = np.zeros(most)
        made, dropped, walked = 0, False, True
        while True:
            outcome, used = layered.walk_layers(
                program, self.ground, steps, (prices.profit, prices.duals, prices.slots), prices.border,
                prices.constant, prices.scale, threshold, self.table, found.sets, found.slots, costs, CHUNK,
            )  # fmt: skip
            made += used
            if outcome == layered.DONE:
                break
            if outcome == layered.FULL:
                if not keep_best:
                    walked = False
                    break
                kept = np.argsort(costs, kind="stable")[: most // 2]
                for array in (found.sets, found.slots, costs):
                    array[: len(kept)] = array[kept]
                steps.at[layered.FOUND] = len(kept)
                threshold = float(costs[len(kept) - 1])
                dropped = True
            elif stop():
                walked = False
                break
        count = int(steps.at[layered.FOUND])
        columns = Columns(found.sets[:count].copy(), found.slots[:count].copy())
        return Priced(columns, costs[:count].copy(), threshold, walked, walked and not dropped, made)

    def _fill(self, slot_price: Floats, duals: Floats) -> _Prices:
        """Fill the table at the prices of slots and the duals of atoms."""
        program, layers, ground = self.problem.program, self.layers, self.ground
        constant, border, profit, end = self._parts(slot_price, duals)
        skip, take = border * layers.skip_cut, border * layers.take_cut - profit[self.atom]
        # every partial sum is below this
        largest = np.abs(profit).sum() + abs(border) * float(program.border_length.sum()) + np.abs(end).max()
        scale = 2.0 ** np.floor(np.log2(RANGE / max(largest, 1e-300)))
        cells = np.floor(end * scale)
        cells[: self.lowest] = layered.BIG
        self.table[layers.states] = cells
        layered.fill(
            layers.first, layers.skip, layers.take, np.floor(skip * scale).astype(np.int32),
            np.floor(take * scale).astype(np.int32), ground.units, self.least, self.most, self.table,
        )  # fmt: skip
        return _Prices(constant, border, profit, duals, slot_price, float(scale))

    def _parts(self, slot_price: Floats, duals: Floats) -> tuple[float, float, Floats, Floats]:
        """A column's price in parts: a constant, border, atoms, and what is known by the units at its end.

        What the layers do not tell counts as the least it can be.
        """
        p = self.problem.program
        profit = np.asarray(duals, dtype=np.float64).copy()
        constant = border = 0.0
        cells = np.arange(self.table.shape[1], dtype=np.float64)
        low, high = np.maximum((cells - self.below) * self.unit, 0.0), (cells + self.above) * self.unit
        end = np.zeros(len(cells))
        for slot, worth in enumerate(slot_price):
            kind, which = p.kind[slot], p.which[slot]
            if worth == 0.0:
                continue
            if kind == ONE:
                constant += worth
            elif kind == TOTAL:
                profit -= worth * p.sums[which]
            elif kind == BORDER:
                border += worth
            elif kind == BANDED and which == self.bounding:
                least, most = _banded(p, int(p.target[slot]), low, high)
                end += worth * (least if worth > 0 else most)
            elif kind == BANDED:
                whole = np.array([float(p.sums[which].sum())])
                least, most = _banded(p, int(p.target[slot]), np.zeros(1), whole)
                constant += worth * float((least if worth > 0 else most)[0])
            elif kind == DEVIATION and which == self.bounding:
                target = p.target[slot]
                if worth > 0:
                    end += worth * np.maximum(np.maximum(low - target, target - high), 0.0)
                else:
                    end += worth * np.maximum(np.abs(low - target), np.abs(high - target))
            elif worth < 0:
                constant += worth * _largest(p, int(kind), int(which), float(p.target[slot]))
        return constant, border, profit, end


def frontier_of(problem: Partitioning, most_cells: int = MOST_CELLS) -> Frontier | None:
    """What pricing by the frontier needs, or None where the graph is too wide for it."""
    p = problem.program
    layers = layers_of(p, most_cells // FEWEST_UNITS)
    if layers is None:
        return None
    hard = _hard_limits(p)
    units, unit, lowest, highest, below, above, bounding = _units(
        p, hard, min(MOST_UNITS, most_cells // layers.states)
    )
    units = units[layers.order]
    before = np.concatenate([[0], np.cumsum(units)])
    table = np.full((layers.states + 2, highest + 1), layered.BIG, dtype=np.int32)
    sums = [p.sums[p.which[p.limit_slot[m]]][layers.order] for m in hard]
    limits = np.array(sums).reshape(len(hard), p.atoms).T.copy()
    after = np.concatenate([np.cumsum(limits[::-1], axis=0)[::-1], np.zeros((1, len(hard)))])
    # sums are added in another order here than where limits are judged: leave room for rounding
    slack = 1e-9 * limits.sum(axis=0)
    ground = layered.Ground(
        layers.order, layers.first, layers.skip, layers.take, layers.skip_cut, layers.take_cut, units,
        limits, after, p.limit_low[hard] - slack, p.limit_high[hard] + slack,
    )  # fmt: skip
    return Frontier(
        problem, layers, ground, bounding, unit, below, above,
        np.maximum(lowest - (before[-1] - before), 0), np.minimum(before, highest), lowest,
        np.repeat(layers.order, np.diff(layers.first)), table,
    )  # fmt: skip


def sets_within(problem: Partitioning) -> float:
    """About how many connected sets there are that pass no upper limit on a sum; on wide maps that is a guess."""
    frontier = frontier_of(problem, COUNTING_CELLS)
    if frontier is None:
        p = problem.program
        shares = [
            p.limit_high[m] / max(float(p.sums[p.which[p.limit_slot[m]]].sum()), 1e-300) for m in _hard_limits(p)
        ]
        atoms = p.atoms * min([1.0, *shares])
        return float(p.atoms * PER_ATOM ** min(atoms, 200.0))
    layers, cells = frontier.layers, frontier.table.shape[1]
    counts = np.zeros((layers.states + 2, cells))
    counts[layers.states] = 1.0
    for t in range(len(layers.order) - 1, -1, -1):
        here, unit = slice(layers.first[t], layers.first[t + 1]), int(frontier.ground.units[t])
        counts[here] = counts[layers.skip[here]]
        if unit < cells:
            counts[here, : cells - unit] += counts[layers.take[here], unit:]
    return float(counts[0, 0])


def _hard_limits(p: Program) -> list[int]:
    """The limits on sums that no atom is exempt from."""
    return [m for m, slot in enumerate(p.limit_slot) if p.kind[slot] == TOTAL and not p.limit_exempt[m].any()]


def _units(p: Program, hard: list[int], count: int) -> tuple[Ints, float, int, int, float, float, int]:
    """The sum with the narrowest limits in units: of each atom, one unit, the range, the errors, and which it is."""
    best, narrowest = -1, np.inf
    for m in hard:
        whole = float(p.sums[p.which[p.limit_slot[m]]].sum())
        high = min(float(p.limit_high[m]), whole)
        width = (high - max(float(p.limit_low[m]), 0.0)) / whole if high > 0 else np.inf
        if width < narrowest and whole > 0:
            best, narrowest = m, width
    if best < 0:
        return np.zeros(p.atoms, dtype=np.int64), 1.0, 0, 0, 0.0, 0.0, -1
    which = int(p.which[p.limit_slot[best]])
    values = p.sums[which]
    high = min(float(p.limit_high[best]), float(values.sum()))
    unit = high / count
    units = np.floor(values / unit + 0.5).astype(np.int64)
    error = values / unit - units
    above, below = float(error[error > 0].sum()) + 1e-6, float(-error[error < 0].sum()) + 1e-6
    lowest = max(0, int(np.ceil(float(p.limit_low[best]) / unit - above)))
    return units, unit, lowest, int(np.floor(count + below)), below, above, which


def _banded(p: Program, band: int, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The least and the most amount of totals between low and high (C,)."""
    piece = slice(int(p.band_ptr[band]), int(p.band_ptr[band + 1]))
    starts, at, slopes = p.band_from[piece], p.band_at[piece], p.band_slope[piece]
    least, most = np.full(len(low), np.inf), np.full(len(low), -np.inf)
    ends = np.append(starts[1:], np.inf)
    for number, (start, end, amount, slope) in enumerate(zip(starts, ends, at, slopes, strict=True)):
        first = low if number == 0 else np.maximum(low, start)
        last = np.minimum(high, end)
        for total in (first, last):
            value = np.where(first <= last, amount + slope * (total - start), np.nan)
            least, most = np.fmin(least, value), np.fmax(most, value)
    return least, most


def _largest(p: Program, kind: int, which: int, target: float) -> float:
    """No set has more of a slot than this."""
    if kind == SPAN:
        return float(p.layer_first[which + 1] - p.layer_first[which])
    if kind == STRADDLE:
        return 1.0
    if kind == MOVED:
        return float(p.layer_weight[p.layer_ptr[which, 0] : p.layer_ptr[which, -1]].sum())
    if kind == DEVIATION:
        return max(abs(target), abs(float(p.sums[which].sum()) - target))
    if kind == INERTIA:
        cloud = p.clouds[which]
        centre = cloud[:, 0] @ cloud[:, 5:7] / max(float(cloud[:, 0].sum()), 1e-300)
        spread = ((cloud[:, 5:7] - centre) ** 2).sum(axis=1)
        return float(cloud[:, 4].sum() + cloud[:, 0] @ spread)
    assert kind == REACH
    return float(np.linalg.norm(np.ptp(p.point_xy, axis=0))) if len(p.point_xy) else 0.0
