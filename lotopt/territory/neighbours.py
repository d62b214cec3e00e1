"""Which areas of a territory's files border each other: rows, polygons, links and barriers together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lotopt.core.errors import Problems, did_you_mean
from lotopt.territory.borders import LAND, Entry, collect_borders
from lotopt.territory.extras import ReadTable
from lotopt.territory.files import POLYGONS, Table
from lotopt.territory.parts import Borders
from lotopt.territory.schema import TerritoryFile
from lotopt.territory.tables import tell_lonely


@dataclass(frozen=True)
class Ground:
    """The areas' table in the order of ids, and their polygons where they were read."""

    table: Table
    ids: tuple[str, ...]
    shapes: tuple[Any, ...] = ()
    crs: str = ""


@dataclass(frozen=True)
class PolygonPart:
    """Where a territory file names its polygons: the key, the file and its id column."""

    key: str
    file: str
    id: str


def polygons_of(spec: TerritoryFile) -> PolygonPart | None:
    """The polygons of a territory file, as its areas or beside them."""
    areas = spec.areas
    if areas.file.lower().endswith(POLYGONS):
        return PolygonPart("[areas] file", areas.file, areas.id)
    return PolygonPart("[areas] shapes", areas.shapes, areas.shapes_id or areas.id) if areas.shapes else None


def read_borders(
    spec: TerritoryFile, ground: Ground, read: ReadTable, problems: Problems, notes: list[str], label: str
) -> Borders:
    """The borders of a territory's areas; areas without a neighbour are problems unless they are allowed to be."""
    index = {area: i for i, area in enumerate(ground.ids)}
    if ground.shapes and len(index) < len(ground.ids):  # told already; which polygon is meant cannot be known
        return collect_borders(index, (), (), problems)
    before = len(problems.found)
    entries = [
        *_rows(spec, read, problems, notes),
        *_derived(spec, ground, problems, notes),
        *_pairs(label, "links", spec.links),
    ]
    borders = collect_borders(index, entries, _pairs(label, "barriers", spec.barriers), problems)
    areas = spec.areas
    for area in sorted(set(areas.islands) - set(index)):
        problems.add(f"{label}, [areas] islands: no area '{area}'; {did_you_mean(area, ground.ids)}")
    if areas.islands_allowed or len(problems.found) > before:
        return borders
    if not entries and len(ground.ids) > 1 and not areas.islands:
        problems.add(
            f"{label}: nothing says which areas border each other; name a table under [borders], polygons "
            "(shapes under [areas]), or allow areas without neighbours with islands_allowed = true under [areas]"
        )
        return borders
    remedy = f'add [[links]] a = "@", b = "..." to {label}, or islands = ["@"] under [areas]'
    tell_lonely(ground.table, ground.ids, borders, problems, remedy, areas.islands)
    return borders


def _rows(spec: TerritoryFile, read: ReadTable, problems: Problems, notes: list[str]) -> list[Entry]:
    part = spec.borders
    table = None if part is None else read("[borders] file", part.file)
    if part is None or table is None:
        return []
    a, b = table.text(part.a, problems), table.text(part.b, problems)
    if a is None or b is None:
        return []
    kinds = table.text(part.kind, problems) if table.has(part.kind) else None
    told = table.text(part.note, problems) if table.has(part.note) else None
    metres: Sequence[object] = table.columns.get(part.metres, [0.0] * len(table))
    if not table.has(part.metres):
        notes.append(f"{part.file} tells no lengths ({part.metres}): every border counts as 0 m.")
    return [
        Entry(table.where(i), a[i], b[i], metres[i], (kinds[i] if kinds else "") or LAND, told[i] if told else "")
        for i in range(len(table))
    ]


def _derived(spec: TerritoryFile, ground: Ground, problems: Problems, notes: list[str]) -> list[Entry]:
    """Borders from polygons, with overlaps and near gaps told."""
    part = polygons_of(spec)
    if not ground.shapes or spec.borders is not None or part is None:
        return []
    from lotopt.territory.adjacency import borders_from_shapes

    options = spec.areas
    found = borders_from_shapes(ground.shapes, ground.ids, near=options.near_m)
    for overlap in found.overlaps:
        told = f"{part.file}: areas '{overlap.a}' and '{overlap.b}' overlap by {overlap.m2:,.1f} m2"
        if overlap.m2 > options.overlap_tolerance_m2:
            limit = f"overlap_tolerance_m2 = {options.overlap_tolerance_m2:g}"
            problems.add(f"{told}, more than {limit}; mend the polygons, or raise it")
        else:
            notes.append(f"{told}.")
    notes.extend(
        f"{part.file}: the edges of areas '{gap.a}' and '{gap.b}' run within {options.near_m:g} m of each other "
        f"for {gap.metres:,.0f} m without touching; that stretch is no border."
        for gap in found.gaps
    )
    lines = found.borders
    rows = zip(lines.a.tolist(), lines.b.tolist(), lines.metres.tolist(), strict=True)
    return [Entry(part.file, ground.ids[a], ground.ids[b], metres) for a, b, metres in rows]


def _pairs(label: str, section: str, parts: Sequence[Any]) -> list[Entry]:
    return [
        Entry(f"{label}, [[{section}]] number {i}", part.a, part.b, 0.0, getattr(part, "kind", LAND), part.note)
        for i, part in enumerate(parts, start=1)
    ]
