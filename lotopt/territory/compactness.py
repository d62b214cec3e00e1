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
    border, cut, inertia = table.border_length(), table.cut_edges(), table.inertia(measure)
    mean, reach = table.mean_distance(measure), table.reach(measure)
    found = table.polsby_popper() if outlines else None
    round_ = [None] * len(lots) if found is None else [None if math.isnan(v) else v for v in found.tolist()]
    return tuple(
        LotShape(lot, float(border[k]), int(cut[k]), float(inertia[k]), float(mean[k]), float(reach[k]), round_[k])
        for k, lot in enumerate(lots)
    )
