"""What each rule of lot design costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lotopt.core.errors import InputError
from lotopt.core.result import Result, Status
from lotopt.design import goals as g
from lotopt.design import rule_prices as priced
from lotopt.design import rules as r
from lotopt.design.design import LotDesign
from lotopt.design.rule_prices import design_rule_prices
from lotopt.design.solve import design_lots
from lotopt.engine.solve.solvers import SolverOptions
from tests.conftest import plan as drawn
from tests.design.design_oracle import Case, best_by_looking, random_case
from tests.engine.maps import EXACT

TWO, SOME = r.LotCount(at_least=2, at_most=2), r.SizeBetween(measure="cases", at_least=1)
# two by three squares, an agency in each row: whole, they are parted by 3 km of border, split by 2 km
LAND = drawn("ABC / ABC", layers={"police": "PPP / QQQ"}).territory
RULES = (TWO, SOME, r.Whole(layer="police"), r.Contiguous())
GOALS = (g.BorderLength(),)


def test_a_rule_that_binds_costs_the_difference() -> None:
    """Two rows have 3 km between them, two lots 2 km where agencies may be split, and one lot has none."""
    found = design_rule_prices(LAND, RULES, GOALS, solver=EXACT)
    assert found.sentences == (
        "Without lot_count the goals would be 100.0 % better (0 km); the rule would then not hold in 1 of 1 reading.",
        "size_between costs nothing: without it no lots are better.",
        "Without whole the goals would be 33.3 % better (2 km); the rule would then not hold in 2 of 2 readings.",
        "contiguous costs nothing: without it no lots are better.",
    )


def test_the_price_names_what_becomes_of_the_rule() -> None:
    """Status, bound and gap of the solve without it, and how often it is broken there."""
    price = design_rule_prices(LAND, RULES, GOALS, solver=EXACT).of("whole")
    assert price is not None
    assert (price.least, price.most, price.without, price.score) == (1, 1, 2, 3)
    assert (price.status, price.bound, price.gap, price.broken, price.readings) == ("optimal", 2, 0, 2, 2)


SEEDS = st.integers(0, 10**9)


@settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
@given(seed=SEEDS)
def test_every_price_is_the_difference_of_two_best_designs(seed: int) -> None:
    """Both found by looking at every partition of a small map: the true price lies between the two ends."""
    case = random_case(seed, rule="whole", goal="border_length", most=6)
    try:
        with_all = best_by_looking(case)
        found = design_rule_prices(case.territory, case.rules, case.goals, solver=EXACT)
    except InputError:  # rules that name one area twice over
        return
    assert (with_all is None) == (found.prices == ())
    for at, price in enumerate(found.prices):
        others = Case(case.territory, case.rules[:at] + case.rules[at + 1 :], case.goals)
        if price.why:
            with pytest.raises(InputError):
                best_by_looking(others)
            continue
        best = best_by_looking(others)
        assert best is not None
        assert with_all is not None
        assert price.most is not None
        slack = 1e-6 * max(1.0, abs(with_all))
        assert price.least - slack <= with_all - best <= price.most + slack
        assert price.exact


def test_what_is_proven_to_a_gap_only_is_told_between_its_ends() -> None:
    """3 with all rules, proven only to 2.5, and 2 without it: between 0.5 and 1 of 3."""
    free = (TWO, r.Whole(layer="police"))
    made = replace(design_lots(LAND, free, GOALS, solver=EXACT), bound=2.5, status=Status.FEASIBLE)
    price = design_rule_prices(LAND, free, GOALS, result=made, solver=EXACT).of("whole")
    assert price is not None
    assert "between 16.7 % and 33.3 % better" in str(price)
    unsure = design_rule_prices(LAND, free, GOALS, result=replace(made, bound=None), solver=EXACT).of("whole")
    assert unsure is not None
    assert (unsure.binds, "at most 33.3 % better" in str(unsure)) == (None, True)


def without_rule(**changes: Any) -> Any:
    """A solve in place of design_lots that comes to something else."""

    def solve(*given: Any, **options: Any) -> Result[LotDesign]:
        return replace(design_lots(*given, **options), **changes)

    return solve


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"bound": None, "status": Status.FEASIBLE}, "at least 33.3 % better, and no bound says how much more"),
        ({"plan": None, "objective": None, "bound": None, "status": Status.UNKNOWN}, "is not known in the time"),
        ({"plan": None, "objective": None, "bound": 1.5, "status": Status.UNKNOWN}, "at most 50.0 % better"),
    ],
)
def test_where_the_time_is_short_only_what_is_known_is_told(
    changes: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lots with all rules keep the others too, so that it is never worse without one."""
    free = (TWO, r.Whole(layer="police"))
    made = design_lots(LAND, free, GOALS, solver=EXACT)
    monkeypatch.setattr(priced, "design_lots", without_rule(**changes))
    found = design_rule_prices(LAND, free, GOALS, result=made, solver=EXACT).of("whole")
    assert told in str(found)


def test_a_goal_that_needs_the_rule_leaves_it_without_a_price() -> None:
    """The mean lot is not known while the number of lots is free."""
    found = design_rule_prices(LAND, (TWO,), (g.Balance(measure="cases"),), solver=EXACT)
    assert str(found).startswith("lot_count has no price: balance: the mean lot is not known")


def test_nothing_is_told_where_no_lots_keep_all_rules() -> None:
    """Nine lots of six squares."""
    assert design_rule_prices(LAND, (r.LotCount(at_least=9),), GOALS, solver=EXACT).prices == ()


def test_after_ctrl_c_the_prices_so_far_are_given() -> None:
    """Pressed at the second of four rules."""

    def press(phase: str, objective: float | None, bound: float | None) -> None:
        if phase == "rules 2 of 4":
            raise KeyboardInterrupt

    made = design_lots(LAND, RULES, GOALS, solver=EXACT)
    found = design_rule_prices(LAND, RULES, GOALS, result=made, solver=EXACT, progress=press)
    assert ([price.rule for price in found.prices], found.done) == (["lot_count"], False)
    assert found.sentences[-1] == "The time was over before size_between, whole, contiguous."


def test_when_the_time_is_over_what_is_left_is_told() -> None:
    """An instant for all of them."""
    made = design_lots(LAND, RULES, GOALS, solver=EXACT)
    found = design_rule_prices(LAND, RULES, GOALS, result=made, solver=SolverOptions(time_limit=1e-9))
    assert (found.left, found.done) == (("lot_count", "size_between", "whole", "contiguous"), False)


def test_lots_of_another_territory_are_refused() -> None:
    """Their score says nothing here."""
    made = design_lots(drawn("AB").territory, (TWO,), GOALS, solver=EXACT)
    with pytest.raises(InputError, match="another territory"):
        design_rule_prices(LAND, (TWO,), GOALS, result=made)


def test_the_table_has_a_row_for_each_rule() -> None:
    """With bound, gap and status of the solve without it."""
    frame = design_rule_prices(LAND, RULES, GOALS, solver=EXACT).to_frame()
    assert frame[["rule", "binds", "at_most", "unit", "without", "bound", "status", "gap"]].iloc[0].tolist() == [
        *("lot_count", True, 3.0, "km", 0.0, 0.0, "optimal", 0.0),
    ]
