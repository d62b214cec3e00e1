"""Everything that is measured of one design: how it meets each layer, its shape and travel, prices and failures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

import lotopt as lo
from benchmarks.coherence.market import schedules
from benchmarks.coherence.place import LAYERS
from benchmarks.coherence.settings import MEASURE, PARTNERS, award_rules, limits
from lotopt.territory.coherence import LayerCoherence

Figures = dict[str, float]
PEOPLE = "population"

# Of each layer: the counts and shares of MODEL, by the names of `LayerCoherence`.
OF_LAYER = (
    "interfaces",
    "splits",
    "straddles",
    "largest_span",
    "mean_span",
    "largest_lots_per_agency",
    "whole_share",
    "completeness",
    "homogeneity",
    "v_measure",
)


def of_layers(design: lo.LotDesign) -> Figures:
    """The figures of every layer, as `layer.figure`, and `partners.interfaces`: all those of the partner layers."""
    found = lo.coherence(design, MEASURE, LAYERS)
    figures = {f"{layer.layer}.{name}": float(_of(layer, name)) for layer in found.layers for name in OF_LAYER}
    figures["partners.interfaces"] = sum(figures[f"{layer}.interfaces"] for layer in PARTNERS)
    return figures


def _of(layer: LayerCoherence, name: str) -> float:
    return float(np.mean(layer.span)) if name == "mean_span" else float(getattr(layer, name))


def of_shape(design: lo.LotDesign) -> Figures:
    """Size, shape and travel: shares of the measure, km to the lot's centre by resident, border and cut borders."""
    table, ground = design.table, design.territory
    total, people = table.total(MEASURE), table.total(PEOPLE)
    share = total / total.sum()
    borders = ground.borders
    cut = design.of[borders.a] != design.of[borders.b]
    low, high = limits(len(design))
    return {
        "lots": float(len(design)),
        "smallest_share": float(share.min()),
        "largest_share": float(share.max()),
        "within_limits": float(share.min() >= low and share.max() <= high),
        "pieces": float(table.pieces().sum()),
        "travel_km": float((table.mean_distance(PEOPLE) * people).sum() / people.sum()),
        "furthest_km": float(table.reach(PEOPLE).max()),
        "border_km": float(borders.metres[cut].sum() / 1000),
        "cut_borders": float((cut & borders.of_kinds(None)).sum()),
        "inertia": float(table.inertia(MEASURE).sum()),
    }


@dataclass(frozen=True)
class Priced:
    """A design awarded in the simulated market; `plan` is None where no award keeps the rules."""

    design: lo.LotDesign
    market: lo.Market
    result: lo.Result[lo.Allocation]

    @property
    def price(self) -> Decimal | None:
        return None if self.result.plan is None else self.result.plan.total_price


def priced(design: lo.LotDesign) -> Priced:
    """The cheapest award of a design's lots."""
    market = schedules().market(design)
    found = lo.allocate_bids(market, award_rules(), [lo.goals.TotalPrice()])
    if found.plan is not None and (found.audit is None or not found.audit.ok):
        raise RuntimeError(f"{design.title or len(design)}: the audit of the awards disagrees: {found.audit}")
    return Priced(design, market, found)


# Without an award these are not known.
OF_AWARD = (
    "price",
    "price_per_crime",
    "price_bound",
    "providers",
    "provider_interfaces",
    "provider_most_police",
    "provider_most_councils",
    "agency_most_providers",
)
OF_FAILURES = ("failure_worst", "failure_mean", "failure_uncovered", "failure_largest_share")


def of_award(found: Priced) -> Figures:
    """Price, who could serve each lot, and how many partners a provider and an agency keep; NaN without an award."""
    plan = found.result.plan
    if plan is None:
        return {**_bidders(found), **dict.fromkeys(OF_AWARD, math.nan)}
    design = found.design
    who = {lot: award.provider for award in plan for lot in award.lots}
    providers = sorted(set(who.values()))
    of = np.array([providers.index(who[design.lots[k]]) for k in design.of], dtype=np.int64)
    kept = lo.coherence(lo.LotDesign(design.territory, tuple(providers), of), MEASURE, PARTNERS)
    price = float(plan.total_price)
    values = (
        price,
        price / float(design.territory.measure(MEASURE).sum()),
        math.nan if found.result.bound is None else found.result.bound,
        len(providers),
        sum(layer.interfaces for layer in kept.layers),
        kept["police"].largest_span,
        kept["council"].largest_span,
        kept["police"].largest_lots_per_agency,
    )
    return {**_bidders(found), **dict(zip(OF_AWARD, map(float, values), strict=True))}


def _bidders(found: Priced) -> Figures:
    """Of every lot, how many providers have the capacity for it and the funding for the price that they ask."""
    volume = {lot.id: lot.volumes[MEASURE] for lot in found.market.lots}
    able = dict.fromkeys(volume, 0)
    for bid in found.market.bids:
        provider, lot = found.market.provider[bid.provider], bid.items[0].lot
        if volume[lot] <= provider.capacity[MEASURE] and bid.price <= (provider.funding or bid.price):
            able[lot] += 1
    count = np.array(list(able.values()), dtype=float)
    return {"bidders_fewest": float(count.min()), "bidders_mean": float(count.mean())}


def of_failures(found: Priced, each: bool = False) -> Figures:
    """What it costs when a provider fails, in turn: its lots awarded again beside the rest, or everything anew.

    `failure_worst` and `failure_mean` are the rise of the total price, GBP a year, with everything awarded anew;
    `failure_uncovered` counts the failures after which not every lot could be awarded again beside the rest. With
    `each` also the rise for every legal group that fails, as `failure.GROUP`; infinite where lots go without.
    """
    plan = found.result.plan
    if plan is None:
        return dict.fromkeys(OF_FAILURES, math.nan)
    drill = lo.failure_drill(found.market, award_rules(), [lo.goals.TotalPrice()], result=found.result)
    anew = [one.everything for one in drill.failures]
    rises = [float(again.price.amount) if again.full and again.price is not None else math.inf for again in anew]
    held = [sum(award.price for award in plan if award.provider == who) for who in {a.provider for a in plan}]
    uncovered = sum(not one.its_lots.full for one in drill.failures)
    values = (max(rises), float(np.mean(rises)), uncovered, max(held) / plan.total_price)
    one_by_one = {f"failure.{one.groups[0]}": rise for one, rise in zip(drill.failures, rises, strict=True)}
    return {**dict(zip(OF_FAILURES, map(float, values), strict=True)), **(one_by_one if each else {})}


def figures_of(design: lo.LotDesign, failures: bool, each: bool = False) -> Figures:
    """All figures of a design, `failures` with the drill, `each` also failure by failure."""
    found = priced(design)
    told = of_failures(found, each) if failures else {}
    return {**of_shape(design), **of_layers(design), **of_award(found), **told}
