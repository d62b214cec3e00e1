"""The agencies of a layer whose interfaces are counted, and how many lots each must meet at least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotopt.engine.model.program import SPAN, TOTAL, Floats, Ints, Partitioning, Program

NEAR = 1e-9


@dataclass(frozen=True, eq=False)
class Agencies:
    """Agencies of the layer that `slot` counts: `atoms` that meet each, and `need`, the fewest columns they meet.

    `allowed`: the most interfaces that side rows let a plan have, infinite without such a row. `price`: what one
    interface costs.
    """

    slot: int
    layer: int
    atoms: tuple[Ints, ...]
    need: Ints
    allowed: float
    price: float

    @property
    def fewest(self) -> int:
        """Interfaces that every plan has: each agency meets as many columns as its size asks for."""
        return int(self.need.sum())


def counted_layers(problem: Partitioning) -> list[Agencies]:
    """The layers whose interfaces cost something, or are limited in all."""
    found = []
    p = problem.program
    for slot in np.flatnonzero(p.kind == SPAN).tolist():
        allowed, price = most_of(problem, slot), float(problem.cost[slot])
        if np.isfinite(allowed) or price > 0:
            atoms = agency_atoms(p, int(p.which[slot]))
            found.append(Agencies(slot, int(p.which[slot]), atoms, needs(p, atoms), allowed, price))
    return found


def price_of_needs(problem: Partitioning) -> float:
    """What the interfaces that every plan has cost: a bound where no cost is negative, else -inf."""
    if (problem.cost < 0).any():
        return -np.inf
    return float(sum(layer.price * layer.fewest for layer in counted_layers(problem)))


def most_of(problem: Partitioning, slot: int) -> float:
    """The most that side rows let a whole-numbered slot add up to over all columns."""
    most = np.inf
    for row, high in zip(problem.rows, problem.row_high, strict=True):
        if row[slot] > 0 and np.count_nonzero(row) == 1:
            most = min(most, float(np.floor(high / row[slot] + NEAR)))
    return most


def agency_atoms(p: Program, layer: int) -> tuple[Ints, ...]:
    """The atoms that meet each agency of a layer, agencies without atoms left out."""
    meets = np.repeat(np.arange(p.atoms), np.diff(p.layer_ptr[layer]))
    agency = p.layer_agency[p.layer_ptr[layer, 0] : p.layer_ptr[layer, -1]]
    return tuple(np.unique(meets[agency == a]) for a in np.unique(agency))


def needs(p: Program, atoms: tuple[Ints, ...]) -> Ints:
    """How many columns the atoms of each agency fill at least, by every upper limit on a sum that binds all."""
    need = np.ones(len(atoms), dtype=np.int64)
    for most, values in size_limits(p):
        for a, held in enumerate(atoms):
            need[a] = max(need[a], int(np.ceil(values[held].sum() / most * (1 - NEAR) - NEAR)))
    return need


def size_limits(p: Program) -> list[tuple[float, Floats]]:
    """Upper limits on sums from which no atom is exempt, each with the numbers that are added up."""
    found = []
    for m, slot in enumerate(p.limit_slot):
        if p.kind[slot] == TOTAL and 0 < p.limit_high[m] < np.inf and not p.limit_exempt[m].any():
            found.append((float(p.limit_high[m]), p.sums[p.which[slot]]))
    return found
