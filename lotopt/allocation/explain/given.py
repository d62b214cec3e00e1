"""Conditions that only an explanation sets: bids that are gone, awards that stay, lots that may go without.

They are rules like any other, so engine, audit and conflicts see them. No scenario file can ask for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal

import numpy as np
import numpy.typing as npt

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardRule, named_bids
from lotopt.allocation.offers import Extra, Offers, ones
from lotopt.core.reading import Reading
from lotopt.engine.model.rows import Row
from lotopt.market.bid import Item
from lotopt.market.market import Market

UNIT = "winning bids"


class Gone(AwardRule):
    """Some bids do not win; `who` says whose they are."""

    kind: Literal["gone"] = "gone"
    bids: frozenset[str]
    who: str

    def barred(self, market: Market) -> frozenset[str]:
        return self.bids

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        won = sum(bid.id in self.bids for bid in allocation.bids)
        yield Reading(self.label, self.who, won, at_most=0, unit=UNIT)

    def explain(self) -> str:
        return f"No bid of {self.who} wins: {named_bids(sorted(self.bids))}."


class Stays(AwardRule):
    """Some awards stay as they are: `shares` by bid (None: any share). Other bids may win `items` only."""

    kind: Literal["stays"] = "stays"
    shares: Mapping[str, Decimal | None]
    items: frozenset[Item]

    def barred(self, market: Market) -> frozenset[str]:
        others = (bid for bid in market.bids if bid.id not in self.shares)
        return frozenset(bid.id for bid in others if not self.items.issuperset(bid.items))

    def admits(self, offers: Offers) -> npt.NDArray[np.bool_]:
        """Where a share stays, only the place that has it."""
        same = [self.shares.get(bid.id) in (None, offers.share(j)) for j, bid in enumerate(offers.bids)]
        return super().admits(offers) & np.array(same, dtype=np.bool_)

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        none = np.zeros(0, dtype=np.int64)
        for bid in sorted(self.shares):
            columns = offers.by_bid.get(bid, none)
            yield Row(f"{self.label}.{bid}", columns, ones(columns), at_least=1)

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        shares = {each.bid.id: each.share for each in allocation.won}
        for bid, share in sorted(self.shares.items()):
            kept = bid in shares and share in (None, shares[bid])
            yield Reading(self.label, f"bid {bid}", int(kept), at_least=1, unit=UNIT)
        others = [b for b in allocation.bids if b.id not in self.shares and not self.items.issuperset(b.items)]
        yield Reading(self.label, "other lots", len(others), at_most=0, unit=UNIT)

    def explain(self) -> str:
        lots = ", ".join(sorted({str(item) for item in self.items})) or "no lot"
        return f"The {len(self.shares)} other awards stay as they are, and only {lots} are awarded anew."


class FewMissing(AwardRule):
    """Items have at most so many winners (`most`), and all items together at least `at_least` winners."""

    kind: Literal["few_missing"] = "few_missing"
    most: Mapping[Item, int]
    at_least: int = 0

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        for item, most in self.most.items():
            columns = offers.on[item]
            yield Row(f"{self.label}.{item}", columns, ones(columns), at_most=most)
        every = np.arange(len(offers), dtype=np.int64)
        yield Row(self.label, every, offers.items.astype(np.float64), at_least=self.at_least)

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        for item, most in self.most.items():
            won = len(allocation.bids_on(item))
            yield Reading(self.label, allocation.market.item_name(item), won, at_most=most, unit=UNIT)
        total = sum(len(bid.items) for bid in allocation.bids)
        yield Reading(self.label, "all lots", total, at_least=self.at_least, unit=UNIT)

    def explain(self) -> str:
        return f"As few winners are missing as can be: all lots together have at least {self.at_least}."


class Covered(AwardRule):
    """An item has at least `at_least` winners."""

    kind: Literal["covered"] = "covered"
    item: Item
    at_least: int = 1

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        columns = offers.on[self.item]
        yield Row(self.label, columns, ones(columns), at_least=self.at_least)

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        won = len(allocation.bids_on(self.item))
        yield Reading(self.label, allocation.market.item_name(self.item), won, self.at_least, unit=UNIT)

    def explain(self) -> str:
        return f"{self.item} has at least {self.at_least} winning bids."


OURS = (Gone, Stays, FewMissing, Covered)
"""Rules that no scenario asks for."""
