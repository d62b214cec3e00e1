"""The tables of a market wherever they are: sheets of a workbook, or CSV files of a folder."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from lotopt.core.errors import InputError, Problems, did_you_mean
from lotopt.market.rows import Table, read_csv
from lotopt.market.workbook import read_workbook

WORKBOOKS = (".xlsx", ".xlsm")
# Tables of markets of either kind, and what stands beside them.
KNOWN = ("providers", "bids", "lots", "panel", "members", "discounts", "schedules", "incumbents", "readme")
# What a market holds instead where it is of the other kind.
INSTEAD = {
    "Schedules": ("Bids", "bids for lots that are drawn, and [joint] draws lots at price schedules"),
    "Bids": ("Schedules", "price schedules for lots still to be drawn, which a scenario with [joint] reads"),
}


def read_tables(
    path: Path, wanted: Mapping[str, Sequence[str]], problems: Problems, optional: Collection[str] = ()
) -> tuple[dict[str, Table], list[str]]:
    """The wanted tables by name, and notes; `optional` ones may be missing.

    `wanted` says of each table which prefixes of columns are followed by a name, such as capacity_. The sheet Bids
    of a workbook is the file bids.csv of a folder. What no table can be read without is raised at once, in one
    InputError; faults of single cells go to `problems`.
    """
    suffix = path.suffix.casefold()
    if path.is_dir() or suffix == ".csv":
        return _of_folder(path, wanted, optional, problems), []
    if suffix not in WORKBOOKS:
        names = [_file(name) for name in wanted if name not in optional]
        raise InputError(path.name, f"give an .xlsx workbook, or a folder with {' and '.join(names)}")
    book = read_workbook(path, tuple(wanted))
    for fault in book.faults:
        problems.add(f"{path.name}, {fault}")
    missing = [sheet for sheet in wanted if sheet not in book.sheets and sheet not in optional]
    for sheet in missing:
        problems.add(f"{path.name}: no sheet '{sheet}'; {_there(sheet, book.names)}")
    if missing:
        problems.check()
    for sheet, meant in _misspelt(book.names, [name for name in optional if name not in book.sheets]):
        problems.add(f"{path.name}: sheet '{sheet}' is not known; did you mean '{meant}'?")
    notes = [f"{path.name}: {book.formulas} cells hold formulas; their stored values were used"]
    tables = {
        sheet: Table.of(f"{path.name}, sheet {sheet}", book.sheets[sheet], prefixes, book.empty(sheet))
        for sheet, prefixes in wanted.items()
        if sheet in book.sheets
    }
    return tables, notes if book.formulas else []


def _of_folder(
    path: Path, wanted: Mapping[str, Sequence[str]], optional: Collection[str], problems: Problems
) -> dict[str, Table]:
    """The tables as files beside each other; where one file was named, it is the last that must be there."""
    folder = path if path.is_dir() else path.parent
    files = {name: folder / _file(name) for name in wanted}
    if path != folder:
        files[[name for name in wanted if name not in optional][-1]] = path
    missing = [name for name, file in files.items() if name not in optional and not file.is_file()]
    if missing:
        where = "in it" if path == folder else "beside it"
        tables = [file.stem.capitalize() for file in sorted(folder.glob("*.csv"))]
        raise InputError(path.name, [_no_file(files[name].name, name, where, tables) for name in missing])
    if path == folder:
        others = [file.stem for file in sorted(folder.glob("*.csv"))]
        for file, meant in _misspelt(others, [name for name in optional if not files[name].is_file()]):
            problems.add(f"{path.name}: file {file}.csv is not known; did you mean '{_file(meant)}'?")
    return {name: read_csv(file, file.name, wanted[name]) for name, file in files.items() if file.is_file()}


def _misspelt(names: Sequence[str], missing: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Names that look like those of optional tables, which would be passed over in silence."""
    meant = {name.casefold(): name for name in missing}
    for name in names:
        close = difflib.get_close_matches(name.strip().casefold(), list(meant), n=1, cutoff=0.75)
        if close and name.strip().casefold() not in KNOWN:
            yield name, meant[close[0]]


def _no_file(file: str, name: str, where: str, tables: Sequence[str]) -> str:
    other, meaning = INSTEAD.get(name, ("", ""))
    hint = f"; its {_file(other)} holds {meaning}" if other in tables else ""
    return f"no file {file} {where}{hint}"


def _there(sheet: str, names: Sequence[str]) -> str:
    """What a workbook has in place of a sheet."""
    other, meaning = INSTEAD.get(sheet, ("", ""))
    if other in names:
        return f"it has {', '.join(names)}: {other} are {meaning}"
    close = did_you_mean(sheet, names)
    return f"it has {', '.join(names)}{f'; {close}' if close.startswith('did') else ''}"


def _file(name: str) -> str:
    return f"{name.lower()}.csv"
