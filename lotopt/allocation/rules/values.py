"""Rules on money: what a legal group, a class of provider or all together may be paid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.amounts import (
    GBP,
    all_prices,
    fraction,
    in_pence,
    indicative,
    money_rows,
    share_factors,
    share_row,
    shared_row,
    whole_pence,
)
from lotopt.allocation.clause import (
    GroupRule,
    Loosening,
    ScopedRule,
    classes_of,
    unknown,
    without_value,
)
from lotopt.allocation.jointly import AwardSum, Count, EachAward, Panel, Price, Refused, Said
from lotopt.allocation.offers import Extra, Offers, whole_row
from lotopt.core.reading import Reading, plain
from lotopt.engine.model.rows import Row
from lotopt.market.bid import Item
from lotopt.market.market import Market
from lotopt.market.money import exact


class ValueShare(GroupRule, ScopedRule):
    """No legal group's winning bids are worth more than `at_most` (a fraction) of the value of all winning bids.

    `of` is "price", or "value": lots are then worth their indicative value, and the share is that of all lots on
    offer, awarded or not, so that it is known before bids come in; who wins a share of the work has that share of the
    value. A consortium's lots count for each of its members.
    """

    kind: Literal["value_share"] = "value_share"
    at_most: float = Field(gt=0, le=1, description="Share of the total, such as 0.25.")
    of: Literal["price", "value"] = Field(default="price", description="What is shared: price, or indicative value.")

    def problems(self, market: Market) -> Iterator[str]:
        yield from super().problems(market)
        if self.of == "value":
            yield from without_value(market)

    def value(self, market: Market, items: Iterable[Item]) -> Fraction:
        """The indicative value of those of some items that this rule is about, GBP a year."""
        return indicative(market, filter(self.within, items))

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        market = offers.market
        if self.of == "value":
            most = self.value(market, market.items) * Fraction(exact(self.at_most))
            for group, columns in self.by_group(offers):
                values = [self.value(market, offers.bids[j].items) * Fraction(offers.share(j)) for j in columns]
                yield whole_row(f"{self.label}.{group}", columns, values, at_most=most)
            return
        for group, columns in self.by_group(offers):
            row = share_row(f"{self.label}.{group}", self, offers, columns, self.at_most)
            yield Row(row.name, row.columns, row.values, at_most=0.0)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        yield from self.refused()
        if self.of == "value":
            yield Refused("goes by indicative value, and a lot has none before it is drawn")
        exempt = self.exempt(panel.market)
        for group, providers in panel.groups.items():
            if group not in exempt:
                factor = share_factors(panel, providers, self.at_most)
                yield AwardSum(f"{self.label}.{group}", Price(), factor, at_most=0.0)

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        yield Loosening("at_most", Decimal(1), Decimal("0.0001"))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        market = allocation.market
        if self.of == "value":
            total = self.value(market, market.items)
        else:
            total = self.worth(market, allocation.won)
        for group, won, held in self.won_by_group(allocation):
            if self.of == "value":
                own = sum((self.value(market, w.bid.items) * Fraction(w.share) for w in won), Fraction(0))
            else:
                own = self.worth(market, won)
            at_most = exact(self.at_most) if held else math.inf
            unit = "of the total price" if self.of == "price" else "of the indicative value"
            yield Reading(self.label, group, fraction(own, total), at_most=at_most, unit=unit)

    def explain(self) -> str:
        most, of = (
            f"{100 * self.at_most:g} %",
            "total price" if self.of == "price" else "indicative value of all lots",
        )
        return f"No provider or legal group wins more than {most} of the {of}{self._where()}{self._unless()}."


class ValueCap(GroupRule, ScopedRule):
    """No legal group's winning bids are worth more than `at_most` GBP a year together."""

    kind: Literal["value_cap"] = "value_cap"
    at_most: Decimal = Field(ge=0, allow_inf_nan=False, description="GBP a year.")

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        yield from money_rows(self, offers, self.by_group(offers), self.at_most)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        yield from self.refused()
        exempt, most = self.exempt(panel.market), whole_pence(self.at_most)
        for group, providers in panel.groups.items():
            if group not in exempt:
                yield AwardSum(f"{self.label}.{group}", Price(), dict.fromkeys(providers, 1.0), at_most=most)
                yield from (EachAward(provider, Price(), most) for provider in providers)

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        yield Loosening("at_most", all_prices(market), Decimal("0.01"))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        for group, won, held in self.won_by_group(allocation):
            at_most = self.at_most if held else math.inf
            yield Reading(self.label, group, in_pence(self.worth(allocation.market, won)), -math.inf, at_most, GBP)

    def explain(self) -> str:
        most = plain(self.at_most)
        return (
            f"No provider or legal group wins bids worth more than {most} GBP a year together"
            f"{self._where()}{self._unless()}."
        )


class ClassShare(ScopedRule):
    """Providers of the named classes win between `at_least` and `at_most` (fractions) of the value of all awards.

    A class is what the market's column `kind` says of a provider, such as public, voluntary or small. `of` is
    "price", or "lots": then lots and services are counted. Where nothing is awarded there is nothing to share.
    """

    kind: Literal["class_share"] = "class_share"
    classes: tuple[str, ...] = Field(min_length=1, description="Classes of provider, such as ['voluntary', 'small'].")
    at_least: float = Field(default=0.0, ge=0, le=1, description="Share of the total price, such as 0.2.")
    at_most: float = Field(default=1.0, ge=0, le=1, description="Share of the total price, such as 0.5.")
    of: Literal["price", "lots"] = Field(default="price", description="What is shared: price, or lots won.")

    @model_validator(mode="after")
    def _ordered(self) -> ClassShare:
        if self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least:g} is more than at_most {self.at_most:g}")
        return self

    def problems(self, market: Market) -> Iterator[str]:
        yield from super().problems(market)
        yield from unknown("provider of class", self.classes, classes_of(market))

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
            name, columns = f"{self.label}.{word}", np.array(mine, dtype=np.int64)
            if self.of == "lots":
                row = shared_row(name, self.counts(offers).astype(np.int64), columns, share)
            else:
                row = share_row(name, self, offers, columns, share)
            yield Row(row.name, row.columns, row.values, -math.inf if upper else 0.0, 0.0 if upper else math.inf)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        yield from self.refused()
        mine = [id for id in panel.offering if panel.market.provider[id].kind in self.classes]
        quantity = Price() if self.of == "price" else Count()
        for word, share, upper in self._ends():
            factor = share_factors(panel, mine, share)
            ends = {"at_most": 0.0} if upper else {"at_least": 0.0}
            yield AwardSum(f"{self.label}.{word}", quantity, factor, **ends)  # type: ignore[arg-type]

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        if self.at_least > 0:
            yield Loosening("at_least", Decimal(0), Decimal("-0.0001"))
        if self.at_most < 1:
            yield Loosening("at_most", Decimal(1), Decimal("0.0001"))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        market = allocation.market
        mine = [each for each in allocation.won if market.provider[each.bid.provider].kind in self.classes]
        if self.of == "lots":
            own, total = (Fraction(sum(self.count(each.bid) for each in won)) for won in (mine, allocation.won))
        else:
            own, total = self.worth(market, mine), self.worth(market, allocation.won)
        at_least = exact(self.at_least) if total else -math.inf
        unit = "of the total price" if self.of == "price" else "of the lots awarded"
        where = " or ".join(self.classes)
        yield Reading(self.label, where, fraction(own, total), at_least, exact(self.at_most), unit)

    def explain(self) -> str:
        who = " or ".join(self.classes)
        low, high = (f"{100 * share:.4g} %" for share in (self.at_least, self.at_most))
        of = ("the total price" if self.of == "price" else "the lots awarded") + self._where()
        if self.at_least > 0 and self.at_most < 1:
            return f"Providers of class {who} win at least {low} and at most {high} of {of}."
        part = f"at most {high}" if self.at_most < 1 else f"at least {low}"
        return f"Providers of class {who} win {part} of {of}."


class Budget(ScopedRule):
    """All winning bids together cost at most `at_most` GBP a year."""

    kind: Literal["budget"] = "budget"
    at_most: Decimal = Field(ge=0, allow_inf_nan=False, description="GBP a year.")

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        yield from money_rows(self, offers, [("", np.arange(len(offers)))], self.at_most)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        yield from self.refused()
        factor = dict.fromkeys(panel.offering, 1.0)
        yield AwardSum(self.label, Price(), factor, at_most=whole_pence(self.at_most))

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        yield Loosening("at_most", all_prices(market), Decimal("0.01"))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        worth = in_pence(self.worth(allocation.market, allocation.won))
        yield Reading(self.label, f"all awards{self._where()}", worth, at_most=self.at_most, unit=GBP)

    def explain(self) -> str:
        return f"All awards together cost at most {plain(self.at_most)} GBP a year{self._where()}."
