"""Compiled: uniform spanning trees of a part of the graph, and what cutting each of their edges would leave."""

from __future__ import annotations

from numba import njit

from lotopt.engine.sample.randoms import below


@njit(cache=True)
def gathered(link_ptr, link_to, label, a, b, members, place, ptr, to):  # type: ignore[no-untyped-def]
    """Number the atoms of columns a and b from 0 and give the graph between them (CSR); how many there are."""
    size = 0
    for v in range(label.shape[0]):
        if label[v] == a or label[v] == b:
            members[size] = v
            place[v] = size
            size += 1
    links = 0
    for k in range(size):
        ptr[k] = links
        for e in range(link_ptr[members[k]], link_ptr[members[k] + 1]):
            u = link_to[e]
            if label[u] == a or label[u] == b:
                to[links] = place[u]
                links += 1
    ptr[size] = links
    return size


@njit(cache=True)
def uniform_trees(ptr, to, side, size, roots, order, parent, inside, onward, random):  # type: ignore[no-untyped-def]
    """A uniform spanning tree of each side of a graph, by loop-erased random walks (Wilson 1996).

    order[:roots] are the roots, one in each side; each side is connected. Fills order (parents first) and parent of
    all other vertices. Nothing depends on which vertex is the root.
    """
    for v in range(size):
        inside[v] = False
    for k in range(roots):
        inside[order[k]] = True
    found = roots
    for start in range(size):
        v = start
        while not inside[v]:
            u = to[ptr[v] + below(random, ptr[v + 1] - ptr[v])]
            while side[u] != side[v]:
                u = to[ptr[v] + below(random, ptr[v + 1] - ptr[v])]
            onward[v] = u
            v = u
        # what the walk left behind without its loops; the last vertex first, so that parents come before children
        v = start
        steps = 0
        while not inside[v]:
            inside[v] = True
            steps += 1
            v = onward[v]
        v = start
        for k in range(steps):
            order[found + steps - 1 - k] = v
            parent[v] = onward[v]
            v = onward[v]
        found += steps


@njit(cache=True)
def legal_cuts(members, sums, low, high, exempt, marks, order, parent, size, carried, spared, legal):  # type: ignore[no-untyped-def]
    """Mark each vertex (but the root) above which the tree may be cut: both halves keep all limits; how many.

    A half that holds an exempt atom is let off that limit; atoms of one mark stay on one side.
    """
    for k in range(1, size):
        legal[order[k]] = True
    legal[order[0]] = False
    for s in range(sums.shape[0]):
        for k in range(size):
            carried[k] = sums[s, members[k]]
            spared[k] = 1 if exempt[s, members[k]] else 0
        for k in range(size - 1, 0, -1):
            carried[parent[order[k]]] += carried[order[k]]
            spared[parent[order[k]]] += spared[order[k]]
        whole, let_off = carried[order[0]], spared[order[0]]
        for k in range(1, size):
            v = order[k]
            here, rest = carried[v], whole - carried[v]
            held = spared[v] > 0 or low[s] <= here <= high[s]
            legal[v] = legal[v] and held and (let_off > spared[v] or low[s] <= rest <= high[s])
    for g in range(marks.shape[0]):
        for k in range(size):
            spared[k] = 1 if marks[g, members[k]] else 0
        for k in range(size - 1, 0, -1):
            spared[parent[order[k]]] += spared[order[k]]
        for k in range(1, size):
            if spared[order[k]] != 0 and spared[order[k]] != spared[order[0]]:
                legal[order[k]] = False
    count = 0
    for k in range(1, size):
        if legal[order[k]]:
            count += 1
    return count


@njit(cache=True)
def borders_of_cuts(ptr, to, order, parent, size, depth, crossing):  # type: ignore[no-untyped-def]
    """For each vertex, how many edges of the graph lie between what hangs below it in the tree and the rest."""
    depth[order[0]] = 0
    for k in range(1, size):
        depth[order[k]] = depth[parent[order[k]]] + 1
    for v in range(size):
        crossing[v] = ptr[v + 1] - ptr[v]
    for v in range(size):
        for e in range(ptr[v], ptr[v + 1]):
            if to[e] < v:
                x, y = v, to[e]
                while x != y:  # up to where both ends hang below: from there on the edge is inside
                    if depth[x] >= depth[y]:
                        x = parent[x]
                    else:
                        y = parent[y]
                crossing[x] -= 2
    for k in range(size - 1, 0, -1):
        crossing[parent[order[k]]] += crossing[order[k]]
