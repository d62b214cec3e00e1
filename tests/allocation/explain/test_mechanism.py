"""The order of preference beside the optimal combination, by hand and against every stable award."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from markets import market

from lotopt.allocation import goals as g
from lotopt.allocation import rules as r
from lotopt.allocation.explain.mechanism import order_of_preference
from lotopt.core.lot import LotFacts
from lotopt.market.bid import Bid
from lotopt.market.market import Market
from lotopt.market.provider import Provider

EVERY, PRICE = r.EveryItemAwarded(), g.TotalPrice()


def test_a_bidder_at_its_limit_keeps_the_lot_it_prefers() -> None:
    """One lot each. A is first for both and keeps L1, the first in the market; L2 goes to B at 190: 290 in all.

    The optimal combination gives A L2 and B L1: 220, so the order of preference costs 70 more, 31.8 %.
    """
    of = market("A L1 100", "A L2 100", "B L1 120", "B L2 190", "C L2 200")
    found = order_of_preference(of, [EVERY, r.AwardLimit(at_most=1)], [PRICE])
    assert [award.bid for award in found.allocation] == ["A-L1", "B-L2"]
    assert found.audit.ok
    assert found.sentences == (
        "L2 passes A (A-L2), which keeps L1.",
        "Otherwise than the optimal combination, L1: from B to A.",
        "Otherwise than the optimal combination, L2: from A to B.",
        "Against the optimal combination: 70.00 GBP a year more (31.8 %) by total_price.",
    )


def test_a_stated_preference_goes_before_the_order_of_lots() -> None:
    """A prefers L2, so L1 goes to B; both mechanisms agree then."""
    of = market("A L1 100", "A L2 100", "B L1 120", "B L2 190")
    wants = {"A-L2": 1, "A-L1": 2}
    of = replace(of, bids=tuple(bid.model_copy(update={"preference": wants.get(bid.id)}) for bid in of.bids))
    found = order_of_preference(of, [EVERY, r.AwardLimit(at_most=1)], [PRICE])
    assert [award.bid for award in found.allocation] == ["B-L1", "A-L2"]
    assert found.sentences[-1] == "Both mechanisms give the same awards."


def test_a_lot_given_up_later_goes_down_its_own_ranking() -> None:
    """A holds L2 first, because L1 first asks B; B prefers L3 and passes L1 to A, which gives L2 up: C has it."""
    of = market("B L1 10", "A L1 20", "A L2 10", "C L2 20", "B L3 10")
    wants = {"B-L3": 1}
    of = replace(of, bids=tuple(bid.model_copy(update={"preference": wants.get(bid.id)}) for bid in of.bids))
    found = order_of_preference(of, [EVERY, r.AwardLimit(at_most=1)], [PRICE])
    assert [award.bid for award in found.allocation] == ["A-L1", "C-L2", "B-L3"]
    assert [(each.item.lot, each.bid) for each in found.declined] == [("L1", "B-L1"), ("L2", "A-L2")]


def test_a_limit_counts_the_legal_group_and_members_of_consortia() -> None:
    """A and B are one firm with one lot between them: L1 goes to A, L2 passes B and goes to C."""
    of = market("A L1 10", "B L2 10", "C L2 50", groups={"A": "firm", "B": "firm"})
    found = order_of_preference(of, [EVERY, r.AwardLimit(at_most=1)], [PRICE])
    assert [award.bid for award in found.allocation] == ["A-L1", "C-L2"]


def test_money_counts_against_a_bidder_too() -> None:
    """A may hold 150: L1 and L2 come to 200, so it keeps L1."""
    of = market("A L1 100", "A L2 100", "B L2 130")
    found = order_of_preference(of, [EVERY, r.ValueCap(at_most=Decimal(150))], [PRICE])
    assert [award.bid for award in found.allocation] == ["A-L1", "B-L2"]


def test_a_turnover_test_counts_against_a_bidder_too() -> None:
    """A has funding of 60 and may win twice that in price: L1 and L2 come to 200, so it keeps L1."""
    of = market("A L1 100", "A L2 100", "B L2 130")
    of = replace(
        of,
        providers=tuple(p.model_copy(update={"funding": Decimal(60 if p.id == "A" else 999)}) for p in of.providers),
    )
    found = order_of_preference(of, [EVERY, r.TurnoverTest(multiple=2, gate=0.5, of="price")], [PRICE])
    assert [award.bid for award in found.allocation] == ["A-L1", "B-L2"]


def test_packages_take_no_part_and_broken_rules_are_told() -> None:
    """Only A bids for single lots and may win one: L2 is left without a winner, which breaks the duty to award."""
    of = market("A L1 100", "A L2 100", "B L1+L2 300")
    rules = [EVERY, r.AwardLimit(at_most=1, excepted=("B",))]
    found = order_of_preference(of, rules, [PRICE])
    assert not found.audit.ok
    assert "every_item_awarded, broken: L2: 0 winning bids, less than 1." in found.sentences
    assert "Packages and bids on a condition take no part: bid B-L1+L2." in found.sentences
    assert found.sentences[-1] == (
        "Against the optimal combination: 200.00 GBP a year less (66.7 %) by total_price, L2 with fewer winners."
    )


def test_equal_bids_fall_by_the_tie_rule_then_by_id() -> None:
    """B and A ask the same: by id A is first; where the class of B is preferred, B is."""
    of = market("B L1 100", "A L1 100", kinds={"B": "voluntary", "A": "private"})
    alone = order_of_preference(of, [EVERY], [PRICE])
    tied = order_of_preference(of, [EVERY], [PRICE], ties=[g.OfOtherClass(classes=("voluntary",))])
    assert [award.bid for award in alone.allocation] == ["A-L1"]
    assert [award.bid for award in tied.allocation] == ["B-L1"]


def test_winners_of_a_lot_get_their_shares_by_rank() -> None:
    """The better bid has 60 % of the work."""
    of = market("A L1 100", "B L1 90", "C L1 120")
    found = order_of_preference(of, [r.EveryItemAwarded(shares=(0.6, 0.4))], [PRICE])
    assert {award.bid: award.share for award in found.allocation} == {"A-L1": Decimal("0.4"), "B-L1": Decimal("0.6")}


@st.composite
def plain_markets(draw: st.DrawFn) -> Market:
    """Up to four lots and four providers with single bids at distinct prices and distinct preferences."""
    lots = [f"L{n + 1}" for n in range(draw(st.integers(1, 4)))]
    pairs = draw(st.lists(st.tuples(st.sampled_from("PQRS"), st.sampled_from(lots)), unique=True, min_size=1))
    prices = draw(st.permutations(range(1, len(pairs) + 1)))
    wants = draw(st.permutations(range(1, len(pairs) + 1)))
    bids = tuple(
        Bid.on(lot, id=f"{who}-{lot}", provider=who, price=price, preference=want)
        for (who, lot), price, want in zip(pairs, prices, wants, strict=True)
    )
    return Market(tuple(map(LotFacts, lots)), tuple(Provider(id=who) for who in "PQRS"), bids)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(plain_markets(), st.integers(1, 2))
def test_every_lot_does_as_well_as_in_any_stable_award(of: Market, limit: int) -> None:
    """Gale & Shapley 1962: of all stable awards, that in which lots propose is the best for every lot at once."""
    found = order_of_preference(of, [r.EveryItemAwarded(fewer=True), r.AwardLimit(at_most=limit)], [PRICE])
    mine = {award.items[0].lot: award.bid for award in found.allocation}
    lots = [lot.id for lot in of.lots]
    choices = [[None, *(bid.id for bid in of.bids if bid.lots == (lot,))] for lot in lots]
    every = [dict(zip(lots, choice, strict=True)) for choice in product(*choices)]
    stables = [award for award in every if stable(of, award, limit)]
    assert {lot: mine.get(lot) for lot in lots} in stables
    for award in stables:
        for lot in lots:
            assert price(of, mine.get(lot)) <= price(of, award[lot])


def price(of: Market, bid: str | None) -> Decimal:
    return Decimal(10**6) if bid is None else of.bid[bid].price


def stable(of: Market, award: dict[str, str | None], limit: int) -> bool:
    """Whether nobody has too much, and no lot and bidder would both rather have each other."""
    held: dict[str, list[Bid]] = {}
    for id in award.values():
        if id is not None:
            held.setdefault(of.bid[id].provider, []).append(of.bid[id])
    if any(len(bids) > limit for bids in held.values()):
        return False
    for bid in of.bids:
        lot = bid.lots[0]
        if award[lot] == bid.id or price(of, award[lot]) <= bid.price:
            continue  # the lot would not have it
        has = held.get(bid.provider, [])
        if len(has) < limit or any((other.preference or 0) > (bid.preference or 0) for other in has):
            return False
    return True
