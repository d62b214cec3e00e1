"""The master problem as data: columns with costs, rows over them, and what is known of it after a solve.

    minimise    constant + sum of costs[j] x[j]
    subject to  at_least <= sum of values[j] x[j] <= at_most    for every row
                x[j] in {0, 1}

(Garfinkel & Nemhauser 1970, set partitioning with side rows.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lotopt.core.reading import RELATIVE_TOLERANCE, plain
from lotopt.core.result import Status, gap_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# A proof by floating-point arithmetic says no more than this about an objective (a fraction of it).
PROOF_TOLERANCE = 1e-9
EXACT_INTEGERS = 2.0**53
# Solvers work to absolute tolerances near 1e-6. Costs are scaled by a power of two (which changes no digit) so that
# a typical one is near 2^13, and no tolerance reaches the tenth digit of an objective; none goes beyond 2^33.
TYPICAL_POWER, LARGEST_POWER = 13, 33


@dataclass(frozen=True, eq=False)
class Row:
    """One row: the sum of `values` over the chosen ones of `columns` lies in [at_least, at_most]."""

    name: str
    columns: Ints
    values: Floats
    at_least: float = -math.inf
    at_most: float = math.inf

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", np.asarray(self.columns, dtype=np.int64))
        object.__setattr__(self, "values", np.asarray(self.values, dtype=np.float64))
        object.__setattr__(self, "at_least", float(self.at_least))
        object.__setattr__(self, "at_most", float(self.at_most))
        if self.columns.shape != self.values.shape or self.columns.ndim != 1:
            raise ValueError(f"row {self.name}: {self.columns.shape} columns and {self.values.shape} values")
        if not np.isfinite(self.values).all():
            raise ValueError(f"row {self.name}: a value is not finite")
        if math.isnan(self.at_least) or math.isnan(self.at_most):
            raise ValueError(f"row {self.name}: a limit is not a number")
        if len(np.unique(self.columns)) != len(self.columns):
            raise ValueError(f"row {self.name}: a column is given twice")

    @cached_property
    def whole(self) -> bool:
        """Whether all numbers are integers that doubles hold exactly, so that sums are compared exactly."""
        ends = [end for end in (self.at_least, self.at_most) if math.isfinite(end)]
        small = float(np.abs(self.values).sum()) < EXACT_INTEGERS and all(abs(end) < EXACT_INTEGERS for end in ends)
        return bool(small and (self.values == np.floor(self.values)).all() and all(end.is_integer() for end in ends))

    def slips(self, terms: Floats) -> bool:
        """Whether the sum of `terms` lies outside the limits.

        Exactly where all numbers are whole; otherwise by more than 1e-9 of the numbers that were added, which is
        the audit's tolerance and far below a solver's.
        """
        total = math.fsum(terms)
        if self.whole:
            return not self.at_least <= total <= self.at_most
        ends = [abs(end) for end in (self.at_least, self.at_most) if math.isfinite(end)]
        tolerance = RELATIVE_TOLERANCE * max(math.fsum(np.abs(terms)), *ends, 0.0)
        return not self.at_least - tolerance <= total <= self.at_most + tolerance


@dataclass(frozen=True, eq=False)
class RowArrays:
    """All rows as arrays: row r has columns index[starts[r]:starts[r+1]], with values; limits lower, upper."""

    starts: Ints
    index: Ints
    values: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, eq=False)
class Master:
    """Columns with costs (J,), rows over them, and a stable key of each column.

    `keys` say which column is which whatever its place: plans of equal cost are told apart by them. Without keys
    the place counts. `constant` is added to every objective.
    """

    costs: Floats
    rows: tuple[Row, ...]
    keys: tuple[bytes | str, ...] = ()
    constant: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "costs", np.asarray(self.costs, dtype=np.float64))
        object.__setattr__(self, "rows", tuple(self.rows))
        keys = tuple(self.keys) or tuple(str(j) for j in range(len(self.costs)))
        object.__setattr__(self, "keys", keys)
        if not np.isfinite(self.costs).all():
            raise ValueError("a cost is not finite")
        if len(keys) != len(self.costs):
            raise ValueError(f"{len(self.costs)} costs and {len(keys)} keys")
        if len(set(keys)) != len(keys):
            raise ValueError("two columns have the same key")
        for row in self.rows:
            if len(row.columns) and not 0 <= row.columns.min() <= row.columns.max() < len(self.costs):
                raise ValueError(f"row {row.name}: a column is out of range")

    @property
    def size(self) -> int:
        """How many columns there are."""
        return len(self.costs)

    @cached_property
    def arrays(self) -> RowArrays:
        """The rows as arrays."""
        lengths = [len(row.columns) for row in self.rows]
        return RowArrays(
            starts=np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64),
            index=np.concatenate([np.zeros(0, np.int64), *(row.columns for row in self.rows)]),
            values=np.concatenate([np.zeros(0), *(row.values for row in self.rows)]),
            lower=np.array([row.at_least for row in self.rows], dtype=np.float64),
            upper=np.array([row.at_most for row in self.rows], dtype=np.float64),
        )

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
        rows = []
        for row in self.rows:
            kept = place[row.columns] >= 0
            rows.append(Row(row.name, place[row.columns[kept]], row.values[kept], row.at_least, row.at_most))
        return Master(self.costs[columns], tuple(rows), tuple(self.keys[j] for j in columns), self.constant)

    def priced(self, costs: Floats, constant: float = 0.0) -> Master:
        """The same choice at other costs."""
        return Master(costs, self.rows, self.keys, constant)

    def objective(self, chosen: Ints) -> float:
        """What a plan costs, correctly rounded."""
        return math.fsum([self.constant, *self.costs[chosen]])

    def check(self, chosen: Ints) -> list[str]:
        """The rows that a plan breaks, one sentence each, in our own arithmetic; empty for a plan that keeps all."""
        taken = np.zeros(self.size, dtype=bool)
        taken[chosen] = True
        broken = []
        for row in self.rows:
            terms = row.values[taken[row.columns]]
            if row.slips(terms):
                ends = f"not between {plain(row.at_least)} and {plain(row.at_most)}"
                broken.append(f"{row.name}: {plain(math.fsum(terms))}, {ends}")
        return broken

    def hopeless(self) -> list[str]:
        """The rows that no choice of columns at all can meet, one sentence each; a proof without a solver."""
        broken = []
        for row in self.rows:
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


def row_scale(row: Row) -> float:
    """The power of two that brings the largest value of a row into [0.5, 1): a solver's tolerance then means the same
    in every row."""
    if not row.values.any():
        return 1.0
    return math.ldexp(1.0, -math.frexp(float(np.abs(row.values).max()))[1])
