"""The goals of allocation: what is kept small, in stated units. A new goal is one class, and its name here."""

from __future__ import annotations

from lotopt.allocation.clause import AwardGoal
from lotopt.allocation.goals.per_bid import (
    ChangeOfSupplier,
    Contracts,
    DrawnLot,
    IncumbentAdjustment,
    LastResort,
    OfOtherClass,
    Shortfall,
)
from lotopt.allocation.goals.price import QualityLost, ReservePrice, TotalPrice
from lotopt.allocation.goals.score import PriceQuality

GOALS: tuple[type[AwardGoal], ...] = (
    TotalPrice,
    PriceQuality,
    QualityLost,
    Contracts,
    ChangeOfSupplier,
    IncumbentAdjustment,
    LastResort,
    Shortfall,
    OfOtherClass,
    ReservePrice,
    DrawnLot,
)

__all__ = ["GOALS", "AwardGoal", *sorted(goal.__name__ for goal in GOALS)]
