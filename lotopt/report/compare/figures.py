"""Everything that is counted and measured of a design in a comparison, as numbers under the names of columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from lotopt.design.design import LotDesign
from lotopt.report.compare.entry import Entry
from lotopt.report.moves import Moves, moves
from lotopt.report.words import given
from lotopt.territory.coherence import Coherence, LayerCoherence, coherence
from lotopt.territory.compactness import LotShape, lot_shapes

Number = int | float | Decimal
Value = Number | str | None

# Of each layer: the field of LayerCoherence, and what it is called.
OF_LAYERS = {
    "interfaces": "Interfaces",
    "splits": "Extra lots",
    "split_agencies": "Split agencies",
    "straddles": "Straddling lots",
    "largest_span": "Most agencies in a lot",
    "largest_lots_per_agency": "Most lots for an agency",
    "whole_share": "Whole share",
    "completeness": "Complete",
    "homogeneity": "Homogeneous",
    "v_measure": "V-measure",
}


@dataclass(frozen=True, eq=False)
class Measured:
    """One entry of a comparison with its plan (None where it has none) on the common territory.

    `base` is the plan of the base on that territory, None for an entry that is the base itself or where it has none.
    Shares, scores and distances are weighted by `measure`; without one, areas count alike and there are no distances.
    """

    entry: Entry
    plan: LotDesign | None
    base: LotDesign | None
    measure: str

    @property
    def design(self) -> LotDesign:
        """The plan, for whoever knows that there is one."""
        assert self.plan is not None
        return self.plan

    @cached_property
    def coherence(self) -> Coherence | None:
        if self.plan is None or not self.plan.territory.layers:
            return None
        plan = self.plan
        return coherence(plan.territory, plan.of, plan.lots, self.measure or None, None, plan.names)

    @cached_property
    def shapes(self) -> tuple[LotShape, ...]:
        plan = self.plan
        if plan is None or not self.measure:
            return ()
        return lot_shapes(plan.territory, plan.of, plan.lots, self.measure, outlines=True)

    @cached_property
    def moves(self) -> Moves | None:
        """How it follows from the base."""
        if self.plan is None or self.base is None:
            return None
        return moves(self.base, self.plan, self.measure)

    @cached_property
    def figures(self) -> dict[str, Value]:
        """Every figure by its column, in an order that is the same for every entry of one comparison.

        Fractions are fractions, lengths km, prices GBP a year; None is what an entry does not have.
        """
        return {**dict(self._result()), **dict(self._sizes()), **dict(self._way()), **dict(self._layers())}

    def _result(self) -> Iterator[tuple[str, Value]]:
        design, won = self.entry.design, self.entry.won
        yield "status", "given" if given(design) else str(design.status)
        yield "verdict", self.entry.verdict
        yield "objective", design.objective
        yield "bound", design.bound
        yield "gap", design.gap
        yield "total_price", won.total_price if won is not None else None
        yield "providers", won.providers if won is not None else None
        yield "prices_from", won.source if won is not None else None
        yield "simulated", None if won is None else "yes" if won.simulated else "no"

    def _sizes(self) -> Iterator[tuple[str, Value]]:
        plan = self.plan
        yield "lots", None if plan is None else len(plan)
        for key in plan.territory.measures if plan is not None else ():
            total = self.design.table.total(key)
            small, large = float(total.min()), float(total.max())
            yield f"smallest_{key}", small
            yield f"largest_{key}", large
            yield f"ratio_{key}", large / small if small > 0 else None

    def _way(self) -> Iterator[tuple[str, Value]]:
        """Shape of the lots, and the way from the base."""
        plan, shapes = self.plan, self.shapes
        if plan is not None and plan.territory.borders.metres.any():
            # every border between two lots is on the edge of both
            yield "border_km", float(plan.table.border_length().sum()) / 2
        if plan is not None:
            borders = plan.territory.borders
            crossed = borders.of_kinds(None)
            yield "cut_edges", int((plan.of[borders.a[crossed]] != plan.of[borders.b[crossed]]).sum())
        if plan is not None and shapes and plan.territory.xy.any():
            weight = plan.table.total(self.measure)
            mean = np.array([shape.mean_km for shape in shapes])
            yield "mean_km", float((mean * weight).sum() / weight.sum()) if weight.sum() > 0 else None
            yield "reach_km", max(shape.reach_km for shape in shapes)
            yield "inertia", sum(shape.inertia for shape in shapes)
        round_ = [shape.polsby_popper for shape in shapes if shape.polsby_popper is not None]
        if round_:
            yield "polsby_popper_mean", sum(round_) / len(round_)
            yield "polsby_popper_least", min(round_)
        way = self.moves
        if way is not None and plan is not None:
            yield "moved_share", way.moved_share
            yield "moved_areas", int(way.moved.sum())
            yield "same_lots", sum(way.same(lot) for lot in range(len(plan)))

    def _layers(self) -> Iterator[tuple[str, Value]]:
        for layer in self.coherence.layers if self.coherence is not None else ():
            for field in OF_LAYERS:
                yield f"{layer.layer}_{field}", of_layer(layer, field)

    def difference(self, base: Measured) -> dict[str, Number]:
        """What is more (or, below 0, less) than in the base, for every figure that both have as a number.

        Scores of different goals, and prices of different markets, have no difference that means anything.
        """
        alike = self.figures["prices_from"] == base.figures["prices_from"]
        left_out = {"objective", "bound", "gap", *(() if alike else ("total_price",))}
        found: dict[str, Number] = {}
        for key, value in self.figures.items():
            other = base.figures.get(key)
            if key in left_out:
                continue
            if isinstance(value, Decimal) and isinstance(other, Decimal):
                found[key] = value - other
            if isinstance(value, int | float) and isinstance(other, int | float):
                found[key] = value - other
        return found


def of_layer(layer: LayerCoherence, field: str) -> Number:
    """A figure of a layer; of names their number."""
    value = getattr(layer, field)
    return len(value) if isinstance(value, tuple) else value
