"""What bidders ask for: alternatives, conditions, discounts at their edges, partners; and shares of the work."""

from __future__ import annotations

from decimal import Decimal

import pytest
from markets import market
from outcomes import EVERY, FEWER, best, broken, conflict, won

from lotopt.allocation import rules as r
from lotopt.allocation.allocation import Allocation
from lotopt.allocation.goals import Shortfall, TotalPrice
from lotopt.market.discount import Discount, Tier
from lotopt.market.market import Market

D = Decimal


def paid(plan: Allocation) -> dict[str, Decimal]:
    """What is paid for each winning bid."""
    return {award.bid: award.price for award in plan}


def tiers(on: str, *edges: tuple[str, str]) -> dict[str, dict[str, Discount]]:
    """A discount of A's: from each edge on, a fraction."""
    starts = [D(start) for start, _ in edges]
    made = (
        Tier(start=start, end=end, discount=D(discount))
        for start, end, (_, discount) in zip(starts, [*starts[1:], None], edges, strict=True)
    )
    return {"A": {"discount": Discount(on=on, tiers=tuple(made))}}


def test_of_alternatives_at_most_one_wins() -> None:
    """A offers L1 or L2 at 5, not both: L2 costs 9 with B and L1 20, so A wins L1."""
    of = market("A L1 5 alternative=x", "A L2 5 alternative=x", "B L1 20", "B L2 9")
    assert won(of, EVERY) == {"A-L1", "B-L2"}
    assert broken(of, ["A-L1", "A-L2"], EVERY) == ["A, alternatives x: 2 winning bids, more than 1"]


def test_alternatives_are_each_bidder_s_own() -> None:
    """A's x and B's x are two sets, and a bid without a set is free."""
    of = market("A L1 5 alternative=x", "B L2 5 alternative=x", "A L3 5")
    assert won(of, EVERY) == {"A-L1", "B-L2", "A-L3"}


def test_a_bid_only_with_another_bid() -> None:
    """A's 1 for L2 is to be had only with its 20 for L1: 21 together, less than 12 + 10 apart."""
    of = market("A L1 20", "A L2 1 only_with=A-L1", "B L1 12", "B L2 10")
    assert won(of, EVERY) == {"A-L1", "A-L2"}
    dearer = market("A L1 20", "A L2 2.01 only_with=A-L1", "B L1 12", "B L2 10")
    assert won(dearer, EVERY) == {"B-L1", "B-L2"}
    assert broken(of, ["B-L1", "A-L2"], EVERY) == ["bid A-L2 (L2), only with A-L1: 0 winning bids, less than 1"]


def test_a_bid_only_with_a_lot_that_is_won_by_any_bid() -> None:
    """L1 may come by either of A's bids, and not by B's."""
    of = market("A L1 20", "A L1+L3 22", "A L2 1 only_with=L1", "B L1 5", "B L2 30", "B L3 5")
    assert won(of, EVERY) == {"A-L1+L3", "A-L2"}


def test_a_bid_only_with_two_lots() -> None:
    """Both have to be won: at 30 + 1 + 30 A costs more than B's 10 + 20 + 10."""
    of = market("A L1 30", "A L2 1 only_with=L1;L3", "A L3 30", "B L1 10", "B L2 20", "B L3 10")
    assert won(of, EVERY) == {"B-L1", "B-L2", "B-L3"}
    assert broken(of, ["A-L1", "A-L2", "B-L3"], EVERY) == ["bid A-L2 (L2), only with L3: 0 winning bids, less than 1"]


@pytest.mark.parametrize(
    ("second", "rate"), [("99.99", "0"), ("100.00", "0.1"), ("100.01", "0.1"), ("199.99", "0.1"), ("200.00", "0.2")]
)
def test_a_discount_on_value_begins_right_at_its_edge(second: str, rate: str) -> None:
    """With 100 for L1, the total meets the edges with 100.00 and with 200.00 for L2; a penny below it misses them."""
    of = market("A L1 100", f"A L2 {second}", said=tiers("value", ("200", "0.1"), ("300", "0.2")))
    less = 1 - D(rate)
    expected = {"A-L1": 100 * less, "A-L2": (D(second) * less).quantize(D("0.01"), "ROUND_HALF_UP")}
    assert paid(best(of, EVERY)) == expected


def test_a_discount_may_be_worth_a_dearer_bid() -> None:
    """A's 101 for L2 lifts its total to 201 and 10 % off both: 90 + 90.90, less than 100 + 95 with B."""
    of = market("A L1 100", "A L2 101", "B L2 95", said=tiers("value", ("201", "0.1")))
    assert paid(best(of, EVERY)) == {"A-L1": D("90.00"), "A-L2": D("90.90")}
    missed = market("A L1 100", "A L2 101", "B L2 95", said=tiers("value", ("201.01", "0.1")))
    assert paid(best(missed, EVERY)) == {"A-L1": D("100.00"), "B-L2": D("95.00")}


@pytest.mark.parametrize(("edge", "rate"), [("2", "0.5"), ("3", "0")])
def test_a_discount_on_lots_counts_lots(edge: str, rate: str) -> None:
    """A package of two is two lots."""
    of = market("A L1+L2 100", said=tiers("lots", (edge, "0.5")))
    assert paid(best(of, EVERY)) == {"A-L1+L2": 100 * (1 - D(rate))}


@pytest.mark.parametrize(("edge", "rate"), [("4.999", "0.5"), ("5", "0.5"), ("5.001", "0")])
def test_a_discount_on_a_measure_begins_right_at_its_edge(edge: str, rate: str) -> None:
    """2 + 3 cases are 5."""
    of = market("A L1 10", "A L2 10", cases={"L1": 2.0, "L2": 3.0}, said=tiers("cases", (edge, "0.5")))
    assert best(of, EVERY).total_price == 20 * (1 - D(rate))


def test_a_share_of_the_work_counts_for_the_discount_by_that_share() -> None:
    """A is first in both lots with 60 % of 100 each: 120 is the edge, and 10 % is off the 60."""
    bids = ("A L1 100", "B L1 400", "A L2 100", "B L2 400")
    shared = r.EveryItemAwarded(shares=(0.6, 0.4))
    at = best(market(*bids, said=tiers("value", ("120", "0.1"))), shared)
    assert paid(at) == {"A-L1": D("54.00"), "B-L1": D("160.00"), "A-L2": D("54.00"), "B-L2": D("160.00")}
    above = best(market(*bids, said=tiers("value", ("120.01", "0.1"))), shared)
    assert paid(above)["A-L1"] == 60


def test_a_ceiling_holds_for_the_price_after_discount() -> None:
    """A's 100 is 90 after discount where it wins both lots; the ceiling at 90 lets it win no other way."""
    of = market("A L1 100", "A L2 100", "B L1 80", "B L2 80", said=tiers("lots", ("2", "0.1")))
    ceiling = r.PriceCeiling(at_most=D(90))
    assert won(of, EVERY, ceiling) == {"B-L1", "B-L2"}
    assert broken(of, ["A-L1", "A-L2"], ceiling) == []
    assert broken(of, ["A-L1", "B-L2"], ceiling) == ["bid A-L1 (L1): 100.00 GBP a year, more than 90"]


def consortium(role: str) -> Market:
    """F is partner of A in L1, and bids for L2 itself."""
    return market(f"A L1 5 {role}=F", "B L1 20", "F L2 5", "B L2 9")


def test_a_member_s_lots_count_for_it() -> None:
    """L1 counts for A and for F, so that with one lot each F may not win L2 too."""
    assert won(consortium("member"), EVERY, r.AwardLimit(at_most=1)) == {"A-L1", "B-L2"}
    told = broken(consortium("member"), ["A-L1", "F-L2"], r.AwardLimit(at_most=1))
    assert told == ["F: 2 lots, more than 1"]


def test_a_subcontractor_s_lots_count_only_where_they_are_said_to() -> None:
    """A limit counts bidders and members; with roles = prime, member, subcontractor it counts F in L1 too."""
    of = consortium("subcontractor")
    assert won(of, EVERY, r.AwardLimit(at_most=1)) == {"A-L1", "F-L2"}
    every_role = r.AwardLimit(at_most=1, roles=("prime", "member", "subcontractor"))
    assert won(of, EVERY, every_role) == {"A-L1", "B-L2"}


def test_a_member_s_value_counts_for_it() -> None:
    """5 for L1 and 5 for L2 are 10 of F's, a penny above the cap."""
    of = consortium("member")
    assert won(of, EVERY, r.ValueCap(at_most=D(10), only=("F",))) == {"A-L1", "F-L2"}
    assert won(of, EVERY, r.ValueCap(at_most=D("9.99"), only=("F",))) == {"A-L1", "B-L2"}


def test_winners_share_the_work_by_place() -> None:
    """The cheapest is first with 60 % of 100, the next has 40 % of 110: 60 + 44. A third place stays empty."""
    of = market("A L1 100", "B L1 110")
    shared = r.EveryItemAwarded(shares=(0.6, 0.4))
    assert paid(best(of, shared)) == {"A-L1": D("60.00"), "B-L1": D("44.00")}
    three = r.EveryItemAwarded(shares=(0.5, 0.3, 0.2), fewer=True)
    plan = best(of, three, goals=(Shortfall(winners=3, weight=1000), TotalPrice()))
    assert {award.bid: award.share for award in plan} == {"A-L1": D("0.5"), "B-L1": D("0.3")}
    assert broken(of, {"A-L1": D("0.6"), "B-L1": D("0.6")}, shared) == [
        "L1, winners without the share of their place: 1 winning bids, more than 0"
    ]


def test_with_equal_shares_nobody_is_first() -> None:
    """Both packages have half of L1, and each is the only one for its other lot, where it has half too."""
    of = market("A L1+L2 10", "B L1+L3 10")
    half = r.EveryItemAwarded(shares=(0.5, 0.5), fewer=True)
    assert won(of, half, goals=(Shortfall(winners=2, weight=1000), TotalPrice())) == {"A-L1+L2", "B-L1+L3"}


def test_a_last_place_is_only_taken_where_both_equal_ones_before_are() -> None:
    """The reserve of two halves: with A and B in the halves C may stand by, with A alone nobody may."""
    shared = r.EveryItemAwarded(shares=(0.5, 0.5, 0), fewer=True)
    shares = {"A-L1": D("0.5"), "B-L1": D("0.5"), "C-L1": D(0)}
    of = market("A L1 10", "B L1 10", "C L1 10")
    plan = best(of, shared, goals=(Shortfall(winners=3, weight=1000), TotalPrice()))
    assert sorted(award.share for award in plan) == [D(0), D("0.5"), D("0.5")]
    assert broken(of, shares, shared) == []
    assert broken(of, {"A-L1": D("0.5"), "C-L1": D(0)}, shared) == [
        "L1, winners without the share of their place: 1 winning bids, more than 0"
    ]
    pair = best(market("A L1 10", "C L1 10"), shared, goals=(Shortfall(winners=3, weight=1000), TotalPrice()))
    assert [award.share for award in pair] == [D("0.5"), D("0.5")]


def test_one_wins_and_one_is_held_in_reserve() -> None:
    """The reserve costs nothing, and is of another legal group."""
    of = market("A L1 100", "B L1 101", "C L1 300", groups={"A": "firm", "B": "firm"})
    plan = best(of, r.EveryItemAwarded(shares=(1, 0)))
    assert paid(plan) == {"A-L1": D("100.00"), "C-L1": D(0)}
    assert broken(of, {"A-L1": D(1), "B-L1": D(0)}, r.EveryItemAwarded(shares=(1, 0))) == [
        "L1, bids of a group beyond its first: 1 winning bids, more than 0"
    ]


def test_another_number_of_winners_in_some_lots() -> None:
    """Two winners in L1, one in L2, none in L3 (framework lots of the same competition)."""
    of = market("A L1 1", "B L1 2", "C L1 3", "A L2 1", "B L2 2", "A L3 1")
    assert won(of, r.EveryItemAwarded(winners_by_lot={"L1": 2, "L3": 0})) == {"A-L1", "B-L1", "A-L2"}


def test_fewer_winners_than_asked_for_are_taken_and_told() -> None:
    """Four are wanted in L1 and three bid (Dyfed-Powys 2): all three win, and one is missing."""
    of = market("A L1 1", "B L1 2", "C L1 3")
    four = r.EveryItemAwarded(winners=4, fewer=True)
    plan = best(of, four, goals=(Shortfall(winners=4, weight=1000), TotalPrice()))
    assert len(plan) == 3
    assert Shortfall(winners=4).value(plan) == 1
    assert conflict(of, r.EveryItemAwarded(winners=4))[0] == "L1 has bids of 3 providers (legal groups), and needs 4"


def test_a_lot_without_a_bid_may_be_let_off() -> None:
    """Nobody bids for L2; L1 is awarded all the same, by name or wherever there are fewer."""
    of = market("A L1 1", cases={"L1": 1.0, "L2": 1.0})
    assert won(of, r.EveryItemAwarded(excepted=("L2",))) == {"A-L1"}
    assert won(of, FEWER, goals=(Shortfall(weight=1000), TotalPrice())) == {"A-L1"}


def test_no_bid_wins_a_lot_that_is_closed() -> None:
    """L1 is cancelled and L2 awarded without competition, so that the package for both cannot win, nor any bid."""
    terms = {
        "L1": {"status": "cancelled", "reason": "taken in house"},
        "L2": {"status": "direct", "reason": "no valid bid at the call-off"},
    }
    of = market("A L1 1", "A L1+L2 1", "A L3 1", terms=terms)
    assert won(of, EVERY) == {"A-L3"}
    assert broken(of, ["A-L1", "A-L3"], r.AwardLimit(at_most=9)) == ["L1, cancelled: 1 winning bids, more than 0"]
