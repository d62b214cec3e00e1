"""What the buyer says, from tables: the lots with their terms (Lots), and who may win what (Panel)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isclose
from typing import get_args

from lotopt.core.errors import Problems, did_you_mean
from lotopt.core.lot import AreaFacts, LotFacts
from lotopt.market.bid import Item
from lotopt.market.columns import VOLUME
from lotopt.market.read_providers import amounts, named
from lotopt.market.rows import Row, Table
from lotopt.market.terms import NOTHING_SAID, Admission, ItemTerms, Status

STATUS = get_args(Status)


@dataclass
class Offered:
    """What is offered for award, and the rows that say something of it."""

    lots: tuple[LotFacts, ...]
    services: tuple[str, ...]
    items: tuple[Item, ...]
    terms: dict[Item, ItemTerms] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)  # in the order of `terms`


def services_of_lots(table: Table | None) -> tuple[str, ...]:
    """The services that the table Lots names, in its order."""
    if table is None or "service" not in table.header:
        return ()
    return tuple(dict.fromkeys(name for row in table.read(Problems("")) if (name := row.text("service"))))


def only_service(table: Table | None, services: Sequence[str]) -> dict[str, str]:
    """The service of each lot in which the table Lots names one alone, by the lot's id."""
    found: dict[str, set[str]] = {}
    if table is None or "service" not in table.header:
        return {}
    for row in table.read(Problems("")):
        name = row.text("service")
        found.setdefault(row.text("lot"), set()).update((name,) if name else services)
    return {lot: next(iter(names)) for lot, names in found.items() if len(names) == 1}


def read_lots(table: Table, services: Sequence[str], problems: Problems) -> Offered:
    """The lots that a table lists, with their terms: its rows are what is offered."""
    rows = [(row, row.text("lot", required=True)) for row in table.read(problems)]
    facts: dict[str, LotFacts] = {}
    where: dict[str, Row] = {}
    for row, lot in rows:
        said = _facts(row, lot)
        if lot in facts:
            _agree(row, said, facts[lot], f"({where[lot].place})")
        elif lot:
            facts[lot], where[lot] = said, row
    offered = Offered(tuple(facts.values()), tuple(services), ())
    items = _terms(rows, services, offered)
    offered.items = tuple(items)
    if not rows:
        problems.add(f"{table.place}: there is no lot; fill in a row for each")
    return offered


def read_terms(table: Table, lots: Sequence[LotFacts], services: Sequence[str], problems: Problems) -> Offered:
    """Terms for lots that are known; rows that say nothing beside names are passed over."""
    facts = {lot.id: lot for lot in lots}
    rows = []
    for row in table.read(problems):
        if not any(row.has(column) for column in row.values if column not in ("lot", "service")):
            continue
        lot = row.text("lot", required=True)
        if lot and lot not in facts:
            row.fault("lot", f"no lot '{lot}'; {did_you_mean(lot, list(facts))}")
        elif lot:
            _agree(row, _facts(row, lot), facts[lot], "in the lots at hand")
        rows.append((row, lot))
    offered = Offered(tuple(lots), tuple(services), tuple(Item(lot.id, of) for lot in lots for of in services))
    _terms(rows, services, offered)
    return offered


def _facts(row: Row, lot: str) -> LotFacts:
    areas = tuple(AreaFacts(area) for area in row.names("areas"))
    return LotFacts(lot, row.text("lot_name"), areas, amounts(row, VOLUME))


def _agree(row: Row, said: LotFacts, known: LotFacts, where: str) -> None:
    """What a row says of a lot is what is known of it, or nothing."""
    if said.name and said.name != known.name:
        row.fault("lot_name", f"'{said.name}' is '{known.name}' {where}")
    if said.areas and {area.id for area in said.areas} != {area.id for area in known.areas}:
        others = sorted({area.id for area in said.areas} ^ {area.id for area in known.areas})
        row.fault("areas", f"these are not the areas of lot '{known.id}' {where}: {_few(others)}")
    for measure, volume in said.volumes.items():
        if measure not in known.volumes:
            row.fault(VOLUME + measure, f"lot '{known.id}' has no {measure} {where}")
        elif not isclose(volume, known.volumes[measure], rel_tol=1e-9, abs_tol=1e-9):
            row.fault(VOLUME + measure, f"{volume:g} is {known.volumes[measure]:g} {where}")


def _few(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more} in one of them only"


def _terms(rows: Sequence[tuple[Row, str]], services: Sequence[str], offered: Offered) -> list[Item]:
    """The items that rows speak of; their terms go to `offered`."""
    spoken: dict[Item, Row] = {}
    known = dict.fromkeys(services)
    for row, lot in rows:
        service, terms = row.text("service"), _said(row)
        if service and service not in known:
            row.fault("service", f"no service '{service}'; {did_you_mean(service, list(known))}")
        if not lot or {"lot", "service"} & row.faulty:
            continue
        for item in [Item(lot, service)] if service else [Item(lot, name) for name in services]:
            if item in spoken:
                row.fault("service" if service else "lot", f"'{item}' has a row already ({spoken[item].place})")
                break
            spoken[item] = row
            if terms != NOTHING_SAID:
                offered.terms[item] = terms
                offered.rows.append(row)
    return list(spoken)


def _said(row: Row) -> ItemTerms:
    region, category, incumbent, reason = (row.text(name) for name in ("region", "category", "incumbent", "reason"))
    return ItemTerms(
        value=row.money("value", zero=True),
        region=region,
        category=category,
        date=row.date("date"),
        incumbent=incumbent,
        status=row.word("status", STATUS) or "open",
        reason=reason,
    )


def read_panel(table: Table, known: frozenset[str], problems: Problems) -> list[tuple[Row, Admission]]:
    """Every line of a panel that can be read, with its row."""
    found = []
    for row in table.read(problems):
        id = named(row, known)
        lots, regions, categories = (row.names(column) for column in ("lots", "regions", "categories"))
        low, high = row.money("value_from", zero=True), row.money("value_to", zero=True)
        joined, left = row.date("joined"), row.date("left")
        if low is not None and high is not None and high < low:
            row.fault("value_to", f"{high} is below value_from, {low}")
        if joined is not None and left is not None and left < joined:
            row.fault("left", f"{left} is before it joined, on {joined}")
        if not row.faulty:
            line = Admission(
                provider=id,
                lots=lots,
                regions=regions,
                categories=categories,
                value_from=low,
                value_to=high,
                joined=joined,
                left=left,
            )
            found.append((row, line))
    return found
