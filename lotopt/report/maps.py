"""The map of a design as one SVG picture: for the report, for notebooks and for the workbench."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from lotopt.report.colour import PALETTE, colouring
from lotopt.report.ground import Ground
from lotopt.report.insets import Inset, inset
from lotopt.report.lot_tables import full_name, lot_labels
from lotopt.report.shapely_ground import ground_of
from lotopt.report.templates import render
from lotopt.report.words import amount

if TYPE_CHECKING:
    from lotopt.design.design import LotDesign
    from lotopt.report.moves import Moves
    from lotopt.territory.territory import Territory

# The base among the boundaries that can be shown; no layer has such a key, as layers are words.
BASE = "the-base"


@dataclass(frozen=True)
class AreaMark:
    """An area on the map: where it stands in the territory, its drawing, lot, colour and spoken name.

    `moved` says that it changes its lot, where the map is beside that of a base.
    """

    index: int
    path: str
    lot: int
    colour: int
    name: str
    moved: bool = False


@dataclass(frozen=True)
class LotMarks:
    """The areas of one lot, drawn in its colour."""

    name: str
    colour: int
    areas: tuple[AreaMark, ...]


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
class Picture:
    """Everything drawn on a map, in whole map units; `key` keeps the ids of two maps on one page apart.

    A map that is `shared` takes the drawings of its areas from the map of that key on the same page.
    """

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
    shared: str = ""
    lots: tuple[str, ...] = ()

    @property
    def groups(self) -> tuple[LotMarks, ...]:
        """The areas lot by lot, in the order of the lots."""
        of: dict[int, list[AreaMark]] = {}
        for mark in self.areas:
            of.setdefault(mark.lot, []).append(mark)
        return tuple(LotMarks(self.lots[lot], of[lot][0].colour, tuple(of[lot])) for lot in sorted(of))

    @property
    def inset_groups(self) -> tuple[LotMarks, ...]:
        """The areas of the inset lot by lot."""
        inside = set(self.inset.areas) if self.inset is not None else set()
        return replace(self, areas=tuple(mark for mark in self.areas if mark.index in inside)).groups

    @property
    def moved(self) -> int:
        """How many areas change their lot."""
        return sum(mark.moved for mark in self.areas)

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
    shared: str = "",
    moves: Moves | None = None,
    colours: Sequence[int] = (),
) -> Picture:
    """The map of a design. `shapes` (shapely, one per area) are the territory's own unless given.

    With `moves` the lots of the base can be shown like any boundary, and areas that change lot are marked. Lots have
    the `colours` of the palette that are given, else such that neighbours differ.
    """
    territory = design.territory
    ground = ground_of(territory, shapes) if shapes is not None else _ground(territory)
    colours = colours or lot_colours(design)
    who = providers or {}
    moved = np.zeros(len(territory), dtype=bool) if moves is None else moves.moved
    areas = []
    for i, name in enumerate(territory.names):
        lot = int(design.of[i])
        provider = f", {who[design.lots[lot]]}" if design.lots[lot] in who else ""
        spoken = f"{name}, lot {full_name(design, lot)}{provider}"
        areas.append(AreaMark(i, ground.areas[i], lot, colours[lot], spoken, bool(moved[i])))
    shown = territory.layers if layers else {}
    before = (
        ()
        if moves is None or not interactive
        else (LayerLines(BASE, f"Before: {moves.title}", ground.between(moves.base.of)),)
    )
    labels = lot_labels(design)
    return Picture(
        key,
        title or f"Map of the lots: {design.title or territory.title}",
        ground.width,
        ground.height,
        tuple(areas),
        "" if ground.crowded else ground.between(design.of),
        ground.within(design.of) if ground.pointwise and not ground.crowded else "",
        (*before, *(LayerLines(k, layer.title or k, ground.between(layer.of)) for k, layer in shown.items())),
        _points(territory, ground) if layers else (),
        tuple(
            Label(*ground.label_place(np.flatnonzero(design.of == lot)), labels[lot], lot)
            for lot in range(len(design))
            if (design.of == lot).any()
        ),
        None if ground.pointwise else inset(territory, ground),
        ground.pointwise,
        ground.crowded,
        interactive=interactive,
        shared=shared,
        lots=tuple(full_name(design, lot) for lot in range(len(design))),
    )


def lot_colours(design: LotDesign, wanted: Mapping[int, int] | None = None) -> tuple[int, ...]:
    """The place of each lot's colour in the palette, the `wanted` one where it can be; neighbours differ."""
    borders = design.territory.borders
    pairs = {(int(design.of[a]), int(design.of[b])) for a, b in zip(borders.a, borders.b, strict=True)}
    return colouring(len(design), sorted(pairs), wanted=wanted)


def colours_before(moves: Moves) -> tuple[int, ...]:
    """The colours of the base's lots: those of the lots that follow them, where neighbours still differ."""
    now = lot_colours(moves.plan)
    follow = {base: moves.followers(base) for base in range(len(moves.base))}
    largest = {base: max(lots, key=lambda k: float(moves.amounts[k, base])) for base, lots in follow.items() if lots}
    return lot_colours(moves.base, {base: now[lot] for base, lot in largest.items()})


def lot_map(design: LotDesign, **options: Any) -> str:
    """The map of a design as an SVG element that stands alone: for notebooks. Takes the options of `picture`."""
    # two maps may come to stand on one page
    key = (
        "map-"
        + hashlib.sha256(f"{design.territory.digest}{design.lots}{design.of.tolist()}".encode()).hexdigest()[:12]
    )
    given = {"key": key, "layers": False, "interactive": False, **options}
    return render("map_alone.html", picture=picture(design, **given))


def map_data(design: LotDesign, providers: Mapping[str, str], moves: Moves | None = None) -> dict[str, Any]:
    """What the page tells of each area on request: lot, provider, measures, agencies, courts and prisons.

    With `moves` also the lot it was in before.
    """
    territory = design.territory
    inside: dict[str, dict[str, list[str]]] = {}
    for kind, points in territory.points.items():
        for point in sorted(points, key=lambda p: (p.name, p.id)):
            inside.setdefault(point.area, {}).setdefault(kind, []).append(point.name)
    measures, layers = list(territory.measures.values()), list(territory.layers.values())
    before = {} if moves is None else {"before": [full_name(moves.base, int(lot)) for lot in moves.base.of]}
    return before | {
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
