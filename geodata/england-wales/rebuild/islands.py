"""The Isles of Scilly, from a shoreline moved and trimmed to fit postcodes and the published area.

Five inhabited islands and many rocks: postcodes are too few to draw them by, and Natural Earth knows two of them.
The finer shoreline was digitised from charts that stand some 200 m off and show drying sand as land. Both faults
are mended from facts that have nothing to do with any boundary: where the postcodes are, and the km² of areas.csv.
"""

import numpy as np
import shapely

ARCHIPELAGO = "E06000053"
AROUND = 6_000  # a piece of shoreline counts when it lies within this of the box around the postcodes, metres
ROCK = 0.05e6  # smaller pieces are left out, square metres
REACH, STEP = 400, 10  # how far the shoreline may be moved each way, and how finely, metres
DETAIL = 20.0  # tolerance of the simplification, metres


def shape(shore: shapely.Geometry, places: np.ndarray, km2: float) -> shapely.MultiPolygon:
    """Land of the given size around these places: (n, 2) metres; the shoreline in the same grid."""
    box = shapely.box(*(places.min(axis=0) - AROUND), *(places.max(axis=0) + AROUND))
    pieces = shapely.get_parts(shore)
    pieces = pieces[shapely.within(pieces, box) & (shapely.area(pieces) >= ROCK)]
    if not len(pieces):
        raise SystemExit(f"the shoreline has no land around the postcodes of {ARCHIPELAGO}")
    land = _trimmed(shapely.union_all(pieces), km2 * 1e6)
    land = shapely.transform(land, lambda points: points + _move(land, places))
    land = shapely.set_precision(shapely.simplify(land, DETAIL), 1.0)
    return shapely.normalize(shapely.MultiPolygon(shapely.get_parts(land).tolist()))


def _trimmed(land: shapely.Geometry, area: float) -> shapely.Geometry:
    """The shoreline drawn in, or out, by the same distance everywhere, until the area is right."""
    low, high = -300.0, 300.0
    for _ in range(30):  # to far less than a millimetre
        middle = (low + high) / 2
        low, high = (middle, high) if land.buffer(middle).area < area else (low, middle)
    return land.buffer((low + high) / 2)


def _move(land: shapely.Geometry, places: np.ndarray) -> np.ndarray:
    """The move, east and north in metres, that leaves the postcodes least far from land on average."""
    shapely.prepare(land)
    places = np.unique(places, axis=0)
    steps = range(-REACH, REACH + 1, STEP)
    moves = [(east, north) for east in steps for north in steps]
    away = [shapely.distance(land, shapely.points(places - move)).mean().round(3) for move in moves]
    return np.array(min(zip(away, moves, strict=True))[1], dtype=float)
