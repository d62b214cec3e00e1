"""The workbook to fill in, and workbooks that hold a market."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from books import LOTS

from lotopt.core.errors import InputError
from lotopt.core.lot import LotFacts
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.market.read import read_market
from lotopt.market.simulate import simulate
from lotopt.market.template import write_market, write_template


def filled(path: Path) -> None:
    """Fill in a template as a person would: a provider, and a price for the first lot."""
    book = openpyxl.load_workbook(path)
    book["Providers"]["A2"] = "alpha"
    book["Providers"]["B2"] = "Alpha Ltd"
    head = {cell.value: cell.column_letter for cell in book["Bids"][1]}
    book["Bids"][f"{head['provider']}2"] = "alpha"
    book["Bids"][f"{head['price']}2"] = 12500
    book.save(path)


def test_a_filled_template_reads_back(tmp_path: Path) -> None:
    """The row that was filled in is a bid; the other lot's row is left out with a note."""
    path = tmp_path / "bids.xlsx"
    write_template(path, LOTS)
    filled(path)
    market = read_market(path, LOTS)
    assert [(str(bid.price), bid.lots, bid.provider) for bid in market.bids] == [("12500.00", ("North",), "alpha")]
    assert market.notes == ("bids.xlsx, sheet Bids: 1 rows without provider and price were left out",)


def test_a_template_with_services_has_a_row_for_each(tmp_path: Path) -> None:
    """Two lots and two services make four rows, and the service is filled in."""
    path = tmp_path / "bids.xlsx"
    write_template(path, LOTS, ("work", "help"))
    filled(path)
    market = read_market(path, LOTS)
    assert market.bids[0].services == ("work",)
    assert market.notes[-1] == "bids.xlsx, sheet Bids: 3 rows without provider and price were left out"


def test_a_template_that_nobody_filled_in_is_told(tmp_path: Path) -> None:
    """It has no provider."""
    write_template(tmp_path / "bids.xlsx", LOTS)
    with pytest.raises(InputError, match="there is no provider; fill in a row for each"):
        read_market(tmp_path / "bids.xlsx", LOTS)


def test_the_same_template_has_the_same_bytes(tmp_path: Path) -> None:
    """No date of today is in it."""
    for name in ("a.xlsx", "b.xlsx"):
        write_template(tmp_path / name, LOTS, ("work",))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_headers_are_locked_and_the_rest_is_not(tmp_path: Path) -> None:
    """Whoever fills it in cannot rename a column by accident."""
    write_template(tmp_path / "t.xlsx", LOTS)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    for name in ("Providers", "Bids"):
        sheet = book[name]
        assert sheet.protection.sheet
        assert all(cell.protection.locked for cell in sheet[1])
        columns = list(sheet.column_dimensions.values())  # spans of columns of one format
        assert sum(column.max - column.min + 1 for column in columns) == len(sheet[1])
        assert not any(column.protection.locked for column in columns)
    assert not any(cell.protection.locked for row in book["Bids"].iter_rows(min_row=2) for cell in row)


def test_lists_and_limits_help_to_fill_it_in(tmp_path: Path) -> None:
    """Providers, lots and services are offered; price, its fixed part, quality and covers have their limits."""
    write_template(tmp_path / "t.xlsx", LOTS, ("work",))
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    rules = [(rule.formula1, rule.type) for rule in book["Bids"].data_validations.dataValidation]
    assert ("Providers!$A$2:$A$2000", "list") in rules
    at = next(source for source, _ in rules if source.startswith("README!$A$"))
    first, last = (int(part.rpartition("$")[2]) for part in at.split(":"))
    assert [book["README"].cell(row, 1).value for row in range(first, last + 1)] == ["North", "South"]
    assert [kind for _, kind in rules].count("decimal") == 4


def test_a_market_written_is_the_market_read(tmp_path: Path) -> None:
    """A made-up market comes back with every price, capacity and score, and stays labelled."""
    lots = tuple(LotFacts(f"L{i}", f"Lot {i}", volumes={"cases": 100.0 + i}) for i in range(5))
    market = simulate(lots, seed=3)
    write_market(tmp_path / "m.xlsx", market)
    again = read_market(tmp_path / "m.xlsx", lots)
    assert again.digest == market.digest
    assert again.simulated


def test_a_bid_that_no_row_can_say_is_not_written(tmp_path: Path) -> None:
    """Work in the North with help in the South is not both services in both lots."""
    items = (Item("North", "work"), Item("South", "help"))
    uneven = Bid(id="a", provider="x", items=items, price=Decimal(5))
    market = Market(LOTS, (Provider(id="x"),), (uneven,), ("work", "help"))
    with pytest.raises(InputError, match="bid a is not for all its services"):
        write_market(tmp_path / "m.xlsx", market)
    assert not (tmp_path / "m.xlsx").exists()


def test_names_that_look_like_formulas_stay_text(tmp_path: Path) -> None:
    """A provider may be called =1+1 without anything being computed, in this program or in Excel."""
    name = '=HYPERLINK("http://example.invalid","x")'
    market = Market(LOTS, (Provider(id="=1+1", name=name),), (Bid.on("North", id="+1", provider="=1+1", price=5),))
    write_market(tmp_path / "m.xlsx", market)
    with zipfile.ZipFile(tmp_path / "m.xlsx") as archive:
        sheets = [archive.read(part).decode() for part in archive.namelist() if "worksheets/" in part]
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    assert read_market(tmp_path / "m.xlsx", LOTS).digest == market.digest
