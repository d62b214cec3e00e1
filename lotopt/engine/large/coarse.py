"""Which atoms to merge for coarser problems of the same kind, and what is known of the ground they lie on.

A plan of merged atoms is a plan of the atoms, at the same cost. So one search serves at every level, and a shift of
one unit is a long chain of shifts of its atoms (multilevel refinement, Karypis & Kumar 1998).
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
