"""Rules that bar a bid because of which other bids there are, on markets small enough to work out by hand."""

from __future__ import annotations

from decimal import Decimal

from markets import market
from outcomes import EVERY, FEWER, broken, conflict, won

from lotopt.allocation import rules as r
from lotopt.allocation.allocation import Allocation
from lotopt.allocation.audit import audit_allocation
from lotopt.allocation.goals import Shortfall, TotalPrice

MOST_AWARDS = (Shortfall(), TotalPrice(weight=0.0001))
PUBLIC = {"P": {"last_resort": True}}


def test_a_lot_with_too_few_bidders_is_not_awarded() -> None:
    """L1 has two bidders, L2 has one and stays without a winner."""
    of = market("A L1 10", "B L1 12", "A L2 10")
    assert won(of, FEWER, r.Bidders(at_least=2), goals=MOST_AWARDS) == {"A-L1"}
    assert won(of, FEWER, r.Bidders(at_least=2, excepted=("L2",)), goals=MOST_AWARDS) == {"A-L1", "A-L2"}
    assert broken(of, ["A-L1", "A-L2"], r.Bidders(at_least=2)) == ["L2, awarded: 1 bidders, less than 2"]


def test_bidders_of_one_group_count_once_and_so_do_several_bids_of_one() -> None:
    """A and B are one firm, and C bids twice: two bidders."""
    of = market("A L1 10", "B L1 11", "C L1 12", "C L1 13 id=C-again", groups={"A": "firm", "B": "firm"})
    assert won(of, FEWER, r.Bidders(at_least=2), goals=MOST_AWARDS) == {"A-L1"}
    assert won(of, FEWER, r.Bidders(at_least=3), goals=MOST_AWARDS) == set()


def test_only_bids_that_may_win_count() -> None:
    """B's bid is above the ceiling, so that one bidder is left; limits on what is won together take none away."""
    of = market("A L1 10", "B L1 12", "A L2 10", "B L2 10.5")
    rules = (FEWER, r.Bidders(at_least=2), r.PriceCeiling(at_most=Decimal(11)))
    assert won(of, *rules, goals=MOST_AWARDS) == {"A-L2"}
    assert won(of, FEWER, r.Bidders(at_least=2), r.AwardLimit(at_most=1), goals=MOST_AWARDS) == {"A-L1", "B-L2"}


def test_a_package_counts_for_each_of_its_lots_and_falls_with_one() -> None:
    """L2 has the package alone; so the package cannot win, and its bidder still counts for L1."""
    of = market("A L1+L2 5", "B L1 10")
    assert won(of, FEWER, r.Bidders(at_least=2), goals=MOST_AWARDS) == {"B-L1"}


def test_few_bidders_may_be_told_only() -> None:
    """The lot is awarded, every rule is kept, and the reading says how many bid."""
    of = market("A L1 10", "A L2 10", "B L2 10")
    tell = r.Bidders(at_least=2, then="tell")
    assert won(of, EVERY, tell) >= {"A-L1"}
    audit = audit_allocation(Allocation.of(of, ["A-L1", "A-L2"]), [tell])
    assert audit.ok
    assert list(map(str, audit.readings)) == ["L1, fewer than 2: 1 bidders", "L2: 2 bidders"]


def test_a_lot_that_must_be_awarded_and_has_too_few_bidders_is_a_conflict() -> None:
    """every_item_awarded asks for L1, which bidders forbids: the plain reason names the rule."""
    told = conflict(market("A L1 10"), EVERY, r.Bidders(at_least=2))
    assert told[0] == "L1 has no bid left after those that bidders refuses"
    assert [line.split(":")[0] for line in told[1:]] == ["every_item_awarded", "bidders"]


def test_the_last_resort_wins_only_what_no_other_may() -> None:
    """P is the public provider of last resort: cheapest everywhere, it wins L2 alone, for which nobody else bids."""
    of = market("P L1 1", "A L1 10", "P L2 1", said=PUBLIC)
    assert won(of, EVERY) == {"P-L1", "P-L2"}
    assert won(of, EVERY, r.LastResort()) == {"A-L1", "P-L2"}
    assert won(of, EVERY, r.LastResort(excepted=("L1",))) == {"P-L1", "P-L2"}
    assert broken(of, ["P-L1", "P-L2"], r.LastResort()) == ["bid P-L1 (L1): 1 other bids for it, more than 0"]


def test_a_bid_that_is_refused_stands_in_nobody_s_way() -> None:
    """A is above the ceiling, so that L1 falls to the last resort; the audit sees the same."""
    of = market("P L1 1", "A L1 10", said=PUBLIC)
    ceiling = r.PriceCeiling(at_most=Decimal(9))
    assert won(of, EVERY, r.LastResort(), ceiling) == {"P-L1"}
    assert broken(of, ["P-L1"], r.LastResort(), ceiling) == []


def test_a_limit_on_what_is_won_together_opens_no_door_to_the_last_resort() -> None:
    """A may win one lot only and bids for both, so one of them is left without a winner rather than given to P."""
    of = market("P L1 1", "A L1 10", "P L2 1", "A L2 11", said=PUBLIC)
    rules = (FEWER, r.LastResort(), r.AwardLimit(at_most=1))
    assert won(of, *rules, goals=MOST_AWARDS) == {"A-L1"}


def test_a_package_of_the_last_resort_waits_for_all_its_lots() -> None:
    """Somebody bids for L1, so the package for L1 and L2 cannot win, and P's single bid for L2 can."""
    of = market("P L1+L2 1", "P L2 5", "A L1 10", said=PUBLIC)
    assert won(of, EVERY, r.LastResort()) == {"A-L1", "P-L2"}


def test_two_providers_of_last_resort_compete_with_each_other() -> None:
    """Neither is the other bid that the rule speaks of."""
    of = market("P L1 2", "Q L1 1", said={"P": {"last_resort": True}, "Q": {"last_resort": True}})
    assert won(of, EVERY, r.LastResort()) == {"Q-L1"}


def test_fewer_rules_may_leave_fewer_bids() -> None:
    """With the ceiling P may win for 20. Without it A at 30 stands in P's way and breaks the budget of 25."""
    of = market("P L1 20", "A L1 30", said=PUBLIC)
    ceiling, budget = r.PriceCeiling(at_most=Decimal(25)), r.Budget(at_most=Decimal(25))
    assert won(of, EVERY, ceiling, r.LastResort(), budget) == {"P-L1"}
    told = conflict(of, EVERY, r.LastResort(), budget)
    assert [line.split(":")[0] for line in told] == ["every_item_awarded", "last_resort", "budget"]
