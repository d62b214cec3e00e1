"""Criminal legal aid, Work Programme and later outcomes: LAA-1 to LAA-3, WP-1, WP-2, MWA-1, RS-1, PE-1."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from markets import market

from lotopt.allocation import rules as r
from lotopt.allocation.goals import Shortfall, TotalPrice
from lotopt.market.market import Market
from lotopt.market.terms import Admission
from tests.rule_book.book import EVERY, broken, described, said, valued, won


def test_laa_1_a_lot_has_its_own_number_of_winners() -> None:
    """Two contracts in L1, three in L2, at most one in each for a firm: A's second bid in L1 does not count."""
    of = market("A L1 1", "A L1 2 id=A-again", "B L1 5", "A L2 1", "B L2 2", "C L2 3", "D L2 4")
    rule = r.EveryItemAwarded(winners=3, winners_by_lot={"L1": 2})
    assert won(of, rule) == {"A-L1", "B-L1", "A-L2", "B-L2", "C-L2"}
    assert broken(of, ["A-L1", "A-again", "A-L2", "B-L2", "C-L2"], rule) == [
        "L1, bids of a group beyond its first: 1 winning bids, more than 0"
    ]


def test_laa_2_three_bids_for_four_contracts() -> None:
    """Four winners are wanted and three bid: three are awarded, and the shortfall of one is counted."""
    of = market("A L1 1", "B L1 2", "C L1 3")
    rule = r.EveryItemAwarded(winners=4, fewer=True)
    goals = [Shortfall(winners=4), TotalPrice()]
    assert won(of, rule, goals=goals, in_order=True) == {"A-L1", "B-L1", "C-L1"}


def test_laa_3_a_failed_lot_is_split_and_earlier_winners_are_limited() -> None:
    """A and B won the old lot. Of two zones each may have one at most: A has the first, and C, dearer, the second."""
    of = market("A old 5", "B old 5", "A Z1 1", "A Z2 1", "C Z1 9", "C Z2 2", "B Z2 8")
    rules = (
        r.EveryItemAwarded(winners_by_lot={"old": 2}),
        r.FixedAwards(bids=("A-old", "B-old")),
        r.AwardLimit(at_most=1, lots=("Z1", "Z2"), only=("A", "B")),
    )
    assert won(of, *rules) == {"A-old", "B-old", "A-Z1", "C-Z2"}


def test_wp_1_a_framework_of_primes_with_a_turnover_gate() -> None:
    """A is on the framework of the North, not of the South; B's funding of 4 is below half of 10."""
    of = said(market("A N 1", "A S 1", "B N 2", "C N 9", "C S 9"), N={"region": "North"}, S={"region": "South"})
    panel = (Admission(provider="A", regions=("North",)), Admission(provider="B"), Admission(provider="C"))
    of = replace(of, panel=panel)
    assert won(of, EVERY, r.Eligibility()) == {"A-N", "C-S"}
    rich = Decimal(100)
    of = valued(market("B N 2", "C N 9"), N=10)
    of = described(of, B={"funding": Decimal(4)}, C={"funding": rich})
    assert won(of, EVERY, r.TurnoverTest()) == {"C-N"}


def test_wp_2_two_or_three_providers_for_each_lot() -> None:
    """Three primes in the large lot, two in the small one, with half and half of the work where shares are said."""
    of = market("A L1 3", "B L1 4", "C L1 5", "D L1 6", "A L2 3", "B L2 4", "C L2 9")
    assert won(of, r.EveryItemAwarded(winners=2, winners_by_lot={"L1": 3})) == {
        "A-L1",
        "B-L1",
        "C-L1",
        "A-L2",
        "B-L2",
    }
    halves = r.EveryItemAwarded(shares=(0.5, 0.5))
    assert won(of, halves) == {"A-L1", "B-L1", "A-L2", "B-L2"}


def outcome(*held: int) -> tuple[Market, list[str]]:
    """A market in which each of some providers holds so many lots, and the bids of that outcome."""
    lots = [(f"P{who}", f"L{who}{lot}") for who, count in enumerate(held) for lot in range(count)]
    return market(*(f"{who} {lot} 1" for who, lot in lots)), [f"{who}-{lot}" for who, lot in lots]


@pytest.mark.parametrize(
    ("held", "most"),
    [
        pytest.param((3, 2, 2, 2, 1, 1), 3, id="mwa_1 mandatory work activity 2011: 11 areas, 6 winners"),
        pytest.param((2, 2, 2, 2, 1, 1, 1, 1), 2, id="rs_1 restart 2021: 12 areas, 8 providers, at most two each"),
        pytest.param((3, 4, 3), 4, id="pe_1 prison education 2025: 10 of the 11 lots, three providers"),
    ],
)
def test_mwa_1_rs_1_pe_1_outcomes_read_as_they_were(held: tuple[int, ...], most: int) -> None:
    """One winner for each lot; a limit of the largest holding is kept, and one below it is broken by it."""
    of, bids = outcome(*held)
    assert broken(of, bids, EVERY, r.AwardLimit(at_most=most), r.MostProviders(at_most=len(held))) == []
    over = broken(of, bids, r.AwardLimit(at_most=most - 1))
    assert len(over) == held.count(most)
    assert all(f"{most} lots, more than {most - 1}" in line for line in over)
