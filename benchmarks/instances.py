"""What an instance is: a ground (map, market, or map and providers), rules, goals, a time limit and peers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from benchmarks.maps import Map
from benchmarks.markets import MadeUpMarket

if TYPE_CHECKING:
    from benchmarks.offers import JointGround, Offers
    from lotopt.allocation.clause import AwardGoal, AwardRule
    from lotopt.core.clause import Clause
    from lotopt.design.clause import DesignGoal, DesignRule
    from lotopt.market.market import Market
    from lotopt.territory.territory import Territory


@dataclass(frozen=True)
class Design:
    """Lots of a map. `limit` is in seconds, the same for the engine and for each peer.

    `quick` are those of its peers that the quick profile asks; None where it leaves the instance out.
    `known` is an optimum from outside (published, or proven by another program) where the instance came from a
    file; those of the registry stand in known.csv.
    """

    name: str
    ground: Map
    rules: tuple[DesignRule, ...]
    goals: tuple[DesignGoal, ...]
    limit: float
    peers: tuple[str, ...]
    quick: tuple[str, ...] | None = None
    known: float | None = None
    source: str = ""


@dataclass(frozen=True)
class Award:
    """Awards of a market. `limit` is in seconds, the same for the engine and for each peer."""

    name: str
    ground: MadeUpMarket
    rules: tuple[AwardRule, ...]
    goals: tuple[AwardGoal, ...]
    limit: float
    peers: tuple[str, ...]
    quick: tuple[str, ...] | None = None
    known: float | None = None


@dataclass(frozen=True)
class Joint:
    """Lots and who gets them, decided together: design rules and goals, and rules on awards."""

    name: str
    ground: JointGround
    rules: tuple[DesignRule, ...]
    goals: tuple[DesignGoal, ...]
    awards: tuple[AwardRule, ...]
    limit: float
    peers: tuple[str, ...]
    quick: tuple[str, ...] | None = None
    known: float | None = None


Instance = Design | Award | Joint
Ground: TypeAlias = "Territory | Market | Offers"


def ground_of(instance: Instance) -> Ground:
    """The map, the market, or the map with its providers."""
    if isinstance(instance, Design):
        return instance.ground.territory()
    if isinstance(instance, Award):
        return instance.ground.market()
    return instance.ground.offers()


def fingerprint(instance: Instance, ground: Any) -> str:
    """Twelve characters that change with anything the optimum depends on."""
    asked = [_asked(clause) for clause in (*instance.rules, *instance.goals)]
    content: Any
    if isinstance(instance, Award):
        content = ground.digest
    elif isinstance(instance, Design):
        content = _content(ground)
    else:
        asked += [_asked(clause) for clause in instance.awards]
        content = [_content(ground.territory), ground.content()]
    text = json.dumps([content, asked], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _asked(clause: Clause) -> list[Any]:
    """A clause by what it says: a field that a later version adds, and that is not used, changes no instance."""
    return [clause.kind, clause.fields()]


def _content(territory: Territory) -> list[Any]:
    borders = territory.borders
    return [
        list(territory.ids),
        np.round(territory.xy, 3).tolist(),
        {name: np.round(measure.values, 6).tolist() for name, measure in territory.measures.items()},
        {name: layer.of.tolist() for name, layer in territory.layers.items()},
        [borders.a.tolist(), borders.b.tolist(), np.round(borders.metres, 3).tolist(), list(borders.kinds)],
    ]


def by_name(instances: Sequence[Instance], name: str) -> Instance:
    """The instance of that name. Raises KeyError."""
    return {instance.name: instance for instance in instances}[name]
