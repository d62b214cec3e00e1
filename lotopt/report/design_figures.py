"""The figures of a design, the same wherever designs are set side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lotopt.report import lot_tables as lt
from lotopt.report.words import amount, decapital

if TYPE_CHECKING:
    from lotopt.design.design import LotDesign


def design_figures(plan: LotDesign, measure: str) -> Iterator[tuple[str, str]]:
    """Title and figure: lots, smallest and largest by a measure, mean distance to the centre, border between lots."""
    yield "Lots", str(len(plan))
    if measure:
        total = plan.table.total(measure)
        title = decapital(lt.measure_title(plan, measure))
        yield f"Smallest lot, {title}", amount(float(total.min()))
        yield f"Largest lot, {title}", amount(float(total.max()))
        yield "Mean distance to lot centre, km", f"{mean_distance(plan, measure):,.1f}"
    if plan.territory.borders.metres.any():
        # every border between two lots is on the edge of both
        yield "Border between lots, km", f"{plan.table.border_length().sum() / 2:,.0f}"


def mean_distance(plan: LotDesign, measure: str) -> float:
    """Mean distance in km to the centre of one's lot, weighted by the measure."""
    total = plan.table.total(measure)
    return float((plan.table.mean_distance(measure) * total).sum() / max(float(total.sum()), 1e-300))
