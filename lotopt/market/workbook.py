"""Workbooks from strangers: handed to a limited child process, back come plain rows or one plain sentence."""

from __future__ import annotations

import importlib.util
import json
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
class Workbook:
    """The rows of the wanted sheets, row 1 first; `names` are all sheets; `formulas` counts those with a value."""

    names: tuple[str, ...]
    sheets: dict[str, list[list[Value]]]
    faults: tuple[CellFault, ...]
    formulas: int


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
