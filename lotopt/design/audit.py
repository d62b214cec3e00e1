"""The audit of a lot design: every rule and goal measured a second time, without the engine."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lotopt.core.clause import named
from lotopt.core.reading import Audit
from lotopt.design.clause import DesignGoal, DesignRule
from lotopt.design.design import LotDesign
from lotopt.territory.measured import AuditTable

# Engine and audit may differ by this share of the objective (or of 1), or by this share of the sums that goals are
# differences of: inertia and deviations are small differences of large sums.
AGREEMENT, ROUNDING = 1e-7, 1e-11


def audit_design(
    plan: LotDesign,
    rules: Sequence[DesignRule],
    goals: Sequence[DesignGoal] = (),
    objective: float | None = None,
) -> Audit:
    """Every rule of a design read and its goals added up from a table that shares no code with the engine.

    `objective` is what the engine claims: a fault where the audit finds another. Raises InputError when a rule or
    goal speaks of something the territory does not have.
    """
    table = AuditTable.of_labels(plan.territory, plan.of, plan.lots)
    readings = tuple(reading for rule in named(rules) for reading in rule.readings(plan.territory, table))
    faults = list(table.faults)
    total = math.fsum(goal.weight * goal.value(plan.territory, table) for goal in goals) if goals else None
    if objective is not None and total is not None:
        apart = abs(objective - total)
        if apart > AGREEMENT * max(1.0, abs(total)) and apart > ROUNDING * _size(plan, goals):
            faults.append(f"the engine's objective is {objective:,.6f}, the audit's {total:,.6f}")
    return Audit(readings, tuple(faults), total, plan.territory.notes)


def _size(plan: LotDesign, goals: Sequence[DesignGoal]) -> float:
    """How large the sums are that goals are made of: for one lot of everything, and of the measures they speak of."""
    territory = plan.territory
    everything = AuditTable(territory, {"everything": range(len(territory))})
    size = 0.0
    for goal in goals:
        for term in goal.terms(territory, len(plan)):
            measure = getattr(term.feature, "measure", None)
            whole = math.fsum(territory.measure(measure)) if measure is not None else 0.0
            value = float(everything.value(term.feature)[0])
            size += goal.weight * abs(term.coefficient) * max(abs(value), whole)
    return size
