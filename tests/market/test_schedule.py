"""Price schedules, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotopt.core.errors import InputError
from lotopt.core.lot import AreaFacts, LotFacts
from lotopt.market.schedule import Band, PriceSchedule

NEAR = AreaFacts("near", 0.0, 0.0, {"cases": 10.0})
FAR = AreaFacts("far", 3.0, 4.0, {"cases": 2.0})
HERE = PriceSchedule(
    measure="cases", fixed=Decimal(100), rate=Decimal("1.50"), rate_km=Decimal("0.10"), x_km=0.0, y_km=0.0
)


def lot(*areas: AreaFacts) -> LotFacts:
    return LotFacts("L", areas=areas, volumes={"cases": sum(area.volumes["cases"] for area in areas)})


def test_a_price_is_fixed_charge_volume_and_distance() -> None:
    """100 + 10 x 1.50 at home + 2 x (1.50 + 5 km x 0.10) = 100 + 15 + 4 = 119."""
    assert HERE.price(lot(NEAR, FAR)) == Decimal("119.00")


def test_without_a_home_distance_costs_nothing() -> None:
    """100 + 12 x 1.50 = 118."""
    assert HERE.model_copy(update={"x_km": None}).price(lot(NEAR, FAR)) == Decimal("118.00")


def test_a_lot_of_which_no_areas_are_known_is_priced_by_its_volume() -> None:
    """100 + 12 x 1.50 = 118."""
    assert HERE.price(LotFacts("L", volumes={"cases": 12.0})) == Decimal("118.00")


def test_what_areas_add_is_rounded_by_area_so_that_prices_add_up() -> None:
    """0.005 is rounded to 0.01 for each of two areas: any lot's price is the exact sum of its areas' prices."""
    half = PriceSchedule(measure="cases", rate=Decimal("0.005"))
    areas = [AreaFacts(id, volumes={"cases": 1.0}) for id in "ab"]
    assert half.price(lot(*areas)) == Decimal("0.02")
    assert half.price(lot(areas[0])) + half.price(lot(areas[1])) == half.price(lot(*areas))


def test_a_volume_is_the_decimal_it_is_written_as() -> None:
    """0.1 + 0.2 cases at 1 GBP are 0.30 exactly."""
    one = PriceSchedule(measure="cases", rate=Decimal(1))
    assert str(one.price(LotFacts("L", volumes={"cases": 0.1 + 0.2}))) == "0.30"


def test_an_unknown_measure_is_told() -> None:
    """With what there is."""
    with pytest.raises(InputError, match="near has no measure 'people'; possible: cases"):
        PriceSchedule(measure="people").price(lot(NEAR))


def test_an_area_may_have_a_rate_of_its_own() -> None:
    """100 + 10 x 1.50 + 2 x (9 + 5 km x 0.10) = 100 + 15 + 19 = 134."""
    dear = HERE.model_copy(update={"rates": {"far": Decimal(9)}})
    assert dear.price(lot(NEAR, FAR)) == Decimal("134.00")


@pytest.mark.parametrize(("start", "price"), [("4.999", "127.00"), ("5", "127.00"), ("5.001", "119.00")])
def test_a_distance_band_holds_from_its_start_on(start: str, price: str) -> None:
    """The far area is at 5 km: a band of 4 GBP from 5 km on adds 2 x 4 = 8 to 119; one from 5.001 km on nothing."""
    banded = HERE.model_copy(update={"distance_bands": (Band(start=Decimal(start), rate=Decimal(4)),)})
    assert banded.price(lot(NEAR, FAR)) == Decimal(price)


def test_only_the_last_distance_band_reached_counts() -> None:
    """Bands are a table, not added up: at 5 km the one from 3 km on, 2 x 7 = 14; at 0 km the one from 0, 10 x 1."""
    bands = tuple(Band(start=Decimal(s), rate=Decimal(r)) for s, r in ((0, 1), (3, 7), (6, 99)))
    assert HERE.model_copy(update={"distance_bands": bands}).price(lot(NEAR, FAR)) == Decimal("143.00")


@pytest.mark.parametrize(
    ("volume", "price"), [(0, "0.00"), (10, "50.00"), (10.5, "51.50"), (20, "80.00"), (20.01, "80.00"), (30, "80.00")]
)
def test_volume_bands_work_like_tax_bands(volume: float, price: str) -> None:
    """The first 10 units cost 5 each, the next 10 cost 3, all beyond nothing: 10.5 units are 50 + 0.5 x 3 = 51.50."""
    bands = tuple(Band(start=Decimal(s), rate=Decimal(r)) for s, r in ((0, 5), (10, 3), (20, 0)))
    schedule = PriceSchedule(measure="cases", volume_bands=bands)
    assert schedule.price(LotFacts("L", volumes={"cases": volume})) == Decimal(price)


def test_volume_bands_count_the_lot_not_its_areas() -> None:
    """12 units in two areas: 10 x 5 + 2 x 3 = 56, not 10 x 5 + 2 x 5."""
    bands = (Band(start=Decimal(0), rate=Decimal(5)), Band(start=Decimal(10), rate=Decimal(3)))
    assert PriceSchedule(measure="cases", volume_bands=bands).price(lot(NEAR, FAR)) == Decimal("56.00")


def test_nothing_is_asked_below_the_first_band() -> None:
    """12 units with a band from 10 on at 3: 6."""
    bands = (Band(start=Decimal(10), rate=Decimal(3)),)
    assert PriceSchedule(measure="cases", volume_bands=bands).price(lot(NEAR, FAR)) == Decimal("6.00")


def test_bands_come_in_order() -> None:
    """Twice the same start cannot be read."""
    bands = tuple(Band(start=Decimal(s), rate=Decimal(1)) for s in (5, 5))
    with pytest.raises(ValueError, match="volume_bands start at 5, 5; give them in order, each once"):
        PriceSchedule(measure="cases", volume_bands=bands)


def test_taking_an_area_over_costs_mobilisation() -> None:
    """119 and 2 units x 3 GBP for the one area that another serves now."""
    moving = HERE.model_copy(update={"mobilisation": Decimal(3)})
    assert moving.price(lot(NEAR, FAR)) == Decimal("119.00")
    assert moving.price(lot(NEAR, FAR), {"far"}) == Decimal("125.00")
