"""Small markets and questions for the tests of the rule book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.audit import audit_allocation
from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.rules import EveryItemAwarded
from lotopt.allocation.solve import allocate_bids
from lotopt.core.result import Status
from lotopt.market.bid import Item, Partner
from lotopt.market.market import Market
from lotopt.market.terms import ItemTerms

EVERY = EveryItemAwarded()


def won(
    of: Market, *rules: AwardRule, goals: Sequence[AwardGoal] = (TotalPrice(),), in_order: bool = False
) -> set[str]:
    """The bids that win, proven and audited."""
    result = allocate_bids(of, rules, goals, in_order=in_order)
    assert result.status is Status.OPTIMAL, result.conflict
    assert result.audit is not None
    assert result.audit.ok, str(result.audit)
    assert result.plan is not None
    return {award.bid for award in result.plan}


def impossible(of: Market, *rules: AwardRule) -> tuple[str, ...]:
    """Why no allocation keeps the rules."""
    result = allocate_bids(of, rules, [TotalPrice()])
    assert result.status is Status.INFEASIBLE
    return result.conflict


def broken(of: Market, bids: Sequence[str], *rules: AwardRule) -> list[str]:
    """What the audit says is broken where the given bids win."""
    return [str(reading) for reading in audit_allocation(Allocation.of(of, bids), rules).broken]


def said(of: Market, **terms: Mapping[str, Any]) -> Market:
    """The same market with what is said of its lots: said(of, L1={"value": 5})."""
    known = dict(of.terms)
    for item in of.items:
        if item.lot in terms:
            known[item] = ItemTerms.model_validate(dict(terms[item.lot]))
    return replace(of, terms=known)


def valued(of: Market, **values: int) -> Market:
    """The same market with indicative values of lots."""
    return said(of, **{lot: {"value": Decimal(value)} for lot, value in values.items()})


def partnered(of: Market, **partners: Sequence[tuple[str, str]]) -> Market:
    """The same market with partners of providers: partnered(of, A=[("Nacro", "member")])."""
    made = tuple(
        provider.model_copy(update={"partners": tuple(Partner(*each) for each in partners.get(provider.id, ()))})
        for provider in of.providers
    )
    return replace(of, providers=made)


def described(of: Market, **fields: Mapping[str, Any]) -> Market:
    """The same market with more said of providers: described(of, A={"viable": Decimal(5)})."""
    made = tuple(provider.model_copy(update=dict(fields.get(provider.id, {}))) for provider in of.providers)
    return replace(of, providers=made)


def termed(of: Market, id: str, **fields: Any) -> Market:
    """The same market with more said of a bid."""
    made = tuple(bid.model_copy(update=fields) if bid.id == id else bid for bid in of.bids)
    return replace(of, bids=made)


def only(of: Market, *items: tuple[str, str]) -> Market:
    """The same market in which these lots and services are on offer."""
    return replace(of, items=tuple(Item(*item) for item in items))
