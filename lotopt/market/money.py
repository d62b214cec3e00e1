"""Money as people write it, exact to the penny."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Annotated

from pydantic import AfterValidator

PENNY = Decimal("0.01")
MOST = Decimal("1000000000000")  # GBP; sums of a few thousand such amounts in pence are still exact as doubles
EXAMPLE = "12500.00"
_CONTINENTAL = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]{2}")
_AMOUNT = re.compile(r"(-?)£?(-?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]{1,2})?")


def amount(given: str | int | float | Decimal) -> Decimal:
    """An amount of money in GBP, from a number or from text such as 12500, 12500.00, 12,500.00 or £12,500.

    Raises ValueError, saying what to write, for anything else: other text, fractions of a penny, no finite number.
    """
    if isinstance(given, str):
        found = _AMOUNT.fullmatch(given.strip())
        if not found or (found[1] and found[2]):
            raise ValueError(f"{given!r} is not an amount; write {_likely(given)}")
        value = Decimal(found[3].replace(",", "") + (found[4] or ""))
        value = -value if found[1] or found[2] else value
    elif isinstance(given, bool):
        raise ValueError(f"{given} is not an amount; write {EXAMPLE}")
    else:
        value = Decimal(str(given))
    if not value.is_finite() or abs(value) > MOST:
        raise ValueError(f"{given} is not an amount between -{MOST:,} and {MOST:,}")
    pence = value.quantize(PENNY, ROUND_HALF_UP)
    # A sheet that computes 0.1 + 0.2 stores 0.30000000000000004; more than that is a real fraction of a penny.
    if abs(pence - value) > Decimal("1e-9") * max(Decimal(1), abs(value)):
        raise ValueError(f"{given} has fractions of a penny; write {pence}")
    return pence


def pence(value: Decimal) -> int:
    """An exact amount in pence. Raises ValueError when it holds fractions of a penny."""
    scaled = value * 100
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{value} has fractions of a penny")
    return int(scaled)


def exact(value: float | int | Decimal) -> Decimal:
    """A number as the decimal it is written as: 0.25 is a quarter, 0.1 a tenth."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _likely(given: str) -> str:
    """What the writer may have meant: letters O and l for digits, blanks, 12.500,00 as on the continent."""
    text = given.strip().translate(str.maketrans("OolI", "0011", " £"))
    if _CONTINENTAL.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif _AMOUNT.fullmatch(text):
        text = text.replace(",", "")
    elif "," in text:  # 12,50 may be 12.50 or 1250: no guess
        return EXAMPLE
    try:
        value = Decimal(text)
    except InvalidOperation:
        return EXAMPLE
    return str(value.quantize(PENNY, ROUND_HALF_UP)) if value.is_finite() and 0 < value <= MOST else EXAMPLE


def _above_zero(value: Decimal) -> Decimal:
    value = amount(value)
    if value <= 0:
        raise ValueError(f"{value} is not above zero")
    return value


Price = Annotated[Decimal, AfterValidator(_above_zero)]
"""A Decimal above zero without fractions of a penny, in GBP a year."""
