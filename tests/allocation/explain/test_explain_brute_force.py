"""What is told beside an allocation equals what brute force over every choice of bids says."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import award_oracle as oracle
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from random_goals import goals_of
from random_markets import markets
from random_rules import RULES, others, without_two_ways_to_share
from taken import firms

from lotopt.allocation import rules as r
from lotopt.allocation.allocation import Allocation
from lotopt.allocation.explain.admission import beside
from lotopt.allocation.explain.drill import failure_drill
from lotopt.allocation.explain.forbids import OwnTerm
from lotopt.allocation.explain.known import Difference
from lotopt.allocation.explain.loosen import loosened, relaxations
from lotopt.allocation.explain.reasons import Reason, reasons
from lotopt.allocation.explain.rerun import reopen
from lotopt.allocation.explain.rule_prices import rule_prices
from lotopt.allocation.goals import AwardGoal, Contracts, TotalPrice
from lotopt.allocation.solve import allocate_bids
from lotopt.core.clause import named
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.bid import Item
from lotopt.market.market import Market

EXACT = SolverOptions(gap=0.0)
Rules = tuple[r.AwardRule, ...]

cases = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@st.composite
def asked(draw: st.DrawFn) -> tuple[Market, Rules]:
    """A market with two or three rules."""
    market = draw(markets())
    kind = draw(st.sampled_from(sorted(RULES, key=str)))
    rules = named(without_two_ways_to_share((*draw(others(market)), draw(RULES[kind](market)))))
    assume(not any(problem for rule in rules for problem in rule.problems(market)))
    return market, rules


def same(difference: Difference, least: Fraction | None, other: Fraction, weight: float) -> bool:
    """Whether a difference is exactly that of two optima, which are weighted."""
    assert least is not None
    alone = Fraction(str(weight)) or Fraction(1)
    return difference.exact and abs(difference.least - (least - other) / alone) <= Fraction(1, 10**9)  # type: ignore[operator]


@cases
@given(asked(), st.data())
def test_a_losing_bid_costs_what_brute_force_says_or_cannot_win(
    given: tuple[Market, Rules], data: st.DataObject
) -> None:
    """Each losing bid: the best choice with it is dearer as told; where there is no such choice, rules forbid it."""
    market, rules = given
    goal = data.draw(goals_of(market))
    result = allocate_bids(market, rules, [goal], solver=EXACT)
    found = reasons(market, rules, [goal], result=result, solver=EXACT)
    assert found.done
    if result.plan is None:
        assert not found.reasons
        return
    least = oracle.best(market, rules, [goal])
    assert least is not None
    kept = list(oracle.kept(market, rules))
    assert {reason.bid for reason in found.reasons} == set(market.bid) - {award.bid for award in result.plan}
    for reason in found.reasons:
        event(reason.kind)
        with_it = [oracle.objective(market, [goal], won) for won in kept if reason.bid in {bid.id for bid in won}]
        if reason.kind in ("refused", "impossible"):
            assert not with_it, str(reason)
        else:
            assert same(reason.differences[0], min(with_it), least, goal.weight), str(reason)
            assert (reason.kind == "equal") == (min(with_it) == least)
        if reason.kind == "impossible" and not beside(rules):
            forbidden_by_no_less(market, rules, reason)


def forbidden_by_no_less(market: Market, rules: Rules, reason: Reason) -> None:
    """The rules named forbid the bid together, and none of them can be left out."""
    mine = [rule for rule in rules if rule.label in reason.rules]
    if "bids" in reason.rules:  # some terms of bidders are needed too
        assert not with_bid(market, mine, reason.bid)
        return
    free = without_terms(market)
    assert not with_bid(free, mine, reason.bid)
    for rule in mine:
        assert with_bid(free, [other for other in mine if other is not rule], reason.bid)


def with_bid(market: Market, rules: list[r.AwardRule], bid: str) -> bool:
    return any(bid in {each.id for each in won} for won in oracle.kept(market, rules))


def without_terms(market: Market) -> Market:
    bids = tuple(bid.model_copy(update={"alternative": "", "only_with": ()}) for bid in market.bids)
    return Market(market.lots, market.providers, bids, market.services, terms=market.terms, panel=market.panel)


@cases
@given(asked(), st.data())
def test_a_rule_costs_the_optimum_with_it_less_the_optimum_without(
    given: tuple[Market, Rules], data: st.DataObject
) -> None:
    """Every price of a rule is the difference of two optima of brute force; a rule of price 0 does not bind."""
    market, rules = given
    goal = data.draw(goals_of(market))
    least = oracle.best(market, rules, [goal])
    found = rule_prices(market, rules, [goal], solver=EXACT)
    if least is None:
        assert not found.prices
        return
    assert [price.rule for price in found.prices] == [rule.label for rule in rules]
    for rule, price in zip(rules, found.prices, strict=True):
        without = oracle.best(market, [other for other in rules if other is not rule], [goal])
        assert without is not None
        assert same(price.differences[0], least, without, goal.weight), str(price)
        event(f"binds: {price.binds}")
        assert price.binds == (least > without)


@cases
@given(asked(), st.data())
def test_with_goals_in_order_each_is_told_among_the_best_by_those_before(
    given: tuple[Market, Rules], data: st.DataObject
) -> None:
    """Contracts first, then another goal: what a bid and a rule cost is the difference of two least pairs."""
    market, rules = given
    goals = [Contracts(), data.draw(goals_of(market))]
    result = allocate_bids(market, rules, goals, in_order=True, solver=EXACT)
    if result.plan is None:
        return
    kept = list(oracle.kept(market, rules))
    weights = [goal.weight for goal in goals]

    def least(choices: list[oracle.Choice]) -> tuple[Fraction, ...] | None:
        pairs = [tuple(oracle.objective(market, [goal], won) for goal in goals) for won in choices]
        return min(pairs, default=None)

    best = least(kept)
    assert best is not None
    for reason in reasons(market, rules, goals, in_order=True, result=result, solver=EXACT).reasons:
        with_it = least([won for won in kept if reason.bid in {bid.id for bid in won}])
        assert (with_it is None) == (reason.kind in ("refused", "impossible"))
        if with_it is not None:
            for told, mine, theirs, weight in zip(reason.differences, with_it, best, weights, strict=True):
                assert same(told, mine, theirs, weight), str(reason)
    for rule, price in zip(
        rules, rule_prices(market, rules, goals, in_order=True, result=result, solver=EXACT).prices, strict=True
    ):
        without_it = least(list(oracle.kept(market, [other for other in rules if other is not rule])))
        assert without_it is not None
        for told, mine, theirs, weight in zip(price.differences, best, without_it, weights, strict=True):
            assert same(told, mine, theirs, weight), str(price)
        assert price.binds == (best > without_it)


@cases
@given(asked())
def test_a_relaxation_is_enough_and_one_step_less_is_not(given: tuple[Market, Rules]) -> None:
    """Where nothing keeps all rules: dropping helps as told, the new limit does, and the step before it does not."""
    market, rules = given
    found = relaxations(market, rules, solver=EXACT)
    assert found.exists == (oracle.best(market, rules, ()) is not None)
    by_name = {rule.label: rule for rule in rules}
    for way in found.one_by_one:
        rule = by_name[way.rule]
        event(f"{way.field or 'dropped'}: {way.helps}")
        rest = [other for other in rules if other is not rule]
        if not way.field:
            assert way.helps == (oracle.best(market, rest, ()) is not None)
        elif way.field == "fewer":
            assert oracle.best(market, [*rest, rule.model_copy(update={"fewer": True})], ()) is not None
        elif way.helps:
            assert way.enough is not None
            step = next(each.step for each in rule.loosenings(market) if each.field == way.field)
            enough, before = (loosened(rule, way.field, value) for value in (way.enough, way.enough - step))
            assert enough is not None
            assert oracle.best(market, swapped(rules, rule, enough), ()) is not None
            assert before is None or oracle.best(market, swapped(rules, rule, before), ()) is None
    if found.together:
        assert oracle.best(market, [rule for rule in rules if rule.label not in found.together], ()) is not None


def swapped(rules: Rules, old: r.AwardRule, new: r.AwardRule) -> list[r.AwardRule]:
    return [new if rule is old else rule for rule in rules]


@cases
@given(asked())
def test_after_a_failure_the_best_of_what_is_left_is_awarded(given: tuple[Market, Rules]) -> None:
    """Every winner's failure: the re-award costs what brute force finds among the bids of others, others kept or not.

    Where there is none, the re-award of its lots has the most winners that are possible without the rules on them.
    """
    market, rules = given
    goal = TotalPrice()
    result = allocate_bids(market, rules, [goal], solver=EXACT)
    if result.plan is None:
        return
    for failure in failure_drill(market, rules, [goal], result=result, solver=EXACT).failures:
        gone = {bid.id for bid in market.bids if set(failure.groups) & firms(market, bid)}
        withdrawn = r.Withdrawn(bids=tuple(sorted(gone)))
        left = list(oracle.kept(market, [*rules, withdrawn]))
        kept = [won for won in left if stays(market, result.plan, gone, won)]
        for again, choices in ((failure.everything, left), (failure.its_lots, kept)):
            prices = [oracle.objective(market, [goal], won) for won in choices]
            event(f"{again.scope}: {'in full' if prices else 'gaps' if again.plan is not None else 'none'}")
            if prices:
                assert again.plan is not None
                assert again.full
                assert Fraction(again.plan.total_price) == min(prices)
            else:
                assert again.plan is None or again.gaps
        again = failure.its_lots
        if not kept and not any(rule.kind == "coverage" for rule in rules):
            lots = {item.lot for item in failure.lost}
            free = [without(rule, lots) for rule in rules]
            possible = [
                won for won in oracle.kept(market, [*free, withdrawn]) if stays(market, result.plan, gone, won)
            ]
            counts = [sum(len(bid.items) for bid in won) for won in possible if not crowded(rules, failure.lost, won)]
            assert (again.plan is None) == (not counts)
            if again.plan is not None:
                assert sum(len(award.items) for award in again.plan) == max(counts)


def stays(market: Market, plan: Allocation, gone: set[str], won: oracle.Choice) -> bool:
    """Whether a choice keeps all awards but those of bids that are gone, and gives out their lots only."""
    lost = {item for award in plan if award.bid in gone for item in award.items}
    mine = {award.bid: award for award in plan if award.bid not in gone}
    shares = {each.id: each.share for each in won}
    if any(each.id not in mine and not set(each.bid.items) <= lost for each in won):
        return False
    # a winner that shares a lot with one that is gone may get another share
    return all(id in shares and (lost & {*a.items} or shares[id] == Fraction(a.share)) for id, a in mine.items())


def without(rule: r.AwardRule, lots: set[str]) -> r.AwardRule:
    """A rule that lets lots go without winners."""
    if rule.kind != "every_item_awarded":
        return rule
    return rule.model_copy(update={"excepted": (*rule.excepted, *sorted(lots))})  # type: ignore[attr-defined]


def crowded(rules: Rules, lost: tuple[Item, ...], won: oracle.Choice) -> bool:
    """Whether more bids win a lot that was lost than one, where no rule says how many there are."""
    if any(rule.kind == "every_item_awarded" for rule in rules):
        return False
    return any(sum(item in each.bid.items for each in won) > 1 for item in lost)


@cases
@given(asked(), st.data())
def test_with_a_bid_withdrawn_and_all_else_free_the_rest_is_best(
    given: tuple[Market, Rules], data: st.DataObject
) -> None:
    """A winner that falls away: the new optimum is that of the market without it."""
    market, rules = given
    goal: AwardGoal = TotalPrice()
    result = allocate_bids(market, rules, [goal], solver=EXACT)
    if result.plan is None or not result.plan.awards:
        return
    bid = data.draw(st.sampled_from([award.bid for award in result.plan]))
    again = reopen(market, rules, [goal], withdrawn=[bid], others="free", result=result, solver=EXACT)
    least = oracle.best(market, [*rules, r.Withdrawn(bids=(bid,))], [goal])
    if least is None:
        assert again.result.plan is None
        return
    assert again.result.plan is not None
    assert Fraction(again.result.plan.total_price) == least
    assert again.differences[0].amount == Decimal(again.result.plan.total_price) - result.plan.total_price


def test_terms_of_bidders_are_named_as_bids() -> None:
    """What bidders ask for goes by the word 'bids', which no rule may be called."""
    assert OwnTerm("b1").label == "bids"
