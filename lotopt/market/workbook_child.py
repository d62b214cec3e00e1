"""Reads sheets of an untrusted workbook: a script run in a limited process of its own, never imported by lotopt.

    python -I workbook_child.py WORKBOOK FOLDER_OF_CALAMINE SHEET...

Before any reader touches a sheet, the zip is inflated and counted, and every cell's reference is checked: a
workbook of 5 kB with one cell at XFD1048576 makes a reader ask for half a terabyte and abort. Writes one JSON
document on standard output: {"refused": sentence}, or {"names": [...], "sheets": {name: rows}, "faults": [[sheet,
cell, sentence]], "formulas": n}. Uses the standard library and python-calamine only.
"""

from __future__ import annotations

import datetime
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, NoReturn
from xml.parsers import expat

MEGABYTE = 1 << 20
MOST_ENTRIES = 200
MOST_INFLATED = 250 * MEGABYTE
MOST_RATIO = 100
SMALL = MEGABYTE  # entries below this may be squeezed as hard as they like
LAST_ROW, LAST_COLUMN, MOST_CELLS = 200_000, 500, 3_000_000
MOST_FAULTS = 200
MEMORY, SECONDS = 1024 * MEGABYTE, 30
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Refused(Exception):
    """The workbook cannot be used at all; the sentence says why."""


def limit() -> None:
    """Take away memory, time and the right to write files, where the system lets us."""
    try:
        import resource
    except ImportError:  # not on Windows; the parent still ends us when time is up
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0)):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):
            continue


def check_zip(archive: zipfile.ZipFile) -> None:
    """Refuse archives that are too large, squeezed too hard, ambiguous or encrypted; inflate and count to be sure."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Refused(f"it holds {len(entries)} parts, more than {MOST_ENTRIES}")
    if len({entry.filename for entry in entries}) < len(entries):
        raise Refused("it holds two parts of the same name")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("it is protected by a password; save it without one")
    if sum(entry.file_size for entry in entries) > MOST_INFLATED:
        raise Refused(f"it unpacks to more than {MOST_INFLATED // MEGABYTE} MB")
    total = 0
    for entry in entries:
        size = 0
        with archive.open(entry) as stream:
            while block := stream.read(MEGABYTE):
                size += len(block)
                if total + size > MOST_INFLATED:
                    raise Refused(f"it unpacks to more than {MOST_INFLATED // MEGABYTE} MB")
                if size > SMALL and size > MOST_RATIO * max(1, entry.compress_size):
                    raise Refused(f"its part {entry.filename} unpacks to more than {MOST_RATIO} times its size")
        total += size


def parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Stream an XML part through expat; document types, and with them entities, are refused."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_: object) -> NoReturn:
        raise Refused("it holds a document type declaration, which workbooks do not")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, found: start(
        name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in found.items()}
    )
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        with archive.open(part) as stream:
            parser.ParseFile(stream)
    except KeyError:
        raise Refused(f"its part {part} is missing") from None
    except expat.ExpatError as error:
        raise Refused(f"its part {part} is not well-formed ({error})") from None


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, tuple[str, bool]]:
    """Each sheet's part and whether it is hidden."""
    sheets: list[tuple[str, str, str]] = []
    targets: dict[str, str] = {}

    def sheet(name: str, found: dict[str, str]) -> None:
        if name == "sheet":
            sheets.append((found.get("name", ""), found.get("id", ""), found.get("state", "visible")))

    def relation(name: str, found: dict[str, str]) -> None:
        if name == "Relationship":
            target = found.get("Target", "")
            targets[found.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    parse(archive, "xl/workbook.xml", sheet)
    parse(archive, "xl/_rels/workbook.xml.rels", relation)
    return {name: (targets.get(id, ""), state != "visible") for name, id, state in sheets}


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


class Scan:
    """What a sheet's XML shows and a reader of values does not."""

    def __init__(self, sheet: str) -> None:
        self.sheet, self.formulas, self.cells = sheet, 0, 0
        self.faults: list[list[str]] = []
        self.row, self.column, self.cell = 0, 0, ""
        self.kind, self.formula, self.value, self.inside = "", False, "", ""
        self.row_hidden = False
        self.hidden_columns: list[tuple[int, int]] = []

    def fault(self, cell: str, sentence: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append([self.sheet, cell, sentence])

    def start(self, name: str, found: dict[str, str]) -> None:
        if name == "c":
            self._cell(found)
        elif name == "row":
            self.row, self.column = int(found.get("r", self.row + 1)), 0
            self.row_hidden = found.get("hidden") in ("1", "true")
            self._bounds()
        elif name == "f":
            self.formula = True
        elif name in ("v", "is"):
            self.inside = name
        elif name == "col" and found.get("hidden") in ("1", "true"):
            self.hidden_columns.append((int(found["min"]), int(found["max"])))
        elif name == "mergeCell":
            self.fault(found.get("ref", ""), "cells are merged; unmerge them and fill each")

    def _cell(self, found: dict[str, str]) -> None:
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise Refused(f"sheet {self.sheet} has more than {MOST_CELLS:,} cells")
        place = found.get("r")
        if place is None:
            self.column += 1
        else:
            match = REFERENCE.fullmatch(place)
            if not match:
                raise Refused(f"sheet {self.sheet} has a cell at {place[:20]!r}, which is no place in a sheet")
            self.column, self.row = column_number(match[1]), int(match[2])
        self._bounds()
        self.cell = place or f"column {self.column} of row {self.row}"
        self.kind, self.formula, self.value = found.get("t", "n"), False, ""

    def _bounds(self) -> None:
        if self.row > LAST_ROW or self.column > LAST_COLUMN:
            raise Refused(
                f"sheet {self.sheet} has a cell in row {self.row}, column {self.column}; "
                f"at most {LAST_ROW:,} rows and {LAST_COLUMN} columns are read"
            )

    def text(self, data: str) -> None:
        if self.inside:
            self.value += data

    def end(self, name: str) -> None:
        if name in ("v", "is"):
            self.inside = ""
        elif name == "c":
            self._closed()

    def _closed(self) -> None:
        if self.kind == "e":
            self.fault(self.cell, f"holds the error {self.value or 'value'}; mend the formula")
        elif self.formula and not self.value and self.kind != "str":
            self.fault(self.cell, "holds a formula without a stored value; open the file in Excel and save it")
        elif self.formula:
            self.formulas += 1
        if self.value and self.row_hidden:
            self.fault(self.cell, "is in a hidden row; show the row or delete it")
            self.row_hidden = False  # once for each row
        hidden = [span for span in self.hidden_columns if self.value and span[0] <= self.column <= span[1]]
        for span in hidden:
            self.fault(self.cell, "is in a hidden column; show the column or delete it")
            self.hidden_columns.remove(span)


def plain(value: Any) -> Any:
    """A cell's value as JSON: text, number, truth value, or a date as ["date", text]."""
    if isinstance(value, datetime.timedelta | datetime.date | datetime.time):
        return ["date", str(value)]
    return value


def read(path: str, wanted: list[str]) -> dict[str, Any]:
    faults: list[list[str]] = []
    formulas = 0
    with zipfile.ZipFile(path) as archive:
        check_zip(archive)
        parts = sheet_parts(archive)
        by_name = {name.strip().casefold(): name for name in parts}
        present = {sheet: by_name[sheet.casefold()] for sheet in wanted if sheet.casefold() in by_name}
        # a reader of one sheet may look at others, so all are held to the limits
        for name, (part, hidden) in parts.items():
            scan = Scan(name)
            parse(archive, part, scan.start, scan.end, scan.text)
            if name in present.values():
                faults += [[name, "", "the sheet is hidden; show it"]] if hidden else []
                faults += scan.faults
                formulas += scan.formulas
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(path)
    sheets = {
        sheet: [[plain(v) for v in row] for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        for sheet, name in present.items()
    }
    return {"names": list(parts), "sheets": sheets, "faults": faults, "formulas": formulas}


def main() -> None:
    path, folder, *wanted = sys.argv[1:]
    sys.path.append(folder)
    limit()
    try:
        answer = read(path, wanted)
    except Refused as refused:
        answer = {"refused": str(refused)}
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, zlib.error) as error:
        answer = {"refused": f"it is broken or not an .xlsx workbook ({error})"}
    except MemoryError:
        answer = {"refused": "it needs more memory than a workbook of bids should"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
