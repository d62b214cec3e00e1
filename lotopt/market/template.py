"""Workbooks for bids: an empty one to fill in, or one that holds a market. `read_market` reads both back."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lotopt.core.errors import InputError
from lotopt.core.lot import LotFacts
from lotopt.market.bid import Bid
from lotopt.market.market import Lots, Market, facts_of
from lotopt.market.provider import LOTS
from lotopt.market.read import BID_COLUMNS, CAPACITY, PROVIDER_COLUMNS, VOLUME
from lotopt.market.sheets import WHO, between, choose, new_book, provider_row, table_sheet

FIRST_LOT = 20  # the row of README where the list of lots begins

ABOUT = (
    "Bids for lots",
    "Fill in the sheets Providers and Bids. Row 1 of each holds the names of columns; leave it as it is.",
    "",
    "Providers: one row for each.",
    "  provider: a short name, used once. name: in full. group: the legal group, where several belong to one.",
    "  kind: for example public, private, voluntary, small. home: the id of an area. funding: GBP.",
    "  capacity_...: the most it can take on of that measure, or how many lots. Empty: no limit stated.",
    "Bids: one row for each price. There is a row for every lot; copy it for further providers.",
    "  bid: a name used once, or empty. provider: as on the sheet Providers.",
    "  lots: one lot, or several separated by ; for a package that is taken as a whole or not at all.",
    "  services: what the price is for, several separated by ; (empty where only one is bought).",
    "  price: GBP a year for the whole bid, such as 12500 or 12500.00.",
    "  quality: a score from 0 to 100. covers: share of the need that is met, above 0 and at most 1 (empty: 1).",
    "  volume_...: how much of that measure the bid takes on, where it differs from what is in the lots.",
    "Rows without provider and price are left out.",
    "",
)


def write_template(path: str | Path, lots: Lots, services: Sequence[str] = ()) -> None:
    """Write an Excel workbook to fill in with providers and bids: one row for every lot and service.

    `lots` is a plan, or the lots themselves. The same lots and services give the same bytes.
    """
    facts, named = facts_of(lots), tuple(service for service in services if service)
    rows = [["", "", lot.id, service] for lot in facts for service in (named or ("",))]
    measures = _measures(facts)
    _write(Path(path), facts, named, [], rows, [LOTS, *measures[:1]], [], simulated=False)


def write_market(path: str | Path, market: Market) -> None:
    """Write a market as an Excel workbook that `read_market` reads back to the same market.

    Raises InputError for a bid that is not for every one of its services in every one of its lots: a row of the
    sheet cannot say that.
    """
    uneven = [bid.id for bid in market.bids if len(bid.items) < len(bid.lots) * len(bid.services)]
    if uneven:
        told = [f"bid {id} is not for all its services in all its lots, which a row cannot say" for id in uneven]
        raise InputError(Path(path).name, told)
    capacities = sorted({measure for provider in market.providers for measure in provider.capacity})
    volumes = sorted({measure for bid in market.bids for measure in bid.volumes})
    providers = [provider_row(provider, capacities, market.simulated) for provider in market.providers]
    bids = [_bid(bid, volumes) for bid in market.bids]
    named = tuple(service for service in market.services if service)
    _write(Path(path), market.lots, named, providers, bids, capacities, volumes, simulated=market.simulated)


def _bid(bid: Bid, volumes: Sequence[str]) -> list[object]:
    stated = [bid.volumes.get(measure) for measure in volumes]
    lots, services = "; ".join(bid.lots), "; ".join(bid.services)
    return [bid.id, bid.provider, lots, services, bid.price, bid.quality, bid.covers, *stated]


def _measures(lots: Iterable[LotFacts]) -> list[str]:
    return list(dict.fromkeys(measure for lot in lots for measure in lot.volumes))


def _write(
    path: Path,
    lots: Sequence[LotFacts],
    services: Sequence[str],
    providers: Sequence[Sequence[object]],
    bids: Sequence[Sequence[object]],
    capacities: Sequence[str],
    volumes: Sequence[str],
    *,
    simulated: bool,
) -> None:
    content = io.BytesIO()
    book = new_book(content, ABOUT[0])
    _about(book, lots, services, simulated)
    sheet = table_sheet(book, "Providers", [*PROVIDER_COLUMNS, *(CAPACITY + m for m in capacities)], providers)
    choose(sheet, PROVIDER_COLUMNS.index("group"), WHO, "any other group can be written too")
    sheet = table_sheet(book, "Bids", [*BID_COLUMNS, *(VOLUME + m for m in volumes)], bids)
    choose(sheet, BID_COLUMNS.index("provider"), WHO, "the provider is not on the sheet Providers")
    of_lots = f"=README!$A${FIRST_LOT + 1}:$A${FIRST_LOT + max(1, len(lots))}"
    choose(sheet, BID_COLUMNS.index("lots"), of_lots, "for a package, separate lots by ;")
    if services:
        of_services = f"=README!$D${FIRST_LOT + 1}:$D${FIRST_LOT + len(services)}"
        choose(sheet, BID_COLUMNS.index("services"), of_services, "for several services, separate them by ;")
    between(sheet, BID_COLUMNS.index("price"), 0.01, 1e12, "an amount above zero, GBP a year")
    between(sheet, BID_COLUMNS.index("quality"), 0, 100, "a score from 0 to 100")
    between(sheet, BID_COLUMNS.index("covers"), 0, 1, "a share above 0 and at most 1")
    book.close()
    path.write_bytes(content.getvalue())


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
