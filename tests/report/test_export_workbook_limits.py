"""What a workbook cannot hold is told: texts too long for a cell, rows too many for a sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from report_cases import solved
from workbook_cases import about, rows_of

from lotopt.design.design import LotDesign
from lotopt.report.workbook import sheet as ws
from lotopt.report.workbook.sheet import Field, Sheet, cell_text, fitted
from lotopt.report.workbook.write import write_workbook


@pytest.mark.parametrize(("text", "length"), [("x" * 40_000, 40_000), ("😀" * 20_000, 40_000)])
def test_a_text_too_long_for_a_cell_says_so(text: str, length: int) -> None:
    """Excel counts an emoji as two; the cell ends by saying what is missing, and no character is cut in half."""
    found, short = cell_text(text)
    assert short
    assert found.endswith(f" [cut here: {length:,} characters]")
    assert len(found.encode("utf-16-le")) // 2 in (ws.MOST_CHARACTERS, ws.MOST_CHARACTERS - 1)
    assert set(found.removesuffix(f" [cut here: {length:,} characters]")) == {text[0]}


def test_a_text_that_just_fits_is_whole() -> None:
    """32,767 characters; an apostrophe counts as one of them."""
    fits = "x" * ws.MOST_CHARACTERS
    assert cell_text(fits) == (fits, False)
    assert cell_text("=" + fits[1:])[1]


def test_texts_that_were_cut_are_counted_on_the_first_sheet(design: LotDesign, tmp_path: Path) -> None:
    """And where the whole text is."""
    names = ("n" * 40_000, *design.territory.names[1:])
    long = replace(design, territory=replace(design.territory, names=names))
    found = openpyxl.load_workbook(write_workbook(tmp_path / "w.xlsx", solved(long)))
    told = "Sheet Areas has 1 text cut short, for a cell holds 32,767 characters; lots.csv has all of it."
    assert about(found)["Warning"] == told
    assert len(rows_of(found, "Areas")[0]["Name"]) == ws.MOST_CHARACTERS


def test_rows_that_do_not_fit_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet has 1,048,576 rows; here it has room for 2 below its header."""
    assert ws.MOST_ROWS == 2**20 - 1
    monkeypatch.setattr(ws, "MOST_ROWS", 2)
    sheet, told = fitted(Sheet("Areas", (Field("Area"),), (("a",), ("b",), ("c",)), "lots.csv"))
    assert sheet.rows == (("a",), ("b",))
    assert told == ("Sheet Areas leaves out 1 row that a workbook cannot hold; lots.csv has all of them.",)


def test_half_a_character_does_not_stop_the_writing() -> None:
    """JSON can name one; no file can hold it."""
    assert cell_text("a\ud800b") == ("a?b", False)
