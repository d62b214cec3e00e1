"""Workbooks from strangers: what is hidden, broken or harmful in them is told in one plain sentence."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from books import BIDS, BIDS_PART, LOTS, rewritten, workbook

from lotopt.core.errors import InputError
from lotopt.market import workbook as wb
from lotopt.market.read import read_market


def problems(path: Path) -> tuple[str, ...]:
    """Everything that is said to be wrong with a workbook."""
    with pytest.raises(InputError) as caught:
        read_market(path, LOTS)
    return caught.value.problems


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A workbook that can be read."""
    return workbook(tmp_path / "bids.xlsx")


def price(cell: str) -> dict[str, tuple[str, str]]:
    """The price in D2, written otherwise."""
    return {BIDS_PART: (r'<c r="D2"><v>1000</v></c>', cell)}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (price('<c r="D2"><f>1+1</f></c>'), "cell D2: holds a formula without a stored value"),
        (price('<c r="D2"><f>1+1</f><v></v></c>'), "cell D2: holds a formula without a stored value"),
        (price('<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'), "cell D2: holds the error #DIV/0!; mend the formula"),
        ({BIDS_PART: (r'<row r="3"', '<row r="3" hidden="1"')}, "cell A3: is in a hidden row"),
        (
            {BIDS_PART: ("<sheetData>", '<cols><col min="4" max="4" hidden="1"/></cols><sheetData>')},
            "cell D1: is in a",
        ),
        (
            {BIDS_PART: ("</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>')},
            "cell B2:B3: cells are merged; unmerge them and fill each",
        ),
        (
            {"xl/workbook.xml": ('name="Bids"', 'name="Bids" state="hidden"')},
            "sheet Bids: the sheet is hidden; show it",
        ),
        ({"xl/workbook.xml": ('name="Bids"', 'name="Offers"')}, "no sheet 'Bids'; it has Providers, Offers"),
    ],
)
def test_what_a_reader_of_values_does_not_show_is_told(
    parts: dict[str, tuple[str, str]], said: str, good: Path
) -> None:
    """Formulas that were never calculated, errors, hidden and merged cells: with sheet and cell."""
    found = problems(rewritten(good, parts))
    assert any(said in line for line in found), found


@pytest.mark.parametrize(
    "cell", ['<c r="D2"><f>1+1</f></c>', '<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'], ids=["formula", "error"]
)
def test_a_cell_without_a_value_is_told_once(cell: str, good: Path) -> None:
    """What the cell holds is told; that it is empty follows from it."""
    (problem,) = problems(rewritten(good, price(cell)))
    assert "cell D2: holds" in problem


def test_merged_cells_are_told_once(tmp_path: Path) -> None:
    """All but the first of them are empty because they are merged; an empty cell elsewhere is still told."""
    bids = [[*row[:3], None if at > 1 else row[3], *row[4:]] for at, row in enumerate(BIDS)]
    path = workbook(tmp_path / "bids.xlsx", bids=[*bids, ["c1", "beta", "South", None, 50]])
    merged = '</sheetData><mergeCells count="1"><mergeCell ref="D2:D4"/></mergeCells>'
    found = problems(rewritten(path, {BIDS_PART: ("</sheetData>", merged)}))
    assert found == (
        "bids.xlsx, sheet Bids, cell D2:D4: cells are merged; unmerge them and fill each",
        "bids.xlsx, sheet Bids, row 5, price: is empty; write an amount such as 12500.00",
    )


def test_a_formula_with_its_value_is_read_and_noted(good: Path) -> None:
    """The value that was stored is taken, and the market says so."""
    market = read_market(rewritten(good, price('<c r="D2"><f>500*2</f><v>1000</v></c>')), LOTS)
    assert market.bid["a1"].price == 1000
    assert market.notes == ("bids.xlsx: 1 cells hold formulas; their stored values were used",)


def test_what_is_hidden_elsewhere_does_not_matter(tmp_path: Path) -> None:
    """Only the sheets that are read are held to this."""
    path = workbook(tmp_path / "m.xlsx", Notes=[["x"]])
    parts = {"xl/worksheets/sheet3.xml": ('<row r="1"', '<row r="1" hidden="1"')}
    assert len(read_market(rewritten(path, parts), LOTS).bids) == 3


def test_a_dimension_that_lies_hides_no_rows(good: Path) -> None:
    """Readers that trust the stated size of a sheet drop rows."""
    rewritten(good, {BIDS_PART: (r'<dimension ref="[^"]*"/>', '<dimension ref="A1:E2"/>')})
    assert len(read_market(good, LOTS).bids) == 3


def test_a_date_is_no_price(tmp_path: Path) -> None:
    """Excel turns 1.2 into the first of February in some countries."""
    path = tmp_path / "m.xlsx"
    workbook(path)
    book = xlsxwriter.Workbook(str(path))
    form = book.add_format({"num_format": "dd/mm/yyyy"})
    providers, bids = book.add_worksheet("Providers"), book.add_worksheet("Bids")
    providers.write_column(0, 0, ["provider", "alpha"])
    for at, row in enumerate([["provider", "lots", "price"], ["alpha", "North"]]):
        bids.write_row(at, 0, row)
    bids.write_number(1, 2, 45000, form)
    book.close()
    assert problems(path) == (
        "m.xlsx, sheet Bids, row 2, price: the date 2023-03-15 is not an amount; write 12500.00",
    )


def test_a_cell_far_away_is_refused_before_a_reader_sees_it(good: Path) -> None:
    """One cell at XFD1048576 makes a reader ask for half a terabyte and abort the process."""
    parts = {BIDS_PART: ("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')}
    assert problems(rewritten(good, parts)) == (
        "sheet Bids has a cell in row 1048576, column 0; at most 200,000 rows and 500 columns are read",
    )
    aside = workbook(good.with_name("aside.xlsx"), Notes=[["x"]])
    far = ('<c r="A1"', '<c r="XFD1"><v>1</v></c><c r="A1"')
    assert "column 16384" in problems(rewritten(aside, {"xl/worksheets/sheet3.xml": far}))[0]


@pytest.mark.parametrize("place", ["A0x", "1A", "AAAA1", "A99999999"])
def test_a_cell_at_no_place_is_refused(place: str, good: Path) -> None:
    """References that no sheet has."""
    assert "is no place in a sheet" in problems(rewritten(good, {BIDS_PART: ('r="D2"', f'r="{place}"')}))[0]


def test_a_workbook_that_unpacks_to_much_more_is_refused(good: Path) -> None:
    """30 MB of blanks squeezed into 30 kB."""
    rewritten(good, {}, {"xl/media/image1.png": b" " * (30 << 20)})
    assert problems(good) == ("its part xl/media/image1.png unpacks to more than 100 times its size",)


def test_a_workbook_that_lies_about_its_size_is_refused(good: Path) -> None:
    """The stated size is 10 bytes, the part has 5 MB: what is counted is what comes out."""
    rewritten(good, {}, {"xl/media/a.bin": b" " * (5 << 20)})
    content = bytearray(good.read_bytes())
    size = (5 << 20).to_bytes(4, "little")
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = (10).to_bytes(4, "little")
    good.write_bytes(content)
    assert len(problems(good)) == 1


def test_a_workbook_of_very_many_parts_is_refused(good: Path) -> None:
    """Two hundred parts are plenty."""
    rewritten(good, {}, {f"xl/x{i}.xml": b"<a/>" for i in range(250)})
    assert "parts, more than 200" in problems(good)[0]


def test_a_document_type_is_refused(good: Path) -> None:
    """Without one no entity can grow or fetch a file."""
    entities = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    found = problems(rewritten(good, {BIDS_PART: (r"\?>", "?>" + entities)}))
    assert found == ("it holds a document type declaration, which workbooks do not",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not an .xlsx workbook"),
        (b"not a zip at all", "is not an .xlsx workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old .xls, or protected by a password"),
        (b"PK\x03\x04" + b"x" * 500, "broken or not an .xlsx workbook"),
    ],
)
def test_a_file_that_is_no_workbook_is_one_plain_message(content: bytes, said: str, tmp_path: Path) -> None:
    """Empty, text, an old or encrypted workbook, the beginning of a zip."""
    path = tmp_path / "bids.xlsx"
    path.write_bytes(content)
    found = problems(path)
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_truncated_workbook_is_one_plain_message(share: float, good: Path) -> None:
    """An upload that broke off."""
    content = good.read_bytes()
    good.write_bytes(content[: int(share * len(content))])
    assert len(problems(good)) == 1


@pytest.mark.parametrize("part", ["xl/workbook.xml", BIDS_PART])
def test_a_broken_part_is_one_plain_message(part: str, good: Path) -> None:
    """XML that breaks off, and a zip without the part."""
    assert "not well-formed" in problems(rewritten(good, {part: (r"</s.*$", "</s")}))[0]
    with zipfile.ZipFile(good, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert problems(good) == ("its part xl/workbook.xml is missing",)


def test_a_file_too_large_is_not_opened(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is 25 MB; here it is lowered instead of writing such a file."""
    monkeypatch.setattr(wb, "MOST_BYTES", 100)
    assert "more than" in problems(good)[0]


def test_a_reader_that_hangs_or_dies_is_told(good: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The child is ended when its time is up, and whatever it dies of is one sentence."""
    child = tmp_path / "child.py"
    monkeypatch.setattr(wb, "CHILD", child)
    child.write_text("import os; os.abort()")
    assert "the reader stopped" in problems(good)[0]
    child.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(wb, "SECONDS", 0.2)
    assert "was not read in" in problems(good)[0]


def test_the_first_sheets_may_come_in_any_order_and_case(tmp_path: Path) -> None:
    """BIDS before providers is no matter."""
    path = workbook(tmp_path / "m.xlsx", bids=BIDS)
    rewritten(path, {"xl/workbook.xml": ('name="Bids"', 'name="BIDS"')})
    assert len(read_market(path, LOTS).bids) == 3
