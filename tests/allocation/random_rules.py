"""Random rules for random markets: one strategy for each kind, its fields few, so that limits are often just met."""

from __future__ import annotations

import math
from decimal import Decimal

from hypothesis import strategies as st
from random_markets import WHO

from lotopt.allocation import rules as r
from lotopt.market.market import Market


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


def together(market: Market) -> st.SearchStrategy[r.AwardRule]:
    choices = []
    if len(market.lots) > 1:
        lots = st.lists(st.sampled_from([lot.id for lot in market.lots]), min_size=2, unique=True)
        choices.append(st.builds(r.Together, lots=lots.map(tuple)))
    if len(market.services) > 1:
        choices.append(st.builds(r.Together, services=st.just(market.services)))
    return st.one_of(choices) if choices else st.just(r.AwardLimit(at_most=2))


def packages(market: Market) -> st.SearchStrategy[r.AwardRule]:
    lots = [lot.id for lot in market.lots]
    groups = st.sampled_from([(), (), (tuple(lots[:2]),), (tuple(lots[:1]), tuple(lots[1:] + lots[:1]))])
    return st.builds(r.Packages, only_on=groups, across_services=st.booleans())


def resilience(market: Market) -> st.SearchStrategy[r.AwardRule]:
    stated = sorted({measure for provider in market.providers for measure in provider.capacity})
    if not stated:
        return st.just(r.AwardLimit(at_most=2))
    share = st.sampled_from([1.0, 0.5, 0.25, 0.333])
    return st.builds(r.Resilience, measure=st.sampled_from(stated), share=share, excepted=some_groups(market))


def fixed_awards(market: Market) -> st.SearchStrategy[r.AwardRule]:
    """Bids for lots that are open; now and then their shares."""
    bids = [bid.id for bid in market.bids if market.closed.isdisjoint(bid.items)]
    if not bids:
        return st.just(r.AwardLimit(at_most=2))
    shares = st.sampled_from([{}, {}, {}, {bids[0]: 1.0}, {bids[0]: 0.6}, {bids[0]: 0.0}])
    some = st.lists(st.sampled_from(bids), min_size=1, max_size=2, unique=True)
    return st.one_of(
        st.builds(r.FixedAwards, bids=st.just((bids[0],)), shares=shares),
        st.builds(r.FixedAwards, bids=some.map(tuple)),
    )


def withdrawn(market: Market) -> st.SearchStrategy[r.AwardRule]:
    return st.builds(
        r.Withdrawn,
        bids=st.sampled_from([(market.bids[0].id,), (market.bids[-1].id,)]),
        providers=st.sampled_from([(), ("P",), (market.legal_groups[0],)]),
    )


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
    r.Together: together,
    r.Packages: packages,
    r.QualityThreshold: lambda m: st.builds(
        r.QualityThreshold, at_least=st.sampled_from([50.0, 72.5, 72.6]), excepted=some_lots(m)
    ),
    r.Eligibility: lambda m: (
        st.builds(r.Eligibility, members=st.booleans()) if m.panel else st.just(r.AwardLimit(at_most=2))
    ),
    r.OneTender: lambda m: st.just(r.OneTender()),
    r.TurnoverTest: lambda m: st.builds(
        r.TurnoverTest,
        gate=st.sampled_from([0.0, 0.5, 0.75, 1.0, 1.0001]),
        multiple=st.sampled_from([1.0, 1.5, 2.0, math.inf]),
        of=st.sampled_from(["value", "price"]),
        excepted=some_groups(m),
    ),
    r.MinimumBusiness: lambda m: st.builds(
        r.MinimumBusiness,
        at_least=st.sampled_from([Decimal(150), Decimal(200), Decimal("200.009"), Decimal(400)]),
        own=st.booleans(),
        **{**held(m), "roles": st.sampled_from([("prime",), ("prime",), ("prime", "member", "subcontractor")])},
        **scope(m),
    ),
    r.Bidders: lambda m: st.builds(
        r.Bidders,
        at_least=st.integers(1, 3),
        then=st.sampled_from(["no_award", "no_award", "no_award", "tell"]),
        excepted=some_lots(m),
    ),
    r.LastResort: lambda m: (
        st.builds(r.LastResort, excepted=some_lots(m))
        if any(p.last_resort for p in m.providers)
        else st.just(r.AwardLimit(at_most=2))
    ),
    r.Resilience: resilience,
    r.FixedAwards: fixed_awards,
    r.Withdrawn: withdrawn,
}

# kinds that only a market with a panel and a last resort can have
TELLING = (r.Eligibility, r.LastResort)


def others(market: Market) -> st.SearchStrategy[tuple[r.AwardRule, ...]]:
    """Most often every lot is to be awarded, for without that nothing often is; and some other rule beside it."""
    one = st.sampled_from(sorted(RULES, key=str)).flatmap(lambda kind: RULES[kind](market))
    few = r.EveryItemAwarded(fewer=True)
    every = st.sampled_from([r.EveryItemAwarded(), r.Coverage(at_least=0.5), r.Coverage(at_least=0.3), few, None])
    return st.tuples(every, st.lists(one, max_size=1)).map(lambda x: (*filter(None, x[:1]), *x[1]))


def without_two_ways_to_share(rules: tuple[r.AwardRule, ...]) -> tuple[r.AwardRule, ...]:
    """Only the last rule may say which shares the winners of a lot get."""
    sharing = [rule for rule in rules if rule.places()]
    return tuple(rule for rule in rules if rule not in sharing[:-1])
