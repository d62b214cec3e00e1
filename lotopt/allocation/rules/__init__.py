"""The rules of allocation. A new rule is one class in the file it belongs to, and its name here."""

from __future__ import annotations

from lotopt.allocation.clause import AwardRule
from lotopt.allocation.rules.beside import Bidders, LastResort
from lotopt.allocation.rules.bid_limits import PriceCeiling, QualityThreshold
from lotopt.allocation.rules.bids import Eligibility, OneTender, Packages, Withdrawn
from lotopt.allocation.rules.funding import MinimumBusiness, TurnoverTest
from lotopt.allocation.rules.items import Coverage, EveryItemAwarded
from lotopt.allocation.rules.limits import AwardLimit, Capacity
from lotopt.allocation.rules.providers import FewestProviders, Incompatible, MostProviders
from lotopt.allocation.rules.rerun import FixedAwards
from lotopt.allocation.rules.resilience import Resilience
from lotopt.allocation.rules.together import Together
from lotopt.allocation.rules.values import Budget, ClassShare, ValueCap, ValueShare

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
