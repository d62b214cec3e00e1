"""What one cell of a table says: each function reads a value, or raises ValueError with a sentence that helps.

An empty cell is None, "" or an empty tuple, never a fault: whether it is needed is for the row to say.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from decimal import Decimal

from lotopt.core.errors import did_you_mean
from lotopt.market.money import PENNY, amount
from lotopt.market.workbook import Value

_RATE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,20})?")
_PENCE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")
_NUMBER = frozenset("0123456789.+-eE")
YES, NO = ("yes", "true", "1"), ("no", "false", "0")


def blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def shown(value: Value) -> str:
    """A value as a message gives it back."""
    return f"the date {value[1]}" if isinstance(value, list | tuple) else repr(value)


def text(value: Value) -> str:
    """A name: text, or a whole number that a sheet has made of one."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool | list | tuple):
        raise ValueError(f"{shown(value)} is not a name; write text")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def names(value: Value) -> tuple[str, ...]:
    """Names separated by ';', each once."""
    found = tuple(name for part in text(value).split(";") if (name := part.strip()))
    if len(set(found)) < len(found):
        twice = sorted({name for name in found if found.count(name) > 1})
        raise ValueError("; ".join(f"'{name}' is named twice" for name in twice))
    return found


def word(value: Value, possible: Sequence[str]) -> str:
    """One of a few words, in capitals or not."""
    found = text(value)
    if found and found.casefold() not in possible:
        raise ValueError(f"'{found}' is not known; {did_you_mean(found.casefold(), possible)}")
    return found.casefold()


def yes(value: Value) -> bool:
    """Yes or no; empty is no."""
    if isinstance(value, bool):
        return value
    found = text(value).casefold()
    if found and found not in YES + NO:
        raise ValueError(f"{shown(value)} is neither yes nor no; write yes or no")
    return found in YES


def money(value: Value) -> Decimal | None:
    """An amount above zero."""
    found = _amount(value)
    if found is not None and found <= 0:
        raise ValueError(f"{found} is not above zero")
    return found


def money_or_zero(value: Value) -> Decimal | None:
    """An amount, zero or above."""
    found = _amount(value)
    if found is not None and found < 0:
        raise ValueError(f"{found} is not zero or above")
    return found


def _amount(value: Value) -> Decimal | None:
    if blank(value):
        return None
    if isinstance(value, list | tuple | None):
        raise ValueError(f"{shown(value)} is not an amount; write 12500.00")
    # most are plain digits with pence at most, whose form alone says that they are exact
    written = repr(value) if isinstance(value, float) else value
    if isinstance(written, str) and _PENCE.fullmatch(written):
        return Decimal(written).quantize(PENNY)
    return amount(value)


def decimal(value: Value, like: str = "a number; write digits such as 75 or 0.5") -> Decimal | None:
    """A number, zero or above, exactly as it is written; `like` says what it should have been."""
    if blank(value):
        return None
    # a number of a sheet may come with an exponent
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    written = f"{Decimal(str(value)):f}" if number else str(value).strip().removeprefix("£")
    if isinstance(value, bool | list | tuple) or not _RATE.fullmatch(written):
        raise ValueError(f"{shown(value)} is not {like}")
    return Decimal(written)


def share_below_one(value: Value) -> Decimal | None:
    """A fraction from 0 up to, and without, 1."""
    found = decimal(value, "a fraction; write 0.05 for 5 %")
    if found is not None and found >= 1:
        raise ValueError(f"{found.normalize():f} is not from 0 to below 1; write 0.05 for 5 %")
    return found


def number(value: Value, low: float, high: float, open_low: bool = False) -> float | None:
    """A plain number in a range, both ends included unless the lower is open."""
    if blank(value):
        return None
    if isinstance(value, float | int) and not isinstance(value, bool):
        found = float(value)
    else:
        # float() would take '1_000', 'nan' and digits of other scripts
        written = value.strip() if isinstance(value, str) and _NUMBER.issuperset(value.strip()) else ""
        try:
            found = float(written)
        except ValueError:
            found = math.nan
    if not math.isfinite(found):
        raise ValueError(f"{shown(value)} is not a number; write digits such as 75 or 0.5")
    if not low <= found <= high or (open_low and found == low):
        above = f"above {low:g}" if open_low else f"from {low:g}"
        upper = f"{' and at most' if open_low else ' to'} {high:g}" if high < math.inf else ""
        raise ValueError(f"{found:g} is not {above}{upper}{' up' if not upper and not open_low else ''}")
    return found


def whole(value: Value, low: int) -> int | None:
    """A whole number, `low` or above."""
    found = number(value, -math.inf, math.inf)
    if found is None:
        return None
    if not found.is_integer() or found < low or found > 1e9:
        raise ValueError(f"{found:g} is not a whole number from {low} up")
    return int(found)


def date(value: Value) -> datetime.date | None:
    """A day: a date cell, or text such as 2021-04-26."""
    if blank(value):
        return None
    written = str(value[1]) if isinstance(value, list | tuple) else value
    found = _ISO.fullmatch(written.strip()) if isinstance(written, str) else None
    if not found:
        raise ValueError(f"{shown(value)} is not a date; write {_likely_day(written)}")
    try:
        return datetime.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise ValueError(f"{shown(value)} is not a day of the calendar") from None


def _likely_day(given: object) -> str:
    """What the writer may have meant, where day and month cannot be mistaken for each other."""
    parts = _DAY_FIRST.fullmatch(given.strip()) if isinstance(given, str) else None
    day, month, year = map(int, parts.groups()) if parts else (0, 0, 0)
    try:
        meant = datetime.date(year, month, day) if day > 12 or day == month else None
    except ValueError:
        meant = None
    return f"{meant}" if meant else "a day of the calendar such as 2021-04-26"
