"""Compiled: simulated annealing by shifts of few atoms, at a cost that does not grow with the columns.

A shift takes one atom to a neighbouring column, together with the small pieces that it alone holds to its own, so
columns stay in one piece. Limits and side rows count as penalties; the best plan that keeps them all is remembered.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from lotopt.engine.large.state import (
    BEST,
    BROKEN,
    CHANGES,
    COST,
    LEGAL,
    LINKS,
    LOGGED,
    OFF,
    ROWS,
    STAMP,
    TAKEN,
    TRIED,
    column_slots,
    limits_broken,
    reach_of,
    row_excess,
)
from lotopt.engine.model.program import REACH
from lotopt.engine.search.trees import random_below

CUT_OFF = 40  # atoms of a piece that may go along
PICKS = 400  # atoms looked at for each shift that is tried, at most
WALK = 30  # steps to look for the next one
BOLD = 4.0  # a chain goes on while it costs too much by so many times the heat, or this part of the penalty
NEVER = -1.0  # as heat: try shifts and undo them, to learn how much they change


@njit(cache=True)
def follow(ptr, to, label, mark, near, queue, v, counts):  # type: ignore[no-untyped-def]
    """The atoms that go with v when it leaves its column: queue[:size], v first; 0 where too many are cut off.

    Walks from one neighbour after another until all are met, or until a walk gets large: that is the column's body.
    """
    a, base = label[v], counts[STAMP] + 1
    counts[STAMP] = base
    mark[v] = base
    queue[0] = v
    left = 0
    for e in range(ptr[v], ptr[v + 1]):
        if label[to[e]] == a:
            near[to[e]] = base
            left += 1
    size, body, largest, largest_at = 1, -1, 0, -1
    for e in range(ptr[v], ptr[v + 1]):
        start = to[e]
        if label[start] != a or mark[start] > base:
            continue
        stamp = counts[STAMP] + 1
        counts[STAMP] = stamp
        mark[start] = stamp
        queue[size] = start
        left -= 1
        head, tail = size, size + 1
        joins = False
        while head < tail and tail - size <= CUT_OFF and not joins:
            if left == 0 and size == 1 and body < 0:
                return 1
            w = queue[head]
            head += 1
            for x in range(ptr[w], ptr[w + 1]):
                u = to[x]
                if label[u] != a or mark[u] == base or mark[u] == stamp:
                    continue
                if body >= 0 and mark[u] == body:
                    joins = True
                elif mark[u] < base:
                    mark[u] = stamp
                    if near[u] == base:
                        left -= 1
                    queue[tail] = u
                    tail += 1
        if joins:
            for k in range(size, tail):
                mark[queue[k]] = body
        elif head < tail:
            if body >= 0:
                return 0
            body = stamp
        else:
            if tail - size > largest:
                largest, largest_at = tail - size, size
            size = tail
            if size > 3 * CUT_OFF:
                return 0
    if body >= 0 or largest_at < 0:
        return size
    for k in range(largest_at + largest, size):  # every piece is small: the largest stays
        queue[k - largest] = queue[k]
    return size - largest


@njit(cache=True, nogil=True)
def anneal(p, t, s, tries, heat, on_limits, on_rows):  # type: ignore[no-untyped-def]
    """Try so many shifts at a heat in the unit of cost; the penalties are per fraction of a limit, and per unit.

    Where a shift would pay but for limits, others follow it from the column that it went to.
    """
    # arrays by their own names: reading them out of a tuple at every step is ten times slower
    link_ptr, link_to, sums_of, clouds_of = p.link_ptr, p.link_to, p.sums, p.clouds
    layer_ptr, layer_agency, layer_weight, layer_first = p.layer_ptr, p.layer_agency, p.layer_weight, p.layer_first
    border_ptr, border_to, border_length = p.border_ptr, p.border_to, p.border_length
    point_ptr, point_xy, group, group_size = p.point_ptr, p.point_xy, p.group, p.group_size
    kind, which, target = p.kind, p.which, p.target
    limit_slot, limit_low, limit_high, limit_exempt = p.limit_slot, p.limit_low, p.limit_high, p.limit_exempt
    cost_of, rows_of, row_low, row_high = t.cost, t.rows, t.row_low, t.row_high
    label, best, held, sums, clouds, border = s.label, s.best, s.held, s.sums, s.clouds, s.border
    met, spans, load, exempt, groups, torn = s.met, s.spans, s.load, s.exempt, s.groups, s.torn
    slots, cost, off, rows, log, f, counts = s.slots, s.cost, s.off, s.rows, s.log, s.figures, s.counts
    random, mark, near, queue, scratch, moving = s.random, s.mark, s.near, s.queue[0], s.queue[1], s.queue[2]
    old_slots, old_rows, old = s.old_slots, s.old_rows, s.old
    n, wide, rooms = label.shape[0], slots.shape[1], log.shape[1]
    reaches = False
    for q in range(wide):
        reaches |= kind[q] == REACH
    longest = 1 if reaches or heat < 0.0 else LINKS
    source, goal, start = np.zeros(LINKS, np.int64), np.zeros(LINKS, np.int64), np.zeros(LINKS + 1, np.int64)
    tried = 0
    for _ in range(tries * PICKS):
        if tried >= tries:
            break
        v = random_below(random, n)
        degree = link_ptr[v + 1] - link_ptr[v]
        if degree == 0:
            continue
        a, b = label[v], label[link_to[link_ptr[v] + random_below(random, degree)]]
        if a == b:
            continue
        tried += 1
        threshold = -heat * np.log((1 + random_below(random, 1_000_000_000)) / 1e9) if heat > 0.0 else 0.0
        begun_cost, begun_off, begun_rows = f[COST], f[OFF], f[ROWS]
        links, back = 0, False
        while True:
            if back:  # undo the last link
                links -= 1
                x, y = goal[links], source[links]
            else:
                size = follow(link_ptr, link_to, label, mark, near, queue, v, counts)
                if size == 0 or size >= held[a] or start[links] + size > n:
                    if links == 0:
                        break
                    back = True
                    continue
                source[links], goal[links], start[links + 1] = a, b, start[links] + size
                for j in range(size):
                    moving[start[links] + j] = queue[j]
                x, y = a, b
            for j in range(start[links], start[links + 1]):
                u = moving[j]
                held[x] -= 1
                held[y] += 1
                for q in range(sums_of.shape[0]):
                    sums[x, q] -= sums_of[q, u]
                    sums[y, q] += sums_of[q, u]
                for q in range(clouds_of.shape[0]):
                    for c in range(4):
                        clouds[x, q, c] -= clouds_of[q, u, c]
                        clouds[y, q, c] += clouds_of[q, u, c]
                for e in range(border_ptr[u], border_ptr[u + 1]):
                    other, length = label[border_to[e]], border_length[e]
                    border[x] += length if other == x else -length
                    border[y] += -length if other == y else length
                for layer in range(layer_ptr.shape[0]):
                    for e in range(layer_ptr[layer, u], layer_ptr[layer, u + 1]):
                        g = layer_agency[e]
                        met[x, g] -= 1
                        if met[x, g] == 0:
                            spans[x, layer] -= 1
                        if met[y, g] == 0:
                            spans[y, layer] += 1
                        met[y, g] += 1
                        if load.shape[1] > 0:
                            load[x, g] -= layer_weight[e]
                            load[y, g] += layer_weight[e]
                for m in range(exempt.shape[1]):
                    if limit_exempt[m, u]:
                        exempt[x, m] -= 1
                        exempt[y, m] += 1
                g = group[u]
                if g >= 0:
                    for k in (x, y):
                        if groups[k, g] != 0 and groups[k, g] != group_size[g]:
                            torn[k] -= 1
                    groups[x, g] -= 1
                    groups[y, g] += 1
                    for k in (x, y):
                        if groups[k, g] != 0 and groups[k, g] != group_size[g]:
                            torn[k] += 1
                label[u] = y
            if back:
                for side in range(2):
                    k = x if side == 1 else y  # as they were saved: the source first
                    for q in range(wide):
                        slots[k, q] = old_slots[links, side, q]
                    counts[BROKEN] += int(old[links, side, 1] > 0.0) - int(off[k] > 0.0)
                    cost[k], off[k] = old[links, side, 0], old[links, side, 1]
                for r in range(rows.shape[0]):
                    rows[r] = old_rows[links, r]
                if links == 0:
                    f[COST], f[OFF], f[ROWS] = begun_cost, begun_off, begun_rows
                    break
                continue
            for r in range(rows.shape[0]):
                old_rows[links, r] = rows[r]
            for side in range(2):
                k = a if side == 0 else b
                for q in range(wide):
                    old_slots[links, side, q] = slots[k, q]
                old[links, side, 0], old[links, side, 1] = cost[k], off[k]
            accepted = False
            for look in range(2 if reaches else 1):  # reach is measured in full, so only where all else pays
                for side in range(2):
                    k = a if side == 0 else b
                    before_cost, before_off = cost[k], off[k]
                    for q in range(wide):
                        for r in range(rows.shape[0]):
                            rows[r] -= rows_of[r, q] * slots[k, q]
                    if look == 0:
                        column_slots(
                            kind, which, target, layer_first, sums[k], clouds[k], border[k], spans[k], load[k],
                            slots[k],
                        )  # fmt: skip
                    else:
                        one = v
                        for e in range(link_ptr[v], link_ptr[v + 1]):
                            if side == 0 and label[link_to[e]] == a:
                                one = link_to[e]
                        for q in range(wide):
                            if kind[q] == REACH:
                                counts[STAMP] += 1
                                slots[k, q] = reach_of(
                                    link_ptr, link_to, point_ptr, point_xy, clouds[k, which[q]], label, one, mark,
                                    counts[STAMP], scratch,
                                )  # fmt: skip
                    off[k] = limits_broken(limit_slot, limit_low, limit_high, slots[k], exempt[k], torn[k])
                    cost[k] = 0.0
                    for q in range(wide):
                        cost[k] += slots[k, q] * cost_of[q]
                        for r in range(rows.shape[0]):
                            rows[r] += rows_of[r, q] * slots[k, q]
                    f[COST] += cost[k] - before_cost
                    f[OFF] += off[k] - before_off
                    counts[BROKEN] += int(off[k] > 0.0) - int(before_off > 0.0)
                f[ROWS] = row_excess(rows, row_low, row_high)
                pays = f[COST] - begun_cost
                outside = on_limits * (f[OFF] - begun_off) + on_rows * (f[ROWS] - begun_rows)
                accepted = pays + outside <= threshold and heat >= 0.0
                if not accepted:
                    break
            links += 1
            if accepted:
                counts[TAKEN] += 1
                for link in range(links):
                    for j in range(start[link], start[link + 1]):
                        if counts[LOGGED] >= rooms:
                            counts[LOGGED] = -1
                        if counts[LOGGED] >= 0:
                            log[0, counts[LOGGED]] = moving[j]
                            log[1, counts[LOGGED]] = goal[link]
                            counts[LOGGED] += 1
                if counts[BROKEN] == 0 and f[ROWS] == 0.0 and f[COST] < f[BEST] - 1e-9 * abs(f[BEST]):
                    if counts[LOGGED] >= 0:
                        for j in range(counts[LOGGED]):
                            best[log[0, j]] = log[1, j]
                    else:
                        for j in range(n):
                            best[j] = label[j]
                    counts[LOGGED] = 0
                    counts[LEGAL] += 1
                    f[BEST] = f[COST]
                break
            f[CHANGES] += abs(pays)
            back = True
            if links < longest and outside > 0.0 and pays <= threshold + max(BOLD * heat, outside / BOLD):
                # walk through the column that has got more, to an atom at its edge that may go on
                w = v
                for _step in range(WALK):
                    u = link_to[link_ptr[w] + random_below(random, link_ptr[w + 1] - link_ptr[w])]
                    if label[u] != b:
                        if w != v:
                            v, a, b = w, b, label[u]
                            back = False
                            break
                    else:
                        w = u
    counts[TRIED] += tried
