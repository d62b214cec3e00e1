"""LotTable: a batch of lots with all that is measured about each, as array expressions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lotopt.territory import features as f
from lotopt.territory.parts import Bools, Floats, Ints
from lotopt.territory.territory import Territory

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class LotTable:
    """Lots of a territory: `members` (L, n) says which areas each lot holds, `lots` (L,) their ids.

    The lots need not be a partition: a table may hold the lots of a design or any batch of candidates.
    """

    territory: Territory
    members: Bools
    lots: tuple[str, ...]

    @classmethod
    def of_labels(cls, territory: Territory, of: Ints, lots: tuple[str, ...]) -> LotTable:
        """The lots of a partition: `of` (n,) indices into `lots`."""
        return cls(territory, of[None, :] == np.arange(len(lots))[:, None], lots)

    def __len__(self) -> int:
        return len(self.lots)

    def value(self, feature: f.Feature) -> Floats:
        """Any feature of each lot (L,)."""
        return _MEASURES[type(feature)](self, feature)

    def holds(self, areas: tuple[int, ...]) -> Floats:
        """How many of the given areas (indices) each lot holds (L,)."""
        return self.members[:, list(areas)].sum(axis=1).astype(np.float64)

    def total(self, measure: str) -> Floats:
        """Total of a measure (L,), in its unit."""
        return self._weights @ self.territory.measure(measure)

    def meets(self, layer: str) -> Bools:
        """Which agencies of a layer each lot meets (L, agencies)."""
        return self.shares(layer, None) > 0

    def shares(self, layer: str, measure: str | None) -> Floats:
        """How much of a measure (areas, when None) each lot has in each agency of a layer (L, agencies)."""
        found = self.territory.layer(layer)
        return self._spread(found.of, len(found.agencies), measure)

    def _spread(self, of: Ints, count: int, measure: str | None) -> Floats:
        weight = np.ones(len(of)) if measure is None else self.territory.measure(measure)
        inside = np.zeros((len(of), count))
        known = np.flatnonzero(of >= 0)
        inside[known, of[known]] = weight[known]
        return self._weights @ inside

    def centre(self, measure: str) -> Floats:
        """Weighted centroid of each lot (L, 2) in km; where the lot has none of the measure, the plain mean."""
        weight = self._weights * self.territory.measure(measure)[None, :]
        empty = weight.sum(axis=1) <= 0
        weight[empty] = self._weights[empty]
        return (weight @ self._km) / weight.sum(axis=1)[:, None]

    def inertia(self, measure: str) -> Floats:
        """Moment of inertia about the weighted centroid (L,), measure x km2."""
        weight = self._weights * self.territory.measure(measure)[None, :]
        return (weight * self._squared_distance(measure)).sum(axis=1)

    def reach(self, measure: str) -> Floats:
        """Largest distance in km from the weighted centroid to the centroid of an area of the lot (L,)."""
        return np.sqrt(np.where(self.members, self._squared_distance(measure), 0.0).max(axis=1, initial=0.0))

    def mean_distance(self, measure: str) -> Floats:
        """Mean distance in km to the weighted centroid, weighted by the measure (L,)."""
        weight = self._weights * self.territory.measure(measure)[None, :]
        total = np.maximum(weight.sum(axis=1), 1e-300)
        return (weight * np.sqrt(self._squared_distance(measure))).sum(axis=1) / total

    def _squared_distance(self, measure: str) -> Floats:
        offset = self._km[None, :, :] - self.centre(measure)[:, None, :]
        return np.asarray((offset**2).sum(axis=2))

    def border_length(self) -> Floats:
        """Length of border shared with areas outside the lot (L,), in km."""
        borders = self.territory.borders
        cut = self.members[:, borders.a] != self.members[:, borders.b]
        return cut @ borders.metres / 1000.0

    def pieces(self, kinds: tuple[str, ...] | None = None) -> Floats:
        """In how many connected pieces each lot lies over borders of the given kinds (L,)."""
        borders = self.territory.borders
        chosen = borders.of_kinds(kinds)
        a, b = borders.a[chosen], borders.b[chosen]
        # every area takes the smallest label in reach, until nothing changes: one array step per ring of areas
        label = np.where(self.members, np.arange(len(self.territory))[None, :], len(self.territory))
        inside = self.members[:, a] & self.members[:, b]
        rows, edges = np.nonzero(inside)
        while True:
            before = label.copy()
            low = np.minimum(label[rows, a[edges]], label[rows, b[edges]])
            np.minimum.at(label, (rows, a[edges]), low)
            np.minimum.at(label, (rows, b[edges]), low)
            if np.array_equal(before, label):
                break
        own = label == np.arange(len(self.territory))[None, :]
        return (own & self.members).sum(axis=1).astype(np.float64)

    @cached_property
    def _weights(self) -> Floats:
        return self.members.astype(np.float64)

    @cached_property
    def _km(self) -> Floats:
        return self.territory.xy / 1000.0

    def to_frame(self) -> pd.DataFrame:
        """One row per lot: id, number of areas, every measure's total, border length and span of every layer."""
        import pandas as pd

        frame = pd.DataFrame({"lot": self.lots, "areas": self.members.sum(axis=1)})
        for measure in self.territory.measures:
            frame[measure] = self.total(measure)
        frame["border_km"] = self.border_length()
        for layer in self.territory.layers:
            frame[f"{layer}_span"] = self.meets(layer).sum(axis=1)
        return frame


def _moved(table: LotTable, feature: f.Moved) -> Floats:
    base = table.territory.design(feature.design)
    shares = table._spread(base.of, len(base.lots), feature.measure)
    return table.total(feature.measure) - shares.max(axis=1, initial=0.0)


def _met(table: LotTable, feature: f.Meets) -> Floats:
    met = [table.holds(group) > 0 for group in feature.groups]
    return np.sum(met, axis=0).astype(np.float64) if met else np.zeros(len(table))


_MEASURES: dict[type, Callable[[LotTable, object], Floats]] = {
    f.One: lambda t, _: np.ones(len(t)),
    f.Total: lambda t, x: t.total(x.measure),  # type: ignore[attr-defined]
    f.Span: lambda t, x: t.meets(x.layer).sum(axis=1).astype(np.float64),  # type: ignore[attr-defined]
    f.Straddles: lambda t, x: (t.meets(x.layer).sum(axis=1) > 1).astype(np.float64),  # type: ignore[attr-defined]
    f.Meets: _met,  # type: ignore[dict-item]
    f.BorderLength: lambda t, _: t.border_length(),
    f.Inertia: lambda t, x: t.inertia(x.measure),  # type: ignore[attr-defined]
    f.Reach: lambda t, x: t.reach(x.measure),  # type: ignore[attr-defined]
    f.Deviation: lambda t, x: np.abs(t.total(x.measure) - x.target),  # type: ignore[attr-defined]
    f.Moved: _moved,  # type: ignore[dict-item]
    f.Pieces: lambda t, x: t.pieces(x.kinds),  # type: ignore[attr-defined]
}
