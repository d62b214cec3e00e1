"""What bidders themselves ask for, and what holds whatever the rules: alternatives, conditions, discounts, places."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from lotopt.allocation.allocation import Allocation, counted
from lotopt.allocation.offers import Extra, Ints, Offers, implies, ones
from lotopt.core.reading import Reading
from lotopt.engine.model.rows import Row
from lotopt.market.bid import Bid
from lotopt.market.market import Market

CLAUSE = "bids"
"""The name under which the terms of bids are read, beside the rules."""


def alternatives(market: Market) -> dict[tuple[str, str], list[str]]:
    """The bids (ids) of each provider's sets of alternatives."""
    found: dict[tuple[str, str], list[str]] = {}
    for bid in market.bids:
        if bid.alternative:
            found.setdefault((bid.provider, bid.alternative), []).append(bid.id)
    return found


def needed_by(market: Market, bid: Bid, name: str) -> list[str]:
    """The bids (ids) of which one has to win for `bid` to win: the one named, or any other for the lot named."""
    if name in market.bid:
        return [name]
    others = (other for other in market.bids if other.provider == bid.provider and other.id != bid.id)
    return [other.id for other in others if name in other.lots]


def rows(offers: Offers, extra: Extra) -> Iterator[Row]:
    """What holds between the offers of bids, whatever the rules."""
    if not offers.plain:
        for id, columns in offers.by_bid.items():
            if len(columns) > 1:
                yield Row(f"{CLAUSE}.{id}", columns, ones(columns), at_most=1.0)
    for (provider, name), ids in alternatives(offers.market).items():
        columns = _columns(offers, ids)
        if len(ids) > 1:
            yield Row(f"{CLAUSE}.{provider}.{name}", columns, ones(columns), at_most=1.0)
    for bid in filter(lambda bid: bid.only_with, offers.market.bids):
        for name in bid.only_with if bid.id in offers.by_bid else ():
            mine, needed = offers.by_bid[bid.id], _columns(offers, needed_by(offers.market, bid, name))
            values = np.concatenate([ones(mine), -ones(needed)])
            yield Row(f"{CLAUSE}.{bid.id}.{name}", np.concatenate([mine, needed]), values, at_most=0.0)
    yield from _discounts(offers, extra)


def _columns(offers: Offers, ids: list[str]) -> Ints:
    none = np.zeros(0, dtype=np.int64)
    return np.concatenate([none, *(offers.by_bid.get(id, none) for id in ids)])


def _discounts(offers: Offers, extra: Extra) -> Iterator[Row]:
    """A provider's offers of one range win together, and only where its total lies in that range."""
    market = offers.market
    for provider in market.providers:
        if provider.discount is None or provider.id not in offers.by_provider:
            continue
        columns = offers.by_provider[provider.id]
        facts = []
        for number, (low, high, _) in enumerate(provider.discount.ranges):
            mine = columns[offers.tier[columns] == number]
            fact = extra.column(f"{CLAUSE}: {provider.id} wins in tier {number + 1}")
            facts.append(fact)
            name = f"{CLAUSE}.{provider.id}.tier {number + 1}"
            for pair, values in implies(mine, fact):
                yield Row(name, pair, values, at_most=0.0)
            amounts = [float(counted(market, offers.bids[j], offers.share(j), provider.id)) for j in mine]
            index = np.append(mine, fact)
            if low > 0:
                yield Row(name, index, np.append(amounts, -float(low)), at_least=0.0)
            if high is not None:
                yield Row(name, index, np.append(amounts, -float(high)), at_most=0.0)
        of_tiers = np.array(facts, dtype=np.int64)
        yield Row(f"{CLAUSE}.{provider.id}.one tier", of_tiers, ones(of_tiers), at_most=1.0)


def readings(allocation: Allocation) -> Iterator[Reading]:
    """What bidders ask for, read of a finished allocation; nothing where no bid asks for anything."""
    market = allocation.market
    winning = {bid.id for bid in allocation.bids}
    for (provider, name), ids in alternatives(market).items():
        where = f"{market.provider[provider].title}, alternatives {name}"
        yield Reading(CLAUSE, where, len(winning.intersection(ids)), at_most=1, unit="winning bids")
    for bid in allocation.bids:
        for name in bid.only_with:
            met = len(winning.intersection(needed_by(market, bid, name)))
            yield Reading(CLAUSE, f"{bid}, only with {name}", met, 1, math.inf, "winning bids")
    for item in sorted(market.closed & set(market.items)):
        if allocation.bids_on(item):
            where = f"{market.item_name(item)}, {market.terms_of(item).status}"
            yield Reading(CLAUSE, where, len(allocation.bids_on(item)), at_most=0, unit="winning bids")
