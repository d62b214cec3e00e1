"""The master problem as data: columns with costs, rows over them, and what is known of it after a solve.

    minimise    constant + sum of costs[j] x[j]
    subject to  at_least <= sum of values[j] x[j] <= at_most    for every row
                x[j] in {0, 1}

(Garfinkel & Nemhauser 1970, set partitioning with side rows.)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lotopt.core.reading import plain
from lotopt.core.result import Status, gap_of
from lotopt.engine.model.row import EXACT_INTEGERS, Floats, Ints, Row, RowArrays, Rows

__all__ = [
    "EXACT_INTEGERS",
    "PROOF_TOLERANCE",
    "Answer",
    "Floats",
    "Ints",
    "Master",
    "Row",
    "RowArrays",
    "Rows",
    "cost_scale",
    "judged",
]

# A proof by floating-point arithmetic says no more than this about an objective (a fraction of it).
PROOF_TOLERANCE = 1e-9
# Solvers work to absolute tolerances near 1e-6. Costs are scaled by a power of two (which changes no digit) so that
# a typical one is near 2^13, and no tolerance reaches the tenth digit of an objective; none goes beyond 2^33.
TYPICAL_POWER, LARGEST_POWER = 13, 33


@dataclass(frozen=True, eq=False)
class Master:
    """Columns with costs (J,), rows over them, and a stable key of each column.

    `keys` say which column is which whatever its place: plans of equal cost are told apart by them. Without keys
    the place counts. `constant` is added to every objective. Many rows come best as `Rows`.
    """

    costs: Floats
    rows: Sequence[Row]
    keys: tuple[bytes | str, ...] = ()
    constant: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "costs", np.asarray(self.costs, dtype=np.float64))
        object.__setattr__(self, "rows", Rows.of(self.rows))
        keys = tuple(self.keys) or tuple(str(j) for j in range(len(self.costs)))
        object.__setattr__(self, "keys", keys)
        if not np.isfinite(self.costs).all():
            raise ValueError("a cost is not finite")
        if len(keys) != len(self.costs):
            raise ValueError(f"{len(self.costs)} costs and {len(keys)} keys")
        if len(set(keys)) != len(keys):
            raise ValueError("two columns have the same key")
        index = self.arrays.index
        if len(index) and not 0 <= index.min() <= index.max() < len(self.costs):
            outside = self.arrays.owner[(index < 0) | (index >= len(self.costs))][0]
            raise ValueError(f"row {self.rows[int(outside)].name}: a column is out of range")

    @property
    def size(self) -> int:
        """How many columns there are."""
        return len(self.costs)

    @property
    def arrays(self) -> RowArrays:
        """The rows as arrays."""
        return self._rows.arrays

    @property
    def _rows(self) -> Rows:
        return Rows.of(self.rows)

    @cached_property
    def whole_costs(self) -> bool:
        """Whether every plan costs a whole number that doubles hold exactly (pence, for example)."""
        numbers = np.append(self.costs, self.constant)
        return bool(np.abs(numbers).sum() < EXACT_INTEGERS and (numbers == np.floor(numbers)).all())

    @cached_property
    def typical_cost(self) -> float:
        """The median size of the costs that are not zero; 0 where all are."""
        sizes = np.abs(self.costs[self.costs != 0])
        return float(np.median(sizes)) if len(sizes) else 0.0

    def subset(self, columns: Ints) -> Master:
        """The problem over some columns, in the order given; its column i is column columns[i] here."""
        place = np.full(self.size, -1, dtype=np.int64)
        place[columns] = np.arange(len(columns))
        rows = Rows(self._rows.names, self.arrays.over(place))
        return Master(self.costs[columns], rows, tuple(self.keys[j] for j in columns.tolist()), self.constant)

    def lean(self) -> Master:
        """The same choice without rows that nothing breaks or that are there twice."""
        return Master(self.costs, self._rows.telling(), self.keys, self.constant)

    def held_to(self, rows: Iterable[Row]) -> Master:
        """The same choice with more rows."""
        return Master(self.costs, self._rows.and_also(rows), self.keys, self.constant)

    def priced(self, costs: Floats, constant: float = 0.0) -> Master:
        """The same choice at other costs."""
        return Master(costs, self.rows, self.keys, constant)

    def objective(self, chosen: Ints) -> float:
        """What a plan costs, correctly rounded."""
        return math.fsum([self.constant, *self.costs[chosen]])

    def check(self, chosen: Ints) -> list[str]:
        """The rows that a plan breaks, one sentence each, in our own arithmetic; empty for a plan that keeps all."""
        taken = np.zeros(self.size)
        taken[chosen] = 1.0
        arrays = self.arrays
        totals = arrays.sums(arrays.values * taken[arrays.index])
        broken = []
        # added up at once, each total errs by far less than a row may slip; those in question are added up exactly
        for r in np.flatnonzero((totals < arrays.lower) | (totals > arrays.upper)).tolist():
            row = self.rows[r]
            terms = row.values[taken[row.columns] > 0]
            if row.slips(terms):
                ends = f"not between {plain(row.at_least)} and {plain(row.at_most)}"
                broken.append(f"{row.name}: {plain(math.fsum(terms))}, {ends}")
        return broken

    def hopeless(self) -> list[str]:
        """The rows that no choice of columns at all can meet, one sentence each; a proof without a solver."""
        arrays, broken = self.arrays, []
        highest, lowest = (arrays.sums(part) for part in (np.maximum(arrays.values, 0), np.minimum(arrays.values, 0)))
        for r in np.flatnonzero((highest < arrays.lower) | (lowest > arrays.upper)).tolist():
            row = self.rows[r]
            most, least = row.values[row.values > 0], row.values[row.values < 0]
            if math.fsum(most) < row.at_least and row.slips(most):
                broken.append(
                    f"{row.name}: at least {plain(row.at_least)} is asked, all columns give {plain(math.fsum(most))}"
                )
            elif math.fsum(least) > row.at_most and row.slips(least):
                broken.append(
                    f"{row.name}: at most {plain(row.at_most)} is asked, {plain(math.fsum(least))} is the least"
                )
        return broken


@dataclass(frozen=True, eq=False)
class Answer:
    """What is known after a solve: a checked plan (sorted columns) or none, its objective, and a proven bound.

    `bound` is None where none is proven. `notes` say what shaped the answer.
    """

    status: Status
    chosen: Ints | None = None
    objective: float | None = None
    bound: float | None = None
    interrupted: bool = False
    notes: tuple[str, ...] = ()


def judged(
    master: Master,
    chosen: Ints | None,
    bound: float | None,
    gap: float,
    *,
    interrupted: bool = False,
    notes: Sequence[str] = (),
) -> Answer:
    """An answer with the status its numbers deserve: optimal where `bound` proves the plan to be within `gap`.

    A bound within 1e-9 of the objective is near enough for any gap: no floating-point solver proves more. It is told
    as equal, except where all costs are whole numbers: then every plan costs a whole number, the bound is rounded
    up, and equal means equal.
    """
    told = tuple(dict.fromkeys(notes))
    least = math.fsum([master.constant, *np.minimum(master.costs, 0.0)])
    bound = least if bound is None and not master.costs.any() else bound
    if bound is not None:
        bound = max(bound, least)
        if master.whole_costs:
            bound = float(math.ceil(bound - PROOF_TOLERANCE * min(1.0, abs(bound))))
    if chosen is None:
        return Answer(Status.UNKNOWN, None, None, bound, interrupted, told)
    objective = master.objective(chosen)
    if bound is None:
        return Answer(Status.FEASIBLE, np.sort(chosen), objective, None, interrupted, told)
    as_good = 0.0 if master.whole_costs else PROOF_TOLERANCE * max(abs(objective), master.typical_cost)
    bound = objective if objective - bound <= as_good else bound
    status = Status.OPTIMAL if gap_of(objective, bound) <= max(gap, PROOF_TOLERANCE) else Status.FEASIBLE
    return Answer(status, np.sort(chosen), objective, bound, interrupted, told)


def cost_scale(master: Master) -> float:
    """The power of two by which costs are multiplied before a solver sees them."""
    if not master.costs.any():
        return 1.0
    power = TYPICAL_POWER - math.frexp(master.typical_cost)[1]
    return math.ldexp(1.0, min(power, LARGEST_POWER - math.frexp(float(np.abs(master.costs).max()))[1]))
