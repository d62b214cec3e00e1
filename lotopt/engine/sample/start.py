"""Compiled: a first partition for a chain, by cutting random trees again and again."""

from __future__ import annotations

import numpy as np
from numba import njit

from lotopt.engine.sample.forest import gathered, uniform_trees
from lotopt.engine.sample.randoms import below, fraction

TREES = 30  # of one part, before all is begun anew
WIDE = 0.3  # of the cuts share out the number of columns at random, others in proportion to size


@njit(cache=True)
def first_partition(link_ptr, link_to, sums, low, high, exempt, marks, columns, tries, random, label):  # type: ignore[no-untyped-def]
    """Fill label (n,) with columns of the graph within all limits; how many tries it took, 0 if none succeeded.

    A part that is to become k columns is cut where both halves could still hold their number of columns.
    """
    n = label.shape[0]
    members, place = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    ptr, to = np.zeros(n + 1, dtype=np.int64), np.zeros(link_to.shape[0], dtype=np.int64)
    order, parent, onward = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    inside, below_it = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    alike, held = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    carried, spared = np.zeros((sums.shape[0], n)), np.zeros((sums.shape[0], n), dtype=np.int64)
    marked = np.zeros((marks.shape[0], n), dtype=np.int64)
    due = np.zeros(columns, dtype=np.int64)
    for attempt in range(1, tries + 1):
        label[:] = 0
        due[:] = 0
        due[0] = columns
        made, part = 1, 0
        while part < made:
            if due[part] == 1:
                if not _fits(link_ptr, sums, low, high, exempt, label, part):
                    break
                part += 1
                continue
            size = gathered(link_ptr, link_to, label, part, part, members, place, ptr, to)
            cut, lots = -1, 0
            for _ in range(TREES):
                order[0] = 0
                uniform_trees(ptr, to, alike, size, 1, order, parent, inside, onward, random)
                _carry(members, sums, exempt, marks, order, parent, size, held, carried, spared, marked)
                cut, lots = _part_off(
                    low, high, order, size, held, carried, spared, marked, due[part], fraction(random) < WIDE, random
                )
                if cut >= 0:
                    break
            if cut < 0:
                break
            for k in range(size):
                v = order[k]
                below_it[v] = v == cut or (k > 0 and below_it[parent[v]])
                if below_it[v]:
                    label[members[v]] = made
            due[made] = lots
            due[part] -= lots
            made += 1
        if part == columns:
            return attempt
    return 0


@njit(cache=True)
def _fits(link_ptr, sums, low, high, exempt, label, part):  # type: ignore[no-untyped-def]
    """Whether a finished column keeps all limits."""
    for s in range(sums.shape[0]):
        total, free = 0.0, False
        for v in range(label.shape[0]):
            if label[v] == part:
                total += sums[s, v]
                free = free or exempt[s, v]
        if not free and (total < low[s] or total > high[s]):
            return False
    return True


@njit(cache=True)
def _carry(members, sums, exempt, marks, order, parent, size, held, carried, spared, marked):  # type: ignore[no-untyped-def]
    """Add up atoms, sums, exempt atoms and marks over what hangs below each vertex."""
    for k in range(size):
        held[k] = 1
        for s in range(sums.shape[0]):
            carried[s, k] = sums[s, members[k]]
            spared[s, k] = 1 if exempt[s, members[k]] else 0
        for g in range(marks.shape[0]):
            marked[g, k] = 1 if marks[g, members[k]] else 0
    for k in range(size - 1, 0, -1):
        v = order[k]
        u = parent[v]
        held[u] += held[v]
        for s in range(sums.shape[0]):
            carried[s, u] += carried[s, v]
            spared[s, u] += spared[s, v]
        for g in range(marks.shape[0]):
            marked[g, u] += marked[g, v]


@njit(cache=True)
def _holds(low, high, atoms, total, free, lots):  # type: ignore[no-untyped-def]
    """Whether a half of this size could be cut into this many columns; exempt atoms let a column off each."""
    if atoms < lots or (free == 0 and total > high * lots):
        return False
    return free >= lots or total >= low * (lots - free)


@njit(cache=True)
def _part_off(low, high, order, size, held, carried, spared, marked, due, wide, random):  # type: ignore[no-untyped-def]
    """A random cut and the number of columns below it, such that both halves could hold theirs; -1 where none is."""
    root = order[0]
    found, lots, options = -1, 0, 0
    for k in range(1, size):
        v = order[k]
        torn = False
        for g in range(marked.shape[0]):
            torn = torn or (marked[g, v] != 0 and marked[g, v] != marked[g, root])
        if torn:
            continue
        pick, best, choices = 0, np.inf, 0
        share = carried[0, v] / max(carried[0, root], 1e-300) if carried.shape[0] > 0 else held[v] / size
        for some in range(1, due):
            ok = held[v] >= some and size - held[v] >= due - some
            for s in range(low.shape[0]):
                if not ok:
                    break
                ok = _holds(low[s], high[s], held[v], carried[s, v], spared[s, v], some) and _holds(
                    low[s],
                    high[s],
                    size - held[v],
                    carried[s, root] - carried[s, v],
                    spared[s, root] - spared[s, v],
                    due - some,
                )
            if not ok:
                continue
            choices += 1
            off = abs(some - share * due)
            if wide:
                if below(random, choices) == 0:
                    pick = some
            elif off < best:
                best, pick = off, some
        if pick > 0:
            options += 1
            if below(random, options) == 0:
                found, lots = v, pick
    return found, lots
