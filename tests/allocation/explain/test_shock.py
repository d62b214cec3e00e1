"""Volume shocks and exposure, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from markets import market

from lotopt.allocation import goals as g
from lotopt.allocation import rules as r
from lotopt.allocation.explain.exposure import could_bid, exposure
from lotopt.allocation.explain.shock import TRANSFORMING_REHABILITATION, Shock, volume_shock
from lotopt.core.errors import InputError
from lotopt.market.bid import Item, Partner
from lotopt.market.discount import Discount, Tier
from lotopt.market.market import Market
from lotopt.market.terms import ItemTerms

EVERY, PRICE = r.EveryItemAwarded(), g.TotalPrice()


def priced(*bids: str, fixed: dict[str, str] | None = None, **more: object) -> Market:
    """A market in which bids state a fixed part of their price."""
    of = market(*bids, **more)  # type: ignore[arg-type]
    said = {id: Decimal(amount) for id, amount in (fixed or {}).items()}
    return replace(of, bids=tuple(bid.model_copy(update={"fixed": said.get(bid.id)}) for bid in of.bids))


def test_the_fixed_part_stays_and_the_rest_goes_with_the_volume() -> None:
    """100 with 40 fixed: half the volume costs 40 + 30 = 70, half as much again 40 + 90 = 130; B is all variable."""
    of = priced("A L1 100", "B L2 50", fixed={"A-L1": "40"}, cases={"L1": 10, "L2": 10})
    found = volume_shock(of, [EVERY], [PRICE], shocks=[0.5, 1.5])
    assert [each.total for each in found.shocks] == [Decimal("95.00"), Decimal("205.00")]
    assert found.shocks[0].paid == {"A": Decimal("70.00"), "B": Decimal("25.00")}
    assert found.sentences == (
        "As planned the awards cost 150.00 GBP a year, 7.50 GBP for each unit of cases.",
        (
            "50 % of volume: 95.00 GBP a year, 55.00 GBP a year less (36.7 %), 9.50 GBP for each unit of cases; B is "
            "paid least against plan, 50.0 % of it."
        ),
        "150 % of volume: 205.00 GBP a year, 55.00 GBP a year more (36.7 %), 6.83 GBP for each unit of cases.",
        "No fixed part is given of bid B-L2: the whole price varies with volume.",
    )


def test_prices_are_exact_to_the_penny_halves_upwards() -> None:
    """Half of 0.01 is half a penny, which is a penny; 0.3 of 0.10 is 3 pence, which floating point does not say."""
    assert volume_shock(priced("A L1 0.01"), [EVERY], [PRICE], shocks=[0.5]).shocks[0].total == Decimal("0.01")
    assert volume_shock(priced("A L1 0.10"), [EVERY], [PRICE], shocks=[0.3]).shocks[0].total == Decimal("0.03")


def test_a_package_goes_with_its_lots_by_their_value() -> None:
    """Worth 30 and 10: three quarters of the price is for L1. L1 at half: 100 x (3/4 x 1/2 + 1/4) = 62.50."""
    of = priced("A L1+L2 100")
    said = {Item("L1"): ItemTerms(value=Decimal(30)), Item("L2"): ItemTerms(value=Decimal(10))}
    found = volume_shock(replace(of, terms=said), [EVERY], [PRICE], shocks=[Shock(by_lot={"L1": 0.5})])
    assert found.shocks[0].total == Decimal("62.50")


def test_a_lot_says_more_than_a_provider_and_a_provider_more_than_all() -> None:
    """A: L1 at 0.1, else 0.5; everyone else 2: 10 + 50 + 200."""
    of = priced("A L1 100", "A L2 100", "B L3 100")
    shock = Shock(2, by_provider={"A": 0.5}, by_lot={"L1": 0.1})
    assert volume_shock(of, [EVERY], [PRICE], shocks=[shock]).shocks[0].total == 260


def test_discounts_and_shares_stay_as_awarded() -> None:
    """A takes a tenth off from 100 on, and half of the work is 90: at half the volume 0.5 x 0.9 x 0.5 x 200 = 45."""
    of = priced("A L1 200", "B L1 200")
    tiers = Discount(tiers=(Tier(start=Decimal(100), discount=Decimal("0.1")),))
    of = replace(of, providers=tuple(p.model_copy(update={"discount": tiers}) for p in of.providers))
    found = volume_shock(of, [r.EveryItemAwarded(shares=(0.5, 0.5))], [PRICE], shocks=[0.5])
    assert found.planned.total == 180
    assert found.shocks[0].paid == {"A": Decimal("45.00"), "B": Decimal("45.00")}


def test_the_volumes_of_transforming_rehabilitation_come_with_their_source() -> None:
    """16 % and 48 % below plan, of a price that is half fixed: 8 % and 24 % less income."""
    of = priced("A L1 100", fixed={"A-L1": "50"})
    found = volume_shock(of, [EVERY], [PRICE], shocks=TRANSFORMING_REHABILITATION)
    assert [each.total for each in found.shocks] == [92, 76]
    assert "HC 676" in found.sentences[-1]


def test_without_awards_nothing_goes_with_the_volume() -> None:
    """No rule asks for an award, so none is made."""
    told = "Nothing is awarded, so nothing goes with the volume."
    assert volume_shock(priced("A L1 100"), [], [PRICE]).sentences == (told,)


def test_wrong_shocks_are_refused_all_at_once() -> None:
    """An unknown lot, an unknown provider, a negative volume, an unknown measure."""
    shocks = [Shock(by_lot={"L9": 1}), Shock(by_provider={"Z": 1}), -1.0]
    with pytest.raises(InputError) as told:
        volume_shock(priced("A L1 100"), [EVERY], [PRICE], shocks=shocks, measure="hours")
    for part in ("no lot 'L9'", "no provider 'Z'", "-1.0 is no share", "no measure 'hours'"):
        assert part in str(told.value)


def test_a_firm_is_counted_in_every_role() -> None:
    """B is prime of L2 (50) and subcontractor of A for L1 (100)."""
    of = market("A L1 100", "B L2 50")
    bids = tuple(
        bid.model_copy(update={"partners": (Partner("B", "subcontractor"),)}) if bid.id == "A-L1" else bid
        for bid in of.bids
    )
    found = exposure(replace(of, bids=bids), [EVERY], [PRICE], floor=1)
    assert found.sentences == (
        "A: contracts 1 as prime (100.00 GBP a year).",
        "B: contracts 1 as prime (50.00 GBP a year) and 1 as subcontractor (100.00 GBP a year).",
    )
    assert found.to_frame()["as_subcontractor"].tolist() == [0, 1]


def test_lots_with_few_valid_bidders_are_told() -> None:
    """L1 has two bidders and L2 one valid of two, below a floor of two."""
    of = market("A L1 100", "B L1 100", "A L2 100", "B L2 900")
    found = exposure(of, [EVERY, r.PriceCeiling(at_most=Decimal(200))], [PRICE], floor=2)
    assert found.below_floor == (Item("L2"),)
    assert found.sentences[-1] == "L2: valid bidders 1, fewer than 2."


def test_who_could_bid_goes_by_funding_and_capacity() -> None:
    """A lot of 100 with 5 cases: A has the money, B too little, C too little capacity, D's funding is not known."""
    of = market("A L1 90", "B L1 90", "C L1 90", "D L1 90", cases={"L1": 5}, capacity={"C": {"cases": 4}})
    funding = {"A": Decimal(100), "B": Decimal("99.99"), "C": Decimal(1000)}
    of = replace(of, providers=tuple(p.model_copy(update={"funding": funding.get(p.id)}) for p in of.providers))
    assert could_bid(of, Decimal(100), {"cases": 5}) == (("A",), ("D",))
    assert could_bid(of, Decimal(100), {"cases": 5}, times_funding=2) == (("A", "B"), ("D",))
    valued = replace(of, terms={Item("L1"): ItemTerms(value=Decimal(100))})
    assert exposure(valued, [EVERY], [PRICE], floor=1).sentences[-1] == (
        "L1, worth 100.00 GBP a year: 1 of 4 providers have the funding and capacity for it; of 1 the funding is not "
        "known."
    )
