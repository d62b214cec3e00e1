"""Readings: what was measured of a finished plan, and the range it may lie in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

Number = float | int | Decimal

# Sums of a few hundred doubles: differences below this share of value or limit are arithmetic, not a broken rule.
RELATIVE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Reading:
    """One measured quantity: of which clause, where, how much, and the range it may lie in.

    `value`, `at_least` and `at_most` are in `unit`; money is Decimal and compared exactly.
    """

    clause: str
    where: str
    value: Number
    at_least: Number = -math.inf
    at_most: Number = math.inf
    unit: str = ""

    @property
    def ok(self) -> bool:
        return self.violation <= 0

    @property
    def violation(self) -> Number:
        """How far outside the range the value lies; 0 when inside."""
        slack = self.slack
        if isinstance(slack, Decimal):
            return max(Decimal(0), -slack)
        if not math.isfinite(slack):  # an infinite value has no distance, and NaN is nowhere
            return 0.0 if self.at_least <= self.value <= self.at_most else math.inf
        return -slack if slack < 0 else 0.0

    @property
    def slack(self) -> Number:
        """How far the value is from the nearer end of its range; negative when outside, 0 within rounding of it."""
        below = _minus(self.value, self.at_least)
        above = _minus(self.at_most, self.value)
        nearer, end = (below, self.at_least) if below <= above else (above, self.at_most)
        if isinstance(nearer, Decimal) or not math.isfinite(nearer):
            return nearer
        tolerance = RELATIVE_TOLERANCE * max(abs(float(self.value)), abs(float(end)))
        return 0.0 if abs(nearer) <= tolerance else nearer

    def __str__(self) -> str:
        text = f"{self.where}: {plain(self.value)} {self.unit}".rstrip()
        if self.ok:
            return text
        if self.value < self.at_least:
            return f"{text}, less than {plain(self.at_least)}"
        return f"{text}, more than {plain(self.at_most)}"


@dataclass(frozen=True)
class Audit:
    """All readings of a plan, and what the audit found that no reading can say."""

    readings: tuple[Reading, ...]
    faults: tuple[str, ...] = ()
    objective: float | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether every rule is kept and the engine's figures agree with the audit's."""
        return not self.faults and all(reading.ok for reading in self.readings)

    @property
    def broken(self) -> tuple[Reading, ...]:
        return tuple(reading for reading in self.readings if not reading.ok)

    def by_clause(self) -> dict[str, tuple[Reading, ...]]:
        """The readings of each clause, in the order in which clauses were given."""
        found: dict[str, list[Reading]] = {}
        for reading in self.readings:
            found.setdefault(reading.clause, []).append(reading)
        return {clause: tuple(readings) for clause, readings in found.items()}

    def to_frame(self) -> pd.DataFrame:
        """One row per reading: clause, where, value, at_least, at_most, unit, slack, ok."""
        import pandas as pd

        columns = ["clause", "where", "value", "at_least", "at_most", "unit", "slack", "ok"]
        return pd.DataFrame([[getattr(r, c) for c in columns] for r in self.readings], columns=columns)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for clause, readings in self.by_clause().items():
            broken = [reading for reading in readings if not reading.ok]
            yield f"{clause}: {'kept' if not broken else f'broken in {len(broken)} of {len(readings)}'}"
            yield from (f"  {reading}" for reading in broken)
        yield from (f"fault: {fault}" for fault in self.faults)


def plain(value: Number) -> str:
    """A number as people write it: no exponent, thousands separated, no needless decimals."""
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if math.isinf(value):
        return "any" if value > 0 else "-any"
    if float(value).is_integer():
        return f"{int(value):,}"
    whole_digits = math.floor(math.log10(abs(value))) + 1
    text = f"{value:,.{max(0, 4 - whole_digits)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _minus(a: Number, b: Number) -> Number:
    """a - b where either may be Decimal and the other an infinite float."""
    if isinstance(a, Decimal) != isinstance(b, Decimal):
        other = b if isinstance(a, Decimal) else a
        if math.isinf(other):
            return float(a) - float(b)
        return Decimal(str(a)) - Decimal(str(b))
    return a - b  # type: ignore[operator]
