"""Terms from tables: lots and their services, panel, members, discounts, and what bids depend on."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from books import LOTS, PROVIDERS, folder, workbook

from lotopt.core.errors import InputError
from lotopt.market.bid import Item, Partner
from lotopt.market.discount import Tier
from lotopt.market.read import read_market
from lotopt.market.terms import Admission, ItemTerms

WHO = [["provider"], ["alpha"], ["beta"]]
BIDS = [["bid", "provider", "lots", "price"], ["a1", "alpha", "North", 1000], ["b1", "beta", "South", 900]]
LISTED = [
    [
        "lot",
        "lot_name",
        "areas",
        "value",
        "region",
        "category",
        "date",
        "incumbent",
        "status",
        "reason",
        "volume_cases",
    ],
    ["North", "The North", "n1; n2", "1,200", "up", "men", "2021-04-26", "beta", "", "", 10],
    ["South", "", "", "", "", "", "", "", "Direct", "no valid bid", 20],
]


def test_a_market_by_itself_has_its_lots_from_the_table(tmp_path: Path) -> None:
    """Names, areas, volumes and terms; the rows are what is offered."""
    market = read_market(folder(tmp_path / "m", PROVIDERS, BIDS, Lots=LISTED))
    north, south = market.lots
    assert (north.name, [area.id for area in north.areas], north.volumes) == (
        "The North",
        ["n1", "n2"],
        {"cases": 10},
    )
    assert (south.name, south.areas, south.volumes) == ("", (), {"cases": 20})
    assert market.items == (Item("North"), Item("South"))
    assert market.terms == {
        Item("North"): ItemTerms(
            value=Decimal(1200), region="up", category="men", date=datetime.date(2021, 4, 26), incumbent="beta"
        ),
        Item("South"): ItemTerms(status="direct", reason="no valid bid"),
    }
    assert market.closed == {Item("South")}


def test_a_row_without_service_speaks_of_every_service(tmp_path: Path) -> None:
    """Both services of the North are worth 500 each; in the South only help is bought."""
    listed = [["lot", "service", "value"], ["North", "", 500], ["South", "help", 300]]
    bids = [
        ["provider", "lots", "services", "price"],
        ["alpha", "North", "work; help", 900],
        ["beta", "South", "help", 200],
    ]
    path = folder(tmp_path / "m", WHO, bids, Lots=listed)
    market = read_market(path, services=("work", "help"))
    assert market.items == (Item("North", "work"), Item("North", "help"), Item("South", "help"))
    assert [market.terms_of(item).value for item in market.items] == [500, 500, 300]


def test_services_are_those_that_the_lots_name(tmp_path: Path) -> None:
    """In the order of the table; with one service nobody need name it in a bid."""
    listed = [["lot", "service"], ["North", "work"], ["North", "help"], ["South", "work"]]
    bids = [["provider", "lots", "services", "price"], ["alpha", "North", "help", 9]]
    assert read_market(folder(tmp_path / "m", WHO, bids, Lots=listed)).services == ("work", "help")
    listed = [["lot", "service"], ["North", "work"], ["South", ""]]
    market = read_market(folder(tmp_path / "m", WHO, BIDS, Lots=listed))
    assert {bid.services for bid in market.bids} == {("work",)}
    assert market.items == (Item("North", "work"), Item("South", "work"))


def test_with_lots_at_hand_the_table_adds_terms(tmp_path: Path) -> None:
    """Only of the lots it names; what it repeats of them agrees, and rows that say nothing are passed over."""
    listed = [["lot", "value", "volume_cases"], ["South", 900, 20], ["somewhere", "", ""]]
    market = read_market(folder(tmp_path / "m", bids=BIDS, Lots=listed), LOTS)
    assert market.lots == LOTS
    assert market.items == (Item("North"), Item("South"))
    assert market.terms == {Item("South"): ItemTerms(value=Decimal(900))}


def test_a_file_without_the_optional_tables_is_read_as_ever(tmp_path: Path) -> None:
    """No terms, no panel, no partners."""
    market = read_market(folder(tmp_path / "m", bids=BIDS), LOTS)
    assert (market.terms, market.panel, market.firms) == ({}, (), {})
    assert not any(bid.has_terms for bid in market.bids)
    assert not any(provider.has_terms for provider in market.providers)


def test_what_a_bid_says_beside_its_price_is_read(tmp_path: Path) -> None:
    """Fixed part, alternatives, conditions, partners and the bidder's own order; alternatives differ in price."""
    bids = [
        [
            "bid", "provider", "lots", "price", "fixed", "alternative", "only_with", "members", "subcontractors",
            "preference",
        ],
        ["a1", "alpha", "North", 1000, 100, "one", "", "X Ltd; beta", "Y CIC", 2],
        ["a2", "alpha", "North", 900, "", "one", "South", "X Ltd; beta", "Y CIC", 1],
        ["a3", "alpha", "South", 900, 0, "", "", "", "", ""],
    ]  # fmt: skip
    market = read_market(folder(tmp_path / "m", bids=bids), LOTS)
    first, second, third = market.bids
    assert first.fixed == 100
    assert third.fixed == 0
    assert first.partners == (Partner("X Ltd"), Partner("beta"), Partner("Y CIC", "subcontractor"))
    assert (first.alternative, second.alternative) == ("one", "one")
    assert second.only_with == ("South",)
    assert (first.preference, second.preference, third.preference) == (2, 1, None)


def test_limits_count_the_legal_group_of_a_member(tmp_path: Path) -> None:
    """X stands behind alpha and is a firm of Holding, of which beta is one too; Y is named for its group alone."""
    providers = [["provider", "group"], ["alpha", ""], ["beta", "Holding"]]
    members = [
        ["provider", "firm", "group", "role"],
        ["alpha", "X", "Holding", ""],
        ["alpha", "Z", "", "Subcontractor"],
        ["", "Y", "Big", ""],
    ]
    bids = [[*BIDS[0], "members"], [*BIDS[1], "Y"], [*BIDS[2], ""]]
    market = read_market(folder(tmp_path / "m", providers, bids, Members=members), LOTS)
    assert market.provider["alpha"].partners == (Partner("X"), Partner("Z", "subcontractor"))
    assert market.firms == {"X": "Holding", "Y": "Big"}
    assert market.groups_in(market.bid["a1"]) == {"alpha", "Holding", "Big"}
    assert market.groups_in(market.bid["b1"]) == {"Holding"}
    assert market.legal_groups == ("Big", "Holding", "Z", "alpha")


def test_tiers_may_come_in_any_order(tmp_path: Path) -> None:
    """They are sorted by where they begin."""
    tiers = [
        ["provider", "on", "from", "to", "discount"],
        ["alpha", "cases", 20, "", 0.1],
        ["beta", "", "1000", "", "0.025"],
        ["alpha", "cases", 0.5, 20, 0],
    ]
    market = read_market(folder(tmp_path / "m", bids=BIDS, Discounts=tiers), LOTS)
    discount = market.provider["alpha"].discount
    assert discount is not None
    assert discount.on == "cases"
    assert discount.tiers == (
        Tier(start=Decimal("0.5"), end=Decimal(20), discount=Decimal(0)),
        Tier(start=Decimal(20), discount=Decimal("0.1")),
    )
    other = market.provider["beta"].discount
    assert other is not None
    assert (other.on, other.tiers) == ("value", (Tier(start=Decimal(1000), discount=Decimal("0.025")),))


def test_a_panel_is_read(tmp_path: Path) -> None:
    """A line for each provider, lot, region, value band or span of days."""
    panel = [
        ["provider", "lots", "regions", "categories", "value_from", "value_to", "joined", "left"],
        ["alpha", "North; South", "", "", 0, 5000, "2021-01-01", "2021-12-31"],
        ["beta", "", "up", "men", "", "", "", ""],
    ]
    market = read_market(folder(tmp_path / "m", bids=BIDS, Lots=LISTED, Panel=panel), None)
    assert market.panel == (
        Admission(
            provider="alpha",
            lots=("North", "South"),
            value_from=Decimal(0),
            value_to=Decimal(5000),
            joined=datetime.date(2021, 1, 1),
            left=datetime.date(2021, 12, 31),
        ),
        Admission(provider="beta", regions=("up",), categories=("men",)),
    )


@pytest.mark.parametrize(("cell", "said"), [(44312, None), (44312.5, "the date 2021-04-26 12:00:00 is not a date")])
def test_dates_may_be_date_cells(cell: float, said: str | None, tmp_path: Path) -> None:
    """Day 44,312 of Excel is 26 April 2021; noon of that day is no date."""
    path = tmp_path / "m.xlsx"
    book = xlsxwriter.Workbook(str(path))
    form = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in {"Providers": PROVIDERS, "Bids": BIDS}.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    sheet = book.add_worksheet("Lots")
    sheet.write_row(0, 0, ["lot", "date"])
    sheet.write_row(1, 0, ["North"])
    sheet.write_number(1, 1, cell, form)
    book.close()
    if said is None:
        assert read_market(path, LOTS).terms[Item("North")].date == datetime.date(2021, 4, 26)
    else:
        with pytest.raises(InputError, match=said):
            read_market(path, LOTS)


def test_two_bids_that_differ_in_more_than_price_are_two_bids(tmp_path: Path) -> None:
    """Half of the need, or with a partner, or only with another lot: no two prices for one bid."""
    bids = [
        ["provider", "lots", "price", "covers", "members", "only_with", "volume_cases"],
        ["alpha", "North", 1000, "", "", "", ""],
        ["alpha", "North", 600, 0.5, "", "", ""],
        ["alpha", "North", 900, "", "X", "", ""],
        ["alpha", "North", 950, "", "", "South", ""],
        ["alpha", "North", 940, "", "", "", 9],
        ["alpha", "South", 950, "", "", "", ""],
    ]
    assert len(read_market(folder(tmp_path / "m", bids=bids), LOTS).bids) == 6


def test_last_resort_and_viable_business_are_read(tmp_path: Path) -> None:
    """Yes in any capitals, and an amount that may be zero."""
    providers = [["provider", "viable", "last_resort"], ["alpha", "£12,500", "YES"], ["beta", 0, "no"]]
    market = read_market(workbook(tmp_path / "m.xlsx", providers, BIDS), LOTS)
    assert [(p.viable, p.last_resort) for p in market.providers] == [(Decimal(12500), True), (Decimal(0), False)]
