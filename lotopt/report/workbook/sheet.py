"""One sheet of a workbook: what is in it, what does not fit, and how it is drawn."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, TypeGuard

from lotopt.report.tables import Cell, one_line
from lotopt.report.words import count

# What Excel holds: rows of a sheet below the header, and characters of a cell as UTF-16 counts them.
MOST_ROWS = 1_048_576 - 1
MOST_CHARACTERS = 32_767
MOST_DIGITS = 15  # of a number; xlsxwriter and Excel keep these

Kind = Literal["text", "sentence", "number", "small", "whole", "money", "share", "score", "any"]
FORMATS: dict[Kind, str] = {
    "number": "#,##0.00",
    "small": "0.0000",
    "whole": "#,##0",
    "money": "#,##0.00",
    "share": "0.0%",
    "score": "0.000",
}
WIDTHS = {"text": (8, 36), "sentence": (30, 80)}  # of columns of text, in characters
NARROWEST = 11
READABLE = 240  # characters across a page; wider sheets are printed on several pages side by side


@dataclass(frozen=True)
class Field:
    """A column: its header, with the unit in it, and what its cells are; in one of `any` kind each says so itself."""

    title: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Sheet:
    """Rows under a header; `elsewhere` is the file that holds the rows that do not fit."""

    name: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Cell, ...], ...]
    elsewhere: str = ""


def fitted(sheet: Sheet) -> tuple[Sheet, tuple[str, ...]]:
    """The sheet as far as a workbook holds it, its text disarmed, and a sentence for each thing that was left out.

    A cell of a workbook that holds text is never run, whatever it begins with. It is still put behind an apostrophe,
    as in the CSV files: whoever saves a sheet as CSV passes text on that the next spreadsheet runs, and a mark that
    only a workbook knows (Excel's quote prefix) is gone by then. So a name is also the same in every file of a run.
    """
    told = []
    rows = sheet.rows
    if len(rows) > MOST_ROWS:
        left = len(rows) - MOST_ROWS
        where = f"; {sheet.elsewhere} has all of them" if sheet.elsewhere else ""
        told.append(f"Sheet {sheet.name} leaves out {count(left, 'row')} that a workbook cannot hold{where}.")
        rows = rows[:MOST_ROWS]
    cut = 0
    kept = []
    for row in rows:
        cells = [cell_text(cell) if isinstance(cell, str) else (cell, False) for cell in row]
        cut += sum(short for _, short in cells)
        kept.append(tuple(cell for cell, _ in cells))
    if cut:
        where = f"; {sheet.elsewhere} has all of it" if sheet.elsewhere else ""
        told.append(
            f"Sheet {sheet.name} has {count(cut, 'text')} cut short, for a cell holds {MOST_CHARACTERS:,} characters"
            f"{where}."
        )
    fields = tuple(Field(cell_text(field.title)[0], field.kind) for field in sheet.fields)
    return replace(sheet, fields=fields, rows=tuple(kept)), tuple(told)


def cell_text(text: str) -> tuple[str, bool]:
    """A text as a cell holds it, and whether it had to be cut: then it ends by saying so."""
    # half a surrogate pair is no character and cannot be written
    shown = one_line(text).encode("utf-16-le", "replace").decode("utf-16-le")
    length = _units(shown)
    if length <= MOST_CHARACTERS:
        return shown, False
    mark = f" [cut here: {length:,} characters]"
    kept = shown.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - len(mark))].decode("utf-16-le", "ignore")
    return kept + mark, True


def _units(text: str) -> int:
    """The length of a text as Excel counts it."""
    return len(text.encode("utf-16-le")) // 2


def draw(book: Any, sheet: Sheet, warning: str = "") -> None:
    """Draw a fitted sheet: header in sight and repeated in print, filter, formats; `warning` stands on every page."""
    page = book.add_worksheet(sheet.name)
    formats = {kind: book.add_format({"num_format": text, "valign": "top"}) for kind, text in FORMATS.items()}
    plain = book.add_format(_TEXT)
    wrapped = book.add_format(_TEXT | {"text_wrap": True})
    left = book.add_format(_HEAD | {"align": "left", "indent": 1})
    right = book.add_format(_HEAD | {"align": "right"})
    widths = [_width(field, [row[at] for row in sheet.rows]) for at, field in enumerate(sheet.fields)]
    for at, (field, width) in enumerate(zip(sheet.fields, widths, strict=True)):
        page.write_string(0, at, field.title, left if field.kind in WIDTHS else right)
        page.set_column(at, at, width)
    titles = [field.title for field in sheet.fields]
    page.set_row(0, row_height(titles, widths))
    for line, row in enumerate(sheet.rows, 1):
        sentences = [cell if f.kind == "sentence" else "" for f, cell in zip(sheet.fields, row, strict=True)]
        page.set_row(line, row_height(sentences, widths))
        for at, (field, cell) in enumerate(zip(sheet.fields, row, strict=True)):
            if isinstance(cell, str):
                if cell:
                    page.write_string(line, at, cell, wrapped if field.kind == "sentence" else plain)
            elif isinstance(cell, bool):
                page.write_string(line, at, "yes" if cell else "no", plain)
            else:
                _write_number(page, line, at, cell, formats[field.kind if field.kind in FORMATS else _own_kind(cell)])
    page.freeze_panes(1, 1)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.fields) - 1)
    set_up(page, warning, sum(widths))
    page.repeat_rows(0)


_HEAD = {"bold": True, "bottom": 1, "bg_color": "#E8EDF2", "text_wrap": True, "valign": "bottom"}
_TEXT = {"valign": "top", "align": "left", "indent": 1}  # so that it does not touch a number to its left
LINE = 15.0  # points
MOST_LINES = 20


def row_height(cells: Sequence[Cell], widths: Sequence[int]) -> float:
    """The height of a row whose text is wrapped, in points; not every spreadsheet finds it by itself."""
    lines = [len(textwrap.wrap(cell, width - 2)) for cell, width in zip(cells, widths, strict=True) if _is_text(cell)]
    return LINE * min(MOST_LINES, max(lines, default=1))


def _is_text(cell: Cell) -> TypeGuard[str]:
    return isinstance(cell, str) and bool(cell)


def set_up(page: Any, warning: str, width: int) -> None:
    """How a sheet is printed: A4 across, on as many pages side by side as it takes to read it; its name below."""
    page.set_landscape()
    page.set_paper(9)
    across = math.ceil(width / READABLE)
    page.fit_to_pages(across, 0)
    if across > 1:
        page.repeat_columns(0, 1)
    page.set_footer("&L&A&RPage &P of &N")
    if warning:
        page.set_header("&C" + warning.replace("&", "&&"))


def _write_number(page: Any, line: int, at: int, cell: int | float | Decimal | None, form: Any) -> None:
    """A number as a number; nothing for none; what a workbook's numbers cannot say exactly as text."""
    if cell is None:
        return
    if isinstance(cell, float) and not math.isfinite(cell):
        page.write_string(line, at, "unknown" if math.isnan(cell) else "∞" if cell > 0 else "-∞", form)
    elif isinstance(cell, Decimal) and len(cell.normalize().as_tuple().digits) > MOST_DIGITS:
        page.write_string(line, at, f"{cell:f}", form)
    else:
        page.write_number(line, at, cell, form)


def kind_of(values: Iterable[float]) -> Kind:
    """How numbers are shown: without decimals where none has any, with more where all are small."""
    known = [float(v) for v in values if math.isfinite(v)]
    if all(v.is_integer() for v in known):
        return "whole"
    return "small" if all(abs(v) < 1 for v in known) else "number"


def _own_kind(cell: int | float | Decimal | None) -> Kind:
    """How one cell is shown in a column of several kinds."""
    return "money" if isinstance(cell, Decimal) else kind_of([] if cell is None else [cell])


def _width(field: Field, cells: Sequence[Cell]) -> int:
    """How wide a column is, in characters: its longest cell, within limits, and no word of its header is broken."""
    word = max(map(len, field.title.split())) + 2
    if field.kind in WIDTHS:
        low, high = WIDTHS[field.kind]
        return max(low, word, min(high, max((len(cell) + 3 for cell in cells if isinstance(cell, str)), default=0)))
    return max(NARROWEST, word, *(len(f"{cell:,.2f}") + 2 for cell in cells if _is_number(cell)), 0)


def _is_number(cell: Cell) -> TypeGuard[int | float | Decimal]:
    return isinstance(cell, int | float | Decimal)
