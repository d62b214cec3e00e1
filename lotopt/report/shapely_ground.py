"""The ground of a map from polygons: simplified as a coverage, on a grid of whole units, every edge known once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lotopt.report.ground import Frame, Ground, point_ground
from lotopt.report.paths import Edge, Point, edge, ring_path
from lotopt.territory.territory import Territory

# Detail finer than this many map units is left out: half a pixel at the size the report shows.
TOLERANCE = 3.0
# Islands and holes below this many square units are left out, but never the last piece of an area.
SPECK = 20.0


def ground_of(territory: Territory, shapes: Sequence[Any] | None) -> Ground:
    """The ground of a territory: from its shapes (shapely, in area order, in its CRS), else from its centroids."""
    return point_ground(territory) if shapes is None else shape_ground(shapes)


def shape_ground(shapes: Sequence[Any]) -> Ground:
    """The ground drawn from one shapely polygon per area; gaps and overlaps are closed for the drawing only."""
    import shapely

    given = np.array(shapes, dtype=object)
    bounds = shapely.total_bounds(given)
    frame, width, height = Frame.around(bounds[:2], bounds[2:])
    tolerance = TOLERANCE * frame.unit / frame.stretch
    clean = given if shapely.coverage_is_valid(given) else _tidied(given, frame.unit)
    clean = shapely.coverage_simplify(clean, tolerance)
    areas, centres, sizes, boxes = [], [], [], []
    sides: dict[Edge, list[int]] = {}
    for i, shape in enumerate(clean):
        rings = _rings(shape, frame)
        areas.append("".join(ring_path(ring) for ring in rings))
        points = np.array([point for ring in rings for point in ring])
        boxes.append([*points.min(axis=0), *points.max(axis=0)])
        centres.append(_inside(shape, frame))
        sizes.append(shapely.area(shape) * frame.stretch / frame.unit**2)
        for ring in rings:
            for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
                who = sides.setdefault(edge(a, b), [])
                if i not in who:
                    who.append(i)
    return Ground(
        width,
        height,
        tuple(areas),
        np.array(centres, dtype=np.int64),
        np.array(sizes, dtype=np.float64),
        np.array(boxes, dtype=np.int64),
        {e: tuple(who) for e, who in sides.items()},
        frame,
        clean,
        roomiest=lambda members: _inside(shapely.coverage_union_all(clean[members]), frame),
    )


def _rings(shape: Any, frame: Frame) -> list[list[Point]]:
    """The rings of a shape in whole units, specks left out; an area too small for a ring becomes a small square."""
    import shapely

    polygons = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
    found: list[list[Point]] = []
    for polygon in polygons:
        for ring in (polygon.exterior, *polygon.interiors):
            placed = _distinct(frame.place(shapely.get_coordinates(ring)))
            if len(placed) >= 3 and (not found or abs(_doubled_area(placed)) >= 2 * SPECK):
                found.append(placed)
    if found:
        return found
    x, y = (int(v) for v in frame.place(shapely.get_coordinates(shapely.centroid(shape)))[0])
    return [[(x - 1, y - 1), (x + 1, y - 1), (x + 1, y + 1), (x - 1, y + 1)]]


def _inside(shape: Any, frame: Frame) -> Point:
    """The centre of the largest circle inside the largest piece: where a label sits best."""
    import shapely

    largest = max(shapely.get_parts(shape), key=lambda part: part.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=4 * frame.unit)
    x, y = frame.place(shapely.get_coordinates(circle)[:1])[0]
    return int(x), int(y)


def _distinct(placed: Any) -> list[Point]:
    """The points of a closed ring without repeats in a row and without the closing point."""
    points = [(int(x), int(y)) for x, y in placed]
    kept = [point for point, before in zip(points[1:], points, strict=False) if point != before]
    return kept if len(set(kept)) >= 3 else []


def _doubled_area(ring: list[Point]) -> int:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True))


def _tidied(shapes: Any, grid: float) -> Any:
    """Shapes with overlaps, as a coverage: every face of their lines goes to the first area it lies in."""
    import shapely

    mended = shapely.set_precision(shapely.make_valid(shapes, method="structure", keep_collapsed=False), grid)
    lines = shapely.unary_union(shapely.boundary(mended))
    faces = shapely.get_parts(shapely.polygonize([lines]))
    tree = shapely.STRtree(mended)
    owner: dict[int, int] = {}
    for face, area in zip(*tree.query(shapely.point_on_surface(faces), predicate="within"), strict=True):
        owner[int(face)] = min(int(area), owner.get(int(face), len(shapes)))
    mine: list[list[Any]] = [[] for _ in shapes]
    for face, area in owner.items():
        mine[area].append(faces[face])
    return np.array(
        [shapely.union_all(pieces) if pieces else shape for pieces, shape in zip(mine, shapes, strict=True)],
        dtype=object,
    )
