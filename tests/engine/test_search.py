"""Local search: when it ends, and what it gives."""

from __future__ import annotations

import numpy as np
import pytest

from lotopt.design import goals as g
from lotopt.design import rules as r
from lotopt.engine.model.program import Partitioning
from lotopt.engine.search.local import search
from tests.conftest import plan
from tests.engine.maps import problem_of


def four_lots() -> Partitioning:
    """Four lots of four areas each; squares have the shortest borders: 8 between them."""
    rules = (r.LotCount(at_least=4, at_most=4), r.SizeBetween(measure="cases", at_least=4, at_most=4), r.Contiguous())
    return problem_of(plan("AABB / AABB / CCDD / CCDD"), *rules, goals=(g.BorderLength(),))


def test_a_plan_that_costs_enough_ends_the_search() -> None:
    """The first plan at that cost or below is given with its own columns alone; a full search meets more."""
    told: list[float] = []
    whole = search(four_lots(), 1, tell=told.append)
    assert len(whole.columns) > 4
    first = search(four_lots(), 1, enough=np.inf)
    assert first.cost == pytest.approx(told[0])
    assert first.plan is not None
    assert len(first.columns) == len(np.unique(first.plan)) == 4
    best = search(four_lots(), 1, enough=whole.cost)
    assert best.cost == whole.cost
    assert len(best.columns) == 4
