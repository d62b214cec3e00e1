"""Compiled: from every atom the tree of shortest ways to all atoms nearer than 1, as a row of the spreading LP."""

from __future__ import annotations

import numpy as np
from numba import njit

# a row counts as broken where the near atoms weigh more than the limit by this share of it
SLIGHT = 1e-6


@njit(cache=True)
def _push(heap, keys, size, atom, key):  # type: ignore[no-untyped-def]
    place = size
    while place > 0 and keys[(place - 1) // 2] > key:
        heap[place], keys[place] = heap[(place - 1) // 2], keys[(place - 1) // 2]
        place = (place - 1) // 2
    heap[place], keys[place] = atom, key


@njit(cache=True)
def _pop(heap, keys, size):  # type: ignore[no-untyped-def]
    """Take the first of `size` entries off."""
    atom, key = heap[size - 1], keys[size - 1]
    place = 0
    while 2 * place + 1 < size - 1:
        child = 2 * place + 1
        if child + 1 < size - 1 and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        heap[place], keys[place] = heap[child], keys[child]
        place = child
    heap[place], keys[place] = atom, key


@njit(cache=True, nogil=True)
def near_trees(pointers, ends, edges, lengths, weights, most, index, values):  # type: ignore[no-untyped-def]
    """Rows (starts, index, values) that are broken: sum of values * lengths[index] >= 1, `values` in (0, 1].

    For atom r: the near atoms S weigh b more than `most`; a border of the tree counts the weight beyond it, or b
    where that is less: as lengths are 0 or 1, one such border is enough.
    """
    n = weights.shape[0]
    distance, parent, by = np.empty(n), np.empty(n, np.int64), np.empty(n, np.int64)
    done, order, below = np.zeros(n, np.bool_), np.empty(n, np.int64), np.empty(n)
    room = ends.shape[0] + n + 1
    heap, keys = np.empty(room, np.int64), np.empty(room)
    starts = np.zeros(n + 1, np.int64)
    count = filled = 0
    for root in range(n):
        distance[:] = np.inf
        done[:] = False
        distance[root] = 0.0
        parent[root] = -1
        heap[0], keys[0] = root, 0.0
        size, near = 1, 0
        within = total = 0.0
        while size > 0:
            v = heap[0]
            _pop(heap, keys, size)
            size -= 1
            if done[v]:
                continue
            done[v] = True
            order[near] = v
            near += 1
            total += weights[v]
            within += weights[v] * (1.0 - distance[v])
            for e in range(pointers[v], pointers[v + 1]):
                u = ends[e]
                further = distance[v] + lengths[edges[e]]
                if further < 1.0 - 1e-9 and further < distance[u]:
                    distance[u], parent[u], by[u] = further, v, edges[e]
                    _push(heap, keys, size, u, further)
                    size += 1
        if within <= most * (1.0 + SLIGHT):
            continue
        beyond = total - most
        for k in range(near):
            below[order[k]] = weights[order[k]]
        for k in range(near - 1, 0, -1):
            below[parent[order[k]]] += below[order[k]]
        for k in range(1, near):
            v = order[k]
            if below[v] > 0.0:
                index[filled], values[filled] = by[v], min(below[v], beyond) / beyond
                filled += 1
        count += 1
        starts[count] = filled
    return starts[: count + 1], index[:filled].copy(), values[:filled].copy()
