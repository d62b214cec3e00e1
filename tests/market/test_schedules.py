"""Schedules of a whole market: incumbents, the market they make, simulated ones."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotopt.core.errors import InputError
from lotopt.core.lot import AreaFacts, LotFacts
from lotopt.market.provider import Provider
from lotopt.market.schedule import PriceSchedule
from lotopt.market.schedules import Schedules
from lotopt.market.simulate_schedules import simulate_schedules

AREAS = tuple(AreaFacts(f"a{i}", 10.0 * i, 0.0, {"cases": 10.0 + i}) for i in range(6))
LOT = LotFacts("L", areas=AREAS[:2], volumes={"cases": 21.0})
ASKS = PriceSchedule(measure="cases", rate=Decimal(1), mobilisation=Decimal(2))


def schedules(incumbents: dict[str, str]) -> Schedules:
    providers = (Provider(id="P"), Provider(id="Q", group="firm"), Provider(id="R", group="firm"))
    return Schedules(providers, {p.id: ASKS for p in providers}, incumbents)


def test_only_who_takes_over_pays_mobilisation() -> None:
    """a0 (10 cases) is Q's: P asks 21 + 2 x 10 = 41; Q, and R of the same firm, ask 21. Nobody is known of a1."""
    found = schedules({"a0": "Q"})
    assert [found.price(id, LOT) for id in "PQR"] == [Decimal(41), Decimal(21), Decimal(21)]


def test_an_incumbent_may_be_a_group_or_somebody_who_offers_nothing() -> None:
    """The firm's own pay nothing in its area; in the area of a provider that is gone everybody pays."""
    assert [schedules({"a0": "firm"}).price(id, LOT) for id in "PQR"] == [Decimal(41), Decimal(21), Decimal(21)]
    assert [schedules({"a0": "gone"}).price(id, LOT) for id in "PQR"] == [Decimal(41)] * 3


def test_every_provider_bids_for_every_lot_by_its_schedule() -> None:
    """One bid each, at the schedule's price."""
    market = schedules({"a0": "Q"}).market([LOT])
    assert {bid.id: bid.price for bid in market.bids} == {"P-L": 41, "Q-L": 21, "R-L": 21}


def test_an_offer_for_nothing_is_no_bid() -> None:
    """A lot without cases costs nothing where there is no fixed charge."""
    market = schedules({}).market([LotFacts("empty", volumes={"cases": 0.0})])
    assert not market.bids
    assert market.notes == tuple(f"schedules: {id} asks nothing for lot empty, which is no bid" for id in "PQR")


def test_what_the_ground_lacks_is_told_at_once() -> None:
    """Areas of incumbents and rates, measures, lots for nothing."""
    providers = (Provider(id="P"), Provider(id="Q"), Provider(id="R"))
    asked = {
        "P": PriceSchedule(measure="people", rate=Decimal(1)),
        "Q": PriceSchedule(measure="cases", rate=Decimal(1), rates={"a99": Decimal(3)}),
        "R": PriceSchedule(measure="cases", rate=Decimal(1), rates={"a1": Decimal(0)}),
    }
    assert list(Schedules(providers, asked, {"b": "P"}).problems(AREAS)) == [
        "incumbents: no area 'b'; possible: a0, a1, a2, a3, a4, a5",
        "P: no measure 'people'; possible: cases",
        "Q, rates: no area 'a99'; possible: a0, a1, a2, a3, a4, a5",
        "R asks nothing for a1, and a bid has a price; give a fixed charge",
    ]


def test_a_schedule_of_nobody() -> None:
    """Told with who there is."""
    with pytest.raises(InputError, match="no provider 'X'; possible: P"):
        Schedules((Provider(id="P"),), {"P": ASKS, "X": ASKS})
    with pytest.raises(InputError, match="no provider has a price schedule"):
        Schedules((Provider(id="P"),), {})


def test_the_digest_is_of_the_content() -> None:
    """1.50 is 1.5; another rate is another content."""
    same = [
        Schedules((Provider(id="P"),), {"P": PriceSchedule(measure="m", rate=Decimal(r))}) for r in ("1.5", "1.50")
    ]
    assert same[0].digest == same[1].digest
    assert same[0].digest != schedules({}).digest


def test_simulated_schedules_depend_on_the_seed_alone() -> None:
    """The order of areas changes nothing, another seed does; all are labelled."""
    first, turned = (simulate_schedules(areas, seed=3) for areas in (AREAS, AREAS[::-1]))
    assert first.digest == turned.digest
    assert first.digest != simulate_schedules(AREAS, seed=4).digest
    assert first.simulated
    assert all("(made up)" in provider.name for provider in first.providers)


def test_simulated_providers_can_carry_everything() -> None:
    """Eight of them, each a quarter to a half of all there is."""
    whole = sum(area.volumes["cases"] for area in AREAS)
    made = simulate_schedules(AREAS, measure="cases")
    carried = [provider.capacity["cases"] for provider in made.providers]
    assert all(whole / 4 <= most <= whole / 2 + 1 for most in carried)
    assert not list(made.problems(AREAS))


def test_a_measure_the_areas_lack() -> None:
    """With what there is."""
    with pytest.raises(InputError, match="no measure 'people' in every area; possible: cases"):
        simulate_schedules(AREAS, measure="people")
