"""From one design to another: which old lot each lot goes back to, and what moves out of its old lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lotopt.core.errors import InputError
from lotopt.territory.parts import Bools, Floats, Ints

if TYPE_CHECKING:
    from lotopt.design.design import LotDesign


@dataclass(frozen=True)
class Flow:
    """What one lot has of one old lot: areas (indices) and their `amount` of the measure, in its unit.

    `of_lot` and `of_base` are the shares of that amount in the lot and in the old lot. `main` says that the lot has
    most of this old lot, so that nothing of it counts as moved.
    """

    lot: int
    base: int
    areas: tuple[int, ...]
    amount: float
    of_lot: float
    of_base: float
    main: bool


@dataclass(frozen=True, eq=False)
class Moves:
    """How a design follows from a base design of the same areas.

    `amounts` and `counts` (lots, base lots) hold how much of the measure, and how many areas, each lot has of each
    base lot. Without a measure, or where there is nothing of it, areas count 1 each.
    """

    base: LotDesign
    plan: LotDesign
    measure: str
    amounts: Floats
    counts: Ints

    @property
    def title(self) -> str:
        """What the base is called."""
        return self.base.title or "the base"

    @cached_property
    def main(self) -> Ints:
        """The base lot that each lot has most of (L,): by the measure, then by areas, then the first of equals."""
        amounts = np.where(self.amounts.sum(axis=1, keepdims=True) > 0, self.amounts, self.counts)
        best = amounts >= amounts.max(axis=1, keepdims=True)
        return np.asarray(np.where(best, self.counts + 1, 0).argmax(axis=1), dtype=np.int64)

    @cached_property
    def moved(self) -> Bools:
        """Which areas (n,) are not of the base lot that their lot has most of."""
        return np.asarray(self.base.of != self.main[self.plan.of])

    @property
    def moved_share(self) -> float:
        """The share of the measure in areas that moved."""
        total = float(self.amounts.sum())
        kept = float(self.amounts[np.arange(len(self.plan)), self.main].sum())
        return (total - kept) / total if total > 0 else 0.0

    @property
    def kept_share(self) -> float:
        """The share of the measure that comes from the base lot that each lot has most of."""
        return 1.0 - self.moved_share

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """What every lot has of every base lot it meets, lot by lot, the main one first, then the largest."""
        lots, bases = self.amounts.sum(axis=1), self.amounts.sum(axis=0)
        found = []
        for lot in range(len(self.plan)):
            met = np.flatnonzero(self.counts[lot] > 0).tolist()
            main = int(self.main[lot])
            for base in sorted(met, key=lambda b: (b != main, -self.amounts[lot, b], -self.counts[lot, b], b)):
                areas = np.flatnonzero((self.plan.of == lot) & (self.base.of == base))
                amount = float(self.amounts[lot, base])
                shares = _part(amount, float(lots[lot])), _part(amount, float(bases[base]))
                found.append(Flow(lot, base, tuple(areas.tolist()), amount, *shares, base == main))
        return tuple(found)

    def followers(self, base: int) -> tuple[int, ...]:
        """The lots that have most of a base lot: none where it was shared out, several where it was divided."""
        return tuple(np.flatnonzero(self.main == base).tolist())

    def same(self, lot: int) -> bool:
        """Whether a lot holds the same areas as the base lot it has most of."""
        main = self.main[lot]
        return bool(self.counts[lot, main] == self.counts[lot].sum() == self.counts[:, main].sum())


def moves(base: LotDesign, plan: LotDesign, measure: str = "") -> Moves:
    """How `plan` follows from `base`, weighed by a measure of the territory of `plan` (none: areas count alike).

    Raises InputError where the two are not of the same areas, and for a measure that is not there.
    """
    if base.territory.ids != plan.territory.ids:
        raise InputError(base.title or "base", f"is drawn on {other_areas(base.territory.ids, plan.territory.ids)}")
    weight = plan.territory.measure(measure) if measure else np.ones(len(plan.territory))
    if weight.sum() <= 0:  # nothing to weigh by: areas count alike, as they do for centroids
        weight = np.ones(len(weight))
    amounts = np.zeros((len(plan), len(base)))
    counts = np.zeros((len(plan), len(base)), dtype=np.int64)
    np.add.at(amounts, (plan.of, base.of), weight)
    np.add.at(counts, (plan.of, base.of), 1)
    return Moves(base, plan, measure, amounts, counts)


def other_areas(given: Sequence[str], wanted: Sequence[str]) -> str:
    """What is different about the areas of two designs."""
    lacking = len(set(wanted) - set(given))
    beyond = len(set(given) - set(wanted))
    if not lacking and not beyond:
        return "the same areas in another order; read both designs on one territory"
    return f"other areas: {lacking:,} are missing and {beyond:,} are not of this territory"


def _part(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
