"""Pricing: the columns of least reduced cost, found by walking through all of them without storing any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from lotopt.engine.columns import trail
from lotopt.engine.columns.connected import walk
from lotopt.engine.model.measure import measure_all
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

# steps between two looks at the clock and at Ctrl-C: some tens of milliseconds
CHUNK = 200_000


@dataclass(frozen=True)
class Columns:
    """Columns as arrays: packed atom sets (J, words), slots (J, F), and the number of who makes each (J,)."""

    sets: Ints
    slots: Floats
    maker: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if len(self.maker) != len(self.sets):
            object.__setattr__(self, "maker", np.zeros(len(self.sets), dtype=np.int64))

    def __len__(self) -> int:
        return len(self.sets)

    def members(self, atoms: int) -> np.ndarray:
        """Which atoms each column holds, (J, n) booleans."""
        bits = (self.sets[:, :, None] >> np.arange(64)) & 1
        return bits.reshape(len(self.sets), 64 * self.sets.shape[1])[:, :atoms].astype(bool)

    def take(self, rows: np.ndarray) -> Columns:
        return Columns(self.sets[rows], self.slots[rows], self.maker[rows])

    def distinct(self) -> Columns:
        """The columns sorted by maker and set, each once."""
        if not len(self):
            return self
        _, rows = np.unique(np.column_stack([self.maker, self.sets]), axis=0, return_index=True)
        return self.take(rows)

    def measured(self, program: Program) -> Columns:
        """The same columns with their slots measured afresh, atom by atom in order."""
        slots = np.zeros((len(self), program.slots))
        measure_all(program, self.sets, slots)
        return Columns(self.sets, slots, self.maker)

    @staticmethod
    def join(parts: list[Columns]) -> Columns:
        return Columns(
            np.concatenate([c.sets for c in parts]),
            np.concatenate([c.slots for c in parts]),
            np.concatenate([c.maker for c in parts]),
        )


@dataclass(frozen=True)
class Priced:
    """What pricing found: columns with their reduced costs, and whether every column was looked at.

    `walked`: every column was looked at, so the least reduced cost is known. `complete`: no column of reduced cost
    below `threshold` is missing; otherwise the dearer ones were dropped, or the walk was stopped.
    """

    columns: Columns
    costs: Floats
    threshold: float
    walked: bool
    complete: bool
    steps: int


def price(
    problem: Partitioning,
    cost: Floats,
    duals: Floats,
    row_duals: Floats,
    threshold: float,
    *,
    most: int,
    keep_best: bool,
    stop: Callable[[], bool] = lambda: False,
    per_root: int | None = None,
) -> Priced:
    """All columns of reduced cost below `threshold`, or the `most` cheapest of them.

    cost (F,) per slot (zeros for a Farkas price), duals (n,) of the atoms, row_duals (R,) of the side rows. With
    keep_best the threshold falls as the room fills up; without, the walk ends when the room is full. With per_root
    the walk below each smallest atom is given up after about that many steps.
    """
    program = problem.program
    slot_price = cost - row_duals @ problem.rows if len(problem.rows) else cost
    constant, prices = prices_of(program, slot_price, duals, threshold)
    path = trail.new_trail(program)
    found = trail.new_found(program, most)
    steps = 0
    dropped = False
    walked = True
    root, spent = 0, 0
    while True:
        outcome, used = walk(program, path, prices, found, CHUNK if per_root is None else min(CHUNK, per_root))
        steps += used
        spent = spent + used if path.at[trail.ROOT] == root else used
        root = int(path.at[trail.ROOT])
        if outcome == trail.DONE:
            break
        if outcome == trail.FULL:
            if not keep_best:
                walked = False
                break
            kept = np.argsort(found.costs, kind="stable")[: most // 2]
            for array in found:
                array[: len(kept)] = array[kept]
            path.at[trail.FOUND] = len(kept)
            prices = prices._replace(threshold=float(found.costs[len(kept) - 1]))
            dropped = True
        elif stop():
            walked = False
            break
        elif per_root is not None and spent >= per_root:
            walked = False
            count = int(path.at[trail.FOUND])
            path = trail.new_trail(program)
            path.at[trail.ROOT], path.at[trail.FOUND] = root + 1, count
            root, spent = root + 1, 0
    count = int(path.at[trail.FOUND])
    columns = Columns(found.sets[:count].copy(), found.slots[:count].copy())
    costs, complete = found.costs[:count] + constant, walked and not dropped
    return Priced(columns, costs, prices.threshold + constant, walked, complete, steps)


def prices_of(program: Program, slot_price: Floats, duals: Floats, threshold: float) -> tuple[float, trail.Prices]:
    """What each atom and slot is worth; the constant per column is taken off the threshold."""
    profit = duals.astype(np.float64).copy()
    constant = border = 0.0
    layers, clouds = len(program.layer_ptr), len(program.clouds)
    inertia, span, straddle, moved = np.zeros(clouds), np.zeros(layers), np.zeros(layers), np.zeros(layers)
    late, line_at, line_slope = np.zeros(program.slots), np.zeros(program.slots), np.zeros(program.slots)
    prune = True
    for slot, worth in enumerate(slot_price):
        kind, which = program.kind[slot], program.which[slot]
        if worth == 0.0:
            continue
        if kind == ONE:
            constant += worth
        elif kind == TOTAL:
            profit -= worth * program.sums[which]
        elif kind == BORDER:
            border += worth
            profit -= worth * program.outer
        elif kind == INERTIA:
            inertia[which] += worth
        elif kind == SPAN:
            span[which] += worth
        elif kind == STRADDLE:
            straddle[which] += worth
        elif kind == MOVED:
            moved[which] += worth
        elif kind in (REACH, DEVIATION):
            late[slot] = worth
        elif kind == BANDED:
            # what lies on a line below it (above it, where it is a gain) is priced atom by atom, the rest at the end
            late[slot] = worth
            line_at[slot], line_slope[slot] = line_of(program, slot, below=worth > 0)
            constant += worth * line_at[slot]
            profit -= worth * line_slope[slot] * program.sums[which]
        prune &= bool(worth > 0 or kind in (ONE, TOTAL, BANDED))
    modes = _modes(program)
    room, density = _room(program, duals)
    return constant, trail.Prices(
        profit,
        border,
        inertia,
        span,
        straddle,
        moved,
        late,
        line_at,
        line_slope,
        _caps(program, modes),
        modes,
        room,
        density,
        threshold - constant,
        prune,
    )


def line_of(program: Program, slot: int, below: bool) -> tuple[float, float]:
    """A line (at 0, slope) that no amount of a BANDED slot lies below (above), between the least and most total."""
    which, band = program.which[slot], int(program.target[slot])
    low, high = 0.0, float(program.sums[which].sum())
    for m, limited in enumerate(program.limit_slot):
        same = program.kind[limited] == TOTAL and program.which[limited] == which
        if same and not program.limit_exempt[m].any():
            low, high = max(low, float(program.limit_low[m])), min(high, float(program.limit_high[m]))
    piece = slice(int(program.band_ptr[band]), int(program.band_ptr[band + 1]))
    starts, at, slopes = program.band_from[piece], program.band_at[piece], program.band_slope[piece]
    ends = np.append(starts[1:], np.inf)
    corners = []
    for start, end, amount, slope in zip(starts, ends, at, slopes, strict=True):
        first, last = max(float(start), low), min(float(end), high)
        if first <= last:
            corners += [(total, float(amount + slope * (total - start))) for total in (first, last)]
    if not corners:
        return 0.0, 0.0
    (x0, y0), (x1, y1) = corners[0], corners[-1]
    slope = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0
    over = [y - slope * x for x, y in corners]
    return (min(over) if below else max(over)), slope


def _modes(program: Program) -> Ints:
    """For each root (n) and limit (M): off, hard or soft. Exempt atoms come first, so soft ones are rare."""
    exempt = program.limit_exempt
    later = np.flip(np.logical_or.accumulate(np.flip(exempt, axis=1), axis=1), axis=1)
    modes = np.where(exempt, trail.OFF, np.where(later, trail.SOFT, trail.HARD))
    return np.ascontiguousarray(modes.T.astype(np.int64))


def _caps(program: Program, modes: Ints) -> Floats:
    """The most weight of each cloud (Q) a set with a given root (n) can have, by limits on the same numbers."""
    weights = program.clouds[:, :, 0]
    caps = np.tile(np.maximum(weights.sum(axis=1), 1e-300), (program.atoms, 1))
    for m, slot in enumerate(program.limit_slot):
        if program.kind[slot] == TOTAL and np.isfinite(program.limit_high[m]):
            same = [q for q in range(len(weights)) if np.array_equal(weights[q], program.sums[program.which[slot]])]
            hard = modes[:, m] == trail.HARD
            for q in same:
                caps[hard, q] = np.minimum(caps[hard, q], max(program.limit_high[m] * (1 + 1e-9), 1e-300))
    return caps


def _room(program: Program, duals: Floats) -> tuple[int, float]:
    """The tightest limit on a sum, and what a unit of that sum is worth at the current duals."""
    best, limit = 1.0, -1
    for m, slot in enumerate(program.limit_slot):
        if program.kind[slot] == TOTAL:
            whole = float(program.sums[program.which[slot]].sum())
            share = program.limit_high[m] / whole if whole > 0 else 1.0
            if share < best:
                best, limit = share, m
    if limit < 0:
        return -1, 0.0
    whole = float(program.sums[program.which[program.limit_slot[limit]]].sum())
    return limit, float(np.maximum(duals, 0.0).sum()) / whole
