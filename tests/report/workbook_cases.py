"""Workbooks read back: their sheets as rows by the names of their columns."""

from __future__ import annotations

from typing import Any

from openpyxl.workbook import Workbook

ALL = ["About", "Lots", "Areas", "Awards", "Coherence", "Readings", "Sources"]


def rows_of(book: Workbook, name: str) -> list[dict[str, Any]]:
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def about(book: Workbook) -> dict[str, Any]:
    return {what: value for what, value, _ in book["About"].iter_rows(values_only=True)}
