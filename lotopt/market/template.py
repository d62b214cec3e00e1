"""Workbooks for bids: an empty one to fill in, or one that holds a market. `read_market` reads both back."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lotopt.core.errors import InputError
from lotopt.core.lot import LotFacts
from lotopt.market.columns import (
    BID_COLUMNS,
    CAPACITY,
    DISCOUNT_COLUMNS,
    LOT_COLUMNS,
    MEMBER_COLUMNS,
    PANEL_COLUMNS,
    PROVIDER_COLUMNS,
    VOLUME,
)
from lotopt.market.content import LONGEST, Tables, lot_row, measures_of, tables_of, unsaid
from lotopt.market.market import Lots, Market, facts_of
from lotopt.market.provider import LOTS
from lotopt.market.read import read_market
from lotopt.market.sheets import WHO, between, choose, new_book, table_sheet

ABOUT = (
    "Bids for lots",
    "Fill in the sheets Providers and Bids; the others only where there is something to say.",
    "Row 1 of each holds the names of columns; leave it as it is. Names in a list are separated by ;",
    "Amounts are GBP a year, such as 12500 or 12500.00. Dates are 2021-04-26. An empty cell says nothing.",
    "",
    "Providers: one row for each.",
    "  provider: a short name, used once. name: in full. group: the legal group, where several belong to one.",
    "  kind: for example public, private, voluntary, small. home: the id of an area. funding: GBP it has access to.",
    "  viable: the least business it can live on. last_resort: yes for a public provider kept in reserve.",
    "  simulated: yes where the market is made up.",
    "  capacity_...: the most it can take on of that measure, or how many lots. Empty: no limit stated.",
    "Bids: one row for each price. There is a row for every lot; copy it for further providers.",
    "  bid: a name used once, or empty. provider: as on the sheet Providers.",
    "  lots: one lot, or several for a package that is taken as a whole or not at all.",
    "  services: what the price is for (empty where only one is bought).",
    "  price: for the whole bid. fixed: the part of it that does not vary with volume.",
    "  quality: a score from 0 to 100. covers: share of the need that is met, above 0 and at most 1 (empty: 1).",
    "  alternative: of a provider's bids with the same word here at most one wins.",
    "  only_with: other bids of the provider, or lots, that it must win as well for this bid to stand.",
    "  members, subcontractors: other firms in this bid. preference: the bidder's own order of its bids, 1 first.",
    "  volume_...: how much of that measure the bid takes on, where it differs from what is in the lots.",
    "  Rows without provider and price are left out.",
    "Lots: one row for a lot, or one for each service in it; a row without service speaks of every service.",
    "  lot: its id. lot_name: in full. areas, volume_...: what is in it, and how much. service: what is bought.",
    "  value: indicative value of the contract. region, category: your own words. date: the day of the call-off.",
    "  incumbent: who serves it now. status: open (or empty), cancelled, or direct for an award without competition.",
    "  reason: why it is not open.",
    "Panel: who may win what; one row for each line. If the sheet is empty, everyone may win everything.",
    "  provider: who. lots, regions, categories: for which it is admitted (empty: all).",
    "  value_from, value_to: contracts worth that much, both included. joined, left: call-offs on these days.",
    "Members: other firms that stand behind every bid of a provider.",
    "  provider: who bids. firm: the other firm. group: its legal group. role: member (or empty) or subcontractor.",
    "  A row without provider says to which legal group a firm belongs, and no more.",
    "Discounts: what a provider takes off all its prices; one row for each tier.",
    "  on: what is counted over all that it wins: value (or empty), lots, or a measure. from: the tier begins here.",
    "  to: the next tier begins here; empty for the last. discount: a fraction, such as 0.05 for 5 %.",
    "",
)
FIRST_LOT = len(ABOUT) + 2  # the row of README where the list of lots begins


def write_template(path: str | Path, lots: Lots, services: Sequence[str] = ()) -> None:
    """Write an Excel workbook to fill in with providers and bids: one row for every lot and service.

    `lots` is a plan, or the lots themselves. The same lots and services give the same bytes.
    """
    facts, named = facts_of(lots), tuple(service for service in services if service)
    measures = measures_of(facts)
    bids = [["", "", lot.id, service] for lot in facts for service in (named or ("",))]
    rows = [lot_row(lot, service, measures) for lot in facts for service in (named or ("",))]
    fitting = [["" if len(str(value)) > LONGEST else value for value in row] for row in rows]
    tables: Tables = {
        "Providers": ([*PROVIDER_COLUMNS, *(CAPACITY + measure for measure in [LOTS, *measures[:1]])], []),
        "Bids": (BID_COLUMNS, bids),
        "Lots": ([*LOT_COLUMNS, *(VOLUME + measure for measure in measures)], fitting),
        "Panel": (PANEL_COLUMNS, []),
        "Members": (MEMBER_COLUMNS, []),
        "Discounts": (DISCOUNT_COLUMNS, []),
    }
    Path(path).write_bytes(_book(tables, facts, named, simulated=False))


def write_market(path: str | Path, market: Market) -> None:
    """Write a market as an Excel workbook that `read_market` reads back to the same market.

    It is read back before it is kept. Raises InputError, and writes nothing, for what a row of a sheet cannot say: a
    bid that is not for every one of its services in every one of its lots, names with ';' in lists, fractions of a
    penny, and whatever else `read_market` would refuse.
    """
    path = Path(path)
    told = list(unsaid(market))
    if told:
        raise InputError(path.name, told)
    named = tuple(service for service in market.services if service)
    content = _book(tables_of(market), market.lots, named, simulated=market.simulated)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / f"{path.stem}.xlsx"
        written.write_bytes(content)
        if read_market(written).digest != market.digest:
            raise InputError(
                path.name, "some name in it would be read back otherwise, such as one that begins with a blank"
            )
    path.write_bytes(content)


def _book(tables: Tables, lots: Sequence[LotFacts], services: Sequence[str], *, simulated: bool) -> bytes:
    content = io.BytesIO()
    book = new_book(content, ABOUT[0])
    _about(book, lots, services, simulated)
    for name, (columns, rows) in tables.items():
        sheet = table_sheet(book, name, columns, rows)
        if name == "Bids":
            _help_with_bids(sheet, len(lots), len(services))
        for column, (source, otherwise) in CHOICES.get(name, {}).items():
            choose(sheet, columns.index(column), source, otherwise)
    book.close()
    return content.getvalue()


NO_PROVIDER = "the provider is not on the sheet Providers"
CHOICES: dict[str, dict[str, tuple[str | Sequence[str], str]]] = {
    "Providers": {
        "group": (WHO, "any other group can be written too"),
        "last_resort": (["yes", "no"], "write yes or no"),
    },
    "Bids": {"provider": (WHO, NO_PROVIDER)},
    "Lots": {"status": (["open", "cancelled", "direct"], "write open, cancelled or direct")},
    "Panel": {"provider": (WHO, NO_PROVIDER)},
    "Members": {
        "provider": (WHO, NO_PROVIDER),
        "role": (["member", "subcontractor"], "write member or subcontractor"),
    },
    "Discounts": {"provider": (WHO, NO_PROVIDER)},
}


def _help_with_bids(sheet: Any, lots: int, services: int) -> None:
    """Choices and limits for the columns of bids."""
    of_lots = f"=README!$A${FIRST_LOT + 1}:$A${FIRST_LOT + max(1, lots)}"
    choose(sheet, BID_COLUMNS.index("lots"), of_lots, "for a package, separate lots by ;")
    if services:
        of_services = f"=README!$D${FIRST_LOT + 1}:$D${FIRST_LOT + services}"
        choose(sheet, BID_COLUMNS.index("services"), of_services, "for several services, separate them by ;")
    between(sheet, BID_COLUMNS.index("price"), 0.01, 1e12, "an amount above zero, GBP a year")
    between(sheet, BID_COLUMNS.index("fixed"), 0, 1e12, "the fixed part of the price, GBP a year")
    between(sheet, BID_COLUMNS.index("quality"), 0, 100, "a score from 0 to 100")
    between(sheet, BID_COLUMNS.index("covers"), 0, 1, "a share above 0 and at most 1")


def _about(book: Any, lots: Sequence[LotFacts], services: Sequence[str], simulated: bool) -> None:
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("README")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 40)
    for row, line in enumerate(ABOUT):
        sheet.write_string(row, 0, line, bold if row == 0 else None)
    if simulated:
        sheet.write_string(len(ABOUT), 0, "This market is made up: no provider, price or score in it is real.", bold)
    for column, title in ((0, "lot"), (1, "name"), (3, "service")):
        sheet.write_string(FIRST_LOT - 1, column, title, bold)
    for row, lot in enumerate(lots, FIRST_LOT):
        sheet.write_string(row, 0, lot.id)
        sheet.write_string(row, 1, lot.name)
    for row, service in enumerate(services, FIRST_LOT):
        sheet.write_string(row, 3, service)
