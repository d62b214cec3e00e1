"""The study's curve of price against interfaces: its knee, who is cheapest at a charge, and where two plans meet."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.coherence import frontier as curve
from benchmarks.coherence.frontier import break_even, cheapest_at, knee, regions_met
from benchmarks.coherence.history import historical
from benchmarks.coherence.optima import Best

many = settings(max_examples=200, deadline=None, derandomize=True, database=None)
# Whole numbers, so that crossings and totals are exact or nearly so.
PLANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)), min_size=1, max_size=8)
CURVES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 1000)), min_size=3, max_size=10, unique_by=lambda at: at[0]
)


def test_the_knee_by_hand() -> None:
    """Scaled: (0, 1), (0.2, 0.2), (0.6, 0.1), (1, 0); below the line by 0, 0.6, 0.3, 0: the second."""
    assert knee([(10.0, 100.0), (12.0, 20.0), (16.0, 10.0), (20.0, 0.0)]) == 1


def test_the_knee_does_not_depend_on_the_order() -> None:
    """The same curve from its cheap end, as the frontier is told: the same point, by another place."""
    assert knee([(20.0, 0.0), (16.0, 10.0), (12.0, 20.0), (10.0, 100.0)]) == 2


@pytest.mark.parametrize("points", [[], [(1.0, 2.0)], [(1.0, 2.0), (2.0, 1.0)]])
def test_fewer_than_three_points_have_no_knee(points: list[tuple[float, float]]) -> None:
    """Two points are a line."""
    assert knee(points) is None


@pytest.mark.parametrize("points", [[(1.0, 5.0)] * 3, [(1.0, 5.0), (2.0, 5.0), (3.0, 5.0)], [(2, 1), (2, 3), (2, 5)]])
def test_a_level_or_upright_curve_has_no_knee(points: list[tuple[float, float]]) -> None:
    """Where one axis has no width, nothing can be scaled."""
    assert knee(points) is None


@pytest.mark.parametrize("middle", [5.0, 8.0])
def test_a_curve_on_or_above_its_line_has_no_knee(middle: float) -> None:
    """(0, 1), (0.5, 0.5 or 0.8), (1, 0): no point lies below the line between the ends."""
    assert knee([(0.0, 10.0), (1.0, middle), (2.0, 0.0)]) is None


def test_the_first_of_two_knees() -> None:
    """(0, 1), (0.25, 0.25), (0.5, 0), (1, 0): both inner points lie 0.5 below the line."""
    assert knee([(0.0, 4.0), (1.0, 1.0), (2.0, 0.0), (4.0, 0.0)]) == 1


@given(points=CURVES, stretch=st.sampled_from([0.5, 2.0, 1024.0]), shift=st.integers(-50, 50))
@many
def test_the_knee_does_not_depend_on_units(points: list[tuple[int, int]], stretch: float, shift: int) -> None:
    """Pounds or thousands of pounds, interfaces from 0 or from 100: a power of two changes no digit."""
    told = [(float(x), float(y)) for x, y in points]
    assert knee([(x, y * stretch) for x, y in told]) == knee(told)
    assert knee([(x + shift, y) for x, y in told]) == knee(told)


@given(points=CURVES)
@many
def test_the_knee_lies_furthest_from_the_line_between_the_ends(points: list[tuple[int, int]]) -> None:
    """By the distance of a point from the line through (0, 1) and (1, 0), of points on a falling curve."""
    xs = sorted(x for x, _ in points)
    ys = sorted((y for _, y in points), reverse=True)
    if ys[0] == ys[-1]:
        return
    x, y = np.array(xs, dtype=float), np.array(ys, dtype=float)
    u, v = (x - x.min()) / np.ptp(x), (y - y.min()) / np.ptp(y)
    along = np.array([1.0, -1.0]) / math.sqrt(2)
    gap = np.stack([u, v - 1], axis=1)
    # the cross product with the line's direction; positive below it
    below = -(along[0] * gap[:, 1] - along[1] * gap[:, 0])
    found = knee(list(zip(x.tolist(), y.tolist(), strict=True)))
    if found is None:
        assert below.max() <= 1e-9
    else:
        assert below[found] == pytest.approx(below.max(), abs=1e-12)


def test_the_cheapest_at_each_charge_by_hand() -> None:
    """A: 10 + 8 t, B: 16 + 5 t, C: 30 + 1 t, D: 25 + 4 t. A meets B at 2, B meets C at 3.5; D is never cheapest."""
    found = cheapest_at([("D", 25.0, 4.0), ("C", 30.0, 1.0), ("A", 10.0, 8.0), ("B", 16.0, 5.0)])
    assert [(one.name, one.start, one.end) for one in found] == [
        ("A", 0.0, 2.0),
        ("B", 2.0, 3.5),
        ("C", 3.5, math.inf),
    ]


def test_three_lines_through_one_point() -> None:
    """A: 10 + 4 t, B: 12 + 3 t, C: 16 + 1 t meet at 2: B is cheapest there at most, and is left out."""
    found = cheapest_at([("A", 10.0, 4.0), ("B", 12.0, 3.0), ("C", 16.0, 1.0)])
    assert [one.name for one in found] == ["A", "C"]


def test_one_plan_is_cheapest_for_ever() -> None:
    """From 0 to infinity."""
    (only,) = cheapest_at([("A", 10.0, 4.0)])
    assert (only.start, only.end) == (0.0, math.inf)


@given(plans=PLANS)
@many
def test_the_envelope_is_what_trying_every_charge_finds(plans: list[tuple[int, int]]) -> None:
    """Over a grid of charges and at every crossing and beside it, the plan named has the least total."""
    named = [(f"P{k}", float(price), float(met)) for k, (price, met) in enumerate(plans)]
    cost = {name: (price, met) for name, price, met in named}
    found = cheapest_at(named)
    ends = [one.end for one in found]
    assert found[0].start == 0.0
    assert ends[-1] == math.inf
    assert [one.start for one in found[1:]] == ends[:-1]
    assert all(one.start < one.end for one in found)
    met = [cost[one.name][1] for one in found]
    assert met == sorted(set(met), reverse=True)  # fewer and fewer interfaces
    charges = {k / 4 for k in range(4 * 70)}
    charges |= {max(0.0, end + beside) for end in ends[:-1] for beside in (-1e-3, 0.0, 1e-3)}
    for charge in charges:
        least = min(price + charge * met for _, price, met in named)
        holding = [one for one in found if one.start <= charge <= one.end]
        assert holding
        for one in holding:
            price, met = cost[one.name]
            assert price + charge * met == pytest.approx(least, abs=1e-9)


def solver_of(plans: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """In the place of the engine: the cheapest of some (price, interfaces); of equals that with most interfaces."""

    def cheapest(lots: int, most: int | None, drawn: object) -> Best:
        legal = [plan for plan in plans if most is None or plan[1] <= most]
        price, met = min(legal, key=lambda plan: (plan[0], -plan[1]))
        return Best("frontier", SimpleNamespace(of=met), "optimal", float(price), float(price), "", 0.0)  # type: ignore[arg-type]

    monkeypatch.setattr(curve, "_cheapest", cheapest)
    monkeypatch.setattr(curve, "regions_met", lambda of: of)
    monkeypatch.setattr(curve, "fewest_region_interfaces", lambda lots: min(met for _, met in plans))
    monkeypatch.setattr(curve, "cheapest_drawn", lambda rules, designs: [])


@given(plans=PLANS)
@many
def test_the_frontier_is_every_plan_that_none_is_better_than(plans: list[tuple[int, int]]) -> None:
    """By looking at all pairs: no other plan is as cheap with as few interfaces; the cheapest comes first."""
    with pytest.MonkeyPatch.context() as patched:
        solver_of(plans, patched)
        found = [(round(point.best.objective), point.interfaces) for point in curve.frontier(12)]
    wanted = {one for one in plans if not any(p <= one[0] and m <= one[1] and (p, m) != one for p, m in plans)}
    assert found == sorted(wanted)


def test_as_many_points_as_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cheapest ones; none more is solved for."""
    solver_of([(10, 9), (12, 7), (15, 4), (30, 1)], monkeypatch)
    assert [point.interfaces for point in curve.frontier(12, 2)] == [9, 7]
    assert [point.interfaces for point in curve.frontier(12, 9)] == [9, 7, 4, 1]


def test_where_two_plans_cost_the_same() -> None:
    """6 more a year and 3 interfaces fewer: from 2 an interface on."""
    assert break_even((16.0, 5.0), (10.0, 8.0)) == 2.0


def test_a_plan_that_is_cheaper_anyway_needs_no_charge() -> None:
    """Nor one that costs the same."""
    assert break_even((9.0, 5.0), (10.0, 8.0)) == 0.0
    assert break_even((10.0, 5.0), (10.0, 8.0)) == 0.0


@pytest.mark.parametrize("met", [8.0, 9.0])
def test_no_charge_helps_a_dearer_plan_without_fewer_interfaces(met: float) -> None:
    """As many, or more."""
    assert break_even((16.0, met), (10.0, 8.0)) == math.inf


@given(
    dearer=st.tuples(st.integers(0, 60), st.integers(0, 12)),
    cheaper=st.tuples(st.integers(0, 60), st.integers(0, 12)),
)
@many
def test_above_the_break_even_the_dearer_plan_has_the_lower_total(
    dearer: tuple[int, int], cheaper: tuple[int, int]
) -> None:
    """Just above no plan but the dearer one is cheaper in all, just below it is not; never below 0."""
    charge = break_even((float(dearer[0]), float(dearer[1])), (float(cheaper[0]), float(cheaper[1])))
    assert charge >= 0.0

    def more(at: float) -> float:
        return dearer[0] - cheaper[0] + at * (dearer[1] - cheaper[1])

    if math.isinf(charge):
        assert all(more(at) > 0 for at in (0.0, 1.0, 1e6))
    elif charge > 0.0:
        assert more(charge) == pytest.approx(0.0, abs=1e-9)
        assert more(charge * 1.01) < 0 < more(charge * 0.99)
    else:
        assert more(0.0) <= 0


@given(plans=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)), min_size=2, max_size=2))
@many
def test_two_plans_meet_where_they_break_even(plans: list[tuple[int, int]]) -> None:
    """What `break_even` says of two plans is where `cheapest_at` goes from one to the other."""
    (first, second) = sorted((float(price), float(met)) for price, met in plans)
    stretches = cheapest_at([("cheaper", *first), ("dearer", *second)])
    if len(stretches) == 2:
        assert stretches[0].end == break_even(second, first)
    else:
        assert second[1] >= first[1]


def test_every_pair_of_a_lot_and_a_region_is_counted_once() -> None:
    """`regions_met` on every historical design, by a set of pairs."""
    for design in historical().values():
        pairs = set(zip(design.of.tolist(), design.territory.layer("region").of.tolist(), strict=True))
        assert regions_met(design.of) == len(pairs)
