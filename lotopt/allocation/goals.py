"""The goals of allocation: what is kept small, in stated units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from lotopt.allocation.clause import AwardGoal, named_bids
from lotopt.allocation.jointly import Price, Refused
from lotopt.allocation.offers import Floats, Offers
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market
from lotopt.market.money import exact


class TotalPrice(AwardGoal):
    """The sum of the prices of all winning bids."""

    kind: Literal["total_price"] = "total_price"

    @property
    def unit(self) -> str:
        return "GBP a year"

    def jointly(self) -> Price | Refused:
        return Price()

    def costs(self, offers: Offers) -> Floats:
        return offers.pence.astype(np.float64)

    def exact(self, market: Market, bids: Sequence[Bid]) -> Fraction:
        return sum((Fraction(bid.price) for bid in bids), Fraction(0))

    def explain(self) -> str:
        return "Keep the total price of all awards low, in GBP a year."


class PriceQuality(AwardGoal):
    """Points lost on price and quality by the winning bids, added up over the items they are for.

    A bid's score is

        price_weight x 100 x (lowest price for the same items / its price) + quality_weight x its quality

    in points from 0 to 100, the two weights adding up to 1. What it loses is 100 less its score; a package loses
    that for each of its items, and a bid that covers a share of the need loses that share of it. The lowest price
    for the same items is that of the cheapest bid for exactly these items, or, where it is less, the sum over the
    items of the cheapest bid for that item alone. Prices are compared per unit of need covered (price / covers),
    over all bids of the market whatever the rules. The lowest prices are therefore constants and the goal is linear.
    """

    kind: Literal["price_quality"] = "price_quality"
    price_weight: float = Field(default=0.6, ge=0, le=1, description="Share of the score given for price.")
    quality_weight: float = Field(default=0.4, ge=0, le=1, description="Share of the score given for quality.")

    @model_validator(mode="after")
    def _whole(self) -> PriceQuality:
        if exact(self.price_weight) + exact(self.quality_weight) != 1:
            raise ValueError("price_weight and quality_weight are shares of one score and add up to 1")
        return self

    @property
    def unit(self) -> str:
        return "points lost"

    def problems(self, market: Market) -> Iterator[str]:
        missing = sorted(bid.id for bid in market.bids if bid.quality is None)
        if missing and self.quality_weight > 0:
            yield f"no quality is given for {named_bids(missing)}; give each a score from 0 to 100"

    def jointly(self) -> Price | Refused:
        return Refused("needs a quality score and the lowest price for the same lot, and schedules give neither")

    def costs(self, offers: Offers) -> Floats:
        lowest = lowest_prices(offers.market)
        return np.array([float(100 * self._lost(bid, lowest)) for bid in offers.bids], dtype=np.float64)

    def exact(self, market: Market, bids: Sequence[Bid]) -> Fraction:
        lowest = lowest_prices(market)
        return sum((self._lost(bid, lowest) for bid in bids), Fraction(0))

    def _lost(self, bid: Bid, lowest: dict[frozenset[Item], Fraction]) -> Fraction:
        covers = Fraction(exact(bid.covers))
        price_points = 100 * lowest[frozenset(bid.items)] * covers / Fraction(bid.price)
        quality_points = Fraction(exact(bid.quality or 0.0))
        score = (
            Fraction(exact(self.price_weight)) * price_points + Fraction(exact(self.quality_weight)) * quality_points
        )
        return len(bid.items) * covers * (100 - score)

    def explain(self) -> str:
        return (
            f"Keep points lost low: 100 less the score of each winning bid, for each item it is for. Score = "
            f"{self.price_weight:g} x 100 x (lowest price for the same items / price) + "
            f"{self.quality_weight:g} x quality."
        )


def lowest_prices(market: Market) -> dict[frozenset[Item], Fraction]:
    """The lowest price per unit of need covered for each set of items that a bid is for, in GBP a year."""
    asked: dict[frozenset[Item], Fraction] = {}
    for bid in market.bids:
        price, items = Fraction(bid.price) / Fraction(exact(bid.covers)), frozenset(bid.items)
        asked[items] = min(price, asked.get(items, price))
    lowest = {}
    for items, price in asked.items():
        alone = [asked.get(frozenset((item,))) for item in items]
        known = [single for single in alone if single is not None]
        lowest[items] = min(price, sum(known, Fraction(0))) if len(known) == len(alone) else price
    return lowest


GOALS: tuple[type[AwardGoal], ...] = (TotalPrice, PriceQuality)

__all__ = ["GOALS", "AwardGoal", "PriceQuality", "TotalPrice"]
