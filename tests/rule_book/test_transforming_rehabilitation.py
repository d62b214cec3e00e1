"""Transforming Rehabilitation, 2013 to 2019: rules TR-1 to TR-10."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from markets import market

from lotopt.allocation import rules as r
from lotopt.allocation.goals import OfOtherClass, PriceQuality, TotalPrice
from lotopt.market.terms import Admission
from tests.rule_book.book import EVERY, broken, described, impossible, partnered, valued, won


def test_tr_1_25_percent_rule_over_consortia() -> None:
    """Five lots worth 20 each: nobody may hold two of them, which is 40 % of the value.

    A and B are two bidders of which the firm F is a member: with a lot each, F has 40 %. So B's L2 goes to C at 12.
    """
    of = market("A L1 10", "B L2 10", "C L2 12", "D L3 10", "E L4 10", "G L5 10")
    of = valued(of, L1=20, L2=20, L3=20, L4=20, L5=20)
    of = partnered(of, A=[("F", "member")], B=[("F", "member")])
    rule = r.ValueShare(at_most=0.25, of="value")
    assert won(of, EVERY, rule) == {"A-L1", "C-L2", "D-L3", "E-L4", "G-L5"}
    bids = ["A-L1", "B-L2", "D-L3", "E-L4", "G-L5"]
    assert broken(of, bids, rule) == ["F: 0.4 of the indicative value, more than 0.25"]


def test_tr_1_a_subcontractor_is_not_counted() -> None:
    """F works for A and B as subcontractor: the rule is about members of consortia."""
    of = valued(market("A L1 10", "B L2 10", "C L2 12", "D L3 1"), L1=25, L2=25, L3=50)
    of = partnered(of, A=[("F", "subcontractor")], B=[("F", "subcontractor")])
    assert won(of, EVERY, r.ValueShare(at_most=0.5, of="value")) == {"A-L1", "B-L2", "D-L3"}


def test_tr_2_funding_gates_bids_and_what_is_won() -> None:
    """A has 10 of funding. A lot worth 24 needs 12, so its bid there is barred; of two lots worth 20 it may win one.

    Two lots are 40 a year, more than twice 10. It keeps L1, at 5 + 8 less than 9 + 7.
    """
    of = market("A L1 5", "A L2 7", "A L3 5", "B L1 9", "B L2 8", "B L3 9")
    of = valued(of, L1=20, L2=20, L3=24)
    of = described(of, A={"funding": Decimal(10)}, B={"funding": Decimal(100)})
    rule = r.TurnoverTest()
    assert won(of, EVERY, rule) == {"A-L1", "B-L2", "B-L3"}


def test_tr_3_qualification_is_for_each_lot() -> None:
    """A is cheapest in both lots and registered for L1 only."""
    of = market("A L1 5", "A L2 5", "B L1 9", "B L2 9")
    of = replace(of, panel=(Admission(provider="A", lots=("L1",)), Admission(provider="B")))
    assert won(of, EVERY, r.Eligibility()) == {"A-L1", "B-L2"}


def test_tr_4_quality_and_cost_are_combined() -> None:
    """At equal weights A scores 50 + 30 = 80, B 0.5 x 100 x 10/12.5 + 0.5 x 90 = 85: B wins although it is dearer."""
    of = market("A L1 10 quality=60", "B L1 12.5 quality=90")
    assert won(of, EVERY) == {"A-L1"}
    assert won(of, EVERY, goals=[PriceQuality(price_weight=0.5, quality_weight=0.5)]) == {"B-L1"}


def test_tr_5_lots_with_few_bidders_are_flagged() -> None:
    """L2 has one bidder, fewer than two: it is told, or not awarded."""
    of = market("A L1 5", "B L1 6", "A L2 5")
    assert won(of, EVERY, r.Bidders(at_least=2, then="tell")) == {"A-L1", "A-L2"}
    off = r.EveryItemAwarded(excepted=("L2",))
    assert won(of, off, r.Bidders(at_least=2)) == {"A-L1"}
    assert any("L2" in line for line in impossible(of, EVERY, r.Bidders(at_least=2)))


def test_tr_6_a_preferred_bidder_falls_away() -> None:
    """GEO won L1 and falls away. With L2 fixed as it was, EOS gets L1; with all free, L2 changes too.

    Each may win one lot. Free, the least is B in L1 and EOS in L2, 6 + 6; with B held in L2, EOS gets L1, 9 + 5.
    """
    of = market("GEO L1 4", "B L1 6", "EOS L1 9", "B L2 5", "EOS L2 6")
    limit = r.AwardLimit(at_most=1)
    assert won(of, EVERY, limit) == {"GEO-L1", "B-L2"}
    gone = r.Withdrawn(providers=("GEO",))
    assert won(of, EVERY, limit, gone) == {"B-L1", "EOS-L2"}
    assert won(of, EVERY, limit, gone, r.FixedAwards(bids=("B-L2",))) == {"EOS-L1", "B-L2"}


def test_tr_8_small_and_voluntary_bidders_have_a_share() -> None:
    """A voluntary bidder is dearer in both lots: a share of 40 % of the lots gives it one, a preference both."""
    of = market("P L1 10", "P L2 10", "V L1 12", "V L2 11", kinds={"P": "private", "V": "voluntary"})
    assert won(of, EVERY) == {"P-L1", "P-L2"}
    assert won(of, EVERY, r.ClassShare(classes=("voluntary",), at_least=0.4, of="lots")) == {"P-L1", "V-L2"}
    preferred = [OfOtherClass(classes=("voluntary",)), TotalPrice()]
    assert won(of, EVERY, goals=preferred, in_order=True) == {"V-L1", "V-L2"}


def test_tr_10_incumbents_step_in_with_caps_checked_again() -> None:
    """W fails with L3. S holds L1 and asks 5 for L3, but may hold no more than 60 of 100; T holds L2 and asks 6.

    S would have 40 + 30 = 70 of 100, T has 30 + 30 = 60.
    """
    of = valued(market("S L1 9", "T L2 9", "W L3 4", "S L3 5", "T L3 6", "public L3 1"), L1=40, L2=30, L3=30)
    of = described(of, public={"last_resort": True})
    rules = (
        EVERY,
        r.ValueShare(at_most=0.6, of="value"),
        r.Withdrawn(providers=("W",)),
        r.FixedAwards(bids=("S-L1", "T-L2")),
        r.LastResort(),
    )
    assert won(of, *rules) == {"S-L1", "T-L2", "T-L3"}
    left = r.Withdrawn(providers=("W",), bids=("S-L3", "T-L3"))
    assert won(of, EVERY, left, r.FixedAwards(bids=("S-L1", "T-L2")), r.LastResort()) == {"S-L1", "T-L2", "public-L3"}
