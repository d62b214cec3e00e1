"""The cheapest design without heed of boundaries: a bound that no design beats, a descent that keeps every rule."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

import lotopt as lo
from benchmarks.coherence import measure
from benchmarks.coherence.descent import Pieces, cheapest_drawn, descend, least_price, price_of, prices
from benchmarks.coherence.history import historical
from benchmarks.coherence.market import schedules
from benchmarks.coherence.measure import priced
from benchmarks.coherence.optima import Best, best, cheapest_free
from benchmarks.coherence.place import territory
from benchmarks.coherence.settings import MEASURE, WHOLE, award_rules, design_rules, limits

# PuLP 3 tells of PuLP 4 at every variable
LOTS = 12
PENNIES = 0.05


@cache
def start() -> lo.LotDesign:
    return historical()["probation-regions-2021"]


@cache
def bound(lots: int) -> float:
    return least_price(lots)


@cache
def descended() -> lo.LotDesign:
    """Twelve regions, districts moved anywhere."""
    return descend([start()], None, *limits(LOTS))


@cache
def of_whole_areas() -> lo.LotDesign:
    """Twelve regions, justice areas moved as a whole."""
    return descend([start()], WHOLE, *limits(LOTS))


@cache
def engine() -> Best:
    """The proven cheapest twelve lots of whole areas."""
    return best("price", LOTS)


@pytest.mark.parametrize(
    "name",
    ["nps-divisions-2014", "noms-regions-2004", "probation-regions-2021", "restart-2021", "probation-areas-2001"],
)
def test_no_design_of_history_beats_the_bound(name: str) -> None:
    """The price of each, with as many lots."""
    design = historical()[name]
    assert bound(len(design)) < price_of(design)


def test_no_random_design_beats_the_bound() -> None:
    """Eight designs of districts, twelve lots."""
    drawn = lo.sample_designs(territory(), design_rules(LOTS, whole=False), 8, seed=3)
    assert bound(LOTS) < min(price_of(design) for design in drawn)


def test_the_descended_design_does_not_beat_the_bound() -> None:
    """However far districts move."""
    assert bound(LOTS) <= price_of(descended())


def test_the_bound_lies_below_the_proven_optimum_of_whole_areas() -> None:
    """The engine's own optimum at the same limits has one more rule: it costs at least as much, and not twice."""
    found = engine()
    assert found.status == "optimal"
    assert found.bound is not None
    assert bound(LOTS) <= found.bound
    assert bound(LOTS) > 0.95 * found.bound


@pytest.mark.parametrize("lots", [7, 12])
def test_the_bound_is_above_what_the_cheapest_rates_come_to(lots: int) -> None:
    """Every district at its lowest price and every lot at the lowest fixed charge, without any rule."""
    each, fixed, _, _ = prices()
    assert bound(lots) >= float(each.min(axis=1).sum()) + lots * float(fixed.min()) - PENNIES


def test_the_bound_holds_for_whole_designs_that_are_made_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five districts, by hand: two providers with a fixed charge of 10, of which one is too small for all.

    Rates 1 and 2 for each of 10 crimes in five districts; P carries 30, so that Q has 20: 30 + 40, and two lots: 90.
    """
    each = np.tile([10.0, 20.0], (5, 1))
    given = (each, np.array([10.0, 10.0]), np.array([30.0, 50.0]), np.full(5, 10.0))
    monkeypatch.setattr("benchmarks.coherence.descent.prices", lambda: given)
    monkeypatch.setattr("benchmarks.coherence.descent.SHARE", 1.0)
    monkeypatch.setattr("benchmarks.coherence.descent.limits", lambda lots: (0.2 / lots, 0.9))
    assert least_price(2) == pytest.approx(90.0)
    assert least_price(3) == pytest.approx(100.0)


def test_a_share_of_the_price_raises_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two providers of whom neither may have more than half: P's part costs what Q's does, for 1 and 2 a crime.

    P serves x of 50 crimes at 1, Q the rest at 2, a lot each at 10: x + 10 <= 2 (50 - x) + 10, so x = 33 1/3, and all
    costs 33 1/3 + 33 1/3 + 20.
    """
    each = np.tile([10.0, 20.0], (5, 1))
    given = (each, np.array([10.0, 10.0]), np.array([50.0, 50.0]), np.full(5, 10.0))
    monkeypatch.setattr("benchmarks.coherence.descent.prices", lambda: given)
    monkeypatch.setattr("benchmarks.coherence.descent.SHARE", 0.5)
    monkeypatch.setattr("benchmarks.coherence.descent.limits", lambda lots: (0.1, 0.9))
    assert least_price(2) == pytest.approx(200 / 3 + 20)


def test_prices_of_areas_and_lots_make_what_the_market_asks() -> None:
    """Twelve regions, eight providers: the areas of a lot and its fixed charge, to the penny."""
    each, fixed, _, _ = prices()
    order = [p.id for p in schedules().offering]
    for bid in schedules().market(start()).bids:
        lot, p = start().lots.index(bid.items[0].lot), order.index(bid.provider)
        assert float(bid.price) == pytest.approx(each[start().of == lot, p].sum() + fixed[p], abs=0.005)


@pytest.mark.parametrize("whole", [False, True])
def test_a_descent_keeps_every_rule_and_lowers_the_price(whole: bool) -> None:
    """Size, number, one piece, whole areas where they are moved; and the award keeps its rules."""
    design = of_whole_areas() if whole else descended()
    assert lo.audit(design, design_rules(LOTS, whole)).ok, str(lo.audit(design, design_rules(LOTS, whole)))
    assert price_of(design) < price_of(start())
    plan = priced(design).result.plan
    assert plan is not None
    rules: Sequence[Any] = award_rules()
    assert lo.audit(plan, rules).ok


def test_moving_districts_reaches_at_least_what_moving_areas_does() -> None:
    """From the cheapest of whole areas on, districts save more or nothing; never dearer than the start."""
    found = descend([of_whole_areas()], None, *limits(LOTS))
    assert price_of(found) <= price_of(of_whole_areas())


def test_no_single_move_that_keeps_the_rules_saves_any_more() -> None:
    """Every district at a border to every lot beside it, providers as they are: none that is cheaper is legal."""
    design, plan = descended(), priced(descended()).result.plan
    assert plan is not None
    who = {lot: award.provider for award in plan for lot in award.lots}
    each, _, _, _ = prices()
    order = [p.id for p in schedules().offering]
    provider = np.array([order.index(who[lot]) for lot in design.lots])
    borders, tried, rules = territory().borders, 0, award_rules()
    assert price_of(design) == pytest.approx(float(plan.total_price))
    moves = set()
    for a, b in zip(borders.a.tolist(), borders.b.tolist(), strict=True):
        moves |= {(a, int(design.of[b])), (b, int(design.of[a]))}
    for area, to in sorted(moves):
        saved = each[area, provider[design.of[area]]] - each[area, provider[to]]
        if to == design.of[area] or saved <= PENNIES:
            continue
        tried += 1
        of = design.of.copy()
        of[area] = to
        if len(set(of.tolist())) < LOTS:
            continue
        moved = lo.LotDesign(design.territory, design.lots, of)
        if not lo.audit(moved, design_rules(LOTS, whole=False)).ok:
            continue
        market = schedules().market(moved)
        bid = {(b.items[0].lot, b.provider): b.id for b in market.bids}
        kept = lo.Allocation.of(market, [bid[lot, who[lot]] for lot in design.lots])
        assert not lo.audit(kept, rules).ok, (design.territory.names[area], design.lots[to], saved)  # type: ignore[arg-type]
    assert tried > 0


def test_the_same_start_gives_the_same_design() -> None:
    """Nothing is drawn, and no clock ends it; the start is left as it was."""
    before = start().of.copy()
    assert np.array_equal(descend([start()], WHOLE, *limits(LOTS)).of, of_whole_areas().of)
    assert np.array_equal(start().of, before)


def test_of_several_starts_the_cheapest_end_counts_and_of_equals_the_first() -> None:
    """One that is descended already cannot get any better."""
    both = descend([start(), of_whole_areas()], WHOLE, *limits(LOTS))
    assert price_of(both) == price_of(of_whole_areas())
    again = descend([of_whole_areas(), descended()], WHOLE, 0.0, 0.0)
    assert price_of(again) <= min(price_of(of_whole_areas()), price_of(descended()))


def test_what_is_not_allowed_is_never_made() -> None:
    """No lot may meet more regions than the most that it met before: told of every design on the way."""
    region = territory().layer("region").of
    asked: list[int] = []

    def allowed(of: np.ndarray) -> bool:
        most = max(len(set(region[of == k].tolist())) for k in range(LOTS))
        asked.append(most)
        return most <= 1

    by_region = lo.LotDesign(territory(), tuple(map(str, range(10))), region.copy())
    found = descend([by_region], WHOLE, *limits(10), allowed)
    assert np.array_equal(found.of, by_region.of)  # lots are regions: every move parts one
    assert set(asked) == {2}


def test_a_design_that_nobody_may_serve_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """No award keeps a share of a hundredth: the price is infinite, and nothing is moved."""
    rules = (lo.rules.EveryItemAwarded(), lo.rules.ValueShare(at_most=0.01))
    monkeypatch.setattr(measure, "award_rules", lambda: rules)
    assert price_of(start()) == float("inf")
    assert descend([start()], WHOLE, *limits(LOTS)) is start()


def test_pieces_are_districts_or_whole_agencies() -> None:
    """Volumes and prices of justice areas are sums of their districts, and they border where any district does."""
    ground = territory()
    district, area = Pieces.of(None), Pieces.of(WHOLE)
    of = ground.layer(WHOLE).of
    assert len(district.volume) == len(ground)
    assert area.volume == pytest.approx(np.bincount(of, weights=ground.measure(MEASURE)))
    for k in range(len(area.volume)):
        assert area.each[k] == pytest.approx(district.each[of == k].sum(axis=0))
    beside = {tuple(sorted((of[a], of[b]))) for a, b in zip(district.a, district.b, strict=True) if of[a] != of[b]}
    assert set(zip(area.a.tolist(), area.b.tolist(), strict=True)) == beside


def test_random_designs_come_with_the_cheapest_first() -> None:
    """And every one of them is there."""
    rules = design_rules(LOTS, whole=True)
    found = cheapest_drawn(rules, 6)
    costs = [price_of(design) for design in found]
    assert costs == sorted(costs)
    assert len(found) == 6


def test_the_cheapest_design_without_boundaries(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the engine's optimum and one random design: legal, no dearer than that, and not below its bound."""
    monkeypatch.setattr("benchmarks.coherence.optima.DRAWN", 4)
    monkeypatch.setattr("benchmarks.coherence.optima.STARTS", 1)
    found = cheapest_free(LOTS, engine().design)
    assert lo.audit(found.design, design_rules(LOTS, whole=False)).ok
    assert found.bound is not None
    assert found.bound <= found.objective <= engine().objective
    assert found.objective == price_of(found.design)
    assert found.gap == pytest.approx((found.objective - found.bound) / found.objective, rel=1e-6)
    assert (found.status == "optimal") == (found.gap <= 1e-4)
