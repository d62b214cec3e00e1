"""The columns that every map file of a run holds for its lots and its areas: one list for all formats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

from lotopt.report.awarded import is_simulated, provider_of_lots

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.core.result import Result
    from lotopt.design.design import LotDesign

# Names that GDAL keeps for itself; a table of SQLite does not tell capitals from small letters either.
TAKEN = ("fid", "ogc_fid", "id", "geom", "geometry")


def lot_columns(design: LotDesign, awards: Result[Allocation] | None = None) -> dict[str, list[Any]]:
    """One value per lot: lot, name, areas (how many), each measure; where awarded, provider and simulated."""
    first: dict[str, list[Any]] = {"lot": list(design.lots)}
    first["name"] = [design.name_of(i) for i in range(len(design))]
    first["areas"] = [int(n) for n in design.table.members.sum(axis=1)]
    last: dict[str, list[Any]] = {}
    if providers := provider_of_lots(awards):
        last["provider"] = [providers.get(lot, "") for lot in design.lots]
        last["simulated"] = [is_simulated(awards)] * len(design)
    totals = {key: [float(v) for v in design.table.total(key)] for key in design.territory.measures}
    return _around(totals, first, last)


def area_columns(design: LotDesign) -> dict[str, list[Any]]:
    """One value per area: area, name, lot, and each measure."""
    territory = design.territory
    first: dict[str, list[Any]] = {"area": list(territory.ids), "name": list(territory.names)}
    first["lot"] = [design.lots[lot] for lot in design.of]
    values = {key: [float(v) for v in measure.values] for key, measure in territory.measures.items()}
    return _around(values, first, {})


def _around(
    measures: Mapping[str, list[Any]], first: dict[str, list[Any]], last: dict[str, list[Any]]
) -> dict[str, list[Any]]:
    """Measures between other columns, none of which gives way to a measure of its name."""
    names = free_names(measures, [*TAKEN, *first, *last])
    return first | {names[key]: values for key, values in measures.items()} | last


def free_names(wanted: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """For each name one that is not taken, whatever its capitals: `name` becomes `name_2` beside a column `name`."""
    names, found = list(wanted), dict[str, str]()
    used = {name.casefold() for name in taken}
    waiting = []
    for name in names:  # who can keep a name keeps it
        if name.casefold() in used:
            waiting.append(name)
        else:
            found[name] = name
            used.add(name.casefold())
    for name in waiting:
        free = next(f for n in count(2) if (f := f"{name}_{n}").casefold() not in used)
        found[name] = free
        used.add(free.casefold())
    return {name: found[name] for name in names}
