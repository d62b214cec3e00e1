"""Sheets of workbooks to fill in: locked headers, free cells, choices and limits."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from lotopt.market.columns import CAPACITY, VOLUME

CREATED = datetime.datetime(2000, 1, 1)  # a fixed date, so that the same content gives the same bytes
LAST_ROW = 2000  # choices are offered down to here
WHO = f"=Providers!$A$2:$A${LAST_ROW}"  # the providers to choose from
MONEY = ("price", "funding", "fixed", "viable", "value", "value_from", "value_to")
NUMBERS = ("quality", "covers", "preference", "rate", "rate_km", "mobilisation", "from", "to", "discount")
DATES = ("date", "joined", "left")
# Before this day workbooks count one day more than there was; such a date is written as text.
FIRST_DAY = datetime.date(1900, 3, 1)
DIGITS = 16  # of a number in a workbook, as xlsxwriter writes it


def new_book(content: io.BytesIO, title: str) -> Any:
    """A workbook that goes to `content` when it is closed; the same sheets give the same bytes."""
    import xlsxwriter

    # text stays text: a provider named "=1+1" must not become a formula
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, options)
    book.set_properties({"title": title, "created": CREATED})
    return book


def table_sheet(book: Any, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Any:
    """A sheet with a locked header; everything below it can be written to."""
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EDF2"})
    money = book.add_format({"locked": False, "num_format": "#,##0.00"})
    free = book.add_format({"locked": False})
    day = book.add_format({"locked": False, "num_format": "yyyy-mm-dd"})
    text = book.add_format({"locked": False, "num_format": "@"})  # an id such as 007 keeps its zeros
    formats = []
    for column, title in enumerate(columns):
        number = title in NUMBERS or title.startswith((CAPACITY, VOLUME, "rate_"))
        formats.append(money if title in MONEY else free if number else day if title in DATES else text)
        sheet.set_column(column, column, 18, formats[-1])
        sheet.write_string(0, column, title, head)
    for at, row in enumerate(rows, 1):
        for column, value in enumerate([*row, *[None] * (len(columns) - len(row))]):
            _write(sheet, at, column, value, formats[column])
    sheet.freeze_panes(1, 0)
    allowed = ("insert_rows", "delete_rows", "sort", "autofilter", "format_cells", "format_columns", "format_rows")
    sheet.protect("", dict.fromkeys(allowed, True))
    return sheet


def _write(sheet: Any, at: int, column: int, value: object, form: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(at, column, None, form)
    elif isinstance(value, str):
        sheet.write_string(at, column, value, form)
    elif isinstance(value, datetime.date):
        if value < FIRST_DAY:
            sheet.write_string(at, column, value.isoformat(), form)
        else:
            sheet.write_datetime(at, column, datetime.datetime(value.year, value.month, value.day), form)
    else:
        exact = value if isinstance(value, Decimal) else Decimal(repr(value))
        if len(exact.as_tuple().digits) > DIGITS and math.isfinite(exact):
            # a sheet has fewer digits than this number; as text it keeps them all
            sheet.write_string(at, column, f"{exact:f}", form)
        else:
            sheet.write_number(at, column, exact, form)


def choose(sheet: Any, column: int, source: str | Sequence[str], otherwise: str) -> None:
    """Offer a list; other text is allowed after a word about it."""
    rule = {"validate": "list", "source": source, "error_type": "information", "error_message": otherwise}
    sheet.data_validation(1, column, LAST_ROW, column, rule)


def between(sheet: Any, column: int, low: float, high: float, message: str) -> None:
    rule = {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high, "error_message": message}
    sheet.data_validation(1, column, LAST_ROW, column, rule)
