"""Reasons for losing bids, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from markets import market

from lotopt.allocation import goals as g
from lotopt.allocation import rules as r
from lotopt.allocation.explain.known import Difference
from lotopt.allocation.explain.reasons import Reason, reasons
from lotopt.allocation.solve import allocate_bids
from lotopt.core import told
from lotopt.core.errors import InputError
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.market import Market
from lotopt.market.terms import ItemTerms

EVERY, PRICE = r.EveryItemAwarded(), g.TotalPrice()


def why(of: Market, bid: str, *rules: r.AwardRule, goals: list[g.AwardGoal] | None = None, **more: object) -> Reason:
    """The reason of one losing bid."""
    found = reasons(of, [EVERY, *rules], goals or [PRICE], **more).of(bid)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_dearer_bid_is_told_what_it_would_have_cost() -> None:
    """A's 100 wins; with B's 112.30 in its place all lots cost 12.30 more than 200: 6.15 %, told as 6.2 %."""
    of = market("A L1 100", "B L1 112.30", "A L2 100")
    assert str(why(of, "B-L1")) == (
        "Bid B-L1 (L1) of B: awarding it would cost 12.30 GBP a year more (6.2 %); it would win in place of A-L1."
    )


def test_what_a_bid_costs_is_found_by_solving_again_not_by_comparing_prices() -> None:
    """Each may win one lot. A at L1 (100) and B at L2 (130) cost 230; B at L1 (120) and A at L2 (100) cost 220.

    Awarding A-L1 is 10 dearer although it is the cheapest bid for its lot: B-L2 has to win beside it.
    """
    of = market("A L1 100", "A L2 100", "B L1 120", "B L2 130")
    found = why(of, "A-L1", r.AwardLimit(at_most=1))
    assert found.differences[0].amount == 10
    assert (found.wins, found.loses) == (("B-L2",), ("A-L2", "B-L1"))


def test_a_refused_bid_is_told_the_rule_and_the_figure() -> None:
    """A ceiling of 200 refuses 250 whatever else wins."""
    found = why(market("A L1 100", "B L1 250"), "B-L1", r.PriceCeiling(at_most=Decimal(200)))
    assert (found.kind, found.rules) == ("refused", ("price_ceiling",))
    assert found.why == "refused by price_ceiling: bid B-L1 (L1): 250.00 GBP a year, more than 200"


def test_a_bid_for_a_closed_lot_is_told_what_the_buyer_says() -> None:
    """L2 is cancelled, so no bid for it can win."""
    of = market("A L1 100", "B L2 100")
    of = replace(of, terms={of.items[1]: ItemTerms(status="cancelled", reason="no budget")})
    assert why(of, "B-L2").why == "refused by closed: L2 is cancelled (no budget)"


def test_rules_that_forbid_a_bid_together_are_a_smallest_set() -> None:
    """B's package and its limit of one lot cannot both hold; the capacity and the budget have no part in it."""
    of = market("A L1 100", "A L2 100", "B L1+L2 150")
    found = why(of, "B-L1+L2", r.AwardLimit(at_most=1, only=("B",)), r.Budget(at_most=Decimal(1000)))
    assert (found.kind, found.rules) == ("impossible", ("award_limit",))
    assert found.why == (
        "no allocation with it keeps award_limit: No provider or legal group wins more than 1 lots, of B"
    )


def test_what_the_bidder_itself_asks_for_can_be_the_reason() -> None:
    """B's bid for L2 is only for sale with L1, and the only bid of B for L1 is above the ceiling."""
    of = market("A L1 100", "A L2 100", "B L1 500", "B L2 50")
    bids = tuple(bid.model_copy(update={"only_with": ("L1",)}) if bid.id == "B-L2" else bid for bid in of.bids)
    found = why(replace(of, bids=bids), "B-L2", r.PriceCeiling(at_most=Decimal(200)))
    assert found.rules == ("price_ceiling", "bids")
    assert found.why.endswith("bid B-L2 is offered only with L1")


def test_an_equal_bid_is_told_how_the_tie_fell() -> None:
    """A and B ask the same; A was incumbent, so by the tie rule on changes of supplier B is one change worse."""
    of = market("A L1 100", "B L1 100")
    of = replace(of, terms={of.items[0]: ItemTerms(incumbent="A")})
    found = why(of, "B-L1", ties=[g.ChangeOfSupplier()])
    assert found.kind == "equal"
    assert found.why == (
        "awarding it is as good as what was awarded; it would win in place of A-L1; "
        "change_of_supplier decided: 1 more change of supplier"
    )


def test_goals_in_order_are_told_one_after_the_other() -> None:
    """One contract for both lots comes first, whatever it costs: single bids are one contract more, then 50 less."""
    of = market("A L1 100", "A L2 100", "B L1+L2 250")
    found = why(of, "A-L1", goals=[g.Contracts(), PRICE], in_order=True)
    assert [each.words() for each in found.differences] == ["1 more contract", "50.00 GBP a year less (20.0 %)"]
    assert found.why.startswith(
        "awarding it would cost 1 more contract by contracts, then 50.00 GBP a year less (20.0 %) by total_price"
    )


def test_a_place_in_reserve_is_not_the_work() -> None:
    """A first and B in reserve cost 100; C in reserve costs nothing more, and B is then without a place."""
    of = market("A L1 100", "B L1 120", "C L1 130")
    found = reasons(of, [r.EveryItemAwarded(shares=(1, 0))], [PRICE], ties=[g.ReservePrice()]).of("C-L1")
    assert found is not None
    assert found.why == (
        "holding it in reserve is as good as what was awarded; it would win in place of B-L1; "
        "reserve_price decided: 10.00 GBP a year more (8.3 %)"
    )


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (100, None, "at least 100.00 GBP a year more"),
        (None, 100, "at most 100.00 GBP a year more"),
        (50, 100, "between 50.00 and 100.00 GBP a year more"),
        (-50, 100, "between 50.00 less and 100.00 GBP a year more"),
        (None, None, "not known in the time"),
        (0, 0, "no difference"),
    ],
)
def test_what_is_not_proven_is_told_with_its_ends(least: int | None, most: int | None, words: str) -> None:
    """Only a proven difference is told as one number."""
    assert Difference("total_price", "GBP a year", least, most).words() == words  # type: ignore[arg-type]


def test_things_are_counted_in_more_and_fewer() -> None:
    """Money is more or less, contracts are more or fewer."""
    assert Difference("contracts", "contracts", Fraction(-2), Fraction(-2)).words() == "2 fewer contracts"
    assert (
        Difference("contracts", "contracts", Fraction(-1), Fraction(2)).words()
        == "between 1 fewer and 2 more contracts"
    )
    assert Difference("contracts", "contracts", Fraction(1), None).words() == "at least 1 more contract"
    assert Difference("contracts", "contracts", None, Fraction(-1)).words() == "at least 1 fewer contract"


def test_ends_are_rounded_so_that_they_still_hold() -> None:
    """Between 1/3 and 2/3 of a pound is between 0.33 and 0.67, never between 0.34 and 0.66."""
    told = Difference("total_price", "GBP a year", Fraction(1, 3), Fraction(2, 3)).words()
    assert told == "between 0.33 and 0.67 GBP a year more"


def test_without_an_allocation_there_is_nothing_to_tell() -> None:
    """No award, no losing bid: the conflict says why."""
    of = market("A L1 100", cases={"L1": 1.0, "L2": 1.0})
    assert reasons(of, [EVERY], [PRICE]).reasons == ()


def test_a_result_of_another_market_is_refused() -> None:
    """An award list of other prices says nothing of these bids."""
    other = allocate_bids(market("A L1 100"), [EVERY], [PRICE])
    with pytest.raises(InputError, match="another market"):
        reasons(market("A L1 101"), [EVERY], [PRICE], result=other)


def test_after_ctrl_c_the_reasons_so_far_are_given() -> None:
    """Pressed at the second of three losing bids, one reason is there and two are left, which is told."""
    of = market("A L1 100", "B L1 110", "C L1 120", "D L1 130")

    def press(phase: str, objective: float | None, bound: float | None) -> None:
        if phase == "reasons 2 of 3":
            raise KeyboardInterrupt

    made = allocate_bids(of, [EVERY], [PRICE])
    found = reasons(of, [EVERY], [PRICE], result=made, progress=press)
    assert ([reason.bid for reason in found.reasons], found.left, found.done) == (["B-L1"], ("C-L1", "D-L1"), False)
    assert found.sentences[-1] == "The time was over before 2 other losing bids."


def test_when_the_time_is_over_what_is_left_is_told() -> None:
    """A time limit of an instant: nothing was asked, and both bids are left."""
    of = market("A L1 100", "B L1 110", "C L1 120")
    made = allocate_bids(of, [EVERY], [PRICE])
    found = reasons(of, [EVERY], [PRICE], result=made, solver=SolverOptions(time_limit=1e-9))
    assert (found.left, found.done) == (("B-L1", "C-L1"), False)


def test_many_names_are_shortened() -> None:
    """Eight names and how many more there are."""
    assert told.listed("abcdefghij") == "a, b, c, d, e, f, g, h and 2 more"


def test_the_table_has_a_row_for_each_losing_bid() -> None:
    """Bid, kind, and the first difference that is none."""
    of = market("A L1 100", "B L1 112.30")
    frame = reasons(of, [EVERY], [PRICE]).to_frame()
    assert frame[["bid", "kind", "goal", "at_least", "at_most", "unit"]].to_numpy().tolist() == [
        ["B-L1", "costs", "total_price", 12.3, 12.3, "GBP a year"]
    ]
