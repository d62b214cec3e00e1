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
from lotopt.engine.frontier.prices import Prices, prices_of
from lotopt.engine.frontier.units import Units, hard_limits, units_of
from lotopt.engine.model.program import Floats, Ints, Partitioning

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
class Frontier:
    """What pricing needs whatever the prices are: layers, a sum counted in units, and the table it writes into.

    least, most (n + 1,): units that a set may have at a layer. atom (N,): the atom each state looks at.
    """

    problem: Partitioning
    layers: Layers
    ground: layered.Ground
    units: Units
    least: Ints
    most: Ints
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
        prices = prices_of(self.problem.program, self.units, slot_price, np.asarray(duals, dtype=np.float64))
        scale = self._fill(prices)
        least = prices.constant + float(self.table[0, 0]) / scale
        made = 0
        # the cheapest first: where columns below the threshold are many, a walk that has to come down to them is long
        for share in STAGES if keep_best and least < threshold < np.inf else (1.0,):
            below = threshold if share == 1.0 else least + share * (threshold - least)
            found = self._walk(prices, scale, below, most, keep_best, stop)
            made += found.steps
            if not found.walked or len(found.columns) >= most * ENOUGH:
                break
        return replace(found, steps=made, complete=found.complete and below == threshold)

    def _walk(
        self, prices: Prices, scale: float, threshold: float, most: int, keep_best: bool, stop: Callable[[], bool]
    ) -> Priced:
        program = self.problem.program
        steps = layered.new_steps(program, len(self.ground.low))
        found = Columns(np.zeros((most, (program.atoms + 63) // 64), np.int64), np.zeros((most, program.slots)))
        costs = np.zeros(most)
        made, dropped, walked = 0, False, True
        while True:
            outcome, used = layered.walk_layers(
                program, self.ground, steps, (prices.profit, prices.duals, prices.slots), prices.border,
                prices.constant, scale, threshold, self.table, found.sets, found.slots, costs, CHUNK,
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

    def _fill(self, prices: Prices) -> float:
        """Fill the table at some prices; what they are multiplied by in it."""
        program, layers, border, end = self.problem.program, self.layers, prices.border, prices.end
        skip, take = border * layers.skip_cut, border * layers.take_cut - prices.profit[self.atom]
        # every partial sum is below this
        largest = np.abs(prices.profit).sum() + abs(border) * float(program.border_length.sum()) + np.abs(end).max()
        scale = 2.0 ** np.floor(np.log2(RANGE / max(largest, 1e-300)))
        cells = np.floor(end * scale)
        cells[: self.units.lowest] = layered.BIG
        self.table[layers.states] = cells
        layered.fill(
            layers.first, layers.skip, layers.take, np.floor(skip * scale).astype(np.int32),
            np.floor(take * scale).astype(np.int32), self.ground.units, self.least, self.most, self.table,
        )  # fmt: skip
        return float(scale)


def frontier_of(problem: Partitioning, most_cells: int = MOST_CELLS) -> Frontier | None:
    """What pricing by the frontier needs, or None where the graph is too wide for it."""
    p = problem.program
    layers = layers_of(p, most_cells // FEWEST_UNITS)
    if layers is None:
        return None
    hard = hard_limits(p)
    units = units_of(p, min(MOST_UNITS, most_cells // layers.states))
    ordered = units.of[layers.order]
    before = np.concatenate([[0], np.cumsum(ordered)])
    table = np.full((layers.states + 2, units.highest + 1), layered.BIG, dtype=np.int32)
    sums = [p.sums[p.which[p.limit_slot[m]]][layers.order] for m in hard]
    limits = np.array(sums).reshape(len(hard), p.atoms).T.copy()
    after = np.concatenate([np.cumsum(limits[::-1], axis=0)[::-1], np.zeros((1, len(hard)))])
    # sums are added in another order here than where limits are judged: leave room for rounding
    slack = 1e-9 * limits.sum(axis=0)
    ground = layered.Ground(
        layers.order, layers.first, layers.skip, layers.take, layers.skip_cut, layers.take_cut, ordered,
        limits, after, p.limit_low[hard] - slack, p.limit_high[hard] + slack,
    )  # fmt: skip
    return Frontier(
        problem, layers, ground, units,
        np.maximum(units.lowest - (before[-1] - before), 0), np.minimum(before, units.highest),
        np.repeat(layers.order, np.diff(layers.first)), table,
    )  # fmt: skip


def sets_within(problem: Partitioning) -> float:
    """About how many connected sets there are that pass no upper limit on a sum; on wide maps that is a guess."""
    frontier = frontier_of(problem, COUNTING_CELLS)
    if frontier is None:
        p = problem.program
        shares = [
            p.limit_high[m] / max(float(p.sums[p.which[p.limit_slot[m]]].sum()), 1e-300) for m in hard_limits(p)
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
