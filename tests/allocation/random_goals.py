"""Random goals for random markets: one strategy for each kind."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from lotopt.allocation import goals as g
from lotopt.market.market import Market

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
