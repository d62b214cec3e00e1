"""What became of every lot, and the ranking of its bids."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from markets import market

from lotopt.allocation import goals as g
from lotopt.allocation import rules as r
from lotopt.allocation.explain.outcomes import outcomes
from lotopt.allocation.explain.ranking import rankings
from lotopt.allocation.explain.reasons import reasons
from lotopt.market.bid import Item
from lotopt.market.terms import ItemTerms

FEWER, PRICE = r.EveryItemAwarded(fewer=True), g.TotalPrice()
FIRST = [g.Shortfall(), PRICE]


def test_every_lot_has_one_of_seven_outcomes() -> None:
    """Two winners are wanted for each lot.

    L1 has two, L2 only one; L3 is cancelled, L4 a direct award; nobody bids for L5, the only bid for L6 is above the
    ceiling, and L7 loses to the limit of two lots for A, which wins more elsewhere.
    """
    lots = {f"L{n}": 1.0 for n in range(1, 8)}
    of = market("A L1 10", "B L1 10", "A L2 10", "C L6 500", "A L7 90", "A L3 5", cases=lots)
    said = {
        Item("L3"): ItemTerms(status="cancelled", reason="no budget"),
        Item("L4"): ItemTerms(status="direct", reason="one able provider"),
    }
    rules = [
        r.EveryItemAwarded(winners=2, fewer=True),
        r.AwardLimit(at_most=2),
        r.PriceCeiling(at_most=Decimal(100)),
    ]
    found = outcomes(replace(of, terms=said), rules, FIRST, in_order=True)
    assert found.sentences == (
        "L1: awarded to A and B, 2 bidders, 2 of them valid.",
        "L2: partly awarded, to A: 1 of 2 winners, 1 bidder, 1 of them valid.",
        "L3: cancelled (no budget).",
        "L4: awarded without competition (one able provider).",
        "L5: no bid came in; a direct award is possible only with a justification of its own.",
        (
            "L6: no valid bid, 1 bidder refused by price_ceiling; a direct award is possible only with a "
            "justification of its own."
        ),
        "L7: not awarded although valid bids exist, 1 bidder, 1 of them valid.",
    )
    assert found.without_valid_bid == (Item("L5"), Item("L6"))
    assert found.to_frame()["direct_award_candidate"].tolist() == [False] * 4 + [True, True, False]


def test_bidders_are_counted_by_legal_group() -> None:
    """A and B are one firm, so two bidders are there, not three."""
    of = market("A L1 10", "B L1 20", "C L1 30", groups={"A": "firm", "B": "firm"})
    assert outcomes(of, [FEWER], FIRST, in_order=True).items[0].bidders == 2


def test_without_an_allocation_lots_are_not_awarded() -> None:
    """L2 has no bid and every lot must be awarded: nothing is, and L1 has valid bids all the same."""
    of = market("A L1 10", cases={"L1": 1.0, "L2": 1.0})
    found = outcomes(of, [r.EveryItemAwarded()], [PRICE])
    assert [each.kind for each in found.items] == ["not awarded", "no bid"]


def test_bids_are_ranked_by_price_beside_the_combined_optimum() -> None:
    """Each may win one lot. The cheapest bid for L1 is A's, equal ones share a rank, and B wins L1."""
    of = market("A L1 100", "A L2 100", "B L1 120", "C L1 120", "B L2 130", "A L1+L2 190", "D L1 900")
    rules = [r.EveryItemAwarded(), r.AwardLimit(at_most=1), r.PriceCeiling(at_most=Decimal(300))]
    why = reasons(of, rules, [PRICE])
    found = rankings(of, rules, [PRICE], reasons=why).of(Item("L1"))
    assert [(each.bid, each.rank) for each in found.singles] == [
        ("A-L1", 1),
        ("B-L1", 2),
        ("C-L1", 2),
        ("D-L1", None),
    ]
    assert [each.bid for each in found.packages] == ["A-L1+L2"]
    winner = next(each.bid for each in found.singles if each.wins)
    assert found.why.startswith("A-L1 is first and does not win: awarding it would cost 10.00 GBP a year more")
    assert f"in place of A-L2 and {winner}" in found.why
    assert str(found).startswith("L1: 1. A-L1 of A (100.00 GBP a year); 2. B-L1 of B (120.00 GBP a year)")


def test_where_quality_counts_bids_are_ranked_by_score() -> None:
    """Weights 0.5: A scores 50 + 20 = 70, B at twice the price 25 + 50 = 75 and is first."""
    of = market("A L1 100 quality=40", "B L1 200 quality=100")
    found = rankings(of, [r.EveryItemAwarded()], [g.PriceQuality(price_weight=0.5, quality_weight=0.5)])
    assert [(each.bid, each.rank, each.score, each.wins) for each in found.items[0].singles] == [
        ("B-L1", 1, 75.0, True),
        ("A-L1", 2, 70.0, False),
    ]
    assert found.sentences == (
        "L1: 1. B-L1 of B (200.00 GBP a year, score 75.00), wins; 2. A-L1 of A (100.00 GBP a year, score 70.00).",
    )


def test_a_lot_won_in_a_package_says_so() -> None:
    """The package at 150 beats 100 + 100; why A-L1 is not awarded is told in general where no reasons are given."""
    of = market("A L1 100", "A L2 100", "B L1+L2 150")
    found = rankings(of, [r.EveryItemAwarded()], [PRICE]).items[0]
    assert str(found) == (
        "L1: 1. A-L1 of A (100.00 GBP a year). Won in package B-L1+L2 of B. "
        "A-L1 is first and does not win: the rules and all lots together make another award better."
    )
