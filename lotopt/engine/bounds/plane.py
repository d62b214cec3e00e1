"""Compiled: over all centres of the plane, the most that a set of atoms around a centre can be worth.

The inertia of a set about any point m is its inertia about its own centre plus its mass times the squared distance of
m from there. So the inertia of a set whose centre lies in a box with middle m and half a diagonal r is at least what
it is about m, less its mass times r2. About a given point everything is a sum over atoms: which atoms to take follows
from their signs, and the limit on size is dualised. Boxes are quartered while that bound is worth it; that sets need
not be connected makes it a relaxation.
"""

from __future__ import annotations

import numpy as np
from numba import njit

HALVINGS = 24


@njit(cache=True, nogil=True)
def around(mx, my, slack, x, y, mass, profit, size, first, low, high, toll, value, taken):  # type: ignore[no-untyped-def]
    """The most a set is worth about (mx, my), and two prices of size between which it is reached.

    Atoms come agency by agency, agency a in first[a]:first[a + 1]; an agency of which something is taken costs
    toll[a]. `slack` is the r2 that inertia may be less by; value (n,) and taken (n,) are scratch.
    """
    n = x.shape[0]
    steepest = 0.0
    for i in range(n):
        dx, dy = x[i] - mx, y[i] - my
        value[i] = profit[i] - mass[i] * (dx * dx + dy * dy - slack)
        if size[i] > 0.0 and value[i] > steepest * size[i]:
            steepest = value[i] / size[i]
    worth, weight = _take(value, size, first, toll, 0.0, taken)
    best = worth
    if weight > high:
        below, above = 0.0, steepest
        best = np.inf
    elif weight < low:
        below, above = 0.0, 0.0
        step = steepest if steepest > 0.0 else 1.0
        # the price of size falls until enough is taken
        for _ in range(60):
            below -= step
            step *= 2.0
            worth, weight = _take(value, size, first, toll, below, taken)
            best = min(best, worth + below * low)
            if weight >= low:
                break
            above = below
    else:
        if worth <= 0.0:
            best = _take_one(value, first, toll, taken)
        return best, 0.0, 0.0
    for _ in range(HALVINGS):
        price = 0.5 * (below + above)
        worth, weight = _take(value, size, first, toll, price, taken)
        best = min(best, worth + price * (high if price > 0.0 else low))
        if weight > (high if price > 0.0 else low):
            below = price
        else:
            above = price
        if above - below < 1e-6 * max(abs(above), abs(below)):
            break
    return best, below, above


@njit(cache=True, nogil=True)
def _take_one(value, first, toll, taken):  # type: ignore[no-untyped-def]
    """What the best set is worth where none is worth anything: no set is empty."""
    best, pick = -np.inf, 0
    for a in range(first.shape[0] - 1):
        for i in range(first[a], first[a + 1]):
            taken[i] = False
            if value[i] - toll[a] > best:
                best, pick = value[i] - toll[a], i
    # an agency of gains that together do not make up for its toll is worth nothing at most
    for a in range(first.shape[0] - 1):
        here = -toll[a]
        for i in range(first[a], first[a + 1]):
            here += max(0.0, value[i])
        if first[a + 1] > first[a]:
            best = max(best, here if here > -toll[a] else best)
    taken[pick] = True
    return best


@njit(cache=True, nogil=True)
def _take(value, size, first, toll, price, taken):  # type: ignore[no-untyped-def]
    """What the atoms are worth at a price of size, and the size of those taken."""
    worth, weight = 0.0, 0.0
    for a in range(first.shape[0] - 1):
        here, heavy = -toll[a], 0.0
        for i in range(first[a], first[a + 1]):
            gain = value[i] - price * size[i]
            taken[i] = gain > 0.0
            if gain > 0.0:
                here += gain
                heavy += size[i]
        if here > 0.0:
            worth += here
            weight += heavy
        else:
            for i in range(first[a], first[a + 1]):
                taken[i] = False
    return worth, weight


@njit(cache=True, nogil=True)
def sweep(x, y, mass, profit, size, first, low, high, toll, enough, fine, boxes, left, spots):  # type: ignore[no-untyped-def]
    """Go on quartering boxes[:left] (x, y, half a side, bound); returns (left, bound of the boxes that were closed).

    A box is closed when its bound is at most `enough`, when what its size adds to the bound is at most `fine`, or
    when there is no more room for its quarters; then its middle goes to `spots` (x, y, bound; a ring, its first row
    counts). Stops after some steps, with more to do while boxes are left.
    """
    n = x.shape[0]
    value, taken = np.zeros(n), np.zeros(n, dtype=np.bool_)
    worst = -np.inf
    steps = 0
    while left > 0 and steps < 4000:
        left -= 1
        steps += 1
        mx, my, half = boxes[left, 0], boxes[left, 1], boxes[left, 2]
        slack = 2.0 * half * half
        bound, _below, _above = around(mx, my, slack, x, y, mass, profit, size, first, low, high, toll, value, taken)
        if bound <= enough:
            worst = max(worst, bound)
            continue
        heavy = 0.0
        for i in range(n):
            if taken[i]:
                heavy += mass[i]
        if heavy * slack <= fine or left + 5 > boxes.shape[0]:
            worst = max(worst, bound)
            row = 1 + int(spots[0, 0]) % (spots.shape[0] - 1)
            spots[row, 0], spots[row, 1], spots[row, 2] = mx, my, bound
            spots[0, 0] += 1
            continue
        for k in range(4):
            boxes[left, 0] = mx + (0.5 if k & 1 else -0.5) * half
            boxes[left, 1] = my + (0.5 if k & 2 else -0.5) * half
            boxes[left, 2] = 0.5 * half
            boxes[left, 3] = bound
            left += 1
    return left, worst


@njit(cache=True, nogil=True)
def settle(mx, my, x, y, mass, profit, size, first, low, high, toll, share):  # type: ignore[no-untyped-def]
    """Move a centre to that of its best set until it stays; fill share (n,) with how much of each atom is in it.

    Where the limit on size binds, the set is a mixture of two, one on either side of the limit. Returns the centre.
    """
    n = x.shape[0]
    value, taken = np.zeros(n), np.zeros(n, dtype=np.bool_)
    for _ in range(12):
        _worth, below, above = around(mx, my, 0.0, x, y, mass, profit, size, first, low, high, toll, value, taken)
        light = 0.0
        if below < above:
            _worth, light = _take(value, size, first, toll, above, taken)
        for i in range(n):
            share[i] = 1.0 if taken[i] else 0.0
        if below < above:
            _worth, heavy = _take(value, size, first, toll, below, taken)
            limit = high if above > 0.0 else low
            part = 1.0 if heavy <= light else min(1.0, max(0.0, (heavy - limit) / (heavy - light)))
            for i in range(n):
                share[i] = part * share[i] + (1.0 - part if taken[i] else 0.0)
        total = sx = sy = 0.0
        for i in range(n):
            total += share[i] * mass[i]
            sx += share[i] * mass[i] * x[i]
            sy += share[i] * mass[i] * y[i]
        if total <= 0.0 or (sx / total - mx) ** 2 + (sy / total - my) ** 2 < 1e-12 * (1.0 + mx * mx + my * my):
            break
        mx, my = sx / total, sy / total
    return mx, my
