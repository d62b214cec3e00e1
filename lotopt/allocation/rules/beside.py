"""Rules that bar a bid because of which other bids there are: too few bidders for a lot, a last resort not needed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import Loosening, LotRule
from lotopt.core.reading import Reading
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market

NO_AWARD = "no_award"


class Bidders(LotRule):
    """No lot is awarded for which fewer than `at_least` bidders, each a legal group, have bids that may win.

    A bid may win where no rule bars it by itself (quality, price ceiling, panel and the like). A package counts for
    each of its lots, and cannot win where one of them is not awarded. Where several services are bought, each counts
    for itself. With `then` = "tell" lots are awarded all the same, and how many bidders they had is told. A lot that
    every_item_awarded asks for has to be let off there, or fewer winners allowed.
    """

    kind: Literal["bidders"] = "bidders"
    at_least: int = Field(ge=1, description="Legal groups that bid for a lot.")
    then: Literal["no_award", "tell"] = Field(
        default="no_award", description="What follows where there are fewer: no_award, or tell."
    )

    def found(self, market: Market, may_win: frozenset[str]) -> dict[Item, int]:
        """How many bidders each open item has."""
        groups: dict[Item, set[str]] = {item: set() for item in market.items if item not in market.closed}
        for bid in market.bids:
            if bid.id in may_win:
                for item in bid.items:
                    groups[item].add(market.group_of(bid))
        return {item: len(found) for item, found in groups.items()}

    def too_few(self, market: Market, may_win: frozenset[str]) -> set[Item]:
        """The items with fewer bidders than asked for."""
        found = self.found(market, may_win).items()
        return {item for item, count in found if count < self.at_least and item.lot not in self.excepted}

    def barred_beside(self, market: Market, may_win: frozenset[str]) -> frozenset[str]:
        if self.then != NO_AWARD:
            return frozenset()
        few = self.too_few(market, may_win)
        return frozenset(id for id in may_win if not few.isdisjoint(market.bid[id].items))

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        yield Loosening("at_least", Decimal(1), Decimal(-1))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        yield from ()  # all of it goes by which bids may win

    def readings_beside(self, allocation: Allocation, may_win: frozenset[str]) -> Iterator[Reading]:
        market = allocation.market
        few = self.too_few(market, may_win)
        for item, count in self.found(market, may_win).items():
            name = market.item_name(item)
            if self.then == NO_AWARD and allocation.bids_on(item) and item.lot not in self.excepted:
                yield Reading(self.label, f"{name}, awarded", count, at_least=self.at_least, unit="bidders")
            else:
                told = f", fewer than {self.at_least}" if item in few else ""
                yield Reading(self.label, f"{name}{told}", count, unit="bidders")

    def explain(self) -> str:
        if self.then == NO_AWARD:
            return f"No lot with fewer than {self.at_least} bidders is awarded{self._unless()}."
        return f"Lots with fewer than {self.at_least} bidders are told{self._unless()}."


class LastResort(LotRule):
    """A bid of a provider marked last_resort wins only where no other bid for any of its lots and services may win.

    A bid may win where no rule bars it by itself (quality, price ceiling, panel and the like), whatever limits hold
    for what is won together. In lots that are let off the provider competes like any other.
    """

    kind: Literal["last_resort"] = "last_resort"

    def problems(self, market: Market) -> Iterator[str]:
        yield from super().problems(market)
        if not any(provider.last_resort for provider in market.providers):
            yield "no provider is marked last_resort; write yes in that column of the sheet Providers"

    def competing(self, market: Market, may_win: frozenset[str]) -> dict[Item, int]:
        """How many bids of other providers may win each item."""
        found: dict[Item, int] = dict.fromkeys(market.items, 0)
        for bid in market.bids:
            if bid.id in may_win and not market.provider[bid.provider].last_resort:
                for item in bid.items:
                    found[item] += 1
        return found

    def beside(self, bid: Bid, competing: dict[Item, int]) -> int:
        """How many other bids for its items may win, those in lots that are let off aside."""
        return sum(competing[item] for item in bid.items if item.lot not in self.excepted)

    def barred_beside(self, market: Market, may_win: frozenset[str]) -> frozenset[str]:
        competing = self.competing(market, may_win)
        kept = (market.bid[id] for id in may_win if market.provider[market.bid[id].provider].last_resort)
        return frozenset(bid.id for bid in kept if self.beside(bid, competing))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        yield from ()  # all of it goes by which bids may win

    def readings_beside(self, allocation: Allocation, may_win: frozenset[str]) -> Iterator[Reading]:
        competing = self.competing(allocation.market, may_win)
        for bid in allocation.bids:
            if allocation.market.provider[bid.provider].last_resort:
                yield Reading(self.label, str(bid), self.beside(bid, competing), at_most=0, unit="other bids for it")

    def explain(self) -> str:
        return f"A provider of last resort wins only what no other bid may win{self._unless()}."
