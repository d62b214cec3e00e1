"""Workbooks from strangers: handed to a limited child process, back come plain rows or one plain sentence."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lotopt.core.errors import InputError

MOST_BYTES = 25 * (1 << 20)
SECONDS = 60.0  # by the wall clock; the child's own limit is 30 s of processor time
CHILD = Path(__file__).with_name("workbook_child.py")

Value = str | float | int | bool | None | list[str]


@dataclass(frozen=True)
class CellFault:
    """Something in a sheet that a reader of values would not show, such as a formula without a value."""

    sheet: str
    cell: str
    text: str

    def __str__(self) -> str:
        cell = f", cell {self.cell}" if self.cell else ""
        return f"sheet {self.sheet}{cell}: {self.text}"


@dataclass(frozen=True)
class Span:
    """A block of cells: its first and last row and column, counted from 1."""

    top: int
    bottom: int
    left: int
    right: int

    @classmethod
    def of(cls, cells: str) -> Span | None:
        """The block that a reference such as B2 or B2:D5 means."""
        corners = [_CELL.fullmatch(corner) for corner in cells.split(":")]
        if not all(corners) or len(corners) > 2:
            return None
        rows = [int(corner[2]) for corner in corners if corner]
        columns = [_number(corner[1]) for corner in corners if corner]
        return cls(min(rows), max(rows), min(columns), max(columns))

    def holds(self, row: int, column: int) -> bool:
        return self.holds_row(row) and self.left <= column <= self.right

    def holds_row(self, row: int) -> bool:
        return self.top <= row <= self.bottom


_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


def _number(letters: str) -> int:
    """A column's number from its letters."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


@dataclass(frozen=True)
class Workbook:
    """The rows of the wanted sheets, row 1 first; `names` are all sheets; `formulas` counts those with a value."""

    names: tuple[str, ...]
    sheets: dict[str, list[list[Value]]]
    faults: tuple[CellFault, ...]
    formulas: int

    def empty(self, sheet: str) -> tuple[Span, ...]:
        """The cells of a sheet that a fault tells of; where they hold no value, the fault says why."""
        spans = (Span.of(f.cell) for f in self.faults if f.sheet.strip().casefold() == sheet.casefold() and f.cell)
        return tuple(span for span in spans if span is not None)


def read_workbook(path: Path, sheets: Sequence[str]) -> Workbook:
    """Read named sheets of an .xlsx file that nobody vouches for.

    Raises InputError with one sentence when the file is missing, too large, not a workbook, or harmful.
    """
    _check_file(path)
    found = importlib.util.find_spec("python_calamine")
    folder = str(Path(found.origin).parent.parent) if found and found.origin else ""
    # -I: no environment variables, no current folder, no user's own packages on the path of a process at risk
    command = [sys.executable, "-I", str(CHILD), str(path.resolve()), folder, *sheets]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, stdin=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired:
        raise InputError(path.name, f"it was not read in {SECONDS:.0f} seconds; make it smaller") from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        text = f"the reader stopped (code {done.returncode}): the workbook is broken, or too large to be read safely"
        raise InputError(path.name, text) from None
    if "refused" in answer:
        raise InputError(path.name, answer["refused"])
    faults = tuple(CellFault(*fault) for fault in answer["faults"])
    return Workbook(tuple(answer["names"]), answer["sheets"], faults, answer["formulas"])


def _check_file(path: Path) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise InputError(path.name, f"it cannot be opened: {error.strerror or error}") from None
    if size > MOST_BYTES:
        raise InputError(path.name, f"it has {size / (1 << 20):.0f} MB, more than {MOST_BYTES >> 20}")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(path.name, "it is an old .xls, or protected by a password; save it as .xlsx without one")
    if not start.startswith(b"PK"):
        raise InputError(path.name, "it is not an .xlsx workbook; save it as .xlsx, or give a folder of CSV files")
