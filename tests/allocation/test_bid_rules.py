"""Rules that bar single bids, each on a market small enough to work out by hand."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from markets import market
from outcomes import EVERY, FEWER, best, broken, conflict, won

from lotopt.allocation import rules as r
from lotopt.allocation.goals import Shortfall, TotalPrice
from lotopt.market.terms import Admission

DAY = datetime.date


def test_packages_are_banned() -> None:
    """The package at 15 is less than 10 + 10, and does not win."""
    of = market("A L1 10", "A L2 10", "A L1+L2 15")
    assert won(of, EVERY) == {"A-L1+L2"}
    assert won(of, EVERY, r.Packages()) == {"A-L1", "A-L2"}
    told = ["bid A-L1+L2 (L1; L2): 1 lots or services too many together, more than 0"]
    assert broken(of, ["A-L1+L2"], r.Packages()) == told


def test_packages_are_for_declared_groups_only() -> None:
    """L1 with L2 is declared and saves 5; L2 with L3 would save 8 and is not, until it is."""
    of = market("A L1 10", "A L2 10", "A L3 10", "A L1+L2 15", "B L2+L3 12")
    assert won(of, EVERY) == {"A-L1", "B-L2+L3"}
    assert won(of, EVERY, r.Packages(only_on=(("L1", "L2"),))) == {"A-L1+L2", "A-L3"}
    assert won(of, EVERY, r.Packages(only_on=(("L1", "L2"), ("L3", "L2")))) == {"A-L1", "B-L2+L3"}


def test_a_package_of_three_needs_one_group_with_all_three() -> None:
    """Two groups that overlap are not one: of L1, L2, L3 one lot lies outside the better of them."""
    of = market("A L1+L2+L3 10", "B L1 5", "B L2 5", "B L3 5")
    two = r.Packages(only_on=(("L1", "L2"), ("L2", "L3")))
    assert won(of, EVERY, two) == {"B-L1", "B-L2", "B-L3"}
    assert broken(of, ["A-L1+L2+L3"], two)[0].endswith("1 lots or services too many together, more than 0")
    assert won(of, EVERY, r.Packages(only_on=(("L1", "L2", "L3"),))) == {"A-L1+L2+L3"}


def test_a_bid_may_join_services_or_not() -> None:
    """Both services of L1 together at 10: no package over lots, so banned only with across_services = false."""
    of = market("A L1 10", "A L1/work 7", "A L1/help 7", services=("work", "help"))
    assert won(of, EVERY, r.Packages()) == {"A-L1"}
    assert won(of, EVERY, r.Packages(across_services=False)) == {"A-L1/work", "A-L1/help"}


def test_quality_has_a_threshold() -> None:
    """59.9 points are too few for 60, and 60 are enough; in a lot that is let off all may win."""
    of = market("A L1 5 quality=59.9", "B L1 9 quality=60", "C L1 20 quality=99")
    assert won(of, EVERY, r.QualityThreshold(at_least=60)) == {"B-L1"}
    assert won(of, EVERY, r.QualityThreshold(at_least=60, excepted=("L1",))) == {"A-L1"}
    told = ["bid A-L1 (L1): 59.9 points for quality, less than 60.0"]
    assert broken(of, ["A-L1"], r.QualityThreshold(at_least=60)) == told


def test_a_bid_without_quality_in_a_lot_that_is_let_off_is_no_problem() -> None:
    """Only L1 is held to the threshold, and every bid for it has its points."""
    of = market("A L1 5 quality=70", "B L2 9")
    assert won(of, EVERY, r.QualityThreshold(at_least=60, excepted=("L2",))) == {"A-L1", "B-L2"}


TERMS = {
    "L1": {"region": "north", "category": "women", "value": Decimal(100), "date": DAY(2021, 4, 1)},
    "L2": {"region": "south", "category": "women", "value": Decimal(300), "date": DAY(2021, 6, 1)},
}


@pytest.mark.parametrize(
    ("line", "lots"),
    [
        ({}, {"L1", "L2"}),
        ({"lots": ("L2",)}, {"L2"}),
        ({"regions": ("north",)}, {"L1"}),
        ({"categories": ("women",)}, {"L1", "L2"}),
        ({"value_from": Decimal("100.01")}, {"L2"}),
        ({"value_to": Decimal(100)}, {"L1"}),
        ({"joined": DAY(2021, 4, 2)}, {"L2"}),
        ({"left": DAY(2021, 6, 1)}, {"L1", "L2"}),
        ({"joined": DAY(2021, 4, 1), "left": DAY(2021, 5, 31)}, {"L1"}),
        ({"regions": ("north",), "value_from": Decimal(200)}, set()),
    ],
)
def test_the_panel_says_who_may_win_what(line: dict[str, object], lots: set[str]) -> None:
    """A line admits by lot, region, category, value and date, both ends included, and by all of them at once."""
    of = market("A L1 5", "A L2 5", terms=TERMS, panel=(Admission(provider="A", **line),))  # type: ignore[arg-type]
    goals = (Shortfall(), TotalPrice(weight=0.001))
    assert won(of, r.Eligibility(), goals=goals) == {f"A-{lot}" for lot in lots}


def test_a_package_may_be_admitted_by_two_lines() -> None:
    """One line for each lot will do; without the second, L2 is named."""
    lines = (Admission(provider="A", lots=("L1",)), Admission(provider="A", regions=("south",)))
    of = market("A L1+L2 5", terms=TERMS, panel=lines)
    assert won(of, EVERY, r.Eligibility()) == {"A-L1+L2"}
    narrow = market("A L1+L2 5", terms=TERMS, panel=lines[:1])
    assert broken(narrow, ["A-L1+L2"], r.Eligibility()) == [
        "bid A-L1+L2 (L1; L2): L2: 1 lots and services not admitted to, more than 0"
    ]


def test_the_panel_is_of_those_who_contract_unless_members_count() -> None:
    """B is a member of A's consortium and not on the panel, which matters where members have to be admitted."""
    of = market("A L1 5 member=B", "C L1 9", said={"B": {}}, panel=(Admission(provider="A"), Admission(provider="C")))
    assert won(of, EVERY, r.Eligibility()) == {"A-L1"}
    assert won(of, EVERY, r.Eligibility(members=True)) == {"C-L1"}


def test_a_member_is_admitted_by_any_firm_of_its_group() -> None:
    """B's sister B2 is on the panel."""
    lines = (Admission(provider="A"), Admission(provider="B2"))
    of = market("A L1 5 member=B", said={"B": {}, "B2": {}}, groups={"B": "firm", "B2": "firm"}, panel=lines)
    assert won(of, EVERY, r.Eligibility(members=True)) == {"A-L1"}


def test_what_is_not_known_of_a_lot_is_not_held_against_a_bid() -> None:
    """No value and no date are given of L1, so that neither the band nor the day of joining speaks against A."""
    line = Admission(provider="A", value_from=Decimal(500), joined=DAY(2030, 1, 1))
    assert won(market("A L1 5", panel=(line,)), EVERY, r.Eligibility()) == {"A-L1"}


def test_a_firm_is_in_one_tender_for_a_lot() -> None:
    """F bids for L1 by itself and as member of A: both bids are refused, B wins; for L2 A alone has it in its bid."""
    of = market("A L1 5 member=F", "F L1 6", "B L1 9", "A L2 5 member=F")
    assert won(of, EVERY, r.OneTender()) == {"B-L1", "A-L2"}
    assert broken(of, ["F-L1"], r.OneTender()) == [
        "bid F-L1 (L1): F bids with A too: 1 other bidders of which a firm is in it, more than 0"
    ]


def test_two_firms_of_one_group_are_in_two_tenders() -> None:
    """A and B are one legal group; several bids of one bidder are no second tender."""
    of = market("A L1 5", "B L1 6", "C L1 9", "C L1 12 id=C-again", groups={"A": "firm", "B": "firm"})
    assert won(of, EVERY, r.OneTender()) == {"C-L1"}


def test_a_subcontractor_may_be_in_several_tenders() -> None:
    """F is subcontractor of both bidders."""
    of = market("A L1 5 subcontractor=F", "B L1 6 subcontractor=F")
    assert won(of, EVERY, r.OneTender()) == {"A-L1"}


def test_withdrawn_bids_do_not_win() -> None:
    """One bid by its id, or all bids of a provider or of its legal group."""
    of = market("A L1 5", "A L2 5", "B L1 9", "B L2 9", groups={"A": "firm"})
    assert won(of, EVERY, r.Withdrawn(bids=("A-L1",))) == {"B-L1", "A-L2"}
    assert won(of, EVERY, r.Withdrawn(providers=("A",))) == {"B-L1", "B-L2"}
    assert won(of, EVERY, r.Withdrawn(providers=("firm",))) == {"B-L1", "B-L2"}
    assert broken(of, ["A-L1"], r.Withdrawn(bids=("A-L1",))) == ["bid A-L1 (L1): 1 withdrawals, more than 0"]


def test_awards_that_stand_and_the_rest_open_again() -> None:
    """B keeps L1 although A asks less; with at most one lot each, L2 then goes to A."""
    of = market("A L1 5", "B L1 9", "A L2 5", "B L2 4")
    assert won(of, EVERY, r.AwardLimit(at_most=1)) == {"A-L1", "B-L2"}
    fixed = r.FixedAwards(bids=("B-L1",))
    assert won(of, EVERY, r.AwardLimit(at_most=1), fixed) == {"B-L1", "A-L2"}
    assert broken(of, ["A-L1"], fixed) == ["bid B-L1 (L1): 0 winning bids, less than 1"]


def test_an_award_stands_with_its_share() -> None:
    """B keeps 60 % of L1, so that A, the cheaper, is second; held in reserve B would cost nothing."""
    of = market("A L1 10", "B L1 20")
    shared = r.EveryItemAwarded(shares=(0.6, 0.4))
    plan = best(of, shared, r.FixedAwards(bids=("B-L1",), shares={"B-L1": 0.6}))
    assert {award.bid: award.price for award in plan} == {"B-L1": Decimal("12.00"), "A-L1": Decimal("4.00")}
    reserve = r.EveryItemAwarded(shares=(1, 0))
    assert {award.bid: award.price for award in best(of, reserve, r.FixedAwards(bids=("B-L1",)))} == {
        "A-L1": Decimal("10.00"),
        "B-L1": Decimal(0),
    }
    wrong = broken(
        of, {"A-L1": Decimal("0.6"), "B-L1": Decimal("0.4")}, r.FixedAwards(bids=("A-L1",), shares={"A-L1": 0.4})
    )
    assert wrong == ["bid A-L1 (L1), its share: 0.6 of the work, more than 0.4"]


def test_a_fixed_award_that_a_rule_refuses_is_told() -> None:
    """B was awarded L1 and is above the ceiling now."""
    of = market("A L1 5", "B L1 9")
    told = conflict(of, FEWER, r.FixedAwards(bids=("B-L1",)), r.PriceCeiling(at_most=Decimal(8)))
    assert told[0] == "fixed_awards: bid B-L1 is to win, and price_ceiling refuses it"
    assert [line.split(":")[0] for line in told[1:]] == ["fixed_awards", "price_ceiling"]
