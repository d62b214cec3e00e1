"""Lots inside one agency: links across agencies are dropped, the answer stays the same."""

from __future__ import annotations

import numpy as np
import pytest

from lotopt.design import goals as g
from lotopt.design import rules as r
from lotopt.design.clause import DesignGoal, DesignRule
from lotopt.engine.model.nesting import without_useless_links
from lotopt.engine.model.program import components
from tests.conftest import plan
from tests.design.design_oracle import Case, random_territory
from tests.engine.maps import check_by_looking, problem_in, problem_of


def random_nested(seed: int) -> Case:
    """A map whose lots lie inside one agency of a layer or of two, with sizes and a number of lots."""
    random = np.random.default_rng(seed)
    territory = random_territory(random)
    rules: list[DesignRule] = [r.Contiguous(), r.Nested(layer="police")]
    if random.random() < 0.3:
        rules.append(r.LargestSpan(layer="court", at_most=1))
    if random.random() < 0.6:
        whole = float(territory.measure("cases").sum())
        rules.append(r.SizeBetween(measure="cases", at_most=whole * random.uniform(0.2, 0.6)))
    fewest = int(random.integers(1, len(territory)))
    rules.append(r.LotCount(at_least=fewest, at_most=fewest + int(random.integers(0, 3))))
    goals: list[DesignGoal] = [g.BorderLength(), g.Compactness(measure="people"), g.Interfaces(layer="court")]
    return Case(territory, tuple(rules), tuple(goals[: int(random.integers(1, 4))]))


@pytest.mark.parametrize("seed", range(60))
def test_nested_lots_at_least_cost(seed: int) -> None:
    """Lots inside agencies, in whatever number: the plan costs what looking at every plan finds."""
    case = random_nested(seed)
    check_by_looking(problem_in(case), case)


def test_links_across_agencies_are_dropped() -> None:
    """A row of six squares in three agencies falls into the three pieces that lots lie in."""
    drawn = plan("AAAAAA", layers={"police": "XXYYYZ"})
    problem = problem_of(drawn, r.Contiguous(), r.Nested(layer="police"))
    assert len(components(problem.program)) == 1
    assert sorted(len(piece) for piece in components(without_useless_links(problem).program)) == [1, 2, 3]


def test_links_stay_where_some_lots_may_cross() -> None:
    """Where a lot is let off, it may cross any boundary, so every link may be of use."""
    drawn = plan("AAAAAA", layers={"police": "XXYYYZ"})
    problem = problem_of(drawn, r.Contiguous(), r.Nested(layer="police", excepted=("r1c6",)))
    assert without_useless_links(problem) is problem
