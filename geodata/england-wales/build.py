"""Remake this folder: tables from the fact tables, polygons from postcodes and a coastline.

    python build.py                         write the tables
    python build.py --polygons              write the polygons as well (network, some minutes)
    python build.py --check [--polygons]    rebuild elsewhere and compare with what is here
"""

import argparse
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from rebuild import tables

TABLES = ("agencies.csv", "areas.csv", "borders.csv", "designs.csv", "flags.csv", "points.csv")
POLYGONS = "areas.gpkg"


def main() -> int:
    """Build, or compare; 0 when everything agrees."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--polygons", action="store_true", help="the polygons too; fetches three packages")
    parser.add_argument("--check", action="store_true", help="compare a fresh build with this folder")
    wanted = parser.parse_args()
    if not wanted.check:
        build(HERE, wanted.polygons)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        build(fresh, wanted.polygons)
        wrong = [name for name in TABLES if (fresh / name).read_bytes() != (HERE / name).read_bytes()]
        if wanted.polygons and (fresh / POLYGONS).read_bytes() != (HERE / POLYGONS).read_bytes():
            from rebuild import package

            found = package.differences(fresh / POLYGONS, HERE / POLYGONS)
            wrong += [f"{POLYGONS}: {line}" for line in found]
    for name in wrong:
        print(f"differs from a fresh build: {name}", file=sys.stderr)
    return 1 if wrong else 0


def build(out: Path, polygons: bool) -> None:
    """Write the tables, and the polygons when asked, into a folder."""
    tables.build(HERE / "facts", out)
    if polygons:
        from rebuild import package

        package.build(HERE.parents[1] / ".cache", HERE / "areas.csv", out / POLYGONS)


if __name__ == "__main__":
    sys.exit(main())
