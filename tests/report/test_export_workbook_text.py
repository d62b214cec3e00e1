"""Text in workbook.xlsx is never run: as the file has it, and as LibreOffice reads and saves it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hostile import HOSTILE, hostile
from office import CSV, convert, formulas_of, links_of, with_office
from openpyxl.workbook import Workbook
from report_cases import GOALS, RULES, awarded, solved
from workbook_cases import ALL

from lotopt.design.design import LotDesign
from lotopt.report.tables import RUN_BY_SPREADSHEETS
from lotopt.report.workbook.write import write_workbook


@pytest.fixture
def evil_file(design: LotDesign, tmp_path: Path) -> Path:
    """A workbook in which every text comes from a stranger."""
    found, won = hostile(design)
    inputs = dict.fromkeys(HOSTILE, HOSTILE[0])
    return write_workbook(tmp_path / "evil.xlsx", found, won, title=HOSTILE[0], inputs=inputs)


def cells_of(book: Workbook) -> Iterator[tuple[str, Any, str]]:
    """The place, value and type of every cell that holds anything."""
    for page in book:
        for row in page.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield f"{page.title}!{cell.coordinate}", cell.value, cell.data_type


def numbers_of(book: Workbook) -> dict[str, float]:
    return {place: value for place, value, kind in cells_of(book) if kind == "n"}


def texts_of(book: Workbook) -> dict[str, str]:
    """Texts without tabs and control characters: a workbook writes these by number, OpenDocument leaves them out."""
    found = {place: value for place, value, kind in cells_of(book) if kind == "s"}
    return {place: re.sub("_x(0000|FFFE)_|\t", "", text, flags=re.IGNORECASE) for place, text in found.items()}


def test_no_text_is_a_formula_or_a_link(evil_file: Path) -> None:
    """As the file has it: only text and numbers, and no part of the package is a link."""
    found = openpyxl.load_workbook(evil_file)
    assert {kind for _, _, kind in cells_of(found)} == {"s", "n"}
    assert not any(page._hyperlinks for page in found)
    assert len({value for _, value, _ in cells_of(found)} & {f"'{text}" for text in HOSTILE[:3]}) == 3


def test_no_text_begins_like_a_formula(evil_file: Path) -> None:
    """Also when it is saved as CSV, where nothing but the first character tells text from a formula."""
    texts = [value for _, value, kind in cells_of(openpyxl.load_workbook(evil_file)) if kind == "s"]
    assert [text for text in texts if text.startswith(RUN_BY_SPREADSHEETS)] == []
    assert [text for text in texts if "\n" in text or "\r" in text] == []


@with_office
@pytest.mark.parametrize("to", ["xlsx", "ods"])
def test_libreoffice_reads_the_same_cells(to: str, evil_file: Path, tmp_path: Path) -> None:
    """Opened and saved again, every text and every number is the same, and there is no formula and no link."""
    made = convert(evil_file, to, tmp_path / "made") / f"evil.{to}"
    if to == "ods":
        assert formulas_of(made) == []
        assert links_of(made) == []
        made = convert(made, "xlsx", tmp_path / "back") / "evil.xlsx"
    wanted, found = (openpyxl.load_workbook(file) for file in (evil_file, made))
    assert texts_of(found) == texts_of(wanted)
    assert numbers_of(found) == pytest.approx(numbers_of(wanted), rel=1e-14)


@with_office
def test_saved_as_csv_and_opened_again_nothing_runs(evil_file: Path, tmp_path: Path) -> None:
    """The way on which text becomes a formula: a sheet saved as CSV, and that file opened by someone else."""
    sheets = sorted(convert(evil_file, CSV, tmp_path / "csv").iterdir())
    assert [path.name for path in sheets] == sorted(f"evil-{name}.csv" for name in ALL)
    for path in sheets:
        again = convert(path, "ods", tmp_path / "again") / f"{path.stem}.ods"
        assert formulas_of(again) == [], path.name
    lots = (tmp_path / "csv" / "evil-Sources.csv").read_text(encoding="utf-8")
    assert "'=cmd|' /C calc'!A0" in {cell for row in csv.reader(io.StringIO(lots)) for cell in row}


@with_office
def test_text_that_is_not_disarmed_would_run(tmp_path: Path) -> None:
    """What the test above is there for: LibreOffice does run a cell of a CSV file that begins with a sign."""
    (tmp_path / "bare.csv").write_text("name\n=1+1\n'=1+1\n", encoding="utf-8")
    assert formulas_of(convert(tmp_path / "bare.csv", "ods", tmp_path / "made") / "bare.ods") == ["of:=1+1"]


@with_office
def test_libreoffice_reads_the_same_figures(design: LotDesign, tmp_path: Path) -> None:
    """Of a workbook as a run writes it: prices to the penny, shares, counts."""
    ours = write_workbook(tmp_path / "w.xlsx", solved(design), awarded(design), rules=RULES, goals=GOALS)
    back = convert(convert(ours, "ods", tmp_path / "ods") / "w.ods", "xlsx", tmp_path / "back") / "w.xlsx"
    wanted, found = (numbers_of(openpyxl.load_workbook(file)) for file in (ours, back))
    assert len(wanted) > 50
    assert found == pytest.approx(wanted, rel=1e-14)  # LibreOffice writes 15 digits
    for line in range(2, 5):
        assert Decimal(repr(found[f"Awards!H{line}"])) == Decimal(f"{line - 1}000.10")
