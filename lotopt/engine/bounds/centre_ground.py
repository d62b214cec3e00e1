"""Atoms as the bound by centres sees them: points with a mass, a size and an agency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotopt.engine.model.agencies import agency_atoms
from lotopt.engine.model.program import INERTIA, ONE, TOTAL, Bools, Floats, Ints, Partitioning


@dataclass(frozen=True, eq=False)
class Ground:
    """Atoms in the order of their agencies: what the kernels read, and `atoms`, their numbers in the problem."""

    atoms: Ints
    first: Ints
    x: Floats
    y: Floats
    mass: Floats
    own: Floats  # what an atom costs wherever it is: its inertia about itself, and costs per unit of a sum
    size: Floats
    low: float
    high: float
    counted: Bools  # which agencies cost something


def ground_of(problem: Partitioning, slot: int | None) -> Ground | None:
    """What the bound speaks about; None where costs are not of that kind. `slot` counts interfaces, if given."""
    p, cost = problem.program, problem.cost
    shapes = [s for s in np.flatnonzero(p.kind == INERTIA).tolist() if cost[s] > 0]
    additive = (p.kind == ONE) | (p.kind == TOTAL)
    if not shapes or (cost[~additive] < 0).any():
        return None
    # several measures of compactness: the one that weighs most
    shape = max(
        shapes,
        key=lambda s: float(cost[s] * p.clouds[p.which[s], :, 4].sum() + cost[s] * _spread(p.clouds[p.which[s]])),
    )
    cloud = p.clouds[p.which[shape]]
    own = cost[shape] * cloud[:, 4]
    for s in np.flatnonzero(p.kind == TOTAL).tolist():
        own = own + cost[s] * p.sums[p.which[s]]
    groups = [] if slot is None else list(agency_atoms(p, int(p.which[slot])))
    seen = np.zeros(p.atoms, dtype=np.int64)
    for held in groups:
        seen[held] += 1
    groups = [held[seen[held] == 1] for held in groups]  # what meets two agencies is let off both
    counted = [True] * len(groups) + [False] * int((seen != 1).sum())
    groups = [*groups, *(np.array([v]) for v in np.flatnonzero(seen != 1))]
    atoms = np.concatenate(groups).astype(np.int64)
    size, low, high = _size(problem)
    return Ground(
        atoms,
        np.cumsum([0, *(len(held) for held in groups)]).astype(np.int64),
        cloud[atoms, 5].copy(),
        cloud[atoms, 6].copy(),
        cost[shape] * cloud[atoms, 0],
        own[atoms],
        size[atoms],
        low,
        high,
        np.array(counted, dtype=bool),
    )


def _spread(cloud: Floats) -> float:
    weight = cloud[:, 0]
    total = max(float(weight.sum()), 1e-300)
    centre = (weight[:, None] * cloud[:, 5:7]).sum(axis=0) / total
    return float((weight * ((cloud[:, 5:7] - centre) ** 2).sum(axis=1)).sum())


def _size(problem: Partitioning) -> tuple[Floats, float, float]:
    """The sum whose limits bind most, and those limits; none where lots may be let off them."""
    p = problem.program
    best, found = np.inf, (np.zeros(p.atoms), 0.0, np.inf)
    for slot in np.flatnonzero(p.kind == TOTAL):
        values = p.sums[p.which[slot]]
        mine = [m for m, s in enumerate(p.limit_slot) if s == slot and not p.limit_exempt[m].any()]
        low = max([0.0, *(float(p.limit_low[m]) for m in mine)])
        high = min([np.inf, *(float(p.limit_high[m]) for m in mine)])
        share = high / max(float(values.sum()), 1e-300)
        if mine and share < best:
            best, found = share, (values, low, high)
    return found
