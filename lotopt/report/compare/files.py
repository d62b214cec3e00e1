"""compare.html, compare.csv and the JSON document: the same bytes for the same designs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotopt.core.interrupt import undivided
from lotopt.report.compare.entry import Entry
from lotopt.report.compare.figures import Measured, Value
from lotopt.report.compare.notes import notes, warnings
from lotopt.report.files import put_in_place

if TYPE_CHECKING:
    from lotopt.report.compare.side_by_side import SideBySide

PAGE, SHEET = "compare.html", "compare.csv"
ABOUT = ("design", "how", "from", "base", "changed", "untold")


def write(found: SideBySide, folder: Path, *, title: str = "") -> tuple[Path, ...]:
    """Write both files into a folder: made beside what is there, and moved in once both are finished."""
    from lotopt.report.compare.page import page

    content = page(found, title=title).encode("utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    inside = Path(tempfile.mkdtemp(dir=folder, prefix=".lotopt-"))
    try:
        write_sheet(inside / SHEET, found)
        (inside / PAGE).write_bytes(content)
        with undivided():
            for name in (SHEET, PAGE):
                put_in_place(inside / name, folder / name)
    finally:
        shutil.rmtree(inside, ignore_errors=True)
    return folder / SHEET, folder / PAGE


def write_sheet(path: Path, found: SideBySide) -> Path:
    """compare.csv: one row per design, every figure as a number in its column, empty where there is none.

    Fractions are fractions, lengths in km, inertia in measure x km2, prices in GBP a year; `moved` figures are
    against the base, which is the first row.
    """
    from lotopt.report.tables import write_csv

    rows = [
        (*_about(found, each.entry), *values) for each, (_, values) in zip(found.measured, found.rows(), strict=True)
    ]
    return write_csv(path, (*ABOUT, *found.columns), rows)


def _about(found: SideBySide, entry: Entry) -> tuple[str | bool, ...]:
    changed, untold = "; ".join(entry.changed), "; ".join(entry.untold)
    return entry.name, entry.how, entry.source, entry is found.base, changed, untold


def document(found: SideBySide) -> dict[str, Any]:
    """The comparison as one document: figures and differences to the base as numbers, prices as exact text.

    `result` is the whole document of a run, as its result.json holds it.
    """
    base = found.measured[0]
    return {
        "schema_version": 1,
        "territory": found.territory.title or found.territory.source,
        "measure": found.measure,
        "base": found.base.name,
        "warnings": [*warnings(found)],
        "notes": [*notes(found)],
        "designs": [_entry(each, base, found.columns) for each in found.measured],
    }


def without_plans(entries: Sequence[Entry]) -> dict[str, Any]:
    """The same document where no entry has a plan, so that there is no base and nothing to compare."""
    alone = [Measured(entry, None, None, "") for entry in entries]
    columns = tuple(alone[0].figures) if alone else ()
    return {
        "schema_version": 1,
        "territory": "",
        "measure": "",
        "base": None,
        "warnings": [],
        "notes": [],
        "designs": [_entry(each, each, columns) for each in alone],
    }


def _entry(each: Measured, base: Measured, columns: Sequence[str]) -> dict[str, Any]:
    entry, more = each.entry, {} if each is base else each.difference(base)
    return {
        "name": entry.name,
        "how": entry.how,
        "from": entry.source,
        "made_by": entry.version,
        "changed": list(entry.changed),
        "could_not_be_checked": list(entry.untold),
        "figures": {key: _plain(each.figures.get(key)) for key in columns},
        "difference_to_base": {key: _plain(value) for key, value in more.items()},
        "lots": {} if each.plan is None else each.plan.lot_of,
        "result": entry.document,
    }


def _plain(value: Value) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value
