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
# Areas from which all others are measured where places are to be found.
PIVOTS = 60
# From so many areas without shapes on, lines between them would hide them: wider circles side by side show the lots.
CROWDED = 1000


@dataclass(frozen=True, eq=False)
class Ground:
    """Areas as path data in the units of a map `width` wide and `height` high.

    `centres` (n, 2) are places inside the areas, `sizes` (n,) their areas in square units. `sides` holds, for each
    edge, the areas that it belongs to: two, or one on the coast. `shapes` are simplified polygons and
    `roomiest` finds a place for a label in some of them;
    `pointwise` means that there are none: areas are circles, edges the links between them, which are not drawn where
    it is `crowded`.
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

    @property
    def crowded(self) -> bool:
        return self.pointwise and len(self.areas) >= CROWDED

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
    largest = (0.6 if len(territory) >= CROWDED else 0.3) * float(np.sqrt(width * height / len(territory)))
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
    places = len(np.unique(xy, axis=0))
    # of many areas a few may well stand on one spot
    known = np.isfinite(xy).all() and (places == len(xy) or (len(xy) >= CROWDED and places > len(xy) / 2))
    return xy if known else _laid_out(territory) * 1000.0


def _laid_out(territory: Territory) -> Floats:
    """Places (n, 2) whose distances resemble the number of borders between areas.

    Scaling by a few pivots, each the furthest from those before (Brandes and Pich 2007): time and memory grow with
    the areas, not with their pairs.
    """
    n = len(territory)
    near: list[list[int]] = [[] for _ in range(n)]
    for a, b in zip(territory.borders.a.tolist(), territory.borders.b.tolist(), strict=True):
        near[a].append(b)
        near[b].append(a)
    steps = np.full((n, min(n, PIVOTS)), np.inf)
    pivot = 0
    for k in range(steps.shape[1]):
        steps[:, k] = _steps_from(pivot, near)
        pivot = int(np.argmax(steps[:, : k + 1].min(axis=1)))
    steps[np.isinf(steps)] = 1.5 * max(1.0, steps[np.isfinite(steps)].max())
    squared = steps**2
    centred = squared - squared.mean(axis=0) - squared.mean(axis=1)[:, None] + squared.mean()
    vectors, values, _ = np.linalg.svd(-0.5 * centred, full_matrices=False)
    wide = min(2, len(values))
    places = np.zeros((n, 2))
    places[:, :wide] = vectors[:, :wide] * np.sqrt(np.maximum(values[:wide], 1e-9))
    # the sign of an eigenvector is free: fix it, and part areas that fall on one another
    places *= np.where(np.abs(places).argmax(axis=0) == places.argmax(axis=0), 1.0, -1.0)
    angle = np.arange(n) * 2.399963
    return np.asarray(places + 0.05 * np.column_stack([np.cos(angle), np.sin(angle)]))


def _steps_from(start: int, near: Sequence[Sequence[int]]) -> Floats:
    """How many borders are crossed on the shortest way to each area (n,); infinite where there is none."""
    steps = np.full(len(near), np.inf)
    steps[start], edge_of_known = 0.0, [start]
    count = 0
    while edge_of_known:
        count += 1
        reached = {other for area in edge_of_known for other in near[area] if np.isinf(steps[other])}
        edge_of_known = sorted(reached)
        steps[edge_of_known] = count
    return steps


def _circle(x: int, y: int, r: int) -> str:
    r = max(r, 1)
    return f"M{x - r} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0{-2 * r} 0z"
