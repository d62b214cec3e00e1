"""The best design there is for one thing: coherence, compactness, price; and the cheapest that heeds no boundary."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lotopt as lo
from benchmarks.coherence.descent import cheapest_drawn, descend, least_price, price_of
from benchmarks.coherence.market import schedules
from benchmarks.coherence.place import territory
from benchmarks.coherence.settings import (
    MEASURE,
    PARTNERS,
    PATIENCE,
    SEED,
    award_rules,
    design_rules,
    frontier_rules,
    limits,
)
from lotopt.core.result import Status, gap_of

# Whole justice areas are whole police areas and whole councils as well: only these two layers tell designs apart.
TOLD_APART = ("local_justice", "region")
# Designs drawn at random, and how many of the cheapest are started from.
DRAWN, STARTS = 150, 6


@dataclass(frozen=True)
class Best:
    """A design that is best of its kind, with what is proven: `bound` is below the objective of every design."""

    kind: str
    design: lo.LotDesign
    status: str
    objective: float
    bound: float | None
    unit: str
    seconds: float
    note: str = ""

    @property
    def gap(self) -> float:
        return math.nan if self.bound is None else gap_of(self.objective, self.bound)


def best(kind: str, lots: int) -> Best:
    """The best design of a kind with so many lots. Raises RuntimeError where there is none."""
    if kind == "coherence":
        return _most_coherent(lots)
    if kind == "compact":
        return _drawn(kind, lots, [lo.goals.Compactness(measure=MEASURE)], "crimes x km2")
    if kind == "price":
        return decided(kind, lots, design_rules(lots, whole=True))
    raise ValueError(f"no kind '{kind}'; possible: coherence, compact, price")


def _most_coherent(lots: int) -> Best:
    """The fewest interfaces with all partners; among designs with as many of each layer, the most compact."""
    found = _drawn("coherence", lots, [lo.goals.Interfaces(layer=layer) for layer in TOLD_APART], "interfaces")
    met = lo.coherence(found.design, MEASURE, PARTNERS)
    kept = [lo.rules.Splits(layer=layer, at_most=met[layer].splits) for layer in TOLD_APART]
    compact = _drawn("coherence", lots, [lo.goals.Compactness(measure=MEASURE)], "crimes x km2", kept)
    rest = sum(met[layer].interfaces for layer in PARTNERS if layer not in TOLD_APART)
    bound = None if found.bound is None else found.bound + rest
    # which of the designs with as few interfaces is given, the second solve decides
    note = compact.note if compact.status == "optimal" else f"{compact.note}; compactness not proven".strip("; ")
    seconds = found.seconds + compact.seconds
    return Best("coherence", compact.design, found.status, found.objective + rest, bound, "interfaces", seconds, note)


def fewest_region_interfaces(lots: int) -> int:
    """How many interfaces with regions a design of the frontier has at least."""
    options = lo.SolverOptions(time_limit=PATIENCE, seed=SEED)
    found = lo.design_lots(territory(), frontier_rules(lots), [lo.goals.Interfaces(layer="region")], solver=options)
    return round(_best("frontier", lots, found, found.plan, "interfaces").objective)


def decided(kind: str, lots: int, rules: Sequence[Any], starts: Sequence[lo.LotDesign] = ()) -> Best:
    """The cheapest lots and awards under rules of lot design and those of every award."""
    found = lo.design_and_allocate(
        territory(),
        schedules(),
        [*rules, *award_rules()],
        [lo.goals.TotalPrice()],
        starts=starts,
        solver=lo.SolverOptions(time_limit=PATIENCE, seed=SEED),
    )
    plan = None if found.plan is None else found.plan.design
    return _best(kind, lots, found, plan, "GBP a year")


def cheapest_free(lots: int, start: lo.LotDesign) -> Best:
    """The cheapest design known where districts may go anywhere, and what is proven of all others.

    A heuristic: from the cheapest design of whole areas (`start`), and from designs drawn at random, districts move
    wherever that lowers the price. The bound is that of the ground divided among providers in so many lots of legal
    size, which need not hang together.
    """
    starts = [start, *cheapest_drawn(design_rules(lots, whole=False), DRAWN)[:STARTS]]
    design = descend(starts, None, *limits(lots))
    audit = lo.audit(design, design_rules(lots, whole=False))
    if not audit.ok:
        raise RuntimeError(f"price_free, {lots} lots: the audit disagrees: {audit}")
    price = price_of(design)
    bound = min(price, least_price(lots))
    status = Status.OPTIMAL if gap_of(price, bound) <= 1e-4 else Status.FEASIBLE
    return Best("price_free", design, str(status), price, bound, "GBP a year", 0.0, "a heuristic's plan")


def _drawn(kind: str, lots: int, goals: list[Any], unit: str, more: Sequence[Any] = ()) -> Best:
    options = lo.SolverOptions(time_limit=PATIENCE, seed=SEED)
    found = lo.design_lots(territory(), [*design_rules(lots, whole=True), *more], goals, solver=options)
    return _best(kind, lots, found, found.plan, unit)


def _best(kind: str, lots: int, found: lo.Result[Any], plan: lo.LotDesign | None, unit: str) -> Best:
    if found.interrupted:  # the best plan so far is not the answer
        raise KeyboardInterrupt
    if plan is None or found.objective is None:
        raise RuntimeError(f"{kind}, {lots} lots: {found}")
    if found.audit is None or not found.audit.ok:
        raise RuntimeError(f"{kind}, {lots} lots: the audit disagrees: {found.audit}")
    told = "; ".join(found.limits)
    return Best(kind, plan, str(found.status), found.objective, found.bound, unit, found.seconds, told)
