"""The map of a design as one SVG picture: for the report, for notebooks and for the workbench."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from lotopt.report.colour import PALETTE, colouring
from lotopt.report.ground import Ground
from lotopt.report.lot_tables import full_name, lot_labels
from lotopt.report.shapely_ground import ground_of
from lotopt.report.templates import render
from lotopt.report.words import amount

if TYPE_CHECKING:
    from lotopt.design.design import LotDesign
    from lotopt.territory.territory import Territory

# An inset shows an agency of at least this many areas, this many times smaller than the usual area.
CROWD, CROWDING = 8, 8.0


@dataclass(frozen=True)
class AreaMark:
    """An area on the map: where it stands in the territory, its drawing, lot, colour and spoken name."""

    index: int
    path: str
    lot: int
    colour: int
    name: str


@dataclass(frozen=True)
class LayerLines:
    """The outlines of a layer's agencies, shown on request."""

    key: str
    title: str
    path: str


@dataclass(frozen=True)
class Spot:
    """A court or prison on the map."""

    x: int
    y: int
    name: str


@dataclass(frozen=True)
class PointSet:
    key: str
    title: str
    spots: tuple[Spot, ...]


@dataclass(frozen=True)
class Label:
    x: int
    y: int
    text: str
    lot: int


@dataclass(frozen=True)
class Inset:
    """A crowded part of the map (`view`: x, y, width, height) drawn larger in a free corner (`x`, `y`, `side`)."""

    title: str
    view: tuple[int, int, int, int]
    x: int
    y: int
    side: int
    areas: tuple[AreaMark, ...]


@dataclass(frozen=True)
class Picture:
    """Everything drawn on a map, in whole map units; `key` keeps the ids of two maps on one page apart."""

    key: str
    title: str
    width: int
    height: int
    areas: tuple[AreaMark, ...]
    lot_lines: str
    links: str
    layers: tuple[LayerLines, ...]
    points: tuple[PointSet, ...]
    labels: tuple[Label, ...]
    inset: Inset | None
    pointwise: bool
    crowded: bool = False
    palette: tuple[str, ...] = PALETTE
    interactive: bool = True

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What the switch for boundaries offers: none, or one layer."""
        return (("", "Lots only"), *((layer.key, layer.title) for layer in self.layers))

    @property
    def letter(self) -> int:
        """The height of a label in map units, until the page fits it to the size of the window."""
        return max(self.width, self.height) // 36


def picture(
    design: LotDesign,
    *,
    key: str = "map",
    title: str = "",
    providers: Mapping[str, str] | None = None,
    shapes: Sequence[Any] | None = None,
    layers: bool = True,
    interactive: bool = True,
) -> Picture:
    """The map of a design. `shapes` (shapely, one per area) are the territory's own unless given."""
    territory = design.territory
    ground = ground_of(territory, shapes) if shapes is not None else _ground(territory)
    colours = lot_colours(design)
    who = providers or {}
    areas = []
    for i, name in enumerate(territory.names):
        lot = int(design.of[i])
        provider = f", {who[design.lots[lot]]}" if design.lots[lot] in who else ""
        spoken = f"{name}, lot {full_name(design, lot)}{provider}"
        areas.append(AreaMark(i, ground.areas[i], lot, colours[lot], spoken))
    shown = territory.layers if layers else {}
    labels = lot_labels(design)
    return Picture(
        key,
        title or f"Map of the lots: {design.title or territory.title}",
        ground.width,
        ground.height,
        tuple(areas),
        "" if ground.crowded else ground.between(design.of),
        ground.within(design.of) if ground.pointwise and not ground.crowded else "",
        tuple(LayerLines(k, layer.title or k, ground.between(layer.of)) for k, layer in shown.items()),
        _points(territory, ground) if layers else (),
        tuple(
            Label(*ground.label_place(np.flatnonzero(design.of == lot)), labels[lot], lot)
            for lot in range(len(design))
            if (design.of == lot).any()
        ),
        None if ground.pointwise else _inset(territory, ground, tuple(areas)),
        ground.pointwise,
        ground.crowded,
        interactive=interactive,
    )


def lot_colours(design: LotDesign) -> tuple[int, ...]:
    """The place of each lot's colour in the palette; lots that border each other differ."""
    borders = design.territory.borders
    pairs = {(int(design.of[a]), int(design.of[b])) for a, b in zip(borders.a, borders.b, strict=True)}
    return colouring(len(design), sorted(pairs))


def lot_map(design: LotDesign, **options: Any) -> str:
    """The map of a design as an SVG element that stands alone: for notebooks. Takes the options of `picture`."""
    return render("map_alone.html", picture=picture(design, **{"layers": False, "interactive": False, **options}))


def map_data(design: LotDesign, providers: Mapping[str, str]) -> dict[str, Any]:
    """What the page tells of each area on request: lot, provider, measures, agencies, courts and prisons."""
    territory = design.territory
    inside: dict[str, dict[str, list[str]]] = {}
    for kind, points in territory.points.items():
        for point in sorted(points, key=lambda p: (p.name, p.id)):
            inside.setdefault(point.area, {}).setdefault(kind, []).append(point.name)
    measures, layers = list(territory.measures.values()), list(territory.layers.values())
    return {
        "measures": [[m.title or m.name, m.unit] for m in measures],
        "layers": [[x.title or x.name, [x.name_of(a) for a in range(len(x.agencies))]] for x in layers],
        "lots": [
            [full_name(design, i), providers.get(lot, "not awarded" if providers else "")]
            for i, lot in enumerate(design.lots)
        ],
        "areas": [
            {
                "n": name,
                "l": int(design.of[i]),
                "m": [amount(float(m.values[i])) for m in measures],
                "g": [int(layer.of[i]) for layer in layers],
                "f": [k for k, layer in enumerate(layers) if area in layer.approximate],
                "p": [[kind.replace("_", " ").capitalize(), names] for kind, names in inside.get(area, {}).items()],
            }
            for i, (area, name) in enumerate(zip(territory.ids, territory.names, strict=True))
        ],
    }


@lru_cache(maxsize=4)
def _ground(territory: Territory) -> Ground:
    from lotopt.territory.shapes import shapes

    return ground_of(territory, shapes(territory))


def _points(territory: Territory, ground: Ground) -> tuple[PointSet, ...]:
    found = []
    for kind, points in territory.points.items():
        order = sorted(points, key=lambda p: (p.name, p.id))
        if not order:
            continue
        places = ground.frame.place(np.array([[p.x, p.y] for p in order]))
        spots = tuple(
            Spot(int(x), int(y), f"{p.name} ({p.type})" if p.type else p.name)
            for (x, y), p in zip(places, order, strict=True)
        )
        found.append(PointSet(kind, kind.replace("_", " ").capitalize(), spots))
    return tuple(found)


def _inset(territory: Territory, ground: Ground, areas: tuple[AreaMark, ...]) -> Inset | None:
    """The agency whose areas are most crowded, if any are too small to see, in the emptiest corner."""
    usual = len(ground.areas) / float(ground.sizes.sum())
    best: tuple[float, int, str] = (CROWDING * usual, 0, "")
    window = np.zeros(4)
    for layer in territory.layers.values():
        for agency in range(len(layer.agencies)):
            members = np.flatnonzero(layer.of == agency)
            if len(members) < CROWD:
                continue
            box = np.concatenate([ground.boxes[members, :2].min(axis=0), ground.boxes[members, 2:].max(axis=0)])
            density = len(members) / float(ground.sizes[members].sum())
            small = (box[2:] - box[:2]).max() < max(ground.width, ground.height) / 5
            if small and (density, len(members)) > best[:2]:
                best, window = (density, len(members), layer.name_of(agency)), box
    if not best[2]:
        return None
    side = int((window[2:] - window[:2]).max() * 1.06)
    x, y = (int(v) for v in (window[:2] + window[2:]) // 2 - side // 2)
    inside = (
        (ground.boxes[:, 0] < x + side)
        & (ground.boxes[:, 2] > x)
        & (ground.boxes[:, 1] < y + side)
        & (ground.boxes[:, 3] > y)
    )
    at_x, at_y, size = _corner(ground)
    return Inset(best[2], (x, y, side, side), at_x, at_y, size, tuple(a for a in areas if inside[a.index]))


def _corner(ground: Ground) -> tuple[int, int, int]:
    """The corner of the map (x, y, side) that a square covers least of the areas in."""
    choices = []
    for order, side in enumerate(ground.width * k // 100 for k in (34, 30, 26)):
        for right in (True, False):
            for top in (True, False):
                x = ground.width - side - 40 if right else 40
                y = 40 if top else ground.height - side - 40
                low = np.maximum(ground.boxes[:, :2], [x, y])
                high = np.minimum(ground.boxes[:, 2:], [x + side, y + side])
                covered = float(np.prod(np.maximum(high - low, 0), axis=1).sum()) / side**2
                choices.append((round(covered, 2) > 0.02, order, covered, x, y, side))
    _, _, _, x, y, side = min(choices)
    return int(x), int(y), int(side)
