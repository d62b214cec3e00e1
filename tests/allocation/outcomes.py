"""What rules make of a small market: the bids that win, and what the audit says of bids that do not keep them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from lotopt.allocation import rules as r
from lotopt.allocation.allocation import Allocation
from lotopt.allocation.audit import audit_allocation
from lotopt.allocation.goals import AwardGoal, TotalPrice
from lotopt.allocation.solve import allocate_bids
from lotopt.core.result import Status
from lotopt.market.market import Market

EVERY = r.EveryItemAwarded()
FEWER = r.EveryItemAwarded(fewer=True)


def best(of: Market, *rules: r.AwardRule, goals: Iterable[AwardGoal] = (TotalPrice(),)) -> Allocation:
    """The best allocation under the rules, proven and audited; at the lowest total price unless goals are given."""
    result = allocate_bids(of, rules, goals)
    assert result.status is Status.OPTIMAL, result.conflict
    assert result.audit is not None
    assert result.audit.ok, str(result.audit)
    assert result.plan is not None
    return result.plan


def won(of: Market, *rules: r.AwardRule, goals: Iterable[AwardGoal] = (TotalPrice(),)) -> set[str]:
    """The bids that win."""
    return {award.bid for award in best(of, *rules, goals=goals)}


def broken(of: Market, bids: Iterable[str] | Mapping[str, Decimal], *rules: r.AwardRule) -> list[str]:
    """What the audit says of rules when the given bids win."""
    return [str(reading) for reading in audit_allocation(Allocation.of(of, bids), rules).broken]


def conflict(of: Market, *rules: r.AwardRule) -> tuple[str, ...]:
    """Why no allocation keeps the rules."""
    result = allocate_bids(of, rules, [TotalPrice()])
    assert result.status is Status.INFEASIBLE
    assert result.plan is None
    return result.conflict
