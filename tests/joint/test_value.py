"""The value of deciding together, on a row of four towns and at given bounds."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

import lotopt as lo
from lotopt.core.result import Status
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.joint.value import LotsFirst, lots_first, no_worse, saving
from lotopt.joint.words import value_in_words
from lotopt.market.provider import Provider
from lotopt.market.schedule import PriceSchedule
from lotopt.market.schedules import Schedules
from tests.conftest import plan

# of equal size, so that the most compact pair of lots is two and two
ROW = plan("ABCD", measures={"cases": "10 10 10 10"}).territory
RULES = [lo.rules.LotCount(at_least=2, at_most=2), lo.rules.Contiguous()]
CHEAP = [lo.goals.TotalPrice()]
EXACT = SolverOptions(gap=0.0)
MOST_COMPACT = "Lots first, awards then: no goal of lot design is given, so the lots are the most compact by cases"


def schedules(capacity: float | None = None) -> Schedules:
    """One asks 1 a case in the first town and 3 elsewhere, Two asks 1 in the other three and 3 in the first."""
    asked = {
        "One": PriceSchedule(measure="cases", fixed=Decimal(5), rate=Decimal(3), rates={"r1c1": Decimal(1)}),
        "Two": PriceSchedule(measure="cases", fixed=Decimal(5), rate=Decimal(1), rates={"r1c1": Decimal(3)}),
    }
    limits = {} if capacity is None else {"cases": capacity}
    return Schedules((Provider(id="One", capacity=limits), Provider(id="Two")), asked)


def both(asked: Schedules, rules: list[object], goals: list[object]) -> tuple[lo.Result[lo.JointPlan], LotsFirst]:
    together = lo.design_and_allocate(ROW, asked, rules, goals, solver=EXACT)  # type: ignore[arg-type]
    return together, lots_first(ROW, asked, rules, goals, solver=EXACT)  # type: ignore[arg-type]


def test_the_saving_is_the_difference_in_price() -> None:
    """Together: the first town by One, three by Two, 10 + 30 + 10 = 50. Two and two: 40 or 60 for the first pair
    (10 + 30, or 30 + 10), 20 for the second, 10 fixed: 70. The saving is 20, and exact."""
    together, first = both(schedules(), RULES, CHEAP)  # type: ignore[arg-type]
    assert first.stand_in
    assert first.plan is not None
    assert [areas for _, areas in first.plan.design] == [("r1c1", "r1c2"), ("r1c3", "r1c4")]
    found = saving(together, first)
    assert found is not None
    assert (found.price, found.score, found.at_least, found.at_most) == (Decimal(20), 20.0, 20.0, 20.0)
    assert value_in_words(together, first) == (
        f"{MOST_COMPACT}; awarded by the same rules at the same prices they cost £70.00 a year.",
        "Decided together: £50.00 a year, £20.00 (28.57 %) less.",
        "Proven: those lots cannot be awarded better, and no other lots and awards are better.",
    )


def test_a_goal_of_lot_design_counts_in_both() -> None:
    """Compactness at 100 GBP for each case x km2 outweighs every price: both ways come to the same."""
    goals = [lo.goals.TotalPrice(), lo.goals.Compactness(measure="cases", weight=100.0)]
    together, first = both(schedules(), RULES, goals)  # type: ignore[arg-type]
    assert not first.stand_in
    found = saving(together, first)
    assert found is not None
    assert (found.price, found.score) == (Decimal(0), pytest.approx(0.0))
    assert "Decided together: £70.00 a year, the same." in value_in_words(together, first)


def test_where_lots_first_leave_no_award() -> None:
    """Each must win something and One carries 10 cases: of two and two it can take neither."""
    rules = [*RULES, lo.rules.Capacity(measure="cases"), lo.rules.FewestProviders(at_least=2)]
    together, first = both(schedules(10.0), rules, CHEAP)  # type: ignore[arg-type]
    assert together.objective == 50.0
    assert first.plan is None
    assert saving(together, first) is None
    (told,) = value_in_words(together, first)
    assert told.endswith(
        "No awards of those lots keep every rule; that is proven. Deciding together is what makes a plan possible."
    )


def test_what_is_proven_is_told_as_far_as_it_is() -> None:
    """A bound of 40 beside a plan of 50: between 20 and 30 can be saved; without a bound nothing is proven."""
    together, first = both(schedules(), RULES, CHEAP)  # type: ignore[arg-type]
    loose = replace(together, bound=40.0, status=Status.FEASIBLE)
    told = value_in_words(loose, first)[-1]
    assert told == "Proven: deciding together can save between £20.00 a year and £30.00 a year."
    told = value_in_words(replace(together, bound=None), first)[-1]
    assert told == "Not proven: deciding together has no bound, so what can be saved may be another sum."
    weak = replace(first, awards=replace(first.awards, bound=45.0))  # type: ignore[type-var]
    told = value_in_words(loose, weak)[-1]
    assert told == "Proven: no more than £30.00 a year can be saved; that anything can is not proven."


def test_lots_that_are_not_proven_best_are_told() -> None:
    """Another design as compact might cost another price."""
    together, first = both(schedules(), RULES, CHEAP)  # type: ignore[arg-type]
    unproven = replace(first, design=replace(first.design, status=Status.FEASIBLE))
    assert "not proven best in their own goals" in value_in_words(together, unproven)[-1]


def test_a_search_that_did_not_get_as_far_is_not_the_answer() -> None:
    """A plan together that costs more than lots first gives way to it, with a word about that, and stays honest."""
    together, first = both(schedules(), RULES, CHEAP)  # type: ignore[arg-type]
    assert no_worse(together, first, EXACT) is together
    worse = replace(together, objective=90.0, bound=40.0, status=Status.FEASIBLE)
    found = no_worse(worse, first, EXACT)
    assert (found.objective, found.bound, found.status) == (70.0, 40.0, Status.FEASIBLE)
    assert found.plan is not None
    assert found.plan.total_price == Decimal(70)
    assert found.audit is not None
    assert found.audit.ok
    assert "did not get as far in its time" in found.limits[-1]
    nothing = replace(together, plan=None, objective=None, status=Status.UNKNOWN)
    assert no_worse(nothing, first, EXACT).objective == 70.0
