"""The rules of allocation. A new rule is one class in the file it belongs to, and its name here."""

from __future__ import annotations

from lotopt.allocation.beside_rules import Bidders, LastResort
from lotopt.allocation.bid_limits import PriceCeiling, QualityThreshold
from lotopt.allocation.bid_rules import Eligibility, OneTender, Packages, Withdrawn
from lotopt.allocation.clause import AwardRule
from lotopt.allocation.funding_rules import MinimumBusiness, TurnoverTest
from lotopt.allocation.group_rules import AwardLimit, Capacity
from lotopt.allocation.item_rules import Coverage, EveryItemAwarded
from lotopt.allocation.panel_rules import FewestProviders, Incompatible, MostProviders
from lotopt.allocation.rerun_rules import FixedAwards
from lotopt.allocation.resilience import Resilience
from lotopt.allocation.together_rules import Together
from lotopt.allocation.value_rules import Budget, ClassShare, ValueCap, ValueShare

RULES: tuple[type[AwardRule], ...] = (
    EveryItemAwarded,
    Coverage,
    AwardLimit,
    ValueShare,
    ValueCap,
    Capacity,
    ClassShare,
    Budget,
    PriceCeiling,
    FewestProviders,
    MostProviders,
    Incompatible,
    Together,
    Packages,
    QualityThreshold,
    Eligibility,
    OneTender,
    TurnoverTest,
    MinimumBusiness,
    Bidders,
    LastResort,
    Resilience,
    FixedAwards,
    Withdrawn,
)

__all__ = ["RULES", "AwardRule", *sorted(rule.__name__ for rule in RULES)]
