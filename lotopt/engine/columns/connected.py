"""Compiled: walk through all connected sets of atoms, each once, and hand out the legal ones that are cheap enough.

Implicit enumeration (Garfinkel & Nemhauser 1970) over connected sets: the smallest atom of a set is its root, the
frontier is one growing list, and an atom passed over is excluded below that point, so no set is met twice. Sums are
carried along. A branch ends where an upper limit is passed, or where the best reduced cost still reachable is not
below the threshold. Nothing is stored but the columns handed out; a walk can be stopped and taken up again.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from lotopt.engine.columns.legal import hand_out, inertia_of, legal
from lotopt.engine.columns.trail import (
    DEPTH,
    DONE,
    EXCLUDED,
    FOUND,
    FREE,
    FULL,
    HARD,
    INSIDE,
    PAUSED,
    PENDING,
    ROOT,
)
from lotopt.engine.model.program import SPAN, TOTAL


@njit(cache=True, nogil=True)
def walk(p, t, prices, found, budget):  # type: ignore[no-untyped-def]
    """Walk on until done, the room for columns is full or `budget` steps are used; returns (outcome, steps)."""
    # arrays by their own names: reading them out of a tuple at every step is ten times slower
    at, frontier, place, end, members, status = t.at, t.frontier, t.place, t.end, t.members, t.status
    edge, sums, clouds, spans, met = t.edge, t.sums, t.clouds, t.spans, t.met
    link_ptr, link_to, sums_of, cloud_of = p.link_ptr, p.link_to, p.sums, p.clouds
    layer_ptr, layer_agency = p.layer_ptr, p.layer_agency
    border_ptr, border_to, border_length, outer = p.border_ptr, p.border_to, p.border_length, p.outer
    kind, which = p.kind, p.which
    limit_slot, limit_low, limit_high = p.limit_slot, p.limit_low, p.limit_high
    profit, inertia, span_price, straddle = prices.profit, prices.inertia, prices.span, prices.straddle
    moved, layer_weight, load, weights = prices.moved, p.layer_weight, t.load, t.weights
    border, cap, modes, threshold = prices.border, prices.cap, prices.modes, prices.threshold
    costs, centre, profits, inner = found.costs, t.centre, t.profit, t.inner
    n = outer.shape[0]
    steps = 0
    while True:
        if steps >= budget:
            return PAUSED, steps
        if at[FOUND] >= costs.shape[0]:
            return FULL, steps
        level = at[DEPTH]
        if level == 0:
            # begin with a root: every set from here on has it as its smallest atom
            root = at[ROOT]
            if root >= n:
                return DONE, steps
            for u in range(n):
                status[u] = EXCLUDED
                edge[u] = 0.0
            _reach(link_ptr, link_to, status, frontier, root)
            if border != 0.0:
                for u in range(n):
                    if u != root and status[u] == EXCLUDED:
                        _note_border(border_ptr, border_to, border_length, edge, u, -1.0)
            frontier[0] = root
            place[0] = 0
            end[0] = 1
        elif place[level] >= end[level]:
            # every atom of this frontier was tried: give it back, and pass over the atom that opened it
            for k in range(place[level - 1] + 1, end[level]):
                u = frontier[k]
                if border != 0.0:
                    _note_border(border_ptr, border_to, border_length, edge, u, 1.0)
                status[u] = PENDING if k < end[level - 1] else FREE
            v = members[level - 1]
            _unmeet(layer_ptr, layer_agency, layer_weight, moved, met, load, v)
            if border != 0.0:
                _note_border(border_ptr, border_to, border_length, edge, v, -2.0)
            _pass_over(at, status, place, v, level)
            continue
        root = at[ROOT]
        steps += 1
        v = frontier[place[level]]
        depth = level + 1
        at[DEPTH] = depth
        members[level] = v
        status[v] = INSIDE
        place[depth] = place[level] + 1
        end[depth] = end[level]
        # what is carried along
        for s in range(sums_of.shape[0]):
            sums[depth, s] = (sums[level, s] if level > 0 else 0.0) + sums_of[s, v]
        for q in range(cloud_of.shape[0]):
            for k in range(4):
                clouds[depth, q, k] = (clouds[level, q, k] if level > 0 else 0.0) + cloud_of[q, v, k]
        for layer in range(layer_ptr.shape[0]):
            span = spans[level, layer] if level > 0 else 0
            for e in range(layer_ptr[layer, v], layer_ptr[layer, v + 1]):
                if met[layer_agency[e]] == 0:
                    span += 1
                met[layer_agency[e]] += 1
            spans[depth, layer] = span
            if moved[layer] != 0.0:
                weights[depth, layer, :] = weights[level, layer, :]
                if level == 0:
                    weights[depth, layer, :] = 0.0
                for e in range(layer_ptr[layer, v], layer_ptr[layer, v + 1]):
                    load[layer_agency[e]] += layer_weight[e]
                    weights[depth, layer, 0] += layer_weight[e]
                    weights[depth, layer, 1] = max(weights[depth, layer, 1], load[layer_agency[e]])
        inner[depth] = inner[level] if level > 0 else 0.0
        if border != 0.0:
            for e in range(border_ptr[v], border_ptr[v + 1]):
                if status[border_to[e]] == INSIDE:
                    inner[depth] += border_length[e]
            _note_border(border_ptr, border_to, border_length, edge, v, 1.0)
        # upper limits that can only be passed further
        goes_on = True
        for m in range(limit_slot.shape[0]):
            if modes[root, m] == HARD:
                slot = limit_slot[m]
                if kind[slot] == TOTAL:
                    value = sums[depth, which[slot]]
                    if value > limit_high[m]:
                        goes_on = False
                elif kind[slot] == SPAN and spans[depth, which[slot]] > limit_high[m]:
                    goes_on = False
        if goes_on:
            # reduced cost without the late slots; all but the profit can only grow as atoms join
            profits[depth] = (profits[level] if level > 0 else 0.0) + profit[v]
            cost = -profits[depth] - 2.0 * border * inner[depth]
            for layer in range(span_price.shape[0]):
                cost += span_price[layer] * spans[depth, layer]
                if spans[depth, layer] > 1:
                    cost += straddle[layer]
                if moved[layer] != 0.0:
                    cost += moved[layer] * (weights[depth, layer, 0] - weights[depth, layer, 1])
            for q in range(inertia.shape[0]):
                if inertia[q] != 0.0:
                    cost += inertia[q] * inertia_of(clouds, depth, q)
            if cost < threshold:
                small = False  # too small is the commonest fault, and cheap to see
                for m in range(limit_slot.shape[0]):
                    if modes[root, m] == HARD and kind[limit_slot[m]] == TOTAL:
                        value = sums[depth, which[limit_slot[m]]]
                        small = small or value < limit_low[m]
                if not small and legal(p, t, depth, modes):
                    hand_out(p, t, depth, cost, prices, found)
            if prices.prune:
                limit = prices.room
                if limit >= 0 and modes[root, limit] != HARD:
                    limit = -1
                sum_of = which[limit_slot[limit]] if limit >= 0 else 0
                room = limit_high[limit] - sums[depth, sum_of] if limit >= 0 else 0.0
                need = limit_low[limit] - sums[depth, sum_of] if limit >= 0 else 0.0
                best = _optimum(status, edge, outer, sums_of, cloud_of, clouds, centre, profit, inertia, cap,
                                border, root, depth, limit, sum_of, room, need, prices.density)  # fmt: skip
                goes_on = cost - best < threshold
        if goes_on:
            for e in range(link_ptr[v], link_ptr[v + 1]):
                u = link_to[e]
                if status[u] == FREE:
                    status[u] = PENDING
                    frontier[end[depth]] = u
                    end[depth] += 1
        else:
            _unmeet(layer_ptr, layer_agency, layer_weight, moved, met, load, v)
            if border != 0.0:
                _note_border(border_ptr, border_to, border_length, edge, v, -2.0)
            _pass_over(at, status, place, v, depth)


@njit(cache=True)
def _reach(link_ptr, link_to, status, queue, root):  # type: ignore[no-untyped-def]
    """Free the atoms that may join the root: those beyond it that links among themselves lead to."""
    queue[0] = root
    tail = 1
    head = 0
    while head < tail:
        v = queue[head]
        head += 1
        for e in range(link_ptr[v], link_ptr[v + 1]):
            u = link_to[e]
            if u > root and status[u] == EXCLUDED:
                status[u] = FREE
                queue[tail] = u
                tail += 1


@njit(cache=True)
def _note_border(border_ptr, border_to, border_length, edge, u, sign):  # type: ignore[no-untyped-def]
    """Note for the neighbours of atom u that their border with it is sure (-1) or saved (+1)."""
    for e in range(border_ptr[u], border_ptr[u + 1]):
        edge[border_to[e]] += sign * border_length[e]


@njit(cache=True)
def _unmeet(layer_ptr, layer_agency, layer_weight, moved, met, load, v):  # type: ignore[no-untyped-def]
    for layer in range(layer_ptr.shape[0]):
        for e in range(layer_ptr[layer, v], layer_ptr[layer, v + 1]):
            met[layer_agency[e]] -= 1
            if moved[layer] != 0.0:
                load[layer_agency[e]] -= layer_weight[e]


@njit(cache=True)
def _pass_over(at, status, place, v, depth):  # type: ignore[no-untyped-def]
    """The atom that joined at `depth` is passed over; go on with the next of its frontier."""
    status[v] = EXCLUDED
    at[DEPTH] = depth - 1
    if depth == 1:
        at[ROOT] += 1
    else:
        place[depth - 1] += 1


@njit(cache=True)
def _optimum(  # type: ignore[no-untyped-def]
    status, edge, outer, sums_of, cloud_of, clouds, centre, profit, inertia, cap, border, root, depth, limit, sum_of,
    room, need, density,
):  # fmt: skip
    """The most that atoms which may still join can take off the reduced cost; -inf if no legal set lies below.

    Atom u brings its profit, the border it saves at best, and at least this much inertia: by the parallel axis
    theorem a set of weight W inside one of weight at most C grows by w_u d2(u, its centre) W / C. What exceeds
    the size limit is priced at `density` (a Lagrangian bound on the knapsack that is left).
    """
    for q in range(inertia.shape[0]):
        weight = clouds[depth, q, 0]
        centre[q, 2] = 0.0
        if inertia[q] != 0.0 and weight > 0.0:
            centre[q, 0] = clouds[depth, q, 1] / weight
            centre[q, 1] = clouds[depth, q, 2] / weight
            centre[q, 2] = inertia[q] * weight / cap[root, q]
    plain, relaxed, there = 0.0, 0.0, 0.0
    for u in range(root + 1, status.shape[0]):
        if status[u] > PENDING:
            continue
        size = sums_of[sum_of, u] if limit >= 0 else 0.0
        if limit >= 0 and size > room:
            continue
        there += size
        gain = profit[u]
        if border != 0.0:
            gain += border * (outer[u] + edge[u])
        for q in range(inertia.shape[0]):
            if inertia[q] != 0.0:
                dx = cloud_of[q, u, 5] - centre[q, 0]
                dy = cloud_of[q, u, 6] - centre[q, 1]
                gain -= inertia[q] * cloud_of[q, u, 4] + centre[q, 2] * cloud_of[q, u, 0] * (dx * dx + dy * dy)
        if gain > 0.0:
            plain += gain
            relaxed += max(0.0, gain - density * size)
    if limit >= 0:
        if there < need:
            return -np.inf
        return min(plain, relaxed + density * room)
    return plain
