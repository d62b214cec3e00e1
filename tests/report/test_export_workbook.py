"""workbook.xlsx: every figure is that of the run, and every page says what it is of."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from report_cases import GOALS, RULES, awarded, decided_together, solved
from workbook_cases import ALL, about, rows_of

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
from lotopt.report.tables import award_rows
from lotopt.report.workbook.write import write_workbook


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


@pytest.mark.parametrize("amount", ["0.01", "999999999999.99", "1000000000000", "12345678.9"])
def test_every_amount_of_a_market_is_exact(amount: str, tmp_path: Path) -> None:
    """Up to the largest that a market takes."""
    bids = (Bid.on("L", id="b", provider="p", price=amount),)
    won = Allocation.of(Market((LotFacts("L"),), (Provider(id="p"),), bids), ["b"])
    file = write_workbook(tmp_path / "w.xlsx", None, Result(won, Status.OPTIMAL))
    assert Decimal(repr(rows_of(openpyxl.load_workbook(file), "Lots")[0]["Price, GBP a year"])) == Decimal(amount)
