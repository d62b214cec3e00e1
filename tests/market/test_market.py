"""Markets made in Python: what belongs together is checked, and volumes and fingerprints are right."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from books import LOTS
from pydantic import ValidationError

from lotopt.core.errors import InputError
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market
from lotopt.market.provider import Provider

ALPHA = Provider(id="alpha")


def bid(lots: str = "North", **fields: object) -> Bid:
    """A bid by alpha."""
    return Bid.on(lots.split("+"), **{"id": "a", "provider": "alpha", "price": 5, **fields})  # type: ignore[arg-type]


def test_the_volume_of_a_bid_is_that_of_its_lots_or_what_it_states() -> None:
    """North has 10 cases and South 20: half of both is 15; two services count twice; 7 is 7."""
    market = Market(LOTS, (ALPHA,), (), ("work", "help"))
    assert market.volume(bid("North+South", covers=0.5), "cases") == 15
    assert market.volume(bid("North", services=("work", "help")), "cases") == 20
    assert market.volume(bid("North", volumes={"cases": 7.0}), "cases") == 7
    assert market.volume(bid("North"), "people") is None


def test_items_need_not_be_every_service_in_every_lot() -> None:
    """Work is bought in the North and help in the South; a package may take both."""
    items = (Item("North", "work"), Item("South", "help"))
    both = Bid(id="a", provider="alpha", items=items, price=Decimal(5))
    market = Market(LOTS, (ALPHA,), (both,), ("work", "help"), items)
    assert market.bids[0].lots == ("North", "South")
    with pytest.raises(InputError, match="bid a, services: 'help' is not bought in lot 'North'"):
        replace(market, bids=(bid("North", services=("help",)),))


def test_every_problem_of_a_market_is_told() -> None:
    """Twice the same ids, an unknown provider and an unknown lot."""
    with pytest.raises(InputError) as caught:
        Market((*LOTS, LOTS[0]), (ALPHA, ALPHA), (bid(), bid("Nrth", provider="alfa")), source="mine")
    assert caught.value.source == "mine"
    assert caught.value.problems == (
        "lot North, id: 'North' is there twice",
        "item North, id: 'North' is there twice",
        "provider alpha, provider: 'alpha' is there twice; ids are used once",
        "bid a, bid: 'a' is there twice; ids are used once",
        "bid a, provider: no provider 'alfa'; did you mean 'alpha'?",
        "bid a, lots: no lot 'Nrth'; did you mean 'North'?",
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"price": 0},
        {"price": -1},
        {"price": "1.005"},
        {"quality": 101.0},
        {"quality": float("nan")},
        {"covers": 0.0},
        {"covers": 1.1},
        {"lots": "North+North"},
        {"volumes": {"cases": -1.0}},
        {"id": ""},
    ],
)
def test_a_bid_that_makes_no_sense_cannot_be_made(fields: dict[str, object]) -> None:
    """The same limits as for files."""
    with pytest.raises(ValidationError):
        bid(**fields)  # type: ignore[arg-type]


def test_the_fingerprint_is_of_the_content() -> None:
    """The order of rows changes nothing, a penny does."""
    one, two = bid(id="a"), bid("South", id="b")
    market = Market(LOTS, (ALPHA,), (one, two))
    assert market.digest == Market(LOTS[::-1], (ALPHA,), (two, one), source="other").digest
    assert market.digest != Market(LOTS, (ALPHA,), (one, bid("South", id="b", price="5.01"))).digest
    assert market.digest != replace(market, simulated=True).digest


def test_a_market_is_two_tables_and_a_line() -> None:
    """Bids and providers, each labelled when the market is made up."""
    market = Market(LOTS, (ALPHA,), (bid("North+South"),), simulated=True)
    assert list(market.to_frame()["lots"]) == ["North; South"]
    assert list(market.providers_frame()["bids"]) == [1]
    assert all(market.to_frame()["simulated"])
    assert str(market) == "Simulated market: 2 items, 1 providers, 1 bids (1 packages)"
    assert "North; South" in market._repr_html_()


def test_groups_hold_their_providers() -> None:
    """A provider without a group is its own."""
    holding = tuple(Provider(id=id, group="holding") for id in ("x", "y"))
    market = Market(LOTS, (ALPHA, *holding), ())
    assert {group: [p.id for p in found] for group, found in market.groups.items()} == {
        "alpha": ["alpha"],
        "holding": ["x", "y"],
    }
