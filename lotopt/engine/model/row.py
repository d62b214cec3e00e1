"""Rows of a master problem: one by one, and all together as arrays."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
import numpy.typing as npt

from lotopt.core.reading import RELATIVE_TOLERANCE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

EXACT_INTEGERS = 2.0**53


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
        if len(set(self.columns.tolist())) != len(self.columns):
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

    @cached_property
    def owner(self) -> Ints:
        """The row of each entry."""
        return np.repeat(np.arange(len(self.lower)), np.diff(self.starts))

    def sums(self, terms: Floats) -> Floats:
        """For each row, the sum of one term for each of its entries."""
        return np.asarray(np.bincount(self.owner, weights=terms, minlength=len(self.lower)), dtype=np.float64)

    def largest(self, terms: Floats) -> Floats:
        """For each row, the largest of one term for each of its entries; minus infinity where it has none."""
        found = np.full(len(self.lower), -np.inf)
        some = np.flatnonzero(np.diff(self.starts))
        if len(some):
            found[some] = np.maximum.reduceat(terms, self.starts[some])
        return found

    @cached_property
    def whole(self) -> Bools:
        """For each row, what `Row.whole` says of it."""
        limits = [np.where(np.isfinite(ends), ends, 0.0) for ends in (self.lower, self.upper)]
        kept = self.sums(np.abs(self.values)) < EXACT_INTEGERS
        for limit in limits:
            kept &= (np.abs(limit) < EXACT_INTEGERS) & (limit == np.floor(limit))
        return kept & (self.sums((self.values != np.floor(self.values)).astype(np.float64)) == 0)

    @cached_property
    def scales(self) -> Floats:
        """For each row, the power of two that brings its largest value into [0.5, 1): a solver's tolerance then means
        the same in every row."""
        largest = np.maximum(self.largest(np.abs(self.values)), 0.0)
        return np.where(largest > 0, np.ldexp(1.0, -np.frexp(largest)[1]), 1.0)

    @property
    def breakable(self) -> Ints:
        """The rows that some choice of columns breaks; the others say nothing."""
        highest, lowest = self.sums(np.maximum(self.values, 0.0)), self.sums(np.minimum(self.values, 0.0))
        # sums of numbers that are not whole err; by how much is known, but a row too many does no harm
        return np.flatnonzero(~self.whole | (highest > self.upper) | (lowest < self.lower))

    def only(self, rows: Ints) -> RowArrays:
        """Some of the rows, in the order given (sorted)."""
        kept = np.zeros(len(self.lower), dtype=bool)
        kept[rows] = True
        inside = kept[self.owner]
        starts = np.concatenate([[0], np.cumsum(np.diff(self.starts)[rows])]).astype(np.int64)
        return RowArrays(starts, self.index[inside], self.values[inside], self.lower[rows], self.upper[rows])

    def over(self, place: Ints) -> RowArrays:
        """The rows over some columns: column j becomes place[j], or is left out where that is negative."""
        moved = place[self.index]
        kept = moved >= 0
        lengths = np.bincount(self.owner[kept], minlength=len(self.lower))
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return RowArrays(starts, moved[kept], self.values[kept], self.lower, self.upper)


class Rows(Sequence[Row]):
    """Many rows held as arrays; a `Row` is made where one is asked for."""

    def __init__(self, names: Sequence[str], arrays: RowArrays) -> None:
        self.names, self.arrays = names, arrays

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Rows:
        """Rows that are given one by one."""
        if isinstance(rows, Rows):
            return rows
        given = tuple(rows)
        lengths = [len(row.columns) for row in given]
        arrays = RowArrays(
            starts=np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64),
            index=np.concatenate([np.zeros(0, np.int64), *(row.columns for row in given)]),
            values=np.concatenate([np.zeros(0), *(row.values for row in given)]),
            lower=np.array([row.at_least for row in given], dtype=np.float64),
            upper=np.array([row.at_most for row in given], dtype=np.float64),
        )
        return cls([row.name for row in given], arrays)

    def and_also(self, rows: Iterable[Row]) -> Rows:
        """These rows, then more of them."""
        more = Rows.of(rows)
        a, b = self.arrays, more.arrays
        joined = RowArrays(
            np.concatenate([a.starts, a.starts[-1] + b.starts[1:]]),
            np.concatenate([a.index, b.index]),
            np.concatenate([a.values, b.values]),
            np.concatenate([a.lower, b.lower]),
            np.concatenate([a.upper, b.upper]),
        )
        return Rows([*self.names, *more.names], joined)

    def telling(self) -> Rows:
        """Those of the rows that some choice breaks, each of several that say the same only once."""
        seen: dict[tuple[bytes, bytes, float, float], int] = {}
        arrays = self.arrays
        for r in arrays.breakable.tolist():
            held = slice(arrays.starts[r], arrays.starts[r + 1])
            said = (arrays.index[held].tobytes(), arrays.values[held].tobytes())
            seen.setdefault((*said, float(arrays.lower[r]), float(arrays.upper[r])), r)
        kept = list(seen.values())
        return Rows([self.names[r] for r in kept], arrays.only(np.array(kept, dtype=np.int64)))

    def __len__(self) -> int:
        return len(self.arrays.lower)

    @overload
    def __getitem__(self, r: int) -> Row: ...
    @overload
    def __getitem__(self, r: slice) -> Sequence[Row]: ...
    def __getitem__(self, r: int | slice) -> Row | Sequence[Row]:
        if isinstance(r, slice):
            return tuple(self[i] for i in range(*r.indices(len(self))))
        if not -len(self) <= r < len(self):
            raise IndexError(f"row {r} of {len(self)}")
        return self._made(r % len(self))

    def __iter__(self) -> Iterator[Row]:
        return (self._made(r) for r in range(len(self)))

    def _made(self, r: int) -> Row:
        """Row r, whose numbers were checked when they came in."""
        arrays = self.arrays
        row = object.__new__(Row)
        held = slice(arrays.starts[r], arrays.starts[r + 1])
        facts = (self.names[r], arrays.index[held], arrays.values[held])
        ends = (float(arrays.lower[r]), float(arrays.upper[r]))
        for field, value in zip(("name", "columns", "values", "at_least", "at_most"), (*facts, *ends), strict=True):
            object.__setattr__(row, field, value)
        return row
