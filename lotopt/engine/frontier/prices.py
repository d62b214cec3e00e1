"""What a column costs in the parts that the frontier can tell: a constant, border, atoms, and units at the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotopt.engine.frontier.units import Units
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
    Program,
)


@dataclass(frozen=True)
class Prices:
    """Prices of slots (F,) and duals of atoms (n,), and what the table makes of them.

    A constant per column, the price of border, what each atom is worth (n,), and what the units of a finished set
    add at least, `end`, by their number.
    """

    slots: Floats
    duals: Floats
    constant: float
    border: float
    profit: Floats
    end: Floats


def prices_of(p: Program, units: Units, slot_price: Floats, duals: Floats) -> Prices:
    """A column's price in parts: a constant, border, atoms, and what is known by the units at its end.

    What the layers do not tell counts as the least it can be.
    """
    profit = np.asarray(duals, dtype=np.float64).copy()
    constant = border = 0.0
    low, high = units.sums
    end = np.zeros(len(low))
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
        elif kind == BANDED and which == units.which:
            least, most = _banded(p, int(p.target[slot]), low, high)
            end += worth * (least if worth > 0 else most)
        elif kind == BANDED:
            whole = np.array([float(p.sums[which].sum())])
            least, most = _banded(p, int(p.target[slot]), np.zeros(1), whole)
            constant += worth * float((least if worth > 0 else most)[0])
        elif kind == DEVIATION and which == units.which:
            target = p.target[slot]
            if worth > 0:
                end += worth * np.maximum(np.maximum(low - target, target - high), 0.0)
            else:
                end += worth * np.maximum(np.abs(low - target), np.abs(high - target))
        elif worth < 0:
            constant += worth * _largest(p, int(kind), int(which), float(p.target[slot]))
    return Prices(slot_price, duals, constant, border, profit, end)


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
