"""A lot as the market sees it: what is in it, where, and how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class AreaFacts:
    """One area of a lot: its id, centroid (km) and volume of each measure."""

    id: str
    x_km: float = 0.0
    y_km: float = 0.0
    volumes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class LotFacts:
    """One lot to be awarded, without any shape: id, name, the areas in it and the total of each measure."""

    id: str
    name: str = ""
    areas: tuple[AreaFacts, ...] = ()
    volumes: Mapping[str, float] = field(default_factory=dict)
