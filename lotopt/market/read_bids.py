"""Bids from a table: what is plainly right column by column, other rows cell by cell, so that their faults are told.

A hundred thousand rows are read in a second: most cells of a column say what others say, and each is read once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import compress
from typing import Any

from lotopt.core.errors import Problems
from lotopt.market import cells
from lotopt.market.bid import MEMBER, SUBCONTRACTOR, Bid, Item, Partner
from lotopt.market.cells import blank
from lotopt.market.columns import VOLUME
from lotopt.market.read_providers import amounts
from lotopt.market.rows import Row, Table
from lotopt.market.workbook import Value

QUALITY, COVERS = (0.0, 100.0), (0.0, 1.0)


@dataclass(frozen=True)
class Bids:
    """Bids with the numbers of their rows; `left_out` counts rows of a template that nobody filled in."""

    place: str
    bids: list[Bid]
    numbers: list[int]
    left_out: int
    faulty: int  # rows that cannot be read

    def row(self, at: int) -> str:
        """The place of a bid."""
        return f"{self.place}, row {self.numbers[at]}"


def read_bids(
    table: Table, services: Sequence[str], problems: Problems, only: Mapping[str, str] | None = None
) -> Bids:
    """Every bid that can be read. `services` are those bought; if none are given, those that bids name.

    `only` tells of lots in which one service alone is bought which that is: a bid for such lots need not name it.
    """
    empty: Sequence[Value] = [None] * len(table.rows)
    columns = table.columns()
    needed = zip(columns.get("provider", empty), columns.get("price", empty), strict=True)
    filled = [not (blank(provider) and blank(price)) for provider, price in needed]
    left_out = filled.count(False)
    if left_out:
        rows = tuple(row for row, kept in zip(table.rows, filled, strict=True) if kept)
        table = Table(table.place, table.header, rows, table.told)
        columns = {name: tuple(compress(values, filled)) for name, values in columns.items()}
    known = tuple(services) or services_named(columns.get("services", ()))
    usual = {0: ("",), 1: known}.get(len(known), ())
    plain = _Plain(columns, [number for number, _ in table.rows], usual)
    found = []
    for at, (number, values) in enumerate(table.rows):
        again = at in plain.second
        bid = _bid(table.row(number, values, problems), usual, known, only or {}) if again else plain.bids[at]
        if bid is not None:
            found.append((number, bid))
    return Bids(
        table.place,
        [bid for _, bid in found],
        [number for number, _ in found],
        left_out,
        len(table.rows) - len(found),
    )


def services_named(column: Iterable[Value]) -> tuple[str, ...]:
    """The services that a column of bids names, in alphabetical order."""
    cells_of = {value for value in column if isinstance(value, str)}
    return tuple(sorted({name.strip() for value in cells_of for name in value.split(";")} - {""}))


def _bid(row: Row, usual: tuple[str, ...], services: tuple[str, ...], only: Mapping[str, str]) -> Bid | None:
    """A row as a bid; `usual` is the service meant where none is named, empty where that would be a guess.

    It is no guess where one service alone is bought in each of its lots (`only`).
    """
    id = row.text("bid") or f"row {row.number}"
    provider = row.text("provider", required=True)
    lots = row.names("lots")
    if not lots and "lots" not in row.faulty:
        row.missing("lots", "is empty; name the lots, separated by ';'")
    chosen = row.names("services") or usual
    items = tuple(Item(lot, service) for lot in lots for service in chosen)
    if not chosen and lots and only.keys() >= set(lots):
        items = tuple(Item(lot, only[lot]) for lot in lots)
    elif not chosen and "services" not in row.faulty:
        told = f"is empty; name the services the price is for: {', '.join(services)}"
        if "services" in row.values:
            row.missing("services", told)
        else:  # the column may be left out, so nobody has told that it is not there
            row.fault("services", told)
    price, fixed = row.money("price", required=True), row.money("fixed", zero=True)
    if price is not None and fixed is not None and fixed > price:
        row.fault("fixed", f"{fixed} is more than the price, {price}")
    quality = row.number_between("quality", *QUALITY)
    covers = row.number_between("covers", *COVERS, open_low=True)
    alternative, only_with = row.text("alternative"), row.names("only_with")
    partners = _partners(row.names("members"), row.names("subcontractors"))
    preference = row.whole("preference", 1)
    volumes = amounts(row, VOLUME)
    if row.faulty or price is None:
        return None
    return Bid(
        id=id,
        provider=provider,
        items=items,
        price=price,
        quality=quality,
        covers=1.0 if covers is None else covers,
        volumes=volumes,
        fixed=fixed,
        alternative=alternative,
        only_with=only_with,
        partners=partners,
        preference=preference,
    )


def _partners(members: Iterable[str], subcontractors: Iterable[str]) -> tuple[Partner, ...]:
    roles = ((MEMBER, members), (SUBCONTRACTOR, subcontractors))
    return tuple(Partner(firm, role) for role, firms in roles for firm in firms)  # type: ignore[arg-type]


class _Plain:
    """The bids of a table read by columns; `second` are the rows (indices) that need a second look."""

    def __init__(
        self, columns: Mapping[str, Sequence[Value]], numbers: Sequence[int], usual: tuple[str, ...]
    ) -> None:
        self.columns, self.numbers = columns, numbers
        self.second: set[int] = set()
        self.bids: list[Bid | None] = list(self._made(usual)) if self.columns else []

    def _column(self, name: str, read: Callable[[Value], Any], needed: bool = False) -> Sequence[Any]:
        """What each cell of a column says; each value that occurs is read once."""
        values = self.columns.get(name, ())
        if not values:
            if needed:
                self.second.update(range(len(self.numbers)))
            return [None if needed else read(None)] * len(self.numbers)
        if not {str, float, int, type(None)}.issuperset(map(type, values)):
            # True is 1 to a dictionary, and a list no key of it: rows with dates and the like are read cell by cell
            odd = [at for at, value in enumerate(values) if isinstance(value, bool | list)]
            self.second.update(odd)
            values = [None if isinstance(value, bool | list) else value for value in values]
        said: dict[Value, Any] = {}
        wrong: set[Value] = set()
        for value in set(values):
            try:
                said[value] = read(value)
            except ValueError:
                said[value] = None
            if (said[value] is None and not blank(value)) or (needed and not said[value]):
                wrong.add(value)
        if wrong:
            self.second.update(at for at, value in enumerate(values) if value in wrong)
        return list(map(said.__getitem__, values))

    def _made(self, usual: tuple[str, ...]) -> Iterator[Bid | None]:
        """A bid for each row, or None where the row needs a second look."""
        measures = [name for name in self.columns if name.startswith(VOLUME)]
        stated = [self._column(name, partial(cells.number, low=0.0, high=math.inf)) for name in measures]
        columns = (
            self._column("bid", cells.text),
            self._column("provider", cells.text, needed=True),
            self._column("lots", cells.names, needed=True),
            self._column("services", cells.names),
            self._column("price", cells.money, needed=True),
            self._column("fixed", cells.money_or_zero),
            self._column("quality", partial(cells.number, low=QUALITY[0], high=QUALITY[1])),
            self._column("covers", partial(cells.number, low=COVERS[0], high=COVERS[1], open_low=True)),
            self._column("alternative", cells.text),
            self._column("only_with", cells.names),
            self._column("members", cells.names),
            self._column("subcontractors", cells.names),
            self._column("preference", partial(cells.whole, low=1)),
            list(zip(*stated, strict=True)) or [()] * len(self.numbers),
        )
        named = [name.removeprefix(VOLUME) for name in measures]
        items_of: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[Item, ...]] = {}
        item_of = cache(Item)
        for at, row in enumerate(zip(*columns, strict=True)):
            id, provider, lots, services, price, fixed, quality, covers, alternative, only_with, *more = row
            members, helpers, preference, volumes = more
            chosen = services or usual
            if at in self.second or not chosen or (fixed is not None and fixed > price):
                self.second.add(at)
                yield None
                continue
            items = items_of.get((lots, chosen))
            if items is None:
                items = tuple(item_of(lot, service) for lot in lots for service in chosen)
                items_of[lots, chosen] = items
            # everything that Bid asks of its fields holds: see `cells`, and the test that compares the two
            yield Bid.model_construct(
                id=id or f"row {self.numbers[at]}",
                provider=provider,
                items=items,
                price=price,
                quality=quality,
                covers=1.0 if covers is None else covers,
                volumes={name: volume for name, volume in zip(named, volumes, strict=True) if volume is not None},
                fixed=fixed,
                alternative=alternative,
                only_with=only_with,
                partners=_partners(members, helpers) if members or helpers else (),
                preference=preference,
            )
