"""The rules and goals of allocation once more, from their sentences alone, and every subset of bids tried.

Nothing here uses the rules' own code, the audit or the engine: only fields of rules and of the market.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product

from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.market.bid import Bid
from lotopt.market.market import Market


def subsets(bids: Sequence[Bid]) -> Iterator[tuple[Bid, ...]]:
    """Every choice of bids."""
    for size in range(len(bids) + 1):
        yield from combinations(bids, size)


def best(market: Market, rules: Sequence[AwardRule], goals: Sequence[AwardGoal]) -> Fraction | None:
    """The least objective of any choice of bids that keeps every rule; None where there is none."""
    kept = (won for won in subsets(market.bids) if all(keeps(market, rule, won) for rule in rules))
    return min((objective(market, goals, won) for won in kept), default=None)


def objective(market: Market, goals: Sequence[AwardGoal], won: Sequence[Bid]) -> Fraction:
    """The weighted sum of goals of a choice of bids."""
    return sum((number(goal.weight) * GOALS[goal.kind](market, goal, won) for goal in goals), Fraction(0))


def keeps(market: Market, rule: AwardRule, won: Sequence[Bid]) -> bool:
    """Whether a choice of bids keeps a rule."""
    return RULES[rule.kind](market, rule, won)


def number(value: object) -> Fraction:
    """A number as it is written: 0.1 is a tenth."""
    return Fraction(str(value))


def group(market: Market, bid: Bid) -> str:
    provider = next(p for p in market.providers if p.id == bid.provider)
    return provider.group or provider.id


def let_off(market: Market, rule, bid: Bid) -> bool:
    mine = {bid.provider, group(market, bid)}
    of_named = {p.group or p.id for p in market.providers if p.id in rule.excepted}
    return bool(mine & set(rule.excepted)) or group(market, bid) in of_named


def volume(market: Market, bid: Bid, measure: str) -> Fraction:
    if measure in bid.volumes:
        return number(bid.volumes[measure])
    lots = {lot.id: lot for lot in market.lots}
    return number(bid.covers) * sum(number(lots[lot].volumes[measure]) for lot, _ in bid.items)


def every_item_awarded(market: Market, rule, won: Sequence[Bid]) -> bool:
    for item in market.items:
        on = [bid for bid in won if item in bid.items]
        few = len(on) < rule.winners and item.lot not in rule.excepted
        same = rule.winners > 1 and len({group(market, bid) for bid in on}) < len(on)
        if few or same or len(on) > rule.winners:
            return False
    return True


def coverage(market: Market, rule, won: Sequence[Bid]) -> bool:
    for lot, service in product(market.lots, market.services):
        met = sum(number(bid.covers) for bid in won if (lot.id, service) in bid.items)
        if lot.id not in rule.excepted and met < number(rule.at_least):
            return False
    return True


def award_limit(market: Market, rule, won: Sequence[Bid]) -> bool:
    counted = [bid for bid in won if not let_off(market, rule, bid)]
    groups = {group(market, bid) for bid in counted}
    return all(sum(len(b.items) for b in counted if group(market, b) == g) <= rule.at_most for g in groups)


def value_share(market: Market, rule, won: Sequence[Bid]) -> bool:
    total = sum(Fraction(bid.price) for bid in won)
    for bid in won:
        own = sum(Fraction(other.price) for other in won if group(market, other) == group(market, bid))
        if not let_off(market, rule, bid) and own > number(rule.at_most) * total:
            return False
    return True


def capacity(market: Market, rule, won: Sequence[Bid]) -> bool:
    for provider in market.providers:
        mine = [bid for bid in won if bid.provider == provider.id]
        if rule.measure not in provider.capacity or {provider.id, provider.group} & set(rule.excepted):
            continue  # provider by provider: naming one does not let off others of its group
        taken = sum(
            Fraction(len(b.items)) if rule.measure == "lots" else volume(market, b, rule.measure) for b in mine
        )
        if taken > number(rule.share) * number(provider.capacity[rule.measure]):
            return False
    return True


def value_cap(market: Market, rule, won: Sequence[Bid]) -> bool:
    for bid in won:
        own = sum(Fraction(other.price) for other in won if group(market, other) == group(market, bid))
        if not let_off(market, rule, bid) and own > Fraction(rule.at_most):
            return False
    return True


def class_share(market: Market, rule, won: Sequence[Bid]) -> bool:
    total = sum(Fraction(bid.price) for bid in won)
    of_class = {provider.id for provider in market.providers if provider.kind in rule.classes}
    own = sum(Fraction(bid.price) for bid in won if bid.provider in of_class)
    return number(rule.at_least) * total <= own <= number(rule.at_most) * total


def budget(market: Market, rule, won: Sequence[Bid]) -> bool:
    return sum(Fraction(bid.price) for bid in won) <= Fraction(rule.at_most)


def price_ceiling(market: Market, rule, won: Sequence[Bid]) -> bool:
    for bid in won:
        units = Fraction(len(bid.items)) if rule.per == "lot" else volume(market, bid, rule.per)
        spared = any(lot in rule.excepted for lot, _ in bid.items)
        if not spared and Fraction(bid.price) > Fraction(rule.at_most) * units:
            return False
    return True


def fewest_providers(market: Market, rule, won: Sequence[Bid]) -> bool:
    return len({group(market, bid) for bid in won}) >= rule.at_least


def most_providers(market: Market, rule, won: Sequence[Bid]) -> bool:
    return len({group(market, bid) for bid in won}) <= rule.at_most


def incompatible(market: Market, rule, won: Sequence[Bid]) -> bool:
    """Every pair of names is looked at by itself: does it go together anywhere it must not?"""
    awarded = [(group(market, bid), bid.provider, lot, service) for bid in won for lot, service in bid.items]
    for (g1, p1, lot1, service1), (g2, p2, lot2, service2) in combinations(awarded, 2):
        near = rule.anywhere or lot1 == lot2
        clash = {
            "lots": g1 == g2 and lot1 != lot2 and {lot1, lot2} <= set(rule.lots),
            "services": g1 == g2 and near and service1 != service2 and {service1, service2} <= set(rule.services),
            "providers": near and _two(rule.providers, (g1, p1), (g2, p2)),
        }
        if any(clash[field] for field in clash if getattr(rule, field)):
            return False
    return True


def _two(names: Sequence[str], one: tuple[str, str], other: tuple[str, str]) -> bool:
    return any(a != b and a in one and b in other for a in names for b in names)


def total_price(market: Market, goal, won: Sequence[Bid]) -> Fraction:
    return sum((Fraction(bid.price) for bid in won), Fraction(0))


def price_quality(market: Market, goal, won: Sequence[Bid]) -> Fraction:
    lost = Fraction(0)
    for bid in won:
        same = [_per_need(other) for other in market.bids if set(other.items) == set(bid.items)]
        alone = [[_per_need(other) for other in market.bids if other.items == (item,)] for item in bid.items]
        lowest = min(same) if not all(alone) else min(min(same), sum(min(prices) for prices in alone))
        score = number(goal.price_weight) * 100 * lowest / _per_need(bid)
        score += number(goal.quality_weight) * number(bid.quality)
        lost += len(bid.items) * number(bid.covers) * (100 - score)
    return lost


def _per_need(bid: Bid) -> Fraction:
    return Fraction(bid.price) / number(bid.covers)


RULES = {
    "every_item_awarded": every_item_awarded,
    "coverage": coverage,
    "award_limit": award_limit,
    "value_share": value_share,
    "value_cap": value_cap,
    "capacity": capacity,
    "class_share": class_share,
    "budget": budget,
    "price_ceiling": price_ceiling,
    "fewest_providers": fewest_providers,
    "most_providers": most_providers,
    "incompatible": incompatible,
}
GOALS = {"total_price": total_price, "price_quality": price_quality}
