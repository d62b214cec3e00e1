"""Rows of a table from a workbook or a CSV file, with the place of every value for messages."""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from lotopt.core.errors import InputError, Problems, did_you_mean
from lotopt.market.money import amount
from lotopt.market.workbook import MOST_BYTES, Span, Value

MOST_ROWS = 200_000


@dataclass(frozen=True)
class Table:
    """A header and rows of values; `place` says where, such as 'bids.xlsx, sheet Bids'."""

    place: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Value, ...]], ...]  # the row's number in the file, and its values
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
        kept = ((number, tuple(row)) for number, row in enumerate(rows[1:], 2) if any(not blank(v) for v in row))
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
        for number, row in self.rows:
            if any(not blank(value) for value in row[len(self.header) :]):
                to.add(f"{self.place}, row {number}: more values than the {len(self.header)} columns of row 1")
        return len(to.found) == before

    def read(self, to: Problems) -> Iterator[Row]:
        for number, values in self.rows:
            padded = values + (None,) * (len(self.header) - len(values))
            spans = [span for span in self.told if span.holds_row(number)]
            told = {name for at, name in enumerate(self.header, 1) if any(span.holds(number, at) for span in spans)}
            by_name = dict(zip(self.header, padded, strict=False))
            yield Row(f"{self.place}, row {number}", number, by_name, to, frozenset(told))


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

    def text(self, column: str, required: bool = False) -> str:
        """A name: text, or a whole number that a sheet has made of one."""
        value = self.values.get(column)
        if blank(value):
            if required:
                self.missing(column, "is empty; fill it in")
            return ""
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        if isinstance(value, bool | list):
            self.fault(column, f"{_shown(value)} is not a name; write text")
            return ""
        return str(value).strip()

    def names(self, column: str) -> tuple[str, ...]:
        """Names separated by ';', each once."""
        found = tuple(name.strip() for name in self.text(column).split(";") if name.strip())
        for name in sorted({name for name in found if found.count(name) > 1}):
            self.fault(column, f"'{name}' is named twice")
        return tuple(dict.fromkeys(found))

    def money(self, column: str, required: bool = False, zero: bool = False) -> Decimal | None:
        """An amount above zero (or zero, if asked for); None where there is none or it is wrong."""
        value = self.values.get(column)
        if blank(value):
            if required:
                self.missing(column, "is empty; write an amount such as 12500.00")
            return None
        try:
            if isinstance(value, list | None):
                raise ValueError(f"{_shown(value)} is not an amount; write 12500.00")
            found = amount(value)
            if found < 0 or (found == 0 and not zero):
                raise ValueError(f"{found} is not {'zero or above' if zero else 'above zero'}")
        except ValueError as error:
            self.fault(column, str(error))
            return None
        return found

    def rate(self, column: str) -> Decimal | None:
        """An amount for each unit, zero or above, with any number of decimals; None where absent or wrong."""
        value = self.values.get(column)
        if blank(value):
            return None
        # a number of a sheet may come with an exponent
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        text = f"{Decimal(str(value)):f}" if number else str(value).strip().removeprefix("£")
        if isinstance(value, bool | list) or not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,20})?", text):
            self.fault(column, f"{_shown(value)} is not a rate; write GBP for each unit, such as 80 or 0.0525")
            return None
        return Decimal(text)

    def number_between(self, column: str, low: float, high: float, *, open_low: bool = False) -> float | None:
        """A plain number in a range, both ends included unless the lower is open; None where absent or wrong."""
        value = self.values.get(column)
        if blank(value):
            return None
        try:
            if isinstance(value, bool | list):
                raise ValueError
            # float() would take '1_000', 'nan' and digits of other scripts
            text = str(value).strip()
            if not all(character in "0123456789.+-eE" for character in text):
                raise ValueError
            found = float(text)
            if not math.isfinite(found):
                raise ValueError
        except ValueError:
            self.fault(column, f"{_shown(value)} is not a number; write digits such as 75 or 0.5")
            return None
        if not low <= found <= high or (open_low and found == low):
            above = f"above {low:g}" if open_low else f"from {low:g}"
            upper = f"{' and at most' if open_low else ' to'} {high:g}" if high < float("inf") else ""
            self.fault(column, f"{found:g} is not {above}{upper}{' up' if not upper and not open_low else ''}")
            return None
        return found


def read_csv(path: Path, place: str, prefixes: Sequence[str] = ()) -> Table:
    """A CSV file with commas and a header, in UTF-8. Raises InputError with one sentence."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(place, f"it has more than {MOST_BYTES >> 20} MB")
        content = path.read_bytes().decode("utf-8-sig")
        if "\0" in content:
            raise InputError(place, "it is not a text file; save it as CSV (UTF-8)")
        rows: list[list[Value]] = [list(row) for row in csv.reader(io.StringIO(content, newline=""), strict=True)]
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


def blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _column(value: Value, prefixes: Sequence[str]) -> str:
    name = "" if value is None else str(value).strip()
    for prefix in prefixes:
        if name.casefold().startswith(prefix):
            return prefix + name[len(prefix) :]
    return name.casefold()


def _shown(value: Value) -> str:
    return f"the date {value[1]}" if isinstance(value, list) else repr(value)
