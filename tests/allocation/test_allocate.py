"""Allocating bids: results, refusals, audit and the reasons why nothing is possible."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from markets import market

from lotopt.allocation import rules as r
from lotopt.allocation.allocation import Allocation, Award
from lotopt.allocation.audit import audit_allocation
from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.solve import allocate_bids
from lotopt.core.errors import InputError
from lotopt.core.result import Result, Status
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.bid import Item

EVERY = r.EveryItemAwarded()


def conflict(*bids: str, rules: list[r.AwardRule], **more: object) -> tuple[str, ...]:
    """Why no allocation of a market exists."""
    result = allocate_bids(market(*bids, **more), rules, [TotalPrice()])  # type: ignore[arg-type]
    assert result.status is Status.INFEASIBLE
    assert result.plan is None
    assert result.objective is None
    return result.conflict


def test_a_lot_without_bid_is_named() -> None:
    """Lot L2 has no bid, which no rule can mend; the rule that wants one is named after it."""
    told = conflict("A L1 10", rules=[EVERY, r.AwardLimit(at_most=2)], cases={"L1": 1.0, "L2": 1.0})
    assert told == ("L2 has no bid", f"every_item_awarded: {EVERY.explain()}")


def test_a_lot_whose_bids_are_all_refused_is_named_with_the_rule() -> None:
    """The only bid for L1 is above the ceiling."""
    told = conflict("A L1 10", rules=[EVERY, r.PriceCeiling(at_most=Decimal(9))])
    assert told[0] == "L1 has no bid left after those that price_ceiling refuses"
    assert {line.split(":")[0] for line in told[1:]} == {"every_item_awarded", "price_ceiling"}


def test_too_few_bidders_for_two_winners() -> None:
    """Two bids of one firm are one bidder."""
    told = conflict("A L1 1", "B L1 2", rules=[r.EveryItemAwarded(winners=2)], groups={"A": "firm", "B": "firm"})
    assert told[0] == "L1 has bids of 1 providers (legal groups), and needs 2"


def test_limits_too_narrow_for_the_number_of_lots() -> None:
    """One provider with at most one lot cannot take two."""
    told = conflict("A L1 1", "A L2 1", rules=[EVERY, r.AwardLimit(at_most=1)])
    assert (
        told[0] == "award_limit: 1 providers (legal groups) with at most 1 lots each win 1 at most, 2 must be awarded"
    )


def test_capacity_below_demand() -> None:
    """5 + 3 cases can be carried, 4 + 5 must be."""
    capacity = {"A": {"cases": 5.0}, "B": {"cases": 3.0}}
    bids = ("A L1 1", "A L2 1", "B L1 1", "B L2 1")
    told = conflict(
        *bids, rules=[EVERY, r.Capacity(measure="cases")], cases={"L1": 4.0, "L2": 5.0}, capacity=capacity
    )
    assert told[0] == "capacity: all capacity together is 8 cases, and at least 9 must be awarded"


def test_needs_that_all_bids_together_do_not_meet() -> None:
    """Half and a quarter are less than the whole."""
    told = conflict("A L1 1 covers=0.5", "B L1 1 covers=0.25", rules=[r.Coverage()])
    assert told[0] == "coverage: all bids for L1 together cover 0.75, and 1 must be covered"


def test_fewer_providers_than_wanted() -> None:
    """Three are wanted and two bid."""
    told = conflict("A L1 1", "B L1 1", rules=[r.FewestProviders(at_least=3)])
    assert told[0] == "fewest_providers: 2 providers (legal groups) can win, 3 must"


def test_rules_that_conflict_only_together_are_named_without_bystanders() -> None:
    """One provider for all, yet at most one lot each: the share and the ceiling have no part in it."""
    of = ("A L1 1", "B L2 1", "A L2 2", "B L1 2")
    bystanders = [r.ValueShare(at_most=1.0), r.PriceCeiling(at_most=Decimal(50))]
    rules = [EVERY, bystanders[0], r.AwardLimit(at_most=1), bystanders[1], r.MostProviders(at_most=1)]
    told = conflict(*of, rules=rules)
    assert [line.split(":")[0] for line in told] == ["every_item_awarded", "award_limit", "most_providers"]


def test_the_same_rule_twice_goes_by_two_names() -> None:
    """The second price_ceiling is price_ceiling_2 in the audit."""
    rules = [EVERY, r.PriceCeiling(at_most=Decimal(9)), r.PriceCeiling(at_most=Decimal(20), per="cases")]
    result = allocate_bids(market("A L1 8"), rules, [TotalPrice()])
    assert result.audit is not None
    assert list(result.audit.by_clause()) == ["every_item_awarded", "price_ceiling", "price_ceiling_2"]


def test_a_result_tells_what_made_it() -> None:
    """Status, bound, phases, and the market's fingerprint."""
    of = market("A L1 10", "B L1 9")
    result = allocate_bids(of, [EVERY], [TotalPrice()], solver=SolverOptions(seed=3))
    assert (result.status, result.objective, result.bound, result.gap) == (Status.OPTIMAL, 9.0, 9.0, 0.0)
    assert [phase.name for phase in result.phases][:1] + [phase.name for phase in result.phases][-1:] == [
        "build",
        "audit",
    ]
    assert result.phases[0].note == "2 of 2 bids may win, 1 rows"
    assert result.provenance["market_sha256"] == of.digest
    assert result.provenance["seed"] == 3


def test_equal_bids_fall_the_same_way_every_time() -> None:
    """Four bids at one price: which wins does not depend on the seed or on the order of bids."""
    lines = [f"{who} L1 10" for who in "ABCD"]
    winners = {
        allocate_bids(market(*order), [EVERY], [TotalPrice()], solver=SolverOptions(seed=seed)).plan.awards[0].bid  # type: ignore[union-attr]
        for order in (lines, lines[::-1])
        for seed in (1, 2)
    }
    assert len(winners) == 1


def test_progress_is_told_in_pounds() -> None:
    """The engine works in pence, the caller hears GBP."""
    told: list[float] = []

    def hear(phase: str, objective: float | None, bound: float | None) -> None:
        told.extend(value for value in (objective, bound) if value is not None)

    result = allocate_bids(market("A L1 1000", "B L1 900"), [EVERY], [TotalPrice()], progress=hear)
    assert result.objective == 900
    assert all(value <= 1000 for value in told)


def test_an_unknown_solver_is_told_before_anything_is_solved() -> None:
    """The message says what is possible."""
    with pytest.raises(InputError, match="highs"):
        allocate_bids(market("A L1 1"), [EVERY], [TotalPrice()], solver=SolverOptions(name="nosuch"))


def tampered(**changes: object) -> tuple[str, ...]:
    """What the audit says of an allocation of which one award was changed after the fact."""
    of = market("A L1 10 quality=50", "B L2 20 quality=60")
    plan = Allocation.of(of, ["A-L1", "B-L2"])
    changed = replace(plan, awards=(replace(plan.awards[0], **changes), plan.awards[1]))  # type: ignore[arg-type]
    audit = audit_allocation(changed, [EVERY], [TotalPrice()], 30.0)
    assert not audit.ok
    return audit.faults


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"price": Decimal("9.99")}, "bid A-L1, price: awarded 9.99, bid 10.00"),
        ({"provider": "B"}, "bid A-L1, provider: awarded B, bid A"),
        ({"group": "B"}, "bid A-L1, group: awarded B, bid A"),
        ({"items": (Item("L2"),)}, "bid A-L1, items: awarded L2, bid L1"),
        ({"quality": 51.0}, "bid A-L1, quality: awarded 51.0, bid 50.0"),
        ({"covers": 0.5}, "bid A-L1, covers: awarded 0.5, bid 1.0"),
        ({"bid": "Z"}, "bid Z wins and is not in the market"),
        ({"bid": "B-L2"}, "bid B-L2 wins twice"),
    ],
)
def test_the_audit_finds_awards_that_were_changed(changes: dict[str, object], fault: str) -> None:
    """Every field of an award is held against the bid."""
    assert fault in tampered(**changes)


def test_the_audit_finds_awards_that_were_added_or_lost() -> None:
    """One winner too few and one too many break the rule, and the claimed objective is wrong both times."""
    of = market("A L1 10", "B L1 20")
    for bids, value in (([], 0), (["A-L1", "B-L1"], 2)):
        audit = audit_allocation(Allocation.of(of, bids), [EVERY], [TotalPrice()], 10.0)
        assert [reading.value for reading in audit.broken] == [value]
        assert audit.faults[0].startswith("the engine's objective is 10.0")


def test_a_claimed_objective_may_be_a_penny_off() -> None:
    """Half a penny is rounding, two pence are not."""
    plan = Allocation.of(market("A L1 10"), ["A-L1"])
    assert audit_allocation(plan, [EVERY], [TotalPrice()], 10.005).ok
    assert not audit_allocation(plan, [EVERY], [TotalPrice()], 10.02).ok


def test_an_allocation_is_a_table() -> None:
    """One row per lot of each award, in the order of lots, with the price of the whole bid."""
    of = market("A L1+L3 10", "B L2 20")
    frame = Allocation.of(of, ["B-L2", "A-L1+L3"]).to_frame()
    assert list(frame["lot"]) == ["L1", "L2", "L3"]
    assert list(frame["bid_price"]) == [Decimal("10"), Decimal("20"), Decimal("10")]
    assert list(frame["items_in_bid"]) == [2, 1, 2]


def test_an_allocation_made_by_hand_names_bids_that_exist() -> None:
    """A slip in a bid's name is told with the nearest one."""
    with pytest.raises(InputError, match="no bid 'A-L7'; did you mean 'A-L1'"):
        Allocation.of(market("A L1 10"), ["A-L7"])


def test_awards_and_results_print_themselves() -> None:
    """Lots, provider and price on one line; the market's make is told when it is made up."""
    of = replace(market("A L1+L2 1234.5"), simulated=True)
    result: Result[Allocation] = allocate_bids(of, [EVERY], [TotalPrice()])
    assert str(result.plan) == "1 awards (simulated market), 1,234.50 GBP a year\n  L1; L2: A, 1,234.50 (A-L1+L2)"
    assert isinstance(result.plan.awards[0], Award)  # type: ignore[union-attr]


def test_a_share_of_a_single_bid_is_held_the_right_way_round() -> None:
    """The only bid is not of the class that may win half at most: the class wins nothing, which keeps the rule."""
    alone = market("A L1 100", kinds={"A": "private", "V": "voluntary"}, capacity={"V": {}})
    share = r.ClassShare(classes=("voluntary",), at_most=0.5)
    result = allocate_bids(alone, [EVERY, share], [TotalPrice()])
    assert [award.bid for award in result.plan] == ["A-L1"]  # type: ignore[union-attr]
