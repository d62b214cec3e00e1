"""Limits that a bid has to meet by itself: the price it may cost, the quality it must have."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import Loosening, LotRule, named_bids, without_measure, without_value
from lotopt.allocation.jointly import EachAward, Panel, Price, Refused, Said
from lotopt.allocation.offers import Offers
from lotopt.core.reading import Reading, plain
from lotopt.market.bid import Bid
from lotopt.market.market import Market
from lotopt.market.money import exact

PER_LOT, PER_VALUE = "lot", "value"


class PriceCeiling(LotRule):
    """No winning bid costs more than `at_most` GBP a year for each lot and service, or for each unit of something.

    `per` is "lot"; "value": the ceiling of a bid is then `at_most` times the indicative value of what it is for; or a
    measure: `at_most` times its volume. What is held to it is the price of all the work after discount, whatever
    share of it a winner gets. Bids for a lot that is let off are not held to it.
    """

    kind: Literal["price_ceiling"] = "price_ceiling"
    at_most: Decimal = Field(ge=0, allow_inf_nan=False, description="GBP a year, for each unit of `per`.")
    per: str = Field(default=PER_LOT, description="'lot' (for each lot and service), 'value', or a measure.")

    def problems(self, market: Market) -> Iterator[str]:
        yield from super().problems(market)
        if self.per == PER_VALUE:
            yield from without_value(market)
        elif self.per != PER_LOT:
            yield from without_measure(market, self.per)

    def ceiling(self, market: Market, bid: Bid) -> Decimal | None:
        """The most a bid may cost, exactly; None where it is let off."""
        if any(lot in self.excepted for lot in bid.lots):
            return None
        if self.per == PER_LOT:
            return self.at_most * len(bid.items)
        if self.per == PER_VALUE:
            return self.at_most * sum((market.terms_of(item).value or Decimal(0) for item in bid.items), Decimal(0))
        return self.at_most * exact(market.volume(bid, self.per) or 0.0)

    def barred(self, market: Market) -> frozenset[str]:
        """Bids that are above the ceiling at the largest discount of their provider too."""
        found = set()
        for bid in market.bids:
            most, discount = self.ceiling(market, bid), market.provider[bid.provider].discount
            least = discount.lowest(bid.price) if discount else bid.price
            if most is not None and least > most:
                found.add(bid.id)
        return frozenset(found)

    def admits(self, offers: Offers) -> npt.NDArray[np.bool_]:
        ceilings = (self.ceiling(offers.market, bid) for bid in offers.bids)
        kept = [most is None or offers.whole_price(j) <= most for j, most in enumerate(ceilings)]
        return np.array(kept, dtype=np.bool_)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        yield from self.refused()
        if self.per != PER_LOT:
            yield Refused(f"is for each unit of {self.per}, and a lot's price for its size is no sum over its areas")
            return
        for provider in panel.offering:
            yield EachAward(provider, Price(), float(math.floor(self.at_most * 100)), alone=True)

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        for each in allocation.won:
            ceiling = self.ceiling(allocation.market, each.bid)
            most = math.inf if ceiling is None else ceiling
            yield Reading(self.label, str(each.bid), each.whole_price, at_most=most, unit="GBP a year")

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        dearest = max((bid.price for bid in market.bids), default=Decimal(0))
        fine = Decimal("0.01") if self.per == PER_LOT else Decimal("0.0001")
        yield Loosening("at_most", max(dearest, self.at_most) * 1000, fine)

    def explain(self) -> str:
        per = {PER_LOT: "lot and service it is for", PER_VALUE: "pound of indicative value"}.get(
            self.per, f"unit of {self.per} in it"
        )
        return f"No bid costs more than {plain(self.at_most)} GBP a year for each {per}{self._unless()}."


class QualityThreshold(LotRule):
    """No bid with a quality below `at_least` points (of 100) wins.

    Bids for a lot that is let off are not held to it.
    """

    kind: Literal["quality_threshold"] = "quality_threshold"
    at_least: float = Field(ge=0, le=100, description="Points for quality, from 0 to 100.")

    def problems(self, market: Market) -> Iterator[str]:
        yield from super().problems(market)
        missing = sorted(bid.id for bid in market.bids if self.holds(bid) and bid.quality is None)
        if missing:
            yield f"no quality is given for {named_bids(missing)}; give each on the sheet Bids"

    def holds(self, bid: Bid) -> bool:
        """Whether a bid is held to it."""
        return not any(lot in self.excepted for lot in bid.lots)

    def barred(self, market: Market) -> frozenset[str]:
        least = exact(self.at_least)
        return frozenset(bid.id for bid in market.bids if self.holds(bid) and exact(bid.quality or 0.0) < least)

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        yield Loosening("at_least", Decimal(0), Decimal("-0.01"))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        for bid in allocation.bids:
            if self.holds(bid):
                quality = exact(bid.quality or 0.0)
                yield Reading(self.label, str(bid), quality, at_least=exact(self.at_least), unit="points for quality")

    def explain(self) -> str:
        return f"No bid with fewer than {self.at_least:g} points for quality wins{self._unless()}."
