"""lots.csv and awards.csv: the same bytes for the same result, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotopt.report.files import write_whole
from lotopt.report.shares import price_parts

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.core.result import Result
    from lotopt.design.design import LotDesign

# A spreadsheet runs text that begins like this (OWASP, CSV injection); the full-width signs are read alike.
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

AWARD_COLUMNS = (
    *("lot", "lot_name", "service", "provider", "provider_name", "group", "bid", "price", "bid_price"),
    *("items_in_bid", "quality", "covers", "share", "simulated"),
)

Cell = str | int | float | Decimal | bool | None


def write_lots(path: Path | str, design: LotDesign) -> Path:
    """Write one row per area, sorted by area id: area, name, lot, lot_name. `read_design` reads it back."""
    rows = sorted(
        (area, name, design.lots[lot], design.name_of(int(lot)))
        for area, name, lot in zip(design.territory.ids, design.territory.names, design.of, strict=True)
    )
    return write_csv(Path(path), ("area", "name", "lot", "lot_name"), rows)


def write_awards(path: Path | str, awards: Result[Allocation]) -> Path:
    """Write one row per item awarded, sorted by lot, service and bid; money exact, in GBP a year.

    `price` is the item's part of what its bid costs: the column adds up to the total price to the penny. `bid_price`
    is what is paid for the whole bid, for its `share` of the work and after discounts, told on each of its
    `items_in_bid` rows, so it is not to be added up. How a
    package's price is shared out is for reading only (`price_parts`): the bid stands or falls as a whole.
    `simulated` is true where the market is made up. Raises ValueError where there is no plan.
    """
    return write_csv(Path(path), AWARD_COLUMNS, award_rows(awards))


def award_rows(awards: Result[Allocation]) -> list[tuple[Cell, ...]]:
    """The rows of `write_awards`, one cell for each of AWARD_COLUMNS. Raises ValueError where there is no plan."""
    if awards.plan is None:
        raise ValueError("there is no allocation to write")
    market = awards.plan.market
    rows: list[tuple[Any, ...]] = [
        (
            *(item.lot, market.lot_name(item.lot), item.service),
            *(award.provider, market.provider[award.provider].title, award.group, award.bid, price, award.price),
            *(len(award.items), award.quality, award.covers, award.share, market.simulated),
        )
        for award in awards.plan.awards
        for item, price in zip(award.items, price_parts(award, market), strict=True)
    ]
    return sorted(rows, key=lambda row: (row[0], row[2], row[6]))


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Path:
    """Write a table as UTF-8 CSV with line feeds; text that a spreadsheet would run is put behind an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_shown(cell) for cell in row] for row in rows)
    return write_whole(path, text.getvalue().encode("utf-8"))


def safe(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(RUN_BY_SPREADSHEETS) else text


def one_line(text: str) -> str:
    """The text as a cell of a table holds it: not to be run, and without line breaks."""
    # a line break in a name would start a row of its own: Python's writer leaves a lone carriage return unquoted
    return safe(text).replace("\r", " ").replace("\n", " ")


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return one_line(cell) if isinstance(cell, str) else repr(cell)
