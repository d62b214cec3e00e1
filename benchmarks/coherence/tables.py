"""The tables of the study: the same bytes for the same results."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import lotopt as lo
from benchmarks.coherence.ensembles import AREAS, DISTRICTS, SIX_2011, Drawn, percentile
from benchmarks.coherence.frontier import Point, break_even, cheapest_at, knee
from benchmarks.coherence.history import SHORT, historical
from benchmarks.coherence.market import schedules
from benchmarks.coherence.measure import OF_AWARD, OF_FAILURES, OF_LAYER, Figures
from benchmarks.coherence.optima import Best
from benchmarks.coherence.place import LAYERS, territory
from benchmarks.coherence.settings import MEASURE
from benchmarks.coherence.tasks import Task

SHAPE = (
    *("smallest_share", "largest_share", "within_limits", "pieces", "travel_km", "furthest_km", "border_km"),
    *("cut_borders", "inertia", "partners.interfaces", "bidders_fewest", "bidders_mean"),
)
QUANTILES = {"least": 0, "p5": 5, "p25": 25, "median": 50, "p75": 75, "p95": 95, "most": 100}
# The plans that the charge for an interface decides between beside those of history: where large lots without heed of
# boundaries and smaller ones that keep them meet.
LARGE = 6


@dataclass(frozen=True)
class Named:
    """A design of the study: `id`, what it is, its figures, and what is proven where it was searched for."""

    id: str
    title: str
    kind: str
    design: lo.LotDesign
    figures: Figures
    best: Best | None = None

    @property
    def lots(self) -> int:
        return len(self.design)


@dataclass(frozen=True)
class Findings:
    """All results of a run of the study."""

    results: dict[Task, Any]

    @cached_property
    def designs(self) -> list[Named]:
        """Historical designs, then the best of every kind by number of lots, then the points of frontiers."""
        found = [
            Named(name, SHORT[name], "historical", historical()[name], figures)
            for name, figures in self._of("history")
        ]
        for lots, bests in sorted(self._of("best")):
            found += [
                Named(
                    f"{one.kind.replace('_', '-')}-{lots}",
                    f"{lots} lots, {KIND[one.kind]}",
                    one.kind,
                    one.design,
                    f,
                    one,
                )
                for one, f in bests
            ]
        for lots, points in sorted(self._of("frontier")):
            found += [
                Named(point_id(lots, p), f"{lots} lots, {p.interfaces} interfaces with regions", "frontier",
                      p.best.design, figures, p.best)
                for p, figures in points
            ]  # fmt: skip
        return found

    @cached_property
    def ensembles(self) -> list[Drawn]:
        found = [result for task, result in self.results.items() if task.kind == "ensemble"]
        return sorted(found, key=lambda drawn: ((SIX_2011, AREAS, DISTRICTS).index(drawn.unit), drawn.lots))

    @cached_property
    def frontiers(self) -> list[tuple[int, list[tuple[Point, Figures]]]]:
        return sorted(self._of("frontier"))

    def design(self, id: str) -> Named:
        return next(one for one in self.designs if one.id == id)

    def ensemble(self, unit: str, lots: int) -> Drawn | None:
        return next((one for one in self.ensembles if (one.unit, one.lots) == (unit, lots)), None)

    def of_kind(self, kind: str) -> list[Named]:
        return [one for one in self.designs if one.kind == kind]

    def _of(self, kind: str) -> list[tuple[Any, Any]]:
        return [(task.args[0], result) for task, result in self.results.items() if task.kind == kind]


KIND = {
    "coherence": "most coherent",
    "compact": "most compact",
    "price": "cheapest",
    "price_free": "cheapest, boundaries ignored",
}


def point_id(lots: int, point: Point) -> str:
    return f"frontier-{lots}-{point.interfaces}"


def tables(found: Findings) -> dict[str, str]:
    """Every table by its file name, as CSV text."""
    made = {
        "designs.csv": _designs(found),
        "layers.csv": _layers(found),
        "ensembles.csv": _ensembles(found),
        "percentiles.csv": _percentiles(found),
        "failures.csv": _failures(found),
        "frontier.csv": _frontier(found),
        "totals.csv": totals(found),
        "break_even.csv": stretches(found),
        "lots.csv": _lots(found),
        "market.csv": _market(),
    }
    return {name: _csv(rows) for name, rows in made.items()}


Rows = Iterator[Sequence[Any]]


def _designs(found: Findings) -> Rows:
    figures = (*SHAPE, *OF_AWARD, *OF_FAILURES)
    head = ("design", "title", "kind", "lots", "status", "objective", "unit", "bound", "gap", "note")
    yield (*head, *figures, "polsby_popper")
    for one in found.designs:
        best = one.best
        proof: tuple[Any, ...] = ("as it was", "", "", "", "", "")
        if best is not None:
            proof = (best.status, best.objective, best.unit, best.bound, best.gap, best.note)
        told = (one.figures.get(name, math.nan) for name in figures)
        # of the mean lot; from the polygons of the map, which is too slow for thousands of random designs
        roundness = one.design.table.polsby_popper()
        mean = math.nan if roundness is None else float(roundness.mean())
        yield (one.id, one.title, one.kind, one.lots, *proof, *told, mean)


def _layers(found: Findings) -> Rows:
    yield ("design", "lots", "layer", *OF_LAYER)
    for one in found.designs:
        for layer in LAYERS:
            yield (one.id, one.lots, layer, *(one.figures[f"{layer}.{name}"] for name in OF_LAYER))


def _ensembles(found: Findings) -> Rows:
    head = ("unit", "lots", "designs", "distinct", "effective", "rhat", "figure", "known")
    yield (*head, *QUANTILES, "mean")
    for one in found.ensembles:
        for name, values in one.figures.items():
            known = values[np.isfinite(values)]
            told = [float(np.percentile(known, q)) for q in QUANTILES.values()] if len(known) else [math.nan] * 7
            mean = float(known.mean()) if len(known) else math.nan
            yield (
                *(one.unit, one.lots, len(values), one.distinct, one.effective, one.rhat, name, len(known)),
                *(*told, mean),
            )


def _percentiles(found: Findings) -> Rows:
    """Where designs lie within the ensembles of as many lots, but for that of the six lots of 2011."""
    yield ("design", "lots", "unit", "figure", "value", "percentile")
    for one in found.designs:
        for drawn in found.ensembles:
            if drawn.lots == one.lots and drawn.unit != SIX_2011 and one.kind != "frontier":
                for name, values in drawn.figures.items():
                    value = one.figures.get(name, math.nan)
                    yield (one.id, one.lots, drawn.unit, name, value, percentile(values, value))


def _failures(found: Findings) -> Rows:
    """What the failure of every legal group that won costs, GBP a year, with everything awarded anew."""
    yield ("design", "lots", "failed", "rise")
    for one in found.designs:
        for name, rise in sorted(one.figures.items()):
            if name.startswith("failure."):
                yield (one.id, one.lots, name.removeprefix("failure."), rise)


def _frontier(found: Findings) -> Rows:
    head = ("lots", "interfaces", "price", "bound", "gap", "status", "knee", "design", "more_than_cheapest")
    yield (*head, "region_v_measure", "region_straddles", "travel_km")
    for lots, points in found.frontiers:
        best = knee([(float(p.interfaces), p.best.objective) for p, _ in points])
        for k, (p, figures) in enumerate(points):
            more = p.best.objective - points[0][0].best.objective
            proof = (p.best.objective, p.best.bound, p.best.gap, p.best.status, "knee" if k == best else "")
            told = (figures["region.v_measure"], figures["region.straddles"], figures["travel_km"])
            yield (lots, p.interfaces, *proof, point_id(lots, p), more, *told)


def totals(found: Findings) -> Rows:
    """For every number of lots: what whole areas cost against no heed of boundaries, and what an interface may cost.

    `coherence_costs` is the price of the cheapest design of whole areas less that of the cheapest design known where
    boundaries are ignored, `coherence_costs_at_most` the same less the bound. `break_even` is the charge for an
    interface and year from which whole areas are cheaper in all; `against_large` the same against six lots with
    boundaries ignored.
    """
    yield (
        *("lots", "price", "interfaces", "price_free", "interfaces_free", "bound_free", "coherence_costs"),
        *("coherence_costs_at_most", "break_even", "against_large", "price_coherent", "interfaces_coherent"),
        *("random_price_median", "random_interfaces_median"),
    )
    large = next((one for one in found.of_kind("price_free") if one.lots == LARGE), None)
    for one in found.of_kind("price"):
        free = found.design(f"price-free-{one.lots}")
        coherent = found.design(f"coherence-{one.lots}")
        drawn = found.ensemble(DISTRICTS, one.lots)
        (price, met), (price_free, met_free) = _cost(one), _cost(free)
        assert free.best is not None
        bound = math.nan if free.best.bound is None else free.best.bound
        yield (
            *(one.lots, price, met, price_free, met_free, bound, price - price_free, price - bound),
            break_even((price, met), (price_free, met_free)),
            math.nan if large is None else break_even((price, met), _cost(large)),
            *_cost(coherent),
            *(_median(drawn, name) for name in ("price", "partners.interfaces")),
        )


def _median(drawn: Drawn | None, name: str) -> float:
    return math.nan if drawn is None else float(np.nanmedian(drawn.figures[name]))


def _cost(one: Named) -> tuple[float, float]:
    return one.figures["price"], one.figures["partners.interfaces"]


def stretches(found: Findings) -> Rows:
    """Which design has the least price and charge for interfaces together, as the charge rises from 0."""
    yield ("among", "from", "to", "design", "lots", "price", "interfaces")
    for among, kinds in (("historical", ("historical",)), ("all", ("historical", *KIND))):
        plans = [one for one in found.designs if one.kind in kinds and not math.isnan(one.figures["price"])]
        for stretch in cheapest_at([(one.id, *_cost(one)) for one in plans]):
            one = found.design(stretch.name)
            yield (among, stretch.start, stretch.end, one.id, one.lots, *_cost(one))


def _lots(found: Findings) -> Rows:
    """The lot of every area in every design: a column each."""
    ground = territory()
    yield ("area", "name", *(one.id for one in found.designs))
    for i, (area, name) in enumerate(zip(ground.ids, ground.names, strict=True)):
        yield (area, name, *(one.design.lots[one.design.of[i]] for one in found.designs))


def _market() -> Rows:
    """The made-up providers and what they ask."""
    yield ("provider", "name", "capacity", "funding", "fixed", "rate", "rate_km", "mobilisation", "x_km", "y_km")
    asked = schedules()
    for p in asked.offering:
        s = asked.schedule[p.id]
        money = (str(s.fixed), str(s.rate), str(s.rate_km), str(s.mobilisation))
        yield (p.id, p.title, p.capacity[MEASURE], str(p.funding), *money, s.x_km, s.y_km)


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    """Twelve digits: what is beyond may differ from one machine to another."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float | np.floating):
        return f"{float(value):.12g}"
    return str(value)
