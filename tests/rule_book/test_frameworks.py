"""Delivery partner and dynamic framework, 2019 to 2021: rules PDP-1, PDP-2, DF-1 to DF-6."""

from __future__ import annotations

import datetime
from dataclasses import replace

from markets import market

from lotopt.allocation import rules as r
from lotopt.allocation.allocation import Allocation
from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.solve import allocate_bids
from lotopt.market.bid import Partner
from lotopt.market.market import Market
from lotopt.market.terms import Admission
from tests.rule_book.book import EVERY, broken, impossible, only, partnered, said, termed, won


def test_pdp_1_one_tender_for_each_lot_as_prime_or_member() -> None:
    """F bids for L1 by itself and as member of A: both bids are refused, and B wins at 9."""
    of = partnered(market("A L1 5", "F L1 6", "B L1 9", "A L2 5"), A=[("F", "member")])
    assert won(of, EVERY) == {"A-L1", "A-L2"}
    assert won(of, EVERY, r.OneTender()) == {"B-L1", "A-L2"}


def test_pdp_1_no_discount_for_several_lots() -> None:
    """A package at 9 is less than 5 + 6, and is refused where packages are banned."""
    of = market("A L1 5", "A L2 6", "A L1+L2 9")
    assert won(of, EVERY) == {"A-L1+L2"}
    assert won(of, EVERY, r.Packages()) == {"A-L1", "A-L2"}


def test_pdp_2_a_competition_is_cancelled_before_award() -> None:
    """All lots are cancelled: no award, every rule kept, and each lot keeps the reason."""
    why = "cancelled on 11 June 2020; services taken in house"
    of = said(
        market("A L1 5", "B L2 5"),
        L1={"status": "cancelled", "reason": why},
        L2={"status": "cancelled", "reason": why},
    )
    result = allocate_bids(of, [EVERY], [TotalPrice()])
    assert result.plan is not None
    assert len(result.plan) == 0
    assert {terms.reason for terms in of.terms.values()} == {why}
    assert len(of.bids) == 2


def panel(*lines: Admission) -> Market:
    """A lot L1 worth 50 in the North, called off on 1 February, with bids of A at 5 and B at 9."""
    of = said(
        market("A L1 5", "B L1 9"),
        L1={"region": "North", "category": "housing", "value": 50, "date": datetime.date(2021, 2, 1)},
    )
    return replace(of, panel=(*lines, Admission(provider="B")))


def test_df_1_the_panel_admits_by_category_region_value_and_date() -> None:
    """A is admitted where every part of a line fits; each part alone keeps it out, and the dearer B wins."""
    fits = {"provider": "A", "regions": ("North",), "categories": ("housing",), "value_to": 50}
    lots = {"joined": datetime.date(2021, 2, 1)}
    assert won(panel(Admission(**fits, **lots)), EVERY, r.Eligibility()) == {"A-L1"}
    for wrong in (
        {"value_to": 49},
        {"joined": datetime.date(2021, 2, 2)},
        {"left": datetime.date(2021, 1, 31)},
    ):
        assert won(panel(Admission(**{**fits, **wrong})), EVERY, r.Eligibility()) == {"B-L1"}
    north, south = {"region": "North", "category": "housing"}, {"region": "South", "category": "women"}
    of = said(market("A L1 5", "B L1 9", "A L2 5", "B L2 9"), L1=north, L2=south)
    for line in (Admission(provider="A", regions=("North",)), Admission(provider="A", categories=("housing",))):
        assert won(replace(of, panel=(line, Admission(provider="B"))), EVERY, r.Eligibility()) == {"A-L1", "B-L2"}


def test_df_2_regional_and_local_lots_of_one_programme() -> None:
    """Employment is bought for the region, wellbeing for each area; two ages in y are services of their own."""
    of = market(
        "A R/work 10", "B X/well 4", "B Y/young 2", "C Y/older 3",
        services=("work", "well", "young", "older"),
        areas={"R": ["x", "y"], "X": ["x"], "Y": ["y"]}, cases={"R": 2, "X": 1, "Y": 1},
    )  # fmt: skip
    of = only(of, ("R", "work"), ("X", "well"), ("Y", "young"), ("Y", "older"))
    assert won(of, EVERY) == {"A-R/work", "B-X/well", "B-Y/young", "C-Y/older"}


def test_df_2_a_region_or_its_areas_are_bought_whichever_is_cheaper() -> None:
    """Each area's need is met once: the region at 10 is dearer than 4 + 5 and cheaper than 4 + 7."""
    areas = {"R": ["x", "y"], "X": ["x"], "Y": ["y"]}
    once = r.Coverage(at_least=1, at_most=1)
    assert won(market("A R 10", "B X 4", "C Y 5", areas=areas), once) == {"B-X", "C-Y"}
    assert won(market("A R 10", "B X 4", "C Y 7", areas=areas), once) == {"A-R"}


def test_df_3_a_failed_lot_goes_by_direct_award_with_its_reason() -> None:
    """L2 has no bid that may win: that is told; marked as direct award, the rest is awarded."""
    of = market("A L1 5 quality=60", "A L2 5 quality=30")
    bar = r.QualityThreshold(at_least=50)
    assert any("L2" in line for line in impossible(of, EVERY, bar))
    of = said(of, L2={"status": "direct", "reason": "no valid bid; awarded to A"})
    assert won(of, EVERY, bar) == {"A-L1"}


def test_df_4_a_firm_is_counted_as_prime_and_as_subcontractor() -> None:
    """F is prime in L1, subcontractor in L2 and L3: three lots where every role counts, one where primes do."""
    of = market("F L1 5", "A L2 5", "B L3 5", "C L3 7")
    for bid in ("A-L2", "B-L3"):
        of = termed(of, bid, partners=(Partner("F", "subcontractor"),))
    every_role = r.AwardLimit(at_most=2, roles=("prime", "member", "subcontractor"))
    assert won(of, EVERY, r.AwardLimit(at_most=2)) == {"F-L1", "A-L2", "B-L3"}
    assert won(of, EVERY, every_role) == {"F-L1", "A-L2", "C-L3"}
    assert broken(of, ["F-L1", "A-L2", "B-L3"], every_role) == ["F: 3 lots, more than 2"]


def test_df_5_areas_bought_by_another_commissioner_are_in_no_lot() -> None:
    """Manchester is in no lot of this commissioner: nothing there has to be covered, all else has."""
    of = market("A North 5", areas={"North": ["Cumbria", "Cheshire"]})
    needs = [area for areas in r.Coverage().needs(of).values() for area in areas]
    assert needs == ["Cumbria", "Cheshire"]
    assert won(of, r.Coverage()) == {"A-North"}


def test_df_6_one_budget_across_services() -> None:
    """Two services at 6 + 5 are more than 10 together: with 10 a year only the cheaper provider's 4 + 6 will do."""
    of = market("A L1/work 6", "B L1/work 4", "B L1/help 6", "C L1/help 5 covers=0.5", services=("work", "help"))
    plan = Allocation.of(of, ["A-L1/work", "B-L1/help"])
    assert plan.total_price == 12
    assert won(of, EVERY, r.Budget(at_most=10)) == {"B-L1/work", "C-L1/help"}
    assert broken(of, ["A-L1/work", "B-L1/help"], r.Budget(at_most=10)) == [
        "all awards: 12.00 GBP a year, more than 10"
    ]
