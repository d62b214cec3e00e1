"""Markets written and read back: the same market, whatever it says and wherever it is kept."""

from __future__ import annotations

import csv
import datetime
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from books import LOTS
from hypothesis import HealthCheck, given, settings
from said import markets

from lotopt.core.errors import InputError
from lotopt.core.lot import LotFacts
from lotopt.market.bid import Bid, Item, Partner
from lotopt.market.content import tables_of
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.market.read import read_market
from lotopt.market.template import write_market, write_template
from lotopt.market.terms import ItemTerms

ALPHA = Provider(id="alpha")
QUICK = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def as_folder(path: Path, market: Market) -> Path:
    """A market as CSV files, written as people would write them by hand."""
    path.mkdir()
    for name, (columns, rows) in tables_of(market).items():
        with (path / f"{name.lower()}.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([columns, *rows])
    return path


def known(market: Market) -> tuple[object, ...]:
    """What of a market is not in its fingerprint, and still comes back."""
    lots = [(lot.id, lot.name, sorted(a.id for a in lot.areas), sorted(lot.volumes.items())) for lot in market.lots]
    return sorted(map(str, lots)), [provider.id for provider in market.providers], [bid.id for bid in market.bids]


@QUICK
@given(markets())
def test_a_market_comes_back_from_a_workbook(market: Market) -> None:
    """Terms of every kind, names such as 007 and =1+1, dates before 1900, numbers of seventeen digits."""
    with tempfile.TemporaryDirectory() as folder:
        write_market(Path(folder) / "m.xlsx", market)
        again = read_market(Path(folder) / "m.xlsx")
    assert again.digest == market.digest
    assert known(again) == known(market)
    assert again.simulated == market.simulated


@QUICK
@given(markets())
def test_a_market_comes_back_from_a_folder(market: Market) -> None:
    """The same tables as CSV files."""
    with tempfile.TemporaryDirectory() as folder:
        again = read_market(as_folder(Path(folder) / "m", market))
    assert again.digest == market.digest
    assert known(again) == known(market)


@QUICK
@given(markets())
def test_what_is_read_quickly_is_what_would_be_checked_slowly(market: Market) -> None:
    """Bids are made without a second check where cells have been checked: each is one that passes it."""
    with tempfile.TemporaryDirectory() as folder:
        again = read_market(as_folder(Path(folder) / "m", market))
    for bid in again.bids:
        checked = Bid(**{name: getattr(bid, name) for name in Bid.model_fields})
        assert checked == bid
        assert checked.model_dump_json() == bid.model_dump_json()


@QUICK
@given(markets())
def test_the_fingerprint_does_not_depend_on_the_order_of_anything(market: Market) -> None:
    """Lots, items, providers, partners, bids, conditions, terms and lines turned round."""
    turned = replace(
        market,
        lots=market.lots[::-1],
        items=market.items[::-1],
        providers=tuple(p.model_copy(update={"partners": p.partners[::-1]}) for p in market.providers[::-1]),
        bids=tuple(
            bid.model_copy(update={"items": bid.items[::-1], "only_with": bid.only_with[::-1]})
            for bid in market.bids[::-1]
        ),
        terms=dict(reversed(market.terms.items())),
        panel=market.panel[::-1],
        firms=dict(reversed(market.firms.items())),
    )
    assert turned.digest == market.digest


def test_every_word_of_the_terms_is_in_the_fingerprint() -> None:
    """A market that differs in one of them is another market."""
    bid = Bid.on("North", id="a", provider="alpha", price=100)
    plain = Market(LOTS, (ALPHA,), (bid,))
    item = Item("North")
    told = [
        replace(plain, bids=(bid.model_copy(update=update),))
        for update in (
            {"fixed": Decimal(5)},
            {"alternative": "a"},
            {"partners": (Partner("X"),)},
            {"partners": (Partner("X", "subcontractor"),)},
            {"preference": 1},
        )
    ]
    told += [
        replace(plain, terms={item: ItemTerms(**said)})
        for said in (
            {"value": Decimal(5)},
            {"region": "a"},
            {"category": "a"},
            {"incumbent": "a"},
            {"date": datetime.date(2021, 4, 26)},
            {"reason": "a"},
            {"status": "direct", "reason": "a"},
            {"status": "cancelled", "reason": "a"},
        )
    ]
    told += [
        replace(plain, providers=(ALPHA.model_copy(update=update),))
        for update in ({"viable": Decimal(5)}, {"last_resort": True}, {"partners": (Partner("X"),)})
    ]
    told.append(replace(plain, firms={"X": "Holding"}))
    digests = [market.digest for market in (plain, *told)]
    assert len(set(digests)) == len(digests)


def asked(**terms: object) -> Bid:
    """A bid of five pounds for the North."""
    return Bid.on("North", **{"id": "a", "provider": "alpha", "price": 5, **terms})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bids": (asked(fixed=Decimal("1.005")),)}, "bid a, fixed: 1.005 has fractions of a penny"),
        ({"firms": {" X": "Holding"}}, "would be read back otherwise, such as one that begins with a blank"),
        ({"bids": (asked(partners=[("X; Y",)]),)}, "'X; Y' cannot be in a list, where ';' separates names"),
        ({"items": (Item("North"),)}, "lot South has nothing to award, and the sheet Lots holds what is offered"),
        (
            {"bids": (asked(), asked(id="b", price=6))},
            "sheet Bids, row 3, price: 6.00 for what bid 'a' offers at 5.00: two prices for one bid",
        ),
    ],
)
def test_what_no_workbook_can_hold_is_not_written(changes: dict[str, object], said: str, tmp_path: Path) -> None:
    """It is told, and no file is left."""
    market = replace(Market(LOTS, (ALPHA,), (asked(),)), **changes)  # type: ignore[arg-type]
    with pytest.raises(InputError) as caught:
        write_market(tmp_path / "m.xlsx", market)
    assert any(said in problem for problem in caught.value.problems), caught.value.problems
    assert list(tmp_path.iterdir()) == []


def test_a_market_written_for_lots_is_read_with_them_too(tmp_path: Path) -> None:
    """The sheet Lots agrees with the lots at hand; of other lots the disagreement is told."""
    market = Market(LOTS, (ALPHA,), (asked(),))
    write_market(tmp_path / "m.xlsx", market)
    assert read_market(tmp_path / "m.xlsx", LOTS).digest == market.digest
    other = (LotFacts("North", volumes={"cases": 12.0}), LOTS[1])
    with pytest.raises(InputError) as caught:
        read_market(tmp_path / "m.xlsx", other)
    assert caught.value.problems == ("m.xlsx, sheet Lots, row 2, volume_cases: 10 is 12 in the lots at hand",)


def test_a_template_holds_every_sheet_and_reads_as_nothing_said(tmp_path: Path) -> None:
    """Lots are filled in, the other sheets are headers; a filled template has no terms and no panel."""
    import openpyxl

    write_template(tmp_path / "t.xlsx", LOTS)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["README", "Providers", "Bids", "Lots", "Panel", "Members", "Discounts"]
    assert [[cell.value for cell in row][:1] for row in book["Lots"].iter_rows(min_row=2)] == [["North"], ["South"]]
    assert {name: book[name].max_row for name in ("Panel", "Members", "Discounts")} == {
        "Panel": 1, "Members": 1, "Discounts": 1,
    }  # fmt: skip
    book["Providers"]["A2"] = "alpha"
    book["Bids"]["B2"], book["Bids"]["E2"] = "alpha", 12500
    book.save(tmp_path / "t.xlsx")
    market = read_market(tmp_path / "t.xlsx", LOTS)
    assert (dict(market.terms), market.panel, dict(market.firms)) == ({}, (), {})
    assert read_market(tmp_path / "t.xlsx").digest == market.digest


def test_every_column_is_explained_in_the_template(tmp_path: Path) -> None:
    """Whoever fills it in finds each name in the sheet README."""
    import openpyxl

    write_template(tmp_path / "t.xlsx", LOTS)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    text = " ".join(str(row[0].value) for row in book["README"].iter_rows() if row[0].value)
    for name in ("Providers", "Bids", "Lots", "Panel", "Members", "Discounts"):
        for cell in book[name][1]:
            column = str(cell.value)
            prefix = next((p for p in ("capacity_", "volume_") if column.startswith(p)), "")
            assert f"{prefix}..." in text if prefix else f"{column}:" in text or f"{column}," in text, (name, column)


def test_a_template_for_a_lot_of_many_areas_leaves_out_what_no_cell_holds(tmp_path: Path) -> None:
    """5,000 names of ten letters are more than the 32,767 characters of a cell."""
    from lotopt.core.lot import AreaFacts

    lot = LotFacts("L1", areas=tuple(AreaFacts(f"E0100{i:05}") for i in range(5000)))
    write_template(tmp_path / "t.xlsx", (lot,))
    import openpyxl

    assert openpyxl.load_workbook(tmp_path / "t.xlsx")["Lots"]["C2"].value is None
