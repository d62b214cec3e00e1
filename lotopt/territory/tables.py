"""Territories from plain columns, with every problem found told at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from lotopt.core.errors import Problems, did_you_mean
from lotopt.territory.borders import LAND, Entry, collect_borders, lonely, number
from lotopt.territory.files import Table, word
from lotopt.territory.parts import NO_AGENCY, Borders, Floats, Layer, Measure


def fields_from_columns(
    columns: Mapping[str, Sequence[Any]],
    borders: Iterable[Sequence[Any]] = (),
    *,
    measures: Sequence[str] = (),
    layers: Sequence[str] = (),
    title: str = "",
    islands_allowed: bool = False,
) -> dict[str, Any]:
    """The fields of a territory from plain columns in the order given, without any shape.

    `columns` holds `area` and optionally `name`, `x`, `y` (metres), `km2`, the measures and the layers; rows are
    counted from 1. `borders` holds (a, b), (a, b, metres) or (a, b, metres, kind); where there is none at all, no
    area needs a neighbour. Raises InputError with every problem found.
    """
    problems = Problems(title or "territory")
    lengths = {name: len(cells) for name, cells in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        problems.add(f"areas: the columns differ in length: {told}")
        problems.check()
    count = next(iter(lengths.values()), 0)
    table = Table("areas", columns, range(1, count + 1))
    ids = area_ids(table, "area", problems)
    if ids is None:
        problems.check()
        raise AssertionError("unreachable: a missing column is a problem")
    names = [name or area for name, area in zip(_texts(table, "name") or ids, ids, strict=True)]
    x, y, km2 = (_optional(table, name, problems) for name in ("x", "y", "km2"))
    found_measures = {name: measure(table, name, problems) for name in measures}
    found_layers = {name: layer(table, name, problems) for name in layers}
    index = {area: i for i, area in enumerate(ids)}
    entries = list(_entries(borders, problems))
    lines = collect_borders(index, entries, (), problems)
    if entries and not islands_allowed:
        tell_lonely(table, ids, lines, problems, "give it a border, or say islands_allowed=True")
    problems.check()
    return {
        "ids": tuple(ids),
        "names": tuple(names),
        "xy": np.stack([x, y], axis=1),
        "km2": km2,
        "measures": {name: m for name, m in found_measures.items() if m is not None},
        "layers": {name: found for name, found in found_layers.items() if found is not None},
        "borders": lines,
        "title": title,
        "source": title or "territory",
    }


def _texts(table: Table, column: str) -> list[str] | None:
    return [word(cell) for cell in table.columns[column]] if table.has(column) else None


def _optional(table: Table, column: str, problems: Problems) -> Floats:
    zeros = np.zeros(len(table))
    if not table.has(column):
        return zeros
    found = numbers(table, column, problems)
    return zeros if found is None else found


def _entries(borders: Iterable[Sequence[Any]], problems: Problems) -> Iterable[Entry]:
    for i, row in enumerate(borders, start=1):
        if not 2 <= len(row) <= 4 or isinstance(row, str):
            problems.add(f"borders, row {i}: {row!r} is not (a, b), (a, b, metres) or (a, b, metres, kind)")
            continue
        metres = row[2] if len(row) > 2 else 0.0
        kind = word(row[3]) if len(row) > 3 else LAND
        yield Entry(f"borders, row {i}", word(row[0]), word(row[1]), metres, kind or LAND)


def area_ids(table: Table, column: str, problems: Problems) -> list[str] | None:
    """The ids of a table's areas; empty and repeated ones are problems, as is a table without rows."""
    ids = table.text(column, problems, "the id of each area")
    if ids is None:
        return None
    if not ids:
        problems.add(f"{table.label}: there are no areas in it")
    first: dict[str, int] = {}
    for i, area in enumerate(ids):
        if not area:
            problems.add(f"{table.where(i, column)}: is empty; every area needs an id")
        elif area in first:
            problems.add(
                f"{table.where(i, column)}: area '{area}' is already in row {table.rows[first[area]]}; "
                "every area has one row"
            )
        else:
            first[area] = i
    return ids


def numbers(table: Table, column: str, problems: Problems, *, at_least: float | None = None) -> Floats | None:
    """The cells of a column as finite numbers (n,); each cell that is none is a problem."""
    cells = table.column(column, problems)
    if cells is None:
        return None
    values = np.zeros(len(cells))
    for i in table.as_written:
        value = number(cells[i])
        if isinstance(value, str):
            problems.add(f"{table.where(i, column)}: {value}")
        elif at_least is not None and value < at_least:
            problems.add(f"{table.where(i, column)}: {value:g} is less than {at_least:g}")
        else:
            values[i] = value
    return values


def measure(
    table: Table,
    name: str,
    problems: Problems,
    *,
    column: str = "",
    title: str = "",
    unit: str = "",
    source: str = "",
) -> Measure | None:
    """A measure from a column; negative values are problems."""
    values = numbers(table, column or name, problems, at_least=0.0)
    return None if values is None else Measure(name, values, title, unit, source)


def layer(
    table: Table,
    name: str,
    problems: Problems,
    *,
    column: str = "",
    names: Mapping[str, str] | None = None,
    names_label: str = "",
    title: str = "",
    source: str = "",
    note: str = "",
    approximate: Mapping[str, str] | None = None,
) -> Layer | None:
    """A layer from a column of agency ids; an empty cell means that the area lies in no agency.

    `names` gives each agency's name; an id it does not hold is a problem. Agencies come sorted by id, and only
    those that an area lies in.
    """
    column = column or name
    cells = table.text(column, problems, f"the agency of layer '{name}'")
    if cells is None:
        return None
    if names is not None:
        for i in table.as_written:
            agency = cells[i]
            if agency and agency not in names:
                problems.add(
                    f"{table.where(i, column)}: no agency '{agency}' of layer '{name}' in {names_label}; "
                    f"{did_you_mean(agency, sorted(names))}"
                )
    agencies = tuple(sorted({agency for agency in cells if agency}))
    place = {agency: i for i, agency in enumerate(agencies)}
    of = np.array([place.get(agency, NO_AGENCY) for agency in cells], dtype=np.int64)
    known = tuple(names.get(agency, agency) for agency in agencies) if names is not None else ()
    return Layer(name, agencies, of, known, title, source, note, dict(approximate or {}))


def tell_lonely(
    table: Table, ids: Sequence[str], borders: Borders, problems: Problems, remedy: str, allowed: Sequence[str] = ()
) -> None:
    """Add a problem for each area without a neighbour that is not allowed to be alone.

    Areas without an id or with another's are passed over: that is told already, and whose borders are meant cannot
    be known.
    """
    if len(ids) < 2:
        return
    times = Counter(ids)
    passed = {i for i, area in enumerate(ids) if area in allowed or not area or times[area] > 1}
    alone = set(lonely(len(ids), borders)) - passed
    for i in table.as_written:
        if i in alone:
            problems.add(f"{table.where(i)}: area '{ids[i]}' has no neighbour; {remedy.replace('@', ids[i])}")
