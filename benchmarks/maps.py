"""Made-up maps, the same for the same seed on every machine: a jittered grid with diagonals, so always planar."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from lotopt.territory.territory import Territory

SIDE = 20_000.0  # metres between the middles of two neighbouring cells


class Map(Protocol):
    """Anything that a territory can be made from."""

    def territory(self) -> Territory: ...


@dataclass(frozen=True)
class PlanarMap:
    """`width` x `height` areas, each with 100 to 900 cases, borders of 2 to 20 km.

    Only `random.random` is drawn from: Python promises the same numbers for the same seed in every version.
    """

    seed: int
    width: int
    height: int

    def territory(self) -> Territory:
        """The map as a territory with the measure `cases`."""
        from lotopt.territory.territory import Territory

        draw = random.Random(self.seed).random
        places = [(column, row) for row in range(self.height) for column in range(self.width)]
        name = {place: f"a{number:03d}" for number, place in enumerate(places)}
        columns: dict[str, list[Any]] = {
            "area": [name[place] for place in places],
            "x": [round(SIDE * (column + 0.7 * (draw() - 0.5))) for column, _ in places],
            "y": [round(SIDE * (row + 0.7 * (draw() - 0.5))) for _, row in places],
            "cases": [100 + int(800 * draw() * draw()) for _ in places],
        }
        pairs = [(place, (place[0] + 1, place[1])) for place in places]
        pairs += [(place, (place[0], place[1] + 1)) for place in places]
        for column, row in places:  # one diagonal or the other in each cell, now and then none
            turn = draw()
            if turn < 0.4:
                pairs.append(((column, row), (column + 1, row + 1)))
            elif turn < 0.8:
                pairs.append(((column + 1, row), (column, row + 1)))
        borders = [(name[a], name[b], 2000.0 + 100 * int(180 * draw())) for a, b in pairs if a in name and b in name]
        return Territory.from_tables(columns, borders, measures=["cases"], title=str(self))


@dataclass(frozen=True)
class National:
    """The 318 local authority districts of England and Wales that come with the package."""

    def territory(self) -> Territory:
        """The embedded territory."""
        from lotopt.territory.places import load_territory

        return load_territory("england-wales")
