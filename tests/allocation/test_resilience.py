"""Whether others could carry on if one provider failed: flows in exact numbers, and plans worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import award_oracle as oracle
import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markets import market
from outcomes import EVERY, FEWER, broken, won

from lotopt.allocation import rules as r
from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.problem import Problem
from lotopt.allocation.rules.flow import most_taken_on
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.bid import Item

CASES = {"L1": 10.0, "L2": 10.0}
WORK = (Item("L1"), Item("L2"), Item("L3"))


def test_work_goes_to_whoever_can_take_it() -> None:
    """A alone reaches L1 and so hands L2 over to B: 5 + 5 are all taken on."""
    five = Fraction(5)
    reach = {WORK[0]: ["A"], WORK[1]: ["A", "B"]}
    most, cut = most_taken_on({WORK[0]: five, WORK[1]: five}, {"A": five, "B": five}, reach)
    assert (most, cut) == (10, frozenset())


def test_the_cut_is_the_work_that_cannot_go_up() -> None:
    """A takes 3 of 5 in L1; L2, which B reaches, is no part of what is short."""
    reach = {WORK[0]: ["A"], WORK[1]: ["B"]}
    spare = {"A": Fraction(3), "B": Fraction(9)}
    assert most_taken_on({WORK[0]: Fraction(5), WORK[1]: Fraction(5)}, spare, reach) == (8, frozenset(WORK[:1]))


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_a_largest_flow_is_as_large_as_networkx_finds_it(data: st.DataObject) -> None:
    """And equals what the cut lets through, in thirds and tenths."""
    number = st.fractions(0, 4, max_denominator=10)
    work = {item: data.draw(number) for item in WORK}
    spare = {who: data.draw(number) for who in "ABC"}
    reach = {item: data.draw(st.lists(st.sampled_from("ABC"), unique=True)) for item in WORK}
    network = nx.DiGraph()
    network.add_nodes_from(["from", "to"])
    for item in WORK:
        network.add_edge("from", item, capacity=work[item])
        for who in reach[item]:
            network.add_edge(item, who, capacity=Fraction(99))
    for who in "ABC":
        network.add_edge(who, "to", capacity=spare[who])
    most, cut = most_taken_on(work, spare, reach)
    assert most == nx.maximum_flow_value(network, "from", "to")
    near = {who for item in cut for who in reach[item]}
    assert most == sum(work[item] for item in WORK if item not in cut) + sum(spare[who] for who in near)


def test_spare_capacity_in_reach_covers_the_work_of_whoever_fails() -> None:
    """A would win L1 and L2. With 20 to carry, B can take on all of A's work and A all of B's: A keeps both."""
    bids = ("A L1 1", "A L2 1", "B L1 5", "B L2 5")
    wide = market(*bids, cases=CASES, capacity={"A": {"cases": 20}, "B": {"cases": 20}})
    assert won(wide, EVERY, r.Resilience(measure="cases")) == {"A-L1", "A-L2"}
    # B can carry 15: of A's 20 it could take on 15. A lot each leaves A with 10 to spare and B with 5.
    narrow = market(*bids, cases=CASES, capacity={"A": {"cases": 20}, "B": {"cases": 15}})
    assert won(narrow, EVERY, r.Resilience(measure="cases", share=0.75)) == {"A-L1", "A-L2"}
    assert won(narrow, EVERY, r.Resilience(measure="cases", share=0.5)) == {"A-L1", "A-L2"}
    told = broken(narrow, ["A-L1", "A-L2"], r.Resilience(measure="cases", share=0.76))
    assert told == ["A fails: 15 cases that others can take on, less than 15.2"]


def test_a_third_provider_makes_the_plan_safe() -> None:
    """A and B with a lot each have 10 cases and 5 to spare; each could fail only where C, dearer, stands by."""
    bids = ("A L1 1", "B L2 1", "A L2 9", "B L1 9", "C L1 20", "C L2 20")
    capacity = {"A": {"cases": 15}, "B": {"cases": 15}, "C": {"cases": 5}}
    assert won(market(*bids, cases=CASES, capacity=capacity), EVERY, r.Resilience(measure="cases")) == {
        "A-L1",
        "B-L2",
    }
    short = capacity | {"C": {"cases": 4.9}}
    told = broken(market(*bids, cases=CASES, capacity=short), ["A-L1", "B-L2"], r.Resilience(measure="cases"))
    assert told == [
        "A fails: 9.9 cases that others can take on, less than 10",
        "B fails: 9.9 cases that others can take on, less than 10",
    ]


def test_only_those_who_bid_for_a_lot_are_in_reach_of_it() -> None:
    """C could carry everything and bids for L3 alone; a bid for L1 that is withdrawn does not bring it nearer."""
    bids = ("A L1 1", "B L1 30", "C L3 1", "C L1 50")
    cases, capacity = {"L1": 10.0, "L3": 1.0}, {"A": {"cases": 10}, "B": {"cases": 5}, "C": {"cases": 99}}
    of = market(*bids, cases=cases, capacity=capacity)
    rule = r.Resilience(measure="cases", excepted=("C",))
    assert broken(of, ["A-L1", "C-L3"], rule) == []
    told = broken(of, ["A-L1", "C-L3"], rule, r.Withdrawn(bids=("C-L1",)))
    assert told == ["A fails: 5 cases that others can take on, less than 10"]


def test_firms_of_one_group_fail_together() -> None:
    """B is A's sister and no help; without C nothing could be awarded."""
    bids = ("A L1 1", "B L1 2", "C L1 9")
    groups, ten = {"A": "firm", "B": "firm"}, {"cases": 10.0}
    of = market(*bids, cases={"L1": 10.0}, groups=groups, capacity={"A": ten, "B": ten, "C": {"cases": 9}})
    assert broken(of, ["A-L1"], r.Resilience(measure="cases")) == [
        "firm fails: 9 cases that others can take on, less than 10"
    ]
    assert won(of, EVERY, r.Resilience(measure="cases", excepted=("firm",))) == {"A-L1"}


def test_who_states_no_capacity_has_none_to_spare() -> None:
    """C would win L1 and could be replaced; nobody counts on it in turn."""
    of = market("A L1 5", "C L1 1", cases={"L1": 10.0}, capacity={"A": {"cases": 10}})
    assert won(of, EVERY, r.Resilience(measure="cases")) == {"C-L1"}
    assert broken(of, ["A-L1"], r.Resilience(measure="cases")) == [
        "A fails: 0 cases that others can take on, less than 10"
    ]


def test_nobody_takes_on_more_than_it_states() -> None:
    """A has 9 for 10 cases: too much, whoever could step in."""
    of = market("A L1 1", "B L1 5", cases={"L1": 10.0}, capacity={"A": {"cases": 9}, "B": {"cases": 99}})
    assert broken(of, ["A-L1"], r.Resilience(measure="cases")) == ["A, capacity: 10 cases, more than 9"]


def test_the_volume_of_a_package_is_shared_out_by_the_lots() -> None:
    """The package states 9 cases for lots of 10 and 20: 3 and 6. B reaches L1 alone and covers 3 of 9."""
    of = market(
        "A L1+L2 5 cases=9",
        "B L1 50",
        cases={"L1": 10.0, "L2": 20.0},
        capacity={"A": {"cases": 9}, "B": {"cases": 9}},
    )
    assert broken(of, ["A-L1+L2"], r.Resilience(measure="cases", share=0.5)) == [
        "A fails: 3 cases that others can take on, less than 4.5"
    ]


def test_lots_may_be_what_is_counted() -> None:
    """Each can take on two lots: A with both leaves B two to spare; with one each both have one."""
    of = market("A L1 1", "A L2 1", "B L1 5", "B L2 5", capacity={"A": {"lots": 2}, "B": {"lots": 2}})
    assert won(of, EVERY, r.Resilience(measure="lots")) == {"A-L1", "A-L2"}
    one = market("A L1 1", "A L2 1", "B L1 5", "B L2 5", capacity={"A": {"lots": 2}, "B": {"lots": 1}})
    assert won(one, FEWER, r.Resilience(measure="lots")) == set()
    assert broken(one, ["A-L1", "A-L2"], r.Resilience(measure="lots")) == [
        "A fails: 1 lots that others can take on, less than 2"
    ]


@pytest.mark.parametrize("share", [1.0, 0.75, 0.5, 0.25])
def test_rows_are_written_where_a_plan_asks_for_them(share: float) -> None:
    """A ring: each of four reaches its own lot at 10 and the next at 7. The best of 256 choices, with few rows."""
    bids = [f"{id} L{(i + step) % 4} {price}" for i, id in enumerate("ABCD") for step, price in ((0, 10), (1, 7 + i))]
    of = market(*bids, cases={f"L{i}": 2.0 for i in range(4)}, capacity={id: {"cases": 3} for id in "ABCD"})
    rules, goals = (EVERY, r.Resilience(measure="cases", share=share)), (TotalPrice(),)
    problem = Problem.of(of, rules)
    answer = problem.solve(goals, SolverOptions(), Clock())
    least = oracle.best(of, rules, goals)
    assert (answer.objective is None) == (least is None)
    assert answer.objective is None or answer.objective == 100 * least
    assert bool(problem.cuts) == (share > 0.5)
