"""What the study measures of a design, beside the same figures computed with pandas and numpy alone."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from decimal import Decimal
from functools import cache

import numpy as np
import pandas as pd
import pytest

import lotopt as lo
from benchmarks.coherence.history import historical
from benchmarks.coherence.market import schedules
from benchmarks.coherence.measure import Priced, of_award, of_failures, of_layers, of_shape, priced
from benchmarks.coherence.place import LAYERS, territory
from benchmarks.coherence.settings import PARTNERS, SHARE, award_rules, limits

DESIGNS = ("restart-2021", "probation-regions-2021", "nps-divisions-2014", "contract-package-areas-2014")
each_design = pytest.mark.parametrize("name", DESIGNS)


@cache
def award_of(name: str) -> Priced:
    return priced(historical()[name])


@cache
def areas(name: str) -> pd.DataFrame:
    """A row for each area: where it is, what is counted there, its lot, its agencies and the provider of its lot."""
    ground, design = territory(), historical()[name]
    columns = {layer: np.array(ground.layer(layer).agencies)[ground.layer(layer).of] for layer in LAYERS}
    plan = award_of(name).result.plan
    assert plan is not None
    provider = {lot: award.provider for award in plan for lot in award.lots}
    lots = [design.lots[k] for k in design.of]
    return pd.DataFrame(
        {
            "x": ground.xy[:, 0] / 1000,
            "y": ground.xy[:, 1] / 1000,
            "crime": ground.measure("crime"),
            "people": ground.measure("population"),
            "lot": lots,
            "provider": [provider[lot] for lot in lots],
            **columns,
        },
        index=list(ground.ids),
    )


@each_design
def test_travel_is_that_of_every_resident_to_the_centre_of_the_lot(name: str) -> None:
    """The centre is the mean place of residents; km as the crow flies, the mean and the furthest."""
    frame = areas(name)
    total, furthest = 0.0, 0.0
    for _, lot in frame.groupby("lot"):
        x, y = np.average(lot.x, weights=lot.people), np.average(lot.y, weights=lot.people)
        km = np.hypot(lot.x - x, lot.y - y)
        total += float((km * lot.people).sum())
        furthest = max(furthest, float(km.max()))
    told = of_shape(historical()[name])
    assert told["travel_km"] == pytest.approx(total / frame.people.sum(), rel=1e-9)
    assert told["furthest_km"] == pytest.approx(furthest, rel=1e-9)


@each_design
def test_sizes_and_compactness(name: str) -> None:
    """Shares of recorded crime, the limits for as many lots, and crimes times km2 about each lot's centre."""
    frame = areas(name)
    share = frame.groupby("lot").crime.sum() / frame.crime.sum()
    low, high = limits(len(share))
    inertia = 0.0
    for _, lot in frame.groupby("lot"):
        x, y = np.average(lot.x, weights=lot.crime), np.average(lot.y, weights=lot.crime)
        inertia += float((((lot.x - x) ** 2 + (lot.y - y) ** 2) * lot.crime).sum())
    told = of_shape(historical()[name])
    assert told["lots"] == len(share)
    assert told["smallest_share"] == pytest.approx(share.min(), rel=1e-12)
    assert told["largest_share"] == pytest.approx(share.max(), rel=1e-12)
    assert told["within_limits"] == float(share.min() >= low and share.max() <= high)
    assert told["inertia"] == pytest.approx(inertia, rel=1e-9)


@each_design
def test_borders_between_lots(name: str) -> None:
    """Borders and pieces, edge by edge: km where two lots meet, and lots walked through area by area."""
    ground, lot = territory(), areas(name).lot.to_numpy()
    borders = ground.borders
    metres, neighbours, cut = 0.0, {i: [] for i in range(len(ground))}, 0
    open_ = borders.of_kinds(None)
    for a, b, length, may in zip(borders.a, borders.b, borders.metres, open_, strict=True):
        if lot[a] != lot[b]:
            metres += float(length)
            cut += bool(may)
        elif may:
            neighbours[a].append(b)
            neighbours[b].append(a)
    pieces, seen = 0, set()
    for area in range(len(ground)):
        if area not in seen:
            pieces += 1
            waiting = [area]
            while waiting:
                at = waiting.pop()
                if at not in seen:
                    seen.add(at)
                    waiting += neighbours[at]
    told = of_shape(historical()[name])
    assert told["border_km"] == pytest.approx(metres / 1000, rel=1e-9)
    assert (told["cut_borders"], told["pieces"]) == (cut, pieces)


@each_design
def test_interfaces_spans_and_splits_of_every_layer(name: str) -> None:
    """A table of lots against agencies: cells that are not empty, and how many a row or a column has."""
    frame, told = areas(name), of_layers(historical()[name])
    met = 0
    for layer in LAYERS:
        held = frame.groupby(["lot", layer]).size().unstack(fill_value=0) > 0
        mass = frame.groupby(["lot", layer]).crime.sum().unstack(fill_value=0.0)
        lots_of, spans = held.sum(axis=0), held.sum(axis=1)
        assert told[f"{layer}.interfaces"] == held.to_numpy().sum()
        assert told[f"{layer}.splits"] == (lots_of - 1).sum()
        assert told[f"{layer}.straddles"] == (spans > 1).sum()
        assert told[f"{layer}.largest_span"] == spans.max()
        assert told[f"{layer}.mean_span"] == pytest.approx(spans.mean(), rel=1e-12)
        assert told[f"{layer}.largest_lots_per_agency"] == lots_of.max()
        whole = mass.loc[:, lots_of == 1].to_numpy().sum() / mass.to_numpy().sum()
        assert told[f"{layer}.whole_share"] == pytest.approx(whole, rel=1e-12)
        met += int(held.to_numpy().sum()) if layer in PARTNERS else 0
    assert told["partners.interfaces"] == met


@each_design
@pytest.mark.parametrize("layer", ["police", "region", "prison_catchment"])
def test_homogeneity_and_completeness_by_entropies(name: str, layer: str) -> None:
    """Rosenberg & Hirschberg 2007, weighted by crime: one less the part of the entropy that is left."""
    frame, told = areas(name), of_layers(historical()[name])
    mass = frame.groupby(["lot", layer]).crime.sum().unstack(fill_value=0.0).to_numpy() / frame.crime.sum()

    def entropy(parts: np.ndarray) -> float:
        return -math.fsum(p * math.log(p) for p in parts.ravel() if p > 0)

    both, lots, agencies = entropy(mass), entropy(mass.sum(axis=1)), entropy(mass.sum(axis=0))
    homogeneity, completeness = 1 - (both - lots) / agencies, 1 - (both - agencies) / lots
    assert told[f"{layer}.homogeneity"] == pytest.approx(homogeneity, abs=1e-9)
    assert told[f"{layer}.completeness"] == pytest.approx(completeness, abs=1e-9)
    both = homogeneity + completeness
    assert told[f"{layer}.v_measure"] == pytest.approx(2 * homogeneity * completeness / both, abs=1e-9)


@each_design
def test_provider_interfaces_are_those_of_all_lots_of_a_provider_together(name: str) -> None:
    """By pairs of a provider and an agency: two lots of one provider in one agency are one interface."""
    frame, told = areas(name), of_award(award_of(name))
    pairs = {layer: frame[["provider", layer]].drop_duplicates() for layer in PARTNERS}
    assert told["provider_interfaces"] == sum(map(len, pairs.values()))
    assert told["provider_most_police"] == pairs["police"].groupby("provider").size().max()
    assert told["provider_most_councils"] == pairs["council"].groupby("provider").size().max()
    assert told["agency_most_providers"] == pairs["police"].groupby("police").size().max()
    assert told["providers"] == frame.provider.nunique()
    assert told["provider_interfaces"] <= of_layers(historical()[name])["partners.interfaces"]


def asked_for(name: str) -> pd.DataFrame:
    """What each provider asks for each lot (lots, providers), area by area from the sentence of a schedule, GBP."""
    ground, frame, asked = territory(), areas(name), schedules()
    found = {}
    for provider in asked.offering:
        s = asked.schedule[provider.id]
        assert s.x_km is not None
        assert s.y_km is not None
        km = np.round(np.hypot(frame.x - s.x_km, frame.y - s.y_km), 3)
        total = dict.fromkeys(frame.lot, Decimal(s.fixed))
        for area, lot, crime, far in zip(ground.ids, frame.lot, frame.crime, km, strict=True):
            rate = s.rates.get(area, s.rate) + s.rate_km * Decimal(str(far))
            if asked.incumbents[area] != provider.id:
                rate += s.mobilisation
            total[lot] += (rate * Decimal(str(crime))).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
        found[provider.id] = total
    return pd.DataFrame(found)


@pytest.mark.parametrize("name", DESIGNS[:2])
def test_prices_and_bidders_from_the_schedules(name: str) -> None:
    """A lot's price is its fixed charge and that of every area; who may bid has the capacity and the funding."""
    asked, frame, told = asked_for(name), areas(name), of_award(award_of(name))
    won = frame.drop_duplicates("lot").set_index("lot").provider
    price = sum(asked.loc[lot, provider] for lot, provider in won.items())
    assert told["price"] == pytest.approx(float(price), abs=0.005)
    assert told["price_per_crime"] == pytest.approx(float(price) / frame.crime.sum(), rel=1e-12)
    volume = frame.groupby("lot").crime.sum()
    able = [
        sum(volume[lot] <= p.capacity["crime"] and asked.loc[lot, p.id] <= p.funding for p in schedules().offering)
        for lot in volume.index
    ]
    assert told["bidders_fewest"] == min(able)
    assert told["bidders_mean"] == pytest.approx(np.mean(able), rel=1e-12)


def test_no_choice_of_providers_is_cheaper() -> None:
    """Seven lots, every one of 8^7 choices within capacities and shares of the price: none is cheaper."""
    name = "nps-divisions-2014"
    asked, frame = asked_for(name), areas(name)
    volume = frame.groupby("lot").crime.sum()
    prices = asked.loc[volume.index].to_numpy(dtype=float)
    providers = [schedules().market(historical()[name]).provider[id] for id in asked.columns]
    count = len(providers)
    assert len({p.group or p.id for p in providers}) == count  # every provider is a group of its own
    choice = np.indices((count,) * len(volume)).reshape(len(volume), -1)
    paid = np.zeros((count, choice.shape[1]))
    carried = np.zeros_like(paid)
    for k in range(len(volume)):
        for p in range(count):
            mine = choice[k] == p
            paid[p, mine] += prices[k, p]
            carried[p, mine] += volume.iloc[k]
    total = paid.sum(axis=0)
    legal = (paid <= SHARE * total * (1 + 1e-12)).all(axis=0)
    legal &= (carried <= np.array([p.capacity["crime"] for p in providers])[:, None]).all(axis=0)
    assert of_award(award_of(name))["price"] == pytest.approx(total[legal].min(), abs=0.01)


def without(market: lo.Market, provider: str) -> lo.Market:
    return replace(market, bids=tuple(bid for bid in market.bids if bid.provider != provider))


@pytest.mark.parametrize("name", DESIGNS[:3])
def test_a_failure_costs_what_awarding_without_the_provider_costs_more(name: str) -> None:
    """Everything awarded anew from a market that the provider never came to."""
    found, told = award_of(name), of_failures(award_of(name))
    plan = found.result.plan
    assert plan is not None
    rises, uncovered = [], 0
    for provider in sorted({award.provider for award in plan}):
        left = without(found.market, provider)
        again = lo.allocate_bids(left, award_rules(), [lo.goals.TotalPrice()])
        assert again.plan is not None
        rises.append(float(again.plan.total_price - plan.total_price))
        uncovered += not can_take_over(found, provider)
    assert told["failure_worst"] == pytest.approx(max(rises), abs=0.01)
    assert told["failure_mean"] == pytest.approx(np.mean(rises), abs=0.01)
    assert told["failure_uncovered"] == uncovered
    by_provider = areas(name).drop_duplicates("lot").groupby("provider").lot.apply(list)
    held = [sum(award.price for award in plan if set(award.lots) & set(lots)) for lots in by_provider]
    assert told["failure_largest_share"] == pytest.approx(float(max(held) / plan.total_price), rel=1e-12)
    assert told["failure_largest_share"] <= SHARE


def can_take_over(found: Priced, failed: str) -> bool:
    """Whether the others can serve the lots of a provider beside those they have: every choice is tried."""
    plan, market = found.result.plan, found.market
    assert plan is not None
    held = {award.provider: Decimal(0) for award in plan if award.provider != failed}
    carried = dict.fromkeys(market.provider, 0.0)
    paid = {**dict.fromkeys(market.provider, Decimal(0)), **held}
    volume = {lot.id: lot.volumes["crime"] for lot in market.lots}
    lost = [lot for award in plan if award.provider == failed for lot in award.lots]
    for award in plan:
        if award.provider != failed:
            paid[award.provider] += award.price
            carried[award.provider] += sum(volume[lot] for lot in award.lots)
    price = {(bid.items[0].lot, bid.provider): bid.price for bid in market.bids}
    others = [id for id in market.provider if id != failed]
    for choice in itertools.product(others, repeat=len(lost)):
        pay, carry = dict(paid), dict(carried)
        for lot, provider in zip(lost, choice, strict=True):
            pay[provider] += price[lot, provider]
            carry[provider] += volume[lot]
        total = sum(pay.values())
        if all(
            carry[id] <= market.provider[id].capacity["crime"] and float(pay[id]) <= SHARE * float(total) + 1e-6
            for id in others
        ):
            return True
    return False
