"""The shape of lots in figures: borders, cut edges, distances and, where there are polygons, roundness."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lotopt.territory.lots import LotTable
from lotopt.territory.parts import Ints
from lotopt.territory.territory import Territory


@dataclass(frozen=True)
class LotShape:
    """The shape of one lot.

    `border_km` is shared with other lots (coast does not count), `cut_edges` counts pairs of neighbouring areas of
    which the lot holds one, `inertia` is in measure x km2 about the weighted centroid, `mean_km` and `reach_km` are
    the mean (weighted) and largest distance to it. `polsby_popper` is 4 pi ground / outline2, 1 for a circle.
    """

    lot: str
    border_km: float
    cut_edges: int
    inertia: float
    mean_km: float
    reach_km: float
    polsby_popper: float | None = None


def lot_shapes(
    territory: Territory, of: Ints, lots: Sequence[str], measure: str, *, outlines: bool = False
) -> tuple[LotShape, ...]:
    """The shape of each lot of a partition, weighted by a measure; roundness only with `outlines`, from polygons."""
    table = LotTable.of_labels(territory, of, tuple(lots))
    crossed = territory.borders.of_kinds(None)
    a, b = territory.borders.a[crossed], territory.borders.b[crossed]
    cut = (table.members[:, a] != table.members[:, b]).sum(axis=1)
    border, inertia = table.border_length(), table.inertia(measure)
    mean, reach = table.mean_distance(measure), table.reach(measure)
    round_ = _roundness(territory, of, len(lots), outlines)
    return tuple(
        LotShape(lot, float(border[k]), int(cut[k]), float(inertia[k]), float(mean[k]), float(reach[k]), round_[k])
        for k, lot in enumerate(lots)
    )


def _roundness(territory: Territory, of: Ints, count: int, wanted: bool) -> list[float | None]:
    if not wanted:
        return [None] * count
    from lotopt.territory.shapes import outline

    grounds = outline(territory, of)
    if grounds is None:
        return [None] * count
    found: list[float | None] = [4 * math.pi * g.area / g.length**2 if g.length else None for g in grounds]
    return found + [None] * (count - len(found))
