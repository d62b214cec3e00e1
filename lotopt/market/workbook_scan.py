"""What an untrusted workbook holds, looked at before any reader of values: sizes, places of cells, what is hidden.

Used by workbook_child.py in its limited process; the standard library only. The zip is inflated and counted, and
every cell's reference is checked: a workbook of 5 kB with one cell at XFD1048576 makes a reader ask for half a
terabyte and abort.

A sheet of 100,000 bids has a million cells, and looking at each in Python takes as long as all the rest. Cells of a
plain form, which says by itself that they are within the limits and hold a value, are sieved out and only counted;
whatever is not of that form goes through the XML parser.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, NoReturn
from xml.parsers import expat

MEGABYTE = 1 << 20
MOST_ENTRIES = 200
MOST_INFLATED = 250 * MEGABYTE
MOST_RATIO = 100
SMALL = MEGABYTE  # entries below this may be squeezed as hard as they like
LAST_ROW, LAST_COLUMN, MOST_CELLS = 200_000, 500, 3_000_000
MOST_FAULTS = 200
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
# A cell left of column SA (495) and above row 200,000 with a value in ASCII, no formula and no error. A run of them
# is taken out where a tag ends before it and one begins after it: what is joined there forms no new mark-up.
PLAIN = re.compile(
    rb"""(?<=>)(?:<c[ ]r="[A-R]?[A-Z](?:1[0-9]{5}|[1-9][0-9]{0,4})"(?:[ ]s="[0-9]{1,5}")?
    (?:/>|(?:[ ]t="(?:s|n|b|str|inlineStr)")?>
    (?:<v>[ !-%'-;=?-~]*+</v>|<is><t(?:[ ]xml:space="preserve")?>[ !-%'-;=?-~]*+</t></is>)</c>))++(?=<)""",
    re.VERBOSE,
)
# In any other encoding the bytes of a plain cell may mean something else.
UTF8 = re.compile(
    rb"""(?:<\?xml\s(?:(?!encoding)[^<>])*(?:encoding=["']utf-8["'][^<>]*)?\?>\s*)?<[a-z]""", re.IGNORECASE
)


class Refused(Exception):
    """The workbook cannot be used at all; the sentence says why."""


class NotPlain(Exception):
    """Cells were sieved out of a sheet, and where the others are cannot be told without them."""


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
    sieve: Callable[[bytes], bytes] = bytes,
) -> None:
    """Stream an XML part through expat; document types, and with them entities, are refused.

    `sieve` may take plain cells out of the rows first.
    """
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
            for block in blocks(stream):
                parser.Parse(sieve(block), False)
            parser.Parse(b"", True)
    except KeyError:
        raise Refused(f"its part {part} is missing") from None
    except expat.ExpatError as error:
        raise Refused(f"its part {part} is not well-formed ({error})") from None


def blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a part in pieces that end with a row, where there are rows."""
    rest = b""
    while block := stream.read(MEGABYTE):
        whole, row, rest = (rest + block).rpartition(b"</row>")
        if row:
            yield whole + row
        elif len(rest) > 4 * MEGABYTE:
            yield rest
            rest = b""
    yield rest


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
        self.sieved: bool | None = None  # None before the first bytes, False where nothing may be sieved out
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
            if self.sieved and "r" not in found:
                raise NotPlain
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

    def sieve(self, block: bytes) -> bytes:
        """A piece of the sheet without its plain cells, which are counted; as it is where any of it is hidden."""
        if self.sieved is None:
            self.sieved = UTF8.match(block) is not None
        if not self.sieved or self.hidden_columns or b"hidden" in block:
            return block
        return PLAIN.sub(self._counted, block)

    def _counted(self, run: re.Match[bytes]) -> bytes:
        self._count(run[0].count(b"<c "))
        return b""

    def _count(self, cells: int) -> None:
        self.cells += cells
        if self.cells > MOST_CELLS:
            raise Refused(f"sheet {self.sheet} has more than {MOST_CELLS:,} cells")

    def _cell(self, found: dict[str, str]) -> None:
        self._count(1)
        place = found.get("r")
        if place is None:
            if self.sieved:
                raise NotPlain
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


def scanned(archive: zipfile.ZipFile, sheet: str, part: str) -> Scan:
    """What a sheet's XML shows. Raises Refused for what no reader of values should see."""
    scan = Scan(sheet)
    try:
        parse(archive, part, scan.start, scan.end, scan.text, scan.sieve)
    except NotPlain:
        scan = Scan(sheet)
        parse(archive, part, scan.start, scan.end, scan.text)
    return scan
