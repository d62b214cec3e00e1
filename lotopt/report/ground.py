"""The ground of a map: every area as a drawing, from shapes where there are some, else from points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lotopt.report.paths import Edge, Point, chain_path, edge
from lotopt.territory.parts import Floats, Ints
from lotopt.territory.territory import Territory

# Units of the longer side of a map. England and Wales at 5,000 is 132 m a unit: under a pixel at eight times zoom.
EXTENT = 5000
MARGIN = 60


@dataclass(frozen=True, eq=False)
class Ground:
    """Areas as path data in the units of a map `width` wide and `height` high.

    `centres` (n, 2) are places inside the areas, `sizes` (n,) their areas in square units. `sides` holds, for each
    edge, the areas that it belongs to: two, or one on the coast. `shapes` are simplified polygons and
    `roomiest` finds a place for a label in some of them;
    `pointwise` means that there are none: areas are circles, edges the links between them.
    """

    width: int
    height: int
    areas: tuple[str, ...]
    centres: Ints
    sizes: Floats
    boxes: Ints
    sides: dict[Edge, tuple[int, ...]]
    frame: Frame
    shapes: Any = None
    roomiest: Callable[[Ints], Point] | None = None
    pointwise: bool = False

    def between(self, of: Sequence[int] | Ints) -> str:
        """The lines between areas of different groups: `of` (n,) gives each area's group."""
        groups = [int(group) for group in of]
        return chain_path(e for e, who in self.sides.items() if len({groups[area] for area in who}) > 1)

    def within(self, of: Sequence[int] | Ints) -> str:
        """The lines between areas of the same group."""
        groups = [int(group) for group in of]
        return chain_path(e for e, who in self.sides.items() if len(who) > 1 == len({groups[area] for area in who}))

    def label_place(self, members: Ints) -> Point:
        """Where to write the name of a group of areas: the roomiest place in them, or their middlemost circle."""
        if self.roomiest is not None:
            return self.roomiest(members)
        weight = np.maximum(self.sizes[members], 1.0)
        middle = (self.centres[members] * weight[:, None]).sum(axis=0) / weight.sum()
        away = np.hypot(*(self.centres[members] - middle).T)
        x, y = self.centres[members[int(np.argmin(away))]]
        return int(x), int(y)


@dataclass(frozen=True)
class Frame:
    """From the territory's coordinates (metres) to map units: y grows downwards."""

    left: float
    top: float
    unit: float
    stretch: float = 1.0

    @classmethod
    def around(cls, low: Floats, high: Floats) -> tuple[Frame, int, int]:
        """The frame of a box, and the width and height of the map in units."""
        geographic = bool(np.all(np.abs([low, high]) <= [180.0, 90.0]) and np.any(high - low > 0))
        stretch = float(np.cos(np.radians((low[1] + high[1]) / 2))) if geographic else 1.0
        size = (high - low) * [stretch, 1.0]
        unit = float(max(size.max(), 1e-9)) / (EXTENT - 2 * MARGIN)
        width, height = (int(np.ceil(side / unit)) + 2 * MARGIN for side in size)
        margin = MARGIN * unit
        return cls(float(low[0]) * stretch - margin, float(high[1]) + margin, unit, stretch), width, height

    def place(self, xy: Floats) -> Ints:
        """Points (k, 2) in whole map units."""
        xy = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        x = (xy[:, 0] * self.stretch - self.left) / self.unit
        y = (self.top - xy[:, 1]) / self.unit
        return np.column_stack([np.rint(x), np.rint(y)]).astype(np.int64)


def point_ground(territory: Territory) -> Ground:
    """A circle at every centroid, its size after the first measure, with lines to the areas it borders."""
    xy = _positions(territory)
    frame, width, height = Frame.around(xy.min(axis=0), xy.max(axis=0))
    values = next(iter(territory.measures.values())).values if territory.measures else np.ones(len(territory))
    share = np.maximum(values, 0) / max(float(values.max()), 1e-300)
    # circles of areas in crowded places overlap; smaller ones could not be told apart in open country
    largest = 0.3 * float(np.sqrt(width * height / len(territory)))
    pad = int(largest)
    centres = frame.place(xy) + pad
    radii = np.rint(largest * np.maximum(np.sqrt(share), 0.35)).astype(np.int64)
    sides: dict[Edge, tuple[int, ...]] = {}
    points = [(int(x), int(y)) for x, y in centres]
    for a, b in zip(territory.borders.a, territory.borders.b, strict=True):
        if points[a] != points[b]:
            sides[edge(points[a], points[b])] = (int(a), int(b))
    return Ground(
        width + 2 * pad,
        height + 2 * pad,
        tuple(_circle(x, y, int(r)) for (x, y), r in zip(points, radii, strict=True)),
        centres,
        np.pi * radii.astype(np.float64) ** 2,
        np.column_stack([centres - radii[:, None], centres + radii[:, None]]),
        sides,
        Frame(frame.left - pad * frame.unit, frame.top + pad * frame.unit, frame.unit, frame.stretch),
        pointwise=True,
    )


def _positions(territory: Territory) -> Floats:
    """The centroids; where the territory has none, places found from who borders whom."""
    xy = np.asarray(territory.xy, dtype=np.float64)
    known = np.isfinite(xy).all() and len(np.unique(xy, axis=0)) == len(xy)
    return xy if known else _laid_out(territory) * 1000.0


def _laid_out(territory: Territory) -> Floats:
    """Places (n, 2) whose distances resemble the number of borders between areas (classical scaling)."""
    n = len(territory)
    steps = np.full((n, n), np.inf)
    np.fill_diagonal(steps, 0.0)
    steps[territory.borders.a, territory.borders.b] = 1.0
    steps[territory.borders.b, territory.borders.a] = 1.0
    for k in range(n):
        np.minimum(steps, steps[:, k, None] + steps[None, k, :], out=steps)
    steps[np.isinf(steps)] = 1.5 * max(1.0, steps[np.isfinite(steps)].max())
    centred = np.eye(n) - 1.0 / n
    values, vectors = np.linalg.eigh(-0.5 * centred @ (steps**2) @ centred)
    places = vectors[:, -2:][:, ::-1] * np.sqrt(np.maximum(values[-2:][::-1], 1e-9))
    # the sign of an eigenvector is free: fix it, and part areas that fall on one another
    places *= np.where(np.abs(places).argmax(axis=0) == places.argmax(axis=0), 1.0, -1.0)
    angle = np.arange(n) * 2.399963
    return np.asarray(places + 0.05 * np.column_stack([np.cos(angle), np.sin(angle)]))


def _circle(x: int, y: int, r: int) -> str:
    r = max(r, 1)
    return f"M{x - r} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0{-2 * r} 0z"
