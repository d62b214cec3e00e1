"""Home Office, Restructuring probation, 2005: the rules HO-1 to HO-5."""

from __future__ import annotations

from decimal import Decimal

from markets import market

import lotopt as lo
from lotopt.allocation import rules as r
from lotopt.market.bid import Item
from tests.rule_book.book import EVERY, broken, described, only, termed, won


def test_ho_1_an_area_is_in_different_lots_for_different_services() -> None:
    """Management is bought for x and y apart, interventions for both together: three items, each bought once.

    A's package for management in x and interventions at 13 is less than 6 + 8, and 5 for y comes on top.
    """
    of = market(
        "A X/management 6",
        "A Y/management 9",
        "B Y/management 5",
        "B R/interventions 8",
        services=("management", "interventions"),
        areas={"X": ["x"], "Y": ["y"], "R": ["x", "y"]},
        cases={"X": 1, "Y": 1, "R": 2},
    )
    of = only(of, ("X", "management"), ("Y", "management"), ("R", "interventions"))
    assert won(of, EVERY, r.Coverage()) == {"A-X/management", "B-Y/management", "B-R/interventions"}
    both = (Item("X", "management"), Item("R", "interventions"))
    of = termed(of, "A-X/management", items=both, price=Decimal(13))
    assert won(of, EVERY, r.Coverage()) == {"A-X/management", "B-Y/management"}


def test_ho_2_lots_are_unions_of_police_areas() -> None:
    """No lot of 2001, 2010 or 2014 divides a police area: 43 interfaces for 43 police areas."""
    england = lo.load_territory("england-wales")
    for name in ("probation-areas-2001", "probation-trusts-2010", "contract-package-areas-2014"):
        found = lo.coherence(lo.LotDesign.from_partition(england, england.design(name)), "crime", ["police"])
        assert found["police"].interfaces == 43
        assert found["police"].splits == 0


def test_ho_4_a_trust_wins_nothing_or_what_it_can_live_on() -> None:
    """A cannot live on 5: it wins both lots at 5 + 7 or neither, and neither costs 6 + 6."""
    of = market("A L1 5", "A L2 7", "B L1 6", "B L2 6")
    assert won(of, EVERY) == {"A-L1", "B-L2"}
    of = described(of, A={"viable": Decimal(10)})
    least = r.MinimumBusiness()
    assert len({id[0] for id in won(of, EVERY, least)}) == 1
    assert broken(of, ["A-L1", "B-L2"], least) == ["A: 5.00 GBP a year, less than 10"]


def test_ho_5_a_public_bid_of_last_resort_wins_only_where_nobody_else_may() -> None:
    """The state is cheaper in both lots, and wins L2 alone, where no other bid passes the threshold."""
    of = market("A L1 10 quality=60", "A L2 10 quality=40", "S L1 8 quality=70", "S L2 8 quality=70")
    of = described(of, S={"last_resort": True})
    rules = (EVERY, r.QualityThreshold(at_least=50))
    assert won(of, *rules) == {"S-L1", "S-L2"}
    assert won(of, *rules, r.LastResort()) == {"A-L1", "S-L2"}


def test_ho_5_a_public_bid_competes_like_any_other() -> None:
    """A trust's bid at 9 wins against a company's at 10."""
    of = market("trust L1 9", "company L1 10", kinds={"trust": "public", "company": "private"})
    assert won(of, EVERY) == {"trust-L1"}
