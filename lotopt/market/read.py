"""Markets from files: an Excel workbook, or a folder with a CSV file for each of its tables."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from lotopt.core.errors import MOST_TOLD, Problems, did_you_mean
from lotopt.core.lot import LotFacts
from lotopt.market.bid import Item
from lotopt.market.checks import Fault, Rows, faults, two_prices
from lotopt.market.columns import CAPACITY, OPTIONAL, TABLES, VOLUME
from lotopt.market.market import Lots, Market, facts_of
from lotopt.market.provider import LOTS
from lotopt.market.read_bids import Bids, read_bids
from lotopt.market.read_providers import Providers, made_up, read_providers
from lotopt.market.read_terms import Offered, only_service, read_lots, read_panel, read_terms, services_of_lots
from lotopt.market.rows import Row, Table
from lotopt.market.tables import read_tables
from lotopt.market.terms import Admission


def read_market(path: str | Path, lots: Lots | None = None, services: Sequence[str] = ()) -> Market:
    """A market from a workbook (sheets Providers, Bids and, if wanted, Lots, Panel, Members, Discounts), or from a
    folder with providers.csv, bids.csv and so on.

    `lots` is a plan, or the lots themselves; the table Lots then adds terms to them. Without `lots` that table is the
    list of lots, and its rows are what is offered. `services` are those bought in every lot; if none are given they
    are those that Lots names, or bids, or one without a name. Columns are those of `write_template`: names are
    separated by ';', amounts are GBP a year, dates are written 2021-04-26. Rows of bids without provider and price
    are left out, with a note. Raises InputError with every problem of the file: sheet, row, column, what was given
    and what is possible.
    """
    with _no_collection():
        return _market(Path(path), lots, tuple(services))


def _market(path: Path, lots: Lots | None, services: tuple[str, ...]) -> Market:
    problems = Problems(path.name)
    optional = [name for name in OPTIONAL if lots is not None or name != "Lots"]
    tables, notes = read_tables(path, {name: of.prefixes for name, of in TABLES.items()}, problems, optional)
    known = [table.checked(*TABLES[name], problems) for name, table in tables.items()]  # all are checked, not some
    who = read_providers(tables["Providers"], tables.get("Members"), tables.get("Discounts"), problems)
    named = services or services_of_lots(tables.get("Lots"))
    # a table that adds terms to known lots need not have a row for each service, so it tells of none that it is alone
    only = only_service(tables.get("Lots"), named) if lots is None else {}
    offers = read_bids(tables["Bids"], named, problems, only)
    bought = named or tuple(sorted({service for bid in offers.bids for service in bid.services})) or ("",)
    offered = _offered(tables.get("Lots"), lots, bought, problems)
    panel = read_panel(tables["Panel"], who.known, problems) if "Panel" in tables else []
    _check_measures(tables, offered.lots, problems)
    if all(known):
        _check_across(_Read(who, offers, offered, panel), problems)
        if not tables["Providers"].rows:
            problems.add(f"{tables['Providers'].place}: there is no provider; fill in a row for each")
        if not offers.bids and not problems.found:
            problems.add(f"{tables['Bids'].place}: there is no bid; fill in a row for each")
    problems.check()
    bidding = {bid.provider for bid in offers.bids}
    notes += [f"{row.place}: provider '{p.id}' has no bids" for row, p in who.rows if p.id not in bidding]
    if offers.left_out:
        notes.append(f"{offers.place}: {offers.left_out} rows without provider and price were left out")
    return Market(
        offered.lots,
        tuple(who.providers),
        tuple(offers.bids),
        bought,
        offered.items,
        simulated=made_up(row for row, _ in who.rows),
        source=path.name,
        notes=tuple(notes),
        terms=offered.terms,
        panel=tuple(line for _, line in panel),
        firms=who.firms,
    )


@contextmanager
def _no_collection() -> Iterator[None]:
    """Leave the garbage collector off: rows are kept and make no circles, and it looks at each over and over."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _offered(table: Table | None, lots: Lots | None, services: Sequence[str], problems: Problems) -> Offered:
    """What is offered: the lots of a table, or lots that are known, with the terms of a table if there is one."""
    if lots is None:
        return read_lots(table, services, problems) if table else Offered((), (), ())
    facts = facts_of(lots)
    if table is None:
        return Offered(facts, tuple(services), tuple(Item(lot.id, service) for lot in facts for service in services))
    return read_terms(table, facts, services, problems)


def _check_measures(tables: Mapping[str, Table], lots: Sequence[LotFacts], problems: Problems) -> None:
    """A capacity or a volume in a measure that nothing else speaks of would be passed over in silence."""
    providers, bids = tables["Providers"], tables["Bids"]
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


@dataclass(frozen=True)
class _Read:
    """The tables of a market as they were read, and where each row of them is."""

    who: Providers
    offers: Bids
    offered: Offered
    panel: list[tuple[Row, Admission]]

    @property
    def rows(self) -> Rows:
        return Rows(
            self.offered.lots,
            self.offered.services,
            self.offered.items,
            self.who.providers,
            self.offers.bids,
            self.offered.terms,
            [line for _, line in self.panel],
            self.who.firms,
        )

    def told(self, fault: Fault) -> str:
        """A fault with the place of its row."""
        at, column = fault.row, fault.column
        if fault.table == "bids":
            place = self.offers.row(at)
        elif fault.table == "providers":
            row, provider = self.who.rows[at]
            if column == "partners":
                row, column = self.who.members[provider.id][fault.part], "firm"
            elif column == "discount":
                row, column = self.who.discounts[provider.id][0], "on"
            place = row.place
        elif fault.table == "terms":
            place = self.offered.rows[at].place
        elif fault.table == "panel":
            place = self.panel[at][0].place
        else:
            place = self.who.firm_rows[at].place if fault.table == "firms" else fault.of
        return f"{place}, {column}: {fault.text}"

    def follows(self, fault: Fault) -> bool:
        """Whether a fault only follows from one that is told already: what it misses is in a row that has a fault."""
        if fault.column == "provider" and fault.table in ("bids", "panel"):
            named = self.offers.bids[fault.row] if fault.table == "bids" else self.panel[fault.row][1]
            return named.provider in self.who.known
        return fault.column == "only_with" and self.offers.faulty > 0


def _check_across(read: _Read, problems: Problems) -> None:
    """Problems between rows, told with the row they are in; of very many, the first will do."""
    found = (fault for fault in chain(faults(read.rows), two_prices(read.offers.bids)) if not read.follows(fault))
    # a row that speaks of every service has its fault in each
    for told in dict.fromkeys(read.told(fault) for fault in islice(found, MOST_TOLD + 1)):
        problems.add(told)
