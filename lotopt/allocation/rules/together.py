"""Rules on lots and services that go to one bidder together or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardRule, unknown
from lotopt.allocation.jointly import Panel, Refused, Said
from lotopt.allocation.offers import Extra, Ints, Offers, ones
from lotopt.allocation.rules.providers import exclusive_parts
from lotopt.core.reading import Reading
from lotopt.engine.model.rows import Row
from lotopt.market.bid import Item
from lotopt.market.market import Market


class Together(AwardRule):
    """A bidder's legal group that wins one of the named lots, or services of a lot, wins all of them.

    `lots`: whoever wins one of them wins every other; where several services are bought, each by itself. `services`:
    in every lot, whoever wins one of them wins every other. So each is won by the same groups, or by none. Lots that
    are cancelled or awarded without competition are left out. Give one of the two.
    """

    kind: Literal["together"] = "together"
    lots: tuple[str, ...] = Field(default=(), description="Lots that go to the same bidders.")
    services: tuple[str, ...] = Field(default=(), description="Services that go to the same bidders in each lot.")

    @model_validator(mode="after")
    def _one_kind(self) -> Together:
        if bool(self.lots) == bool(self.services):
            raise ValueError("give lots or services")
        if len(set(self.names)) < len(self.names) or len(self.names) < 2:
            raise ValueError("name at least two, each once")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        return self.lots or self.services

    def problems(self, market: Market) -> Iterator[str]:
        yield from unknown("lot", self.lots, [lot.id for lot in market.lots])
        yield from unknown("service", self.services, [service for service in market.services if service])

    def ties(self, market: Market) -> dict[str, tuple[Item, ...]]:
        """The open items that go together, by the service or the lot in which they do."""
        found: dict[str, list[Item]] = {}
        for item in market.items:
            name = item.lot if self.lots else item.service
            if name in self.names and item not in market.closed:
                found.setdefault(item.service if self.lots else market.lot_name(item.lot), []).append(item)
        return {place: tuple(items) for place, items in found.items() if len(items) > 1}

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        for place, items in self.ties(offers.market).items():
            for group, columns in offers.by_bidder.items():
                mine = [np.intersect1d(columns, offers.on[item]) for item in items]
                if any(len(on) for on in mine):
                    yield from self._all_or_none(offers, extra, items, mine, f"{group}{place and f' in {place}'}")

    def _all_or_none(
        self, offers: Offers, extra: Extra, items: tuple[Item, ...], mine: list[Ints], where: str
    ) -> Iterator[Row]:
        """A fact that is true where a group wins one of the items, and only where it wins every one."""
        fact = extra.column(f"{self.label}: {where} wins all of {', '.join(self.names)}")
        every = np.unique(np.concatenate(mine))
        for at_once in exclusive_parts(offers, every, frozenset(items)):
            values = np.append(ones(at_once), -1.0)
            yield Row(f"{self.label}.{where}", np.append(at_once, fact), values, at_most=0.0)
        for item, on in zip(items, mine, strict=True):
            yield Row(f"{self.label}.{where}.{item}", np.append(on, fact), np.append(ones(on), -1.0), at_least=0.0)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        what = "lots" if self.lots else "services"
        yield Refused(f"keeps {what} together by name, and lots drawn together with awards have none")

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        market = allocation.market
        unit = f"of {', '.join(self.names)} not won"
        if not allocation.won:
            yield Reading(self.label, "all awards", 0, at_most=0, unit=unit)
        for place, items in self.ties(market).items():
            winners = [{market.group_of(each.bid) for each in allocation.bids_on(item)} for item in items]
            for group in sorted(set[str]().union(*winners)):
                missing = sum(group not in won for won in winners)
                where = f"{group}{f' in {place}' if place else ''}"
                yield Reading(self.label, where, missing, at_most=0, unit=unit)

    def explain(self) -> str:
        names = ", ".join(self.names)
        if self.lots:
            return f"Whoever wins one of the lots {names} wins them all."
        return f"Whoever wins one of the services {names} in a lot wins them all there."
