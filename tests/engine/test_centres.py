"""The bound by centres in the plane: never above the optimum, and sharp where lots are far apart."""

from __future__ import annotations

import numpy as np
import pytest

from lotopt.design import goals as g
from lotopt.design import rules as r
from lotopt.design.clause import DesignGoal, DesignRule
from lotopt.engine.bounds.centres import bound_by_centres
from lotopt.engine.model.agencies import counted_layers
from lotopt.engine.solve.clock import Clock
from tests.conftest import plan
from tests.design.design_oracle import Case, best_by_looking, random_territory
from tests.engine.maps import problem_in, problem_of


def random_compact(seed: int) -> Case:
    """A map with sizes, a number of lots and compactness; interfaces limited or priced, other goals beside it."""
    random = np.random.default_rng(seed)
    territory = random_territory(random)
    whole = float(territory.measure("cases").sum())
    fewest = int(random.integers(1, 4))
    low, high = whole * random.uniform(0, 0.3), whole * random.uniform(0.4, 1)
    rules: list[DesignRule] = [
        r.LotCount(at_least=fewest, at_most=fewest + int(random.integers(0, 2))),
        r.SizeBetween(measure="cases", at_least=low, at_most=high),
    ]
    if random.random() < 0.5:
        rules.append(r.Contiguous())
    if random.random() < 0.5:
        rules.append(r.Splits(layer="police", at_most=int(random.integers(0, 3))))
    goals: list[DesignGoal] = [g.Compactness(measure=str(random.choice(["cases", "people"])))]
    scale = whole * 100.0
    if random.random() < 0.6:
        goals.append(g.Interfaces(layer="police", weight=scale * random.uniform(0.01, 1)))
    if random.random() < 0.3:
        goals += [g.Lots(weight=scale * random.uniform(0.01, 1)), g.BorderLength(weight=scale * 0.001)]
    return Case(territory, tuple(rules), tuple(goals))


@pytest.mark.parametrize("seed", range(60))
def test_no_plan_costs_less_than_the_bound(seed: int) -> None:
    """Whatever else is ruled or priced, the best plan by looking at all of them costs the bound or more."""
    case = random_compact(seed)
    wanted = best_by_looking(case)
    problem = problem_in(case)
    layers = counted_layers(problem)
    slot, most = (layers[0].slot, layers[0].allowed) if layers else (None, np.inf)
    bound = bound_by_centres(problem, slot, Clock(), most=most)
    if wanted is not None and bound is not None:
        assert bound <= wanted * (1 + 1e-9) + 1e-9


def test_lots_far_apart_are_bounded_sharply() -> None:
    """Two pairs of squares 10 km apart in two lots: each pair has inertia 2 x 0.5 km2, one in all."""
    drawn = plan("AA........AA")
    problem = problem_of(drawn, r.LotCount(at_least=2, at_most=2), goals=(g.Compactness(measure="cases"),))
    bound = bound_by_centres(problem, None, Clock())
    assert bound == pytest.approx(1.0, rel=0.01)


def test_an_interface_too_many_is_paid_for() -> None:
    """One agency in two lots of two squares at 5 per interface: two interfaces and an inertia of one."""
    drawn = plan("AA........AA", layers={"police": "XX........XX"})
    two = r.LotCount(at_least=2, at_most=2)
    goals = (g.Compactness(measure="cases"), g.Interfaces(layer="police", weight=5.0))
    problem = problem_of(drawn, two, goals=goals)
    (layer,) = counted_layers(problem)
    assert bound_by_centres(problem, layer.slot, Clock()) == pytest.approx(11.0, rel=0.01)


def test_costs_below_nothing_have_no_such_bound() -> None:
    """Without a goal of compactness there is nothing to bound by centres."""
    drawn = plan("AA")
    assert bound_by_centres(problem_of(drawn, goals=(g.BorderLength(),)), None, Clock()) is None
