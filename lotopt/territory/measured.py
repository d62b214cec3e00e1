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
from lotopt.territory.territory import BARRIER, Floats, Ints, Territory

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
        return [*self._border_faults(), *self._overlap_faults()]

    def _border_faults(self) -> list[str]:
        found = []
        for lot, table, shapes in zip(self.lots, self._border_km(), self._border_km_of_shapes, strict=True):
            if abs(table - shapes) * 1000 > METRES_PER_KM * max(table, shapes, 1.0):
                found.append(
                    f"lot '{lot}' has {table:.3f} km of border by the table, {shapes:.3f} km by its polygons"
                )
        return found

    def _overlap_faults(self) -> list[str]:
        import shapely

        grounds = self._grounds
        tree = shapely.STRtree(grounds)
        found = []
        for i, j in sorted(zip(*map(np.ndarray.tolist, tree.query(grounds, predicate="intersects")), strict=True)):
            m2 = float(shapely.intersection(grounds[i], grounds[j]).area) if i < j else 0.0
            if i < j and m2 > OVERLAP_SHARE * min(grounds[i].area, grounds[j].area):
                found.append(f"lots '{self.lots[i]}' and '{self.lots[j]}' overlap by {m2:,.0f} m2")
        return found

    @cached_property
    def _grounds(self) -> list[Any]:
        """The ground of each lot as one polygon."""
        import shapely

        from lotopt.territory.shapes import shapes

        pieces = shapes(self.territory) or []
        return [shapely.union_all([pieces[i] for i in held], grid_size=SNAP) for held in self.held.values()]

    @cached_property
    def _border_km_of_shapes(self) -> list[float]:
        """Each lot's outline less its share of the outline of the whole, in km."""
        import shapely

        whole = shapely.union_all(self._grounds, grid_size=SNAP)
        coast = [shapely.intersection(g.boundary, whole.boundary, grid_size=SNAP).length for g in self._grounds]
        return [(ground.length - length) / 1000 for ground, length in zip(self._grounds, coast, strict=True)]

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
        frame = pd.DataFrame({"a": borders.a, "b": borders.b, "metres": borders.metres})
        found = []
        for held in self.held.values():
            cut = frame["a"].isin(held) ^ frame["b"].isin(held)
            found.append(math.fsum(frame.loc[cut, "metres"]) / 1000)
        return found

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
