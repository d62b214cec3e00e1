"""Compiled: the set a walk stands at, measured in full, held against its limits, and handed out as a column."""

from __future__ import annotations

import numpy as np
from numba import njit

from lotopt.engine.columns.trail import FOUND, INSIDE, OFF, SOFT
from lotopt.engine.model.measure import banded, reach
from lotopt.engine.model.program import BANDED, BORDER, DEVIATION, INERTIA, MOVED, ONE, REACH, SPAN, STRADDLE, TOTAL


@njit(cache=True)
def inertia_of(clouds, depth, q):  # type: ignore[no-untyped-def]
    weight = clouds[depth, q, 0]
    if weight <= 0.0:
        return 0.0
    x, y = clouds[depth, q, 1], clouds[depth, q, 2]
    return max(0.0, clouds[depth, q, 3] - (x * x + y * y) / weight)


@njit(cache=True)
def legal(p, t, depth, modes):  # type: ignore[no-untyped-def]
    """Whether the set keeps every limit and holds its groups whole."""
    root = t.members[0]
    for m in range(p.limit_slot.shape[0]):
        mode = modes[root, m]
        if mode == OFF:
            continue
        slot = p.limit_slot[m]
        value = slot_value(p, t, depth, slot)
        if value < p.limit_low[m] or value > p.limit_high[m]:
            let_off = False
            if mode == SOFT:
                for k in range(depth):
                    if p.limit_exempt[m, t.members[k]]:
                        let_off = True
            if not let_off:
                return False
    whole = True
    if p.group_size.shape[0] > 0:
        for k in range(depth):
            g = p.group[t.members[k]]
            if g >= 0:
                t.group_seen[g] += 1
        for k in range(depth):
            g = p.group[t.members[k]]
            if g >= 0:
                if t.group_seen[g] != 0 and t.group_seen[g] != p.group_size[g]:
                    whole = False
                t.group_seen[g] = 0
    return whole


@njit(cache=True)
def slot_value(p, t, depth, slot):  # type: ignore[no-untyped-def]
    """One slot of the set, from what was carried along where it was."""
    kind, which = p.kind[slot], p.which[slot]
    if kind == ONE:
        return 1.0
    if kind == TOTAL:
        return t.sums[depth, which]
    if kind == DEVIATION:
        return abs(t.sums[depth, which] - p.target[slot])
    if kind == BANDED:
        total = t.sums[depth, which]
        return banded(p.band_ptr, p.band_from, p.band_at, p.band_slope, int(p.target[slot]), total)
    if kind == SPAN:
        return float(t.spans[depth, which])
    if kind == STRADDLE:
        return 1.0 if t.spans[depth, which] > 1 else 0.0
    if kind == INERTIA:
        return inertia_of(t.clouds, depth, which)
    if kind == REACH:
        return reach(p, t.members, depth, which)
    value = 0.0
    if kind == BORDER:
        for k in range(depth):
            v = t.members[k]
            for e in range(p.border_ptr[v], p.border_ptr[v + 1]):
                if t.status[p.border_to[e]] != INSIDE:
                    value += p.border_length[e]
    elif kind == MOVED:
        value = moved_weight(p, t, depth, which)
    return value


@njit(cache=True)
def moved_weight(p, t, depth, layer):  # type: ignore[no-untyped-def]
    """Weight outside the agency that has most of it."""
    total, most = 0.0, 0.0
    for k in range(depth):
        v = t.members[k]
        for e in range(p.layer_ptr[layer, v], p.layer_ptr[layer, v + 1]):
            agency = p.layer_agency[e]
            held = 0.0
            for j in range(depth):
                u = t.members[j]
                for x in range(p.layer_ptr[layer, u], p.layer_ptr[layer, u + 1]):
                    if p.layer_agency[x] == agency:
                        held += p.layer_weight[x]
            total += p.layer_weight[e]
            most = max(most, held)
    return total - most


@njit(cache=True)
def hand_out(p, t, depth, cost, prices, found):  # type: ignore[no-untyped-def]
    """Store the set as a column if its full reduced cost is below the threshold."""
    row = t.at[FOUND]
    for s in range(p.kind.shape[0]):
        found.slots[row, s] = slot_value(p, t, depth, s)
        if prices.late[s] != 0.0:
            cost += prices.late[s] * (found.slots[row, s] - prices.line_at[s])
            if prices.line_slope[s] != 0.0:
                cost -= prices.late[s] * prices.line_slope[s] * t.sums[depth, p.which[s]]
    if cost < prices.threshold:
        for word in range(found.sets.shape[1]):
            found.sets[row, word] = 0
        for k in range(depth):
            v = t.members[k]
            found.sets[row, v >> 6] |= np.int64(1) << np.int64(v & 63)
        found.costs[row] = cost
        t.at[FOUND] = row + 1
