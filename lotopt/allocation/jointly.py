"""How an allocation rule says itself where lots and awards are decided together, as sums over awards.

No lot is drawn yet then, so a rule cannot speak of one by name. It can speak of what any award of a provider adds:
one lot, a price, a volume. And of yes-or-no facts beside the awards, such as that a legal group wins something.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lotopt.market.market import Market


@dataclass(frozen=True)
class Count:
    """1 for every award."""


@dataclass(frozen=True)
class Price:
    """The price of an award, in pence a year."""


@dataclass(frozen=True)
class Volume:
    """How much of a measure an award takes on, in its unit."""

    measure: str


Quantity = Count | Price | Volume


@dataclass(frozen=True)
class AwardSum:
    """at_least <= sum over awards of factor x quantity + sum over facts of coefficient x fact <= at_most.

    `factor` is by provider (id), 0 where none is named; `facts` give a coefficient to facts by their names, which all
    rules share. Where factors and limits are whole, so are sums of prices, and they are compared exactly.
    """

    name: str
    quantity: Quantity
    factor: Mapping[str, float]
    facts: Mapping[str, float] = field(default_factory=dict)
    at_least: float = -math.inf
    at_most: float = math.inf


@dataclass(frozen=True)
class EachAward:
    """No award of a provider has more of a quantity than `at_most`: what follows for a lot by itself.

    `alone` where no sum over awards says it too, so that it must be held exactly.
    """

    provider: str
    quantity: Quantity
    at_most: float
    alone: bool = False


@dataclass(frozen=True)
class Refused:
    """The rule cannot be held while lots are being drawn; `why` ends the sentence that begins with its name."""

    why: str


Said = AwardSum | EachAward | Refused


@dataclass(frozen=True, eq=False)
class Panel:
    """Who may win: a market without lots, the providers that make offers (ids), and the most lots there may be."""

    market: Market
    offering: tuple[str, ...]
    most_lots: int

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """The providers (ids) of each legal group that makes offers, groups in alphabetical order."""
        found: dict[str, list[str]] = {}
        for provider in sorted(self.offering):
            found.setdefault(self.market.provider[provider].legal_group, []).append(provider)
        return {group: tuple(found[group]) for group in sorted(found)}


def wins(group: str) -> str:
    """The name of the fact that a legal group, or a provider, wins something."""
    return f"{group} wins something"


def claimed(name: str, fact: str, providers: tuple[str, ...]) -> AwardSum:
    """The fact is true only where one of the providers wins a lot."""
    return AwardSum(name, Count(), dict.fromkeys(providers, 1.0), {fact: -1.0}, at_least=0.0)


def implied(name: str, fact: str, providers: tuple[str, ...], most_lots: int) -> AwardSum:
    """The fact is true wherever one of the providers wins a lot."""
    return AwardSum(name, Count(), dict.fromkeys(providers, 1.0), {fact: -float(most_lots)}, at_most=0.0)


def counted(name: str, facts: tuple[str, ...], at_least: float = -math.inf, at_most: float = math.inf) -> AwardSum:
    """How many of the facts are true."""
    return AwardSum(name, Count(), {}, dict.fromkeys(facts, 1.0), at_least, at_most)
