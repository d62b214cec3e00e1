"""Deferred acceptance: each lot offers itself to the next bid of its ranking, bidders keep what they prefer.

Gale & Shapley 1962, with the lots proposing and bidders that keep as much as their limits let them (Roth 1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardRule
from lotopt.allocation.explain.limits import by_itself
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market


@dataclass(frozen=True)
class Declined:
    """A lot that was offered to a bid whose bidder keeps other lots instead, or gives it up for one it prefers."""

    item: Item
    bid: str
    keeps: tuple[str, ...]


@dataclass(frozen=True)
class Accepted:
    """The bids that each lot ends with, best first, and every refusal on the way, in its order."""

    winners: dict[Item, tuple[str, ...]]
    declined: tuple[Declined, ...]


def accept(
    market: Market, rules: Sequence[AwardRule], ranked: dict[Item, tuple[str, ...]], wanted: dict[Item, int]
) -> Accepted:
    """Every lot offers itself down its ranking until it has its winners or nobody is left.

    `ranked` are bids (ids) for one item each, best first. Bidders keep what they prefer (`preference`, then the order
    of lots in the market, then the lot's ranking) as far as the rules on what a legal group wins let them. Firms that
    bid together in a consortium choose together, so that a limit counts all that a group is in.
    """
    families = _families(market)
    place = {bid: at for bids in ranked.values() for at, bid in enumerate(bids)}
    order = {item: at for at, item in enumerate(market.items)}

    def liking(id: str) -> tuple[float, int, int, str]:
        bid = market.bid[id]
        said = float("inf") if bid.preference is None else bid.preference
        return (said, order[bid.items[0]], place[id], id)

    limits = by_itself(rules)
    unique = {item for rule in rules for item in rule.exclusive(market)}
    left = {item: list(bids) for item, bids in ranked.items()}
    held: dict[Item, list[str]] = {item: [] for item in ranked}
    kept: dict[str, list[str]] = {}
    declined: list[Declined] = []
    waiting = [item for item in market.items if item in ranked]
    while waiting:
        item = waiting.pop(0)
        while left[item] and len(held[item]) < wanted[item]:
            offered = left[item].pop(0)
            family = families[market.group_of(market.bid[offered])]
            before = kept.get(family, [])
            now = _choose(market, limits, unique, sorted([*before, offered], key=liking))
            kept[family] = now
            held[item] = [*held[item], offered]
            for lost in (id for id in (*before, offered) if id not in now):
                of = market.bid[lost].items[0]
                held[of] = [id for id in held[of] if id != lost]
                declined.append(Declined(of, lost, tuple(now)))
                if of != item and of not in waiting:
                    waiting.append(of)
    return Accepted({item: tuple(sorted(ids, key=place.__getitem__)) for item, ids in held.items()}, tuple(declined))


def _choose(market: Market, limits: Sequence[AwardRule], unique: set[Item], liked: Sequence[str]) -> list[str]:
    """What is kept of some bids, best liked first: each that fits beside those kept before it."""
    kept: list[str] = []
    for id in liked:
        if _fits(market, limits, unique, kept, market.bid[id]):
            kept.append(id)
    return kept


def _fits(market: Market, limits: Sequence[AwardRule], unique: set[Item], kept: Sequence[str], bid: Bid) -> bool:
    mine = market.groups_in(bid)
    for id in kept:
        other = market.bid[id]
        if bid.items == other.items and bid.items[0] in unique and mine & market.groups_in(other):
            return False
        if bid.alternative and (bid.provider, bid.alternative) == (other.provider, other.alternative):
            return False
    together = Allocation.of(market, [*kept, bid.id])
    return all(
        reading.ok or reading.value < reading.at_least for rule in limits for reading in rule.readings(together)
    )


def _families(market: Market) -> dict[str, str]:
    """For each legal group the first of those that it is linked to by consortia."""
    head = {group: group for group in market.legal_groups}

    def top(group: str) -> str:
        while head[group] != group:
            group = head[group]
        return group

    for bid in market.bids:
        tops = sorted({top(group) for group in market.groups_in(bid)})
        for other in tops[1:]:
            head[other] = tops[0]
    return {group: top(group) for group in head}
