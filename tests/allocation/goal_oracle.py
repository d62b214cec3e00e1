"""The goals of allocation once more, from their sentences alone: one function each, by kind."""

from __future__ import annotations

import hashlib
from fractions import Fraction

from taken import Choice, firms, number

from lotopt.market.bid import Bid
from lotopt.market.market import Market


def total_price(market: Market, goal, won: Choice) -> Fraction:
    return sum((bid.price for bid in won), Fraction(0))


def price_quality(market: Market, goal, won: Choice) -> Fraction:
    lost = Fraction(0)
    for bid in won:
        same = [_per_need(other) for other in market.bids if set(other.items) == set(bid.items)]
        alone = [[_per_need(other) for other in market.bids if other.items == (item,)] for item in bid.items]
        lowest = min(same) if not all(alone) else min(min(same), sum(min(prices) for prices in alone))
        price = _per_need(bid.bid)
        points = {
            "lowest": 100 * lowest / price,
            "mean": max(0, 100 - 50 * price / (sum(same) / len(same))),
            "per_pound": max(0, 100 - number(goal.points_per_pound) * (price - lowest) / len(bid.items)),
        }[goal.formula]
        score = number(goal.price_weight) * points + number(goal.quality_weight) * number(bid.quality)
        lost += len(bid.items) * bid.met * (100 - score)
    return lost


def _per_need(bid: Bid) -> Fraction:
    return Fraction(bid.price) / number(bid.covers)


def _changed(market: Market, bid) -> tuple[int, Fraction]:
    """How many items of a bid change supplier, and which part of its price is for them."""
    incumbents = [market.terms[item].incumbent if item in market.terms else "" for item in bid.items]
    values = [market.terms[item].value if item in market.terms else None for item in bid.items]
    if None in values or not sum(values):
        values = [1] * len(values)
    count, parts = 0, Fraction(0)
    for name, value in zip(incumbents, values, strict=True):
        legal = next((p.group or p.id for p in market.providers if p.id == name), name)
        if name and legal not in firms(market, bid):
            count += 1
            parts += Fraction(value) / Fraction(sum(values))
    return count, parts


def contracts(market: Market, goal, won: Choice) -> Fraction:
    return Fraction(len(won))


def change_of_supplier(market: Market, goal, won: Choice) -> Fraction:
    return Fraction(sum(_changed(market, bid)[0] for bid in won))


def incumbent_adjustment(market: Market, goal, won: Choice) -> Fraction:
    added = Fraction(0)
    for bid in won:
        count, parts = _changed(market, bid)
        added += Fraction(goal.per_lot) * count + number(goal.share) * Fraction(bid.bid.price) * parts
    return added


def last_resort(market: Market, goal, won: Choice) -> Fraction:
    kept = {provider.id for provider in market.providers if provider.last_resort}
    return Fraction(sum(len(bid.items) for bid in won if bid.provider in kept))


def shortfall(market: Market, goal, won: Choice) -> Fraction:
    missing = 0
    for item in market.items:
        if item not in market.terms or market.terms[item].open:
            missing += goal.winners_by_lot.get(item.lot, goal.winners)
    return Fraction(missing - sum(len(bid.items) for bid in won))


def of_other_class(market: Market, goal, won: Choice) -> Fraction:
    kinds = {provider.id: provider.kind for provider in market.providers}
    return Fraction(sum(len(bid.items) for bid in won if kinds[bid.provider] not in goal.classes))


def quality_lost(market: Market, goal, won: Choice) -> Fraction:
    return sum((len(bid.items) * bid.met * (100 - number(bid.quality)) for bid in won), Fraction(0))


def reserve_price(market: Market, goal, won: Choice) -> Fraction:
    return sum((Fraction(bid.bid.price) for bid in won if bid.share == 0), Fraction(0))


def drawn_lot(market: Market, goal, won: Choice) -> Fraction:
    def number_of(id: str) -> int:
        digest = hashlib.blake2b(f"{goal.seed}\x1f{id}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") // 2**36

    return Fraction(sum(number_of(bid.id) for bid in won))


GOALS = {
    "total_price": total_price,
    "price_quality": price_quality,
    "quality_lost": quality_lost,
    "contracts": contracts,
    "change_of_supplier": change_of_supplier,
    "incumbent_adjustment": incumbent_adjustment,
    "last_resort": last_resort,
    "shortfall": shortfall,
    "of_other_class": of_other_class,
    "reserve_price": reserve_price,
    "drawn_lot": drawn_lot,
}
