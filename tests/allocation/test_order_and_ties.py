"""Goals one after the other and tie rules: the engine chooses what looking at every choice of bids would choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import award_oracle as oracle
import pytest
from goal_oracle import GOALS as VALUE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markets import market
from random_goals import GOALS, goals_of
from random_markets import markets
from random_rules import others, without_two_ways_to_share
from taken import Choice

from lotopt.allocation import goals as g
from lotopt.allocation import rules as r
from lotopt.allocation.problem import Problem
from lotopt.allocation.solve import allocate_bids
from lotopt.core.clause import named
from lotopt.core.result import Status
from lotopt.engine.model.rows import Answer
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.market import Market

CASES = 60
EXACT = SolverOptions(gap=0.0)
MANY = settings(
    max_examples=CASES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
# goals whose values are counts or pennies, so that equal is equal
COUNTING = (g.TotalPrice, g.Contracts, g.ChangeOfSupplier, g.OfOtherClass, g.DrawnLot, g.Shortfall, g.ReservePrice)


def value(of: Market, goals: Sequence[g.AwardGoal], won: Choice) -> Fraction:
    return sum((oracle.number(goal.weight) * VALUE[goal.kind](of, goal, won) for goal in goals), Fraction(0))


def least(of: Market, goals: Sequence[g.AwardGoal], choices: Sequence[Choice]) -> list[Choice]:
    """The choices that are best by some goals together."""
    lowest = min(value(of, goals, won) for won in choices)
    return [won for won in choices if value(of, goals, won) == lowest]


def known(won: Choice) -> set[tuple[str, Fraction]]:
    return {(each.id, each.share) for each in won}


def counting(of: Market) -> st.SearchStrategy[g.AwardGoal]:
    return st.sampled_from(COUNTING).flatmap(lambda kind: GOALS[kind](of))


def some_rules(of: Market) -> st.SearchStrategy[tuple[r.AwardRule, ...]]:
    """Rules under which several choices are often equally good: two places with equal shares among them."""
    equal = st.sampled_from([(), (), (r.EveryItemAwarded(shares=(0.5, 0.5), fewer=True),)])
    return st.tuples(others(of), equal).map(lambda x: without_two_ways_to_share((*x[0], *x[1])))


@MANY
@given(st.data())
def test_goals_in_order_give_what_looking_gives(data: st.DataObject) -> None:
    """The first goal is least, the second least among what is best by the first, and so on."""
    of = data.draw(markets())
    rules = data.draw(some_rules(of))
    goals = tuple(data.draw(st.lists(goals_of(of), min_size=2, max_size=3)))
    result = allocate_bids(of, rules, goals, in_order=True, solver=EXACT)
    choices = list(oracle.kept(of, rules))
    if not choices:
        assert result.status is Status.INFEASIBLE
        return
    best = choices
    for goal in goals:
        best = least(of, (goal,), best)
    assert result.status is Status.OPTIMAL
    assert result.plan is not None
    assert result.audit is not None
    assert result.audit.ok, str(result.audit)
    wanted = [float(VALUE[goal.kind](of, goal, best[0])) for goal in goals]
    assert [told.value for told in result.goals] == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    assert result.objective == pytest.approx(goals[0].weight * wanted[0], rel=1e-9, abs=1e-9)


@MANY
@given(st.data())
def test_tie_rules_choose_what_looking_chooses_and_say_so(data: st.DataObject) -> None:
    """Each tie rule narrows the best choices down, until one is left; what is told is how many there were."""
    of = data.draw(markets())
    rules = data.draw(some_rules(of))
    goals = tuple(data.draw(st.lists(counting(of), min_size=1, max_size=2)))
    ties = named(data.draw(st.lists(counting(of), min_size=1, max_size=2)))
    result = allocate_bids(of, rules, goals, ties=ties, solver=EXACT)
    choices = list(oracle.kept(of, rules))
    if not choices:
        assert result.status is Status.INFEASIBLE
        assert result.ties == ()
        return
    best = least(of, goals, choices)
    told = ["several answers are equally good"] if len(best) > 1 else ["no tie: one answer is best"]
    for tie in ties if len(best) > 1 else ():
        if len(best) == 1:
            break
        best = least(of, (tie,), best)
        told.append(f"{tie.label}: {float(VALUE[tie.kind](of, tie, best[0])):,.12g} {tie.unit} is the least")
    if len(told) > 1:
        told.append("one answer is left" if len(best) == 1 else "several answers are still equally good")
    assert result.status is Status.OPTIMAL
    assert result.plan is not None
    won = {(award.bid, oracle.number(award.share)) for award in result.plan}
    assert won in [known(choice) for choice in best]
    assert len(result.ties) == len(told), result.ties
    assert all(said.startswith(begins) for said, begins in zip(result.ties, told, strict=True)), result.ties


def ties_of(of: Market, *ties: g.AwardGoal, rules: Sequence[r.AwardRule] = (r.EveryItemAwarded(),)) -> list[str]:
    result = allocate_bids(of, rules, [g.TotalPrice()], ties=ties)
    return [*result.ties, *sorted(award.bid for award in result.plan)]  # type: ignore[union-attr]


def test_one_best_answer_is_no_tie() -> None:
    """9 is less than 10."""
    assert ties_of(market("A L1 9", "B L1 10"), g.Contracts()) == ["no tie: one answer is best", "A-L1"]


def test_a_tie_falls_by_the_first_rule_that_tells_the_answers_apart() -> None:
    """The package at 20 is one contract, two single bids at 10 + 10 are two."""
    of = market("A L1+L2 20", "B L1 10", "B L2 10")
    first, *rest = ties_of(of, g.Contracts(), g.DrawnLot(seed=1))
    assert first.startswith("several answers are equally good: bid ")
    assert rest == ["contracts: 1 contracts is the least among them", "one answer is left", "A-L1+L2"]


def test_equal_shares_in_the_other_order_are_no_other_answer() -> None:
    """Each gets half, whoever is named first."""
    half = r.EveryItemAwarded(shares=(0.5, 0.5))
    of = market("A L1 10", "B L1 10")
    assert ties_of(of, g.Contracts(), rules=(half,)) == ["no tie: one answer is best", "A-L1", "B-L1"]


def test_where_no_tie_rule_tells_them_apart_that_is_said() -> None:
    """Both bids are one contract; the engine's own draw decides and says that a further rule would be better."""
    first, second, third, winner = ties_of(market("A L1 10", "B L1 10"), g.Contracts())
    assert first.startswith("several answers are equally good: bid ")
    assert second == "contracts: 1 contracts is the least among them"
    assert third.startswith("several answers are still equally good by every tie rule; the engine's own draw chose")
    assert winner in ("A-L1", "B-L1")


def test_ties_are_not_told_of_goals_that_are_proven_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a bound a penny below, a better answer may exist: whether two are equally best is not known."""
    solve = Problem.solve

    def in_part(self: Problem, *given: Any, **more: Any) -> Answer:
        answer = solve(self, *given, **more)
        return replace(answer, bound=(answer.objective or 0.0) - 1)

    monkeypatch.setattr(Problem, "solve", in_part)
    told = ties_of(market("A L1 10000", "B L1 10000"), g.Contracts())
    assert told[0] == "the goals are proven to the wanted gap only, so which answers are best is not known"
    assert len(told) == 2
