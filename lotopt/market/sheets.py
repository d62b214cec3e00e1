"""Sheets of workbooks to fill in: locked headers, free cells, choices and limits."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Sequence
from typing import Any

from lotopt.market.provider import Provider
from lotopt.market.read import CAPACITY, VOLUME

CREATED = datetime.datetime(2000, 1, 1)  # a fixed date, so that the same content gives the same bytes
LAST_ROW = 2000  # choices are offered down to here
WHO = f"=Providers!$A$2:$A${LAST_ROW}"  # the providers to choose from
MONEY = ("price", "funding", "fixed")
NUMBERS = ("quality", "covers", "rate", "rate_km", "mobilisation")


def new_book(content: io.BytesIO, title: str) -> Any:
    """A workbook that goes to `content` when it is closed; the same sheets give the same bytes."""
    import xlsxwriter

    # text stays text: a provider named "=1+1" must not become a formula
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, options)
    book.set_properties({"title": title, "created": CREATED})
    return book


def provider_row(provider: Provider, capacities: Sequence[str], simulated: bool) -> list[object]:
    """A provider as a row of the sheet Providers."""
    named = [provider.id, provider.name, provider.group, provider.kind, provider.home, provider.funding]
    return [*named, "yes" if simulated else "", *(provider.capacity.get(measure) for measure in capacities)]


def table_sheet(book: Any, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Any:
    """A sheet with a locked header; everything below it can be written to."""
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EDF2"})
    money = book.add_format({"locked": False, "num_format": "#,##0.00"})
    free = book.add_format({"locked": False})
    text = book.add_format({"locked": False, "num_format": "@"})  # an id such as 007 keeps its zeros
    formats = []
    for column, title in enumerate(columns):
        number = title in NUMBERS or title.startswith((CAPACITY, VOLUME, "rate_"))
        formats.append(money if title in MONEY else free if number else text)
        sheet.set_column(column, column, 18, formats[-1])
        sheet.write_string(0, column, title, head)
    for at, row in enumerate(rows, 1):
        for column, value in enumerate([*row, *[None] * (len(columns) - len(row))]):
            if value is None or value == "":
                sheet.write_blank(at, column, None, formats[column])
            elif isinstance(value, str):
                sheet.write_string(at, column, value, formats[column])
            else:
                sheet.write_number(at, column, value, formats[column])
    sheet.freeze_panes(1, 0)
    allowed = ("insert_rows", "delete_rows", "sort", "autofilter", "format_cells", "format_columns", "format_rows")
    sheet.protect("", dict.fromkeys(allowed, True))
    return sheet


def choose(sheet: Any, column: int, source: str, otherwise: str) -> None:
    """Offer a list; other text is allowed after a word about it."""
    rule = {"validate": "list", "source": source, "error_type": "information", "error_message": otherwise}
    sheet.data_validation(1, column, LAST_ROW, column, rule)


def between(sheet: Any, column: int, low: float, high: float, message: str) -> None:
    rule = {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high, "error_message": message}
    sheet.data_validation(1, column, LAST_ROW, column, rule)
