"""Borders from polygons: two areas are neighbours when they share a length, not when they share a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lotopt.territory.borders import LAND
from lotopt.territory.parts import Borders, Floats, Ints

# Edges that lie within a centimetre of each other are one edge: the same line stored from two sides, or moved into
# another CRS, differs by less, and no survey is that exact.
SNAP = 0.01

# Near a corner any two neighbouring edges run close for a few times the width asked about.
CORNERS = 10


@dataclass(frozen=True)
class Overlap:
    """Ground that two areas both claim: their ids and how much of it, in m2."""

    a: str
    b: str
    m2: float


@dataclass(frozen=True)
class Gap:
    """Two areas whose edges run close without touching: their ids and for how long, in metres."""

    a: str
    b: str
    metres: float


@dataclass(frozen=True)
class Adjacency:
    """What polygons say of their borders, and where they do not fit: overlaps and near gaps, longest first."""

    borders: Borders
    overlaps: tuple[Overlap, ...]
    gaps: tuple[Gap, ...]


def borders_from_shapes(shapes: Sequence[Any], ids: Sequence[str], *, near: float = 5.0) -> Adjacency:
    """The borders of valid polygons in a projected CRS, with the length they share in metres.

    Corners alone make no border. Gaps narrower than `near` metres and overlaps are found, not mended.
    """
    import shapely

    geometries = np.asarray(shapes, dtype=object)
    a, b = _touching(geometries)
    common = shapely.intersection(geometries[a], geometries[b], grid_size=SNAP)
    metres, m2 = _measured(common)
    shared = metres > SNAP
    count = int(shared.sum())
    # a link of no length would be a link of another kind: these are all shared ground edges
    borders = Borders(a[shared], b[shared], metres[shared], (LAND,) * count, ("",) * count)
    overlaps = [Overlap(ids[a[i]], ids[b[i]], float(m2[i])) for i in np.flatnonzero(m2 > 0)]
    gaps = _gaps(geometries, ids, near) if near > 0 else []
    return Adjacency(
        borders,
        tuple(sorted(overlaps, key=lambda o: (-o.m2, o.a, o.b))),
        tuple(sorted(gaps, key=lambda g: (-g.metres, g.a, g.b))),
    )


def _touching(geometries: Any) -> tuple[Ints, Ints]:
    """Pairs (i < j) of polygons within a snap of each other, sorted."""
    import shapely

    tree = shapely.STRtree(geometries)
    i, j = tree.query(geometries, predicate="dwithin", distance=SNAP)
    keep = i < j
    order = np.lexsort((j[keep], i[keep]))
    return i[keep][order].astype(np.int64), j[keep][order].astype(np.int64)


def _measured(common: Any) -> tuple[Floats, Floats]:
    """The shared length (metres) and overlapping area (m2) of each intersection of two polygons.

    A thin overlap is a border drawn twice: half its outline is the length of that border.
    """
    import shapely

    m2 = shapely.area(common)
    metres = shapely.length(common)
    # of a mixed collection `length` adds the lines and the outlines of the overlaps: count the latter by half
    parts, owner = shapely.get_parts(common, return_index=True)
    outlines = np.zeros(len(common))
    flat = shapely.get_dimensions(parts) == 2
    np.add.at(outlines, owner[flat], shapely.length(parts[flat]))
    return np.asarray(metres - outlines / 2), np.asarray(m2)


def _gaps(geometries: Any, ids: Sequence[str], near: float) -> list[Gap]:
    """Stretches where two areas' edges run within `near` metres of each other without touching."""
    import shapely

    edges = shapely.coverage_invalid_edges(geometries, gap_width=near)
    suspects = np.flatnonzero(~shapely.is_empty(edges))
    if not len(suspects):
        return []
    tree = shapely.STRtree(edges[suspects])
    i, j = tree.query(edges[suspects], predicate="dwithin", distance=near)
    gaps = []
    for p, q in sorted(zip(suspects[i[i < j]].tolist(), suspects[j[i < j]].tolist(), strict=True)):
        close = shapely.intersection(edges[p], shapely.buffer(geometries[q], near))
        apart = shapely.difference(close, shapely.buffer(geometries[q], 2 * SNAP))
        metres = float(shapely.length(apart))
        if metres > CORNERS * near:
            gaps.append(Gap(ids[p], ids[q], metres))
    return gaps
