"""What result.json holds of the explanations of lots and awards."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lotopt.study import document as d

if TYPE_CHECKING:
    from lotopt.study.explain import Explained

# Explanations of lots; all others are of awards.
OF_LOTS = ("design_rule_prices",)


def explained_entries(found: Explained | None, of_lots: bool) -> tuple[d.ExplainedEntry, ...]:
    """Every explanation of lots, or of awards, as a table with its sentences."""
    if found is None:
        return ()
    return tuple(
        d.ExplainedEntry(
            name=part.name,
            title=part.title,
            sentences=part.sentences,
            complete=part.complete,
            columns=part.columns,
            rows=tuple(tuple(_cell(cell) for cell in row) for row in part.rows),
        )
        for part in found.parts
        if (part.name in OF_LOTS) == of_lots
    )


def _cell(value: Any) -> bool | float | str | None:
    """A cell as JSON holds it: money exact as text, no infinities."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    return str(value)
