"""Maps drawn in letters, for every test: `plan("AAB / ABB / CCC")`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from lotopt.territory.parts import Ints, Partition
from lotopt.territory.territory import Territory

SIDE = 1000.0  # every cell is a square of one kilometre
EMPTY = "."


@dataclass(frozen=True)
class Drawn:
    """A grid of unit squares as a territory, and the letters on it as a partition into lots."""

    territory: Territory
    of: Ints
    lots: tuple[str, ...]

    @property
    def partition(self) -> Partition:
        return Partition("drawn", self.lots, self.of)


def plan(
    drawing: str,
    *,
    measures: Mapping[str, str] | None = None,
    layers: Mapping[str, str] | None = None,
    links: Sequence[tuple[str, str, str]] = (),
) -> Drawn:
    """A map drawn in letters: one letter per square, rows from north to south split by `/`, `.` for no ground.

    Areas are `r1c1`, `r1c2` ... (row, column), one square kilometre each; squares that share a side border each other
    over 1000 m. Layers are drawn likewise (`.` for no agency), measures as numbers (`cases` is 1 everywhere unless
    drawn), links are (a, b, kind).
    """
    cells = {place: letter for place, letter in _cells(drawing).items() if letter != EMPTY}
    width = len(str(max(max(place) for place in cells) + 1))
    ids = {place: f"r{place[0] + 1:0{width}}c{place[1] + 1:0{width}}" for place in cells}
    columns: dict[str, Sequence[object]] = {
        "area": list(ids.values()),
        "x": [(column + 0.5) * SIDE for _, column in cells],
        "y": [-(row + 0.5) * SIDE for row, _ in cells],
        "km2": [1.0] * len(cells),
    }
    drawn_measures = {"cases": " / ".join(" ".join("1" * len(row)) for row in _rows(drawing)), **(measures or {})}
    for name, numbers in drawn_measures.items():
        grid = [row.split() for row in numbers.split("/")]
        columns[name] = [float(grid[row][column]) for row, column in cells]
    for name, letters in (layers or {}).items():
        columns[name] = [_cells(letters)[place].replace(EMPTY, "") for place in cells]
    borders: list[tuple[object, ...]] = [
        (ids[row, column], ids[other], SIDE)
        for row, column in cells
        for other in ((row, column + 1), (row + 1, column))
        if other in cells
    ]
    borders += [(a, b, 0.0, kind) for a, b, kind in links]
    territory = Territory.from_tables(
        columns, borders, measures=list(drawn_measures), layers=list(layers or {}), islands_allowed=True
    )
    lots = tuple(sorted(set(cells.values())))
    return Drawn(territory, np.array([lots.index(letter) for letter in cells.values()], dtype=np.int64), lots)


def _rows(drawing: str) -> list[str]:
    return ["".join(row.split()) for row in drawing.split("/")]


def _cells(drawing: str) -> dict[tuple[int, int], str]:
    return {(i, j): letter for i, row in enumerate(_rows(drawing)) for j, letter in enumerate(row)}


@pytest.fixture(scope="session", autouse=True)
def fresh_kernels() -> None:
    """No test runs machine code of kernels that were edited since."""
    from lotopt.engine.prepare import forget_stale

    forget_stale()


@pytest.fixture(scope="session", name="plan")
def plan_fixture() -> Callable[..., Drawn]:
    """`plan`, for tests that take it as an argument."""
    return plan
