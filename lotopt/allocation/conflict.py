"""Why no allocation exists, in words: reasons that prove it at a glance, then a smallest set of conflicting rules."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal

from lotopt.allocation.clause import AwardRule
from lotopt.allocation.offers import Offers
from lotopt.allocation.problem import Problem, open_offers
from lotopt.allocation.rules.items import Coverage, EveryItemAwarded
from lotopt.allocation.rules.limits import AwardLimit, Capacity
from lotopt.allocation.rules.providers import ALL, FewestProviders
from lotopt.allocation.rules.rerun import FixedAwards
from lotopt.allocation.standing import may_win
from lotopt.core.reading import plain
from lotopt.core.result import Status
from lotopt.engine.conflict import smallest_conflict
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market
from lotopt.market.money import exact
from lotopt.market.provider import LOTS


def plain_reasons(market: Market, rules: Sequence[AwardRule]) -> Iterator[str]:
    """Each fact that alone proves that no allocation keeps the rules; there may be none although none does."""
    every = open_offers(market)
    standing = may_win(market, rules)
    refusing = [(rule, refused_by(rule, every) | rule.barred_beside(market, standing)) for rule in rules]
    refused = {id for _, ids in refusing for id in ids}
    open_bids = [bid for bid in every.bids if bid.id not in refused]
    for rule in rules:
        if isinstance(rule, EveryItemAwarded):
            for item in market.items:
                yield from _too_few(market, item, rule.least(market, item), every.bids, refusing)
            yield from _too_narrow(market, rule, rules, open_bids)
        elif isinstance(rule, Coverage):
            yield from _uncovered(market, rule, open_bids)
        elif isinstance(rule, FewestProviders):
            for name, items in rule.spots(market).items():
                groups = len({market.group_of(bid) for bid in open_bids if items.intersection(bid.items)})
                where = "" if name == ALL else f" in {name}"
                if groups < rule.at_least:
                    yield f"{rule.label}: {groups} providers (legal groups) can win{where}, {rule.at_least} must"
        elif isinstance(rule, FixedAwards):
            for id in rule.bids:
                by = [other.label for other, ids in refusing if id in ids]
                if by:
                    yield f"{rule.label}: bid {id} is to win, and {' and '.join(by)} refuses it"


def clashing(
    market: Market, rules: Sequence[AwardRule], options: SolverOptions, clock: Clock
) -> tuple[AwardRule, ...]:
    """A smallest set of rules that cannot hold together, of rules that cannot; all of them where time is short.

    Raises KeyboardInterrupt when interrupted.
    """

    def holds(some: Sequence[AwardRule]) -> bool | None:
        answer = Problem.of(market, some).exists(options, clock)
        if answer.interrupted:
            raise KeyboardInterrupt
        return {Status.INFEASIBLE: False, Status.UNKNOWN: None}.get(answer.status, True)

    found, clash = tuple(rules), smallest_conflict(rules, holds, clock)
    # where a rule bars bids because of others, what was kept for a rule that is gone now may be gone too
    beside = any(type(rule).barred_beside is not AwardRule.barred_beside for rule in rules)
    while beside and len(clash) < len(found):
        found, clash = clash, smallest_conflict(clash, holds, clock)
    return clash


def refused_by(rule: AwardRule, every: Offers) -> set[str]:
    """The bids (ids) that a rule lets win in no way."""
    admitted = {bid.id for bid, ok in zip(every.bids, rule.admits(every), strict=True) if ok}
    return {bid.id for bid in every.bids} - admitted


def _too_few(
    market: Market,
    item: Item,
    winners: int,
    bids: Sequence[Bid],
    refusing: Sequence[tuple[AwardRule, set[str]]],
) -> Iterator[str]:
    """An item with fewer bidders than it needs winners."""
    name = market.item_name(item)
    on = [bid for bid in bids if item in bid.items]
    refused = {id for _, ids in refusing for id in ids}
    groups = {market.group_of(bid) for bid in on if bid.id not in refused}
    if len(groups) >= winners:
        return
    by = [rule.label for rule, ids in refusing if any(bid.id in ids for bid in on)]
    after = f" after those that {' and '.join(by)} refuses" if by else ""
    if not on:
        yield f"{name} has no bid"
    elif not groups:
        yield f"{name} has no bid left{after}"
    else:
        yield f"{name} has bids of {len(groups)} providers (legal groups){after}, and needs {winners}"


def _too_narrow(
    market: Market, every: EveryItemAwarded, rules: Sequence[AwardRule], bids: Sequence[Bid]
) -> Iterator[str]:
    """All that providers may take on together is less than what must be awarded."""
    least = {item: every.least(market, item) for item in market.items}
    items = [item for item in market.items if least[item]]
    for rule in rules:
        if isinstance(rule, AwardLimit) and _for_all(rule, market):
            groups = len({market.group_of(bid) for bid in bids})
            needed = sum(least.values())
            if groups * rule.at_most < needed:
                yield (
                    f"{rule.label}: {groups} providers (legal groups) with at most {rule.at_most} lots each win "
                    f"{groups * rule.at_most} at most, {needed} must be awarded"
                )
        elif isinstance(rule, Capacity):
            if every.shares:
                continue
            most = math.fsum(rule.most(market, provider) for provider in sorted({bid.provider for bid in bids}))
            need = math.fsum(least[item] * _least(market, rule.measure, item, bids) for item in items)
            if most < need * (1 - 1e-9):
                yield (
                    f"{rule.label}: all capacity together is {plain(most)} {rule.measure}, "
                    f"and at least {plain(need)} must be awarded"
                )


def _for_all(rule: AwardLimit, market: Market) -> bool:
    """Whether a limit holds for all lots and every bidder."""
    return rule.everywhere and "prime" in rule.roles and not rule.exempt(market)


def _least(market: Market, measure: str, item: Item, bids: Sequence[Bid]) -> float:
    """The least that any bid takes on of an item, each bid's volume being shared out equally over its items."""
    taken = [
        (len(bid.items) if measure == LOTS else market.volume(bid, measure) or 0.0) / len(bid.items)
        for bid in bids
        if item in bid.items
    ]
    return min(taken, default=0.0)


def _uncovered(market: Market, rule: Coverage, bids: Sequence[Bid]) -> Iterator[str]:
    """A need that all bids together do not meet."""
    for (service, items), areas in rule.needs(market).items():
        met = sum((exact(bid.covers) * len(items.intersection(bid.items)) for bid in bids), Decimal(0))
        if met < exact(rule.at_least):
            where = "; ".join(market.item_name(item) for item in sorted(items)) or f"{areas[0]}, {service}"
            yield f"{rule.label}: all bids for {where} together cover {met}, and {rule.at_least:g} must be covered"
