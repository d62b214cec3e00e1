"""Allocation: who serves each lot, as the list of winning bids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from lotopt.core.errors import InputError, did_you_mean
from lotopt.market.bid import MEMBER, PRIME, Bid, Item
from lotopt.market.discount import LOTS, VALUE, less
from lotopt.market.market import Market
from lotopt.market.money import exact

if TYPE_CHECKING:
    import pandas as pd

WHOLE = Decimal(1)


@dataclass(frozen=True)
class Won:
    """A bid that wins, with the share of the work it gets and what the market asks for that, GBP a year.

    `discount` is the fraction taken off its price, by what else its provider wins.
    """

    bid: Bid
    share: Decimal
    price: Decimal
    discount: Decimal = Decimal(0)

    @property
    def whole_price(self) -> Decimal:
        """What all the work would cost, after discount."""
        return less(self.bid.price, WHOLE, self.discount) if self.discount else self.bid.price

    @property
    def covers(self) -> Decimal:
        """The share of its items' need that it meets."""
        return exact(self.bid.covers) * self.share


def won_of(market: Market, shares: Mapping[str, Decimal]) -> tuple[Won, ...]:
    """The winning bids with their prices after discounts, in the order given; ids are of bids of the market."""
    rates: dict[str, Decimal] = {}
    by_provider: dict[str, list[Bid]] = {}
    for id in shares:
        bid = market.bid[id]
        if market.provider[bid.provider].discount is not None:
            by_provider.setdefault(bid.provider, []).append(bid)
    for provider, bids in by_provider.items():
        discount = market.provider[provider].discount
        assert discount is not None
        total = sum(counted(market, bid, shares[bid.id], provider) for bid in bids)
        rates[provider] = discount.ranges[discount.at(total)][2]
    found = []
    for id, share in shares.items():
        bid = market.bid[id]
        rate = rates.get(bid.provider, Decimal(0))
        price = bid.price if share == 1 and not rate else less(bid.price, share, rate)
        found.append(Won(bid, share, price, rate))
    return tuple(found)


def counted(market: Market, bid: Bid, share: Decimal, provider: str) -> int:
    """What a bid adds to the total that its provider's discount goes by, in whole steps."""
    discount = market.provider[provider].discount
    assert discount is not None
    if discount.on == LOTS:
        return len(bid.items)
    if discount.on == VALUE:
        return discount.counted(less(bid.price, share, Decimal(0)))
    return discount.counted(exact(market.volume(bid, discount.on) or 0.0) * share)


@dataclass(frozen=True)
class Award:
    """One winning bid: what it is for, whose it is, and what is paid for all its items together, GBP a year.

    `share` is the share of the work it gets where several win a lot; 0 is a winner held in reserve. `price` is after
    that share and after discounts.
    """

    bid: str
    provider: str
    group: str
    items: tuple[Item, ...]
    price: Decimal
    quality: float | None = None
    covers: float = 1.0
    share: Decimal = WHOLE

    @classmethod
    def of(cls, market: Market, bid: Bid, share: Decimal = WHOLE, price: Decimal | None = None) -> Award:
        paid = bid.price if price is None else price
        return cls(bid.id, bid.provider, market.group_of(bid), bid.items, paid, bid.quality, bid.covers, share)

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
    def of(cls, market: Market, bids: Iterable[str] | Mapping[str, Decimal]) -> Allocation:
        """The allocation in which the bids of the given ids win, each with its share where shares are given.

        Raises InputError for an id that is not known.
        """
        shares = dict(bids) if isinstance(bids, Mapping) else dict.fromkeys(bids, WHOLE)
        unknown = [id for id in sorted(shares) if id not in market.bid]
        if unknown:
            told = [f"no bid '{id}'; {did_you_mean(id, sorted(market.bid))}" for id in unknown]
            raise InputError("allocation", told)
        place = {item: at for at, item in enumerate(market.items)}
        order = sorted(shares, key=lambda id: (min(place[item] for item in market.bid[id].items), id))
        won = won_of(market, {id: shares[id] for id in order})
        return cls(market, tuple(Award.of(market, each.bid, each.share, each.price) for each in won))

    @cached_property
    def won(self) -> tuple[Won, ...]:
        """The winning bids with what the market itself asks for them; rules and goals read these, not the awards."""
        known = {award.bid: award.share for award in self.awards if award.bid in self.market.bid}
        return won_of(self.market, known)

    @property
    def bids(self) -> tuple[Bid, ...]:
        """The market's own bids behind the awards."""
        return tuple(each.bid for each in self.won)

    @property
    def total_price(self) -> Decimal:
        """GBP a year, exact."""
        return sum((award.price for award in self.awards), Decimal(0))

    def bids_on(self, item: Item) -> tuple[Won, ...]:
        """The winning bids for an item."""
        return self._on.get(item, ())

    @cached_property
    def _on(self) -> dict[Item, tuple[Won, ...]]:
        found: dict[Item, list[Won]] = {}
        for each in self.won:
            for item in each.bid.items:
                found.setdefault(item, []).append(each)
        return {item: tuple(won) for item, won in found.items()}

    def by_group(self, roles: Collection[str] = (PRIME, MEMBER)) -> dict[str, tuple[Won, ...]]:
        """The winning bids in which each legal group has one of `roles`; groups in alphabetical order."""
        found: dict[str, list[Won]] = {}
        for each in self.won:
            for group in self.market.groups_in(each.bid, roles):
                found.setdefault(group, []).append(each)
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
        columns += ["items_in_bid", "quality", "covers", "share", "simulated"]
        place = {item: at for at, item in enumerate(self.market.items)}
        cells = sorted(
            ((place[item], award.bid, item, award) for award in self.awards for item in award.items),
            key=lambda cell: cell[:2],
        )
        rows = [
            [
                *(item.lot, self.market.lot_name(item.lot), item.service),
                *(award.provider, self.market.provider[award.provider].title, award.group, award.bid, award.price),
                *(len(award.items), award.quality, award.covers, award.share, self.market.simulated),
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
            part = (
                ""
                if award.share == 1
                else f" for {100 * award.share:f} % of the work"
                if award.share
                else " in reserve"
            )
            lines.append(
                f"  {items}: {self.market.provider[award.provider].title}, {award.price:,}{part} ({award.bid})"
            )
        return "\n".join(lines)
