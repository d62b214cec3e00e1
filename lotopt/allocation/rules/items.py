"""Rules on what each lot gets: how many winners, and how much of the need is met."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import Loosening, LotRule, unknown
from lotopt.allocation.jointly import Panel, Refused, Said
from lotopt.allocation.offers import Extra, Ints, Offers, ones, whole_row
from lotopt.core.reading import Reading
from lotopt.engine.model.rows import Row
from lotopt.market.bid import Item
from lotopt.market.market import Market
from lotopt.market.money import exact


class EveryItemAwarded(LotRule):
    """Every lot, in every service, has exactly `winners` winning bids, from different legal groups.

    `winners_by_lot` says otherwise for single lots. `shares` are what the winners of a lot get of its work, the first
    place first (framework lots): 0 is a winner held in reserve, who costs nothing. Lots that are let off, and all
    where `fewer` is true, may have fewer winners, the last places being left empty. Lots that are cancelled or
    awarded without competition have none. Members of a consortium count as winners of its lots.
    """

    kind: Literal["every_item_awarded"] = "every_item_awarded"
    winners: int = Field(default=1, ge=1, description="Winning bids for each lot and service.")
    winners_by_lot: Mapping[str, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict, description="Lots with another number of winners, such as { L1 = 2 }."
    )
    shares: tuple[Annotated[float, Field(ge=0, le=1)], ...] = Field(
        default=(),
        description="Shares of the work by place, such as [0.6, 0.4] or [1, 0]; none: each gets all of it.",
    )
    fewer: bool = Field(default=False, description="A lot may have fewer winners, or none, and that is told.")

    @model_validator(mode="after")
    def _places(self) -> EveryItemAwarded:
        shares = [exact(share) for share in self.shares]
        if not shares:
            return self
        if sum(shares) > 1:
            raise ValueError(f"shares add up to {sum(shares)}, which is more than 1")
        if shares != sorted(shares, reverse=True):
            raise ValueError("shares begin with the largest, which is that of the first place")
        if self.winners_by_lot:
            raise ValueError("shares are the same for every lot; leave out winners_by_lot")
        if self.winners not in (1, len(shares)):
            raise ValueError(f"{len(shares)} shares are for {len(shares)} winners, not {self.winners}")
        return self

    def problems(self, market: Market) -> Iterator[str]:
        yield from super().problems(market)
        yield from unknown("lot", self.winners_by_lot, [lot.id for lot in market.lots])

    def places(self) -> tuple[Decimal, ...]:
        return tuple(exact(share) for share in self.shares)

    def exclusive(self, market: Market) -> frozenset[Item]:
        return frozenset(market.items)

    def most(self, market: Market, item: Item) -> int:
        """How many winners an item has, or at most has."""
        if item in market.closed:
            return 0
        return len(self.shares) or self.winners_by_lot.get(item.lot, self.winners)

    def least(self, market: Market, item: Item) -> int:
        """How many winners an item must have."""
        return 0 if self.fewer or item.lot in self.excepted else self.most(market, item)

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        market = offers.market
        for item, columns in offers.on.items():
            most, least = self.most(market, item), self.least(market, item)
            if not self.shares:
                yield Row(f"{self.label}.{item}", columns, ones(columns), least, most)
            elif most:
                yield from self._by_place(offers, item, columns, least)
            if most > 1:
                yield from self._different(offers, item, columns)

    def _by_place(self, offers: Offers, item: Item, columns: Ints, least: int) -> Iterator[Row]:
        """As many winners with each share as there are places with it, and none while a place before is empty."""
        places, taken, full = self.places(), 0, 0
        before: Ints = columns[:0]
        for at, share in enumerate(offers.shares):
            mine, number = columns[offers.place[columns] == at], places.count(share)
            name = f"{self.label}.{item}.{100 * share:f} %"
            needed = min(max(least - taken, 0), number)
            yield Row(name, mine, ones(mine), needed, number)
            if at and not needed:
                # every bid by itself has to find all places before taken, unless one row says it of all
                for after in [mine] if full == number == 1 else mine[:, None]:
                    values = np.concatenate([full * ones(after), -ones(before)])
                    yield Row(f"{name} last", np.concatenate([after, before]), values, at_most=0)
            before, full, taken = mine, number, taken + number

    def _different(self, offers: Offers, item: Item, columns: Ints) -> Iterator[Row]:
        """No legal group wins an item twice."""
        of_group: dict[str, list[int]] = {}
        for j in columns.tolist():
            for group in offers.market.groups_in(offers.bids[j]):
                of_group.setdefault(group, []).append(j)
        for group, found in sorted(of_group.items()):
            if len(found) > 1:
                yield Row(f"{self.label}.{item}.{group}", np.array(found), np.ones(len(found)), at_most=1)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        """One provider gets every lot that is drawn, whatever else is asked."""
        yield from self.refused()
        if self.winners > 1 or self.shares:
            number = len(self.shares) or self.winners
            yield Refused(f"asks {number} winners for every lot, and lots drawn together with awards have one")
        if self.winners_by_lot:
            yield Refused("names lots in winners_by_lot, and no lot has a name before it is drawn")
        if self.fewer:
            yield Refused("lets lots go without a winner, and lots drawn together with awards have one")

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        if self.winners > 1 and not self.shares:
            yield Loosening("winners", Decimal(1), Decimal(-1))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        market = allocation.market
        for item in market.items:
            won = allocation.bids_on(item)
            most, least = self.most(market, item), self.least(market, item)
            yield Reading(self.label, market.item_name(item), len(won), least, most, "winning bids")
            if most > 1:
                named = [group for each in won for group in market.groups_in(each.bid)]
                where = f"{market.item_name(item)}, bids of a group beyond its first"
                yield Reading(self.label, where, len(named) - len(set(named)), at_most=0, unit="winning bids")
            if self.shares:
                due = sorted(map(exact, self.shares), reverse=True)[: len(won)]
                had = sorted((each.share for each in won), reverse=True)
                wrong = sum(a != b for a, b in zip(due, had, strict=False))
                where = f"{market.item_name(item)}, winners without the share of their place"
                yield Reading(self.label, where, wrong, at_most=0, unit="winning bids")

    def explain(self) -> str:
        number = len(self.shares) or self.winners
        few = "at most" if self.fewer else "exactly"
        bids = "one winning bid" if number == 1 else f"{number} winning bids"
        text = f"Every lot has {few} {bids} for each service"
        if number > 1 or any(count > 1 for count in self.winners_by_lot.values()):
            text += ", of different providers or legal groups"
        if self.shares:
            text += f", with shares of {', '.join(f'{100 * share:g} %' for share in self.shares)} of the work"
        if self.winners_by_lot:
            text += f" ({', '.join(f'{lot}: {count}' for lot, count in sorted(self.winners_by_lot.items()))})"
        return f"{text}{self._unless()}."


class Coverage(LotRule):
    """For every area and service, what winning bids cover of the need adds up to `at_least` (a fraction) or more.

    With `at_most`, it adds up to no more than that: where lots overlap, at_least = 1 and at_most = 1 buy every area's
    need once, through one lot or the other.
    """

    kind: Literal["coverage"] = "coverage"
    at_least: float = Field(default=1.0, ge=0, description="Share of the need of every area, such as 1 or 0.9.")
    at_most: float = Field(default=math.inf, ge=0, description="Share of the need of every area, such as 1.")

    @model_validator(mode="after")
    def _ordered(self) -> Coverage:
        if self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least:g} is more than at_most {self.at_most:g}")
        return self

    def needs(self, market: Market) -> dict[tuple[str, frozenset[Item]], list[str]]:
        """The areas of each need: a service, and the items through which an area's need for it is met."""
        places: dict[str, list[str]] = {}
        for lot in market.lots:
            if lot.id not in self.excepted:
                # a lot of which no areas are known stands for itself
                for area in [area.id for area in lot.areas] or [f"lot {lot.id}"]:
                    places.setdefault(area, []).append(lot.id)
        offered = set(market.items)
        found: dict[tuple[str, frozenset[Item]], list[str]] = {}
        for place, lots in places.items():
            for service in market.services:
                items = frozenset(Item(lot, service) for lot in lots) & offered
                if not items or not items <= market.closed:
                    found.setdefault((service, items), []).append(place)
        return found

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        most = self.at_most if math.isinf(self.at_most) else exact(self.at_most)
        for (_, items), areas in self.needs(offers.market).items():
            met: dict[int, Decimal] = {}
            for j in (int(j) for item in sorted(items) for j in offers.on[item]):
                met[j] = met.get(j, Decimal(0)) + offers.covers(j)
            columns = np.array(sorted(met), dtype=np.int64)
            covered = [met[j] for j in sorted(met)]
            yield whole_row(f"{self.label}.{areas[0]}", columns, covered, exact(self.at_least), most)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        """Whoever gets a lot by its schedule meets the whole of its need."""
        yield from self.refused()
        if not self.at_least <= 1 <= self.at_most:
            asked = self.at_least if self.at_least > 1 else self.at_most
            yield Refused(f"asks {asked:g} of every need, and one provider with a schedule meets 1")

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        yield Loosening("at_least", Decimal(0), Decimal("-0.0001"))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        market = allocation.market
        most = self.at_most if math.isinf(self.at_most) else exact(self.at_most)
        for (service, items), areas in self.needs(market).items():
            through = sorted(items)
            met = sum((each.covers for item in through for each in allocation.bids_on(item)), Decimal(0))
            where = "; ".join(market.item_name(item) for item in through) or f"{areas[0]}, {service}"
            yield Reading(self.label, where, met, exact(self.at_least), most, unit="of the need")

    def explain(self) -> str:
        most = "" if math.isinf(self.at_most) else f" and at most {self.at_most:.4g}"
        return f"Every area's need for each service is met to at least {self.at_least:.4g}{most}{self._unless()}."
