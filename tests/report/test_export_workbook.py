"""workbook.xlsx: every figure is that of the run, text is never run, and what does not fit is told."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hostile import HOSTILE, hostile
from office import CSV, convert, formulas_of, links_of, with_office
from openpyxl.workbook import Workbook
from report_cases import GOALS, RULES, awarded, decided_together, solved

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.rules import ValueShare
from lotopt.core.lot import LotFacts
from lotopt.core.reading import Audit, Reading
from lotopt.core.result import Result, Status
from lotopt.design.design import LotDesign
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.market.terms import ItemTerms
from lotopt.report.tables import RUN_BY_SPREADSHEETS, award_rows
from lotopt.report.workbook import sheet as ws
from lotopt.report.workbook.sheet import Field, Sheet, cell_text, fitted
from lotopt.report.workbook.write import write_workbook

ALL = ["About", "Lots", "Areas", "Awards", "Coherence", "Readings", "Sources"]


def rows_of(book: Workbook, name: str) -> list[dict[str, Any]]:
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def about(book: Workbook) -> dict[str, Any]:
    return {what: value for what, value, _ in book["About"].iter_rows(values_only=True)}


@pytest.fixture
def book(design: LotDesign, tmp_path: Path) -> Workbook:
    """The workbook of three lots and three awards."""
    return openpyxl.load_workbook(
        write_workbook(
            *(tmp_path / "workbook.xlsx", solved(design), awarded(design)),
            rules=RULES,
            goals=GOALS,
            inputs={"areas.csv": "ab12"},
        )
    )


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


def test_the_sheets(book: Workbook) -> None:
    """One for each thing there is to say, in the order in which they are read."""
    assert book.sheetnames == ALL


def test_lots_are_those_of_the_design(book: Workbook, design: LotDesign) -> None:
    """Ids, counts and totals as numbers; the first square has another name, a lot three squares of 1 case."""
    rows = rows_of(book, "Lots")
    assert [row["Lot"] for row in rows] == list(design.lots)
    assert [row["Areas"] for row in rows] == [3, 3, 3]
    assert [row["cases"] for row in rows] == [3, 3, 3]
    assert [row["Share of cases"] for row in rows] == pytest.approx([1 / 3] * 3)
    # A: rows 1 and 2 left: borders of 1 km with 4 squares of B and C
    assert [row["Border, km"] for row in rows] == design.table.border_length().tolist()


def test_areas_have_their_lot_and_agencies(book: Workbook, design: LotDesign) -> None:
    """One row per area, as in lots.csv, with what lots.csv leaves out."""
    rows = rows_of(book, "Areas")
    assert {row["Area"]: row["Lot"] for row in rows} == design.lot_of
    assert [row["police"] for row in rows] == ["X"] * 3 + ["Y"] * 3 + ["Z"] * 3
    assert [row["cases"] for row in rows] == [1] * 9


def test_awards_are_exact_to_the_penny(book: Workbook, design: LotDesign) -> None:
    """The rows of awards.csv; a number of a workbook read as decimal text is the amount."""
    wanted = award_rows(awarded(design))
    rows = [list(row.values()) for row in rows_of(book, "Awards")]
    assert len(rows) == len(wanted)
    for found, cells in zip(rows, wanted, strict=True):
        assert [Decimal(repr(found[i])) for i in (7, 8)] == [cells[7], cells[8]]
        assert found[13] == "no"


def test_prices_of_lots_add_up_to_the_total(tmp_path: Path) -> None:
    """Three lots in a package of 100.00, and one alone for 0.05: 33.33 + 33.33 + 33.34 + 0.05."""
    lots = tuple(LotFacts(f"L{i}") for i in range(4))
    bids = (
        Bid.on([lot.id for lot in lots[:3]], id="package", provider="p", price="100.00"),
        Bid.on("L3", id="alone", provider="p", price="0.05"),
    )
    won = Allocation.of(Market(lots, (Provider(id="p"),), bids), ["package", "alone"])
    file = write_workbook(tmp_path / "w.xlsx", None, Result(won, Status.OPTIMAL))
    prices = [Decimal(repr(row["Price, GBP a year"])) for row in rows_of(openpyxl.load_workbook(file), "Lots")]
    assert sorted(prices) == [Decimal("0.05"), Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


def test_coherence_is_a_row_of_numbers_for_each_layer(book: Workbook) -> None:
    """Rows against the lots AAB / ABB / CCC: Z is C; X and Y have two lots each, A and B two agencies each."""
    (row,) = rows_of(book, "Coherence")
    counts = ("Agencies", "Interfaces", "Split agencies", "Extra lots", "Straddling lots")
    assert [row[name] for name in counts] == [3, 5, 2, 2, 2]
    assert row["Which agencies are split"] == "X; Y"


def test_readings_have_their_room(book: Workbook) -> None:
    """3 cases in 2 to 4: one to spare; limits that are none are empty cells."""
    sizes = [row for row in rows_of(book, "Readings") if row["Rule"] == "size_between"]
    assert [(row["Value"], row["At least"], row["At most"]) for row in sizes] == [(3, 2, 4)] * 3
    assert {row["To spare (below 0: broken)"] for row in sizes} == {1}
    assert {row["Kept"] for row in sizes} == {"yes"}
    assert {row["What the rule says"] for row in sizes} == {RULES[1].explain()}


def test_a_broken_rule_and_a_quotient_of_money(design: LotDesign, tmp_path: Path) -> None:
    """A share is a number however long it is; money keeps its pence; below its range the room is negative."""
    third = Decimal(1) / Decimal(3)
    audit = Audit(
        (
            Reading("value_share", "p", third, at_most=Decimal("0.25"), unit="of the total price"),
            Reading("budget", "all", Decimal("1234567890.12"), at_most=Decimal("1000000000"), unit="GBP a year"),
        )
    )
    result = replace(awarded(design), audit=audit)
    rules = [ValueShare(at_most=0.25)]
    rows = rows_of(
        openpyxl.load_workbook(write_workbook(tmp_path / "w.xlsx", None, result, award_rules=rules)), "Readings"
    )
    assert rows[0]["Value"] == pytest.approx(1 / 3)
    assert (rows[0]["Kept"], rows[0]["At least"]) == ("no", None)
    assert Decimal(repr(rows[1]["Value"])) == Decimal("1234567890.12")
    assert Decimal(repr(rows[1]["To spare (below 0: broken)"])) == Decimal("-234567890.12")


def test_the_first_sheet_says_what_is_proven(book: Workbook, design: LotDesign) -> None:
    """Status, bound and gap as numbers, hashes and versions, and no time taken."""
    found = about(book)
    assert found["Title"] == "Three lots"
    assert found["Lots: status"] == "optimal"
    assert found["Lots: proven bound"] == solved(design).bound
    assert found["Lots: gap found"] == 0
    lines = list(book["About"].iter_rows(values_only=True))
    assert ("Input", "ab12", "areas.csv") in lines
    assert any(what == "Version" and name == "lotopt" for what, _, name in lines)
    assert not any("second" in str(cell) for line in lines for cell in line)


def test_sources_name_who_must_be_named(book: Workbook) -> None:
    """Attribution travels with the figures."""
    assert ("attribution", "Drawn by hand") in {(row["What"], row["Source"]) for row in rows_of(book, "Sources")}


def test_money_and_shares_look_like_it(book: Workbook) -> None:
    """Two decimals and thousands for money, per cent for shares; a number is never text."""
    formats = {cell.value: book["Lots"].cell(2, cell.column).number_format for cell in book["Lots"][1]}
    assert formats["Price, GBP a year"] == "#,##0.00"
    assert formats["Share of cases"] == "0.0%"
    assert formats["cases"] == "#,##0"


def test_headers_stay_in_sight_and_in_print(book: Workbook) -> None:
    """Frozen, with a filter, repeated on every page; A4 across."""
    for page in book.worksheets[1:]:
        assert page.freeze_panes == "B2"
        assert page.auto_filter.ref == page.dimensions
        assert page.print_title_rows == "$1:$1"
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert {page.page_setup.fitToHeight for page in book} == {0}


def test_the_same_results_give_the_same_bytes(design: LotDesign, tmp_path: Path) -> None:
    """No time of writing anywhere in it, and the time a solve took is not in it either."""
    slower = replace(solved(design), seconds=99.0)
    first = write_workbook(tmp_path / "a.xlsx", solved(design), awarded(design)).read_bytes()
    assert write_workbook(tmp_path / "b.xlsx", slower, awarded(design)).read_bytes() == first


def test_a_simulated_market_is_told_on_every_page(design: LotDesign, tmp_path: Path) -> None:
    """At the head of the first sheet, in the header of each page, and in a column of lots and awards."""
    file = write_workbook(tmp_path / "w.xlsx", solved(design), awarded(design, simulated=True))
    found = openpyxl.load_workbook(file)
    assert "SIMULATED" in about(found)["Warning"]
    assert all("SIMULATED" in page.oddHeader.center.text for page in found)
    for name in ("Lots", "Awards"):
        assert {row["Simulated"] for row in rows_of(found, name)} == {"yes"}


def test_real_bids_are_not_called_simulated(book: Workbook) -> None:
    """Nor is anything else a warning."""
    assert "Warning" not in about(book)
    assert not any(page.oddHeader.center.text for page in book)


def test_lots_and_awards_decided_together_are_one_plan(tmp_path: Path) -> None:
    """One status and bound, all readings under one name, and the prices asked by schedule."""
    together = decided_together()
    file = write_workbook(tmp_path / "w.xlsx", together.design, together.awards, together=together)
    found = openpyxl.load_workbook(file)
    assert about(found)["Plan: status"] == "optimal"
    assert {row["Of"] for row in rows_of(found, "Readings")} == {"Plan"}
    # together: 50 GBP a year, tests/joint/test_value.py
    assert sum(row["Price, GBP a year"] for row in rows_of(found, "Lots")) == 50


def test_without_a_market_there_are_no_awards(design: LotDesign, tmp_path: Path) -> None:
    """No sheet, and no columns for who serves a lot."""
    found = openpyxl.load_workbook(write_workbook(tmp_path / "w.xlsx", solved(design)))
    assert found.sheetnames == [name for name in ALL if name != "Awards"]
    assert "Provider" not in rows_of(found, "Lots")[0]


def test_where_no_award_is_possible_the_lots_stay(design: LotDesign, tmp_path: Path) -> None:
    """The conflict is told on the first sheet."""
    none: Result[Allocation] = Result(None, Status.INFEASIBLE, conflict=("Nobody bids for L1.",))
    found = openpyxl.load_workbook(write_workbook(tmp_path / "w.xlsx", solved(design), none))
    assert found.sheetnames == [name for name in ALL if name != "Awards"]
    assert about(found)["Awards: rules that cannot hold together"] == "Nobody bids for L1."


def test_lots_of_a_market_without_a_map(tmp_path: Path) -> None:
    """What the market knows of them: volumes, and indicative values of all services together."""
    lots = (LotFacts("L1", "North", volumes={"cases": 2.5}), LotFacts("L2", "South", volumes={"cases": 4.0}))
    terms = {Item("L1", s): ItemTerms(value=Decimal("10.10")) for s in ("housing", "debt")}
    bids = (Bid.on("L1", id="b", provider="p", price=5, services=("housing",)),)
    market = Market(lots, (Provider(id="p"),), bids, services=("housing", "debt"), terms=terms)
    won = Result(Allocation.of(market, ["b"]), Status.OPTIMAL)
    rows = rows_of(openpyxl.load_workbook(write_workbook(tmp_path / "w.xlsx", None, won, market=market)), "Lots")
    assert [row["cases"] for row in rows] == [2.5, 4]
    assert [row["Indicative value, GBP a year"] for row in rows] == [20.2, None]
    assert [row["Provider"] for row in rows] == ["p", "not awarded"]


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


@pytest.mark.parametrize("amount", ["0.01", "999999999999.99", "1000000000000", "12345678.9"])
def test_every_amount_of_a_market_is_exact(amount: str, tmp_path: Path) -> None:
    """Up to the largest that a market takes."""
    bids = (Bid.on("L", id="b", provider="p", price=amount),)
    won = Allocation.of(Market((LotFacts("L"),), (Provider(id="p"),), bids), ["b"])
    file = write_workbook(tmp_path / "w.xlsx", None, Result(won, Status.OPTIMAL))
    assert Decimal(repr(rows_of(openpyxl.load_workbook(file), "Lots")[0]["Price, GBP a year"])) == Decimal(amount)
