"""AuditTable: lots measured once more by other means, so that a mistake in one place is seen in the other.

Shares nothing with `LotTable` or the engine but the arrays of the territory: pandas groups totals, spans and moves,
networkx finds pieces, plain Python with exact sums does the geometry of points, and shapely measures borders where
they came from polygons.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from lotopt.territory import features as f
from lotopt.territory.adjacency import SNAP
from lotopt.territory.parts import BARRIER, Floats, Ints
from lotopt.territory.territory import Territory

if TYPE_CHECKING:
    import pandas as pd

METRES_PER_KM = 1.0  # by how much two ways of measuring a border may differ
OVERLAP_SHARE = 1e-3  # of the smaller lot; the reader has told of every overlap of areas already


class AuditTable:
    """Lots measured independently: what rules and goals read when a plan is audited.

    `held` maps each lot to the indices of its areas, which need not be a partition: `faults` says where it is none.
    """

    def __init__(self, territory: Territory, held: Mapping[str, Sequence[int]]) -> None:
        self.territory = territory
        self.held = {lot: tuple(sorted(areas)) for lot, areas in held.items()}

    @classmethod
    def of_labels(cls, territory: Territory, of: Ints, lots: Sequence[str]) -> AuditTable:
        """The lots of labels (n,): indices into `lots`; any other number leaves its area without a lot."""
        held: dict[str, list[int]] = {lot: [] for lot in lots}
        for area, label in enumerate(np.asarray(of).tolist()):
            if 0 <= label < len(lots):
                held[lots[label]].append(area)
        return cls(territory, held)

    @property
    def lots(self) -> tuple[str, ...]:
        return tuple(self.held)

    def __len__(self) -> int:
        return len(self.held)

    def value(self, feature: f.Feature) -> Floats:
        """Any feature of each lot (L,)."""
        return np.array(_WAYS[type(feature)](self, feature), dtype=np.float64)

    def holds(self, areas: tuple[int, ...]) -> Floats:
        """How many of the given areas (indices) each lot holds (L,)."""
        wanted = set(areas)
        return np.array([len(wanted.intersection(held)) for held in self.held.values()], dtype=np.float64)

    @cached_property
    def faults(self) -> tuple[str, ...]:
        """What makes the lots no partition, and where polygons and the table of borders disagree."""
        return (*self._partition_faults(), *self._shape_faults())

    def _partition_faults(self) -> list[str]:
        ids = self.territory.ids
        found = [f"lot '{lot}' holds no area" for lot, held in self.held.items() if not held]
        owners: dict[int, list[str]] = {}
        for lot, held in self.held.items():
            for area in held:
                owners.setdefault(area, []).append(lot)
        for area, lots in sorted(owners.items()):
            if not 0 <= area < len(ids):
                found.append(f"lot '{lots[0]}' holds area number {area}, which there is not")
            elif len(lots) > 1:
                found.append(f"area '{ids[area]}' is in {len(lots)} lots: {', '.join(lots)}")
        found += [f"area '{area}' is in no lot" for i, area in enumerate(ids) if i not in owners]
        return found

    def _shape_faults(self) -> list[str]:
        if not self.territory.borders_from_shapes or self._partition_faults():
            return []
        from lotopt.territory.shapes import shapes

        across = _Across(shapes(self.territory) or [], {i: lot for lot, held in self.held.items() for i in held})
        found = []
        for lot, table in zip(self.lots, self._border_km(), strict=True):
            metres = across.metres.get(lot, 0.0)
            if abs(table * 1000 - metres) > METRES_PER_KM * max(table, 1.0) + across.doubt.get(lot, 0.0):
                found.append(
                    f"lot '{lot}' has {table:.3f} km of border by the table, {metres / 1000:.3f} km by its polygons"
                )
        for (a, b), m2 in sorted(across.overlaps.items()):
            if m2 > OVERLAP_SHARE * min(across.ground[a], across.ground[b]):
                found.append(f"lots '{a}' and '{b}' overlap by {m2:,.0f} m2")
        return found

    @cached_property
    def _frame(self) -> pd.DataFrame:
        """One row per lot and area it holds: lot, area, every measure, layer and design."""
        import pandas as pd

        rows = [(lot, area) for lot, held in self.held.items() for area in held]
        frame = pd.DataFrame(rows, columns=["lot", "area"]).astype({"area": "int64"})
        areas = pd.DataFrame({"area": range(len(self.territory))})
        for key, measure in self.territory.measures.items():
            areas[f"measure {key}"] = measure.values
        for key, layer in self.territory.layers.items():
            areas[f"layer {key}"] = layer.of
        for key, design in self.territory.designs.items():
            areas[f"design {key}"] = design.of
        return frame.merge(areas, on="area", how="left")

    def _measure(self, name: str) -> str:
        self.territory.measure(name)  # says what is possible when there is none of that name
        return f"measure {name}"

    def _per_lot(self, found: pd.Series[Any]) -> list[float]:
        return [float(value) for value in found.reindex(list(self.lots), fill_value=0).tolist()]

    def _total(self, measure: str) -> list[float]:
        column = self._measure(measure)
        return self._per_lot(self._frame.groupby("lot")[column].agg(math.fsum))

    def _span(self, layer: str) -> list[float]:
        self.territory.layer(layer)
        frame = self._frame[self._frame[f"layer {layer}"] >= 0]
        return self._per_lot(frame.groupby("lot")[f"layer {layer}"].nunique())

    def _meets(self, groups: tuple[tuple[int, ...], ...]) -> list[float]:
        group_of = {area: k for k, group in enumerate(groups) for area in group}
        frame = self._frame.assign(group=self._frame["area"].map(group_of))
        return self._per_lot(frame.groupby("lot")["group"].nunique())

    def _moved(self, feature: f.Moved) -> list[float]:
        self.territory.design(feature.design)
        column, design = self._measure(feature.measure), f"design {feature.design}"
        kept = self._frame[self._frame[design] >= 0].groupby(["lot", design])[column].agg(math.fsum)
        most = self._per_lot(kept.groupby("lot").max())
        return [total - part for total, part in zip(self._total(feature.measure), most, strict=True)]

    def _border_km(self) -> list[float]:
        import pandas as pd

        borders = self.territory.borders
        here = pd.DataFrame({"area": borders.a, "other": borders.b, "metres": borders.metres})
        there = pd.DataFrame({"area": borders.b, "other": borders.a, "metres": borders.metres})
        met = self._frame[["lot", "area"]].merge(pd.concat([here, there]), on="area")
        own = self._frame[["lot", "area"]].rename(columns={"area": "other"})
        cut = met.merge(own, on=["lot", "other"], how="left", indicator="held").query("held == 'left_only'")
        return [metres / 1000 for metres in self._per_lot(cut.groupby("lot")["metres"].agg(math.fsum))]

    def _pieces(self, kinds: tuple[str, ...] | None) -> list[float]:
        import networkx as nx

        borders = self.territory.borders
        graph = nx.Graph()
        graph.add_nodes_from(range(len(self.territory)))
        for a, b, kind in zip(borders.a.tolist(), borders.b.tolist(), borders.kinds, strict=True):
            if kind != BARRIER if kinds is None else kind in kinds:
                graph.add_edge(a, b)
        return [float(nx.number_connected_components(graph.subgraph(held))) for held in self.held.values()]

    def _points(self, held: Sequence[int], measure: str) -> tuple[list[float], list[float]]:
        """The weight of each area and its squared distance (km2) to their weighted centroid."""
        values = self.territory.measure(measure)
        weight = [float(values[i]) for i in held]
        xy = [(float(self.territory.xy[i, 0]) / 1000, float(self.territory.xy[i, 1]) / 1000) for i in held]
        share = weight if math.fsum(weight) > 0 else [1.0] * len(held)
        total = math.fsum(share)
        cx, cy = (math.fsum(w * p[axis] for w, p in zip(share, xy, strict=True)) / total for axis in (0, 1))
        return weight, [(x - cx) ** 2 + (y - cy) ** 2 for x, y in xy]

    def _inertia(self, measure: str) -> list[float]:
        found = []
        for held in self.held.values():
            weight, squared = self._points(held, measure) if held else ([], [])
            found.append(math.fsum(w * d for w, d in zip(weight, squared, strict=True)))
        return found

    def _reach(self, measure: str) -> list[float]:
        return [math.sqrt(max(self._points(held, measure)[1])) if held else 0.0 for held in self.held.values()]


class _Across:
    """Polygons of different lots that meet: length of border and overlap, from the outline of each within the other.

    The outline of a lot's union less the coast says the same, but took 33 s on 331 districts of 303,000 vertices.
    """

    def __init__(self, shapes: Sequence[Any], lot_of: Mapping[int, str]) -> None:
        import shapely

        ground = np.asarray(shapes, dtype=object)
        i, j = shapely.STRtree(ground).query(ground, predicate="dwithin", distance=SNAP)
        across = np.array([a < b and lot_of[a] != lot_of[b] for a, b in zip(i.tolist(), j.tolist(), strict=True)])
        i, j = i[across], j[across]
        own = shapely.length(shapely.intersection(shapely.boundary(ground[i]), ground[j], grid_size=SNAP))
        other = shapely.length(shapely.intersection(ground[i], shapely.boundary(ground[j]), grid_size=SNAP))
        m2 = shapely.area(shapely.intersection(ground[i], ground[j], grid_size=SNAP))
        self.metres: dict[str, float] = {}
        self.doubt: dict[str, float] = {}  # where polygons overlap, it is not certain where the border runs
        self.overlaps: dict[tuple[str, str], float] = {}
        self.ground: dict[str, float] = {}
        for area, shape in enumerate(ground):
            self.ground[lot_of[area]] = self.ground.get(lot_of[area], 0.0) + float(shape.area)
        rows = zip(i.tolist(), j.tolist(), ((own + other) / 2).tolist(), m2.tolist(), strict=True)
        for a, b, length, overlap in rows:
            pair = (min(lot_of[a], lot_of[b]), max(lot_of[a], lot_of[b]))
            self.overlaps[pair] = self.overlaps.get(pair, 0.0) + overlap
            for lot in pair:
                self.metres[lot] = self.metres.get(lot, 0.0) + length
                self.doubt[lot] = self.doubt.get(lot, 0.0) + 4 * math.sqrt(overlap)


_WAYS: dict[type, Callable[[AuditTable, Any], list[float]]] = {
    f.One: lambda t, _: [1.0] * len(t),
    f.Total: lambda t, x: t._total(x.measure),
    f.Span: lambda t, x: t._span(x.layer),
    f.Straddles: lambda t, x: [float(span > 1) for span in t._span(x.layer)],
    f.Meets: lambda t, x: t._meets(x.groups),
    f.BorderLength: lambda t, _: t._border_km(),
    f.Inertia: lambda t, x: t._inertia(x.measure),
    f.Reach: lambda t, x: t._reach(x.measure),
    f.Deviation: lambda t, x: [abs(total - x.target) for total in t._total(x.measure)],
    f.Moved: lambda t, x: t._moved(x),
    f.Pieces: lambda t, x: t._pieces(x.kinds),
}
