from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotopt.core.result import Status
from lotopt.engine.solve import explicit, tighten
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.cuts import Cutter
from lotopt.engine.solve.explicit import solve_explicit
from lotopt.engine.solve.lp import relax
from lotopt.engine.solve.master import Master, Row, solve_milp
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.engine.solve.ties import dearer
from lotopt.engine.solve.tighten import tightened
from tests.engine.problems import auction, cover, every_plan, side


@st.composite
def tenders(draw: st.DrawFn) -> Master:
    """Up to 9 bids over up to 5 lots, two providers with a weight limit, one of them under a fact."""
    lots, size = draw(st.integers(2, 5)), draw(st.integers(3, 9))
    sets = [draw(st.sets(st.integers(0, lots - 1), min_size=1, max_size=3)) for _ in range(size)]
    rows = []
    for lot in range(lots):
        held = [j for j, of in enumerate(sets) if lot in of]
        rows.append(Row(f"lot {lot}", np.array(held), np.ones(len(held)), draw(st.sampled_from([0, 1])), 1))
    whole = draw(st.booleans())
    weights = [draw(st.integers(1, 9)) / (1 if whole else 7) for _ in range(size)]
    first, second = list(range(0, size, 2)), list(range(1, size, 2))
    most = draw(st.integers(3, 20)) / (1 if whole else 7)
    rows.append(Row("first", first, [weights[j] for j in first], at_most=most))
    rows.append(Row("second", [*second, size], [*(weights[j] for j in second), -most], at_most=0.0))
    prices = draw(st.lists(st.integers(0, 40), min_size=size, max_size=size))
    fact = draw(st.integers(0, 5))
    return Master(np.array([float(price) for price in [*prices, fact]]), tuple(rows))


@settings(max_examples=150, deadline=None)
@given(master=tenders(), data=st.data())
def test_every_plan_keeps_every_cut(master: Master, data: st.DataObject) -> None:
    """Whatever shares are given as a relaxed plan, the cuts found for them cut off no plan."""
    shares = data.draw(st.lists(st.floats(0.1, 0.9), min_size=master.size, max_size=master.size))
    cuts = Cutter(master).cuts(np.arange(master.size), np.array(shares))
    tight = master.held_to(cuts)
    assert all(not tight.check(np.array(chosen, dtype=np.int64)) for _, chosen in every_plan(master))


@settings(max_examples=100, deadline=None)
@given(master=tenders())
def test_the_tightened_bound_is_below_every_plan(master: Master) -> None:
    """No plan costs less than the bound, and none holds a column that its cost does not allow."""
    found = tightened(master, SolverOptions(), Clock())
    for objective, chosen in every_plan(master):
        assert found is not None
        assert objective >= found[1].bound
        assert set(chosen) <= set(found[1].needed(objective).tolist())


@settings(max_examples=100, deadline=None)
@given(master=tenders())
def test_large_and_small_ways_give_the_same_plan(master: Master) -> None:
    """The plan chosen among equals is the same whether cuts and rivals are looked at or not."""
    options = SolverOptions(gap=0)
    one = solve_explicit(master, options, Clock())
    before, explicit.FEW_COLUMNS = explicit.FEW_COLUMNS, 0
    try:
        other = solve_explicit(master, options, Clock())
    finally:
        explicit.FEW_COLUMNS = before
    assert (one.status, one.objective) == (other.status, other.objective)
    if one.chosen is not None and other.chosen is not None:
        assert one.chosen.tolist() == other.chosen.tolist()


def test_a_subset_row_closes_the_triangle() -> None:
    """ab, bc and ca at 2 each cover the triangle for 3 by halves; of a, b and c one column holds two, so abc at 4."""
    master = cover("ab bc ca abc", [2, 2, 2, 4])
    found = tightened(master, SolverOptions(), Clock())
    assert found is not None
    assert found[1].bound == pytest.approx(4)


def test_a_cover_closes_a_weight_limit() -> None:
    """Of three bids that weigh 3 of 8 each two fit; the relaxed plan takes 2.67 of them at 1 less than the others.

    Three lots cost 3 x 2 = 6, less 1 for each of the two that fit: 4.
    """
    master = cover("a b c a b c", [1, 1, 1, 2, 2, 2], side("weight", [3, 3, 3, 0, 0, 0], at_most=8))
    found = tightened(master, SolverOptions(), Clock())
    assert found is not None
    assert found[1].bound == pytest.approx(4)


def test_columns_left_out_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begun with one column for each row, and a few more at once, the relaxation comes to the same bound or more."""
    master = auction(40, 4_000, 7)
    monkeypatch.setattr(tighten, "FIRST_EACH", 1)
    monkeypatch.setattr(tighten, "AT_ONCE", 50)
    found, whole = tightened(master, SolverOptions(), Clock()), relax(master, SolverOptions(), Clock())
    best = solve_milp(master, SolverOptions(gap=0), Clock()).objective
    assert found is not None
    assert whole is not None
    assert best is not None
    assert whole.bound * (1 - 1e-9) <= found[1].bound <= best


def test_rows_come_in_where_they_are_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """With limits left out at first the relaxation still keeps them all."""
    master = auction(40, 4_000, 8)
    before = tightened(master, SolverOptions(), Clock())
    monkeypatch.setattr(tighten, "FEW_ROWS", 0)
    after = tightened(master, SolverOptions(), Clock())
    assert before is not None
    assert after is not None
    assert after[1].bound == pytest.approx(before[1].bound, rel=1e-4)


def test_no_relaxed_plan_and_no_time() -> None:
    """Where a lot has no bid, or no time is left, there is nothing to tighten."""
    none = Master(np.ones(2), (Row("a", [0], [1], 1, 1), Row("b", [1], [1], 2, 2)))
    assert tightened(none, SolverOptions(), Clock()) is None
    assert tightened(cover("a b", [1, 1]), SolverOptions(), Clock(0.0)) is None


def test_a_plan_without_rival_is_told_by_its_price() -> None:
    """a for 1 beside a for 2: a unit more for the first makes the least 2. Beside a for 1 it stays 1."""
    for other, least in ((2, 2), (1, 1)):
        wider = dearer(cover("a a", [1, other]), np.array([0]))
        assert solve_milp(wider, SolverOptions(gap=0), Clock()).objective == least


def test_ties_in_facts_alone_are_still_broken_by_rule() -> None:
    """One cheapest set of bids, and two facts that may be claimed for nothing: the one of smaller weight is."""
    bids = [1.0, 2.0] + [9.0] * 2_100  # many enough for the long way
    size = len(bids)
    lot = Row("lot", np.arange(size), np.ones(size), 1, 1)
    facts = Row("facts", [size, size + 1], [1, 1], 1, 1)
    master = Master(np.array([*bids, 0.0, 0.0]), (lot, facts))
    answer = solve_explicit(master, SolverOptions(gap=0), Clock())
    from lotopt.engine.solve.ties import tie_weight

    expected = min((size, size + 1), key=lambda j: tie_weight(master.keys[j]))
    assert (answer.status, answer.objective) == (Status.OPTIMAL, 1)
    assert answer.chosen is not None
    assert answer.chosen.tolist() == [0, expected]


def test_rows_that_say_nothing_are_left_out() -> None:
    """A row that no choice breaks, and one that is there twice, are not handed to a solver."""
    twice = Row("lot", [0, 1], [1, 1], 1, 1)
    master = Master(np.ones(2), (twice, twice, Row("wide", [0, 1], [1, 1], -math.inf, 2), Row("empty", [], [])))
    assert [row.name for row in master.lean().rows] == ["lot"]
