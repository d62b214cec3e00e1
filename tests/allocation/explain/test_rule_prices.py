"""The price of each rule, and what would do where nothing is possible."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from markets import market

from lotopt.allocation import goals as g
from lotopt.allocation import rules as r
from lotopt.allocation.explain.loosen import relaxations
from lotopt.allocation.explain.rule_prices import rule_prices
from lotopt.allocation.solve import allocate_bids
from lotopt.core.result import Status
from lotopt.market.market import Market

EVERY, PRICE = r.EveryItemAwarded(), g.TotalPrice()


def two_lots() -> Market:
    return market("A L1 100", "A L2 100", "B L1 120", "B L2 130")


def test_a_rule_that_binds_costs_the_difference() -> None:
    """Without the limit A wins both lots at 200; with it 220: 20 of 220 is 9.1 %. The budget costs nothing."""
    found = rule_prices(two_lots(), [EVERY, r.AwardLimit(at_most=1), r.Budget(at_most=Decimal(999))], [PRICE])
    assert found.sentences == (
        "Without every_item_awarded nothing would be awarded.",
        "award_limit costs 20.00 GBP a year (9.1 %).",
        "budget costs nothing.",
    )
    limit = found.of("award_limit")
    assert limit is not None
    assert (limit.binds, limit.gained, limit.lost) == (True, ("A-L1",), ("B-L1",))
    assert found.to_frame()["binds"].tolist() == [True, True, False]


def test_what_is_not_proven_is_told_between_its_ends() -> None:
    """220 with the limit, proven only to 215, and 200 without it: the limit costs between 15 and 20."""
    rules = [EVERY, r.AwardLimit(at_most=1)]
    made = replace(allocate_bids(two_lots(), rules, [PRICE]), bound=215.0, status=Status.FEASIBLE)
    found = rule_prices(two_lots(), rules, [PRICE], result=made).of("award_limit")
    assert str(found) == "award_limit costs between 15.00 and 20.00 GBP a year."
    unsure = rule_prices(two_lots(), rules, [PRICE], result=replace(made, bound=190.0)).of("award_limit")
    assert unsure is not None
    assert (str(unsure), unsure.binds) == ("award_limit costs at most 20.00 GBP a year.", None)


def test_with_goals_in_order_a_price_is_told_goal_by_goal() -> None:
    """The package of both lots is one contract; the ban on packages makes it one contract more, and 50 cheaper."""
    of = market("A L1 100", "A L2 100", "B L1+L2 250")
    found = rule_prices(of, [EVERY, r.Packages()], [g.Contracts(), PRICE], in_order=True).of("packages")
    assert str(found) == (
        "With packages it is 1 more contract by contracts, then 50.00 GBP a year less (25.0 %) by total_price."
    )


def test_a_rule_may_save_money_where_another_goes_by_what_is_bid_beside() -> None:
    """S, of last resort, may win only where no other valid bid is: the ceiling on A lets the cheaper S step in.

    With the ceiling L1 costs 50; without it A's bid is valid, S is barred, and L1 costs 300: the ceiling saves 250.
    """
    of = market("A L1 300", "S L1 50")
    last = tuple(p.model_copy(update={"last_resort": p.id == "S"}) for p in of.providers)
    rules = [EVERY, r.LastResort(), r.PriceCeiling(at_most=Decimal(200))]
    found = rule_prices(replace(of, providers=last), rules, [PRICE]).of("price_ceiling")
    assert found is not None
    assert found.differences[0].amount == -250
    assert found.binds is False


def test_the_smallest_relaxation_of_a_limit_is_found() -> None:
    """Three lots and two providers with one lot each: two lots each would do, or one lot without a winner."""
    of = market("A L1 100", "A L2 100", "B L1 120", "B L2 130", "A L3 200")
    found = relaxations(of, [EVERY, r.AwardLimit(at_most=1), r.Budget(at_most=Decimal(9000))])
    assert found.exists is False
    assert [name for name, _ in found.conflict] == ["every_item_awarded", "award_limit"]
    told = [str(way) for way in found.one_by_one]
    assert told == [
        "every_item_awarded: dropping it alone would do.",
        "every_item_awarded: fewer = true would do; winners would be missing in L3.",
        "award_limit: dropping it alone would do.",
        "award_limit: at_most 2 instead of 1 would do.",
    ]


def test_money_gives_way_to_the_penny() -> None:
    """The cheapest awards cost 200.01."""
    found = relaxations(market("A L1 100.01", "A L2 100"), [EVERY, r.Budget(at_most=Decimal(150))])
    assert "budget: at_most 200.01 instead of 150 would do." in found.sentences


def test_where_no_rule_helps_alone_a_smallest_set_is_named() -> None:
    """With coverage gone the budget and the ceiling may stay; where two rules ask for the award, two have to go."""
    of = market("A L1 300", "B L1 400")
    rules = [r.Coverage(at_least=1), r.Budget(at_most=Decimal(100)), r.PriceCeiling(at_most=Decimal(200))]
    found = relaxations(of, rules)
    dropped = [way for way in found.one_by_one if not way.field]
    assert [(way.rule, way.helps) for way in dropped] == [("coverage", True), ("price_ceiling", False)]
    two = relaxations(
        market("A L1 300", "A L2 10"),
        [
            r.Budget(at_most=Decimal(100)),
            r.AwardLimit(at_most=0),
            r.FixedAwards(bids=("A-L1",)),
            EVERY,
        ],
    )
    assert not any(way.helps for way in two.one_by_one)
    assert two.together == ("budget", "award_limit")
    assert two.sentences[-1] == "No rule helps alone; dropping budget and award_limit together would do."


def test_where_an_allocation_exists_nothing_has_to_give_way() -> None:
    """Said in one sentence."""
    assert relaxations(two_lots(), [EVERY]).sentences == ("An allocation that keeps every rule exists.",)
