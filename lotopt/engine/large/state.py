"""Compiled: a plan with all that is carried along while atoms are shifted, measured afresh from its labels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from lotopt.engine.model.program import (
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
    Program,
)
from lotopt.engine.search.moves import Task

BEST, COST, OFF, ROWS, CHANGES = range(5)  # places in State.figures
TRIED, TAKEN, BROKEN, LOGGED, LEGAL, STAMP = range(6)  # places in State.counts
LINKS = 3  # shifts in a chain, at most


class State(NamedTuple):
    """A plan of K columns and what is known of each; n atoms, F slots, M limits, G groups, A agencies."""

    label: Ints  # (n,) column of each atom
    best: Ints  # (n,) of the best legal plan, once counts[LEGAL] is not 0
    held: Ints  # (K,) atoms in each column
    sums: Floats  # (K, S)
    clouds: Floats  # (K, Q, 4)
    border: Floats  # (K,)
    met: Ints  # (K, A) atoms that meet each agency
    spans: Ints  # (K, L)
    load: Floats  # (K, A) weight in each agency, (K, 0) where no slot reads it
    exempt: Ints  # (K, M) exempt atoms
    groups: Ints  # (K, G) atoms of each group
    torn: Ints  # (K,) groups held in part
    slots: Floats  # (K, F)
    cost: Floats  # (K,)
    off: Floats  # (K,) how far outside its limits
    rows: Floats  # (R,) side rows of the whole plan
    log: Ints  # (2, shifts) atom and column, since `best` was last brought up to date
    figures: Floats
    counts: Ints
    random: Ints
    mark: Ints  # (n,) scratch, as are the next three
    near: Ints  # (n,)
    queue: Ints  # (3, n)
    old_slots: Floats  # (LINKS, 2, F)
    old_rows: Floats  # (LINKS, R)
    old: Floats  # (LINKS, 2, 2)


def new_state(p: Program, rows: int, label: Ints, seed: int) -> State:
    """Room for a plan; `label` (n,) numbers columns from 0, each connected. To be measured with `begin`."""
    count, n = int(label.max()) + 1, p.atoms
    agencies, layers = int(p.layer_first[-1]), len(p.layer_ptr)
    ints, floats = (lambda *shape: np.zeros(shape, np.int64)), (lambda *shape: np.zeros(shape))
    return State(
        label=label.astype(np.int64),
        best=label.astype(np.int64),
        held=ints(count),
        sums=floats(count, len(p.sums)),
        clouds=floats(count, len(p.clouds), 4),
        border=floats(count),
        met=np.zeros((count, agencies), dtype=np.int32),
        spans=ints(count, layers),
        load=floats(count, agencies if (p.kind == MOVED).any() else 0),
        exempt=ints(count, len(p.limit_slot)),
        groups=ints(count, len(p.group_size)),
        torn=ints(count),
        slots=floats(count, p.slots),
        cost=floats(count),
        off=floats(count),
        rows=floats(rows),
        log=ints(2, 4 * n + 1000),
        figures=np.array([np.inf, 0.0, 0.0, 0.0, 0.0]),
        counts=ints(6),
        random=np.array([seed * 7919 + 12345], dtype=np.int64),
        mark=ints(n),
        near=ints(n),
        queue=ints(3, n),
        old_slots=floats(LINKS, 2, p.slots),
        old_rows=floats(LINKS, rows),
        old=floats(LINKS, 2, 2),
    )


@njit(cache=True)
def row_excess(value, low, high):  # type: ignore[no-untyped-def]
    """How far side rows (R,) are outside their ranges, added up."""
    total = 0.0
    for r in range(value.shape[0]):
        if value[r] < low[r] - 1e-9:
            total += low[r] - value[r]
        elif value[r] > high[r] + 1e-9:
            total += value[r] - high[r]
    return total


@njit(cache=True)
def limits_broken(limit_slot, limit_low, limit_high, slots, exempt, torn):  # type: ignore[no-untyped-def]
    """How far a column is outside its limits, each as a fraction of the limit, as `violation` measures it."""
    total = float(torn)
    for m in range(limit_slot.shape[0]):
        value = slots[limit_slot[m]]
        low, high = limit_low[m], limit_high[m]
        if exempt[m] > 0 or low <= value <= high:
            continue
        if value < low:
            total += (low - value) / abs(low) if low != 0.0 else 1.0
        else:
            total += (value - high) / abs(high) if high != 0.0 else 1.0
    return total


@njit(cache=True)
def reach_of(link_ptr, link_to, point_ptr, points, cloud, label, start, mark, stamp, queue):  # type: ignore[no-untyped-def]
    """Largest distance from the centre of the column that holds the atom `start`; mark and queue (n,) are scratch."""
    k = label[start]
    mark[start] = stamp
    queue[0] = start
    head, tail, count = 0, 1, 0
    sx = sy = 0.0
    while head < tail:
        v = queue[head]
        head += 1
        for e in range(point_ptr[v], point_ptr[v + 1]):
            sx += points[e, 0]
            sy += points[e, 1]
            count += 1
        for e in range(link_ptr[v], link_ptr[v + 1]):
            u = link_to[e]
            if label[u] == k and mark[u] != stamp:
                mark[u] = stamp
                queue[tail] = u
                tail += 1
    cx, cy = sx / max(count, 1), sy / max(count, 1)
    if cloud[0] > 0.0:
        cx, cy = cloud[1] / cloud[0], cloud[2] / cloud[0]
    furthest = 0.0
    for j in range(tail):
        v = queue[j]
        for e in range(point_ptr[v], point_ptr[v + 1]):
            furthest = max(furthest, (points[e, 0] - cx) ** 2 + (points[e, 1] - cy) ** 2)
    return np.sqrt(furthest)


@njit(cache=True)
def column_slots(kind, which, target, layer_first, sums, clouds, border, spans, load, slots):  # type: ignore[no-untyped-def]
    """Fill `slots` (F,) of one column from what is carried along; reach is left as it is."""
    for f in range(kind.shape[0]):
        of, place = kind[f], which[f]
        if of == ONE:
            slots[f] = 1.0
        elif of == TOTAL:
            slots[f] = sums[place]
        elif of == DEVIATION:
            slots[f] = abs(sums[place] - target[f])
        elif of == SPAN:
            slots[f] = float(spans[place])
        elif of == STRADDLE:
            slots[f] = 1.0 if spans[place] > 1 else 0.0
        elif of == BORDER:
            slots[f] = border
        elif of == INERTIA:
            weight, x, y = clouds[place, 0], clouds[place, 1], clouds[place, 2]
            slots[f] = max(0.0, clouds[place, 3] - (x * x + y * y) / weight) if weight > 0.0 else 0.0
        elif of == MOVED:
            total = most = 0.0
            for g in range(layer_first[place], layer_first[place + 1]):
                total += load[g]
                most = max(most, load[g])
            slots[f] = total - most


def begin(p: Program, t: Task, s: State) -> None:
    """Measure the plan afresh, so that no rounding adds up over many shifts."""
    for carried in (s.held, s.sums, s.clouds, s.border, s.met, s.spans, s.load, s.exempt, s.groups, s.torn, s.rows):
        carried.fill(0)
    _measure(p, t, s)


@njit(cache=True)
def _measure(p, t, s):  # type: ignore[no-untyped-def]
    """Fill what is carried along, zero so far."""
    label, held, sums, clouds, border, met, spans = s.label, s.held, s.sums, s.clouds, s.border, s.met, s.spans
    load, exempt, groups, torn, slots, cost, off = s.load, s.exempt, s.groups, s.torn, s.slots, s.cost, s.off
    for v in range(label.shape[0]):
        k = label[v]
        held[k] += 1
        for q in range(sums.shape[1]):
            sums[k, q] += p.sums[q, v]
        for q in range(clouds.shape[1]):
            for c in range(4):
                clouds[k, q, c] += p.clouds[q, v, c]
        for e in range(p.border_ptr[v], p.border_ptr[v + 1]):
            if label[p.border_to[e]] != k:
                border[k] += p.border_length[e]
        for layer in range(spans.shape[1]):
            for e in range(p.layer_ptr[layer, v], p.layer_ptr[layer, v + 1]):
                g = p.layer_agency[e]
                if met[k, g] == 0:
                    spans[k, layer] += 1
                met[k, g] += 1
                if load.shape[1] > 0:
                    load[k, g] += p.layer_weight[e]
        for m in range(exempt.shape[1]):
            if p.limit_exempt[m, v]:
                exempt[k, m] += 1
        if p.group[v] >= 0:
            groups[k, p.group[v]] += 1
    f, counts = s.figures, s.counts
    f[COST] = f[OFF] = 0.0
    counts[BROKEN] = 0
    for v in range(label.shape[0]):  # once per column: reach needs one of its atoms
        k = label[v]
        if held[k] > 0:
            for q in range(p.kind.shape[0]):
                if p.kind[q] == REACH:
                    counts[STAMP] += 1
                    slots[k, q] = reach_of(
                        p.link_ptr, p.link_to, p.point_ptr, p.point_xy, clouds[k, p.which[q]], label, v, s.mark,
                        counts[STAMP], s.queue[0],
                    )  # fmt: skip
            held[k] = -held[k]
    for k in range(held.shape[0]):
        held[k] = -held[k]
        for g in range(groups.shape[1]):
            if groups[k, g] != 0 and groups[k, g] != p.group_size[g]:
                torn[k] += 1
        column_slots(
            p.kind, p.which, p.target, p.layer_first, sums[k], clouds[k], border[k], spans[k], load[k], slots[k]
        )
        off[k] = limits_broken(p.limit_slot, p.limit_low, p.limit_high, slots[k], exempt[k], torn[k])
        cost[k] = 0.0
        for q in range(slots.shape[1]):
            cost[k] += slots[k, q] * t.cost[q]
            for r in range(t.rows.shape[0]):
                s.rows[r] += t.rows[r, q] * slots[k, q]
        f[COST] += cost[k]
        f[OFF] += off[k]
        if off[k] > 0.0:
            counts[BROKEN] += 1
    f[ROWS] = row_excess(s.rows, t.row_low, t.row_high)
    if counts[LEGAL] == 0:
        counts[LOGGED] = -1  # a log begins at the best plan, and there is none yet
    if counts[BROKEN] == 0 and f[ROWS] == 0.0 and f[COST] < f[BEST]:
        f[BEST] = f[COST]
        for v in range(label.shape[0]):
            s.best[v] = label[v]
        counts[LEGAL] += 1
        counts[LOGGED] = 0
