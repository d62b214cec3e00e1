"""Rules on whether a provider can carry what it wins, and can live on it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import Literal

import numpy as np
from pydantic import Field

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.amounts import GBP, all_prices, in_pence, indicative, whole_pence
from lotopt.allocation.clause import AwardRule, GroupRule, Loosening, ScopedRule, unknown, who, without_value
from lotopt.allocation.jointly import AwardSum, EachAward, Panel, Price, Refused, Said, implied, wins
from lotopt.allocation.offers import Extra, Offers, ones, whole_row
from lotopt.allocation.rules.providers import exclusive_parts
from lotopt.core.reading import Reading, plain
from lotopt.engine.model.rows import Row
from lotopt.market.bid import Bid, Role
from lotopt.market.market import Market
from lotopt.market.money import PENNY, exact


class TurnoverTest(AwardRule):
    """A provider's funding is at least `gate` times the value of any lot it bids for, and bounds what it may win.

    A bid for a lot of which `gate` times the annual value is more than the funding of its provider cannot win: the
    value of the bid's services in the lot, for all the work and before discount. And what a provider wins in a year
    is at most `multiple` times its funding, a share of the work counting by that share. `of` is "value", the
    indicative value, or "price". Held to it is the provider that bids, by itself.
    """

    kind: Literal["turnover_test"] = "turnover_test"
    gate: float = Field(
        default=0.5, ge=0, allow_inf_nan=False, description="Times the annual value of a lot; 0: none."
    )
    multiple: float = Field(default=2.0, gt=0, description="Times the funding; inf: no limit on what is won.")
    of: Literal["value", "price"] = Field(default="value", description="What counts: indicative value, or price.")
    excepted: tuple[str, ...] = Field(
        default=(), alias="except", description="Providers or legal groups that are not held to this rule."
    )

    def problems(self, market: Market) -> Iterator[str]:
        yield from unknown("provider", self.excepted, who(market))
        if self.of == "value":
            yield from without_value(market)
        bidding = {bid.provider for bid in market.bids}
        bare = [p.id for p in market.providers if p.id in bidding and self.holds(market, p.id) and p.funding is None]
        if bare:
            yield f"no funding is given for {', '.join(bare)}; give each on the sheet Providers, or except it"

    def holds(self, market: Market, provider: str) -> bool:
        """Whether a provider is held to it: naming one does not name others of its legal group."""
        return {provider, market.provider[provider].legal_group}.isdisjoint(self.excepted)

    def funding(self, market: Market, provider: str) -> Fraction:
        return Fraction(market.provider[provider].funding or Decimal(0))

    def most(self, market: Market, provider: str) -> Fraction | None:
        """The most that a provider may win, GBP a year; None where there is no limit."""
        if math.isinf(self.multiple) or not self.holds(market, provider):
            return None
        return Fraction(exact(self.multiple)) * self.funding(market, provider)

    def largest(self, market: Market, bid: Bid) -> Fraction:
        """The annual value of the largest lot in a bid, GBP a year."""
        by_lot: dict[str, Fraction] = {}
        parts = market.parts(bid) if self.of == "price" else {}
        for item in bid.items:
            value = Fraction(bid.price) * parts[item] if parts else indicative(market, (item,))
            by_lot[item.lot] = by_lot.get(item.lot, Fraction(0)) + value
        return max(by_lot.values())

    def barred(self, market: Market) -> frozenset[str]:
        gate = Fraction(exact(self.gate))
        held = (bid for bid in market.bids if gate and self.holds(market, bid.provider))
        return frozenset(
            bid.id for bid in held if self.funding(market, bid.provider) < gate * self.largest(market, bid)
        )

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        market = offers.market
        for provider, columns in offers.by_provider.items():
            most = self.most(market, provider)
            if most is None:
                continue
            name = f"{self.label}.{provider}"
            if self.of == "price":
                pence = offers.pence[columns].astype(np.float64)
                yield Row(name, columns, pence, at_most=float(math.floor(100 * most)))
            else:
                values = [indicative(market, offers.bids[j].items) * Fraction(offers.share(j)) for j in columns]
                yield whole_row(name, columns, values, at_most=most)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        if self.of == "value":
            yield Refused("goes by indicative value, and a lot has none before it is drawn")
            return
        gate = Fraction(exact(self.gate))
        for provider in panel.offering:
            most = self.most(panel.market, provider)
            if most is not None:
                total = float(math.floor(100 * most))
                yield AwardSum(f"{self.label}.{provider}", Price(), {provider: 1.0}, at_most=total)
            if gate and self.holds(panel.market, provider):
                one = math.floor(100 * self.funding(panel.market, provider) / gate)
                yield EachAward(provider, Price(), float(one), alone=True)

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        if self.gate > 0:
            yield Loosening("gate", Decimal(0), Decimal("-0.0001"))
        if not math.isinf(self.multiple):
            values = (market.terms_of(item).value or Decimal(0) for item in market.items)
            everything = all_prices(market) if self.of == "price" else sum(values, Decimal(0))
            least = min((p.funding for p in market.providers if p.funding), default=Decimal(1))
            most = max(exact(self.multiple), (everything / least).to_integral_value(ROUND_CEILING))
            yield Loosening("multiple", most, Decimal("0.0001"))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        market, unit = allocation.market, f"GBP a year of {'value' if self.of == 'value' else 'price'}"
        gate = Fraction(exact(self.gate))
        for bid in allocation.bids:
            if gate and self.holds(market, bid.provider):
                wanted = in_pence(gate * self.largest(market, bid))
                funding = market.provider[bid.provider].funding or Decimal(0)
                yield Reading(self.label, f"{bid}, funding", funding, at_least=wanted, unit="GBP")
        for provider in market.providers:
            won = [each for each in allocation.won if each.bid.provider == provider.id]
            if self.of == "price":
                value = sum((Fraction(each.price) for each in won), Fraction(0))
            else:
                value = sum((indicative(market, w.bid.items) * Fraction(w.share) for w in won), Fraction(0))
            most = self.most(market, provider.id)
            at_most = math.inf if most is None else in_pence(most)
            yield Reading(self.label, provider.title, in_pence(value), -math.inf, at_most, unit)

    def explain(self) -> str:
        of = "indicative value" if self.of == "value" else "price"
        said = [f"has funding of at least {self.gate:g} times the annual {of} of any lot it bids for"] * (
            self.gate > 0
        )
        if not math.isinf(self.multiple):
            said.append(f"wins a year at most {self.multiple:g} times its funding, by {of}")
        unless = f", except {' and '.join(self.excepted)}" if self.excepted else ""
        return f"A provider {', and '.join(said) or 'is held to nothing'}{unless}."


class MinimumBusiness(GroupRule, ScopedRule):
    """A legal group's winning bids are worth nothing, or at least what it can live on, GBP a year.

    That is `at_least`; with `own`, for a group of which a provider states what is viable for it, the most that one of
    them states instead. What counts is what the group is paid as the bidder, after shares and discounts.
    """

    kind: Literal["minimum_business"] = "minimum_business"
    at_least: Decimal = Field(default=Decimal(0), ge=0, allow_inf_nan=False, description="GBP a year.")
    own: bool = Field(default=True, description="Whether what a provider states as viable holds instead.")
    roles: tuple[Role, ...] = Field(
        default=("prime",), min_length=1, description="Roles in a bid that count: prime, member, subcontractor."
    )

    def problems(self, market: Market) -> Iterator[str]:
        yield from super().problems(market)
        if not self.at_least and not (self.own and any(p.viable for p in market.providers)):
            yield "at_least is 0 and no provider states what is viable for it; give either"

    def least(self, market: Market, group: str) -> Decimal:
        """What a group wins at least if it wins anything, GBP a year."""
        providers = market.groups.get(group, ()) if self.own else ()
        return max((p.viable for p in providers if p.viable is not None), default=self.at_least)

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        market = offers.market
        # a subcontractor may be in several winning bids for an item
        alone = "subcontractor" not in self.roles
        items = frozenset(item for item in market.items if alone and self.within(item))
        pence = self.pence(offers)
        for group, columns in self.by_group(offers):
            least = self.least(market, group)
            paid = columns[np.array([pence[j] > 0 for j in columns], dtype=np.bool_)]
            if not least or not len(paid):
                continue
            fact = extra.column(f"{self.label}: {group} wins enough")
            name, index = f"{self.label}.{group}", np.append(paid, fact)
            for at_once in exclusive_parts(offers, paid, items):
                yield Row(name, np.append(at_once, fact), np.append(ones(at_once), -1.0), at_most=0.0)
            yield whole_row(name, index, [*(pence[j] for j in paid), -100 * Fraction(least)], at_least=0)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        yield from self.refused()
        exempt = self.exempt(panel.market)
        for group, providers in panel.groups.items():
            least = whole_pence(self.least(panel.market, group).quantize(PENNY, ROUND_CEILING))
            if group not in exempt and least:
                fact, name = f"{self.label}: {wins(group)}", f"{self.label}.{group}"
                yield implied(name, fact, providers, panel.most_lots)
                yield AwardSum(name, Price(), dict.fromkeys(providers, 1.0), {fact: -least}, at_least=0.0)

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        if self.at_least:
            yield Loosening("at_least", Decimal(0), Decimal("-0.01"))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        market = allocation.market
        for group, won, held in self.won_by_group(allocation):
            worth = self.worth(market, won)
            least = self.least(market, group) if held and worth else -math.inf
            yield Reading(self.label, group, in_pence(worth), least, unit=GBP)

    def explain(self) -> str:
        least = f"{plain(self.at_least)} GBP a year" if self.at_least else "what is viable for it"
        own = ", or at least what it states as viable" if self.own and self.at_least else ""
        text = f"A provider or legal group wins bids worth nothing or at least {least}{own}"
        return f"{text}{self._where()}{self._unless()}."
