"""Designs from rows: each area or agency in one lot, nothing left over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from lotopt.core.errors import Problems, did_you_mean
from lotopt.territory.files import Table
from lotopt.territory.parts import Layer, Partition
from lotopt.territory.territory import Territory

MOST_TOLD = 20  # of the areas without a lot


def partition_from_rows(table: Table, territory: Territory, name: str, problems: Problems) -> Partition | None:
    """A design from the columns area, lot, lot_name; or agency, lot, lot_name and layer (on every row)."""
    if table.has("agency") and not table.has("area"):
        layers = table.text("layer", problems, "the layer that each agency belongs to")
        if layers is None:
            return None
        members = [
            _agency(territory, table, i, layers[i], agency, problems)
            for i, agency in enumerate(table.text("agency", problems) or [])
        ]
        column = "agency"
    else:
        areas = table.text("area", problems, "the area; or give agency, lot and layer")
        if areas is None:
            return None
        by_name = _area_names(territory)
        members = [_area(territory, by_name, table, i, area, problems) for i, area in enumerate(areas)]
        column = "area"
    lots = table.text("lot", problems)
    if lots is None:
        return None
    names = table.text("lot_name", problems) if table.has("lot_name") else None
    return assemble(territory, name, table, column, members, lots, names, problems)


def assemble(
    territory: Territory,
    name: str,
    table: Table,
    column: str,
    members: Sequence[Sequence[int]],
    lots: Sequence[str],
    names: Sequence[str] | None,
    problems: Problems,
    title: str = "",
) -> Partition | None:
    """The partition that puts the areas `members[i]` of row i into `lots[i]`; None, and problems, when it is none."""
    before = len(problems.found)
    row_of: dict[int, int] = {}
    for i, lot in enumerate(lots):
        if not lot:
            problems.add(f"{table.where(i, 'lot')}: is empty; every {column} needs a lot")
        for area in members[i]:
            first = row_of.setdefault(area, i)
            if first != i and lots[first] != lot:
                problems.add(
                    f"{table.where(i, column)}: '{territory.ids[area]}' is in lot '{lot}' here and in lot "
                    f"'{lots[first]}' in row {table.rows[first]}; keep one"
                )
            elif first != i:
                problems.add(
                    f"{table.where(i, column)}: '{territory.ids[area]}' is already in row {table.rows[first]}"
                )
    left = [area for i, area in enumerate(territory.ids) if i not in row_of]
    what = f"{table.label}: " if not title and name in table.label else f"{table.label}, {name}: "
    problems.found.extend(f"{what}area '{area}' has no lot" for area in left[:MOST_TOLD])
    if len(left) > MOST_TOLD:
        problems.add(f"{what}{len(left) - MOST_TOLD} more areas have no lot")
    known = _lot_names(table, lots, names, problems)
    if len(problems.found) > before:
        return None
    ids = tuple(sorted(set(lots), key=_counting))
    place = {lot: k for k, lot in enumerate(ids)}
    of = np.array([place[lots[row_of[i]]] for i in range(len(territory))], dtype=np.int64)
    return Partition(name, ids, of, tuple(known[lot] for lot in ids) if names is not None else (), title)


def _counting(lot: str) -> list[str | int]:
    """Sorts lots as people count them: 2 before 10."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", lot)]


def _lot_names(
    table: Table, lots: Sequence[str], names: Sequence[str] | None, problems: Problems
) -> Mapping[str, str]:
    known: dict[str, str] = {}
    for i, (lot, given) in enumerate(zip(lots, names or lots, strict=True)):
        told = known.setdefault(lot, given or lot)
        if given and told != given:
            problems.add(f"{table.where(i, 'lot_name')}: lot '{lot}' is '{given}' here and '{told}' above; keep one")
    return known


def _area_names(territory: Territory) -> dict[str, int]:
    """The areas by id, and by name where only one goes by it."""
    named: dict[str, list[int]] = {}
    for i, name in enumerate(territory.names):
        named.setdefault(name.casefold(), []).append(i)
    return {name: found[0] for name, found in named.items() if len(found) == 1}


def _area(
    territory: Territory, by_name: Mapping[str, int], table: Table, i: int, area: str, problems: Problems
) -> tuple[int, ...]:
    found = territory.index.get(area, by_name.get(area.casefold()))
    if found is not None:
        return (found,)
    problems.add(f"{table.where(i, 'area')}: {_unknown('area', area, territory.ids, territory.names)}")
    return ()


def _agency(
    territory: Territory, table: Table, i: int, layer: str, agency: str, problems: Problems
) -> tuple[int, ...]:
    if layer not in territory.layers:
        problems.add(
            f"{table.where(i, 'layer')}: no layer '{layer}'; {did_you_mean(layer, sorted(territory.layers))}"
        )
        return ()
    return agency_areas(territory.layers[layer], agency, table.where(i, "agency"), problems)


def agency_areas(layer: Layer, agency: str, where: str, problems: Problems) -> tuple[int, ...]:
    """The areas (indices) of an agency by id or by name; a problem when there is none."""
    known = [k for k, code in enumerate(layer.agencies) if agency in (code, layer.name_of(k))]
    if not known:
        problems.add(f"{where}: {_unknown(f'agency of {layer.name}', agency, layer.agencies, layer.names)}")
        return ()
    return tuple(int(a) for a in np.flatnonzero(layer.of == known[0]))


def _unknown(kind: str, given: str, ids: Sequence[str], names: Sequence[str]) -> str:
    if not given:
        return "is empty"
    return f"no {kind} '{given}'; {did_you_mean(given, [*ids, *names])}"
