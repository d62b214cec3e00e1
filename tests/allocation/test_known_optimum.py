"""The engine equals brute force over every subset of bids, for every rule and goal."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import award_oracle as oracle
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_goals import GOALS, goals_of
from random_markets import markets
from random_rules import RULES, TELLING, others, without_two_ways_to_share

from lotopt.allocation import goals as g
from lotopt.allocation import rules as r
from lotopt.allocation.allocation import Allocation
from lotopt.allocation.audit import audit_allocation
from lotopt.allocation.conflict import plain_reasons
from lotopt.allocation.solve import allocate_bids
from lotopt.core.clause import named
from lotopt.core.result import Status
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.market import Market

CASES = 50  # for each rule and goal
EXACT = SolverOptions(gap=0.0)


def agree(market: Market, rules: tuple[r.AwardRule, ...], goals: tuple[g.AwardGoal, ...]) -> None:
    """Engine, audit and brute force say the same of one market."""
    least = oracle.best(market, rules, goals)
    result = allocate_bids(market, rules, goals, solver=EXACT)
    if least is None:
        assert result.status is Status.INFEASIBLE
        assert result.conflict
        clash = [rule for rule in named(rules) if f"{rule.label}: {rule.explain()}" in result.conflict]
        assert oracle.best(market, clash, ()) is None
        assert all(oracle.best(market, [o for o in clash if o is not rule], ()) is not None for rule in clash)
        return
    assert not list(plain_reasons(market, rules))
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(float(least), rel=1e-9, abs=1e-9)
    assert result.audit is not None
    assert result.audit.ok, str(result.audit)
    assert result.plan is not None
    found = oracle.taken(market, {award.bid: oracle.number(award.share) for award in result.plan})
    assert {award.bid: award.price for award in result.plan} == {each.id: each.price for each in found}
    assert oracle.objective(market, goals, found) == least
    assert all(oracle.keeps(market, rule, found, rules) for rule in rules)
    for won in oracle.choices(market, rules):
        shares = {each.id: Decimal(each.share.numerator) / each.share.denominator for each in won}
        audit = audit_allocation(Allocation.of(market, shares), rules)
        kept = oracle.as_bid(market, won) and all(oracle.keeps(market, rule, won, rules) for rule in rules)
        assert audit.ok == kept, str(audit)


many = settings(
    max_examples=CASES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def in_many_cases(check: Callable[[st.DataObject], None]) -> None:
    """A check made of as many random cases as are promised; it fails where fewer were made."""
    made = 0

    @many
    @given(st.data())
    def one_more(data: st.DataObject) -> None:
        nonlocal made
        made += 1
        check(data)

    one_more()
    assert made >= CASES


@pytest.mark.parametrize("kind", RULES, ids=lambda kind: kind.__name__)
def test_a_rule_with_others_gives_the_optimum_of_brute_force(kind: type[r.AwardRule]) -> None:
    """For a rule with random fields, beside other rules: status, objective, audit and conflict are right."""

    def check(data: st.DataObject) -> None:
        market = data.draw(markets(telling=kind in TELLING))
        rules = without_two_ways_to_share((*data.draw(others(market)), data.draw(RULES[kind](market))))
        # where awards are worth much, everything wins that a rule lets win
        wanted = data.draw(st.sampled_from([(), (g.Shortfall(weight=1000),), (g.Shortfall(weight=1000),)]))
        agree(market, rules, (data.draw(goals_of(market)), *wanted))

    in_many_cases(check)


@pytest.mark.parametrize("kind", GOALS, ids=lambda kind: kind.__name__)
def test_a_goal_with_others_gives_the_optimum_of_brute_force(kind: type[g.AwardGoal]) -> None:
    """For a goal with random weights, alone and beside another, the objective is the least there is."""

    def check(data: st.DataObject) -> None:
        market = data.draw(markets())
        beside = data.draw(st.lists(goals_of(market), max_size=1))
        agree(market, without_two_ways_to_share(data.draw(others(market))), (data.draw(GOALS[kind](market)), *beside))

    in_many_cases(check)


def test_every_rule_and_goal_is_met_by_brute_force() -> None:
    """A rule or goal that is added to the list is also added here, and a thousand cases are looked at in all."""
    assert set(RULES) == set(r.RULES)
    assert set(GOALS) == set(g.GOALS)
    assert CASES * (len(RULES) + len(GOALS)) >= 1_000


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_the_order_of_bids_does_not_matter(data: st.DataObject) -> None:
    """The same bids in another order win the same lots, also where several allocations are equally good."""
    market = data.draw(markets())
    rules = (r.Coverage(at_least=0.3), r.AwardLimit(at_most=3))
    shuffled = Market(
        market.lots,
        tuple(reversed(market.providers)),
        tuple(data.draw(st.permutations(market.bids))),
        market.services,
        terms=market.terms,
        panel=tuple(reversed(market.panel)),
    )
    first, second = (allocate_bids(m, rules, (g.TotalPrice(),), solver=EXACT) for m in (market, shuffled))
    assert first.status is second.status
    if first.plan is not None and second.plan is not None:
        assert first.plan.awards == second.plan.awards
    assert market.digest == shuffled.digest
