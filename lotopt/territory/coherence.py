"""Coherence: how a design meets the boundaries of its partners."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from lotopt.core.errors import InputError, did_you_mean
from lotopt.territory.parts import Floats, Ints, Layer, Partition
from lotopt.territory.territory import Territory

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED = 8  # so many are printed by name; where there are more they are no exceptions, and all are in the data


@dataclass(frozen=True)
class LayerCoherence:
    """How the lots meet one layer.

    `span` (lots,) and `lots_per_agency` count areas' meetings, whatever the measure; shares and entropies are of the
    measure in areas that lie in an agency. `agencies` counts those that an area lies in.
    """

    layer: str
    title: str
    agencies: int
    interfaces: int
    splits: int
    straddles: int
    span: tuple[int, ...]
    largest_span: int
    lots_per_agency: tuple[int, ...]
    largest_lots_per_agency: int
    whole_share: float
    completeness: float
    homogeneity: float
    v_measure: float
    split_agencies: tuple[str, ...]
    straddling_lots: tuple[str, ...]
    approximate_areas: int

    @property
    def coterminous(self) -> bool:
        """Whether each lot is a union of agencies, or each agency a union of lots."""
        return self.splits == 0 or self.straddles == 0


@dataclass(frozen=True)
class Coherence:
    """How a design meets each layer; `measure` is empty where areas count 1 each."""

    measure: str
    lots: tuple[str, ...]
    layers: tuple[LayerCoherence, ...]

    def __getitem__(self, layer: str) -> LayerCoherence:
        for found in self.layers:
            if found.layer == layer:
                return found
        known = sorted(found.layer for found in self.layers)
        raise InputError("coherence", f"no layer '{layer}'; {did_you_mean(layer, known)}")

    def to_frame(self) -> pd.DataFrame:
        """One row per layer, with every figure as a column."""
        import pandas as pd

        columns = [field.name for field in fields(LayerCoherence)]
        return pd.DataFrame([[getattr(layer, name) for name in columns] for layer in self.layers], columns=columns)

    def __str__(self) -> str:
        head = (
            "layer", "agencies", "interfaces", "splits", "straddles", "largest span", "most lots",
            "whole", "complete", "homogeneous", "V-measure", "approximate",
        )  # fmt: skip
        rows = [
            (
                layer.title, str(layer.agencies), str(layer.interfaces), str(layer.splits), str(layer.straddles),
                str(layer.largest_span), str(layer.largest_lots_per_agency), f"{layer.whole_share:.1%}",
                f"{layer.completeness:.3f}", f"{layer.homogeneity:.3f}", f"{layer.v_measure:.3f}",
                str(layer.approximate_areas),
            )
            for layer in self.layers
        ]  # fmt: skip
        lines = [f"{len(self.lots)} lots; shares by {self.measure or 'number of areas'}", *_aligned([head, *rows])]
        for layer in self.layers:
            if layer.straddling_lots:
                lines.append(f"{layer.title}: straddled by {_named(layer.straddling_lots, len(self.lots), 'lots')}")
            if layer.split_agencies:
                lines.append(f"{layer.title}: split are {_named(layer.split_agencies, layer.agencies, 'agencies')}")
        return "\n".join(lines)


def coherence(
    territory: Territory,
    of: Ints,
    lots: Sequence[str],
    measure: str | None = None,
    layers: Sequence[str | Layer] | None = None,
    names: Sequence[str] = (),
) -> Coherence:
    """How the lots of a partition meet layers, all of the territory's unless some are named.

    `of` (n,) holds each area's index into `lots`; without a `measure` every area counts 1; `names` are told in place
    of lot ids. Measures as in Rosenberg & Hirschberg 2007 (V-measure). Raises InputError for unknown names.
    """
    weight = territory.measure(measure) if measure else np.ones(len(territory))
    told = tuple(names) or tuple(lots)
    found = [
        territory.layer(layer) if isinstance(layer, str) else layer
        for layer in (territory.layers if layers is None else layers)
    ]
    return Coherence(measure or "", tuple(lots), tuple(_meet(layer, of, told, weight) for layer in found))


def as_layer(partition: Partition) -> Layer:
    """A design as a layer, so that another design can be held against it."""
    return Layer(partition.name, partition.lots, partition.of, partition.names, partition.title or partition.name)


def _meet(layer: Layer, of: Ints, lots: tuple[str, ...], weight: Floats) -> LayerCoherence:
    inside = (layer.of >= 0) & (of >= 0)
    areas = np.zeros((len(lots), len(layer.agencies)))
    np.add.at(areas, (of[inside], layer.of[inside]), 1.0)
    mass = np.zeros_like(areas)
    np.add.at(mass, (of[inside], layer.of[inside]), weight[inside])
    if mass.sum() <= 0:  # nothing to weigh by: areas count alike, as they do for centroids
        mass = areas
    met = areas > 0
    span, per_agency = met.sum(axis=1), met.sum(axis=0)
    known = int((per_agency > 0).sum())
    complete, homogeneous = _completeness(mass), _completeness(mass.T)
    both = complete + homogeneous
    return LayerCoherence(
        layer=layer.name,
        title=layer.title or layer.name,
        agencies=known,
        interfaces=int(met.sum()),
        splits=int(met.sum()) - known,
        straddles=int((span > 1).sum()),
        span=tuple(span.tolist()),
        largest_span=int(span.max(initial=0)),
        lots_per_agency=tuple(per_agency.tolist()),
        largest_lots_per_agency=int(per_agency.max(initial=0)),
        whole_share=_share(mass[:, per_agency == 1].sum(), mass.sum()),
        completeness=complete,
        homogeneity=homogeneous,
        v_measure=2 * complete * homogeneous / both if both > 0 else 0.0,
        split_agencies=tuple(layer.name_of(int(a)) for a in np.flatnonzero(per_agency > 1)),
        straddling_lots=tuple(lots[int(k)] for k in np.flatnonzero(span > 1)),
        approximate_areas=len(layer.approximate),
    )


def _completeness(mass: Floats) -> float:
    """1 - H(row given column) / H(row) of a table of masses (rows, columns); 1 where the rows have no entropy."""
    total = mass.sum()
    entropy = _entropy(mass.sum(axis=1), total)
    if entropy <= 0:
        return 1.0
    # H(row given column) = H(row and column) - H(column), summed per column so that a pure column gives exactly 0
    columns = [mass[:, k] for k in range(mass.shape[1])]
    conditional = math.fsum(column.sum() / total * _entropy(column, column.sum()) for column in columns)
    return min(1.0, max(0.0, 1.0 - conditional / entropy))


def _entropy(masses: Floats, total: float) -> float:
    shares = [mass / total for mass in masses.tolist() if mass > 0]
    return -math.fsum(share * math.log(share) for share in shares if share < 1)


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else 1.0


def _named(names: Sequence[str], of: int, what: str) -> str:
    if 1 < len(names) == of:
        return f"all {of} {what}"
    return "; ".join(names) if len(names) <= MOST_NAMED else f"{len(names)} of {of} {what}"


def _aligned(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Rows of a plain table: the first column to the left, figures to the right."""
    rows = list(rows)
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]
