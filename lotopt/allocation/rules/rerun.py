"""Rules for awarding again: awards that stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardRule, unknown
from lotopt.allocation.jointly import Panel, Refused, Said
from lotopt.allocation.offers import Extra, Offers, ones
from lotopt.core.reading import Reading
from lotopt.engine.model.rows import Row
from lotopt.market.market import Market
from lotopt.market.money import exact


class FixedAwards(AwardRule):
    """The named bids win; with `shares`, each with the share of the work that is said of it.

    For a second run in which earlier awards stand and the rest is open again. A share is one of those that
    every_item_awarded gives; a bid of which none is said wins with any, held in reserve included.
    """

    kind: Literal["fixed_awards"] = "fixed_awards"
    bids: tuple[str, ...] = Field(min_length=1, description="Bids, by their ids.")
    shares: Mapping[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        default_factory=dict, description="Shares of the work by bid, such as { b7 = 0.6 }."
    )

    @model_validator(mode="after")
    def _of_these_bids(self) -> FixedAwards:
        if others := sorted(set(self.shares) - set(self.bids)):
            raise ValueError(f"shares names {', '.join(others)}, which bids does not")
        return self

    def problems(self, market: Market) -> Iterator[str]:
        yield from unknown("bid", self.bids, sorted(market.bid))
        for id in self.bids:
            bid = market.bid.get(id)
            for item in bid.items if bid is not None else ():
                if item in market.closed:
                    yield f"bid '{id}' is for {market.item_name(item)}, which is {market.terms_of(item).status}"

    def share(self, id: str) -> Decimal | None:
        """The share that a bid is to win with; None where any will do."""
        return exact(self.shares[id]) if id in self.shares else None

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        none = np.zeros(0, dtype=np.int64)
        for id in self.bids:
            share, columns = self.share(id), offers.by_bid.get(id, none)
            mine = np.array([j for j in columns if share is None or offers.share(j) == share], dtype=np.int64)
            yield Row(f"{self.label}.{id}", mine, ones(mine), at_least=1.0)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        yield Refused("names bids, and a price schedule makes none")

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        won = {each.bid.id: each.share for each in allocation.won}
        for id in self.bids:
            bid, share = allocation.market.bid[id], self.share(id)
            yield Reading(self.label, str(bid), int(id in won), at_least=1, unit="winning bids")
            if share is not None and id in won:
                yield Reading(self.label, f"{bid}, its share", won[id], share, share, "of the work")

    def explain(self) -> str:
        named = [f"{id} ({100 * self.shares[id]:g} % of the work)" if id in self.shares else id for id in self.bids]
        return f"These bids win: {', '.join(named)}."
