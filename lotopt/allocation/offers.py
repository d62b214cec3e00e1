"""Offers: the bids that may win, as arrays, and what rules write over them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lotopt.allocation.allocation import WHOLE, Allocation
from lotopt.engine.model.rows import Floats, Ints, Row
from lotopt.market.bid import MEMBER, PRIME, Bid, Item
from lotopt.market.discount import less
from lotopt.market.market import Market
from lotopt.market.money import exact, pence

NO_DISCOUNT = -1


@dataclass(frozen=True, eq=False)
class Offers:
    """Bids of a market in the order of their ids; column j of the master problem is an offer of bid j.

    A bid is offered once for each share of the work that winners of a lot get (`shares[place]`, the largest first;
    two places with equal shares are one) and for each range of its provider's discount (`tier`, -1: there is none).
    """

    market: Market
    bids: tuple[Bid, ...]
    place: Ints
    tier: Ints
    shares: tuple[Decimal, ...] = (WHOLE,)
    exclusive: frozenset[Item] = frozenset()  # of each legal group at most one bid for these can win
    may_win: frozenset[str] = frozenset()  # bids (ids) that no rule bars by itself, once the rules have been asked

    @classmethod
    def of(
        cls, market: Market, shares: Sequence[Decimal] = (WHOLE,), exclusive: frozenset[Item] = frozenset()
    ) -> Offers:
        """All bids of a market, where winners of a lot get these shares."""
        bids, place, tier = [], [], []
        shares = tuple(dict.fromkeys(shares))
        for bid in sorted(market.bids, key=lambda bid: bid.id):
            discount = market.provider[bid.provider].discount
            tiers = range(len(discount.ranges)) if discount is not None else (NO_DISCOUNT,)
            for at in range(len(shares)):
                for number in tiers:
                    bids.append(bid)
                    place.append(at)
                    tier.append(number)
        columns = (np.array(place, dtype=np.int64), np.array(tier, dtype=np.int64))
        return cls(market, tuple(bids), *columns, shares, exclusive)

    def only(self, admitted: npt.NDArray[np.bool_]) -> Offers:
        if admitted.all():
            return self
        kept = tuple(bid for bid, take in zip(self.bids, admitted, strict=True) if take)
        return replace(self, bids=kept, place=self.place[admitted], tier=self.tier[admitted])

    def outside(self, barred: Collection[str]) -> npt.NDArray[np.bool_]:
        """Which columns are of other bids than those barred (J,)."""
        if not barred:
            return np.ones(len(self), dtype=np.bool_)
        return np.array([bid.id not in barred for bid in self.bids], dtype=np.bool_)

    def __len__(self) -> int:
        return len(self.bids)

    @property
    def keys(self) -> tuple[str, ...]:
        """A stable name of each column."""
        names = []
        for bid, place, tier in zip(self.bids, self.place.tolist(), self.tier.tolist(), strict=True):
            name = f"bid {bid.id}"
            if len(self.shares) > 1:
                name += f", {100 * self.shares[place]:f} % of the work"
            names.append(name if tier < 0 else f"{name}, tier {tier + 1}")
        return tuple(names)

    def plan(self, chosen: Iterable[int]) -> Allocation:
        """The allocation in which some columns win; others than offers are passed over."""
        own = [int(j) for j in chosen if j < len(self)]
        return Allocation.of(self.market, {self.bids[j].id: self.shares[self.place[j]] for j in own})

    def share(self, j: int) -> Decimal:
        """The share of the work that goes with a column."""
        return self.shares[self.place[j]]

    @cached_property
    def plain(self) -> bool:
        """Whether every column is a whole bid at its own price."""
        return self.shares == (WHOLE,) and bool((self.tier == NO_DISCOUNT).all())

    @cached_property
    def pence(self) -> Ints:
        """What each column costs (J,), in pence a year."""
        if self.plain:
            return np.array([pence(bid.price) for bid in self.bids], dtype=np.int64)
        return np.array([pence(self._price(j)) for j in range(len(self))], dtype=np.int64)

    def _price(self, j: int) -> Decimal:
        return less(self.bids[j].price, self.share(j), self.discount(j))

    def discount(self, j: int) -> Decimal:
        """The fraction that is taken off the price of a column."""
        discount = self.market.provider[self.bids[j].provider].discount
        return Decimal(0) if discount is None else discount.ranges[self.tier[j]][2]

    def whole_price(self, j: int) -> Decimal:
        """What all the work of a column's bid would cost, after discount, GBP a year."""
        bid = self.bids[j]
        return bid.price if self.tier[j] == NO_DISCOUNT else less(bid.price, WHOLE, self.discount(j))

    @cached_property
    def items(self) -> Ints:
        """How many items each column is for (J,)."""
        return np.array([len(bid.items) for bid in self.bids], dtype=np.int64)

    @cached_property
    def on(self) -> dict[Item, Ints]:
        """The columns of the offers for each item of the market."""
        found: dict[Item, list[int]] = {item: [] for item in self.market.items}
        for j, bid in enumerate(self.bids):
            for item in bid.items:
                found[item].append(j)
        return {item: np.array(columns, dtype=np.int64) for item, columns in found.items()}

    @cached_property
    def by_bid(self) -> dict[str, Ints]:
        """The columns of each bid."""
        return self._by(bid.id for bid in self.bids)

    @cached_property
    def by_bidder(self) -> dict[str, Ints]:
        """The columns of each bidder's own legal group, groups in alphabetical order."""
        return self._by(self.market.group_of(bid) for bid in self.bids)

    @cached_property
    def by_provider(self) -> dict[str, Ints]:
        """The columns of each provider that has any, in alphabetical order."""
        return self._by(bid.provider for bid in self.bids)

    def by_group(self, roles: Collection[str] = (PRIME, MEMBER)) -> dict[str, Ints]:
        """The columns in which each legal group has one of `roles`, groups in alphabetical order."""
        found: dict[str, list[int]] = {}
        for j, bid in enumerate(self.bids):
            for group in self.market.groups_in(bid, roles):
                found.setdefault(group, []).append(j)
        return {group: np.array(found[group], dtype=np.int64) for group in sorted(found)}

    def volume(self, measure: str) -> Floats:
        """How much of a measure each column takes on (J,), in its unit; the measure is known of every bid."""
        whole = np.array([self.market.volume(bid, measure) for bid in self.bids], dtype=np.float64)
        return (
            whole if self.shares == (WHOLE,) else whole * np.array([float(self.share(j)) for j in range(len(self))])
        )

    def covers(self, j: int) -> Decimal:
        """The share of its items' need that a column meets."""
        return exact(self.bids[j].covers) * self.share(j)

    def _by(self, names: Iterable[str]) -> dict[str, Ints]:
        found: dict[str, list[int]] = {}
        for j, name in enumerate(names):
            found.setdefault(name, []).append(j)
        return {name: np.array(found[name], dtype=np.int64) for name in sorted(found)}


@dataclass
class Extra:
    """Hands out columns for yes-or-no facts that are no bids, such as 'this provider wins something'.

    They come after the `first` columns, which are the offers, and cost nothing.
    """

    first: int
    keys: list[str] = field(default_factory=list)

    def column(self, key: str) -> int:
        """A new column. `key` says what is true when it is 1; it names the rule that asked first."""
        self.keys.append(key)
        return self.first + len(self.keys) - 1


def ones(columns: Ints) -> Floats:
    return np.ones(len(columns), dtype=np.float64)


def whole_row(
    name: str,
    columns: Ints,
    values: Sequence[Decimal | Fraction | int],
    at_least: Decimal | Fraction | float = -math.inf,
    at_most: Decimal | Fraction | float = math.inf,
) -> Row:
    """A row multiplied out so that all its numbers are whole and as small as can be: such rows are added exactly."""
    ends = [Fraction(end) for end in (at_least, at_most) if math.isfinite(end)]
    numbers = [Fraction(value) for value in values]
    scale = Fraction(math.lcm(*(number.denominator for number in numbers + ends)))
    common = math.gcd(*(int(number * scale) for number in numbers + ends))
    scale /= common or 1
    least, most = (float(Fraction(end) * scale) if math.isfinite(end) else float(end) for end in (at_least, at_most))
    return Row(name, columns, np.array([float(n * scale) for n in numbers], dtype=np.float64), least, most)


def implies(columns: Ints, fact: int) -> list[tuple[Ints, Floats]]:
    """Rows that are at most 0 when every chosen one of `columns` makes `fact` true."""
    return [(np.array([j, fact], dtype=np.int64), np.array([1.0, -1.0])) for j in columns]


__all__ = ["Extra", "Floats", "Ints", "Offers", "implies", "ones", "whole_row"]
