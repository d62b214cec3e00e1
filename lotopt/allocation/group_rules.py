"""Rules on how many lots and how much work one provider, or one legal group, may win."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import GroupRule, without_measure
from lotopt.allocation.jointly import AwardSum, Count, EachAward, Panel, Said, Volume
from lotopt.allocation.offers import Extra, Offers
from lotopt.core.errors import did_you_mean
from lotopt.core.reading import Reading
from lotopt.engine.model.rows import Floats, Row
from lotopt.market.market import Market
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

    def jointly(self, panel: Panel) -> Iterator[Said]:
        exempt = self.exempt(panel.market)
        for group, providers in panel.groups.items():
            if group not in exempt:
                yield AwardSum(
                    f"{self.label}.{group}", Count(), dict.fromkeys(providers, 1.0), at_most=float(self.at_most)
                )

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        exempt = self.exempt(allocation.market)
        for group in allocation.market.groups:
            won = sum(len(bid.items) for bid in allocation.by_group.get(group, ()))
            yield Reading(self.label, group, won, at_most=math.inf if group in exempt else self.at_most, unit="lots")

    def explain(self) -> str:
        return f"No provider or legal group wins more than {self.at_most} lots{self._unless()}."


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

    def jointly(self, panel: Panel) -> Iterator[Said]:
        quantity = Count() if self.measure == LOTS else Volume(self.measure)
        for provider in panel.offering:
            most = self.most(panel.market, provider)
            if math.isfinite(most):
                yield AwardSum(f"{self.label}.{provider}", quantity, {provider: 1.0}, at_most=most)
                yield EachAward(provider, quantity, most)

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
        part = "" if self.share == 1 else f"{100 * self.share:g} % of "
        return f"No provider takes on more {self.measure} than {part}the capacity it states{self._unless()}."
