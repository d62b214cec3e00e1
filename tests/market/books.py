"""Workbooks and CSV folders for tests, good and bad."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from lotopt.core.lot import LotFacts

LOTS = (LotFacts("North", volumes={"cases": 10.0}), LotFacts("South", volumes={"cases": 20.0}))
PROVIDERS = [["provider", "name", "capacity_cases"], ["alpha", "Alpha Ltd", 25], ["beta", "Beta CIC", None]]
BIDS = [
    ["bid", "provider", "lots", "price", "quality"],
    ["a1", "alpha", "North", 1000, 80],
    ["a2", "alpha", "North; South", 2500.5, 75.5],
    ["b1", "beta", "South", "£1,900", 60],
]

Rows = Sequence[Sequence[Any]]


def workbook(path: Path, providers: Rows = PROVIDERS, bids: Rows = BIDS, **sheets: Rows) -> Path:
    """A workbook with the sheets Providers and Bids, and more if given."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    for name, rows in {"Providers": providers, "Bids": bids, **sheets}.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(at, column, value)
    book.close()
    return path


def folder(path: Path, providers: Rows = PROVIDERS, bids: Rows = BIDS, **tables: Rows) -> Path:
    """The same as CSV files."""
    path.mkdir(exist_ok=True)
    for name, rows in {"providers": providers, "bids": bids, **tables}.items():
        with (path / f"{name.lower()}.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows(rows)
    return path


def with_row(*cells: Any) -> Rows:
    """The good bids and one row more, row 5 of the sheet."""
    return [*BIDS, list(cells)]


def rewritten(path: Path, parts: Mapping[str, tuple[str, str]], more: Mapping[str, bytes] | None = None) -> Path:
    """The workbook with a pattern replaced in some of its parts, and with further parts."""
    with zipfile.ZipFile(path) as archive:
        content = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    for part, (pattern, new) in parts.items():
        text, count = re.subn(pattern, new, content[part].decode(), count=1, flags=re.DOTALL)
        assert count == 1, (part, pattern, content[part].decode()[:2000])
        content[part] = text.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**content, **(more or {})}.items():
            archive.writestr(name, data)
    return path


BIDS_PART = "xl/worksheets/sheet2.xml"
