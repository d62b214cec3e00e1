"""The engine equals brute force over every subset of bids, for every rule and goal."""

from __future__ import annotations

from decimal import Decimal

import award_oracle as oracle
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lotopt.allocation import goals as g
from lotopt.allocation import rules as r
from lotopt.allocation.allocation import Allocation
from lotopt.allocation.audit import audit_allocation
from lotopt.allocation.conflict import plain_reasons
from lotopt.allocation.solve import allocate_bids
from lotopt.core.clause import named
from lotopt.core.lot import LotFacts
from lotopt.core.result import Status
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.bid import Bid
from lotopt.market.market import Market
from lotopt.market.provider import Provider

CASES = 50  # for each rule and goal
EXACT = SolverOptions(gap=0.0)
LOTS, WHO = ("L1", "L2", "L3"), ("P", "Q", "R", "S")


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """Up to three lots, one or two services, four providers of which two may be one firm, up to six bids.

    Few different numbers, so that ties and sums right at a limit are common.
    """
    lots = LOTS[: draw(st.sampled_from([1, 2, 2, 3]))]
    services = draw(st.sampled_from([("",), ("",), ("",), ("work", "help")]))
    facts = tuple(LotFacts(lot, volumes={"cases": draw(st.sampled_from([1.0, 2.0, 2.5]))}) for lot in lots)
    one_firm = draw(st.booleans())
    providers = tuple(
        Provider(
            id=id,
            group="firm" if one_firm and id in "PQ" else "",
            kind="voluntary" if id in "QS" else "private",
            capacity=draw(st.sampled_from([{}, {"cases": 1.25}, {"cases": 4.5, "lots": 2}, {"lots": 1}])),
        )
        for id in WHO
    )
    bids = tuple(
        Bid.on(
            draw(st.lists(st.sampled_from(lots), min_size=1, max_size=2, unique=True)),
            id=f"b{at}",
            provider=draw(st.sampled_from(WHO)),
            price=draw(st.sampled_from([Decimal(100), Decimal(150), Decimal(200), Decimal("200.01"), Decimal(300)])),
            services=draw(st.sampled_from([services, services[:1], services[-1:]])),
            quality=draw(st.sampled_from([0.0, 50.0, 72.5, 100.0])),
            covers=draw(st.sampled_from([1.0, 1.0, 1.0, 1.0, 0.5, 0.3])),
            volumes=draw(st.sampled_from([{}, {}, {}, {"cases": 0.75}])),
        )
        for at in range(draw(st.sampled_from([1, 3, 4, 5, 6, 6, 6])))
    )
    return Market(facts, providers, bids, services)


def some_lots(market: Market) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sampled_from([(), (), (market.lots[0].id,)])


def some_groups(market: Market) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sampled_from([(), (), ("P",), (sorted(market.groups)[-1],)])


def incompatible(market: Market) -> st.SearchStrategy[r.AwardRule]:
    choices = [
        st.builds(r.Incompatible, providers=st.permutations(WHO).map(lambda p: tuple(p[:2])), anywhere=st.booleans()),
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
    return st.builds(r.Capacity, measure=st.sampled_from(stated), share=share, excepted=some_groups(market))


RULES = {
    r.EveryItemAwarded: lambda m: st.builds(
        r.EveryItemAwarded, winners=st.sampled_from([1, 1, 2]), excepted=some_lots(m)
    ),
    r.Coverage: lambda m: st.builds(r.Coverage, at_least=st.sampled_from([0.3, 0.8, 1.0]), excepted=some_lots(m)),
    r.AwardLimit: lambda m: st.builds(r.AwardLimit, at_most=st.integers(0, 3), excepted=some_groups(m)),
    r.ValueShare: lambda m: st.builds(
        r.ValueShare, at_most=st.sampled_from([0.25, 0.4, 0.5, 0.6667]), excepted=some_groups(m)
    ),
    r.ValueCap: lambda m: st.builds(
        r.ValueCap,
        at_most=st.sampled_from([Decimal(150), Decimal(300), Decimal("350.01"), Decimal("200.009")]),
        excepted=some_groups(m),
    ),
    r.Capacity: capacity,
    r.ClassShare: lambda m: st.sampled_from([(0.0, 0.5), (0.25, 1.0), (0.4, 0.6), (0.3333, 0.6667)]).flatmap(
        lambda ends: st.builds(
            r.ClassShare,
            classes=st.sampled_from([("voluntary",), ("voluntary", "private")]),
            at_least=st.just(ends[0]),
            at_most=st.just(ends[1]),
        )
    ),
    r.Budget: lambda m: st.builds(r.Budget, at_most=st.sampled_from([Decimal(250), Decimal("400.01"), Decimal(500)])),
    r.PriceCeiling: lambda m: st.builds(
        r.PriceCeiling,
        at_most=st.sampled_from([Decimal(80), Decimal(100), Decimal("133.34"), Decimal(200)]),
        per=st.sampled_from(["lot", "cases"]),
        excepted=some_lots(m),
    ),
    r.FewestProviders: lambda m: st.builds(r.FewestProviders, at_least=st.integers(1, 3)),
    r.MostProviders: lambda m: st.builds(r.MostProviders, at_most=st.integers(0, 2)),
    r.Incompatible: incompatible,
}
GOALS = {
    g.TotalPrice: st.builds(g.TotalPrice, weight=st.sampled_from([1.0, 0.1])),
    g.PriceQuality: st.sampled_from([(0.6, 0.4), (1.0, 0.0), (0.2, 0.8)]).flatmap(
        lambda w: st.builds(
            g.PriceQuality,
            price_weight=st.just(w[0]),
            quality_weight=st.just(w[1]),
            weight=st.sampled_from([1.0, 2.5]),
        )
    ),
}


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
    assert oracle.objective(market, goals, result.plan.bids) == least
    assert all(oracle.keeps(market, rule, result.plan.bids) for rule in rules)
    for won in oracle.subsets(market.bids):
        audit = audit_allocation(Allocation.of(market, [bid.id for bid in won]), rules)
        assert audit.ok == all(oracle.keeps(market, rule, won) for rule in rules)


def others(market: Market) -> st.SearchStrategy[tuple[r.AwardRule, ...]]:
    """Most often every lot is to be awarded, for without that nothing often is; and some other rule beside it."""
    one = st.sampled_from(sorted(RULES, key=str)).flatmap(lambda kind: RULES[kind](market))
    every = st.sampled_from([r.EveryItemAwarded(), r.Coverage(at_least=0.5), r.Coverage(at_least=0.3), None])
    return st.tuples(every, st.lists(one, max_size=1)).map(lambda x: (*filter(None, x[:1]), *x[1]))


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
        rules = (*data.draw(others(market)), data.draw(RULES[kind](market)))
        agree(market, rules, (data.draw(st.one_of(*GOALS.values())),))

    check()


@pytest.mark.parametrize("kind", GOALS, ids=lambda kind: kind.__name__)
def test_a_goal_with_others_gives_the_optimum_of_brute_force(kind: type[g.AwardGoal]) -> None:
    """For a goal with random weights, alone and beside another, the objective is the least there is."""

    @many
    @given(st.data())
    def check(data: st.DataObject) -> None:
        market = data.draw(markets())
        beside = data.draw(st.lists(st.one_of(*GOALS.values()), max_size=1))
        agree(market, data.draw(others(market)), (data.draw(GOALS[kind]), *beside))

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
    )
    first, second = (allocate_bids(m, rules, (g.TotalPrice(),), solver=EXACT) for m in (market, shuffled))
    assert first.status is second.status
    if first.plan is not None and second.plan is not None:
        assert first.plan.awards == second.plan.awards
    assert market.digest == shuffled.digest
