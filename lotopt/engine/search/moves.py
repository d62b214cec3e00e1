"""Compiled: the moves of the local search over partitions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from lotopt.engine.model.measure import measure, violation
from lotopt.engine.model.program import TOTAL, Bools, Floats, Ints
from lotopt.engine.search.trees import cut, dot, excess, gather, next_cut, random_below, shift, tree

BEST, COST, BROKEN, ROWS, SCALE = range(5)  # places in Desk.figures
KEPT, LOTS = 0, 1  # places in Desk.counts
CUTS = 12  # cuts of one tree that are measured in full
HEAT = 0.05  # temperature, as a share of the cost of the plan begun with, at full heat


class Task(NamedTuple):
    """What is searched for: cost (F,), side rows (R, F) with their ranges, and how many columns there may be."""

    cost: Floats
    rows: Floats
    row_low: Floats
    row_high: Floats
    fewest: int
    most: int


class Desk(NamedTuple):
    """The plan the search stands at, the best legal one, legal ones kept, and scratch space; n atoms, F slots."""

    label: Ints  # (n,) column of each atom
    used: Ints  # (n,) atoms in each column
    slots: Floats  # (n, F) of each column
    cost: Floats
    broken: Floats
    best: Ints
    kept: Ints
    counts: Ints
    figures: Floats
    random: Ints
    load: Floats
    inside: Bools
    group_seen: Ints
    members: Ints
    queue: Ints
    seen: Ints
    parent: Ints
    below: Ints
    weight: Floats
    carried: Floats
    part: Ints  # (2, n) the columns a move would make
    sizes: Ints  # (2,)
    trial: Floats
    win: Floats  # (2, F) their slots


@njit(cache=True)
def _row_violation(rows, row_low, row_high, used, slots, a, b, new, parts):  # type: ignore[no-untyped-def]
    """How far the side rows are off with new[:parts] in place of the columns a and b."""
    total = 0.0
    for r in range(rows.shape[0]):
        value = 0.0
        for s in range(rows.shape[1]):
            if rows[r, s] != 0.0:
                for k in range(used.shape[0]):
                    if used[k] > 0 and k != a and k != b:
                        value += rows[r, s] * slots[k, s]
                for k in range(parts):
                    value += rows[r, s] * new[k, s]
        if value < row_low[r] - 1e-9:
            total += row_low[r] - value
        elif value > row_high[r] + 1e-9:
            total += value - row_high[r]
    return total


@njit(cache=True)
def _weigh(p, cost_of, part, sizes, parts, load, inside, group_seen, slots, broken):  # type: ignore[no-untyped-def]
    """Measure part[:parts] into slots and broken; the cost of all."""
    cost = 0.0
    for h in range(parts):
        measure(p, part[h], sizes[h], load, inside, slots[h])
        broken[h] = violation(p, part[h], sizes[h], slots[h], group_seen)
        cost += dot(slots[h], cost_of)
    return cost


@njit(cache=True, nogil=True)
def moves(p, t, d, steps, heat):  # type: ignore[no-untyped-def]
    """Make `steps` moves at a heat between 0 and 1."""
    cost_of, rows, row_low, row_high = t.cost, t.rows, t.row_low, t.row_high
    label, used, slots, cost, broken, f, random = d.label, d.used, d.slots, d.cost, d.broken, d.figures, d.random
    load, inside, group_seen, members, queue = d.load, d.inside, d.group_seen, d.members, d.queue
    seen, parent, below, weight, carried = d.seen, d.parent, d.below, d.weight, d.carried
    part, sizes, trial, win, counts, kept, best = d.part, d.sizes, d.trial, d.win, d.counts, d.kept, d.best
    link_ptr, link_to = p.link_ptr, p.link_to
    new_broken, trial_broken = np.zeros(2), np.zeros(2)
    n = label.shape[0]
    # the whole plan measured afresh, so that no rounding adds up
    used[:] = 0
    for v in range(n):
        used[label[v]] += 1
    counts[LOTS] = 0
    f[COST] = f[BROKEN] = 0.0
    size_of_costs = 0.0
    for k in range(n):
        if used[k] > 0:
            sizes[0] = gather(label, members, k, k)
            part[0, :] = members
            cost[k] = _weigh(p, cost_of, part, sizes, 1, load, inside, group_seen, win, new_broken)
            slots[k, :] = win[0]
            broken[k] = new_broken[0]
            counts[LOTS] += 1
            f[COST] += cost[k]
            f[BROKEN] += broken[k]
            size_of_costs += abs(cost[k])
    f[ROWS] = _row_violation(rows, row_low, row_high, used, slots, -1, -1, win, 0)
    if f[SCALE] == 0.0:
        f[SCALE] = max(size_of_costs, 1e-9)
    penalty = 2.0 * f[SCALE]
    for _ in range(steps):
        v = random_below(random, n)
        a, b = label[v], -1
        degree = link_ptr[v + 1] - link_ptr[v]
        if degree > 0:
            b = label[link_to[link_ptr[v] + random_below(random, degree)]]
        inner = b < 0 or a == b
        kind = random_below(random, 10)
        split = inner and kind == 0 and counts[LOTS] < t.most and used[a] > 1
        merge = not inner and kind == 1 and counts[LOTS] > t.fewest
        if inner and not split:
            continue
        if split:
            b = 0
            while used[b] > 0:
                b += 1
        parts = 1 if merge else 2
        shifts = not merge and kind >= 6
        tries, size, best_pick = 1, 0, -1
        if merge:
            sizes[0] = gather(label, members, a, b)
            part[0, :] = members
        elif shifts:
            if not shift(link_ptr, link_to, label, members, seen, queue, part, sizes, v, a, b):
                continue
        else:
            # recombine: a random tree of both columns, cut where both halves are best
            size = gather(label, members, a, b)
            if size < 2 or not tree(link_ptr, link_to, random, members, queue, seen, parent, v, size):
                continue
            for k in range(size):
                weight[queue[k]] = 0.0
            for m in range(p.limit_slot.shape[0]):
                slot = p.limit_slot[m]
                if p.kind[slot] == TOTAL:
                    s = p.which[slot]
                    excess(p.sums[s], p.limit_low[m], p.limit_high[m], queue, parent, carried, weight, size)
            tries = min(CUTS, size - 1)
        offset = random_below(random, size - 1) if tries > 1 else 0
        new_value, new_cost, new_rows = np.inf, 0.0, 0.0
        for _try in range(tries):
            pick = -1
            if size > 0:
                pick = next_cut(queue, weight, offset, size)
                if weight[pick] > 0.0 and best_pick >= 0:
                    break
                weight[pick] = -1.0
                cut(queue, parent, below, part, sizes, pick, size)
            trial_cost = _weigh(p, cost_of, part, sizes, parts, load, inside, group_seen, trial, trial_broken)
            trial_rows = _row_violation(rows, row_low, row_high, used, slots, a, b, trial, parts)
            off = trial_broken[0] + (trial_broken[1] if parts == 2 else 0.0) + trial_rows
            if trial_cost + penalty * off < new_value:
                new_value, new_cost, new_rows, best_pick = trial_cost + penalty * off, trial_cost, trial_rows, pick
                win[:, :] = trial
                new_broken[:] = trial_broken
        if size > 0:
            cut(queue, parent, below, part, sizes, best_pick, size)
        old_cost = cost[a] + (0.0 if split else cost[b])
        old_broken = broken[a] + (0.0 if split else broken[b])
        change = new_value - (old_cost + penalty * (old_broken + f[ROWS]))
        if change > 0.0:
            chance = np.exp(-change / (heat * HEAT * f[SCALE]))
            if chance * 1_000_000.0 < random_below(random, 1_000_000):
                continue
        f[COST] += new_cost - old_cost
        f[BROKEN] += new_broken[0] + (new_broken[1] if parts == 2 else 0.0) - old_broken
        f[ROWS] = new_rows
        counts[LOTS] += 1 if split else (-1 if merge else 0)
        used[b] = 0
        for h in range(parts):
            k = a if h == 0 else b
            used[k] = sizes[h]
            for j in range(sizes[h]):
                label[part[h, j]] = k
            slots[k, :] = win[h]
            cost[k] = dot(win[h], cost_of)
            broken[k] = new_broken[h]
        if f[BROKEN] <= 1e-12 and new_rows <= 0.0:
            if f[COST] < f[BEST] - 1e-12 * abs(f[COST]):
                f[BEST] = f[COST]
                best[:] = label
            kept[counts[KEPT] % kept.shape[0], :] = label
            counts[KEPT] += 1
