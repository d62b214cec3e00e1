"""Features: the few things that can be measured of one lot.

Rules put limits on features and goals add them up, so one small vocabulary is all that has to be known in three
places: the compiled engine (engine/model/measure.py), the table (lots.py) and the audit (measured.py). Tests hold the
three against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from lotopt.territory.parts import Floats


@dataclass(frozen=True)
class One:
    """1 for every lot: counts lots."""


@dataclass(frozen=True)
class Total:
    """The lot's total of a measure, in the measure's unit."""

    measure: str


@dataclass(frozen=True)
class Span:
    """How many agencies of a layer the lot meets."""

    layer: str


@dataclass(frozen=True)
class Straddles:
    """1 when the lot lies in two or more agencies of a layer, else 0."""

    layer: str


@dataclass(frozen=True)
class Meets:
    """How many of the given groups of areas (indices) the lot holds a part of; the groups are disjoint."""

    groups: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class BorderLength:
    """Length of border shared with areas outside the lot, in km; coast does not count."""


@dataclass(frozen=True)
class Inertia:
    """Moment of inertia about the lot's weighted centroid, in measure x km2; areas count as points."""

    measure: str


@dataclass(frozen=True)
class Reach:
    """Largest distance in km from the lot's weighted centroid to the centroid of one of its areas."""

    measure: str


@dataclass(frozen=True)
class Deviation:
    """Absolute difference between the lot's total of a measure and `target`."""

    measure: str
    target: float


@dataclass(frozen=True)
class Moved:
    """The measure in the lot that does not come from the one lot of a given design it has most of."""

    design: str
    measure: str


@dataclass(frozen=True)
class Pieces:
    """In how many connected pieces the lot lies, over borders of the given kinds (None: all)."""

    kinds: tuple[str, ...] | None = None


Feature = One | Total | Span | Straddles | Meets | BorderLength | Inertia | Reach | Deviation | Moved | Pieces


class Measured(Protocol):
    """Lots that can be measured: what rules and goals read, whoever did the measuring."""

    @property
    def lots(self) -> tuple[str, ...]: ...

    def value(self, feature: Feature) -> Floats:
        """The feature of each lot (L,)."""
        ...

    def holds(self, areas: tuple[int, ...]) -> Floats:
        """How many of the given areas (indices) each lot holds (L,)."""
        ...
