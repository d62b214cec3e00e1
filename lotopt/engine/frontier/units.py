"""The one sum that pricing by the frontier counts in whole units, and how far rounding may be out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotopt.engine.model.program import TOTAL, Floats, Ints, Program


@dataclass(frozen=True)
class Units:
    """The sum `which` (-1: none) in units of `unit`, `of` (n,) by atom.

    A set of u units has a sum between (u - below) and (u + above) times `unit`; a finished one has between `lowest`
    and `highest` units.
    """

    which: int
    unit: float
    of: Ints
    below: float
    above: float
    lowest: int
    highest: int

    @property
    def sums(self) -> tuple[Floats, Floats]:
        """The least and the most that the sum of a set of 0, 1, ... `highest` units may be."""
        units = np.arange(self.highest + 1, dtype=np.float64)
        return np.maximum((units - self.below) * self.unit, 0.0), (units + self.above) * self.unit


def units_of(p: Program, count: int) -> Units:
    """The sum with the narrowest limits, its upper limit divided into `count` units."""
    best, narrowest = -1, np.inf
    for m in hard_limits(p):
        whole = float(p.sums[p.which[p.limit_slot[m]]].sum())
        high = min(float(p.limit_high[m]), whole)
        width = (high - max(float(p.limit_low[m]), 0.0)) / whole if high > 0 else np.inf
        if width < narrowest and whole > 0:
            best, narrowest = m, width
    if best < 0:
        return Units(-1, 1.0, np.zeros(p.atoms, dtype=np.int64), 0.0, 0.0, 0, 0)
    which = int(p.which[p.limit_slot[best]])
    values = p.sums[which]
    high = min(float(p.limit_high[best]), float(values.sum()))
    unit = high / count
    units = np.floor(values / unit + 0.5).astype(np.int64)
    error = values / unit - units
    above, below = float(error[error > 0].sum()) + 1e-6, float(-error[error < 0].sum()) + 1e-6
    lowest = max(0, int(np.ceil(float(p.limit_low[best]) / unit - above)))
    return Units(which, unit, units, below, above, lowest, int(np.floor(count + below)))


def hard_limits(p: Program) -> list[int]:
    """The limits on sums that no atom is exempt from."""
    return [m for m, slot in enumerate(p.limit_slot) if p.kind[slot] == TOTAL and not p.limit_exempt[m].any()]
