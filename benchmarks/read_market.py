"""How long a market of 100,000 bids takes to be read, from a workbook and from a folder of CSV files.

    python -m benchmarks.read_market [BIDS] [SEED]

Makes both from the seed, reads each in a process of its own, and prints rows, seconds, CPU seconds (those of the
process that takes the workbook apart included) and the most memory either process held. No provider or price is real.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

LOTS, PROVIDERS, BIDS, SEED = 1000, 400, 100_000, 1
Row = list[object]
COLUMNS = [
    "bid", "provider", "lots", "services", "price", "fixed", "quality", "covers", "alternative", "only_with",
    "members", "volume_cases",
]  # fmt: skip


def tables(bids: int, seed: int) -> dict[str, list[Row]]:
    """Providers, lots and bids as rows: half for one lot, half for two to four lots next to each other."""
    draw = random.Random(f"market {bids} {seed}")
    lots: list[Row] = [["lot", "lot_name", "region", "value", "volume_cases"]]
    lots += [[f"L{i}", f"Lot {i}", f"R{i // 40}", 80 * (100 + i), 100 + i] for i in range(LOTS)]
    who: list[Row] = [["provider", "name", "group", "kind", "funding", "capacity_cases"]]
    who += [[f"p{i}", f"Provider {i} (made up)", "", "private", 5_000_000 + i, 20_000] for i in range(PROVIDERS)]
    return {"Providers": who, "Lots": lots, "Bids": [list(COLUMNS), *_bids(bids, draw)]}


def _bids(bids: int, draw: random.Random) -> Iterator[Row]:
    """Every other bid is a package; now and then a bid says more than its price."""
    seen: set[tuple[int, int, int]] = set()
    while len(seen) < bids:
        at = len(seen)
        of, first = at % PROVIDERS, int(LOTS * draw.random())
        size = 1 if at % 2 else 2 + int(3 * draw.random())
        if (of, first, size) in seen or first + size > LOTS:
            continue
        seen.add((of, first, size))
        names = "; ".join(f"L{i}" for i in range(first, first + size))
        price = Decimal(round(size * (20_000_000 + 10_000_000 * draw.random()))) / 100
        fixed, quality = round(price / 10, 2), round(Decimal(50 + 50 * draw.random()), 1)
        alternative = "a" if at % 50 == 0 else ""
        only_with = f"b{at - PROVIDERS}" if at % 30 == 29 and at > PROVIDERS else ""
        members = "Helper Ltd; Other CIC" if at % 20 == 0 else ""
        yield [f"b{at}", f"p{of}", names, "", price, fixed, quality, 1, alternative, only_with, members, 100 * size]


def write(folder: Path, content: dict[str, list[Row]]) -> tuple[Path, Path]:
    """A folder of CSV files and a workbook with the same content."""
    import xlsxwriter

    beside = folder / "csv"
    beside.mkdir()
    book = xlsxwriter.Workbook(str(folder / "market.xlsx"))
    for name, rows in content.items():
        with (beside / f"{name.lower()}.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows(rows)
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value != "":
                    sheet.write(at, column, value)
    book.close()
    return beside, folder / "market.xlsx"


def read(path: str) -> dict[str, float]:
    """Read a market and say what that took; the program is loaded before the clock starts."""
    import resource

    from lotopt.market.read import read_market

    def cpu() -> float:
        used = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(of.ru_utime + of.ru_stime for of in used)

    before, start = cpu(), time.perf_counter()
    market = read_market(path)
    seconds, spent = time.perf_counter() - start, cpu() - before
    most = max(resource.getrusage(of).ru_maxrss for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {"rows": len(market.bids), "seconds": seconds, "cpu": spent, "mb": most / 1024}


def main() -> None:
    if sys.argv[1:2] == ["read"]:
        print(json.dumps(read(sys.argv[2])))
        return
    bids, seed = (int(given) for given in [*sys.argv[1:3], *map(str, (BIDS, SEED)[len(sys.argv) - 1 :])])
    print(f"{'form':10}{'file MB':>9}{'rows':>9}{'seconds':>9}{'CPU s':>8}{'MB held':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for form, path in zip(("csv", "workbook"), write(Path(folder), tables(bids, seed)), strict=True):
            size = sum(file.stat().st_size for file in ([path] if path.is_file() else path.iterdir())) / (1 << 20)
            command = [sys.executable, "-m", "benchmarks.read_market", "read", str(path)]
            took = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            figures = f"{took['seconds']:9.2f}{took['cpu']:8.2f}{took['mb']:9.0f}"
            print(f"{form:10}{size:9.1f}{took['rows']:9,}{figures}")


if __name__ == "__main__":
    main()
