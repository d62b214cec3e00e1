"""What comes with a territory's areas: agency names, flags, points and designs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lotopt.core.errors import Problems, did_you_mean
from lotopt.territory.files import Table
from lotopt.territory.partitions import agency_areas, assemble
from lotopt.territory.parts import Partition, Point
from lotopt.territory.schema import DesignsPart, FlagsPart, PointsPart
from lotopt.territory.tables import numbers
from lotopt.territory.territory import Territory

ReadTable = Callable[[str, str], Table | None]  # (section, file) -> the table, or None when it cannot be read


def read_names(layer: str, file: str, read: ReadTable, problems: Problems) -> Mapping[str, str] | None:
    """The name of each agency of a layer, from a table with agency, name and, where it holds several, layer."""
    table = read(f"[layers.{layer}] names", file)
    if table is None:
        return None
    if table.has("layer"):
        table = table.where_equal({"layer": layer})
    agencies = table.text("agency", problems)
    names = table.text("name", problems)
    if agencies is None or names is None:
        return None
    found: dict[str, str] = {}
    for i, (agency, name) in enumerate(zip(agencies, names, strict=True)):
        if agency in found:
            problems.add(f"{table.where(i, 'agency')}: '{agency}' of layer '{layer}' is named twice")
        found[agency] = name or agency
    return found


def read_flags(
    part: FlagsPart | None,
    read: ReadTable,
    layers: Mapping[str, object],
    index: Mapping[str, int],
    problems: Problems,
) -> Mapping[str, Mapping[str, str]]:
    """The notes on areas whose agency is not exact: {layer: {area: note}}."""
    found: dict[str, dict[str, str]] = {}
    table = None if part is None else read("[flags] file", part.file)
    if part is None or table is None:
        return found
    kinds = table.text(part.layer, problems)
    areas = table.text(part.area, problems)
    if kinds is None or areas is None:
        return found
    basis = table.text(part.basis, problems) if table.has(part.basis) else None
    notes = table.text(part.note, problems) if table.has(part.note) else None
    for i, (layer, area) in enumerate(zip(kinds, areas, strict=True)):
        if layer not in layers:
            problems.add(f"{table.where(i, part.layer)}: no layer '{layer}'; {did_you_mean(layer, sorted(layers))}")
        if area not in index:
            problems.add(f"{table.where(i, part.area)}: no area '{area}'; {did_you_mean(area, list(index))}")
        told = [text for text in (basis[i] if basis else "", notes[i] if notes else "") if text]
        before = found.setdefault(layer, {}).get(area)
        found[layer][area] = "; ".join([*([before] if before else []), ": ".join(told)])
    return found


def read_points(
    part: PointsPart, section: str, read: ReadTable, index: Mapping[str, int], problems: Problems
) -> tuple[Point, ...]:
    """Points sorted by id; an unknown area, a repeated id, a position or a size that is no number are problems."""
    table = read(f"{section} file", part.file)
    if table is None:
        return ()
    missing = [column for column in part.where if not table.has(column)]
    if missing:
        problems.add(f"{section} where: {part.file} has no column '{missing[0]}'; it has: {', '.join(table.columns)}")
        return ()
    table = table.where_equal(part.where)
    ids, names = table.text(part.id, problems), table.text(part.name, problems)
    x, y = numbers(table, part.x, problems), numbers(table, part.y, problems)
    types = table.text(part.type, problems) if part.type else [""] * len(table)
    areas = table.text(part.area, problems) if part.area else [""] * len(table)
    sizes = _sizes(table, part.size, problems) if part.size else [None] * len(table)
    if ids is None or names is None or x is None or y is None or types is None or areas is None or sizes is None:
        return ()
    first: dict[str, int] = {}
    for i, (point, area) in enumerate(zip(ids, areas, strict=True)):
        if first.setdefault(point, i) != i:
            problems.add(f"{table.where(i, part.id)}: '{point}' is already in row {table.rows[first[point]]}")
        if area and area not in index:
            problems.add(f"{table.where(i, part.area)}: no area '{area}'; {did_you_mean(area, list(index))}")
    units = [part.size_unit] * len(table)
    points = zip(ids, names, types, x.tolist(), y.tolist(), areas, sizes, units, strict=True)
    return tuple(sorted((Point(*values) for values in points), key=lambda point: point.id))


def _sizes(table: Table, column: str, problems: Problems) -> list[float | None] | None:
    """The cells of a column as sizes of at least 0; None where a cell is empty."""
    cells = table.text(column, problems, "the size of each point")
    if cells is None:
        return None
    told = table.take([i for i, cell in enumerate(cells) if cell])
    values = numbers(told, column, problems, at_least=0.0)
    given = iter([] if values is None else values.tolist())
    return [next(given, None) if cell else None for cell in cells]


def read_designs(
    part: DesignsPart, label: str, read: ReadTable, territory: Territory, problems: Problems
) -> Mapping[str, Partition]:
    """The designs of a table, by name; each puts every area in one lot."""
    table = read("[designs] file", part.file)
    if table is None:
        return {}
    if bool(part.area) == bool(part.agency):
        problems.add(f"{label}, [designs]: name one column: area, or agency with its layer")
        return {}
    if part.agency and part.layer not in territory.layers:
        near = did_you_mean(part.layer, sorted(territory.layers))
        problems.add(f"{label}, [designs]: no layer '{part.layer}'; {near}")
        return {}
    column = part.area or part.agency
    cells, lots = table.text(column, problems), table.text(part.lot, problems)
    designs = table.text(part.design, problems)
    names = table.text(part.name, problems) if part.name else None
    if cells is None or lots is None or designs is None:
        return {}
    for name in sorted(set(part.about) - set(designs)):
        near = did_you_mean(name, sorted(set(designs)))
        problems.add(f"{label}, [designs.about]: no design '{name}' in {part.file}; {near}")
    found: dict[str, Partition] = {}
    for name in sorted(set(designs)):
        rows = [i for i, design in enumerate(designs) if design == name]
        chosen = table.take(rows)
        members = [_members(territory, part, cells[i], table.where(i, column), problems) for i in rows]
        own_names = [names[i] for i in rows] if names is not None else None
        partition = assemble(
            territory, name, chosen, column, members, [lots[i] for i in rows], own_names, problems,
            title=part.about.get(name, name),
        )  # fmt: skip
        if partition is not None:
            found[name] = partition
    return found


def _members(territory: Territory, part: DesignsPart, cell: str, where: str, problems: Problems) -> tuple[int, ...]:
    if part.agency:
        return agency_areas(territory.layers[part.layer], cell, where, problems)
    if cell in territory.index:
        return (territory.index[cell],)
    problems.add(f"{where}: no area '{cell}'; {did_you_mean(cell, territory.ids)}")
    return ()
