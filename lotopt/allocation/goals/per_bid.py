"""Goals to which each winning bid adds a number of its own: contracts, suppliers, empty places, numbers drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardGoal, classes_of, unknown
from lotopt.allocation.offers import Floats, Offers
from lotopt.market.bid import Bid
from lotopt.market.market import Market
from lotopt.market.money import exact

# Numbers drawn for bids are below this: sums of a few thousand are exact as doubles.
DRAWN_BITS = 28


class PerBid(AwardGoal):
    """A goal to which each winning bid adds a number of its own, whatever share of the work it gets."""

    def each(self, market: Market) -> Callable[[Bid], Fraction]:
        """What a bid adds, as a function of the bid."""
        raise NotImplementedError

    def costs(self, offers: Offers) -> Floats:
        adds = self.each(offers.market)
        return np.array([float(100 * adds(bid)) for bid in offers.bids], dtype=np.float64)

    def value(self, allocation: Allocation) -> Fraction:
        adds = self.each(allocation.market)
        return self.constant(allocation.market) + sum((adds(each.bid) for each in allocation.won), Fraction(0))


class Contracts(PerBid):
    """The number of contracts: one for each winning bid, a package being one."""

    kind: Literal["contracts"] = "contracts"

    @property
    def unit(self) -> str:
        return "contracts"

    def each(self, market: Market) -> Callable[[Bid], Fraction]:
        return lambda bid: Fraction(1)

    def explain(self) -> str:
        return "Keep the number of contracts low; a package is one contract."


class ChangeOfSupplier(PerBid):
    """The number of lots and services that go to another provider than their incumbent; where none is known, none.

    A bid is the incumbent's where the incumbent, or its legal group, is its bidder or a member of its consortium.
    """

    kind: Literal["change_of_supplier"] = "change_of_supplier"

    @property
    def unit(self) -> str:
        return "changes of supplier"

    def problems(self, market: Market) -> Iterator[str]:
        yield from without_incumbent(market)

    def each(self, market: Market) -> Callable[[Bid], Fraction]:
        return lambda bid: Fraction(changes(market, bid))

    def explain(self) -> str:
        return "Keep the number of lots and services that change supplier low."


class IncumbentAdjustment(PerBid):
    """What is added to the price of bids that would change a supplier: a declared amount, or share of the price.

    `per_lot` GBP a year for each lot and service that would go to another provider than its incumbent, and `share` (a
    fraction) of the part of the bid's price before discount that is for them. Nothing else in the engine looks at who
    an incumbent is.
    """

    kind: Literal["incumbent_adjustment"] = "incumbent_adjustment"
    per_lot: Decimal = Field(default=Decimal(0), ge=0, allow_inf_nan=False, description="GBP a year for each change.")
    share: float = Field(default=0.0, ge=0, allow_inf_nan=False, description="Of the price, such as 0.02.")

    @property
    def unit(self) -> str:
        return "GBP a year"

    def problems(self, market: Market) -> Iterator[str]:
        yield from without_incumbent(market)

    def each(self, market: Market) -> Callable[[Bid], Fraction]:
        def adds(bid: Bid) -> Fraction:
            count, parts = changes(market, bid), market.parts(bid)
            mine = sum((part for item, part in parts.items() if changed(market, bid, item)), Fraction(0))
            return Fraction(self.per_lot) * count + Fraction(exact(self.share)) * Fraction(bid.price) * mine

        return adds

    def explain(self) -> str:
        told = [f"{self.per_lot:f} GBP a year"] if self.per_lot else []
        told += [f"{100 * self.share:g} % of the price"] if self.share else []
        return f"Count {' and '.join(told) or 'nothing'} for each lot and service that changes supplier."


class LastResort(PerBid):
    """The number of lots and services that go to providers kept as a last resort."""

    kind: Literal["last_resort"] = "last_resort"

    @property
    def unit(self) -> str:
        return "lots"

    def problems(self, market: Market) -> Iterator[str]:
        if not any(provider.last_resort for provider in market.providers):
            yield "no provider is marked as last resort; mark it in the column last_resort of the sheet Providers"

    def each(self, market: Market) -> Callable[[Bid], Fraction]:
        return lambda bid: Fraction(len(bid.items) if market.provider[bid.provider].last_resort else 0)

    def explain(self) -> str:
        return "Keep the number of lots and services that go to a provider of last resort low."


class Shortfall(PerBid):
    """The number of missing winners: `winners` for every lot and service that is open, less those there are.

    `winners_by_lot` says otherwise for single lots. `every_item_awarded` lets winners be missing with `fewer`.
    """

    kind: Literal["shortfall"] = "shortfall"
    winners: int = Field(default=1, ge=1, description="Winning bids wanted for each lot and service.")
    winners_by_lot: Mapping[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)

    @property
    def unit(self) -> str:
        return "missing winners"

    def problems(self, market: Market) -> Iterator[str]:
        yield from unknown("lot", self.winners_by_lot, [lot.id for lot in market.lots])

    def constant(self, market: Market) -> Fraction:
        wanted = (
            self.winners_by_lot.get(item.lot, self.winners) for item in market.items if item not in market.closed
        )
        return Fraction(sum(wanted))

    def each(self, market: Market) -> Callable[[Bid], Fraction]:
        return lambda bid: Fraction(-len(bid.items))

    def explain(self) -> str:
        return f"Keep the number of missing winners low: {self.winners} are wanted for every lot and service."


class OfOtherClass(PerBid):
    """The number of lots and services that go to providers of other classes than those named."""

    kind: Literal["of_other_class"] = "of_other_class"
    classes: tuple[str, ...] = Field(min_length=1, description="Classes that are preferred, such as ['voluntary'].")

    @property
    def unit(self) -> str:
        return "lots"

    def problems(self, market: Market) -> Iterator[str]:
        yield from unknown("provider of class", self.classes, classes_of(market))

    def each(self, market: Market) -> Callable[[Bid], Fraction]:
        of = market.provider
        return lambda bid: Fraction(0 if of[bid.provider].kind in self.classes else len(bid.items))

    def explain(self) -> str:
        return f"Prefer providers of class {' or '.join(self.classes)}: keep the lots of others few."


class DrawnLot(PerBid):
    """A lot drawn with a recorded seed: each bid draws a number, and the sum of the winners' numbers is kept low.

    The number is the first 28 bits of the BLAKE2b hash of seed and bid id, so that anyone can draw it again.
    """

    kind: Literal["drawn_lot"] = "drawn_lot"
    seed: int = Field(default=1, ge=0, description="A whole number, published before bids are opened.")

    @property
    def unit(self) -> str:
        return "drawn"

    def each(self, market: Market) -> Callable[[Bid], Fraction]:
        return lambda bid: Fraction(drawn(self.seed, bid.id))

    def explain(self) -> str:
        return f"Draw lots with the seed {self.seed}."


def drawn(seed: int, bid: str) -> int:
    """The number that a bid draws."""
    digest = hashlib.blake2b(f"{seed}\x1f{bid}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - DRAWN_BITS)


def changed(market: Market, bid: Bid, item: object) -> bool:
    """Whether an item that has an incumbent goes to another with this bid."""
    incumbent = market.terms_of(item).incumbent  # type: ignore[arg-type]
    return bool(incumbent) and market.group_of_firm(incumbent) not in market.groups_in(bid)


def changes(market: Market, bid: Bid) -> int:
    """How many items of a bid change supplier with it."""
    return sum(changed(market, bid, item) for item in bid.items)


def without_incumbent(market: Market) -> Iterator[str]:
    """A sentence where no lot has an incumbent."""
    if not any(terms.incumbent for terms in market.terms.values()):
        yield "no lot has an incumbent; name them in the column incumbent of the sheet Lots"
