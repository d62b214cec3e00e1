"""The engine equals brute force over every subset of bids, for every rule and goal."""

from __future__ import annotations

from decimal import Decimal

import award_oracle as oracle
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_markets import WHO, markets

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


def some_lots(market: Market) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sampled_from([(), (), (market.lots[0].id,)])


def some_groups(market: Market) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sampled_from([(), (), ("P",), (market.legal_groups[-1],)])


def held(market: Market) -> dict[str, st.SearchStrategy]:
    """Who is held to a rule on legal groups."""
    return {
        "excepted": some_groups(market),
        "only": st.sampled_from([(), (), ("P", "R")]),
        "classes": st.sampled_from([(), (), ("voluntary",)]),
        "roles": st.sampled_from([("prime", "member"), ("prime",), ("prime", "member", "subcontractor")]),
    }


def scope(market: Market) -> dict[str, st.SearchStrategy]:
    """The lots and services that a rule is about."""
    named = [service for service in market.services if service]
    return {"lots": some_lots(market), "services": st.sampled_from([(), (), tuple(named[:1])])}


def incompatible(market: Market) -> st.SearchStrategy[r.AwardRule]:
    choices = [
        st.builds(r.Incompatible, providers=st.permutations(WHO).map(lambda p: tuple(p[:2])), anywhere=st.booleans()),
        st.builds(
            r.Incompatible,
            roles=st.permutations(("prime", "member", "subcontractor")).map(lambda p: tuple(p[:2])),
            anywhere=st.booleans(),
        ),
        st.builds(r.Incompatible, providers=st.just(("firm" if "firm" in market.groups else "P", "R", "S"))),
    ]
    if len(market.lots) > 1:
        lots = st.lists(st.sampled_from([lot.id for lot in market.lots]), min_size=2, unique=True)
        choices.append(st.builds(r.Incompatible, lots=lots.map(tuple)))
    if len(market.services) > 1:
        choices.append(st.builds(r.Incompatible, services=st.just(market.services), anywhere=st.booleans()))
    return st.one_of(choices)


def capacity(market: Market) -> st.SearchStrategy[r.AwardRule]:
    stated = sorted({measure for provider in market.providers for measure in provider.capacity})
    share = st.sampled_from([1.0, 0.6])
    if not stated:
        return st.just(r.AwardLimit(at_most=2))
    who = {key: value for key, value in held(market).items() if key != "roles"}
    return st.builds(r.Capacity, measure=st.sampled_from(stated), share=share, **who)


def every_item(market: Market) -> st.SearchStrategy[r.AwardRule]:
    """One winner or two, with or without shares, all of them or as many as there are."""
    common = {"excepted": some_lots(market), "fewer": st.sampled_from([False, False, True])}
    by_lot = st.sampled_from([{}, {}, {market.lots[-1].id: 2}, {market.lots[0].id: 0}])
    shares = st.sampled_from([(0.6, 0.4), (1.0, 0.0), (0.5, 0.5), (0.333, 0.333, 0.0)])
    return st.one_of(
        st.builds(r.EveryItemAwarded, winners=st.sampled_from([1, 1, 2]), winners_by_lot=by_lot, **common),
        st.builds(r.EveryItemAwarded, shares=shares, **common),
    )


def counted(market: Market) -> dict[str, st.SearchStrategy]:
    """Where providers are counted."""
    return {"per": st.sampled_from(["all", "all", "region", "lot", "service"]), **scope(market)}


RULES = {
    r.EveryItemAwarded: every_item,
    r.Coverage: lambda m: st.sampled_from([(0.3, 9.0), (0.8, 9.0), (1.0, 9.0), (1.0, 1.0), (0.5, 1.3)]).flatmap(
        lambda ends: st.builds(r.Coverage, at_least=st.just(ends[0]), at_most=st.just(ends[1]), excepted=some_lots(m))
    ),
    r.AwardLimit: lambda m: st.builds(r.AwardLimit, at_most=st.integers(0, 3), **held(m), **scope(m)),
    r.ValueShare: lambda m: st.builds(
        r.ValueShare,
        at_most=st.sampled_from([0.25, 0.4, 0.5, 0.6667]),
        of=st.sampled_from(["price", "value"]),
        **held(m),
        **scope(m),
    ),
    r.ValueCap: lambda m: st.builds(
        r.ValueCap,
        at_most=st.sampled_from([Decimal(150), Decimal(300), Decimal("350.01"), Decimal("200.009")]),
        **held(m),
        **scope(m),
    ),
    r.Capacity: capacity,
    r.ClassShare: lambda m: st.sampled_from([(0.0, 0.5), (0.25, 1.0), (0.4, 0.6), (0.3333, 0.6667)]).flatmap(
        lambda ends: st.builds(
            r.ClassShare,
            classes=st.sampled_from([("voluntary",), ("voluntary", "private")]),
            at_least=st.just(ends[0]),
            at_most=st.just(ends[1]),
            of=st.sampled_from(["price", "price", "lots"]),
            **scope(m),
        )
    ),
    r.Budget: lambda m: st.builds(
        r.Budget, at_most=st.sampled_from([Decimal(250), Decimal("400.01"), Decimal(500)]), **scope(m)
    ),
    r.PriceCeiling: lambda m: st.builds(
        r.PriceCeiling,
        at_most=st.sampled_from([Decimal(1), Decimal(80), Decimal(100), Decimal("133.34"), Decimal(200)]),
        per=st.sampled_from(["lot", "cases", "value"]),
        excepted=some_lots(m),
    ),
    r.FewestProviders: lambda m: st.builds(r.FewestProviders, at_least=st.integers(1, 3), **counted(m)),
    r.MostProviders: lambda m: st.builds(r.MostProviders, at_most=st.integers(0, 2), **counted(m)),
    r.Incompatible: incompatible,
}
GOALS = {
    g.TotalPrice: lambda m: st.builds(g.TotalPrice, weight=st.sampled_from([1.0, 0.1])),
    g.PriceQuality: lambda m: st.sampled_from([(0.6, 0.4), (1.0, 0.0), (0.2, 0.8)]).flatmap(
        lambda w: st.sampled_from([("lowest", 0.0), ("mean", 0.0), ("per_pound", 0.5)]).flatmap(
            lambda f: st.builds(
                g.PriceQuality,
                price_weight=st.just(w[0]),
                quality_weight=st.just(w[1]),
                formula=st.just(f[0]),
                points_per_pound=st.just(f[1]),
                weight=st.sampled_from([1.0, 2.5]),
            )
        )
    ),
    g.QualityLost: lambda m: st.builds(g.QualityLost, weight=st.sampled_from([1.0, 2.5])),
    g.Contracts: lambda m: st.just(g.Contracts(weight=50)),
    g.ChangeOfSupplier: lambda m: st.just(
        g.ChangeOfSupplier(weight=60) if any(t.incumbent for t in m.terms.values()) else g.TotalPrice()
    ),
    g.IncumbentAdjustment: lambda m: (
        st.builds(
            g.IncumbentAdjustment,
            per_lot=st.sampled_from([Decimal(0), Decimal("49.99")]),
            share=st.sampled_from([0.0, 0.1]),
        )
        if any(t.incumbent for t in m.terms.values())
        else st.just(g.TotalPrice())
    ),
    g.LastResort: lambda m: st.just(
        g.LastResort(weight=1000) if any(p.last_resort for p in m.providers) else g.TotalPrice()
    ),
    g.Shortfall: lambda m: st.builds(
        g.Shortfall,
        winners=st.integers(1, 2),
        winners_by_lot=st.sampled_from([{}, {m.lots[0].id: 1}]),
        weight=st.sampled_from([100.0, 1000.0]),
    ),
    g.OfOtherClass: lambda m: st.just(g.OfOtherClass(classes=("voluntary",), weight=50)),
    g.ReservePrice: lambda m: st.just(g.ReservePrice(weight=0.5)),
    g.DrawnLot: lambda m: st.builds(g.DrawnLot, seed=st.integers(0, 5), weight=st.just(0.001)),
}


def goals_of(market: Market) -> st.SearchStrategy[g.AwardGoal]:
    """Any goal that suits a market."""
    return st.sampled_from(sorted(GOALS, key=str)).flatmap(lambda kind: GOALS[kind](market))


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
    assert all(oracle.keeps(market, rule, found) for rule in rules)
    for won in oracle.choices(market, rules):
        shares = {each.id: Decimal(each.share.numerator) / each.share.denominator for each in won}
        audit = audit_allocation(Allocation.of(market, shares), rules)
        kept = oracle.as_bid(market, won) and all(oracle.keeps(market, rule, won) for rule in rules)
        assert audit.ok == kept, str(audit)


def others(market: Market) -> st.SearchStrategy[tuple[r.AwardRule, ...]]:
    """Most often every lot is to be awarded, for without that nothing often is; and some other rule beside it."""
    one = st.sampled_from(sorted(RULES, key=str)).flatmap(lambda kind: RULES[kind](market))
    every = st.sampled_from([r.EveryItemAwarded(), r.Coverage(at_least=0.5), r.Coverage(at_least=0.3), None])
    return st.tuples(every, st.lists(one, max_size=1)).map(lambda x: (*filter(None, x[:1]), *x[1]))


def without_two_ways_to_share(rules: tuple[r.AwardRule, ...]) -> tuple[r.AwardRule, ...]:
    """Only the last rule may say which shares the winners of a lot get."""
    sharing = [rule for rule in rules if rule.places()]
    return tuple(rule for rule in rules if rule not in sharing[:-1])


many = settings(
    max_examples=CASES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("kind", RULES, ids=lambda kind: kind.__name__)
def test_a_rule_with_others_gives_the_optimum_of_brute_force(kind: type[r.AwardRule]) -> None:
    """For a rule with random fields, beside other rules: status, objective, audit and conflict are right."""

    @many
    @given(st.data())
    def check(data: st.DataObject) -> None:
        market = data.draw(markets())
        rules = without_two_ways_to_share((*data.draw(others(market)), data.draw(RULES[kind](market))))
        agree(market, rules, (data.draw(goals_of(market)),))

    check()


@pytest.mark.parametrize("kind", GOALS, ids=lambda kind: kind.__name__)
def test_a_goal_with_others_gives_the_optimum_of_brute_force(kind: type[g.AwardGoal]) -> None:
    """For a goal with random weights, alone and beside another, the objective is the least there is."""

    @many
    @given(st.data())
    def check(data: st.DataObject) -> None:
        market = data.draw(markets())
        beside = data.draw(st.lists(goals_of(market), max_size=1))
        agree(market, without_two_ways_to_share(data.draw(others(market))), (data.draw(GOALS[kind](market)), *beside))

    check()


def test_every_rule_and_goal_is_met_by_brute_force() -> None:
    """A rule or goal that is added to the list is also added here."""
    assert set(RULES) == set(r.RULES)
    assert set(GOALS) == set(g.GOALS)


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
