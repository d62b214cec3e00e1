"""The rules and goals of allocation once more, from their sentences alone, and every subset of bids tried.

Nothing here uses the rules' own code, the audit or the engine: only fields of rules and of the market.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product

from bar_oracle import BESIDE, standing
from goal_oracle import GOALS
from rule_oracle import RULES
from taken import ONE, Choice, Taken, number, volume_of

from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.market.bid import Bid
from lotopt.market.market import Market


def subsets(bids: Sequence[Bid]) -> Iterator[tuple[Bid, ...]]:
    """Every choice of bids."""
    for size in range(len(bids) + 1):
        yield from combinations(bids, size)


def choices(market: Market, rules: Sequence[AwardRule] = ()) -> Iterator[Choice]:
    """Every choice of bids with every way to share out the work that the rules speak of, priced."""
    told = [rule.shares for rule in rules if rule.kind == "every_item_awarded" and rule.shares]
    shares = sorted({number(share) for share in told[0]}, reverse=True) if told else [ONE]
    for bids in subsets(market.bids):
        for given in product(shares, repeat=len(bids)):
            yield taken(market, dict(zip((bid.id for bid in bids), given, strict=True)))


def taken(market: Market, shares: dict[str, Fraction]) -> Choice:
    """Winning bids with what is paid for each: discounts from their sentence, to the penny."""
    bids = [bid for bid in market.bids if bid.id in shares]
    found = []
    for bid in bids:
        rate = _rate(market, bid.provider, [other for other in bids if other.provider == bid.provider], shares)
        price = _penny(Fraction(bid.price) * shares[bid.id] * (1 - rate))
        found.append(Taken(bid, shares[bid.id], price, _penny(Fraction(bid.price) * (1 - rate))))
    return found


def _rate(market: Market, provider: str, bids: Sequence[Bid], shares: dict[str, Fraction]) -> Fraction:
    discount = next(p for p in market.providers if p.id == provider).discount
    if discount is None:
        return Fraction(0)
    if discount.on == "lots":
        total = Fraction(sum(len(bid.items) for bid in bids))
    elif discount.on == "value":
        total = sum((_penny(Fraction(bid.price) * shares[bid.id]) for bid in bids), Fraction(0))
    else:
        total = sum((volume_of(market, bid, discount.on) * shares[bid.id] for bid in bids), Fraction(0))
    for tier in discount.tiers:
        if tier.start <= total and (tier.end is None or total < tier.end):
            return Fraction(tier.discount)
    return Fraction(0)


def _penny(amount: Fraction) -> Fraction:
    return Fraction(int(amount * 100 + Fraction(1, 2)), 100)


def best(market: Market, rules: Sequence[AwardRule], goals: Sequence[AwardGoal]) -> Fraction | None:
    """The least objective of any choice of bids that keeps every rule; None where there is none."""
    return min((objective(market, goals, won) for won in kept(market, rules)), default=None)


def kept(market: Market, rules: Sequence[AwardRule]) -> Iterator[Choice]:
    """Every choice that keeps what bidders ask for and every rule."""
    for won in choices(market, rules):
        if as_bid(market, won) and all(keeps(market, rule, won, rules) for rule in rules):
            yield won


def as_bid(market: Market, won: Choice) -> bool:
    """Whether a choice is one that the bidders offer: alternatives, conditions, lots that are open."""
    for one, other in combinations(won, 2):
        if one.provider == other.provider and one.alternative and one.alternative == other.alternative:
            return False
    for bid in won:
        mine = [other for other in won if other.provider == bid.provider and other.id != bid.id]
        for name in bid.only_with:
            named = any(other.id == name for other in market.bids)
            if not any(other.id == name if named else name in other.lots for other in mine):
                return False
        if any(not market.terms[item].open for item in bid.items if item in market.terms):
            return False
    return True


def objective(market: Market, goals: Sequence[AwardGoal], won: Choice) -> Fraction:
    """The weighted sum of goals of a choice of bids."""
    return sum((number(goal.weight) * GOALS[goal.kind](market, goal, won) for goal in goals), Fraction(0))


def keeps(market: Market, rule: AwardRule, won: Choice, rules: Sequence[AwardRule] = ()) -> bool:
    """Whether a choice of bids keeps a rule, which may go by what all rules bar."""
    if rule.kind in BESIDE:
        return BESIDE[rule.kind](market, rule, won, standing(market, rules))
    return RULES[rule.kind](market, rule, won)
