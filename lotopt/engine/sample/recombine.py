"""Compiled: one pair of columns after another merged and cut anew, so that partitions come from a known distribution.

A partition's probability is proportional to the product, over its columns, of the number of spanning trees of the
graph inside the column (two atoms are linked once or not at all): the distribution of reversible recombination
(Cannon, Duchin, Randall & Rule 2022). A step draws a pair of columns uniformly, and stays where they do not touch. It
merges them to H, draws a uniform spanning tree T of H, and looks for cuts of T that leave two legal halves.

Reversible recombination takes a cut with probability 1 / (most cuts of any tree x borders between the halves), which
is seldom. Here T stands against a tree S of the two columns A and B as they are: a uniform spanning tree of each, and
one of the borders between them, drawn uniformly. Let w(T) be the sum of 1 / (borders between the halves) over the
legal cuts of T. The step goes on with T with probability min(1, w(T) / w(S)), takes one of its cuts with probability
proportional to 1 / (borders between the halves), and forgets both trees.

Why that keeps the distribution: let a tree with one of its legal cuts weigh 1 / (borders between the halves). The
trees whose cut leaves A and B are a tree of A, a tree of B and one of the borders between them: together they weigh
trees(A) x trees(B), as they should, and S with its cut is drawn in proportion to its weight. T with a cut is proposed
with probability proportional to its weight over w(T). So min(1, w(T) / w(S)) is what Metropolis & Hastings ask for.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from lotopt.engine.sample.forest import borders_of_cuts, gathered, legal_cuts, uniform_trees
from lotopt.engine.sample.randoms import below, fraction

STEPS, TOUCHED, CUT, MOVED = range(4)  # places in a tally: pairs drawn, that touch, with a legal cut, cut elsewhere


@njit(cache=True)
def count_touches(link_ptr, link_to, label, touch):  # type: ignore[no-untyped-def]
    """Fill touch (K, K) with the number of borders between two columns."""
    touch[:] = 0
    for v in range(label.shape[0]):
        for e in range(link_ptr[v], link_ptr[v + 1]):
            if label[link_to[e]] != label[v]:
                touch[label[v], label[link_to[e]]] += 1


@njit(cache=True)
def _touch_again(link_ptr, link_to, label, a, b, members, size, touch):  # type: ignore[no-untyped-def]
    """Count the borders of the columns a and b anew."""
    for k in range(touch.shape[0]):
        touch[a, k] = touch[k, a] = touch[b, k] = touch[k, b] = 0
    for k in range(size):
        v = members[k]
        for e in range(link_ptr[v], link_ptr[v + 1]):
            other = label[link_to[e]]
            if other != label[v]:
                touch[label[v], other] += 1
                if other != a and other != b:
                    touch[other, label[v]] += 1


@njit(cache=True)
def _weigh(order, legal, crossing, size, worth):  # type: ignore[no-untyped-def]
    """Fill worth with 1 / borders for each legal cut, 0 else; their sum."""
    total = 0.0
    worth[order[0]] = 0.0
    for k in range(1, size):
        v = order[k]
        worth[v] = 1.0 / crossing[v] if legal[v] else 0.0
        total += worth[v]
    return total


@njit(cache=True)
def _chosen(order, worth, total, size, random):  # type: ignore[no-untyped-def]
    """A cut, drawn in proportion to its worth."""
    left = fraction(random) * total
    found = -1
    for k in range(1, size):
        v = order[k]
        if worth[v] > 0.0:
            found = v
            left -= worth[v]
            if left < 0.0:
                break
    return found


@njit(cache=True)
def recombine(link_ptr, link_to, sums, low, high, exempt, marks, label, columns, steps, random, tally):  # type: ignore[no-untyped-def]
    """Draw `steps` pairs of columns, one after the other, and cut those anew that touch; changes label.

    label (n,) in [0, columns); sums, exempt (S, n) with limits low, high (S,); marks (G, n): atoms that stay
    together.
    """
    if columns < 2:
        return
    n = label.shape[0]
    touch = np.zeros((columns, columns), dtype=np.int64)
    count_touches(link_ptr, link_to, label, touch)
    members, place = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    ptr, to = np.zeros(n + 1, dtype=np.int64), np.zeros(link_to.shape[0], dtype=np.int64)
    order, parent, onward = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    old_order = np.zeros(n, dtype=np.int64)
    inside, legal = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    carried, spared = np.zeros(n), np.zeros(n, dtype=np.int64)
    depth, crossing = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    worth, old_worth = np.zeros(n), np.zeros(n)
    alike, side, below_it = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    old_parent = np.zeros(n, dtype=np.int64)
    for _ in range(steps):
        tally[STEPS] += 1
        a = below(random, columns)
        b = below(random, columns - 1)
        if b >= a:
            b += 1
        if touch[a, b] == 0:
            continue
        tally[TOUCHED] += 1
        size = gathered(link_ptr, link_to, label, a, b, members, place, ptr, to)
        order[0] = 0
        uniform_trees(ptr, to, alike, size, 1, order, parent, inside, onward, random)
        if legal_cuts(members, sums, low, high, exempt, marks, order, parent, size, carried, spared, legal) == 0:
            continue
        tally[CUT] += 1
        borders_of_cuts(ptr, to, order, parent, size, depth, crossing)
        new = _weigh(order, legal, crossing, size, worth)
        # the partition as it is, told as a tree: one border between its two columns, and a tree of each from there
        pick = below(random, touch[a, b])
        for k in range(size):
            side[k] = 0 if label[members[k]] == a else 1
        for k in range(size):
            if side[k] == 0:
                for e in range(ptr[k], ptr[k + 1]):
                    if side[to[e]] == 1:
                        if pick == 0:
                            old_order[0], old_order[1] = k, to[e]
                        pick -= 1
        uniform_trees(ptr, to, side, size, 2, old_order, old_parent, inside, onward, random)
        old_parent[old_order[1]] = old_order[0]
        legal_cuts(members, sums, low, high, exempt, marks, old_order, old_parent, size, carried, spared, legal)
        borders_of_cuts(ptr, to, old_order, old_parent, size, depth, crossing)
        old = _weigh(old_order, legal, crossing, size, old_worth)
        if fraction(random) * old >= new:
            continue
        cut = _chosen(order, worth, new, size, random)
        kept = 0
        for k in range(size):
            v = order[k]
            below_it[v] = v == cut or (k > 0 and below_it[parent[v]])
            kept += 1 if below_it[v] == (side[v] == 0) else 0
        if 0 < kept < size:  # not the same two columns again
            tally[MOVED] += 1
            for v in range(size):
                label[members[v]] = a if below_it[v] else b
            _touch_again(link_ptr, link_to, label, a, b, members, size, touch)
