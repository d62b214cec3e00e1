"""First plans of many atoms: balanced centres, as in k-means with power diagrams, put in one piece each.

Every atom goes to the centre of least squared distance less the centre's price; prices rise where columns are too
small and fall where they are too large (Aurenhammer, Hoffmann & Aronov 1998), centres move to their columns' middle.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from lotopt.engine.large.coarse import Ground
from lotopt.engine.model.program import SPAN, TOTAL, Floats, Ints, Partitioning, Program

ROUNDS, AFTER = 90, 30  # moves of prices and centres, from the start and after a centre was put elsewhere
STILL = 10  # of them with the centres where they are
LANDMARKS = 12


def ground_of(problem: Partitioning) -> Ground:
    """Where atoms are, what they weigh in the goals' shape, and in the tightest limit on a sum."""
    p = problem.program
    xy = np.zeros((p.atoms, 2))
    count = np.diff(p.point_ptr)
    owner = np.repeat(np.arange(p.atoms), count)
    for axis in range(2):
        xy[:, axis] = np.bincount(owner, weights=p.point_xy[:, axis], minlength=p.atoms) / np.maximum(count, 1)
    if len(np.unique(xy, axis=0)) < min(p.atoms, 3):
        xy = _embedded(p)
    m = tightest(p)
    weight = np.ones(p.atoms) if m is None else p.sums[p.which[p.limit_slot[m]]]
    mass = p.clouds[0, :, 0] if len(p.clouds) else weight
    return Ground(xy, mass if mass.any() else np.ones(p.atoms), weight if weight.any() else np.ones(p.atoms))


def tightest(p: Program) -> int | None:
    """The limit on a sum that leaves columns least room."""
    found, least = None, np.inf
    for m, slot in enumerate(p.limit_slot):
        if p.kind[slot] == TOTAL:
            low, high = max(0.0, float(p.limit_low[m])), float(p.limit_high[m])
            room = (high - low) / (high + low) if np.isfinite(high) and high + low > 0 else 1.0
            if room < least:
                found, least = m, room
    return found


def bounds_of(p: Program) -> tuple[float, float]:
    """Least and most weight of a column, in the tightest limit."""
    m = tightest(p)
    return (0.0, math.inf) if m is None else (max(0.0, float(p.limit_low[m])), float(p.limit_high[m]))


def domains(p: Program) -> Ints:
    """Pieces of the graph that no column crosses: its components, within agencies that each column has one of."""
    alike = np.zeros(p.atoms, dtype=np.int64)
    for m, slot in enumerate(p.limit_slot):
        if p.kind[slot] != SPAN or p.limit_high[m] >= 2 or p.limit_exempt[m].any():
            continue
        ptr = p.layer_ptr[p.which[slot]]
        if (np.diff(ptr) == 1).all():
            of = p.layer_agency[ptr[:-1]]
            alike = np.unique(alike * (int(of.max()) + 1) + of, return_inverse=True)[1].astype(np.int64)
    piece = np.full(p.atoms, -1, dtype=np.int64)
    _flood(p.link_ptr, p.link_to, alike, piece)
    return piece


def shared_out(weights: Floats, count: int, low: float, high: float) -> Ints:
    """How many of `count` columns each domain gets: what holds its weight, the rest where they would be largest."""
    least = np.maximum(1, np.ceil(weights / high - 1e-9) if np.isfinite(high) else np.ones(len(weights)))
    most = np.maximum(least, np.floor(weights / low + 1e-9) if low > 0 else np.full(len(weights), count))
    of = least.astype(np.int64)
    while of.sum() < count:
        share = np.where(of < most, weights / (of + 0.5), -1.0)
        if share.max() < 0:
            share = weights / (of + 0.5)
        of[int(np.argmax(share))] += 1
    return of


def first_plan(
    p: Program, ground: Ground, domain: Ints, count: int, low: float, high: float, kicks: int, seed: int
) -> Ints:
    """About `count` connected columns of about equal weight, numbered from 0: the column (n,) of each atom."""
    number = int(domain.max()) + 1
    weights = np.bincount(domain, weights=ground.weight).astype(np.float64)
    label = np.full(p.atoms, -1, dtype=np.int64)
    made = 0
    random = np.random.default_rng(seed)
    for d, columns in zip(range(number), shared_out(weights, count, low, high), strict=True):
        atoms = np.flatnonzero(domain == d)
        columns = min(int(columns), len(atoms))
        within = np.zeros(len(atoms), dtype=np.int64)
        if columns > 1:
            # aimed a little inside the limits
            mean = weights[d] / columns
            inside = Ground(ground.xy[atoms], ground.mass[atoms], ground.weight[atoms])
            top = (high + 2 * mean) / 3 if math.isfinite(high) else math.inf
            within = _balanced(inside, columns, (low + 2 * mean) / 3, top, kicks, random)
        label[atoms] = made + within
        made += columns
    _settle(p.link_ptr, p.link_to, domain, ground.weight, label, made)
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def _embedded(p: Program) -> Floats:
    """Positions made up from the graph alone: distances to a few far-apart atoms, in two dimensions (PivotMDS)."""
    steps = np.zeros((LANDMARKS, p.atoms))
    nearest = np.full(p.atoms, np.inf)
    far = 0
    for row in range(LANDMARKS):
        steps[row] = _steps_from(p.link_ptr, p.link_to, far)
        nearest = np.minimum(nearest, steps[row])
        far = int(np.argmax(nearest))
    squared = steps.T**2
    squared = squared - squared.mean(axis=0) - squared.mean(axis=1)[:, None] + squared.mean()
    _, vectors = np.linalg.eigh(squared.T @ squared)
    xy = squared @ vectors[:, -2:]
    return np.asarray(xy / max(float(np.abs(xy).max()), 1e-9) * 100.0)


@njit(cache=True)
def _steps_from(ptr, to, start):  # type: ignore[no-untyped-def]
    """Links between an atom and every other; out of reach counts as one more than the furthest."""
    n = ptr.shape[0] - 1
    steps = np.full(n, -1.0)
    queue = np.zeros(n, dtype=np.int64)
    queue[0] = start
    steps[start] = 0.0
    head, tail = 0, 1
    while head < tail:
        v = queue[head]
        head += 1
        for e in range(ptr[v], ptr[v + 1]):
            if steps[to[e]] < 0.0:
                steps[to[e]] = steps[v] + 1.0
                queue[tail] = to[e]
                tail += 1
    furthest = steps.max() + 1.0
    for v in range(n):
        if steps[v] < 0.0:
            steps[v] = furthest
    return steps


@njit(cache=True)
def _flood(ptr, to, alike, piece):  # type: ignore[no-untyped-def]
    """Number the connected pieces of atoms that are alike; their number. Atoms of piece -1 or above it are kept."""
    made = 0
    queue = np.zeros(alike.shape[0], dtype=np.int64)
    for start in range(alike.shape[0]):
        if piece[start] >= 0:
            continue
        piece[start] = made
        queue[0] = start
        head, tail = 0, 1
        while head < tail:
            v = queue[head]
            head += 1
            for e in range(ptr[v], ptr[v + 1]):
                u = to[e]
                if piece[u] < 0 and alike[u] == alike[v]:
                    piece[u] = made
                    queue[tail] = u
                    tail += 1
        made += 1
    return made


def _balanced(ground: Ground, count: int, low: float, high: float, kicks: int, random: np.random.Generator) -> Ints:
    """Balanced columns around centres: the column (n,) of each atom, each of 0 to count - 1 at least once.

    One centre after another is put elsewhere, and stays there where columns spread less.
    """
    xy, mass, weight = ground.xy, ground.mass + 1e-9 * ground.mass.max(), ground.weight
    centre, apart = np.zeros((count, 2)), np.full(len(xy), 1e12)
    for k in range(count):  # centres far from each other, more of them where mass is (k-means++)
        centre[k] = xy[_drawn(mass * apart, random)]
        apart = np.minimum(apart, ((xy - centre[k]) ** 2).sum(axis=1))
    price, spread, label = np.zeros(count), np.zeros(count), np.zeros(len(xy), dtype=np.int64)
    best = _relax(xy, mass, weight, low, high, centre, price, ROUNDS, STILL, label, spread)
    for _ in range(kicks):
        new_centre, new_price, new_spread, new_label = centre.copy(), price.copy(), spread.copy(), label.copy()
        out, into = int(random.integers(count)), _drawn(spread, random)
        new_centre[out] = xy[_drawn(np.where(label == into, mass, 0.0), random)]
        new_price[out] = price[into]
        value = _relax(xy, mass, weight, low, high, new_centre, new_price, AFTER, STILL, new_label, new_spread)
        if value < best:
            best, centre, price, spread, label = value, new_centre, new_price, new_spread, new_label
    size = np.bincount(label, minlength=count)
    for k in np.flatnonzero(size == 0).tolist():  # nobody came: any atom of a column that has others
        v = int(np.flatnonzero(size[label] > 1)[0])
        size[label[v]] -= 1
        size[k] += 1
        label[v] = k
    return label


def _drawn(chance: Floats, random: np.random.Generator) -> int:
    """A place drawn with the chances given."""
    reach = np.cumsum(chance)
    return min(int(np.searchsorted(reach, random.random() * reach[-1], side="right")), len(chance) - 1)


@njit(cache=True)
def _relax(xy, mass, weight, low, high, centre, price, rounds, still, label, spread):  # type: ignore[no-untyped-def]
    """Move prices, and centres but for the last `still` rounds; how far columns spread, with a penalty for sizes."""
    count = centre.shape[0]
    gain, before = np.full(count, 0.5), np.zeros(count)  # prices that swing move less from then on
    load, body, x_of, y_of = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count)
    mean = total = off_in_all = 0.0
    for v in range(xy.shape[0]):
        mean += weight[v] / count
    for turn in range(rounds):
        for k in range(count):
            load[k] = body[k] = x_of[k] = y_of[k] = spread[k] = 0.0
        for v in range(xy.shape[0]):
            x, y = xy[v, 0], xy[v, 1]
            best, least = 0, 1e300
            for k in range(count):
                dx, dy = x - centre[k, 0], y - centre[k, 1]
                d = dx * dx + dy * dy - price[k]
                if d < least:
                    best, least = k, d
            label[v] = best
            load[best] += weight[v]
            body[best] += mass[v]
            x_of[best] += mass[v] * x
            y_of[best] += mass[v] * y
            spread[best] += mass[v] * (least + price[best])
        total = bodies = off_in_all = 0.0
        for k in range(count):
            total += spread[k]
            bodies += body[k]
        for k in range(count):
            off = 0.0
            if load[k] > high:
                off = min(1.0, (load[k] - high) / mean)
            elif load[k] < low:
                off = (load[k] - low) / mean
            off_in_all += abs(off)
            if turn == rounds - 1:
                continue
            gain[k] = min(2.0, 1.1 * gain[k]) if off * before[k] >= 0.0 else 0.5 * gain[k]
            before[k] = off
            price[k] -= gain[k] * off * (spread[k] / body[k] if body[k] > 0.0 else total / bodies)
            if turn < rounds - still and body[k] > 0.0:
                centre[k, 0] = x_of[k] / body[k]
                centre[k, 1] = y_of[k] / body[k]
    return total * (1.0 + 3.0 * off_in_all / count)


@njit(cache=True)
def _settle(ptr, to, domain, weight, label, count):  # type: ignore[no-untyped-def]
    """Keep the heaviest piece of each column and hand all others to the columns around them."""
    n = label.shape[0]
    piece = np.full(n, -1, dtype=np.int64)
    made = _flood(ptr, to, label, piece)
    heavy = np.zeros(made)
    for v in range(n):
        heavy[piece[v]] += weight[v] + 1e-9
    body = np.full(count, -1)
    for v in range(n):
        k = label[v]
        if body[k] < 0 or heavy[piece[v]] > heavy[body[k]]:
            body[k] = piece[v]
    queue = np.zeros(n, dtype=np.int64)
    tail = 0
    for v in range(n):
        if body[label[v]] == piece[v]:
            queue[tail] = v
            tail += 1
        else:
            label[v] = -1
    head = 0
    while head < tail:
        v = queue[head]
        head += 1
        for e in range(ptr[v], ptr[v + 1]):
            u = to[e]
            if label[u] < 0 and domain[u] == domain[v]:
                label[u] = label[v]
                queue[tail] = u
                tail += 1
