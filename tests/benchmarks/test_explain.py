"""The promise on reasons: every losing bid of a market of 21 lots and 84 bids, proven, in under a minute."""

from __future__ import annotations

from functools import partial

from benchmarks.explain import RULES, made_up, timed
from lotopt.allocation.explain import reasons
from lotopt.allocation.goals import TotalPrice


def test_every_losing_bid_of_84_has_a_proven_reason_within_a_minute() -> None:
    """About two seconds of CPU on one core; each difference is exact, or rules are named that forbid the bid."""
    market = made_up(1)
    assert (len(market.lots), len(market.bids)) == (21, 84)
    seconds, found = timed(partial(reasons, market, RULES, [TotalPrice()]))
    assert found.done
    assert seconds < 60
    assert {reason.kind for reason in found.reasons} == {"costs", "impossible"}
    assert all(each.exact for reason in found.reasons for each in reason.differences)
    assert all(reason.rules for reason in found.reasons if reason.kind == "impossible")
