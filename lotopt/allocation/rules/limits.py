"""Rules on how many lots and how much work one provider, or one legal group, may win."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import GroupRule, Loosening, ScopedRule, without_measure
from lotopt.allocation.jointly import AwardSum, Count, EachAward, Panel, Said, Volume
from lotopt.allocation.offers import Extra, Offers
from lotopt.core.errors import did_you_mean
from lotopt.core.reading import Reading
from lotopt.engine.model.rows import Floats, Row
from lotopt.market.market import Market
from lotopt.market.provider import LOTS


class AwardLimit(GroupRule, ScopedRule):
    """No legal group wins more than `at_most` lots; where several services are bought, each counts for itself."""

    kind: Literal["award_limit"] = "award_limit"
    at_most: int = Field(ge=0, description="Lots a legal group may win.")

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        counts = self.counts(offers)
        for group, columns in self.by_group(offers):
            yield Row(f"{self.label}.{group}", columns, counts[columns], at_most=self.at_most)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        yield from self.refused()
        exempt = self.exempt(panel.market)
        for group, providers in panel.groups.items():
            if group not in exempt:
                yield AwardSum(
                    f"{self.label}.{group}", Count(), dict.fromkeys(providers, 1.0), at_most=float(self.at_most)
                )

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        yield Loosening("at_most", Decimal(len(market.items)), Decimal(1))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        for group, won, held in self.won_by_group(allocation):
            count = sum(self.count(each.bid) for each in won)
            yield Reading(self.label, group, count, at_most=self.at_most if held else math.inf, unit="lots")

    def explain(self) -> str:
        return f"No provider or legal group wins more than {self.at_most} lots{self._where()}{self._unless()}."


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
        if self.roles != ("prime", "member"):
            yield "roles are not for capacity, which is of the provider that bids"
        stated = sorted({measure for provider in market.providers for measure in provider.capacity})
        if self.measure not in stated:
            yield f"no provider states a capacity of '{self.measure}'; {did_you_mean(self.measure, stated)}"
        elif self.measure != LOTS:
            yield from without_measure(market, self.measure)

    def holds(self, market: Market, provider: str) -> bool:
        """Whether a provider is held to it: naming one does not name others of its legal group."""
        names = {provider, market.provider[provider].legal_group}
        classed = not self.classes or market.provider[provider].kind in self.classes
        return classed and names.isdisjoint(self.excepted) and not (self.only and names.isdisjoint(self.only))

    def most(self, market: Market, provider: str) -> float:
        """The most a provider may take on, in the measure's unit; infinite where nothing is stated."""
        if not self.holds(market, provider):
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

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        if self.measure != LOTS:
            need = math.fsum(market.volume(bid, self.measure) or 0.0 for bid in market.bids)
        else:
            need = float(sum(len(bid.items) for bid in market.bids))
        least = min((p.capacity.get(self.measure, 0.0) for p in market.providers), default=0.0)
        yield Loosening("share", Decimal(math.ceil(need / least)) if least else Decimal(1000), Decimal("0.0001"))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        market = allocation.market
        for provider in market.providers:
            won = [each for each in allocation.won if each.bid.provider == provider.id]
            if self.measure == LOTS:
                value = float(sum(len(each.bid.items) for each in won))
            else:
                value = math.fsum((market.volume(each.bid, self.measure) or 0.0) * float(each.share) for each in won)
            yield Reading(
                self.label, provider.title, value, at_most=self.most(market, provider.id), unit=self.measure
            )

    def explain(self) -> str:
        part = "" if self.share == 1 else f"{100 * self.share:g} % of "
        return f"No provider takes on more {self.measure} than {part}the capacity it states{self._unless()}."
