"""Compiled: random growth, spanning trees and their cuts, on arrays alone.

Helpers take the arrays they need, not tuples of them: every array of a tuple costs compile time at every call.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def random_below(state, below):  # type: ignore[no-untyped-def]
    """A whole number in [0, below): 48 bits of a linear congruential generator (Knuth's MMIX)."""
    state[0] = state[0] * np.int64(6364136223846793005) + np.int64(1442695040888963407)
    return ((state[0] >> 20) & np.int64(0x7FFFFFFF)) % below


@njit(cache=True)
def dot(a, b):  # type: ignore[no-untyped-def]
    total = 0.0
    for k in range(a.shape[0]):
        total += a[k] * b[k]
    return total


@njit(cache=True)
def grow(link_ptr, link_to, size, label, count, state):  # type: ignore[no-untyped-def]
    """Grow `count` columns from random atoms, the lightest first; what is out of reach starts columns of its own."""
    n = label.shape[0]
    weight = np.zeros(n)
    made = 0
    while made < count:
        v = random_below(state, n)
        while label[v] >= 0:
            v = (v + 1) % n
        label[v] = made
        weight[made] = size[v]
        made += 1
    left = n - made
    while left > 0:
        lightest = -1
        joins = -1
        for k in range(made):
            if lightest >= 0 and weight[k] >= weight[lightest]:
                continue
            options = 0
            pick = -1
            for v in range(n):
                if label[v] == k:
                    for e in range(link_ptr[v], link_ptr[v + 1]):
                        if label[link_to[e]] < 0:
                            options += 1
                            if random_below(state, options) == 0:
                                pick = link_to[e]
            if pick >= 0:
                lightest, joins = k, pick
        if joins < 0:
            for v in range(n):
                if label[v] < 0:
                    joins = v
                    break
            lightest = made
            made += 1
        label[joins] = lightest
        weight[lightest] += size[joins]
        left -= 1


@njit(cache=True)
def joined(link_ptr, link_to, members, size, drop, seen, queue):  # type: ignore[no-untyped-def]
    """Whether members[:size] without the atom `drop` are connected; seen (n,) is scratch, zero on return."""
    first = -1
    count = 0
    for k in range(size):
        if members[k] != drop:
            seen[members[k]] = 1
            count += 1
            if first < 0:
                first = members[k]
    reached = 0
    if first >= 0:
        queue[0] = first
        seen[first] = 2
        head, tail = 0, 1
        while head < tail:
            v = queue[head]
            head += 1
            for e in range(link_ptr[v], link_ptr[v + 1]):
                u = link_to[e]
                if seen[u] == 1:
                    seen[u] = 2
                    queue[tail] = u
                    tail += 1
        reached = tail
    for k in range(size):
        seen[members[k]] = 0
    return count > 0 and reached == count


@njit(cache=True)
def gather(label, members, a, b):  # type: ignore[no-untyped-def]
    """Fill members with the atoms of columns a and b; their number."""
    size = 0
    for u in range(label.shape[0]):
        if label[u] == a or label[u] == b:
            members[size] = u
            size += 1
    return size


@njit(cache=True)
def shift(link_ptr, link_to, label, members, seen, queue, part, sizes, v, a, b):  # type: ignore[no-untyped-def]
    """Fill part with column a without atom v and column b with it; False where that tears a apart."""
    size = gather(label, members, a, a)
    if size < 2 or not joined(link_ptr, link_to, members, size, v, seen, queue):
        return False
    sizes[0] = sizes[1] = 0
    for u in range(label.shape[0]):
        if label[u] == a and u != v:
            part[0, sizes[0]] = u
            sizes[0] += 1
        elif label[u] == b or u == v:
            part[1, sizes[1]] = u
            sizes[1] += 1
    return True


@njit(cache=True)
def tree(link_ptr, link_to, random, members, queue, seen, parent, v, size):  # type: ignore[no-untyped-def]
    """Grow a random spanning tree of members[:size] from v: queue in order of joining, parent; False if torn."""
    for k in range(size):
        seen[members[k]] = 1
    queue[0] = v
    seen[v] = 2
    parent[v] = -1
    tail = 1
    while tail < size:
        pick, host, options = -1, -1, 0
        start = random_below(random, tail)
        for k in range(tail):
            w = queue[(start + k) % tail]
            for e in range(link_ptr[w], link_ptr[w + 1]):
                u = link_to[e]
                if seen[u] == 1:
                    options += 1
                    if random_below(random, options) == 0:
                        pick, host = u, w
            if pick >= 0:
                break
        if pick < 0:
            break
        seen[pick] = 2
        parent[pick] = host
        queue[tail] = pick
        tail += 1
    for k in range(size):
        seen[members[k]] = 0
    return tail == size


@njit(cache=True)
def excess(sums, low, high, queue, parent, carried, weight, size):  # type: ignore[no-untyped-def]
    """Add to the weight of each tree edge (by its lower atom) how far both halves break a limit on a sum."""
    for k in range(size):
        carried[queue[k]] = sums[queue[k]]
    for k in range(size - 1, 0, -1):
        carried[parent[queue[k]]] += carried[queue[k]]
    everything = carried[queue[0]]
    for k in range(1, size):
        u = queue[k]
        for side in range(2):
            x = carried[u] if side == 0 else everything - carried[u]
            if x < low:
                weight[u] += (low - x) / low if low > 0.0 else 1.0
            elif x > high:
                weight[u] += (x - high) / high if high > 0.0 else 1.0


@njit(cache=True)
def cut(queue, parent, below, part, sizes, pick, size):  # type: ignore[no-untyped-def]
    """Fill part with the two halves of the tree when the edge above `pick` is cut."""
    sizes[0] = sizes[1] = 0
    for k in range(size):
        u = queue[k]
        if u == pick:
            below[u] = 1
        elif parent[u] >= 0:
            below[u] = below[parent[u]]
        else:
            below[u] = 0
        part[below[u], sizes[below[u]]] = u
        sizes[below[u]] += 1


@njit(cache=True)
def next_cut(queue, weight, offset, size):  # type: ignore[no-untyped-def]
    """The atom below the cut not tried yet (weight >= 0) that breaks the limits on sums least."""
    pick = -1
    for k in range(size - 1):
        u = queue[1 + (k + offset) % (size - 1)]
        if weight[u] >= 0.0 and (pick < 0 or weight[u] < weight[pick]):
            pick = u
    return pick
