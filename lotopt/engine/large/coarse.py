"""Coarser problems of the same kind: atoms merged into units, with every slot still measured exactly.

A plan of the units is a plan of the atoms, at the same cost. So one search serves at every level, and a shift of one
unit is a long chain of shifts of its atoms (multilevel refinement, Karypis & Kumar 1998).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from lotopt.engine.model.program import Floats, Ints, Program


@dataclass(frozen=True)
class Ground:
    """Where atoms are and what they weigh: `xy` (n, 2), `mass` (n,) for shape, `weight` (n,) for size."""

    xy: Floats
    mass: Floats
    weight: Floats

    def merged(self, unit: Ints) -> Ground:
        """The same for units of atoms: masses and weights added up, positions at the centre of mass."""
        mass = np.bincount(unit, weights=self.mass).astype(np.float64)
        share = np.where(mass[unit] > 0, self.mass, 1.0)
        total = np.bincount(unit, weights=share)
        xy = np.stack([np.bincount(unit, weights=share * self.xy[:, axis]) / total for axis in range(2)], axis=1)
        return Ground(xy, mass, np.bincount(unit, weights=self.weight).astype(np.float64))


def merged(p: Program, unit: Ints) -> Program:
    """The program of units: `unit` (n,) numbers them from 0 and each is connected. Groups stay as they are.

    A unit that holds a grouped atom must hold nothing else; it is exempt where one of its atoms is.
    """
    count = int(unit.max()) + 1
    link_ptr, link_to, _ = _contract(p.link_ptr, p.link_to, np.ones(len(p.link_to)), unit, count)
    border_ptr, border_to, border_length = _contract(p.border_ptr, p.border_to, p.border_length, unit, count)
    ends = np.repeat(np.arange(count), np.diff(border_ptr))
    order = np.argsort(unit, kind="stable")
    points = np.diff(p.point_ptr)
    point_order = np.argsort(np.repeat(unit, points), kind="stable")
    group = np.full(count, -1, dtype=np.int64)
    group[unit[p.group >= 0]] = p.group[p.group >= 0]
    exempt = np.zeros((len(p.limit_slot), count), dtype=bool)
    for m in range(len(exempt)):
        exempt[m] = np.bincount(unit, weights=p.limit_exempt[m], minlength=count) > 0
    layer_ptr, layer_agency, layer_weight = _layers(p, unit, count)
    return p._replace(
        link_ptr=link_ptr,
        link_to=link_to,
        sums=np.array([np.bincount(unit, weights=row, minlength=count) for row in p.sums]).reshape(-1, count),
        layer_ptr=layer_ptr,
        layer_agency=layer_agency,
        layer_weight=layer_weight,
        clouds=_clouds(p, unit, count, order),
        border_ptr=border_ptr,
        border_to=border_to,
        border_length=border_length,
        outer=np.bincount(ends, weights=border_length, minlength=count).astype(np.float64),
        point_ptr=np.append(0, np.cumsum(np.bincount(unit, weights=points, minlength=count))).astype(np.int64),
        point_xy=np.ascontiguousarray(p.point_xy[point_order]),
        group=group,
        limit_exempt=exempt,
    )


def _contract(ptr: Ints, to: Ints, length: Floats, unit: Ints, count: int) -> tuple[Ints, Ints, Floats]:
    """Pairs of units that are next to each other, with the lengths between them added up."""
    a, b = unit[np.repeat(np.arange(len(unit)), np.diff(ptr))], unit[to]
    apart = a != b
    keys, place = np.unique(a[apart] * count + b[apart], return_inverse=True)
    added = np.bincount(place, weights=length[apart], minlength=len(keys))
    pointers = np.searchsorted(keys, np.arange(count + 1) * count)
    return pointers.astype(np.int64), (keys % count).astype(np.int64), added.astype(np.float64)


def _layers(p: Program, unit: Ints, count: int) -> tuple[Ints, Ints, Floats]:
    pointers, agencies, weights, offset = [], [], [], 0
    total = int(p.layer_first[-1])
    for ptr in p.layer_ptr:
        of = unit[np.repeat(np.arange(len(unit)), np.diff(ptr))]
        held = slice(int(ptr[0]), int(ptr[-1]))
        keys, place = np.unique(of * total + p.layer_agency[held], return_inverse=True)
        pointers.append(np.searchsorted(keys, np.arange(count + 1) * total) + offset)
        agencies.append(keys % total)
        weights.append(np.bincount(place, weights=p.layer_weight[held], minlength=len(keys)))
        offset += len(keys)
    none = np.zeros(0)
    return (
        np.array(pointers, dtype=np.int64).reshape(-1, count + 1),
        np.concatenate([none, *agencies]).astype(np.int64),
        np.concatenate([none, *weights]).astype(np.float64),
    )


def _clouds(p: Program, unit: Ints, count: int, order: Ints) -> Floats:
    clouds = np.zeros((len(p.clouds), count, 7))
    first = order[np.searchsorted(unit[order], np.arange(count))]
    for q, of in enumerate(p.clouds):
        for k in range(3):
            clouds[q, :, k] = np.bincount(unit, weights=of[:, k], minlength=count)
        weight = clouds[q, :, 0]
        some = weight > 0
        clouds[q, :, 5:] = of[first, 5:]  # a unit without weight is nowhere in particular
        clouds[q, some, 5:] = clouds[q, some, 1:3] / weight[some, None]
        apart = ((of[:, 5:] - clouds[q, unit, 5:]) ** 2).sum(axis=1)
        clouds[q, :, 4] = np.bincount(unit, weights=of[:, 4] + of[:, 0] * apart, minlength=count)
        clouds[q, :, 3] = clouds[q, :, 4] + weight * (clouds[q, :, 5:] ** 2).sum(axis=1)
    return clouds


def units(p: Program, ground: Ground, alike: list[Ints], target: int, heaviest: float, seed: int) -> Ints:
    """Merge neighbouring atoms into about `target` units, none heavier than `heaviest`: the unit (n,) of each atom.

    Ward's merging (1963) by rounds of matching. alike[0] (n,) tells atoms that may share a unit; atoms alike in
    alike[1] too are merged first, as far as that goes, and so on: units are parts of agencies while they can be.
    """
    random = np.random.default_rng(seed)
    unit = np.arange(p.atoms, dtype=np.int64)
    a = np.repeat(np.arange(p.atoms, dtype=np.int64), np.diff(p.link_ptr))
    pairs = np.stack([a, p.link_to], axis=1)[a < p.link_to]
    pairs = pairs[(p.group[pairs] < 0).all(axis=1) & (alike[0][pairs[:, 0]] == alike[0][pairs[:, 1]])]
    count, merging, here = p.atoms, ground, pairs
    for depth in range(len(alike) - 1, -1, -1):
        open_pairs = here
        for of in alike[1 : depth + 1]:
            open_pairs = open_pairs[of[open_pairs[:, 0]] == of[open_pairs[:, 1]]]
        while count > target:
            edges = unit[open_pairs]
            edges = edges[edges[:, 0] != edges[:, 1]]
            edges = np.unique(np.sort(edges, axis=1), axis=0)
            x, y = edges[:, 0], edges[:, 1]
            fits = merging.weight[x] + merging.weight[y] <= heaviest
            x, y = x[fits], y[fits]
            mass = merging.mass + 1e-9 * max(float(merging.mass.mean()), 1e-300)
            apart = ((merging.xy[x] - merging.xy[y]) ** 2).sum(axis=1)
            price = mass[x] * mass[y] / (mass[x] + mass[y]) * apart * random.uniform(0.7, 1.3, len(x))
            matched = _match(x[np.argsort(price)], y[np.argsort(price)], count, count - target)
            if (matched == np.arange(count)).all():
                break
            _, renumbered = np.unique(matched, return_inverse=True)
            renumbered = renumbered.astype(np.int64)
            unit, merging = renumbered[unit], merging.merged(renumbered)
            count = int(renumbered.max()) + 1
    return unit


@njit(cache=True)
def _match(x, y, count, most):  # type: ignore[no-untyped-def]
    """Merge pairs in the order given, each unit once: the smaller partner of each unit, itself where it has none."""
    partner = np.arange(count)
    free = np.ones(count, dtype=np.bool_)
    made = 0
    # a third at most in one round: the cheapest pairs first, before the rest are matched badly
    for k in range(x.shape[0]):
        if made >= most or 3 * made > count:
            break
        if free[x[k]] and free[y[k]]:
            free[x[k]] = free[y[k]] = False
            low, high = min(x[k], y[k]), max(x[k], y[k])
            partner[high] = low
            made += 1
    return partner
