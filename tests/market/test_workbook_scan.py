"""Plain cells are sieved out before the XML parser: whatever a sheet holds, the same is told of it as without."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from books import BIDS_PART, LOTS, rewritten, workbook
from hypothesis import given, settings
from hypothesis import strategies as st

from lotopt.core.errors import InputError
from lotopt.market import workbook_scan
from lotopt.market.read import read_market
from lotopt.market.workbook_scan import Refused, Scan, blocks, parse, scanned

SHEET = '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="x"><sheetData>{}</sheetData></worksheet>'
PART = "xl/worksheets/sheet1.xml"


def archive(content: str | bytes) -> zipfile.ZipFile:
    """A zip with one sheet in it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        made.writestr(PART, content)
    return zipfile.ZipFile(data)


def told(content: str | bytes, *, sieved: bool) -> tuple[object, ...]:
    """What is told of a sheet: its faults, formulas and cells, or why it is refused."""
    try:
        if sieved:
            scan = scanned(archive(content), "S", PART)
        else:
            scan = Scan("S")
            parse(archive(content), PART, scan.start, scan.end, scan.text)
    except Refused as refused:
        return ("refused", str(refused).partition(" (")[0])
    return scan.faults, scan.formulas, scan.cells


# Pieces of sheets, plain and otherwise; what is put together of them may be well-formed or not.
PIECES = [
    '<row r="1">', '<row r="2" spans="1:3">', '<row r="3" hidden="1">', "</row>", '<row r="4"/>', "<row>",
    '<c r="A1"><v>1</v></c>', '<c r="B1" s="3" t="s"><v>12</v></c>', '<c r="C2" s="1"/>',
    '<c r="RZ9" t="b"><v>1</v></c>', '<c r="A199999"><v>1</v></c>', '<c r="SA1"><v>1</v></c>',
    '<c r="SG1"><v>1</v></c>', '<c r="XFD1048576"><v>1</v></c>', '<c r="A200001"><v>1</v></c>',
    '<c r="A1"><f>1+1</f></c>', '<c r="A1"><f>1+1</f><v>2</v></c>', '<c r="A1" t="e"><v>#N/A</v></c>',
    "<c><v>1</v></c>", '<c r="A1" t="inlineStr"><is><t>North</t></is></c>', '<c r="A1"><v>&#1;</v></c>',
    '<c r="A1"><v>ä</v></c>', "<!--", "-->", "<!-", "-", "<![CDATA[", "]]>", ">", " ", "<x a='>", "'/>",
    '<cols><col min="1" max="2" hidden="1"/></cols>', '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>',
]  # fmt: skip
CELLS = [piece for piece in PIECES if piece.startswith(("<c ", "<c>"))]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_the_sieve_changes_nothing_that_is_told(content: str) -> None:
    """Any sequence of pieces: comments, half a comment, far cells, formulas, hidden rows, broken tags."""
    with_sieve, without = told(SHEET.format(content), sieved=True), told(SHEET.format(content), sieved=False)
    assert with_sieve[:2] == without[:2]
    # cells in a comment are counted too, which is on the safe side
    assert with_sieve[2:] >= without[2:]


@given(st.lists(st.sampled_from(CELLS), min_size=1, max_size=30), st.integers(1, 9))
def test_the_sieve_changes_nothing_that_is_told_of_whole_rows(cells: list[str], each: int) -> None:
    """Rows that are well-formed, with plain and other cells in any order."""
    rows = [cells[at : at + each] for at in range(0, len(cells), each)]
    content = SHEET.format("".join(f'<row r="{n}">{"".join(row)}</row>' for n, row in enumerate(rows, 1)))
    assert told(content, sieved=True) == told(content, sieved=False)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>',
            "has a cell in row 1048576, column",
        ),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="A200001"><v>1</v></c></row>', "has a cell in row 200001, column 1"),
        ('<!-<c r="A1"><v>1</v></c>- <c r="XFD1048576"/> -->', "is not well-formed"),
        ("<row>" + "<c><v>1</v></c>" * 501 + "</row>", "has a cell in row 1, column 501"),
        ('<row><c r="RZ1"><v>1</v></c>' + "<c><v>1</v></c>" * 7 + "</row>", "has a cell in row 1, column 501"),
    ],
)
def test_far_cells_are_refused_behind_plain_ones(content: str, said: str) -> None:
    """A reader of values would ask for half a terabyte: in a plain row, in half a comment, without references."""
    with pytest.raises(Refused, match=said):
        scanned(archive(SHEET.format(content)), "S", PART)


def test_cells_are_counted_in_the_sieve(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve plain cells are more than ten."""
    monkeypatch.setattr(workbook_scan, "MOST_CELLS", 10)
    row = "".join(f'<c r="{letter}1"><v>1</v></c>' for letter in "ABCDEFGHIJKL")
    with pytest.raises(Refused, match="has more than 10 cells"):
        scanned(archive(SHEET.format(f'<row r="1">{row}</row>')), "S", PART)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_other_encodings_go_through_the_parser(encoding: str) -> None:
    """There the bytes of a plain cell may mean something else."""
    content = SHEET.replace("UTF-8", encoding.removesuffix("-sig").removesuffix("-le").upper())
    scan = Scan("S")
    plain = content.format('<row r="1"><c r="A1"><v>1</v></c></row>').encode(encoding)
    assert scan.sieve(plain) == plain
    assert Scan("S").sieve(content.format("").encode("ascii").replace(b"UTF-8", b"UTF-7")) != b""
    assert scan.cells == 0


def test_plain_cells_do_not_reach_the_parser() -> None:
    """That is what makes it quick: of three cells one has a formula and is left."""
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="s"><v>1</v></c><c r="C1"><f>1</f><v>1</v></c></row>'
    scan = Scan("S")
    left = scan.sieve(SHEET.format(rows).encode())
    assert b"A1" not in left
    assert b"B1" not in left
    assert b"C1" in left
    assert scan.cells == 2


def test_blocks_end_with_rows_and_lose_nothing() -> None:
    """Three megabytes of rows in pieces, and a part without any row."""
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 60_000))
    found = list(blocks(io.BytesIO(b"<s>" + rows + b"</s>")))
    assert b"".join(found) == b"<s>" + rows + b"</s>"
    assert len(found) > 2
    assert all(block.endswith(b"</row>") for block in found[:-1])
    assert b"".join(blocks(io.BytesIO(b"x" * (6 << 20)))) == b"x" * (6 << 20)


def test_a_hidden_row_behind_many_plain_ones_is_told(tmp_path: Path) -> None:
    """The sieve lets go where anything is hidden."""
    path = workbook(tmp_path / "m.xlsx")
    rewritten(path, {BIDS_PART: ('<row r="4"', '<row r="4" hidden="1"')})
    with pytest.raises(InputError) as caught:
        read_market(path, LOTS)
    assert caught.value.problems == ("m.xlsx, sheet Bids, cell A4: is in a hidden row; show the row or delete it",)
