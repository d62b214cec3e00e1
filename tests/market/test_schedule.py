"""Price schedules, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotopt.core.errors import InputError
from lotopt.core.lot import AreaFacts, LotFacts
from lotopt.market.schedule import PriceSchedule

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
