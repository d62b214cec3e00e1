"""Designs that were: the six of the territory, and the areas of the Restart scheme, which split police areas."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np

import lotopt as lo
from benchmarks.coherence.place import territory
from lotopt.core.errors import InputError

RESTART = Path(__file__).parent / "facts" / "restart-2021.csv"
SHORT = {
    "probation-areas-2001": "42 areas, 2001",
    "probation-trusts-2010": "35 trusts, 2010",
    "contract-package-areas-2014": "21 packages, 2014",
    "probation-regions-2021": "12 regions, 2021",
    "noms-regions-2004": "10 regions, 2004",
    "nps-divisions-2014": "7 divisions, 2014",
    "restart-2021": "12 Restart areas, 2021",
}


@cache
def historical() -> dict[str, lo.LotDesign]:
    """Every complete design by name, the one with most lots first, and Restart's at the end."""
    ground = territory()
    known = {name: lo.LotDesign.from_partition(ground, ground.design(name)) for name in ground.designs}
    by_lots = sorted(known.items(), key=lambda item: (-len(item[1]), item[0]))
    return {**dict(by_lots), "restart-2021": restart(ground)}


def restart(ground: lo.Territory) -> lo.LotDesign:
    """The twelve contract package areas of the Restart scheme, district by district.

    The source names counties and parts of London (DWP, Restart Scheme: Contract Package Areas, 26 April 2022). A
    place of the table that is smaller goes before a larger one that holds it. Boroughs, Milton Keynes and
    Buckinghamshire are assumed, as the column `basis` says.
    """
    with RESTART.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = np.full(len(ground), -1, dtype=np.int64)
    lots = tuple(dict.fromkeys(row["lot"] for row in rows))
    names = tuple(dict.fromkeys(row["lot_name"] for row in rows))
    for areas, lot in sorted(
        ((ground.places(row["place"]), row["lot"]) for row in rows), key=lambda one: -len(one[0])
    ):
        found[areas] = lots.index(lot)
    without = [ground.names[i] for i in np.flatnonzero(found < 0)]
    if without:
        raise InputError(RESTART.name, f"no lot for {', '.join(without)}")
    return lo.LotDesign(ground, lots, found, names, "12 areas of the Restart scheme, from 2021")
