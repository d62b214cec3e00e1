"""Rules on what each lot gets: how many winners, how much of the need is met, at what price."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import LotRule, without_measure
from lotopt.allocation.jointly import EachAward, Panel, Price, Refused, Said
from lotopt.allocation.offers import Extra, Offers, ones, whole_row
from lotopt.core.reading import Reading, plain
from lotopt.engine.model.rows import Row
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market
from lotopt.market.money import exact

PER_LOT = "lot"


class EveryItemAwarded(LotRule):
    """Every lot, in every service, has exactly `winners` winning bids, from different legal groups.

    Lots that are let off have at most as many.
    """

    kind: Literal["every_item_awarded"] = "every_item_awarded"
    winners: int = Field(default=1, ge=1, description="Winning bids for each lot and service.")

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        for item, columns in offers.on.items():
            fewest = 0 if item.lot in self.excepted else self.winners
            yield Row(f"{self.label}.{item}", columns, ones(columns), fewest, self.winners)
            of_group: dict[str, list[int]] = {}
            for j in columns if self.winners > 1 else ():
                of_group.setdefault(offers.market.group_of(offers.bids[j]), []).append(int(j))
            for group, found in of_group.items():
                if len(found) > 1:
                    yield Row(f"{self.label}.{item}.{group}", np.array(found), np.ones(len(found)), at_most=1)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        """One provider gets every lot that is drawn, whatever else is asked."""
        yield from self.refused()
        if self.winners > 1:
            yield Refused(f"asks {self.winners} winners for every lot, and lots drawn together with awards have one")

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        market = allocation.market
        for item in market.items:
            won = allocation.bids_on(item)
            fewest = 0 if item.lot in self.excepted else self.winners
            yield Reading(self.label, market.item_name(item), len(won), fewest, self.winners, "winning bids")
            if self.winners > 1:
                again = len(won) - len({market.group_of(bid) for bid in won})
                where = f"{market.item_name(item)}, bids of a group beyond its first"
                yield Reading(self.label, where, again, at_most=0, unit="winning bids")

    def explain(self) -> str:
        if self.winners == 1:
            return f"Every lot has exactly one winning bid for each service{self._unless()}."
        return (
            f"Every lot has exactly {self.winners} winning bids for each service, "
            f"of different providers or legal groups{self._unless()}."
        )


class Coverage(LotRule):
    """For every area and service, what winning bids cover of the need adds up to at least `at_least` (a fraction)."""

    kind: Literal["coverage"] = "coverage"
    at_least: float = Field(default=1.0, gt=0, description="Share of the need of every area, such as 1 or 0.9.")

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
                found.setdefault((service, items), []).append(place)
        return found

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        for (_, items), areas in self.needs(offers.market).items():
            met: dict[int, Decimal] = {}
            for j in (int(j) for item in sorted(items) for j in offers.on[item]):
                met[j] = met.get(j, Decimal(0)) + exact(offers.bids[j].covers)
            columns = np.array(sorted(met), dtype=np.int64)
            covered = [met[j] for j in sorted(met)]
            yield whole_row(f"{self.label}.{areas[0]}", columns, covered, at_least=exact(self.at_least))

    def jointly(self, panel: Panel) -> Iterator[Said]:
        """Whoever gets a lot by its schedule meets the whole of its need."""
        yield from self.refused()
        if self.at_least > 1:
            yield Refused(f"asks {self.at_least:g} of every need, and one provider with a schedule meets 1")

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        market = allocation.market
        for (service, items), areas in self.needs(market).items():
            through = sorted(items)
            met = sum((exact(bid.covers) for item in through for bid in allocation.bids_on(item)), Decimal(0))
            where = "; ".join(market.item_name(item) for item in through) or f"{areas[0]}, {service}"
            yield Reading(self.label, where, met, exact(self.at_least), unit="of the need")

    def explain(self) -> str:
        return f"Every area's need for each service is met to at least {self.at_least:.4g}{self._unless()}."


class PriceCeiling(LotRule):
    """No winning bid costs more than `at_most` GBP a year for each lot and service, or for each unit of a measure.

    `per` is "lot", or a measure: the ceiling of a bid is then `at_most` times its volume. Bids for a lot that is let
    off are not held to it.
    """

    kind: Literal["price_ceiling"] = "price_ceiling"
    at_most: Decimal = Field(ge=0, allow_inf_nan=False, description="GBP a year, for each unit of `per`.")
    per: str = Field(default=PER_LOT, description="'lot' (for each lot and service), or a measure.")

    def problems(self, market: Market) -> Iterator[str]:
        yield from super().problems(market)
        if self.per != PER_LOT:
            yield from without_measure(market, self.per)

    def ceiling(self, market: Market, bid: Bid) -> Decimal | None:
        """The most a bid may cost, exactly; None where it is let off."""
        if any(lot in self.excepted for lot in bid.lots):
            return None
        if self.per == PER_LOT:
            return self.at_most * len(bid.items)
        return self.at_most * exact(market.volume(bid, self.per) or 0.0)

    def admits(self, offers: Offers) -> npt.NDArray[np.bool_]:
        ceilings = (self.ceiling(offers.market, bid) for bid in offers.bids)
        pairs = zip(offers.bids, ceilings, strict=True)
        return np.array([most is None or bid.price <= most for bid, most in pairs], dtype=np.bool_)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        yield from self.refused()
        if self.per != PER_LOT:
            yield Refused(f"is for each unit of {self.per}, and a lot's price for its size is no sum over its areas")
            return
        for provider in panel.offering:
            yield EachAward(provider, Price(), float(math.floor(self.at_most * 100)), alone=True)

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        for bid in allocation.bids:
            most = self.ceiling(allocation.market, bid)
            yield Reading(
                self.label, str(bid), bid.price, at_most=math.inf if most is None else most, unit="GBP a year"
            )

    def explain(self) -> str:
        per = "lot and service it is for" if self.per == PER_LOT else f"unit of {self.per} in it"
        return f"No bid costs more than {plain(self.at_most)} GBP a year for each {per}{self._unless()}."
