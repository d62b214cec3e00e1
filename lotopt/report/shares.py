"""A bid's price shared out over its items, to the penny, so that the parts add up to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from lotopt.market.money import pence

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Award
    from lotopt.market.market import Market


def price_parts(award: Award, market: Market) -> tuple[Decimal, ...]:
    """What each item bears of an award's price, in GBP a year: by its lot's volume of the market's first measure.

    The parts are equal where a lot has no such volume or all are 0. They add up to the price exactly.
    """
    parts = apportioned(pence(award.price), _weights(award, market))
    return tuple(Decimal(part).scaleb(-2) for part in parts)


def apportioned(whole: int, weights: Sequence[Fraction]) -> tuple[int, ...]:
    """A whole number in whole parts that are as weights and add up to it: largest remainders, the first of equals.

    Raises ZeroDivisionError where the weights add up to 0.
    """
    quotas = [whole * weight / sum(weights) for weight in weights]
    parts = [int(quota) for quota in quotas]
    short = whole - sum(parts)
    for i in sorted(range(len(parts)), key=lambda i: (parts[i] - quotas[i], i))[:short]:
        parts[i] += 1
    return tuple(parts)


def _weights(award: Award, market: Market) -> list[Fraction]:
    """Exact, so that the parts are the same on every machine."""
    measure = next((name for lot in market.lots for name in lot.volumes), "")
    volumes = [market.lot[item.lot].volumes.get(measure) for item in award.items]
    known = [Fraction(volume) for volume in volumes if volume is not None]
    return known if len(known) == len(volumes) and sum(known) > 0 else [Fraction(1)] * len(volumes)
