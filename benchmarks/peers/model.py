"""A MILP as arrays: what every model of a peer is written down as, and what every solver of a peer reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass
class Model:
    """Minimise over rows `low <= sum of values <= high`; columns are added with their cost and upper bound.

    `whole` columns have to be whole; `rounds` columns may be, and nothing is lost. A row is kept as it is, and its
    `unit` beside it: solvers that work with tolerances are given the row divided by it. `plan_of` reads a plan from
    the values of the columns. `proxy` where the objective is not ours, so that neither its value nor its bound says
    anything about ours.
    """

    cost: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rounds: list[bool] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    unit: list[float] = field(default_factory=list)
    entries: list[tuple[npt.NDArray[np.int32], Floats]] = field(default_factory=list)
    plan_of: Callable[[Floats], Sequence[object]] = lambda values: ()
    proxy: bool = False
    enumerate_seconds: float = 0.0

    def column(self, cost: float = 0.0, *, upper: float = 1.0, whole: bool = True, rounds: bool = True) -> int:
        """A new column, from 0 to `upper`; its number."""
        self.cost.append(cost)
        self.upper.append(upper)
        self.whole.append(whole)
        self.rounds.append(rounds)
        return len(self.cost) - 1

    def row(
        self, columns: Any, values: Any, low: float = -np.inf, high: float = np.inf, *, unit: float = 1.0
    ) -> None:
        """A new row; a single value counts for all of its columns, and a column named twice is added up."""
        given = np.asarray(columns, dtype=np.int32)
        index, place = np.unique(given, return_inverse=True)
        each = np.broadcast_to(np.asarray(values, dtype=float), given.shape)
        added = np.bincount(place, weights=each).astype(np.float64)
        self.entries.append((index, added))
        self.low.append(low)
        self.high.append(high)
        self.unit.append(unit)

    def rows(self) -> Iterator[tuple[npt.NDArray[np.int32], Floats, float, float]]:
        """Every row in its unit: columns, values, low, high."""
        for (index, values), low, high, unit in zip(self.entries, self.low, self.high, self.unit, strict=True):
            yield index, values / unit, low / unit, high / unit
