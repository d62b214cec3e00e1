"""Which bids can win at all, and which rules refuse the others outright."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import chain

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardRule
from lotopt.allocation.conflict import refused_by
from lotopt.allocation.offers import Offers
from lotopt.allocation.problem import admitted, open_offers, places_of
from lotopt.allocation.rules.items import EveryItemAwarded
from lotopt.core.reading import Reading
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market

PLACES = 6
CLOSED = "closed"
"""What stands for the name of a rule where a lot is cancelled or awarded without competition."""


@dataclass(frozen=True)
class Refusal:
    """A bid that a rule lets win in no way: the rule's name, and a sentence."""

    rule: str
    sentence: str


@dataclass(eq=False)
class Admissions:
    """The bids of a market that its rules admit (`offers`), and why not the others."""

    market: Market
    rules: tuple[AwardRule, ...]
    offers: Offers = field(init=False)

    def __post_init__(self) -> None:
        self.offers = admitted(self.market, self.rules)

    @cached_property
    def valid(self) -> frozenset[str]:
        """The bids (ids) that every rule lets win."""
        return frozenset(self.offers.by_bid)

    def on(self, item: Item) -> tuple[Bid, ...]:
        """All bids for an item, in the order of their ids."""
        return self._on[item]

    @cached_property
    def _on(self) -> dict[Item, tuple[Bid, ...]]:
        found: dict[Item, list[Bid]] = {item: [] for item in self.market.items}
        for bid in sorted(self.market.bids, key=lambda bid: bid.id):
            for item in bid.items:
                found[item].append(bid)
        return {item: tuple(bids) for item, bids in found.items()}

    def refusals(self, bid: Bid) -> tuple[Refusal, ...]:
        """Why a bid cannot win, one sentence for each closed lot and each rule; empty for a bid that can."""
        if bid.id in self.valid:
            return ()
        closed = [item for item in bid.items if item in self.market.closed]
        if closed:
            return tuple(Refusal(CLOSED, closed_words(self.market, item)) for item in closed)
        by = [rule for rule, ids in self._refused if bid.id in ids]
        if not by:  # each lets it win in some place or tier, and no place or tier is left
            by = [rule for rule, ids in self._refused_in_part if bid.id in ids]
        return tuple(Refusal(rule.label, self._broken(rule, bid)) for rule in by)

    @cached_property
    def _refused(self) -> list[tuple[AwardRule, set[str]]]:
        """The bids that each rule refuses in every place and tier."""
        every = open_offers(self.market, places_of(self.rules), self.rules)
        return [
            (rule, refused_by(rule, every) | rule.barred_beside(self.market, self.offers.may_win))
            for rule in self.rules
        ]

    @cached_property
    def _refused_in_part(self) -> list[tuple[AwardRule, set[str]]]:
        open_ones = open_offers(self.market, places_of(self.rules), self.rules)
        found = []
        for rule in self.rules:
            kept = rule.admits(open_ones)
            found.append((rule, {bid.id for bid, ok in zip(open_ones.bids, kept, strict=True) if not ok}))
        return found

    def _broken(self, rule: AwardRule, bid: Bid) -> str:
        """What a rule measures of a bid by itself and finds out of range; its sentence where it measures nothing."""
        alone = broken(rule, Allocation.of(self.market, [bid.id]), self.offers.may_win)
        always = set(broken(rule, Allocation.of(self.market, []), self.offers.may_win))
        said = [line for line in alone if line not in always]
        return "; ".join(said) if said else rule.explain()


def broken(rule: AwardRule, allocation: Allocation, may_win: frozenset[str] = frozenset()) -> list[str]:
    """What a rule measures of an allocation and finds out of range, one sentence each.

    `may_win` are the bids (ids) that no rule bars by itself.
    """
    found = chain(rule.readings(allocation), rule.readings_beside(allocation, may_win))
    return [str(_short(reading)) for reading in found if not reading.ok]


def _short(reading: Reading) -> Reading:
    """A reading whose value is no endless fraction, where that does not hide that it is out of range."""
    if not isinstance(reading.value, Decimal) or int(reading.value.as_tuple().exponent) >= -PLACES:
        return reading
    shorter = replace(reading, value=round(reading.value, PLACES))
    return reading if shorter.ok else shorter


def beside(rules: Sequence[AwardRule]) -> bool:
    """Whether a rule bars bids because of others: then to drop another rule may bar bids, not only let some in."""
    return any(type(rule).barred_beside is not AwardRule.barred_beside for rule in rules)


def closed_words(market: Market, item: Item) -> str:
    """Why a lot is not open, as the buyer says it."""
    terms = market.terms_of(item)
    what = {"cancelled": "is cancelled", "direct": "is awarded without competition"}[terms.status]
    return f"{market.item_name(item)} {what}{f' ({terms.reason})' if terms.reason else ''}"


def winners_wanted(market: Market, rules: Sequence[AwardRule], item: Item) -> int:
    """How many winners an item is to have by `every_item_awarded`; one where no such rule speaks."""
    said = [rule.most(market, item) for rule in rules if isinstance(rule, EveryItemAwarded)]
    return max(said) if said else 1
