"""Reads sheets of an untrusted workbook: a script run in a limited process of its own, never imported by lotopt.

    python -I workbook_child.py WORKBOOK FOLDER_OF_CALAMINE SHEET...

Writes one JSON document on standard output: {"refused": sentence}, or {"names": [...], "sheets": {name: rows},
"faults": [[sheet, cell, sentence]], "formulas": n}. Uses the standard library, python-calamine and `workbook_scan`.
"""

from __future__ import annotations

import datetime
import json
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

# -I leaves the script's own folder off the path; last of all, so that nothing in it can stand before the library
sys.path.append(str(Path(__file__).resolve().parents[2]))

from lotopt.market.workbook_scan import MEGABYTE, Refused, check_zip, scanned, sheet_parts

MEMORY, SECONDS = 1024 * MEGABYTE, 30


def limit() -> None:
    """Take away memory, time and the right to write files, where the system lets us."""
    try:
        import resource
    except ImportError:  # not on Windows; the parent still ends us when time is up
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0)):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):
            continue


def of_date(value: Any) -> list[str]:
    """A date or a time as JSON: ["date", text]."""
    if isinstance(value, datetime.timedelta | datetime.date | datetime.time):
        return ["date", str(value)]
    raise TypeError(value)


def read(path: str, wanted: list[str]) -> dict[str, Any]:
    faults: list[list[str]] = []
    formulas = 0
    with zipfile.ZipFile(path) as archive:
        check_zip(archive)
        parts = sheet_parts(archive)
        by_name = {name.strip().casefold(): name for name in parts}
        present = {sheet: by_name[sheet.casefold()] for sheet in wanted if sheet.casefold() in by_name}
        # a reader of one sheet may look at others, so all are held to the limits
        for name, (part, hidden) in parts.items():
            scan = scanned(archive, name, part)
            if name in present.values():
                faults += [[name, "", "the sheet is hidden; show it"]] if hidden else []
                faults += scan.faults
                formulas += scan.formulas
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(path)
    sheets = {
        sheet: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for sheet, name in present.items()
    }
    return {"names": list(parts), "sheets": sheets, "faults": faults, "formulas": formulas}


def main() -> None:
    path, folder, *wanted = sys.argv[1:]
    sys.path.append(folder)
    limit()
    try:
        answer = read(path, wanted)
    except Refused as refused:
        answer = {"refused": str(refused)}
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, zlib.error) as error:
        answer = {"refused": f"it is broken or not an .xlsx workbook ({error})"}
    except MemoryError:
        answer = {"refused": "it needs more memory than a workbook of bids should"}
    # dumps is compiled, dump is not
    sys.stdout.write(json.dumps(answer, default=of_date))


if __name__ == "__main__":
    main()
