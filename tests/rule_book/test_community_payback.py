"""Community payback, 2012: rules CP-1 and CP-2."""

from __future__ import annotations

from markets import market

from lotopt.allocation import rules as r
from lotopt.allocation.allocation import Allocation
from lotopt.allocation.goals import ChangeOfSupplier
from tests.rule_book.book import EVERY, broken, partnered, said, won


def test_cp_1_a_bidder_is_a_group_of_members() -> None:
    """Serco bids with the trust that serves London now: that is no change of supplier, Sodexo with Essex is one."""
    of = market("serco London 10", "sodexo London 11")
    of = partnered(of, serco=[("London Trust", "member")], sodexo=[("Essex Trust", "member")])
    of = said(of, London={"incumbent": "London Trust"})
    goal = ChangeOfSupplier()
    assert [goal.value(Allocation.of(of, [bid])) for bid in ("serco-London", "sodexo-London")] == [0, 1]


def test_cp_1_limits_count_members() -> None:
    """The trust is in two groups: with one lot each it has two, more than a limit of 1."""
    of = market("serco L1 10", "sodexo L2 10", "mitie L2 12")
    of = partnered(of, serco=[("trust", "member")], sodexo=[("trust", "member")])
    limit = r.AwardLimit(at_most=1)
    assert won(of, EVERY, limit) == {"serco-L1", "mitie-L2"}
    assert broken(of, ["serco-L1", "sodexo-L2"], limit) == ["trust: 2 lots, more than 1"]


def test_cp_2_lots_that_are_cancelled_have_no_award_and_a_reason() -> None:
    """Every lot has to be awarded, and the cancelled one is not, although it has a bid."""
    of = market("A London 10", "A North 10")
    of = said(of, North={"status": "cancelled", "reason": "not taken forward"})
    assert won(of, EVERY) == {"A-London"}
    assert "North, cancelled: 1 winning bids, more than 0" in broken(of, ["A-London", "A-North"], EVERY)
