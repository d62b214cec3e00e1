"""Rules on money: what a legal group, a class of provider or all together may be paid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardRule, GroupRule, unknown
from lotopt.allocation.jointly import AwardSum, EachAward, Panel, Price, Said
from lotopt.allocation.offers import Extra, Ints, Offers
from lotopt.core.reading import Reading, plain
from lotopt.engine.model.rows import Row
from lotopt.market.bid import Bid
from lotopt.market.market import Market
from lotopt.market.money import exact


class ValueShare(GroupRule):
    """No legal group's winning bids are worth more than `at_most` (a fraction) of the value of all winning bids."""

    kind: Literal["value_share"] = "value_share"
    at_most: float = Field(gt=0, le=1, description="Share of the total price, such as 0.25.")

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        exempt = self.exempt(offers.market)
        for group, columns in offers.by_group.items():
            if group not in exempt:
                row = share_row(f"{self.label}.{group}", offers, columns, self.at_most)
                yield Row(row.name, row.columns, row.values, at_most=0.0)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        exempt = self.exempt(panel.market)
        for group, providers in panel.groups.items():
            if group not in exempt:
                factor = share_factors(panel, providers, self.at_most)
                yield AwardSum(f"{self.label}.{group}", Price(), factor, at_most=0.0)

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        exempt = self.exempt(allocation.market)
        total = sum((bid.price for bid in allocation.bids), Decimal(0))
        for group in allocation.market.groups:
            won = sum((bid.price for bid in allocation.by_group.get(group, ())), Decimal(0))
            share = won / total if total else Decimal(0)
            at_most = math.inf if group in exempt else exact(self.at_most)
            yield Reading(self.label, group, share, at_most=at_most, unit="of the total price")

    def explain(self) -> str:
        most = f"{100 * self.at_most:g} %"
        return f"No provider or legal group wins more than {most} of the total price{self._unless()}."


class ValueCap(GroupRule):
    """No legal group's winning bids are worth more than `at_most` GBP a year together."""

    kind: Literal["value_cap"] = "value_cap"
    at_most: Decimal = Field(ge=0, allow_inf_nan=False, description="GBP a year.")

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        exempt = self.exempt(offers.market)
        for group, columns in offers.by_group.items():
            if group not in exempt:
                prices = offers.pence[columns].astype(np.float64)
                yield Row(f"{self.label}.{group}", columns, prices, at_most=_whole_pence(self.at_most))

    def jointly(self, panel: Panel) -> Iterator[Said]:
        exempt, most = self.exempt(panel.market), _whole_pence(self.at_most)
        for group, providers in panel.groups.items():
            if group not in exempt:
                yield AwardSum(f"{self.label}.{group}", Price(), dict.fromkeys(providers, 1.0), at_most=most)
                yield from (EachAward(provider, Price(), most) for provider in providers)

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        exempt = self.exempt(allocation.market)
        for group in allocation.market.groups:
            won = _worth(allocation.by_group.get(group, ()))
            at_most = math.inf if group in exempt else self.at_most
            yield Reading(self.label, group, won, at_most=at_most, unit="GBP a year")

    def explain(self) -> str:
        most = plain(self.at_most)
        return f"No provider or legal group wins bids worth more than {most} GBP a year together{self._unless()}."


class ClassShare(AwardRule):
    """Providers of the named classes win between `at_least` and `at_most` (fractions) of the value of all awards.

    A class is what the market's column `kind` says of a provider, such as public, voluntary or small. Where nothing
    is awarded there is nothing to share.
    """

    kind: Literal["class_share"] = "class_share"
    classes: tuple[str, ...] = Field(min_length=1, description="Classes of provider, such as ['voluntary', 'small'].")
    at_least: float = Field(default=0.0, ge=0, le=1, description="Share of the total price, such as 0.2.")
    at_most: float = Field(default=1.0, ge=0, le=1, description="Share of the total price, such as 0.5.")

    @model_validator(mode="after")
    def _ordered(self) -> ClassShare:
        if self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least:g} is more than at_most {self.at_most:g}")
        return self

    def problems(self, market: Market) -> Iterator[str]:
        known = sorted({provider.kind for provider in market.providers if provider.kind})
        yield from unknown("provider of class", self.classes, known)

    def _ends(self) -> Iterator[tuple[str, float, bool]]:
        """The ends that say something: a word, the share, and whether it is the upper end."""
        if self.at_least > 0:
            yield "at_least", self.at_least, False
        if self.at_most < 1:
            yield "at_most", self.at_most, True

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        of = offers.market.provider
        mine = [j for j, bid in enumerate(offers.bids) if of[bid.provider].kind in self.classes]
        for word, share, upper in self._ends():
            row = share_row(f"{self.label}.{word}", offers, np.array(mine, dtype=np.int64), share)
            yield Row(row.name, row.columns, row.values, -math.inf if upper else 0.0, 0.0 if upper else math.inf)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        mine = [id for id in panel.offering if panel.market.provider[id].kind in self.classes]
        for word, share, upper in self._ends():
            factor = share_factors(panel, mine, share)
            ends = {"at_most": 0.0} if upper else {"at_least": 0.0}
            yield AwardSum(f"{self.label}.{word}", Price(), factor, **ends)  # type: ignore[arg-type]

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        of = allocation.market.provider
        total = _worth(allocation.bids)
        won = _worth(bid for bid in allocation.bids if of[bid.provider].kind in self.classes)
        share = won / total if total else Decimal(0)
        at_least = exact(self.at_least) if total else -math.inf
        yield Reading(
            self.label, " or ".join(self.classes), share, at_least, exact(self.at_most), "of the total price"
        )

    def explain(self) -> str:
        who = " or ".join(self.classes)
        low, high = (f"{100 * share:.4g} %" for share in (self.at_least, self.at_most))
        if self.at_least > 0 and self.at_most < 1:
            return f"Providers of class {who} win at least {low} and at most {high} of the total price."
        part = f"at most {high}" if self.at_most < 1 else f"at least {low}"
        return f"Providers of class {who} win {part} of the total price."


class Budget(AwardRule):
    """All winning bids together cost at most `at_most` GBP a year."""

    kind: Literal["budget"] = "budget"
    at_most: Decimal = Field(ge=0, allow_inf_nan=False, description="GBP a year.")

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        every = np.arange(len(offers))
        yield Row(self.label, every, offers.pence.astype(np.float64), at_most=_whole_pence(self.at_most))

    def jointly(self, panel: Panel) -> Iterator[Said]:
        factor = dict.fromkeys(panel.offering, 1.0)
        yield AwardSum(self.label, Price(), factor, at_most=_whole_pence(self.at_most))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        yield Reading(self.label, "all awards", _worth(allocation.bids), at_most=self.at_most, unit="GBP a year")

    def explain(self) -> str:
        return f"All awards together cost at most {plain(self.at_most)} GBP a year."


def share_row(name: str, offers: Offers, mine: Ints, share: float) -> Row:
    """What the bids `mine` cost less a share of what all cost, multiplied out to whole numbers; no limits yet."""
    over, under = exact(share).as_integer_ratio()
    # Python's integers where those of 64 bits would overflow
    fits = int(offers.pence.max(initial=0)) * under < 2**62
    prices = offers.pence if fits else offers.pence.astype(object)
    values = prices * -over
    values[mine] += prices[mine] * under
    common = np.gcd.reduce(values) or 1
    return Row(name, np.arange(len(offers)), (values // common).astype(np.float64))


def share_factors(panel: Panel, mine: Iterable[str], share: float) -> dict[str, float]:
    """The factor of each provider's prices in what `mine` cost less a share of what all cost, in whole numbers."""
    over, under = exact(share).as_integer_ratio()
    own = set(mine)
    return {id: float(under - over if id in own else -over) for id in panel.offering}


def _worth(bids: Iterable[Bid]) -> Decimal:
    return sum((bid.price for bid in bids), Decimal(0))


def _whole_pence(amount: Decimal) -> float:
    """The most whole pence that an amount holds: what is paid is whole pence."""
    return float(math.floor(amount * 100))
