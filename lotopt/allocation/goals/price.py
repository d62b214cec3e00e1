"""Goals on what is paid and what is got for it: price, quality, and the price of what is held in reserve."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np

from lotopt.allocation.allocation import Allocation, Won
from lotopt.allocation.clause import AwardGoal, named_bids
from lotopt.allocation.jointly import Price, Refused
from lotopt.allocation.offers import Floats, Offers
from lotopt.market.bid import Bid
from lotopt.market.market import Market
from lotopt.market.money import exact


class TotalPrice(AwardGoal):
    """The sum of what is paid for all winning bids, after shares and discounts."""

    kind: Literal["total_price"] = "total_price"

    @property
    def unit(self) -> str:
        return "GBP a year"

    def jointly(self) -> Price | Refused:
        return Price()

    def costs(self, offers: Offers) -> Floats:
        return offers.pence.astype(np.float64)

    def value(self, allocation: Allocation) -> Fraction:
        return sum((Fraction(each.price) for each in allocation.won), Fraction(0))

    def explain(self) -> str:
        return "Keep the total price of all awards low, in GBP a year."


class QualityLost(AwardGoal):
    """Points of quality lost: 100 less the quality of each winning bid, for each item, by its share of the work."""

    kind: Literal["quality_lost"] = "quality_lost"

    @property
    def unit(self) -> str:
        return "points lost"

    def problems(self, market: Market) -> Iterator[str]:
        missing = sorted(bid.id for bid in market.bids if bid.quality is None)
        if missing:
            yield f"no quality is given for {named_bids(missing)}; give each a score from 0 to 100"

    def costs(self, offers: Offers) -> Floats:
        return np.array(
            [float(100 * _lost(bid, offers.share(j))) for j, bid in enumerate(offers.bids)], dtype=np.float64
        )

    def value(self, allocation: Allocation) -> Fraction:
        return sum((_lost(each.bid, each.share) for each in allocation.won), Fraction(0))

    def explain(self) -> str:
        return "Keep the points of quality lost by the winning bids low."


class ReservePrice(AwardGoal):
    """What the bids held in reserve (winners whose share of the work is 0) would cost if they were called on."""

    kind: Literal["reserve_price"] = "reserve_price"

    @property
    def unit(self) -> str:
        return "GBP a year"

    def costs(self, offers: Offers) -> Floats:
        held = [float(100 * bid.price) if not offers.share(j) else 0.0 for j, bid in enumerate(offers.bids)]
        return np.array(held, dtype=np.float64)

    def value(self, allocation: Allocation) -> Fraction:
        return sum((Fraction(each.bid.price) for each in allocation.won if in_reserve(each)), Fraction(0))

    def explain(self) -> str:
        return "Keep the price of the bids held in reserve low, in GBP a year."


def in_reserve(won: Won) -> bool:
    """Whether a winner is held in reserve."""
    return not won.share


def _lost(bid: Bid, share: Decimal) -> Fraction:
    points = 100 - Fraction(exact(bid.quality or 0.0))
    return len(bid.items) * Fraction(exact(bid.covers)) * Fraction(share) * points
