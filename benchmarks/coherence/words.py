"""Numbers of the study as people read them."""

from __future__ import annotations

import math


def million(value: float, places: int = 1) -> str:
    """GBP, for a sentence: £447.9 million, £73,200, none."""
    if math.isnan(value):
        return "not known"
    if math.isinf(value):
        return "beyond any price"
    sign = "-" if value < 0 else ""
    if abs(value) >= 950_000:
        return f"{sign}£{abs(value) / 1e6:,.{places}f} million"
    return f"{sign}£{_three(abs(value)):,.0f}"


def _three(value: float) -> float:
    """Three digits that count: more would promise what a simulated price cannot keep."""
    return round(value, 2 - math.floor(math.log10(value))) if value else 0.0


def cell(value: float, places: int = 0) -> str:
    """A number for a table; a dash where it is not known."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "no limit" if value > 0 else "–"
    text = f"{value:,.{places}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text


def pounds(value: float) -> str:
    """GBP in millions for a table, with two decimals."""
    return cell(value / 1e6, 2) if math.isfinite(value) else ("not covered" if value == math.inf else "–")


def per_cent(fraction: float) -> str:
    return f"{fraction * 100:.1f} %"


def ordinal(percentile: float) -> str:
    """Where a design lies in an ensemble, as words that follow 'of the random designs'."""
    if percentile <= 0:
        return "below all of them"
    if percentile >= 100:
        return "above all of them"
    return f"above {percentile:.1f} % of them"


def fewer(value: float, than: float) -> str:
    """'44 fewer', '3 more' or 'as many'."""
    gap = round(value - than)
    return "as many" if not gap else f"{abs(gap):,} {'fewer' if gap < 0 else 'more'}"


def dearer(value: float, than: float) -> str:
    """'£3.2 million (0.7 %) dearer than', '... cheaper than' or 'as dear as'."""
    gap = value - than
    if abs(gap) < 0.5:
        return "as dear as"
    return f"{million(abs(gap))} ({per_cent(abs(gap) / than)}) {'dearer' if gap > 0 else 'cheaper'} than"
