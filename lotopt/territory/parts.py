"""What a territory is made of, as plain arrays: measures, layers, borders, partitions, points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NO_AGENCY = -1
BARRIER = "barrier"  # the kind of a border that cannot be crossed


@dataclass(frozen=True, eq=False)
class Measure:
    """A number per area: `values` (n,) in `unit`."""

    name: str
    values: Floats
    title: str = ""
    unit: str = ""
    source: str = ""


@dataclass(frozen=True, eq=False)
class Layer:
    """Another division of the ground: `of` (n,) holds each area's agency, an index into `agencies` or -1 for none.

    `approximate` maps area ids to a note where the assignment is not exact.
    """

    name: str
    agencies: tuple[str, ...]
    of: Ints
    names: tuple[str, ...] = ()
    title: str = ""
    source: str = ""
    note: str = ""
    approximate: Mapping[str, str] = field(default_factory=dict)

    def name_of(self, agency: int) -> str:
        return self.names[agency] if self.names else self.agencies[agency]


@dataclass(frozen=True, eq=False)
class Borders:
    """Pairs of neighbouring areas: `a`, `b` (m,) indices with a < b, `metres` (m,) shared length, `kinds` (m,) words.

    A link without a shared border (bridge, tunnel, ferry) has 0 metres. A border of the kind `barrier` has its length
    but joins nothing unless it is asked for by name.
    """

    a: Ints
    b: Ints
    metres: Floats
    kinds: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def all_kinds(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.kinds)))

    def of_kinds(self, kinds: Sequence[str] | None) -> Bools:
        """Which borders are of the given kinds; all but barriers when None."""
        if kinds is None:
            return np.array([kind != BARRIER for kind in self.kinds], dtype=bool)
        return np.array([kind in kinds for kind in self.kinds], dtype=bool)


@dataclass(frozen=True, eq=False)
class Partition:
    """A named division of the areas into lots: `of` (n,) indices into `lots`."""

    name: str
    lots: tuple[str, ...]
    of: Ints
    names: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Point:
    """A court or a prison: position in the territory's CRS (metres), the id of its area, its size in `unit`."""

    id: str
    name: str
    type: str
    x: float
    y: float
    area: str
    size: float | None = None
    unit: str = ""
