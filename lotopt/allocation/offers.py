"""Offers: the bids that may win, as arrays, and what rules write over them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lotopt.engine.model.rows import Floats, Ints, Row
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market
from lotopt.market.money import pence


@dataclass(frozen=True, eq=False)
class Offers:
    """Bids of a market in the order of their ids; column j of the master problem is bid j."""

    market: Market
    bids: tuple[Bid, ...]

    @classmethod
    def of(cls, market: Market) -> Offers:
        """All bids of a market."""
        return cls(market, tuple(sorted(market.bids, key=lambda bid: bid.id)))

    def only(self, admitted: npt.NDArray[np.bool_]) -> Offers:
        return Offers(self.market, tuple(bid for bid, take in zip(self.bids, admitted, strict=True) if take))

    def __len__(self) -> int:
        return len(self.bids)

    @cached_property
    def pence(self) -> Ints:
        """Price of each bid (J,), in pence a year."""
        return np.array([pence(bid.price) for bid in self.bids], dtype=np.int64)

    @cached_property
    def items(self) -> Ints:
        """How many items each bid is for (J,)."""
        return np.array([len(bid.items) for bid in self.bids], dtype=np.int64)

    @cached_property
    def on(self) -> dict[Item, Ints]:
        """The columns of the bids for each item of the market."""
        found: dict[Item, list[int]] = {item: [] for item in self.market.items}
        for j, bid in enumerate(self.bids):
            for item in bid.items:
                found[item].append(j)
        return {item: np.array(columns, dtype=np.int64) for item, columns in found.items()}

    @cached_property
    def by_group(self) -> dict[str, Ints]:
        """The columns of each legal group that has any, groups in alphabetical order."""
        return self._by(self.market.group_of(bid) for bid in self.bids)

    @cached_property
    def by_provider(self) -> dict[str, Ints]:
        """The columns of each provider that has any, in alphabetical order."""
        return self._by(bid.provider for bid in self.bids)

    def volume(self, measure: str) -> Floats:
        """How much of a measure each bid takes on (J,), in its unit; the measure is known of every bid."""
        return np.array([self.market.volume(bid, measure) for bid in self.bids], dtype=np.float64)

    def _by(self, names: Iterable[str]) -> dict[str, Ints]:
        found: dict[str, list[int]] = {}
        for j, name in enumerate(names):
            found.setdefault(name, []).append(j)
        return {name: np.array(found[name], dtype=np.int64) for name in sorted(found)}


@dataclass
class Extra:
    """Hands out columns for yes-or-no facts that are no bids, such as 'this provider wins something'.

    They come after the `first` columns, which are the bids, and cost nothing.
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
    values: Sequence[Decimal | int],
    at_least: Decimal | float = -math.inf,
    at_most: Decimal | float = math.inf,
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
