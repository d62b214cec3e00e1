"""The registry: every instance by name, with its rules, goals, time limit and peers. Once named, it never changes.

A changed instance would be another problem under an old name: its `fingerprint` stands in known.csv beside its
optimum, and the runner refuses to compare where they differ. Peers and limits may change: they are not the problem.
"""

from __future__ import annotations

from typing import Any

from benchmarks.instances import Award, Design, Instance, Joint, by_name
from benchmarks.maps import National, PlanarMap
from benchmarks.markets import MadeUpMarket
from benchmarks.offers import JointGround
from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.rules.items import EveryItemAwarded
from lotopt.allocation.rules.limits import AwardLimit, Capacity
from lotopt.allocation.rules.values import ValueShare
from lotopt.design import goals, rules
from lotopt.design.clause import DesignGoal, DesignRule

COLUMNS = ("all columns, HiGHS", "all columns, PuLP CBC")
ASSIGN = ("assignment, HiGHS", "assignment, PuLP CBC", "assignment, SCIP", "assignment, CP-SAT")
NUMBERED = ("numbered lots, HiGHS", "numbered lots, PuLP CBC", "numbered lots, SCIP", "numbered lots, CP-SAT")
LINEAR = (*ASSIGN, *NUMBERED)
CENTRES = ("centres, HiGHS", "centres, SCIP")
CHAINS = ("gerrychain short bursts", "gerrychain tilted", "gerrychain annealing")
REGIONS = ("spopt RegionKMeans", "spopt AZP", "spopt MaxP", "spopt Skater", "spopt WardSpatial", "spopt p-median")
BIDS = ("bids, HiGHS", "bids, PuLP CBC", "bids, SCIP", "bids, CP-SAT")
# width, height, lots, seconds
LARGE = ((40, 25, 20, 120.0), (100, 50, 40, 300.0), (100, 100, 60, 300.0), (250, 200, 100, 600.0))
# Seconds for each solver in the quick profile, whatever the limit of the long one.
QUICK_LIMIT, LIMIT = 8.0, 60.0
BOTH = tuple(f"assignment x provider, {solver}" for solver in ("HiGHS", "PuLP CBC", "PuLP HiGHS", "SCIP", "CP-SAT"))


def _crime(lots: int, at_least: float, at_most: float, *more: DesignRule) -> tuple[DesignRule, ...]:
    """Lots in one piece, each a share of recorded crime."""
    return (
        rules.LotCount(at_least=lots, at_most=lots),
        rules.SizeBetween(measure="crime", of="share", at_least=at_least, at_most=at_most),
        rules.Contiguous(),
        *more,
    )


def _national(
    name: str, lots: int, at_least: float, at_most: float, goal: DesignGoal, peers: tuple[str, ...],
    limit: float = LIMIT, **more: Any,
) -> Design:
    """Lots of the 42 criminal justice areas."""
    asked = _crime(lots, at_least, at_most, rules.Whole(layer="justice"))
    return Design(f"national-{lots}-{name}", National(), asked, (goal,), limit, peers, **more)


def _map(
    width: int, height: int, lots: int, around: float, goal: DesignGoal, limit: float = LIMIT, **more: Any
) -> Design:
    """Lots of a made-up map, each within a fraction of the mean."""
    areas = width * height
    asked = (
        rules.LotCount(at_least=lots, at_most=lots),
        rules.SizeBetween(
            measure="cases", of="share", at_least=(1 - around) / lots, at_most=(1 + around) / lots
        ),
        rules.Contiguous(),
    )
    short = {"border_length": "border", "compactness": "compact", "balance": "balance"}[goal.kind]
    return Design(f"map{areas}-{lots}-{short}", PlanarMap(areas, width, height), asked, (goal,), limit, **more)


def _market(name: str, ground: MadeUpMarket, wins: int, limit: float = LIMIT, **more: Any) -> Award:
    asked = (EveryItemAwarded(), AwardLimit(at_most=wins), Capacity(measure="cases"))
    return Award(name, ground, asked, (TotalPrice(),), limit, **more)


def _joint(lots: int, providers: int, at_least: float, at_most: float, limit: float = LIMIT, **more: Any) -> Joint:
    """Lots of the 42 criminal justice areas and their providers, with capacity and at most 35 % of the price each."""
    return Joint(
        f"joint-{lots}-{providers}",
        JointGround(National(), "crime", 100 * lots + providers, providers),
        _crime(lots, at_least, at_most, rules.Whole(layer="justice")),
        (),
        (EveryItemAwarded(), Capacity(measure="crime"), ValueShare(at_most=0.35)),
        limit,
        BOTH,
        **more,
    )


def _joint_map(width: int, height: int, lots: int, providers: int, around: float, **more: Any) -> Joint:
    """The same on a made-up map, with a limit on lots won in place of one on the share of the price."""
    areas = width * height
    place = PlanarMap(areas, width, height)
    return Joint(
        f"joint-map{areas}-{lots}-{providers}",
        JointGround(place, "cases", areas + providers, providers),
        _map(width, height, lots, around, _BORDER, peers=()).rules,
        (),
        (EveryItemAwarded(), Capacity(measure="cases"), AwardLimit(at_most=2)),
        LIMIT,
        BOTH,
        **more,
    )


_CRIME = goals.Compactness(measure="crime")
_CASES = goals.Compactness(measure="cases")
_BORDER = goals.BorderLength()
_EVEN = goals.Balance(measure="cases")
_FEW = rules.Splits(layer="police", at_most=2)  # London needs three lots
_SOFT = goals.Interfaces(layer="police")

INSTANCES: tuple[Instance, ...] = (
    _national("compact", 6, 0.1333, 0.2, _CRIME, (*CENTRES, *CHAINS, *REGIONS), limit=600.0,
              quick=("centres, HiGHS", CHAINS[0], REGIONS[0])),
    _national("border", 6, 0.1333, 0.2, _BORDER, (*LINEAR, *CHAINS), limit=600.0,
              quick=(*ASSIGN, NUMBERED[2], CHAINS[0])),
    _national("interfaces", 6, 0.1333, 0.2, goals.Interfaces(layer="local_justice"), (*LINEAR, *CHAINS),
              limit=600.0),
    _national("compact", 12, 0.025, 0.19, _CRIME, (*CENTRES, *CHAINS), quick=(CHAINS[1],)),
    _national("border", 12, 0.025, 0.19, _BORDER, (*LINEAR, *CHAINS)),
    _national("compact", 21, 0.0143, 0.19, _CRIME, (*CENTRES, *CHAINS), quick=(CHAINS[2],)),
    _national("border", 21, 0.0143, 0.19, _BORDER, (*LINEAR, *CHAINS)),
    _national("balance", 10, 0.03, 0.19, goals.Balance(measure="crime"), (*LINEAR, *CHAINS)),
    _map(4, 4, 3, 0.2, _BORDER, peers=(*COLUMNS, *LINEAR), quick=(*COLUMNS, *ASSIGN)),
    _map(5, 4, 3, 0.2, _EVEN, peers=(*COLUMNS, *LINEAR), quick=(COLUMNS[0], ASSIGN[0])),
    _map(5, 5, 4, 0.15, _BORDER, peers=(*COLUMNS, *LINEAR, *CHAINS), quick=(COLUMNS[0], ASSIGN[0], ASSIGN[2])),
    _map(5, 5, 5, 0.2, _CASES, peers=(*COLUMNS, *CENTRES, *CHAINS), quick=(COLUMNS[0],)),
    _map(6, 5, 5, 0.1, _BORDER, peers=(*COLUMNS, *LINEAR, *CHAINS), quick=(ASSIGN[0],)),
    _map(6, 5, 5, 0.1, _EVEN, peers=(*COLUMNS, *LINEAR), quick=(COLUMNS[0],)),
    _map(6, 6, 6, 0.1, _CASES, peers=(*COLUMNS, *CENTRES, *CHAINS, *REGIONS), quick=(COLUMNS[0], REGIONS[1])),
    _map(6, 6, 6, 0.1, _BORDER, peers=(*COLUMNS, *LINEAR)),
    _map(7, 6, 7, 0.1, _CASES, peers=(*COLUMNS, *CENTRES, *CHAINS)),
    _map(7, 6, 7, 0.1, _BORDER, peers=(*COLUMNS, *LINEAR)),
    _market("market-20x300", MadeUpMarket(20, 20, 8, 300), 5, peers=BIDS, quick=BIDS[:2]),
    _market("market-200x3000", MadeUpMarket(200, 200, 25, 3000), 14, peers=BIDS, quick=(BIDS[0],)),
    _market("market-1000x20000-ample", MadeUpMarket(1001, 1000, 60, 20_000, slack=3.0), 60, peers=BIDS),
    _market("market-1000x20000", MadeUpMarket(1000, 1000, 60, 20_000), 28, peers=BIDS),
    _joint_map(4, 3, 3, 3, 0.3, quick=(BOTH[0], BOTH[3])),
    _joint_map(5, 5, 4, 4, 0.2, quick=(BOTH[0],)),
    _joint(6, 8, 0.1333, 0.2),
    _joint(6, 30, 0.1333, 0.2),
    *(_joint(lots, providers, 0.3 / lots, 0.19, limit=120.0) for lots in (10, 12, 21) for providers in (8, 30)),
    Design("districts-21-interfaces", National(), _crime(21, 0.03, 0.07), (_SOFT,), 300.0, (*LINEAR, *CHAINS)),
    Design("districts-21-compact", National(), _crime(21, 0.03, 0.07, _FEW), (_CRIME,), 300.0,
           (*CENTRES, *CHAINS, *REGIONS)),
    Design("nested-80-compact", National(), _crime(80, 0.0015, 0.03, rules.Nested(layer="police")), (_CRIME,), 120.0,
           (*CENTRES, *CHAINS)),
    *(_map(width, height, lots, 0.1, _CASES, limit=limit, peers=(*CHAINS, *REGIONS))
      for width, height, lots, limit in LARGE),
)  # fmt: skip


def named(name: str) -> Instance:
    """The instance of that name. Raises KeyError."""
    return by_name(INSTANCES, name)
