"""Price against coherence: exact points of the frontier, its knee, and what an interface may cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import lotopt as lo
from benchmarks.coherence.descent import cheapest_drawn, descend
from benchmarks.coherence.optima import DRAWN, STARTS, Best, decided, fewest_region_interfaces
from benchmarks.coherence.place import territory
from benchmarks.coherence.settings import FAR, MOST_REGIONS, NEAR, WHOLE, frontier_rules
from lotopt.territory.parts import Ints

REGIONS = "region"


@dataclass(frozen=True)
class Point:
    """A design of the frontier: nothing with as few interfaces with regions is cheaper."""

    interfaces: int
    best: Best


def frontier(lots: int, enough: int = 0) -> list[Point]:
    """The frontier of price against interfaces with regions, whole areas throughout, cheapest first: the whole of it,
    or its first points where so many are `enough`.

    By ε-constraint (Haimes, Lasdon & Wismer 1971): the cheapest design first, then the cheapest with fewer interfaces
    than that, until there are no fewer. Each point is proven by a solve of its own.
    """
    least = fewest_region_interfaces(lots)
    loose = [rule for rule in frontier_rules(lots) if not isinstance(rule, lo.rules.LargestSpan)]
    drawn = cheapest_drawn(loose, DRAWN)
    points: list[Point] = []
    most = None
    while True:
        found = _cheapest(lots, most, drawn)
        interfaces = regions_met(found.design.of)
        # the cheapest with fewer may be as cheap: then it is the better of the two
        points = [point for point in points if point.best.objective < found.objective]
        points.append(Point(interfaces, found))
        if interfaces <= least or len(points) == enough:
            return points
        most = interfaces - 1


def _cheapest(lots: int, most: int | None, drawn: Sequence[lo.LotDesign]) -> Best:
    """The cheapest design of the frontier with at most so many interfaces with regions.

    The solve begins with a design reached by a descent from some `drawn` at random: that shortens the proof and
    changes nothing that is proven.
    """
    rules: list[Any] = frontier_rules(lots)
    if most is not None:
        regions = len(territory().layer(REGIONS).agencies)
        rules.append(lo.rules.Splits(layer=REGIONS, at_most=most - regions))

    def allowed(of: Ints) -> bool:
        spans = _spans(of)
        return int(spans.max()) <= MOST_REGIONS and (most is None or int(spans.sum()) <= most)

    starts = [design for design in drawn if allowed(design.of)][:STARTS]
    begin = [descend(starts, WHOLE, NEAR / lots, FAR / lots, allowed)] if starts else []
    return decided("frontier", lots, rules, begin)


def regions_met(of: Ints) -> int:
    """How many pairs of a lot and a region meet, by the lot of every area."""
    return int(_spans(of).sum())


def _spans(of: Ints) -> Ints:
    """How many regions each lot meets."""
    pairs = np.unique(np.stack([of, territory().layer(REGIONS).of], axis=1), axis=0)
    return np.bincount(pairs[:, 0])


def knee(points: Sequence[tuple[float, float]]) -> int | None:
    """The point of a falling curve that lies furthest below the line between its ends, both axes scaled to 0 to 1.

    The first of equals; None where no point lies below that line (Satopää et al. 2011, "Finding a kneedle in a
    haystack").
    """
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if len(points) < 3 or max(xs) == min(xs) or max(ys) == min(ys):
        return None
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    below = [1.0 - (x - min(xs)) / wide - (y - min(ys)) / high for x, y in points]
    best = max(range(len(points)), key=lambda k: (below[k], -k))
    return best if below[best] > 1e-9 else None


@dataclass(frozen=True)
class Stretch:
    """From `start` to `end` GBP for an interface and year, the plan `name` has the least total."""

    name: str
    start: float
    end: float


def cheapest_at(plans: Sequence[tuple[str, float, float]]) -> list[Stretch]:
    """Which plan (name, price, interfaces) has the least price + charge x interfaces, from a charge of 0 on upwards.

    The lower envelope of lines: plans that are never the cheapest are left out. Of equals the one that
    comes first in the alphabet is taken.
    """
    found: list[Stretch] = []
    charge = 0.0
    now = min(plans, key=lambda plan: (plan[1], plan[2]))
    while True:
        name, price, met = now
        # where a plan with fewer interfaces becomes as cheap
        crossings = [((p - price) / (met - m), m, p, n) for n, p, m in plans if m < met]
        if not crossings:
            return [*found, Stretch(name, charge, float("inf"))]
        at, fewest, cost, other = min(crossings)
        found.append(Stretch(name, charge, at))
        charge, now = at, (other, cost, fewest)


def break_even(dearer: tuple[float, float], cheaper: tuple[float, float]) -> float:
    """The charge for an interface from which the dearer plan, with fewer of them, has the lower total.

    Both are given as (price, interfaces). 0 where it is cheaper anyway, infinite where it has no fewer interfaces.
    """
    saved = cheaper[1] - dearer[1]
    more = dearer[0] - cheaper[0]
    if more <= 0:
        return 0.0
    return more / saved if saved > 0 else float("inf")
