"""Sums of money as rows and as readings: exact, whatever part of a bid a rule is about."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from lotopt.allocation.clause import ScopedRule
from lotopt.allocation.jointly import Panel
from lotopt.allocation.offers import Ints, Offers, whole_row
from lotopt.engine.model.rows import Row
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market
from lotopt.market.money import PENNY, exact

GBP = "GBP a year"


def money_rows(
    rule: ScopedRule, offers: Offers, groups: Iterable[tuple[str, Ints]], at_most: Decimal
) -> Iterator[Row]:
    """What each group of columns costs, for the part that a rule is about, is at most an amount."""
    of = rule.pence(offers) if not rule.everywhere else []
    for group, columns in groups:
        name = f"{rule.label}.{group}" if group else rule.label
        if rule.everywhere:
            yield Row(name, columns, offers.pence[columns].astype(np.float64), at_most=whole_pence(at_most))
        else:
            yield whole_row(name, columns, [of[j] for j in columns], at_most=100 * Fraction(at_most))


def share_row(name: str, rule: ScopedRule, offers: Offers, mine: Ints, share: float) -> Row:
    """What the columns `mine` cost less a share of what all cost, multiplied out to whole numbers; no limits yet."""
    if rule.everywhere:
        return shared_row(name, offers.pence, mine, share)
    values = rule.pence(offers)
    scale = math.lcm(*(value.denominator for value in values))
    return shared_row(name, np.array([int(value * scale) for value in values], dtype=object), mine, share)


def shared_row(name: str, amounts: npt.NDArray[Any], mine: Ints, share: float) -> Row:
    """The whole amounts of `mine` less a share of those of all, multiplied out to whole numbers; no limits yet."""
    over, under = exact(share).as_integer_ratio()
    # Python's integers where those of 64 bits would overflow
    fits = amounts.dtype != object and int(amounts.max(initial=0)) * under < 2**62
    amounts = amounts if fits else amounts.astype(object)
    values = amounts * -over
    values[mine] += amounts[mine] * under
    common = abs(int(np.gcd.reduce(values))) or 1  # of a single negative number, numpy gives that number
    return Row(name, np.arange(len(amounts)), (values // common).astype(np.float64))


def share_factors(panel: Panel, mine: Iterable[str], share: float) -> dict[str, float]:
    """The factor of each provider's prices in what `mine` cost less a share of what all cost, in whole numbers."""
    over, under = exact(share).as_integer_ratio()
    own = set(mine)
    return {id: float(under - over if id in own else -over) for id in panel.offering}


def all_prices(market: Market) -> Decimal:
    """What all bids together cost, GBP a year: a limit on money that no allocation meets."""
    return sum((bid.price for bid in market.bids), Decimal(0))


def in_pence(amount: Fraction) -> Decimal:
    """An exact amount of money as it is written; a part of a package that is no whole pence has more places."""
    found = decimal(amount)
    pence = found.quantize(PENNY)
    return pence if pence == found else found


def decimal(amount: Fraction) -> Decimal:
    """A fraction as a Decimal, to 28 digits where it has no end."""
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def fraction(own: Fraction, total: Fraction) -> Decimal:
    """A share of a total, 0 where there is none."""
    return decimal(own / total) if total else Decimal(0)


def whole_pence(amount: Decimal) -> float:
    """The most whole pence that an amount holds: what is paid is whole pence."""
    return float(math.floor(amount * 100))


def indicative(market: Market, items: Iterable[Item]) -> Fraction:
    """The indicative value of items, GBP a year; those of which none is given count nothing."""
    values = (market.terms_of(item).value for item in items)
    return sum((Fraction(value) for value in values if value is not None), Fraction(0))


def volumes_of(market: Market, bid: Bid, measure: str) -> dict[Item, Fraction]:
    """How much of a measure a bid takes on of each of its items, exactly; the measure is known of the bid.

    Where the bid states a volume of its own, that is shared out by the volumes of the lots (in equal parts where they
    have none), rounded down to the thousandth, and the last item gets what is left.
    """
    lots = [market.lot[item.lot].volumes.get(measure) for item in bid.items]
    known = [Fraction(exact(0.0 if volume is None else volume)) for volume in lots]
    if measure not in bid.volumes:
        return {item: Fraction(exact(bid.covers)) * own for item, own in zip(bid.items, known, strict=True)}
    left, total = Fraction(exact(bid.volumes[measure])), sum(known, Fraction(0))
    whole, found = left, {}
    for item, own in zip(bid.items[:-1], known[:-1], strict=True):
        part = whole * own / total if total else whole / len(bid.items)
        found[item] = Fraction(math.floor(part * 1000), 1000)
        left -= found[item]
    return {**found, bid.items[-1]: left}
