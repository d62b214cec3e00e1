"""Maps of many areas for tests: a grid with shaken positions, columns of regions, blocks of districts."""

from __future__ import annotations

import random

from lotopt.territory.parts import Partition
from lotopt.territory.territory import Territory


def grid(width: int, height: int, seed: int = 1, regions: int = 2, block: int = 3) -> Territory:
    """`width` x `height` areas of 1 to 9 cases, borders of 1 to 3 km, and a design `old` of stripes."""
    draw = random.Random(seed).random
    places = [(x, y) for y in range(height) for x in range(width)]
    name = {place: f"a{number:05d}" for number, place in enumerate(places)}
    areas = {
        "area": [name[p] for p in places],
        "x": [1000 * (x + 0.6 * draw()) for x, _ in places],
        "y": [1000 * (y + 0.6 * draw()) for _, y in places],
        "cases": [1 + int(9 * draw()) for _ in places],
        "beds": [int(3 * draw()) for _ in places],
        "region": [f"r{x * regions // width}" for x, _ in places],
        "district": [f"d{x // block}-{y // block}" for x, y in places],
    }
    pairs = [(p, (p[0] + 1, p[1])) for p in places] + [(p, (p[0], p[1] + 1)) for p in places]
    borders = [(name[a], name[b], 1000 + int(2000 * draw())) for a, b in pairs if b in name]
    made = Territory.from_tables(areas, borders, measures=["cases", "beds"], layers=["region", "district"])
    stripes = Partition("old", ("low", "high"), made.xy[:, 1].argsort().argsort() * 2 // len(places))
    return made.with_design(stripes)
