"""How far a quantity is from its limit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotopt.core.reading import Reading

ROUNDING = 3.725e-9


@pytest.mark.parametrize(
    "limit", [{"at_most": 33e6 - ROUNDING}, {"at_most": 33e6 + ROUNDING}, {"at_least": 33e6 + ROUNDING}]
)
def test_rounding_is_no_room_and_no_breach(limit: dict[str, float]) -> None:
    """A sum that misses its limit by less than arithmetic can tell is at it: nothing is to spare, nothing lacks."""
    reading = Reading("price_ceiling", "all", 33e6, unit="GBP", **limit)
    assert reading.ok
    assert reading.slack == 0


def test_money_is_held_to_the_penny() -> None:
    """Decimal amounts have no rounding to excuse."""
    reading = Reading("price_ceiling", "all", Decimal("33000000.01"), at_most=Decimal(33_000_000), unit="GBP")
    assert not reading.ok
    assert reading.slack == Decimal("-0.01")


def test_a_real_breach_keeps_its_size() -> None:
    """Beyond rounding the distance is told as it is."""
    reading = Reading("size_between", "L1", 902.0, at_least=800.0, at_most=900.0)
    assert (reading.slack, reading.violation) == (-2.0, 2.0)
