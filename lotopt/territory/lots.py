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
        return self._added(self.territory.measure(measure)[self._areas])

    def meets(self, layer: str) -> Bools:
        """Which agencies of a layer each lot meets (L, agencies)."""
        return self.shares(layer, None) > 0

    def shares(self, layer: str, measure: str | None) -> Floats:
        """How much of a measure (areas, when None) each lot has in each agency of a layer (L, agencies)."""
        found = self.territory.layer(layer)
        return self._spread(found.of, len(found.agencies), measure)

    def _spread(self, of: Ints, count: int, measure: str | None) -> Floats:
        weight = np.ones(len(of)) if measure is None else self.territory.measure(measure)
        known = of[self._areas] >= 0
        areas, rows = self._areas[known], self._rows[known]
        added = np.bincount(rows * count + of[areas], weights=weight[areas], minlength=len(self) * count)
        return added.astype(np.float64).reshape(len(self), count)

    def centre(self, measure: str) -> Floats:
        """Weighted centroid of each lot (L, 2) in km; where the lot has none of the measure, the plain mean.

        An empty lot has none: not a number.
        """
        weight = self.territory.measure(measure)[self._areas]
        weight = np.where((self._added(weight) > 0)[self._rows], weight, 1.0)
        added = [self._added(weight * self._km[self._areas, axis]) for axis in range(2)]
        total = self._added(weight)
        return np.asarray(np.stack(added, axis=1) / np.where(total > 0, total, np.nan)[:, None])

    def inertia(self, measure: str) -> Floats:
        """Moment of inertia about the weighted centroid (L,), measure x km2."""
        return self._added(self.territory.measure(measure)[self._areas] * self._squared_distance(measure))

    def reach(self, measure: str) -> Floats:
        """Largest distance in km from the weighted centroid to the centroid of an area of the lot (L,)."""
        furthest = np.zeros(len(self))
        np.maximum.at(furthest, self._rows, self._squared_distance(measure))
        return np.asarray(np.sqrt(furthest))

    def mean_distance(self, measure: str) -> Floats:
        """Mean distance in km to the weighted centroid, weighted by the measure (L,)."""
        weight = self.territory.measure(measure)[self._areas]
        total = np.maximum(self._added(weight), 1e-300)
        return self._added(weight * np.sqrt(self._squared_distance(measure))) / total

    def _squared_distance(self, measure: str) -> Floats:
        """Of each place in a lot to the lot's centre, km2."""
        offset = self._km[self._areas] - self.centre(measure)[self._rows]
        return np.asarray((offset**2).sum(axis=1))

    def border_length(self) -> Floats:
        """Length of border shared with areas outside the lot (L,), in km."""
        metres = self.territory.borders.metres
        place, edge, other = self._edges
        outside = ~self.members[self._rows[place], other]
        added = np.bincount(self._rows[place[outside]], weights=metres[edge[outside]], minlength=len(self))
        return added.astype(np.float64) / 1000.0

    def cut_edges(self) -> Floats:
        """How many pairs of neighbouring areas each lot holds one of (L,), over all borders but barriers."""
        place, edge, other = self._edges
        cut = ~self.members[self._rows[place], other] & self.territory.borders.of_kinds(None)[edge]
        return np.bincount(self._rows[place[cut]], minlength=len(self)).astype(np.float64)

    def polsby_popper(self) -> Floats | None:
        """Roundness of each lot (L,): 4 pi ground / outline2, 1 for a circle, not a number for an empty lot.

        From polygons; None where the territory has none.
        """
        from lotopt.territory.shapes import outline

        if (self.members.sum(axis=0) > 1).any():  # lots that overlap, one by one
            alone = [LotTable(self.territory, self.members[[k]], self.lots[k : k + 1]) for k in range(len(self))]
            each = [table.polsby_popper() for table in alone]
            return None if any(one is None for one in each) else np.concatenate([o for o in each if o is not None])
        shapes = outline(self.territory, np.where(self.members.any(axis=0), self.members.argmax(axis=0), -1))
        if shapes is None:
            return None
        found = np.full(len(self), np.nan)
        for k, shape in enumerate(shapes):
            found[k] = 4 * np.pi * shape.area / shape.length**2 if shape.length else np.nan
        return found

    def pieces(self, kinds: tuple[str, ...] | None = None) -> Floats:
        """In how many connected pieces each lot lies over borders of the given kinds (L,)."""
        n = len(self.territory)
        place, edge, other = self._edges
        inside = self.members[self._rows[place], other] & self.territory.borders.of_kinds(kinds)[edge]
        keys = self._rows * n + self._areas  # ascending, as places are
        a, b = place[inside], np.searchsorted(keys, self._rows[place[inside]] * n + other[inside])
        # every place takes the smallest label in reach, and then that of its label, until nothing changes
        label = np.arange(len(keys))
        while True:
            before = label.copy()
            np.minimum.at(label, a, label[b])
            label = label[label]
            if np.array_equal(before, label):
                break
        return self._added((label == np.arange(len(keys))).astype(np.float64))

    def _added(self, values: Floats) -> Floats:
        """Numbers of places (P,) added up for each lot."""
        return np.bincount(self._rows, weights=values, minlength=len(self)).astype(np.float64)

    # the places of all lots: pairs of a lot and an area it holds. Work on these grows with the areas of a partition,
    # not with areas times lots.

    @cached_property
    def _places(self) -> tuple[Ints, Ints]:
        rows, areas = np.nonzero(self.members)
        return rows.astype(np.int64), areas.astype(np.int64)

    @property
    def _rows(self) -> Ints:
        return self._places[0]

    @property
    def _areas(self) -> Ints:
        return self._places[1]

    @cached_property
    def _edges(self) -> tuple[Ints, Ints, Ints]:
        """Every border of every place: the place, the border, and the area on its other side."""
        borders = self.territory.borders
        ends = np.concatenate([borders.a, borders.b])
        others = np.concatenate([borders.b, borders.a])
        order = np.argsort(ends, kind="stable")
        first = np.searchsorted(ends[order], np.arange(len(self.territory) + 1))
        count = np.diff(first)[self._areas]
        place = np.repeat(np.arange(len(count)), count)
        at = order[np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + first[self._areas][place]]
        return place, at % max(len(borders.a), 1), others[at]

    @cached_property
    def _km(self) -> Floats:
        return self.territory.xy / 1000.0

    def to_frame(self, measure: str | None = None, *, outlines: bool = False) -> pd.DataFrame:
        """One row per lot: id, number of areas, every measure's total, its shape and the span of every layer.

        `inertia` (measure x km2), `mean_km` and `reach_km` are about the centre weighted by a measure, the first
        unless named; `polsby_popper` is there with `outlines`, where the territory has polygons.
        """
        import pandas as pd

        frame = pd.DataFrame({"lot": self.lots, "areas": self.members.sum(axis=1)})
        for name in self.territory.measures:
            frame[name] = self.total(name)
        frame["border_km"] = self.border_length()
        frame["cut_edges"] = self.cut_edges().astype(np.int64)
        weight = measure or next(iter(self.territory.measures), None)
        if weight is not None and self.territory.xy.any():
            frame["inertia"] = self.inertia(weight)
            frame["mean_km"], frame["reach_km"] = self.mean_distance(weight), self.reach(weight)
        round_ = self.polsby_popper() if outlines else None
        if round_ is not None:
            frame["polsby_popper"] = round_
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
