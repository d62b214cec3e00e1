"""Markets from files: an Excel workbook, or a folder with providers.csv and bids.csv."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from lotopt.core.errors import Problems, did_you_mean
from lotopt.core.lot import LotFacts
from lotopt.market.bid import Bid, Item
from lotopt.market.checks import Rows, faults
from lotopt.market.market import Lots, Market, facts_of
from lotopt.market.provider import LOTS, Provider
from lotopt.market.rows import Row, Table
from lotopt.market.tables import read_tables

PROVIDER_COLUMNS = ("provider", "name", "group", "kind", "home", "funding", "simulated")
BID_COLUMNS = ("bid", "provider", "lots", "services", "price", "quality", "covers")
CAPACITY, VOLUME = "capacity_", "volume_"


def read_market(path: str | Path, lots: Lots, services: Sequence[str] = ()) -> Market:
    """Providers and bids from a workbook (sheets Providers and Bids), or a folder with providers.csv and bids.csv.

    `lots` is a plan, or the lots themselves. `services` are those bought in every lot; if none are given they are
    the ones bids name, or one without a name. Columns are those of `write_template`: names of lots and services are
    separated by ';', prices are GBP a year. Rows without provider and price are left out, with a note. Raises
    InputError with every problem of the file: sheet, row, column, what was given and what is possible.
    """
    path, facts = Path(path), facts_of(lots)
    problems = Problems(path.name)
    tables, notes = read_tables(path, {"Providers": (CAPACITY,), "Bids": (VOLUME,)}, problems)
    providers, bids = tables["Providers"], tables["Bids"]
    columns_known = providers.checked(("provider",), PROVIDER_COLUMNS, (CAPACITY,), problems)
    columns_known &= bids.checked(("provider", "lots", "price"), BID_COLUMNS, (VOLUME,), problems)
    _check_measures(providers, bids, facts, problems)
    who = [found for row in providers.read(problems) if (found := provider_of(row))]
    offers, left_out = _bids(bids, services, problems)
    known = tuple(services) or tuple(sorted({s for _, bid in offers for s in bid.services})) or ("",)
    items = tuple(Item(lot.id, service) for lot in facts for service in known)
    if columns_known:
        _check_across(facts, known, items, who, offers, providers, problems)
        if not providers.rows:
            problems.add(f"{providers.place}: there is no provider; fill in a row for each")
        if not offers and not problems.found:
            problems.add(f"{bids.place}: there is no bid; fill in a row for each")
    problems.check()
    bidding = {bid.provider for _, bid in offers}
    notes += [f"{row.place}: provider '{p.id}' has no bids" for row, p in who if p.id not in bidding]
    if left_out:
        notes.append(f"{bids.place}: {left_out} rows without provider and price were left out")
    return Market(
        facts,
        tuple(provider for _, provider in who),
        tuple(bid for _, bid in offers),
        known,
        items,
        simulated=made_up(row for row, _ in who),
        source=path.name,
        notes=tuple(notes),
    )


def _check_measures(providers: Table, bids: Table, lots: Sequence[LotFacts], problems: Problems) -> None:
    """A capacity or a volume in a measure that nothing else speaks of would be passed over in silence."""
    measures = sorted({measure for lot in lots for measure in lot.volumes})
    capacities = [name.removeprefix(CAPACITY) for name in providers.header if name.startswith(CAPACITY)]
    volumes = [name.removeprefix(VOLUME) for name in bids.header if name.startswith(VOLUME)]
    for table, prefix, found, possible in (
        (providers, CAPACITY, capacities, [LOTS, *measures, *volumes]),
        (bids, VOLUME, volumes, [*measures, *capacities]),
    ):
        for measure in found:
            if measure and measure not in possible:
                told = did_you_mean(measure, sorted(set(possible)))
                problems.add(f"{table.place}, row 1, {prefix}{measure}: no measure '{measure}' in the lots; {told}")


def _check_across(
    lots: Sequence[LotFacts],
    services: Sequence[str],
    items: Sequence[Item],
    providers: Sequence[tuple[Row, Provider]],
    bids: Sequence[tuple[Row, Bid]],
    table: Table,
    problems: Problems,
) -> None:
    """Problems between rows, told with the row they are in."""
    # a provider whose row has another problem is still a provider
    named = {str(row.values.get("provider", "")).strip() for row in table.read(problems)}
    rows = {"providers": [row for row, _ in providers], "bids": [row for row, _ in bids]}
    for fault in faults(Rows(lots, services, items, [p for _, p in providers], [b for _, b in bids])):
        if fault.table == "bids" and fault.column == "provider" and bids[fault.row][1].provider in named:
            continue
        place = rows[fault.table][fault.row].place if fault.table in rows else fault.of
        problems.add(f"{place}, {fault.column}: {fault.text}")


def made_up(rows: Iterable[Row]) -> bool:
    """Whether a row of the providers' table says that the market is simulated."""
    return any(row.text("simulated").casefold() in ("true", "yes", "1") for row in rows)


def provider_of(row: Row) -> tuple[Row, Provider] | None:
    """A row of the providers' table, and the provider it holds; None where it has a problem."""
    id = row.text("provider", required=True)
    name, group, kind, home = (row.text(column) for column in ("name", "group", "kind", "home"))
    funding = row.money("funding", zero=True)
    capacity = _amounts(row, CAPACITY)
    if row.faulty:
        return None
    made = Provider(id=id, name=name, group=group, kind=kind, home=home, funding=funding, capacity=capacity)
    return row, made


def _bids(table: Table, services: Iterable[str], problems: Problems) -> tuple[list[tuple[Row, Bid]], int]:
    """Every bid that can be read, with its row; and how many rows are a template's that nobody filled in."""
    rows = list(table.read(problems))
    filled = [row for row in rows if row.has("provider") or row.has("price")]
    written = (name.strip() for row in filled for name in str(row.values.get("services") or "").split(";"))
    named = tuple(services) or tuple(sorted({name for name in written if name}))
    usual = {0: ("",), 1: named}.get(len(named), ())
    found = [bid for row in filled if (bid := _bid(row, usual, named))]
    return found, len(rows) - len(filled)


def _bid(row: Row, usual: tuple[str, ...], services: tuple[str, ...]) -> tuple[Row, Bid] | None:
    """A row as a bid; `usual` is the service meant where none is named, empty where that would be a guess."""
    id = row.text("bid") or f"row {row.number}"
    provider = row.text("provider", required=True)
    lots = row.names("lots")
    if not lots:
        row.missing("lots", "is empty; name the lots, separated by ';'")
    chosen = row.names("services") or usual
    if not chosen:
        told = f"is empty; name the services the price is for: {', '.join(services)}"
        if "services" in row.values:
            row.missing("services", told)
        else:  # the column may be left out, so nobody has told that it is not there
            row.fault("services", told)
    price = row.money("price", required=True)
    quality = row.number_between("quality", 0, 100)
    covers = row.number_between("covers", 0, 1, open_low=True)
    volumes = _amounts(row, VOLUME)
    if row.faulty or price is None:
        return None
    items = tuple(Item(lot, service) for lot in lots for service in chosen)
    share = 1.0 if covers is None else covers
    made = Bid(id=id, provider=provider, items=items, price=price, quality=quality, covers=share, volumes=volumes)
    return row, made


def _amounts(row: Row, prefix: str) -> dict[str, float]:
    """The columns capacity_<measure> or volume_<measure> that are filled in."""
    found = {
        column.removeprefix(prefix): row.number_between(column, 0, float("inf"))
        for column in row.values
        if column.startswith(prefix)
    }
    return {measure: value for measure, value in found.items() if value is not None}
