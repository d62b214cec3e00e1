"""Numbers, money and verdicts in plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from lotopt.core.reading import Number, plain
from lotopt.core.result import Result, Status

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def count(number: int, one: str, many: str = "") -> str:
    """A count with its noun: 1 lot, 21 lots."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def money(amount: Decimal | int | float) -> str:
    """An amount in pounds, to the penny where there are pence and never rounded when it is exact."""
    if isinstance(amount, float):
        amount = Decimal(str(round(amount, 2)))
    exact = Decimal(amount)
    whole = exact == exact.to_integral_value()
    places = 0 if whole else max(2, -int(exact.normalize().as_tuple().exponent))
    return f"-£{-exact:,.{places}f}" if exact < 0 else f"£{exact:,.{places}f}"


def rough_money(exact: Decimal) -> str:
    """A large amount for a headline; the exact one stands in the tables."""
    for size, word in ((Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million")):
        if abs(exact) >= size:
            return f"£{exact / size:,.1f} {word}"
    return money(exact)


def amount(value: Number) -> str:
    """A figure for a table: whole from a thousand up, four digits below, never with an exponent."""
    if isinstance(value, Decimal):
        # money has two decimals; a quotient that never ends is told like any other figure
        if int(value.as_tuple().exponent) >= -6:
            return plain(value)
        value = float(value)
    if math.isnan(value):
        return "unknown"
    if math.isinf(value) or float(value).is_integer() or 1e-4 <= abs(value) < 1000:
        return plain(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{Decimal(f'{value:.4g}'):f}"


def share(fraction: float, places: int = 1) -> str:
    """A fraction as a percentage."""
    return f"{fraction * 100:.{places}f} %"


def gap_words(fraction: float) -> str:
    """A gap as a percentage that does not round to nothing."""
    text = f"{fraction * 100:.4f}".rstrip("0").rstrip(".")
    return "0 %" if fraction == 0 else f"{text} %" if text != "0" else "less than 0.0001 %"


def listed(names: Sequence[str], most: int = 6) -> str:
    """Names in a sentence; beyond `most` the rest are counted. Names that hold commas are parted by semicolons."""
    if not names:
        return "none"
    if any("," in name for name in names) and len(names) > 1:
        shown = names[:most] if len(names) > most + 1 else names
        return "; ".join(shown) + (f"; and {len(names) - most:,} more" if len(names) > most + 1 else "")
    if len(names) > most + 1:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def joined(names: Sequence[str]) -> str:
    """Every name in a row: a, b and c; parted by semicolons where names hold commas or brackets with commas."""
    if len(names) < 2:
        return names[0] if names else "none"
    mark = ";" if any("," in name for name in names) else ","
    return f"{f'{mark} '.join(names[:-1])}{';' if mark == ';' else ''} and {names[-1]}"


def in_letters(number: int) -> str:
    """A number inside a sentence: in letters up to ten."""
    return _SMALL[number] if 0 <= number < len(_SMALL) else f"{number:,}"


def decapital(text: str) -> str:
    """A title inside a sentence: lower case at the start, unless it is an abbreviation."""
    return text if len(text) > 1 and text[1].isupper() else text[:1].lower() + text[1:]


def given(result: Result[Any]) -> bool:
    """Whether the plan was only measured: nothing but an audit was done."""
    searched = any(phase.name != "audit" for phase in result.phases)
    return result.plan is not None and result.bound is None and result.status is Status.FEASIBLE and not searched


def verdict(result: Result[Any], thing: str = "design") -> str:
    """The status as one word for a label."""
    if result.plan is not None and result.audit is not None and not result.audit.ok:
        return "not confirmed" if result.audit.faults else "rules broken"
    if given(result):
        return "measured"
    words = {
        Status.OPTIMAL: "optimal",
        Status.FEASIBLE: "feasible",
        Status.INFEASIBLE: f"no {thing} exists",
        Status.UNKNOWN: "nothing found",
    }
    return words[result.status]


def proof(result: Result[Any], thing: str = "design") -> str:
    """What is proven about the answer, in one or two sentences."""
    if result.plan is None:
        if result.status is Status.INFEASIBLE:
            return f"No {thing} keeps every rule. This was confirmed by a second solve."
        until = "before the search was interrupted" if result.interrupted else "in the time allowed"
        return f"No {thing} was found {until}, and none was proven impossible."
    if given(result):
        return f"This {thing} was given, not searched for: it is measured, and nothing is claimed about better ones."
    if result.audit is not None and not result.audit.ok:
        return f"The solver called this {thing} {result.status}, but the independent audit does not confirm it."
    if result.status is Status.OPTIMAL:
        if result.gap == 0 and not result.objective:
            return f"Optimal: no other {thing} that keeps every rule scores lower."
        wanted = gap_words(max(result.wanted_gap, 0.0))
        better = f"better by more than {wanted}" if result.wanted_gap > 0 else "better"
        return f"Optimal: no other {thing} keeps every rule and is {better}."
    stopped = " The search was interrupted." if result.interrupted else ""
    if result.gap is None:
        return f"Feasible: every rule is kept. No bound is known, so a better {thing} may exist.{stopped}"
    return (
        f"Feasible, not proven best: every rule is kept, and no other {thing} is better by more than "
        f"{gap_words(result.gap)} (wanted: {gap_words(result.wanted_gap)}).{stopped}"
    )
