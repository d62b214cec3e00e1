"""The judge: every plan, whoever made it, is measured and audited here, from the instance alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import lotopt as lo
from benchmarks.instances import Award, Design, Instance, Joint
from lotopt.core.reading import Audit
from lotopt.design.design import LotDesign
from lotopt.territory.territory import Territory


@dataclass(frozen=True)
class Judged:
    """The objective as measured, whether every rule is kept, and what is broken in words."""

    objective: float
    ok: bool
    broken: str = ""


def judge(instance: Instance, ground: Any, plan: Sequence[object]) -> Judged:
    """Measure a plan: a number per area, ids of bids, or (number, provider) per area."""
    if isinstance(instance, Design):
        design = design_of(ground, plan)
        audit = lo.audit(design, instance.rules, instance.goals)
        return _judged(_scored(instance, design), [audit])
    if isinstance(instance, Award):
        allocation = lo.Allocation.of(ground, [str(bid) for bid in plan])
        audit = lo.audit(allocation, instance.rules, instance.goals)
        return _judged(math.fsum(goal.weight * goal.value(allocation) for goal in instance.goals), [audit])
    return _joint(instance, ground, plan)


def design_of(territory: Territory, plan: Sequence[object]) -> LotDesign:
    """A number per area as a design; lots are named in the order of their first area."""
    numbers = list(dict.fromkeys(plan))
    place = {number: k for k, number in enumerate(numbers)}
    of = np.array([place[number] for number in plan], dtype=np.int64)
    return LotDesign(territory, tuple(f"L{k + 1}" for k in range(len(numbers))), of)


def _scored(instance: Design | Joint, design: LotDesign) -> float:
    return math.fsum(goal.weight * goal.value(design.territory, design.table) for goal in instance.goals)


def _joint(instance: Joint, ground: Any, plan: Sequence[Any]) -> Judged:
    """Lots by their numbers; each lot's provider bids what its schedule asks."""
    design = design_of(ground.territory, [lot for lot, _ in plan])
    provider: dict[str, set[str]] = {}
    for area, (_, who) in enumerate(plan):
        provider.setdefault(design.lots[int(design.of[area])], set()).add(who)
    torn = [lot for lot, found in provider.items() if len(found) > 1]
    if torn:
        return Judged(math.nan, False, f"{len(torn)} lots have several providers")
    market = ground.schedules.market(design)
    won = [f"{next(iter(found))}-{lot}" for lot, found in provider.items()]
    allocation = lo.Allocation.of(market, won)
    audits = [lo.audit(design, instance.rules, instance.goals), lo.audit(allocation, instance.awards)]
    return _judged(float(allocation.total_price) + _scored(instance, design), audits)


def _judged(objective: float, audits: Sequence[Audit]) -> Judged:
    broken = [reading for audit in audits for reading in audit.broken]
    faults = [fault for audit in audits for fault in audit.faults]
    names = dict.fromkeys(reading.clause for reading in broken)
    clauses = [f"{name} in {sum(reading.clause == name for reading in broken)}" for name in names]
    worst = f" ({broken[0]})" if broken else ""
    text = "; ".join([*(["breaks " + ", ".join(clauses) + worst] if clauses else []), *faults])
    return Judged(float(objective), not broken and not faults, text)
