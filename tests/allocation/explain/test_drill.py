"""Failure drill and re-runs, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markets import market

from lotopt.allocation import goals as g
from lotopt.allocation import rules as r
from lotopt.allocation.explain.drill import failure_drill
from lotopt.allocation.explain.rerun import reopen
from lotopt.core.errors import InputError
from lotopt.core.result import Status
from lotopt.market.bid import Partner
from lotopt.market.market import Market

EVERY, PRICE = r.EveryItemAwarded(), g.TotalPrice()


def three_lots() -> Market:
    """A wins L1 and L2 (200), B wins L3 (50); C is dearer everywhere."""
    return market("A L1 100", "A L2 100", "B L1 110", "B L2 140", "B L3 50", "C L1 150", "C L2 130", "C L3 90")


def test_the_lots_of_a_failed_provider_are_awarded_under_the_same_rules() -> None:
    """B may win two lots and has L3, so it takes one: L1 at 110, and C takes L2 at 130. 290 against 250: 40 more.

    B grows from 50 to 160, by 220 %. B in place of C for L2 would have three lots with L1 and L3, and is blocked.
    """
    found = failure_drill(three_lots(), [EVERY, r.AwardLimit(at_most=2)], [PRICE]).of("A")
    assert found is not None
    assert found.sentences == (
        "Without A: 2 lots lost, L1 and L2.",
        "Its lots alone: L1: from A to B; L2: from A to C. The total price is 40.00 GBP a year more (16.0 %).",
        (
            "B grows from 50.00 GBP a year to 160.00 GBP a year, by 220.0 %, more than the half at which several "
            "grounds of Schedule 8 end."
        ),
        "C had no contract and gets 130.00 GBP a year.",
        "B cannot take L2 (B-L2): award_limit, B: 3 lots, more than 2.",
        "Everything anew: L1: from A to B; L2: from A to C. The total price is 40.00 GBP a year more (16.0 %).",
    )


def test_other_awards_may_have_to_move_to_cover_a_failure() -> None:
    """Each may win one lot: A has L1, B has L2. Only B can do L1 when A fails, so L2 has to go to C.

    Its lots alone: L1 is not covered, for B is at its limit. Everything anew: B takes L1, C takes L2: 120 + 130.
    """
    of = market("A L1 100", "B L1 120", "B L2 100", "C L2 130")
    found = failure_drill(of, [EVERY, r.AwardLimit(at_most=1)], [PRICE]).of("A")
    assert found is not None
    alone, anew = found.its_lots, found.everything
    assert (alone.full, [str(gap) for gap in alone.gaps]) == (False, ["L1: forbidden by award_limit"])
    assert alone.plan is not None
    assert [award.bid for award in alone.plan] == ["B-L2"]
    assert anew.full
    assert anew.price is not None
    assert anew.price.words() == "50.00 GBP a year more (25.0 %)"


def test_a_lot_that_nobody_else_bid_for_is_told() -> None:
    """Without B nobody is there for L2; the rest stays."""
    of = market("A L1 100", "B L2 100")
    found = failure_drill(of, [EVERY], [PRICE]).of("B")
    assert found is not None
    assert "Its lots alone, not covered: L2: no other bid." in found.sentences
    assert "Everything anew, not covered: L2: no other bid." in found.sentences
    assert found.its_lots.status is Status.OPTIMAL


def test_a_member_of_a_consortium_takes_its_bids_with_it() -> None:
    """C is in A's bid as a member: when C fails, A's bid falls. As a subcontractor it counts only where asked for."""
    of = market("A L1 100", "B L1 120", "C L2 10", "B L2 20")

    def with_c(role: str) -> Market:
        bids = tuple(
            bid.model_copy(update={"partners": (Partner("C", role),)}) if bid.id == "A-L1" else bid  # type: ignore[arg-type]
            for bid in of.bids
        )
        return replace(of, bids=bids)

    def lost(role: str, **more: bool) -> tuple[str, ...]:
        found = failure_drill(with_c(role), [EVERY], [PRICE], **more).of("C")  # type: ignore[arg-type]
        assert found is not None
        return found.bids

    assert lost("member") == ("A-L1", "C-L2")
    assert lost("subcontractor") == ("C-L2",)
    assert lost("subcontractor", subcontractors=True) == ("A-L1", "C-L2")


def test_a_provider_of_last_resort_steps_in() -> None:
    """S may win only where no other valid bid is: while A stands, L1 is A's; without A it is S's."""
    of = market("A L1 100", "S L1 300")
    of = replace(of, providers=tuple(p.model_copy(update={"last_resort": p.id == "S"}) for p in of.providers))
    found = failure_drill(of, [EVERY, r.LastResort()], [PRICE]).of("A")
    assert found is not None
    assert found.its_lots.full
    assert found.its_lots.plan is not None
    assert [award.bid for award in found.its_lots.plan] == ["S-L1"]


def test_a_named_pair_fails_together() -> None:
    """Without A and B all three lots go to C: 150 + 130 + 90 = 370, which is 120 more than 250."""
    found = failure_drill(three_lots(), [EVERY], [PRICE], pairs=[("A", "B")])
    assert [failure.groups for failure in found.failures] == [("A",), ("B",), ("A", "B")]
    both = found.of("A", "B")
    assert both is not None
    assert both.everything.price is not None
    assert both.everything.price.amount == 120
    with pytest.raises(InputError, match="no provider 'Z'"):
        failure_drill(three_lots(), [EVERY], [PRICE], pairs=[("A", "Z")])


def test_a_reserve_moves_up_when_the_first_fails() -> None:
    """Shares of 1 and 0: A serves L1, B is held in reserve. Without A, B gets the work and nobody is in reserve."""
    of = market("A L1 100", "B L1 120")
    rules = [r.EveryItemAwarded(shares=(1, 0), fewer=True)]
    found = failure_drill(of, rules, [g.Shortfall(winners=2), PRICE], in_order=True).of("A")
    assert found is not None
    assert found.its_lots.plan is not None
    assert [(award.bid, award.share) for award in found.its_lots.plan] == [("B-L1", 1)]


def test_the_table_has_two_rows_for_each_failure() -> None:
    """Failed, scope, and by how much it is dearer."""
    frame = failure_drill(three_lots(), [EVERY], [PRICE]).to_frame()
    assert frame[["failed", "scope", "lost", "full", "more"]].to_numpy().tolist() == [
        ["A", "its lots", "L1; L2", True, 40],
        ["A", "everything", "L1; L2", True, 40],
        ["B", "its lots", "L3", True, 40],
        ["B", "everything", "L3", True, 40],
    ]


def test_one_lot_is_awarded_anew_when_a_bid_is_withdrawn() -> None:
    """A-L1 falls away: L1 goes to B, and A keeps L2 because the others are fixed."""
    found = reopen(three_lots(), [EVERY], [PRICE], withdrawn=["A-L1"])
    assert found.sentences == (
        "Without bid A-L1. Awarded anew: L1; the other awards stay.",
        "L1: from A to B.",
        "Against the awards before: 10.00 GBP a year more (4.0 %) by total_price.",
    )


def test_with_others_free_they_may_move_too() -> None:
    """One lot each. A-L1 is withdrawn: fixed, L1 goes to C at 150; free, B takes L1 and C takes L3 at 110 + 90."""
    of = market("A L1 100", "B L1 110", "B L3 50", "C L1 200", "C L3 90")
    rules = [EVERY, r.AwardLimit(at_most=1)]
    fixed = reopen(of, rules, [PRICE], withdrawn=["A"])
    free = reopen(of, rules, [PRICE], withdrawn=["A"], others="free")
    assert [change.after for change in fixed.changes] == [("C-L1",)]
    assert [change.after for change in free.changes] == [("B-L1",), ("C-L3",)]
    assert [each.differences[0].amount for each in (fixed, free)] == [100, 50]


def test_a_package_with_a_reopened_lot_is_reopened_whole() -> None:
    """L1 is in A's package with L2, so both are awarded anew; nothing better is there, and nothing moves."""
    of = market("A L1+L2 150", "B L1 100", "B L2 100", "C L3 10")
    found = reopen(of, [EVERY], [PRICE], lots=["L1"])
    assert [item.lot for item in found.items] == ["L1", "L2"]
    assert found.sentences[1] == "No lot changes hands."


def test_what_cannot_be_reopened_is_told() -> None:
    """Unknown names are refused all at once; without any other bid there is no award, and the conflict says why."""
    with pytest.raises(InputError, match="no bid or provider 'Z'"):
        reopen(three_lots(), [EVERY], [PRICE], withdrawn=["Z"])
    with pytest.raises(InputError, match="no lot 'L9'"):
        reopen(three_lots(), [EVERY], [PRICE], lots=["L9"])
    found = reopen(market("A L1 100"), [EVERY], [PRICE], withdrawn=["A"])
    assert found.result.status is Status.INFEASIBLE
    assert found.sentences[1].startswith("No such allocation exists: ")


def test_groups_that_fall_with_the_same_bids_are_one_failure() -> None:
    """M and N are only in A's bids, so each of them fails as A does; the case is worked out once and told so."""
    of = market("A L1 100", "B L1 150")
    both = (Partner("M", "member"), Partner("N", "member"))
    of = replace(
        of, providers=tuple(p.model_copy(update={"partners": both if p.id == "A" else ()}) for p in of.providers)
    )
    found = failure_drill(of, [EVERY], [PRICE])
    assert [(failure.groups, failure.alike) for failure in found.failures] == [(("A",), ("M", "N"))]
    assert found.of("N") is found.of("A")
    assert found.sentences[0] == "Without A (or M and N, with the same bids): 1 lot lost, L1."


def test_a_share_of_the_price_is_told_in_a_few_digits() -> None:
    """B in place of C would have 200 of 300 together with what it holds: two thirds, told as 0.666667."""
    of = market("A L1 90", "B L2 100", "C L1 110", "B L1 100", "C L3 100")
    found = failure_drill(
        of, [EVERY, r.ValueShare(at_most=0.68, only=("C",)), r.ValueShare(at_most=0.5, only=("B",))], [PRICE]
    )
    case = found.of("A")
    assert case is not None
    assert [each.reading for each in case.blocked] == ["B: 0.666667 of the total price, more than 0.5"]
