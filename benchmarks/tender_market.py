"""A tender as a market with its rules: what a user of the package would hand to `allocate_bids`."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from benchmarks.tender import Tender
from lotopt.allocation import rules as r
from lotopt.core.lot import LotFacts
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.market.terms import ItemTerms


def market_of(tender: Tender) -> Market:
    """Lots with their need and region, providers with their capacity, and every bid."""
    drawn = tender.drawn
    names = [f"L{lot:04d}" for lot in range(len(drawn.cases))]
    lots = tuple(LotFacts(name, volumes={"cases": float(n)}) for name, n in zip(names, drawn.cases, strict=True))
    terms = {Item(name): ItemTerms(region=f"R{r:02d}") for name, r in zip(names, drawn.region, strict=True)}
    providers = tuple(
        Provider(id=f"p{who:03d}", capacity={"cases": float(most)}) for who, most in enumerate(drawn.capacity)
    )
    starts = np.searchsorted(drawn.on_bid, np.arange(len(drawn.price) + 1)).tolist()
    on = drawn.on_lot.tolist()
    bids = tuple(
        Bid(
            id=f"b{at:06d}",
            provider=f"p{who:03d}",
            items=tuple(Item(names[lot]) for lot in on[starts[at] : starts[at + 1]]),
            price=Decimal(price) / 100,
        )
        for at, (who, price) in enumerate(zip(drawn.provider.tolist(), drawn.price.tolist(), strict=True))
    )
    return Market(lots, providers, bids, terms=terms, simulated=True, source=f"tender {tender}, seed {tender.seed}")


def rules_of(tender: Tender) -> tuple[r.AwardRule, ...]:
    """The rows of the tender as rules."""
    fewest, most = tender.winners
    return (
        r.EveryItemAwarded(),
        r.AwardLimit(at_most=tender.award_limit),
        r.ValueCap(at_most=Decimal(tender.value_cap) / 100),
        r.Capacity(measure="cases"),
        r.FewestProviders(at_least=fewest),
        r.MostProviders(at_most=most),
        r.FewestProviders(at_least=tender.winners_in_region, per="region", name="in_region"),
    )
