"""Which bids stand: those that can win by themselves, before it is asked what is won together."""

from __future__ import annotations

from collections.abc import Sequence

from lotopt.allocation.clause import AwardRule
from lotopt.market.market import Market


def may_win(market: Market, rules: Sequence[AwardRule]) -> frozenset[str]:
    """The bids (ids) for lots that are open and that no rule bars by itself.

    Limits on what is won together bar no bid, and neither does a rule that looks at the bids beside it.
    """
    ids = {bid.id for bid in market.bids if not market.closed or market.closed.isdisjoint(bid.items)}
    return frozenset(ids.difference(*(rule.barred(market) for rule in rules)))
