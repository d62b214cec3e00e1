"""Compiled: the least cost from every state of a frontier on, and the walk along all sets cheap enough.

The table is in whole numbers, every cost rounded down: what it says is never above the truth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from lotopt.engine.model.measure import measure, violation
from lotopt.engine.model.program import Bools, Floats, Ints, Program

DONE, FULL, PAUSED = 0, 1, 2  # why a walk returned
DEPTH, FOUND = 0, 1  # places in Steps.at
BIG = 1 << 29  # no set; sums of costs stay below half of it
NO_SET = 1 << 28


class Ground(NamedTuple):
    """What a walk reads whatever the prices are: the layers (see frontier.Layers) and sums with hard limits (M).

    units (n,): whole units of the bounding sum of each atom in order. limits (n, M) of each atom in order, after
    (n + 1, M) of all atoms from a layer on, low and high (M,).
    """

    order: Ints
    first: Ints
    skip: Ints
    take: Ints
    skip_cut: Floats
    take_cut: Floats
    units: Ints
    limits: Floats
    after: Floats
    low: Floats
    high: Floats


class Steps(NamedTuple):
    """Where a walk stands, one row per layer. `at`: depth, columns found."""

    at: Ints
    node: Ints
    used: Ints
    cost: Floats
    sums: Floats
    tried: Ints
    begun: Ints
    inside: Bools
    load: Floats
    group_seen: Ints
    members: Ints
    marked: Bools


def new_steps(p: Program, limits: int) -> Steps:
    """A walk before its first step."""
    n = p.atoms
    ints = np.int64
    return Steps(
        np.zeros(2, ints), np.zeros(n + 1, ints), np.zeros(n + 1, ints), np.zeros(n + 1), np.zeros((n + 1, limits)),
        np.zeros(n + 1, ints), np.zeros(n + 1, ints), np.zeros(n, bool), np.zeros(int(p.layer_first[-1])),
        np.zeros(len(p.group_size), ints), np.zeros(n, ints), np.zeros(n, bool),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def fill(first, skip, take, skip_cost, take_cost, units, least, most, table):  # type: ignore[no-untyped-def]
    """table (N + 2, cells): the least cost from a state on, by units used so far; its last two rows are given.

    least, most (n + 1,): units that a set looked at up to a layer may have used.
    """
    top = table.shape[1] - 1
    for t in range(first.shape[0] - 2, -1, -1):
        unit, low, high = units[t], least[t], most[t]
        for x in range(first[t], first[t + 1]):
            a, b = skip_cost[x], take_cost[x]
            out, held, here = table[skip[x]], table[take[x]], table[x]
            end = max(low, min(high, top - unit) + 1)
            for r in range(low, end):
                here[r] = min(out[r] + a, held[r + unit] + b, BIG)
            for r in range(end, high + 1):
                here[r] = min(out[r] + a, BIG)


@njit(cache=True)
def _hand_out(p, steps, slot_price, duals, threshold, sets, slots, costs):  # type: ignore[no-untyped-def]
    """Store the finished set if it is a legal column of reduced cost below the threshold."""
    at, inside, members, row = steps.at, steps.inside, steps.members, steps.at[FOUND]
    n = inside.shape[0]
    size = 0
    cost = 0.0
    for v in range(n):
        if inside[v]:
            members[size] = v
            size += 1
            cost -= duals[v]
    measure(p, members, size, steps.load, steps.marked, slots[row])
    if violation(p, members, size, slots[row], steps.group_seen) > 0.0:
        return
    for s in range(slot_price.shape[0]):
        cost += slot_price[s] * slots[row, s]
    if cost >= threshold:
        return
    for word in range(sets.shape[1]):
        sets[row, word] = 0
    for k in range(size):
        v = members[k]
        sets[row, v >> 6] |= np.int64(1) << np.int64(v & 63)
    costs[row] = cost
    at[FOUND] = row + 1


@njit(cache=True, nogil=True)
def walk_layers(  # type: ignore[no-untyped-def]
    p, ground, steps, prices, border, constant, scale, threshold, table, sets, slots, costs, budget
):
    """Hand out columns of reduced cost below the threshold; DONE, FULL or PAUSED, and the steps made.

    prices: profit of each atom in the table (n,), duals (n,), slot_price (F,). `constant`: the part of every reduced
    cost that is not in the table. A step is left out where the least cost from there on is too much. Of two ways the
    cheaper one is gone first.
    """
    order, skip, take = ground.order, ground.skip, ground.take
    skip_cut, take_cut, units = ground.skip_cut, ground.take_cut, ground.units
    limits, after, low, high = ground.limits, ground.after, ground.low, ground.high
    at, node, used, cost, sums = steps.at, steps.node, steps.used, steps.cost, steps.sums
    tried, begun, inside = steps.tried, steps.begun, steps.inside
    profit, duals, slot_price = prices
    end = table.shape[0] - 2
    top = table.shape[1] - 1
    room = sets.shape[0]
    many = low.shape[0]
    t = at[DEPTH]
    made = 0
    below = threshold - constant
    while t >= 0:
        if at[FOUND] == room:
            at[DEPTH] = t
            return FULL, made
        if made >= budget:
            at[DEPTH] = t
            return PAUSED, made
        made += 1
        v, x, r = order[t], node[t], used[t]
        unit = units[t]
        if tried[t] == 2:
            inside[v] = False
            tried[t] = 0
            t -= 1
            continue
        out, held = np.inf, np.inf
        after_out, after_in = skip[x], take[x]
        if table[after_out, r] < NO_SET:
            out = cost[t] + border * skip_cut[x] + table[after_out, r] / scale
        if r + unit <= top and table[after_in, r + unit] < NO_SET:
            held = cost[t] + border * take_cut[x] - profit[v] + table[after_in, r + unit] / scale
        if tried[t] == 0:
            begun[t] = 1 if held < out else 0
        comes_in = begun[t] if tried[t] == 0 else 1 - begun[t]
        tried[t] += 1
        inside[v] = comes_in == 1
        if (held if comes_in == 1 else out) >= below:
            continue
        fits = True
        for m in range(many):
            total = sums[t, m] + (limits[t, m] if comes_in == 1 else 0.0)
            sums[t + 1, m] = total
            if total > high[m] or total + after[t + 1, m] < low[m]:
                fits = False
        if not fits:
            continue
        follows = after_in if comes_in == 1 else after_out
        if follows == end:
            _hand_out(p, steps, slot_price, duals, threshold, sets, slots, costs)
            continue
        node[t + 1] = follows
        used[t + 1] = r + (unit if comes_in == 1 else 0)
        cost[t + 1] = cost[t] + (border * take_cut[x] - profit[v] if comes_in == 1 else border * skip_cut[x])
        tried[t + 1] = 0
        t += 1
    at[DEPTH] = -1
    return DONE, made
