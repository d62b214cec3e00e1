"""Rows of a table from a workbook or a CSV file, with the place of every value for messages."""

from __future__ import annotations

import csv
import datetime
import difflib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from lotopt.core.errors import InputError, Problems, did_you_mean
from lotopt.market import cells
from lotopt.market.cells import blank
from lotopt.market.workbook import MOST_BYTES, Span, Value

MOST_ROWS = 200_000
Read = TypeVar("Read")


@dataclass(frozen=True)
class Table:
    """A header and rows of values; `place` says where, such as 'bids.xlsx, sheet Bids'."""

    place: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, Sequence[Value]], ...]  # the row's number in the file, and its values
    told: tuple[Span, ...] = ()  # cells without a value of which it is told already why they have none

    @classmethod
    def of(
        cls,
        place: str,
        rows: Sequence[Sequence[Value]],
        prefixes: Sequence[str] = (),
        told: Sequence[Span] = (),
    ) -> Table:
        """A table whose row 1 is the header; rows without any value are left out.

        Capitals in column names do not matter, except after one of `prefixes`, where the name of a measure follows.
        """
        header = tuple(_column(name, prefixes) for name in rows[0]) if rows else ()
        kept = ((number, row) for number, row in enumerate(rows[1:], 2) if not all(map(blank, row)))
        return cls(place, header, tuple(kept), tuple(told))

    def checked(
        self, required: Sequence[str], possible: Sequence[str], prefixes: Sequence[str], to: Problems
    ) -> bool:
        """Tell every missing, unknown or doubled column; columns without a name and a value are passed over."""
        before = len(to.found)
        shown = ", ".join([*possible, *(f"{prefix}..." for prefix in prefixes)])
        known = set(possible)
        for name in required:
            if name in self.header:
                continue
            others = [other for other in self.header if other and other not in possible]
            close = difflib.get_close_matches(name, others, n=1, cutoff=0.6)
            known.update(close)  # told here, with what it was meant to be
            instead = f"found '{close[0]}', did you mean '{name}'?" if close else f"columns are {shown}"
            to.add(f"{self.place}, row 1: no column '{name}'; {instead}")
        for at, name in enumerate(self.header):
            if name in self.header[:at] and name:
                to.add(f"{self.place}, row 1: column '{name}' is there twice")
            elif name and name not in known and not any(name.startswith(p) and name != p for p in prefixes):
                to.add(f"{self.place}, row 1: no column '{name}' is known; {did_you_mean(name, possible)}")
            elif not name and any(at < len(row) and not blank(row[at]) for _, row in self.rows):
                to.add(f"{self.place}, row 1: column {at + 1} holds values and has no name; columns are {shown}")
        width = len(self.header)
        for number, row in self.rows:
            if len(row) > width and any(not blank(value) for value in row[width:]):
                to.add(f"{self.place}, row {number}: more values than the {width} columns of row 1")
        return len(to.found) == before

    def read(self, to: Problems) -> Iterator[Row]:
        for number, values in self.rows:
            yield self.row(number, values, to)

    def row(self, number: int, values: Sequence[Value], to: Problems) -> Row:
        padded = [*values, *[None] * (len(self.header) - len(values))]
        spans = [span for span in self.told if span.holds_row(number)]
        told = {
            name for at, name in enumerate(self.header if spans else (), 1) if any(s.holds(number, at) for s in spans)
        }
        by_name = dict(zip(self.header, padded, strict=False))
        return Row(f"{self.place}, row {number}", number, by_name, to, frozenset(told))

    def columns(self) -> Mapping[str, Sequence[Value]]:
        """The values of each column, as many as there are rows."""
        width = len(self.header)
        even = (row if len(row) == width else [*row[:width], *[None] * (width - len(row))] for _, row in self.rows)
        return dict(zip(self.header, zip(*even, strict=True), strict=True)) if self.rows else {}


@dataclass(frozen=True)
class Row:
    """One row by column name; every problem met in reading a value goes to `to`."""

    place: str
    number: int
    values: dict[str, Value]
    to: Problems
    told: frozenset[str] = frozenset()  # columns whose cell is known to hold no value, and why
    faulty: set[str] = field(default_factory=set)  # columns that have a fault, told here or before

    def fault(self, column: str, text: str) -> None:
        self.faulty.add(column)
        self.to.add(f"{self.place}, {column}: {text}")

    def missing(self, column: str, text: str) -> None:
        """A cell that is needed and empty; told unless why it is empty is told already."""
        if column in self.told or column not in self.values:
            self.faulty.add(column)
        else:
            self.fault(column, text)

    def has(self, column: str) -> bool:
        return not blank(self.values.get(column))

    def _read(self, column: str, what: Callable[[Value], Read], otherwise: Read) -> Read:
        """What a cell says; a fault is told, and `otherwise` taken."""
        try:
            return what(self.values.get(column))
        except ValueError as error:
            self.fault(column, str(error))
            return otherwise

    def text(self, column: str, required: bool = False) -> str:
        """A name: text, or a whole number that a sheet has made of one."""
        if required and not self.has(column):
            self.missing(column, "is empty; fill it in")
        return self._read(column, cells.text, "")

    def names(self, column: str) -> tuple[str, ...]:
        """Names separated by ';', each once."""
        return self._read(column, cells.names, ())

    def word(self, column: str, possible: Sequence[str]) -> str:
        """One of a few words, or nothing."""
        return self._read(column, lambda value: cells.word(value, possible), "")

    def yes(self, column: str) -> bool:
        return self._read(column, cells.yes, False)

    def money(self, column: str, required: bool = False, zero: bool = False) -> Decimal | None:
        """An amount above zero (or zero, if asked for); None where there is none or it is wrong."""
        if required and not self.has(column):
            self.missing(column, "is empty; write an amount such as 12500.00")
        return self._read(column, cells.money_or_zero if zero else cells.money, None)

    def decimal(self, column: str) -> Decimal | None:
        """A number, zero or above, exactly as it is written; None where absent or wrong."""
        return self._read(column, cells.decimal, None)

    def rate(self, column: str) -> Decimal | None:
        """An amount for each unit, zero or above, with any number of decimals; None where absent or wrong."""
        like = "a rate; write GBP for each unit, such as 80 or 0.0525"
        return self._read(column, lambda value: cells.decimal(value, like), None)

    def share_below_one(self, column: str) -> Decimal | None:
        """A fraction from 0 up to, and without, 1; None where absent or wrong."""
        return self._read(column, cells.share_below_one, None)

    def number_between(self, column: str, low: float, high: float, *, open_low: bool = False) -> float | None:
        """A plain number in a range, both ends included unless the lower is open; None where absent or wrong."""
        return self._read(column, lambda value: cells.number(value, low, high, open_low), None)

    def whole(self, column: str, low: int) -> int | None:
        """A whole number, `low` or above; None where absent or wrong."""
        return self._read(column, lambda value: cells.whole(value, low), None)

    def date(self, column: str) -> datetime.date | None:
        """A day; None where absent or wrong."""
        return self._read(column, cells.date, None)


def read_csv(path: Path, place: str, prefixes: Sequence[str] = ()) -> Table:
    """A CSV file with commas and a header, in UTF-8. Raises InputError with one sentence."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(place, f"it has more than {MOST_BYTES >> 20} MB")
        content = path.read_bytes().decode("utf-8-sig")
        if "\0" in content:
            raise InputError(place, "it is not a text file; save it as CSV (UTF-8)")
        rows: list[list[Value]] = list(csv.reader(io.StringIO(content, newline=""), strict=True))  # type: ignore[arg-type]
    except OSError as error:
        raise InputError(place, f"it cannot be opened: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InputError(place, f"byte {error.start + 1} is not UTF-8; save it as CSV (UTF-8)") from None
    except csv.Error as error:
        raise InputError(place, f"it is not a well-formed CSV file ({error})") from None
    if len(rows) > MOST_ROWS:
        raise InputError(place, f"it has more than {MOST_ROWS:,} rows")
    if rows and len(rows[0]) == 1 and ";" in str(rows[0][0]):
        raise InputError(place, "its columns are separated by ';'; save it with commas")
    return Table.of(place, rows, prefixes)


def _column(value: Value, prefixes: Sequence[str]) -> str:
    name = "" if value is None else str(value).strip()
    for prefix in prefixes:
        if name.casefold().startswith(prefix):
            return prefix + name[len(prefix) :]
    return name.casefold()
