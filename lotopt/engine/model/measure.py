"""Compiled: the slots of one set of atoms, and how far it is from being a legal column."""

from __future__ import annotations

import numpy as np
from numba import njit

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
    Program,
)

__all__ = ["Program", "banded", "measure", "measure_all", "reach", "violation"]


@njit(cache=True)
def reach(p, members, size, cloud):  # type: ignore[no-untyped-def]
    """Largest distance from the weighted centroid to a point of the set; the plain mean where all weights are 0."""
    weight = wx = wy = sx = sy = 0.0
    count = 0
    for k in range(size):
        i = members[k]
        weight += p.clouds[cloud, i, 0]
        wx += p.clouds[cloud, i, 1]
        wy += p.clouds[cloud, i, 2]
        for e in range(p.point_ptr[i], p.point_ptr[i + 1]):
            sx += p.point_xy[e, 0]
            sy += p.point_xy[e, 1]
            count += 1
    if weight > 0:
        cx, cy = wx / weight, wy / weight
    else:
        cx, cy = sx / max(count, 1), sy / max(count, 1)
    furthest = 0.0
    for k in range(size):
        i = members[k]
        for e in range(p.point_ptr[i], p.point_ptr[i + 1]):
            d = (p.point_xy[e, 0] - cx) ** 2 + (p.point_xy[e, 1] - cy) ** 2
            if d > furthest:
                furthest = d
    return np.sqrt(furthest)


@njit(cache=True)
def banded(band_ptr, band_from, band_at, band_slope, band, total):  # type: ignore[no-untyped-def]
    """The amount that a total is turned into by the pieces of a line."""
    k = band_ptr[band]
    while k + 1 < band_ptr[band + 1] and band_from[k + 1] <= total:
        k += 1
    return band_at[k] + band_slope[k] * (total - band_from[k])


@njit(cache=True)
def measure(p, members, size, load, inside, slots):  # type: ignore[no-untyped-def]
    """Fill `slots` (F,) for the atoms members[:size]; load (agencies,), inside (n,) are scratch, zero on return."""
    for k in range(size):
        inside[members[k]] = True
    for s in range(p.kind.shape[0]):
        kind, which = p.kind[s], p.which[s]
        value = 0.0
        if kind == ONE:
            value = 1.0
        elif kind == TOTAL or kind == DEVIATION or kind == BANDED:
            for k in range(size):
                value += p.sums[which, members[k]]
            if kind == DEVIATION:
                value = abs(value - p.target[s])
            elif kind == BANDED:
                band = int(p.target[s])
                value = banded(p.band_ptr, p.band_from, p.band_at, p.band_slope, band, value)
        elif kind == SPAN or kind == STRADDLE or kind == MOVED:
            total = 0.0
            most = 0.0
            for k in range(size):
                i = members[k]
                for e in range(p.layer_ptr[which, i], p.layer_ptr[which, i + 1]):
                    agency = p.layer_agency[e]
                    if kind == MOVED:
                        load[agency] += p.layer_weight[e]
                        total += p.layer_weight[e]
                        most = max(most, load[agency])
                    else:
                        if load[agency] == 0:
                            value += 1.0
                        load[agency] = 1.0
            for k in range(size):
                i = members[k]
                for e in range(p.layer_ptr[which, i], p.layer_ptr[which, i + 1]):
                    load[p.layer_agency[e]] = 0.0
            if kind == MOVED:
                value = total - most
            elif kind == STRADDLE:
                value = 1.0 if value > 1.0 else 0.0
        elif kind == BORDER:
            for k in range(size):
                i = members[k]
                for e in range(p.border_ptr[i], p.border_ptr[i + 1]):
                    if not inside[p.border_to[e]]:
                        value += p.border_length[e]
        elif kind == INERTIA:
            # about the centre, not as a difference of sums about the origin: no digit is lost
            weight = wx = wy = 0.0
            for k in range(size):
                i = members[k]
                weight += p.clouds[which, i, 0]
                wx += p.clouds[which, i, 1]
                wy += p.clouds[which, i, 2]
            if weight > 0:
                for k in range(size):
                    i = members[k]
                    dx = p.clouds[which, i, 5] - wx / weight
                    dy = p.clouds[which, i, 6] - wy / weight
                    value += p.clouds[which, i, 4] + p.clouds[which, i, 0] * (dx * dx + dy * dy)
        elif kind == REACH:
            value = reach(p, members, size, which)
        slots[s] = value
    for k in range(size):
        inside[members[k]] = False


@njit(cache=True)
def violation(p, members, size, slots, group_seen):  # type: ignore[no-untyped-def]
    """How far a measured set is outside its limits, each as a fraction of the limit; 0 for a legal column.

    Connectedness is not looked at. group_seen (groups,) is scratch, zero on return.
    """
    total = 0.0
    for m in range(p.limit_slot.shape[0]):
        value = slots[p.limit_slot[m]]
        low, high = p.limit_low[m], p.limit_high[m]
        if low <= value <= high:
            continue
        free = False
        for k in range(size):
            if p.limit_exempt[m, members[k]]:
                free = True
                break
        if not free:
            if value < low:
                total += (low - value) / abs(low) if low != 0.0 else 1.0
            else:
                total += (value - high) / abs(high) if high != 0.0 else 1.0
    if p.group_size.shape[0] > 0:
        for k in range(size):
            if p.group[members[k]] >= 0:
                group_seen[p.group[members[k]]] += 1
        for k in range(size):
            g = p.group[members[k]]
            if g >= 0:
                if group_seen[g] != p.group_size[g] and group_seen[g] != 0:
                    total += 1.0
                group_seen[g] = 0
    return total


@njit(cache=True)
def measure_all(p, sets, slots):  # type: ignore[no-untyped-def]
    """Fill `slots` (J, F) for packed atom sets (J, words)."""
    n = p.outer.shape[0]
    members = np.zeros(n, dtype=np.int64)
    load = np.zeros(p.layer_first[p.layer_first.shape[0] - 1])
    inside = np.zeros(n, dtype=np.bool_)
    for row in range(sets.shape[0]):
        size = 0
        for v in range(n):
            if (sets[row, v >> 6] >> np.int64(v & 63)) & 1:
                members[size] = v
                size += 1
        measure(p, members, size, load, inside, slots[row])
