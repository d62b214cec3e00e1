"""The registry: every instance by name, with its rules, goals, time limit and peers. Once named, it never changes.

A changed instance would be another problem under an old name: its `fingerprint` stands in known.csv beside its
optimum, and the runner refuses to compare where they differ.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.maps import National, PlanarMap
from benchmarks.markets import MadeUpMarket
from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.group_rules import AwardLimit, Capacity
from lotopt.allocation.item_rules import EveryItemAwarded
from lotopt.design import goals, rules

if TYPE_CHECKING:
    from lotopt.allocation.clause import AwardGoal, AwardRule
    from lotopt.design.clause import DesignGoal, DesignRule
    from lotopt.market.market import Market
    from lotopt.territory.territory import Territory

QUICK, FULL = "quick", "full"


@dataclass(frozen=True)
class Design:
    """Lots of a map. `limit` is in seconds, the same for the engine and for each peer."""

    name: str
    ground: National | PlanarMap
    rules: tuple[DesignRule, ...]
    goals: tuple[DesignGoal, ...]
    limit: float
    peers: tuple[str, ...]
    profile: str = QUICK


@dataclass(frozen=True)
class Award:
    """Awards of a market. `limit` is in seconds, the same for the engine and for each peer."""

    name: str
    ground: MadeUpMarket
    rules: tuple[AwardRule, ...]
    goals: tuple[AwardGoal, ...]
    limit: float
    peers: tuple[str, ...] = ("plain milp",)
    profile: str = QUICK


Instance = Design | Award


def _national(
    name: str, lots: int, at_least: float, at_most: float, goal: DesignGoal, peers: tuple[str, ...], **more: Any
) -> Design:
    """Lots of the 42 criminal justice areas, each a share of recorded crime."""
    asked = (
        rules.LotCount(at_least=lots, at_most=lots),
        rules.SizeBetween(measure="crime", of="share", at_least=at_least, at_most=at_most),
        rules.Contiguous(),
        rules.Whole(layer="justice"),
    )
    return Design(f"national-{lots}-{name}", National(), asked, (goal,), peers=peers, **more)


def _map(width: int, height: int, lots: int, around: float, goal: DesignGoal, **more: Any) -> Design:
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
    peers = ("all columns",) if short == "compact" else ("all columns", "assignment")
    return Design(f"map{areas}-{lots}-{short}", PlanarMap(areas, width, height), asked, (goal,), peers=peers, **more)


def _market(name: str, ground: MadeUpMarket, wins: int, limit: float, **more: Any) -> Award:
    asked = (EveryItemAwarded(), AwardLimit(at_most=wins), Capacity(measure="cases"))
    return Award(name, ground, asked, (TotalPrice(),), limit, **more)


_CRIME = goals.Compactness(measure="crime")
_CASES = goals.Compactness(measure="cases")
_BORDER = goals.BorderLength()
_EVEN = goals.Balance(measure="cases")

INSTANCES: tuple[Instance, ...] = (
    _national("compact", 6, 0.1333, 0.2, _CRIME, ("all columns",), limit=10.0),
    _national("border", 6, 0.1333, 0.2, _BORDER, ("all columns", "assignment"), limit=10.0),
    _national("compact", 12, 0.025, 0.19, _CRIME, ("all columns",), limit=10.0),
    _national("border", 12, 0.025, 0.19, _BORDER, ("all columns", "assignment"), limit=60.0, profile=FULL),
    _national("compact", 21, 0.0143, 0.19, _CRIME, ("all columns",), limit=10.0),
    _national("border", 21, 0.0143, 0.19, _BORDER, ("all columns", "assignment"), limit=60.0, profile=FULL),
    _national(
        "balance", 10, 0.03, 0.19, goals.Balance(measure="crime"), ("all columns", "assignment"), limit=60.0,
        profile=FULL,
    ),
    _national(
        "interfaces", 6, 0.1333, 0.2, goals.Interfaces(layer="local_justice"), ("all columns",), limit=60.0,
        profile=FULL,
    ),
    _map(4, 4, 3, 0.2, _BORDER, limit=10.0),
    _map(5, 4, 3, 0.2, _EVEN, limit=10.0),
    _map(5, 5, 4, 0.15, _BORDER, limit=10.0),
    _map(5, 5, 5, 0.2, _CASES, limit=10.0),
    _map(6, 5, 5, 0.1, _BORDER, limit=10.0),
    _map(6, 5, 5, 0.1, _EVEN, limit=10.0),
    _map(6, 6, 6, 0.1, _CASES, limit=10.0),
    _map(6, 6, 6, 0.1, _BORDER, limit=60.0, profile=FULL),
    _map(7, 6, 7, 0.1, _CASES, limit=60.0, profile=FULL),
    _map(7, 6, 7, 0.1, _BORDER, limit=60.0, profile=FULL),
    _market("market-20x300", MadeUpMarket(20, 20, 8, 300), 5, limit=10.0),
    _market("market-200x3000", MadeUpMarket(200, 200, 25, 3000), 14, limit=10.0),
    _market("market-1000x20000-ample", MadeUpMarket(1001, 1000, 60, 20_000, slack=3.0), 60, limit=60.0, profile=FULL),
    _market("market-1000x20000", MadeUpMarket(1000, 1000, 60, 20_000), 28, limit=60.0, profile=FULL),
)  # fmt: skip


def named(name: str) -> Instance:
    """The instance of that name. Raises KeyError."""
    return {instance.name: instance for instance in INSTANCES}[name]


def fingerprint(instance: Instance, ground: Territory | Market) -> str:
    """Twelve characters that change with anything the optimum depends on."""
    asked = [clause.model_dump(mode="json") for clause in (*instance.rules, *instance.goals)]
    content = ground.digest if isinstance(instance, Award) else _content(ground)  # type: ignore[arg-type]
    text = json.dumps([content, asked], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _content(territory: Territory) -> list[Any]:
    borders = territory.borders
    return [
        list(territory.ids),
        np.round(territory.xy, 3).tolist(),
        {name: np.round(measure.values, 6).tolist() for name, measure in territory.measures.items()},
        {name: layer.of.tolist() for name, layer in territory.layers.items()},
        [borders.a.tolist(), borders.b.tolist(), np.round(borders.metres, 3).tolist(), list(borders.kinds)],
    ]
