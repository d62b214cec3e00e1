"""Every rule as the audit reads it: whether it is kept, how much room is left, what it costs where that is known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lotopt.core.clause import Rule, named
from lotopt.core.reading import Number, Reading
from lotopt.core.result import Result
from lotopt.report.table import Column, Table
from lotopt.report.words import amount, count

# A rule with more readings than this is shown on request only.
SHORT = 3
# Less room than this share of a limit is close.
CLOSE = 0.05
# Rules that hold or do not: a lot is in one piece, an agency whole. Nothing of them is left to spare.
YES_OR_NO = ("contiguous", "whole", "nested", "within", "keep_together", "keep_apart", "fixed")

# Units that are counted, as one of them is called.
ONE = {
    "lots": "lot",
    "pieces": "piece",
    "agencies": "agency",
    "winning bids": "winning bid",
    "bidders": "bidder",
    "splits": "split",
    "providers": "provider",
}


@dataclass(frozen=True)
class RuleKept:
    """One rule as judged by the audit: what it says, whether it is kept, and every reading.

    `room` says how far the reading that is closest to its limit is from it, and `used` which share of that limit it
    takes (0 to 1; None where a rule holds or does not). `price` is what the rule costs, where that was found out.
    """

    name: str
    sentence: str
    kept: bool
    verdict: str
    table: Table
    room: str = ""
    used: float | None = None
    price: str = ""

    @property
    def bar(self) -> int:
        """`used` in hundredths, for drawing."""
        return round(100 * (self.used or 0.0))


def rules_kept(
    result: Result[Any], rules: Sequence[Rule], prices: Mapping[str, str] | None = None
) -> tuple[RuleKept, ...]:
    """Every rule with its readings, in the order given; rules that were not passed on go by their label.

    `prices` are sentences by the label of a rule.
    """
    found = dict(result.audit.by_clause()) if result.audit is not None else {}
    known = {rule.label: rule for rule in named(rules)}
    told = prices or {}
    return tuple(
        _rule(label, known.get(label), found.get(label, ()), told.get(label, ""))
        for label in dict.fromkeys([*known, *found])
    )


def _rule(name: str, rule: Rule | None, readings: tuple[Reading, ...], price: str) -> RuleKept:
    broken = [reading for reading in readings if not reading.ok]
    sentence = rule.explain() if rule is not None else ""
    whether = rule is not None and rule.kind in YES_OR_NO
    room, used = ("", None) if broken or whether else _room(readings)
    if not readings:
        verdict = "Kept by construction; there is nothing to measure."
    elif broken:
        verdict = f"Broken in {len(broken)} of {count(len(readings), 'reading')}: {'; '.join(map(str, broken[:3]))}."
    elif whether:
        verdict = f"Kept: it holds in {'the one reading' if len(readings) == 1 else f'all {len(readings)} readings'}."
    elif len(readings) == 1:
        verdict = f"Kept: {_told(readings[0])}."
    else:
        verdict = f"Kept in all {len(readings)} readings."
    return RuleKept(name, sentence, not broken, verdict, readings_table(readings), room, used, price)


def _told(reading: Reading) -> str:
    """A reading in words; a quotient of money is not told to its last digit."""
    if isinstance(reading.value, Decimal):
        return f"{reading.where}: {_figure(reading.value, reading.unit)}"
    return str(reading)


def _room(readings: Sequence[Reading]) -> tuple[str, float | None]:
    """How much room the reading closest to its limit has, in words, and which share of the limit it takes."""
    held = [reading for reading in readings if math.isfinite(float(reading.slack))]
    if not held:
        return "", None
    if all(reading.at_least == reading.at_most for reading in held):
        return "Exactly as asked: the rule leaves no room.", None
    least = min(held, key=lambda reading: (_share(reading), reading.where))
    at_limit = [reading for reading in held if reading.slack == 0]
    if at_limit:
        where = "" if len(held) == 1 else f" in {len(at_limit)} of {len(held)} readings, such as {at_limit[0].where}"
        where = " in every reading" if len(at_limit) == len(held) > 1 else where
        return f"At its limit{where}.", 1.0
    share = _share(least)
    left = f"{_figure(least.slack, least.unit)} to spare"
    left += f", {share:.1%} of the limit".replace("%", " %") if math.isfinite(share) else ""
    which = f" ({least.where})" if len(held) > 1 else ""
    used = max(0.0, 1.0 - share) if math.isfinite(share) else None
    return f"{'Close to its limit' if share < CLOSE else 'Room left'}{which}: {left}.", used


def _share(reading: Reading) -> float:
    """The room of a reading as a share of the limit it is nearer to; infinite where that limit is 0."""
    value, low, high = (float(v) for v in (reading.value, reading.at_least, reading.at_most))
    limit = abs(low if value - low <= high - value else high)
    return float(reading.slack) / limit if limit > 0 else (0.0 if reading.slack == 0 else math.inf)


def readings_table(readings: Sequence[Reading]) -> Table:
    """One row per reading: where, value, the range it may lie in, and the room left."""
    titles = ("Value", "At least", "At most", "To spare")
    rows = tuple(
        (
            reading.where,
            _figure(reading.value, reading.unit),
            _end(reading.at_least, reading.unit),
            _end(reading.at_most, reading.unit),
            _end(reading.slack, reading.unit) if reading.ok else f"broken by {_end(reading.violation, reading.unit)}",
        )
        for reading in readings
    )
    head = (Column("Where"), *(Column(title, True) for title in titles))
    return Table("Readings", head, rows, folded=len(rows) > SHORT)


def _figure(value: Number, unit: str) -> str:
    return f"{_amount(value, unit)} {ONE.get(unit, unit) if value == 1 else unit}".rstrip()


def _end(value: Number, unit: str) -> str:
    return "any" if isinstance(value, float) and math.isinf(value) else _amount(value, unit)


def _amount(value: Number, unit: str) -> str:
    """A share of something as a percentage, anything else in its unit."""
    return f"{float(value) * 100:.4g} %" if unit.startswith("of the ") else amount(value)
