"""What differs between two allocations, lot by lot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.amounts import GBP
from lotopt.allocation.explain.known import Difference, money
from lotopt.core.told import listed
from lotopt.market.bid import Item
from lotopt.market.market import Market

# Several grounds for changing a contract without a new competition end where its value would rise by more than half
# of what it was (Procurement Act 2023, section 74 and Schedule 8).
MOST_GROWTH = Fraction(1, 2)


@dataclass(frozen=True)
class Change:
    """One lot and service that changes hands: the winning bids (ids) before and after, with their providers."""

    item: Item
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    providers_before: tuple[str, ...]
    providers_after: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.name}: from {listed(self.providers_before, none='nobody')} "
            f"to {listed(self.providers_after, none='nobody')}"
        )


def changes(before: Allocation, after: Allocation) -> tuple[Change, ...]:
    """The lots and services whose winning bids are not the same, in the order of the market."""
    market, found = before.market, []
    for item in market.items:
        was, now = ([(won.bid.id, won.share) for won in plan.bids_on(item)] for plan in (before, after))
        if sorted(was) != sorted(now):
            ids = [tuple(id for id, _ in side) for side in (was, now)]
            who = [tuple(market.provider[market.bid[id].provider].title for id in side) for side in ids]
            found.append(Change(item, market.item_name(item), ids[0], ids[1], who[0], who[1]))
    return tuple(found)


@dataclass(frozen=True)
class Growth:
    """What a provider is paid after a change against what its contracts were worth before, GBP a year."""

    provider: str
    name: str
    before: Decimal
    after: Decimal

    @property
    def share(self) -> Fraction | None:
        """The extension as a fraction of the original value; None where it had no contract."""
        return Fraction(self.after - self.before) / Fraction(self.before) if self.before else None

    @property
    def over_half(self) -> bool:
        """Whether the extension is more than half of the original value."""
        return self.share is not None and self.share > MOST_GROWTH

    def __str__(self) -> str:
        if self.share is None:
            return f"{self.name} had no contract and gets {money(self.after)}"
        over = ", more than the half at which several grounds of Schedule 8 end" if self.over_half else ""
        return (
            f"{self.name} grows from {money(self.before)} to {money(self.after)}, "
            f"by {100 * float(self.share):.1f} %{over}"
        )


def growth(before: Allocation, after: Allocation) -> tuple[Growth, ...]:
    """The providers that are paid more than before, in alphabetical order."""
    was, now = paid(before), paid(after)
    grown = sorted(provider for provider, amount in now.items() if amount > was.get(provider, 0))
    of = before.market.provider
    return tuple(Growth(id, of[id].title, was.get(id, Decimal(0)), now[id]) for id in grown)


def paid(plan: Allocation) -> dict[str, Decimal]:
    """What each provider is paid, GBP a year."""
    found: dict[str, Decimal] = {}
    for award in plan:
        found[award.provider] = found.get(award.provider, Decimal(0)) + award.price
    return found


def dearer(before: Allocation, after: Allocation) -> Difference:
    """By how much the total price is higher."""
    return dearer_than(after.total_price, before.total_price)


def dearer_than(price: Decimal, before: Decimal) -> Difference:
    """By how much one price is higher than another, GBP a year."""
    more = Fraction(price - before)
    return Difference("total price", GBP, more, more, Fraction(before))


def bids_of(market: Market, groups: Iterable[str], roles: Iterable[str]) -> Iterator[str]:
    """The bids (ids) in which one of some legal groups has one of `roles`."""
    wanted, counted = set(groups), tuple(roles)
    for bid in market.bids:
        if wanted & market.groups_in(bid, counted):
            yield bid.id
