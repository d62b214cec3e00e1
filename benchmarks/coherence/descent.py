"""The cheapest design that heeds no boundary: a descent that moves districts, and a bound that no design beats.

Both are deterministic: no clock ends them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import networkx as nx
import numpy as np
import pulp

import lotopt as lo
from benchmarks.coherence.market import schedules
from benchmarks.coherence.measure import priced
from benchmarks.coherence.place import territory
from benchmarks.coherence.settings import MEASURE, SEED, SHARE, limits
from lotopt.territory.facts import area_facts
from lotopt.territory.parts import Floats, Ints

A_PENNY = 0.01


@cache
def prices() -> tuple[Floats, Floats, Floats, Floats]:
    """What each provider asks for every area (areas, providers) and for a lot; capacities; volumes of areas."""
    asked, facts = schedules(), area_facts(territory())
    each = [
        [float(asked.schedule[p.id].price_of_area(a, a.id in asked.taken_over(p.id))) for p in asked.offering]
        for a in facts
    ]
    fixed = [float(asked.schedule[p.id].fixed_charge) for p in asked.offering]
    capacity = [p.capacity[MEASURE] for p in asked.offering]
    return np.array(each), np.array(fixed), np.array(capacity), territory().measure(MEASURE)


def least_price(lots: int) -> float:
    """A price that no design of so many lots within the size limits can beat, under the rules of the awards.

    Districts go to providers, in parts if need be, and each provider has a whole number of lots: what holds lots
    together, and districts in one piece, is left out.
    """
    each, fixed, capacity, volume = prices()
    low, high = (share * float(volume.sum()) for share in limits(lots))
    areas, providers = each.shape
    model = pulp.LpProblem("least", pulp.LpMinimize)
    x = [[model.add_variable(f"x_{i}_{p}", 0, 1) for p in range(providers)] for i in range(areas)]
    n = [model.add_variable(f"n_{p}", 0, lots, cat=pulp.LpInteger) for p in range(providers)]
    cost = [
        pulp.lpSum(float(each[i, p]) * x[i][p] for i in range(areas)) + float(fixed[p]) * n[p]
        for p in range(providers)
    ]
    carried = [pulp.lpSum(float(volume[i]) * x[i][p] for i in range(areas)) for p in range(providers)]
    model += pulp.lpSum(cost)
    model += pulp.lpSum(n) == lots
    for i in range(areas):
        model += pulp.lpSum(x[i]) == 1
    for p in range(providers):
        model += carried[p] <= float(capacity[p])
        model += carried[p] >= low * n[p]
        model += carried[p] <= high * n[p]
        model += cost[p] <= SHARE * pulp.lpSum(cost)
    # as everywhere: a proof does not rest on presolve, which takes optima away from small MILPs
    solver = pulp.HiGHS(msg=False, threads=1, gapRel=0.0, gapAbs=0.0, presolve="off")
    model.solve(solver)
    if model.sol_status != pulp.LpSolutionOptimal:
        raise RuntimeError(f"the bound for {lots} lots was not solved: {pulp.LpSolution[model.sol_status]}")
    return float(pulp.value(model.objective))


@dataclass(frozen=True)
class Pieces:
    """What is moved: districts, or whole areas. `of_area` (areas,) numbers each area's piece; arrays are by piece."""

    of_area: Ints
    each: Floats  # (pieces, providers), GBP a year
    volume: Floats
    a: Ints
    b: Ints

    @classmethod
    @cache
    def of(cls, layer: str | None) -> Pieces:
        """Districts, or the agencies of a layer."""
        ground = territory()
        each, _, _, volume = prices()
        of_area = np.arange(len(ground)) if layer is None else ground.layer(layer).of
        count = int(of_area.max()) + 1
        together = np.zeros((count, each.shape[1]))
        np.add.at(together, of_area, each)
        open_ = ground.borders.of_kinds(None)
        a, b = of_area[ground.borders.a[open_]], of_area[ground.borders.b[open_]]
        pairs = np.unique(np.sort(np.stack([a, b], axis=1)[a != b], axis=1), axis=0)
        return cls(of_area, together, np.bincount(of_area, weights=volume), pairs[:, 0], pairs[:, 1])


Allowed = Callable[[Ints], bool]


def anything(of_area: Ints) -> bool:
    """No rule beyond size, one piece and the rules of the awards."""
    return True


def descend(
    starts: Sequence[lo.LotDesign], layer: str | None, low: float, high: float, allowed: Allowed = anything
) -> lo.LotDesign:
    """The cheapest design reached from any start by moving districts, or agencies of a layer, one at a time.

    `low` and `high` are shares of the measure that a lot may have; one that starts larger may not grow. `allowed`
    judges the lot of every area. The first of equals.
    """
    found = [_descended(start, Pieces.of(layer), low, high, allowed) for start in starts]
    return min(found, key=price_of)


def cheapest_drawn(rules: Sequence[Any], designs: int) -> list[lo.LotDesign]:
    """So many designs drawn at random, the cheapest first."""
    drawn = lo.sample_designs(territory(), rules, designs, seed=SEED)
    prices = [price_of(design) for design in drawn]
    return [drawn.design(k) for k in sorted(range(len(drawn)), key=lambda k: (prices[k], k))]


def price_of(design: lo.LotDesign) -> float:
    """The price of a design, GBP a year; infinite where no award keeps the rules."""
    price = priced(design).price
    return math.inf if price is None else float(price)


def _descended(design: lo.LotDesign, pieces: Pieces, low: float, high: float, allowed: Allowed) -> lo.LotDesign:
    """Move pieces while the price falls, award anew, and again, until neither helps."""
    best, price = design, price_of(design)
    while math.isfinite(price):
        moved = _moved(best, pieces, low, high, allowed)
        now = price_of(moved)
        if now >= price - A_PENNY / 2:
            break
        best, price = moved, now
    return best


def _moved(design: lo.LotDesign, pieces: Pieces, low: float, high: float, allowed: Allowed) -> lo.LotDesign:
    """Pieces moved to a neighbouring lot, the best move first, with the providers of the lots as awarded."""
    plan = priced(design).result.plan
    assert plan is not None
    order = [p.id for p in schedules().offering]
    who_of = {lot: order.index(award.provider) for award in plan for lot in award.lots}
    who = np.array([who_of[lot] for lot in design.lots])
    of = np.zeros(len(pieces.volume), dtype=np.int64)
    of[pieces.of_area] = design.of
    whole = float(pieces.volume.sum())
    size = np.bincount(of, weights=pieces.volume, minlength=len(design)) / whole
    part = pieces.volume / whole
    while True:
        for _, piece, to in _moves(of, who, pieces):
            at = int(of[piece])
            if size[at] - part[piece] < low or size[to] + part[piece] > max(high, size[to]):
                continue
            trial = of.copy()
            trial[piece] = to
            if not (_holds(trial, who, pieces) and allowed(trial[pieces.of_area])):
                continue
            if not _joined(trial == at, pieces.a, pieces.b):
                continue
            of = trial
            size[at] -= part[piece]
            size[to] += part[piece]
            break
        else:
            return lo.LotDesign(design.territory, design.lots, of[pieces.of_area], (), design.title)


def _moves(of: Ints, who: Ints, pieces: Pieces) -> list[tuple[float, int, int]]:
    """Moves across a border that lower the price, the best first: what each saves, the piece, the lot it goes to."""
    found = set()
    for x, y in ((pieces.a, pieces.b), (pieces.b, pieces.a)):
        saved = pieces.each[x, who[of[x]]] - pieces.each[x, who[of[y]]]
        better = (of[x] != of[y]) & (saved > A_PENNY / 2)
        found |= set(zip(saved[better].tolist(), x[better].tolist(), of[y][better].tolist(), strict=True))
    return sorted(found, key=lambda move: (-move[0], move[1], move[2]))


def _holds(of: Ints, who: Ints, pieces: Pieces) -> bool:
    """Whether every provider stays within its capacity and its share of the price."""
    _, fixed, capacity, _ = prices()
    by = who[of]
    carried = np.bincount(by, weights=pieces.volume, minlength=len(fixed))
    paid = np.bincount(by, weights=pieces.each[np.arange(len(of)), by], minlength=len(fixed))
    paid += np.bincount(who, minlength=len(fixed)) * fixed
    return bool((carried <= capacity).all() and (paid <= SHARE * paid.sum()).all())


def _joined(inside: Any, a: Ints, b: Ints) -> bool:
    """Whether the pieces inside hang together; an empty lot does not."""
    graph = nx.Graph()
    graph.add_nodes_from(np.flatnonzero(inside).tolist())
    kept = inside[a] & inside[b]
    graph.add_edges_from(zip(a[kept].tolist(), b[kept].tolist(), strict=True))
    return len(graph) > 0 and bool(nx.is_connected(graph))
