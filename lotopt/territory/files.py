"""Files of a territory: only those in its folder, only what they say they are, and CSV tables with their rows."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lotopt.core.errors import InputError, Problems, did_you_mean

# What a file of each ending begins with. GDAL looks at the content and not at the ending: without this check a
# `.geojson` that holds XML could make it open other files, or fetch over the network.
MAGIC: dict[str, tuple[bytes, ...]] = {
    ".gpkg": (b"SQLite format 3\x00",),
    ".parquet": (b"PAR1",),
    ".geoparquet": (b"PAR1",),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".geojson": (b"{",),
    ".json": (b"{",),
}
POLYGONS = tuple(MAGIC)
KNOWN = (".csv", *POLYGONS)

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Table:
    """Columns of cells, each of which can say where it stands: `file, row 5, column`.

    `rows` holds the row number of each line of cells, as a spreadsheet shows it (the header is row 1).
    """

    label: str
    columns: Mapping[str, Sequence[object]]
    rows: Sequence[int]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def as_written(self) -> list[int]:
        """Its lines in the order of the file, which is the order that problems are read in."""
        return sorted(range(len(self)), key=lambda i: self.rows[i])

    def where(self, i: int, column: str = "") -> str:
        """The place of one cell, in words."""
        place = f"{self.label}, row {self.rows[i]}"
        return f"{place}, {column}" if column else place

    def has(self, column: str) -> bool:
        return column in self.columns

    def column(self, name: str, problems: Problems, meaning: str = "") -> Sequence[object] | None:
        """The cells of a column; None, and a problem, when there is none of that name."""
        if name in self.columns:
            return self.columns[name]
        meaning = f" ({meaning})" if meaning else ""
        problems.add(f"{self.label}: no column '{name}'{meaning}; {did_you_mean(name, list(self.columns))}")
        return None

    def text(self, name: str, problems: Problems, meaning: str = "") -> list[str] | None:
        """The cells of a column as trimmed words."""
        cells = self.column(name, problems, meaning)
        return None if cells is None else [word(cell) for cell in cells]

    def where_equal(self, wanted: Mapping[str, str]) -> Table:
        """Only the rows whose columns hold the wanted words."""
        keep = [
            i
            for i in range(len(self))
            if all(word(self.columns[column][i]) == value for column, value in wanted.items())
        ]
        return self.take(keep)

    def take(self, chosen: Sequence[int]) -> Table:
        """Only the chosen rows, in that order."""
        columns = {name: [cells[i] for i in chosen] for name, cells in self.columns.items()}
        return Table(self.label, columns, [self.rows[i] for i in chosen])


def word(cell: object) -> str:
    """A cell as a trimmed word; empty for None and for the not-a-number of tables."""
    if cell is None or cell != cell:
        return ""
    return str(cell).strip()


def reason(error: OSError) -> str:
    """Why the system refused a file, in its own words."""
    return error.strerror or str(error) or type(error).__name__


def inside(folder: Path, given: str) -> Path:
    """The path of a file that a territory names, which must lie in its folder.

    Raises InputError for addresses, for GDAL's virtual paths, for paths and links that lead out of the folder, for
    endings not known, for files that are not there and for files that do not begin as their ending says.
    """
    if "://" in given or given.startswith(("/vsi", "\\\\")) or "\x00" in given:
        raise InputError(given, f"'{given}' is no file of this folder; copy it here and give its name")
    root = folder.resolve()
    path = (folder / given).resolve()
    if not path.is_relative_to(root):
        raise InputError(given, f"'{given}' leads out of the territory's folder; copy it there and give its name")
    try:
        return _found(root, path, given)
    except OSError as error:  # a folder on the way may not be looked into
        raise InputError(given, f"{given}: cannot be read: {reason(error)}") from None


def _found(root: Path, path: Path, given: str) -> Path:
    if path.is_dir():
        raise InputError(given, f"'{given}' is a folder; give the name of a file")
    if not path.is_file():
        here = sorted(p.name for p in root.iterdir() if p.suffix.lower() in KNOWN)
        raise InputError(given, f"no file '{given}' in the territory's folder; {did_you_mean(given, here)}")
    for part in path.parent.iterdir() if path.suffix.lower() == ".shp" else ():  # its .dbf, .shx, .prj, .cpg
        if part.stem == path.stem and not part.resolve().is_relative_to(root):
            raise InputError(given, f"'{part.name}' leads out of the territory's folder; copy it there")
    check_content(path, given)
    return path


def check_content(path: Path, label: str) -> None:
    """Raise InputError when the file's first bytes are not those of its ending."""
    ending = path.suffix.lower()
    if ending not in KNOWN:
        raise InputError(label, f"{label}: '{ending}' is no kind of file that is read; possible: {', '.join(KNOWN)}")
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise InputError(label, f"{label}: cannot be read: {reason(error)}") from None
    if ending == ".csv":
        if b"\x00" in start or start.startswith((b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0")):
            raise InputError(label, f"{label} is not text; save it as 'CSV UTF-8'")
        return
    if ending in (".geojson", ".json"):
        start = start.removeprefix(BOM).lstrip()
    if not start.startswith(MAGIC[ending]):
        raise InputError(label, f"{label} does not hold what its ending {ending} says; it begins with {start[:12]!r}")


def read_csv(path: Path, label: str = "") -> Table:
    """A CSV table in UTF-8, with or without byte-order mark; header and cells are trimmed, empty rows left out.

    Raises InputError with every row that does not have the header's number of cells.
    """
    label = label or path.name
    problems = Problems(label)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
    except UnicodeDecodeError as error:
        raise InputError(label, f"{label}: byte {error.start + 1} is not UTF-8; save it as 'CSV UTF-8'") from None
    except csv.Error as error:
        raise InputError(label, f"{label}: {error}") from None
    except OSError as error:
        raise InputError(label, f"{label}: cannot be read: {reason(error)}") from None
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise InputError(label, f"{label}: the first row must name the columns; it is empty")
    header = [name.strip() for name in lines[0]]
    if len(header) == 1 and ";" in header[0]:
        raise InputError(label, f"{label}: the columns are separated by ';'; save it separated by commas")
    for name in sorted({name for name in header if name and header.count(name) > 1}):
        problems.add(f"{label}, row 1: two columns are named '{name}'")
    rows, kept = [], []
    for number, line in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) != len(header):
            problems.add(f"{label}, row {number}: {len(line)} cells, but the header has {len(header)}")
            continue
        rows.append(number)
        kept.append([cell.strip() for cell in line])
    problems.check()
    columns = {name: [line[i] for line in kept] for i, name in enumerate(header) if name}
    return Table(label, columns, rows)
