"""The rule that others could carry on if any one provider failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np
from pydantic import Field

from lotopt.allocation.allocation import Allocation, Won
from lotopt.allocation.amounts import decimal, volumes_of
from lotopt.allocation.clause import AwardRule, Loosening, unknown, who, without_measure
from lotopt.allocation.jointly import Panel, Refused, Said
from lotopt.allocation.offers import Extra, Offers, whole_row
from lotopt.allocation.rules.flow import most_taken_on
from lotopt.core.errors import did_you_mean
from lotopt.core.reading import Reading
from lotopt.engine.model.rows import Row
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market
from lotopt.market.money import exact
from lotopt.market.provider import LOTS


class Resilience(AwardRule):
    """If any one legal group fails, what others in reach have to spare covers at least `share` of its work.

    Work and capacity are counted in `measure`, or in "lots". Others have to spare what they state as their capacity
    less what they take on; a provider that states none has nothing to spare, and none takes on more than it states.
    A provider is in reach of a lot and service for which it has a bid that no rule bars by itself. The work of a lot
    may be split among several. What counts is whose bid wins, whoever else is in its consortium. `except` names those
    whose failure is not looked at.
    """

    kind: Literal["resilience"] = "resilience"
    measure: str = Field(description="A measure, or 'lots'.")
    share: float = Field(
        default=1.0, ge=0, le=1, description="Share of the work that others could take on, such as 0.8."
    )
    excepted: tuple[str, ...] = Field(
        default=(), alias="except", description="Providers or legal groups whose failure is not looked at."
    )

    def problems(self, market: Market) -> Iterator[str]:
        yield from unknown("provider", self.excepted, who(market))
        stated = sorted({measure for provider in market.providers for measure in provider.capacity})
        if self.measure not in stated:
            yield f"no provider states a capacity of '{self.measure}'; {did_you_mean(self.measure, stated)}"
        elif self.measure != LOTS:
            yield from without_measure(market, self.measure)

    def capacities(self, market: Market) -> dict[str, Fraction]:
        """What each provider (id) that states a capacity can take on."""
        stated = ((provider.id, provider.capacity.get(self.measure)) for provider in market.providers)
        return {id: Fraction(exact(capacity)) for id, capacity in stated if capacity is not None}

    def taken(self, market: Market, bid: Bid, share: Decimal) -> dict[Item, Fraction]:
        """What a bid takes on of each of its items."""
        if self.measure == LOTS:
            return dict.fromkeys(bid.items, Fraction(1))
        return {item: volume * Fraction(share) for item, volume in volumes_of(market, bid, self.measure).items()}

    def reach(self, market: Market, may_win: frozenset[str]) -> dict[Item, tuple[str, ...]]:
        """The providers (ids) with a capacity that are in reach of each item."""
        able = self.capacities(market)
        found: dict[Item, set[str]] = {item: set() for item in market.items}
        for bid in market.bids:
            if bid.id in may_win and bid.provider in able:
                for item in bid.items:
                    found[item].add(bid.provider)
        return {item: tuple(sorted(providers)) for item, providers in found.items()}

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        for provider, most in self.capacities(offers.market).items():
            if provider in offers.by_provider:
                columns = offers.by_provider[provider]
                yield whole_row(
                    f"{self.label}.{provider}", columns, [self._sum(offers, j) for j in columns], at_most=most
                )

    def cuts(self, offers: Offers, allocation: Allocation) -> Iterator[Row]:
        """For every group whose work others could not take on: what is too much for those in reach of a cut."""
        reach = self.reach(offers.market, offers.may_win)
        for group, (wanted, most, cut) in self.failures(allocation, reach).items():
            if most < wanted:
                yield self._row(offers, group, cut, reach)

    def _row(self, offers: Offers, group: str, cut: frozenset[Item], reach: dict[Item, tuple[str, ...]]) -> Row:
        """A group's work in the cut, less what need not be covered, fits into the spare capacity in reach of it.

        Largest flow, smallest cut: the work is covered where this holds for every set of items as the cut.
        """
        market = offers.market
        able = self.capacities(market)
        others = {id for item in cut for id in reach[item] if market.provider[id].legal_group != group}
        spared = 1 - Fraction(exact(self.share))
        values: dict[int, Fraction] = {}
        for j in offers.by_bidder[group].tolist():
            taken = self.taken(market, offers.bids[j], offers.share(j))
            inside = sum((volume for item, volume in taken.items() if item in cut), Fraction(0))
            values[j] = inside - spared * sum(taken.values(), Fraction(0))
        for id in others & offers.by_provider.keys():
            values |= {j: self._sum(offers, j) for j in offers.by_provider[id].tolist()}
        columns = sorted(j for j, value in values.items() if value)
        room = sum((able[id] for id in others), Fraction(0))
        name = f"{self.label}.{group} fails in {'; '.join(map(str, sorted(cut)))}"
        return whole_row(name, np.array(columns, dtype=np.int64), [values[j] for j in columns], at_most=room)

    def _sum(self, offers: Offers, j: int) -> Fraction:
        """What a column takes on in all."""
        return sum(self.taken(offers.market, offers.bids[j], offers.share(j)).values(), Fraction(0))

    def failures(
        self, allocation: Allocation, reach: dict[Item, tuple[str, ...]]
    ) -> dict[str, tuple[Fraction, Fraction, frozenset[Item]]]:
        """For each legal group that wins: how much is to be covered if it fails, how much is, and a smallest cut."""
        market = allocation.market
        exempt = {market.group_of_firm(name) for name in self.excepted}
        spare = {
            id: max(
                Fraction(0), most - self._all(market, (each for each in allocation.won if each.bid.provider == id))
            )
            for id, most in self.capacities(market).items()
        }
        work: dict[str, dict[Item, Fraction]] = {}
        for each in allocation.won:
            mine = work.setdefault(market.group_of(each.bid), {})
            for item, volume in self.taken(market, each.bid, each.share).items():
                mine[item] = mine.get(item, Fraction(0)) + volume
        found = {}
        for group in sorted(work.keys() - exempt):
            others = {id: room for id, room in spare.items() if market.provider[id].legal_group != group}
            near = {item: [id for id in reach[item] if id in others] for item in work[group]}
            wanted = Fraction(exact(self.share)) * sum(work[group].values(), Fraction(0))
            found[group] = (wanted, *most_taken_on(work[group], others, near))
        return found

    def _all(self, market: Market, won: Iterable[Won]) -> Fraction:
        taken = (volume for each in won for volume in self.taken(market, each.bid, each.share).values())
        return sum(taken, Fraction(0))

    def jointly(self, panel: Panel) -> Iterator[Said]:
        yield Refused("goes by who bids for each lot, and bids there are none before lots are drawn")

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        yield Loosening("share", Decimal(0), Decimal("-0.0001"))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        market = allocation.market
        for id, most in self.capacities(market).items():
            taken = self._all(market, (each for each in allocation.won if each.bid.provider == id))
            where = f"{market.provider[id].title}, capacity"
            yield Reading(self.label, where, decimal(taken), at_most=decimal(most), unit=self.measure)

    def readings_beside(self, allocation: Allocation, may_win: frozenset[str]) -> Iterator[Reading]:
        reach = self.reach(allocation.market, may_win)
        for group, (wanted, most, _) in self.failures(allocation, reach).items():
            unit = f"{self.measure} that others can take on"
            yield Reading(self.label, f"{group} fails", decimal(most), at_least=decimal(wanted), unit=unit)

    def explain(self) -> str:
        part = "all" if self.share == 1 else f"at least {100 * self.share:g} %"
        unless = f", except {' and '.join(self.excepted)}" if self.excepted else ""
        return (
            f"If any one provider or legal group fails{unless}, what others in reach have to spare covers {part} of "
            f"its {self.measure}."
        )
