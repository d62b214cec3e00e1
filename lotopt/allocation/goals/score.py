"""Price and quality in one score, by the formulas that tender documents use."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardGoal, named_bids
from lotopt.allocation.jointly import Price, Refused
from lotopt.allocation.offers import Floats, Offers
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market
from lotopt.market.money import exact

Formula = Literal["lowest", "mean", "per_pound"]
Prices = dict[frozenset[Item], Fraction]
WORDS = {
    "lowest": "100 x (lowest price for the same items / price)",
    "mean": "100 x (1 - price / (2 x mean price for the same items)), not below 0",
    "per_pound": "100 - {points:g} for each pound an item above the lowest price for the same items, not below 0",
}


class PriceQuality(AwardGoal):
    """Points lost on price and quality by the winning bids, added up over the items they are for.

    A bid's score is price_weight x its price points + quality_weight x its quality, in points from 0 to 100, the two
    weights adding up to 1. Its price points are, by `formula`:

        lowest      100 x (lowest price for the same items / its price)
        mean        100 x (1 - its price / (2 x mean price for the same items)): 50 at the mean; not below 0
        per_pound   100 - points_per_pound x (its price - lowest price for the same items) / items; not below 0

    What it loses is 100 less its score; a package loses that for each of its items, and a bid that covers a share of
    the need, or gets a share of the work, loses that share of it. The lowest price for the same items is that of the
    cheapest bid for exactly these items, or, where it is less, the sum over the items of the cheapest bid for that
    item alone; the mean is over the bids for exactly these items. Prices are before discounts, compared per unit of
    need covered (price / covers), over all bids of the market whatever the rules. They are therefore constants and
    the goal is linear.
    """

    kind: Literal["price_quality"] = "price_quality"
    price_weight: float = Field(default=0.6, ge=0, le=1, description="Share of the score given for price.")
    quality_weight: float = Field(default=0.4, ge=0, le=1, description="Share of the score given for quality.")
    formula: Formula = Field(default="lowest", description="How price becomes points: lowest, mean or per_pound.")
    points_per_pound: float = Field(
        default=0.0, ge=0, allow_inf_nan=False, description="Points lost for each pound above the lowest: per_pound."
    )

    @model_validator(mode="after")
    def _whole(self) -> PriceQuality:
        if exact(self.price_weight) + exact(self.quality_weight) != 1:
            raise ValueError("price_weight and quality_weight are shares of one score and add up to 1")
        if (self.formula == "per_pound") != (self.points_per_pound > 0):
            raise ValueError('points_per_pound goes with formula = "per_pound", and that formula needs it')
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
        against = self.against(offers.market)
        lost = {bid.id: self.lost(bid, against) for bid in offers.bids}
        return np.array(
            [float(100 * lost[bid.id] * Fraction(offers.share(j))) for j, bid in enumerate(offers.bids)],
            dtype=np.float64,
        )

    def value(self, allocation: Allocation) -> Fraction:
        against = self.against(allocation.market)
        return sum((self.lost(each.bid, against) * Fraction(each.share) for each in allocation.won), Fraction(0))

    def against(self, market: Market) -> Prices:
        """What each bid's price is held against, by the items it is for, GBP a year per unit of need covered."""
        return mean_prices(market) if self.formula == "mean" else lowest_prices(market)

    def score(self, bid: Bid, against: Prices) -> Fraction:
        """A bid's score, in points from 0 to 100."""
        price, held = per_need(bid), against[frozenset(bid.items)]
        if self.formula == "lowest":
            points = 100 * held / price
        elif self.formula == "mean":
            points = max(Fraction(0), 100 * (1 - price / (2 * held)))
        else:
            each = (price - held) / len(bid.items)
            points = max(Fraction(0), 100 - Fraction(exact(self.points_per_pound)) * each)
        quality = Fraction(exact(bid.quality or 0.0))
        return Fraction(exact(self.price_weight)) * points + Fraction(exact(self.quality_weight)) * quality

    def lost(self, bid: Bid, against: Prices) -> Fraction:
        """What a bid loses where it gets all the work."""
        return len(bid.items) * Fraction(exact(bid.covers)) * (100 - self.score(bid, against))

    def explain(self) -> str:
        points = WORDS[self.formula].format(points=self.points_per_pound)
        return (
            f"Keep points lost low: 100 less the score of each winning bid, for each item it is for. Score = "
            f"{self.price_weight:g} x ({points}) + {self.quality_weight:g} x quality."
        )


def per_need(bid: Bid) -> Fraction:
    """A bid's price per unit of need covered, GBP a year."""
    return Fraction(bid.price) / Fraction(exact(bid.covers))


def lowest_prices(market: Market) -> Prices:
    """The lowest price per unit of need covered for each set of items that a bid is for, in GBP a year."""
    asked: Prices = {}
    for bid in market.bids:
        price, items = per_need(bid), frozenset(bid.items)
        asked[items] = min(price, asked.get(items, price))
    lowest = {}
    for items, price in asked.items():
        alone = [asked.get(frozenset((item,))) for item in items]
        known = [single for single in alone if single is not None]
        lowest[items] = min(price, sum(known, Fraction(0))) if len(known) == len(alone) else price
    return lowest


def mean_prices(market: Market) -> Prices:
    """The mean price per unit of need covered of the bids for each set of items, in GBP a year."""
    asked: dict[frozenset[Item], list[Fraction]] = {}
    for bid in market.bids:
        asked.setdefault(frozenset(bid.items), []).append(per_need(bid))
    return {items: sum(prices, Fraction(0)) / len(prices) for items, prices in asked.items()}


__all__ = ["PriceQuality", "lowest_prices", "mean_prices", "per_need"]
