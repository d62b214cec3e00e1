"""Rules on what one provider, or one legal group, may win."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import numpy as np
from pydantic import Field

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import GroupRule, without_measure
from lotopt.allocation.offers import Extra, Offers
from lotopt.core.errors import did_you_mean
from lotopt.core.reading import Reading
from lotopt.engine.rows import Floats, Row
from lotopt.market.market import Market
from lotopt.market.money import exact
from lotopt.market.provider import LOTS


class AwardLimit(GroupRule):
    """No legal group wins more than `at_most` lots; where several services are bought, each counts for itself."""

    kind: Literal["award_limit"] = "award_limit"
    at_most: int = Field(ge=0, description="Lots a legal group may win.")

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        exempt = self.exempt(offers.market)
        for group, columns in offers.by_group.items():
            if group not in exempt:
                yield Row(f"{self.label}.{group}", columns, offers.items[columns].astype(float), at_most=self.at_most)

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        exempt = self.exempt(allocation.market)
        for group in allocation.market.groups:
            won = sum(len(bid.items) for bid in allocation.by_group.get(group, ()))
            yield Reading(self.label, group, won, at_most=math.inf if group in exempt else self.at_most, unit="lots")

    def explain(self) -> str:
        return f"No provider or legal group wins more than {self.at_most} lots{self._unless()}."


class ValueShare(GroupRule):
    """No legal group's winning bids are worth more than `at_most` (a fraction) of the value of all winning bids."""

    kind: Literal["value_share"] = "value_share"
    at_most: float = Field(gt=0, le=1, description="Share of the total price, such as 0.25.")

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        # sum of the group's prices <= (over / under) x sum of all prices, multiplied out to whole numbers
        over, under = exact(self.at_most).as_integer_ratio()
        exempt, every = self.exempt(offers.market), np.arange(len(offers))
        # Python's integers where those of 64 bits would overflow
        fits = int(offers.pence.max(initial=0)) * under < 2**62
        prices = offers.pence if fits else offers.pence.astype(object)
        for group, columns in offers.by_group.items():
            if group not in exempt:
                values = prices * -over
                values[columns] += prices[columns] * under
                common = np.gcd.reduce(values) or 1
                yield Row(f"{self.label}.{group}", every, (values // common).astype(np.float64), at_most=0.0)

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        exempt = self.exempt(allocation.market)
        total = sum((bid.price for bid in allocation.bids), Decimal(0))
        for group in allocation.market.groups:
            won = sum((bid.price for bid in allocation.by_group.get(group, ())), Decimal(0))
            share = won / total if total else Decimal(0)
            at_most = math.inf if group in exempt else exact(self.at_most)
            yield Reading(self.label, group, share, at_most=at_most, unit="of the total price")

    def explain(self) -> str:
        return f"No provider or legal group wins more than {self.at_most:.4%} of the total price{self._unless()}."


class Capacity(GroupRule):
    """No provider takes on more of a measure than the capacity it states, times `share`.

    `measure` is a measure, or "lots" (where several services are bought, each counts for itself). A provider that
    states no capacity of it has no limit. This rule looks at each provider by itself, not at its legal group.
    """

    kind: Literal["capacity"] = "capacity"
    measure: str = Field(description="A measure, or 'lots'.")
    share: float = Field(default=1.0, gt=0, description="Share of the stated capacity that may be used, such as 0.9.")

    def problems(self, market: Market) -> Iterator[str]:
        yield from super().problems(market)
        stated = sorted({measure for provider in market.providers for measure in provider.capacity})
        if self.measure not in stated:
            yield f"no provider states a capacity of '{self.measure}'; {did_you_mean(self.measure, stated)}"
        elif self.measure != LOTS:
            yield from without_measure(market, self.measure)

    def most(self, market: Market, provider: str) -> float:
        """The most a provider may take on, in the measure's unit; infinite where nothing is stated."""
        if provider in self.excepted or market.provider[provider].legal_group in self.excepted:
            return math.inf
        return self.share * market.provider[provider].capacity.get(self.measure, math.inf)

    def taken(self, offers: Offers) -> Floats:
        """How much each bid takes on (J,)."""
        return offers.items.astype(float) if self.measure == LOTS else offers.volume(self.measure)

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        taken = self.taken(offers)
        for provider, columns in offers.by_provider.items():
            most = self.most(offers.market, provider)
            if math.isfinite(most):
                yield Row(f"{self.label}.{provider}", columns, taken[columns], at_most=most)

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        market = allocation.market
        for provider in market.providers:
            won = [bid for bid in allocation.bids if bid.provider == provider.id]
            if self.measure == LOTS:
                value = float(sum(len(bid.items) for bid in won))
            else:
                value = math.fsum(market.volume(bid, self.measure) or 0.0 for bid in won)
            yield Reading(
                self.label, provider.title, value, at_most=self.most(market, provider.id), unit=self.measure
            )

    def explain(self) -> str:
        part = "" if self.share == 1 else f"{self.share:.4%} of "
        return f"No provider takes on more {self.measure} than {part}the capacity it states{self._unless()}."
