"""Shapes in longitude and latitude as RFC 7946 asks for: rounded, outer rings anticlockwise, cut at 180 degrees."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

# Of a degree: a tenth of a metre on the ground. More digits would claim more than a change of datum keeps.
DECIMALS = 6
WGS84 = "OGC:CRS84"  # longitude before latitude


def in_degrees(shapes: npt.NDArray[np.object_], crs: str) -> npt.NDArray[np.object_]:
    """Shapes (shapely, in `crs`) in WGS84 longitude and latitude, rounded to `DECIMALS`, polygons oriented.

    Every position is rounded by itself, so neighbours keep the same border; a shape that this breaks is mended, and
    one smaller than the last decimal keeps its digits. Raises ValueError for a place that has no such coordinates.
    """
    import shapely
    from pyproj import Transformer

    move = Transformer.from_crs(crs, WGS84, always_xy=True)
    placed = shapely.transform(shapes, lambda xy: np.column_stack(move.transform(xy[:, 0], xy[:, 1])))
    if not np.isfinite(shapely.get_coordinates(placed)).all():
        raise ValueError("some place has no longitude and latitude")
    bounds = shapely.bounds(placed)
    across = bounds[:, 2] - bounds[:, 0] > 180
    placed[across] = [_cut(shape) for shape in placed[across]]
    # adding 0 makes -0.0 of a rounded place 0.0
    found = shapely.transform(placed, lambda xy: np.round(xy, DECIMALS) + 0.0)
    broken = ~shapely.is_valid(found)
    if broken.any():
        found[broken] = shapely.set_precision(placed[broken], 10.0**-DECIMALS)
        found[broken] = shapely.transform(found[broken], lambda xy: np.round(xy, DECIMALS) + 0.0)
    gone = shapely.is_empty(found) | ~shapely.is_valid(found)
    found[gone] = placed[gone]
    return np.asarray(shapely.orient_polygons(shapely.remove_repeated_points(found)), dtype=object)


def _cut(shape: Any) -> Any:
    """A shape on both sides of the 180th meridian, as the part to its west and the part to its east."""
    import shapely

    whole = shapely.transform(shape, lambda xy: np.column_stack([xy[:, 0] % 360, xy[:, 1]]))
    west = shapely.intersection(whole, shapely.box(0, -90, 180, 90))
    east = shapely.intersection(whole, shapely.box(180, -90, 360, 90))
    moved = shapely.transform(east, lambda xy: xy - [360, 0])
    return shapely.multipolygons([part for side in (west, moved) for part in shapely.get_parts(side)])
