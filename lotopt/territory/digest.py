"""A hash of what a territory holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Protocol

from lotopt.territory.parts import Borders, Floats, Layer, Measure, Partition, Point


class Content(Protocol):
    """What of a territory counts: everything that can change an answer."""

    @property
    def ids(self) -> tuple[str, ...]: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def xy(self) -> Floats: ...
    @property
    def km2(self) -> Floats: ...
    @property
    def crs(self) -> str: ...
    @property
    def measures(self) -> Mapping[str, Measure]: ...
    @property
    def layers(self) -> Mapping[str, Layer]: ...
    @property
    def borders(self) -> Borders: ...
    @property
    def designs(self) -> Mapping[str, Partition]: ...
    @property
    def points(self) -> Mapping[str, tuple[Point, ...]]: ...


def digest(territory: Content) -> str:
    """SHA-256 (hex) of what a territory holds, whatever files and row order it came from.

    Covers areas, positions, measures, layers, borders, designs and points; not titles, sources or shapes.
    """
    ids = territory.ids
    order = sorted(range(len(ids)), key=ids.__getitem__)
    borders = territory.borders
    content = {
        "areas": [[ids[i], territory.names[i], *territory.xy[i].tolist(), float(territory.km2[i])] for i in order],
        "measures": {key: m.values[order].tolist() for key, m in territory.measures.items()},
        "layers": {key: _layer_content(found, order) for key, found in territory.layers.items()},
        "borders": sorted(
            [*sorted((ids[a], ids[b])), kind, metres]
            for a, b, kind, metres in zip(
                borders.a.tolist(), borders.b.tolist(), borders.kinds, borders.metres.tolist(), strict=True
            )
        ),
        "designs": {key: _design_content(found, order) for key, found in territory.designs.items()},
        "points": {
            key: sorted(_point_content(point) for point in points) for key, points in territory.points.items()
        },
        "crs": territory.crs,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _layer_content(found: Layer, order: Sequence[int]) -> list[list[str]]:
    return [[found.agencies[a], found.name_of(a)] if a >= 0 else [] for a in (int(found.of[i]) for i in order)] + [
        [area, note] for area, note in sorted(found.approximate.items())
    ]


def _point_content(point: Point) -> list[str | float]:
    sized = [] if point.size is None else [point.size]  # absent where unknown, so that older digests stand
    return [point.id, point.name, point.type, point.x, point.y, point.area, *sized]


def _design_content(found: Partition, order: Sequence[int]) -> list[str]:
    return [found.lots[int(found.of[i])] for i in order]
