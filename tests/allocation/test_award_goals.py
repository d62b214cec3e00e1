"""The goals of allocation, with their arithmetic."""

from __future__ import annotations

from fractions import Fraction

import pytest
from markets import market
from pydantic import ValidationError

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.goals import GOALS, AwardGoal, PriceQuality, TotalPrice
from lotopt.allocation.rules import EveryItemAwarded
from lotopt.allocation.solve import allocate_bids
from lotopt.core.errors import InputError

EVERY = [EveryItemAwarded()]


def test_total_price_is_exact_to_the_penny() -> None:
    """0.10 + 0.20 is 0.30, which floating point does not say."""
    of = market("A L1 0.10", "A L2 0.20")
    result = allocate_bids(of, EVERY, [TotalPrice()])
    assert result.objective == 0.30
    assert TotalPrice().value(Allocation.of(of, ["A-L1", "A-L2"])) == Fraction(3, 10)
    assert str(result.plan.total_price) == "0.30"  # type: ignore[union-attr]


def test_a_better_score_can_beat_a_lower_price() -> None:
    """Weights 0.5: A scores 50 + 20 = 70 (loses 30); B at twice the price 25 + 50 = 75 (loses 25)."""
    of = market("A L1 100 quality=40", "B L1 200 quality=100")
    goal = PriceQuality(price_weight=0.5, quality_weight=0.5)
    result = allocate_bids(of, EVERY, [goal])
    assert [award.bid for award in result.plan] == ["B-L1"]  # type: ignore[union-attr]
    assert result.objective == pytest.approx(25)
    assert [goal.value(Allocation.of(of, [bid])) for bid in ("A-L1", "B-L1")] == [30, 25]


def test_a_package_loses_its_points_for_each_item() -> None:
    """The package at 160 is held against 100 + 100 for the single bids and against itself: the lowest is 160.

    It scores 60 + 0.4 x 50 = 80 and loses 20 for each of two lots. Each single bid is the cheapest for its lot and
    scores 60 + 0.4 x 60 = 84, loses 16: 32 in all, which is less than 40.
    """
    of = market("A L1+L2 160 quality=50", "B L1 100 quality=60", "C L2 100 quality=60")
    goal = PriceQuality()
    assert goal.value(Allocation.of(of, ["A-L1+L2"])) == 40
    assert goal.value(Allocation.of(of, ["B-L1", "C-L2"])) == 32
    assert {award.bid for award in allocate_bids(of, EVERY, [goal]).plan} == {"B-L1", "C-L2"}  # type: ignore[union-attr]


def test_the_lowest_price_of_a_package_may_be_that_of_its_lots() -> None:
    """A package at 250 against single bids of 100 + 100 gets 60 x 200 / 250 = 48 points for price, loses 52."""
    of = market("A L1+L2 250 quality=0", "B L1 100 quality=0", "C L2 100 quality=0")
    assert PriceQuality().value(Allocation.of(of, ["A-L1+L2"])) == 2 * 52


def test_part_of_the_need_counts_in_part() -> None:
    """Half the need at 60 is 120 for the whole, against 100: 50 of 60 points for price; half of the lost 50 is 25."""
    of = market("A L1 60 covers=0.5 quality=0", "B L1 100 quality=0")
    assert PriceQuality().value(Allocation.of(of, ["A-L1"])) == 25


def test_goals_add_up_with_their_weights() -> None:
    """A: 100 + 2 x 36 = 172. B: 150 + 2 x (100 - 40 - 40) = 190, so A wins although B is better."""
    of = market("A L1 100 quality=10", "B L1 150 quality=100")
    result = allocate_bids(of, EVERY, [TotalPrice(), PriceQuality(weight=2)])
    assert result.objective == pytest.approx(172)
    assert [(goal.name, goal.value, goal.product) for goal in result.goals] == [
        ("total_price", 100, 100),
        ("price_quality", 36, 72),
    ]
    assert result.goals[1].unit == "points lost"


def test_quality_is_asked_for_where_it_counts() -> None:
    """A bid without a score cannot be ranked by quality; by price alone it can."""
    of = market("A L1 100", "B L1 90 quality=50")
    with pytest.raises(InputError, match="price_quality: no quality is given for bid A-L1"):
        allocate_bids(of, EVERY, [PriceQuality()])
    only_price = PriceQuality(price_weight=1, quality_weight=0)
    assert [award.bid for award in allocate_bids(of, EVERY, [only_price]).plan] == ["B-L1"]  # type: ignore[union-attr]


def test_weights_are_shares_of_one_score() -> None:
    """0.6 and 0.6 are no shares of one score; 0.7 and 0.3 are, although floating point adds them to 0.9999..."""
    with pytest.raises(ValidationError, match="add up to 1"):
        PriceQuality(price_weight=0.6, quality_weight=0.6)
    assert PriceQuality(price_weight=0.7, quality_weight=0.3).quality_weight == 0.3


@pytest.mark.parametrize("kind", GOALS, ids=lambda kind: kind.__name__)
def test_every_goal_says_itself_with_its_unit(kind: type[AwardGoal]) -> None:
    """A goal is a sentence and has a unit."""
    needed = {"classes": ("voluntary",)} if "classes" in kind.model_fields else {}
    assert kind(**needed).explain().endswith(".")
    assert kind(**needed).unit
