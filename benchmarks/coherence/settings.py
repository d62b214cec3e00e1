"""What a run of the study does: the lots, the draws and the limits of each profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import lotopt as lo
from lotopt.design.clause import DesignRule

SEED = 7
PROVIDERS = 8
MEASURE = "crime"
# A lot is no smaller than a fifth of the mean lot and no larger than 1.7 mean lots, or than London with a little
# room: London has 18.24 % of recorded crime and is one criminal justice area. Every historical design keeps to this.
SMALLEST, LARGEST, ROOM_FOR_LONDON = 0.2, 1.7, 0.185
# Whole areas: the police force areas, with the Metropolitan Police and the City of London as one.
WHOLE = "justice"
# Partner layers whose interfaces with lots are counted: who a service works with day by day.
PARTNERS = ("police", "local_justice", "council", "region")
# No group holds more than this share of the total price.
SHARE = 0.35
# Solves that end by proof never meet this; one that does is told as such, and its figures may differ elsewhere.
PATIENCE = 900.0


@dataclass(frozen=True)
class Profile:
    """How much is done: `lots` to be designed for, `ensembles` (lots drawn at random), `designs` in each of them, how
    many of these the failure of every provider is priced for, lots of each frontier, and how many of its points are
    enough (0: all)."""

    name: str
    lots: tuple[int, ...]
    ensembles: tuple[int, ...]
    designs: int
    drills: int
    frontiers: tuple[int, ...]
    points: int = 0


TINY = Profile("tiny", (12,), (12,), 24, 2, (12,), points=1)
QUICK = Profile("quick", (6, 12, 21, 42), (6, 12, 21), 1000, 10, (12,))
# What the page in the repository is made with: half an hour on two cores.
PAGE = Profile("page", (*range(5, 13), 16, 21, 28, 35, 42), (6, 7, 10, 12, 21, 35, 42), 1000, 20, (6, 12, 21))
FULL = Profile("full", tuple(range(5, 43)), tuple(range(5, 43)), 1000, 50, (6, 12, 21))
PROFILES = {profile.name: profile for profile in (TINY, QUICK, PAGE, FULL)}


def limits(lots: int) -> tuple[float, float]:
    """The least and the most of the measure that a lot may have, as shares of all of it."""
    return SMALLEST / lots, max(LARGEST / lots, ROOM_FOR_LONDON)


def design_rules(lots: int, whole: bool) -> list[DesignRule]:
    """The rules of every design that is searched for or drawn at random; `whole` keeps justice areas in one piece."""
    low, high = limits(lots)
    rules: list[DesignRule] = [
        lo.rules.LotCount(at_least=lots, at_most=lots),
        lo.rules.SizeBetween(measure=MEASURE, of="share", at_least=low, at_most=high),
        lo.rules.Contiguous(),
    ]
    return [*rules, lo.rules.Whole(layer=WHOLE)] if whole else rules


# The frontier is proven point by point over all candidate lots: its lots are nearer to the mean, but for the lot
# that London is in, and lie in at most so many regions.
NEAR, FAR, MOST_REGIONS = 0.6, 1.4, 3


def frontier_rules(lots: int) -> list[DesignRule]:
    """The rules of every design of a frontier."""
    near = {"at_least": NEAR / lots, "at_most": FAR / lots, "except": ("justice:London",)}
    return [
        lo.rules.LotCount(at_least=lots, at_most=lots),
        lo.rules.SizeBetween(measure=MEASURE, of="share", **near),
        lo.rules.Contiguous(),
        lo.rules.Whole(layer=WHOLE),
        lo.rules.LargestSpan(layer="region", at_most=MOST_REGIONS),
    ]


def award_rules() -> Sequence[object]:
    """The rules of every award: each lot to one provider, within its capacity, and no group above its share."""
    return (
        lo.rules.EveryItemAwarded(),
        lo.rules.Capacity(measure=MEASURE),
        lo.rules.ValueShare(at_most=SHARE),
    )
