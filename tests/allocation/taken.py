"""What the oracle takes a winning bid to be, and how it reads a market: from the sentences of fields alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lotopt.market.bid import Bid
from lotopt.market.market import Market

ONE = Fraction(1)


@dataclass(frozen=True)
class Taken:
    """A winning bid as the oracle sees it: its share of the work, and what is paid for that after discount."""

    bid: Bid
    share: Fraction
    price: Fraction
    whole_price: Fraction

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bid, name)

    @property
    def met(self) -> Fraction:
        return number(self.bid.covers) * self.share


Choice = Sequence[Taken]


def number(value: object) -> Fraction:
    """A number as it is written: 0.1 is a tenth."""
    return Fraction(str(value))


def group(market: Market, bid: Bid) -> str:
    provider = next(p for p in market.providers if p.id == bid.provider)
    return provider.group or provider.id


def firms(market: Market, bid, roles: Sequence[str] = ("prime", "member")) -> set[str]:
    """The legal groups in a bid."""
    provider = next(p for p in market.providers if p.id == bid.provider)
    named = {provider.group or provider.id} if "prime" in roles else set()
    for firm, role in (*provider.partners, *bid.partners):
        if role in roles:
            own = next((p for p in market.providers if p.id == firm), None)
            named.add(firm if own is None else own.group or own.id)
    return named


def volume(market: Market, bid, measure: str) -> Fraction:
    """How much of a measure a winning bid takes on, for its share of the work."""
    return volume_of(market, bid.bid, measure) * bid.share


def volume_of(market: Market, bid: Bid, measure: str) -> Fraction:
    if measure in bid.volumes:
        return number(bid.volumes[measure])
    lots = {lot.id: lot for lot in market.lots}
    return number(bid.covers) * sum(number(lots[lot].volumes[measure]) for lot, _ in bid.items)
