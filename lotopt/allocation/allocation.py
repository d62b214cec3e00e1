"""Allocation: who serves each lot, as the list of winning bids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from lotopt.core.errors import InputError, did_you_mean
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Award:
    """One winning bid: what it is for, whose it is, and its price in GBP a year for all its items together."""

    bid: str
    provider: str
    group: str
    items: tuple[Item, ...]
    price: Decimal
    quality: float | None = None
    covers: float = 1.0

    @classmethod
    def of(cls, market: Market, bid: Bid) -> Award:
        return cls(bid.id, bid.provider, market.group_of(bid), bid.items, bid.price, bid.quality, bid.covers)

    @property
    def lots(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.lot for item in self.items))

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.service for item in self.items))

    @property
    def service(self) -> str:
        """The service, or several separated by ';'."""
        return "; ".join(self.services)


@dataclass(frozen=True, eq=False)
class Allocation:
    """The winning bids of a market. `awards` come in the order of lots, then of bids."""

    market: Market
    awards: tuple[Award, ...]

    @classmethod
    def of(cls, market: Market, bids: Iterable[str]) -> Allocation:
        """The allocation in which the bids of the given ids win. Raises InputError for an id that is not known."""
        ids = sorted(set(bids))
        unknown = [id for id in ids if id not in market.bid]
        if unknown:
            told = [f"no bid '{id}'; {did_you_mean(id, sorted(market.bid))}" for id in unknown]
            raise InputError("allocation", told)
        place = {item: at for at, item in enumerate(market.items)}
        won = sorted((market.bid[id] for id in ids), key=lambda bid: (min(place[item] for item in bid.items), bid.id))
        return cls(market, tuple(Award.of(market, bid) for bid in won))

    @cached_property
    def bids(self) -> tuple[Bid, ...]:
        """The market's own bids behind the awards; rules and goals read these, not the awards' copies."""
        return tuple(self.market.bid[award.bid] for award in self.awards if award.bid in self.market.bid)

    @property
    def total_price(self) -> Decimal:
        """GBP a year, exact."""
        return sum((award.price for award in self.awards), Decimal(0))

    def bids_on(self, item: Item) -> tuple[Bid, ...]:
        """The winning bids for an item."""
        return tuple(bid for bid in self.bids if item in bid.items)

    @cached_property
    def by_group(self) -> dict[str, tuple[Bid, ...]]:
        """The winning bids of each legal group that wins anything, groups in alphabetical order."""
        found: dict[str, list[Bid]] = {}
        for bid in self.bids:
            found.setdefault(self.market.group_of(bid), []).append(bid)
        return {group: tuple(found[group]) for group in sorted(found)}

    def __len__(self) -> int:
        return len(self.awards)

    def __iter__(self) -> Iterator[Award]:
        return iter(self.awards)

    def to_frame(self) -> pd.DataFrame:
        """One row per item awarded: lot, its name, service, provider, its name and group, bid, the whole bid's price.

        `items_in_bid` says for how many items the price is; `simulated` that no real bidder is meant.
        """
        import pandas as pd

        columns = ["lot", "lot_name", "service", "provider", "provider_name", "group", "bid", "bid_price"]
        columns += ["items_in_bid", "quality", "covers", "simulated"]
        place = {item: at for at, item in enumerate(self.market.items)}
        cells = sorted(
            ((place[item], award.bid, item, award) for award in self.awards for item in award.items),
            key=lambda cell: cell[:2],
        )
        rows = [
            [
                *(item.lot, self.market.lot_name(item.lot), item.service),
                *(award.provider, self.market.provider[award.provider].title, award.group, award.bid, award.price),
                *(len(award.items), award.quality, award.covers, self.market.simulated),
            ]
            for _, _, item, award in cells
        ]
        return pd.DataFrame(rows, columns=columns)

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False, escape=True)

    def __str__(self) -> str:
        made_up = " (simulated market)" if self.market.simulated else ""
        lines = [f"{len(self.awards)} awards{made_up}, {self.total_price:,} GBP a year"]
        for award in self.awards:
            items = "; ".join(self.market.item_name(item) for item in award.items)
            lines.append(f"  {items}: {self.market.provider[award.provider].title}, {award.price:,} ({award.bid})")
        return "\n".join(lines)
