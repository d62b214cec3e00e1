"""The made-up market: the same every time, labelled, and such that lots can normally be awarded."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import pairwise

import pytest

from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.rules import AwardLimit, Capacity, EveryItemAwarded
from lotopt.allocation.solve import allocate_bids
from lotopt.core.errors import InputError
from lotopt.core.lot import AreaFacts, LotFacts
from lotopt.core.result import Status
from lotopt.market.bid import Item
from lotopt.market.provider import Provider
from lotopt.market.simulate import simulate


def grid(lots: int, size: int = 4) -> tuple[LotFacts, ...]:
    """A row of lots, 60 km each, of areas 15 km apart with 500 to 1,400 cases."""
    made = []
    for k in range(lots):
        areas = tuple(
            AreaFacts(f"a{k}_{i}", 60.0 * k + 15 * i, 10.0 * (i % 2), {"cases": 500.0 + 100 * ((k + i) % 10)})
            for i in range(size)
        )
        made.append(LotFacts(f"L{k}", f"Lot {k}", areas, {"cases": sum(a.volumes["cases"] for a in areas)}))
    return tuple(made)


def test_the_same_seed_gives_the_same_market_and_another_seed_another() -> None:
    """Every bid, price and score; and the order of lots does not matter."""
    first = simulate(grid(6), seed=7)
    assert first.bids == simulate(grid(6), seed=7).bids
    assert first.providers == simulate(grid(6), seed=7).providers
    assert first.digest == simulate(grid(6)[::-1], seed=7).digest
    assert first.digest != simulate(grid(6), seed=8).digest


def test_the_draws_are_the_same_on_every_machine() -> None:
    """Three prices, written down when the simulation was made."""
    market = simulate(grid(6), seed=7)
    prices = {id: str(market.bid[id].price) for id in sorted(market.bid)[:3]}
    assert prices == {"alder-L2": "277795.45", "alder-L2+L3": "544651.37", "alder-L3": "294437.55"}


def test_nobody_can_take_it_for_a_real_market() -> None:
    """The market, its tables, the names of its providers and its notes say that it is made up."""
    market = simulate(grid(3), seed=1)
    assert market.simulated
    assert all("(made up)" in provider.name for provider in market.providers)
    assert "made up" in market.notes[0]
    assert all(market.to_frame()["simulated"])


@pytest.mark.parametrize("lots", [1, 2, 6, 12, 42])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_lots_can_normally_be_awarded(lots: int, seed: int) -> None:
    """With capacities kept and the lots shared out widely, every lot finds a provider."""
    market = simulate(grid(lots), seed=seed)
    rules = [EveryItemAwarded(), Capacity(measure="cases"), AwardLimit(at_most=max(2, lots // 3))]
    assert allocate_bids(market, rules, [TotalPrice()]).status is Status.OPTIMAL


def test_every_lot_has_several_bidders_and_packages_are_cheaper_than_their_parts() -> None:
    """Four single bids at least for each lot; each package costs less than its two lots by themselves."""
    market = simulate(grid(6), seed=7)
    bidders = Counter(bid.lots[0] for bid in market.bids if not bid.package)
    assert min(bidders[lot.id] for lot in market.lots) >= 4
    packages = [bid for bid in market.bids if bid.package]
    assert packages
    for package in packages:
        alone = [market.bid[f"{package.provider}-{lot}"].price for lot in package.lots]
        assert Decimal("0.9") * sum(alone) < package.price < sum(alone)


def test_packages_are_of_lots_near_each_other() -> None:
    """In a row of lots a package reaches over the next lot at most: 120 km."""
    for bid in simulate(grid(10), seed=3).bids:
        places = sorted(int(lot[1:]) for lot in bid.lots)
        assert all(right - left <= 2 for left, right in pairwise(places))


def test_homes_are_spread_over_the_ground() -> None:
    """Eight providers have eight different homes, in at least four of six lots."""
    market = simulate(grid(6), seed=7)
    homes = {provider.home for provider in market.providers}
    assert len(homes) == 8
    assert len({home.split("_")[0] for home in homes}) >= 4


def test_providers_may_be_given() -> None:
    """What they state is kept; the one without a home is given one."""
    given = (Provider(id="x", name="X", home="a0_0", capacity={"cases": 9e9}), Provider(id="y"))
    market = simulate(grid(4), providers=given)
    assert market.provider["x"] == given[0].model_copy(update={"funding": market.provider["x"].funding})
    assert market.provider["y"].home


def test_services_are_bid_for_one_by_one() -> None:
    """Two services give two bids for each lot in reach."""
    market = simulate(grid(3), services=("work", "help"))
    assert {bid.services for bid in market.bids} == {("work",), ("help",)}
    assert len(market.items) == 6
    rules = [EveryItemAwarded(), Capacity(measure="cases")]
    assert allocate_bids(market, rules, [TotalPrice()]).status is Status.OPTIMAL


def test_more_providers_than_names_are_numbered() -> None:
    """The ninth provider is the second of its name."""
    assert [provider.id for provider in simulate(grid(2), providers=10).providers][8:] == ["alder_2", "birch_2"]


def test_a_measure_that_lots_lack_is_told() -> None:
    """With what there is."""
    with pytest.raises(InputError, match="no measure 'case' in every lot; did you mean 'cases'"):
        simulate(grid(2), measure="case")


def test_terms_are_made_up_where_they_are_wanted_and_change_no_price() -> None:
    """L0 has 500 + 600 + 700 + 800 = 2,600 cases: 208,000 GBP at 80 each. All bids have a fixed part."""
    plain = simulate(grid(4), seed=7)
    regions = {"L0": "west", "L1": "west", "L2": "east"}
    market = simulate(grid(4), seed=7, values=True, fixed=True, regions=regions)
    assert [bid.model_copy(update={"fixed": None}) for bid in market.bids] == list(plain.bids)
    assert not plain.terms
    assert not any(bid.has_terms for bid in plain.bids)
    assert market.terms_of(Item("L0")).value == 208_000
    assert [market.terms_of(Item(f"L{k}")).region for k in range(4)] == ["west", "west", "east", ""]
    assert all(bid.fixed is not None and 0 < bid.fixed < bid.price / 4 for bid in market.bids)


def test_a_region_of_a_lot_that_is_not_there_is_told() -> None:
    """With the lots there are."""
    with pytest.raises(InputError, match="regions: no lot 'L9'; possible: L0, L1"):
        simulate(grid(2), regions={"L9": "west"})
