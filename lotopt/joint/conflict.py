"""Why no lots and awards exist that keep all rules: facts that prove it, then a smallest set of conflicting rules."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from lotopt.allocation.clause import AwardRule
from lotopt.allocation.rules.limits import Capacity
from lotopt.core.clause import Rule
from lotopt.core.errors import InputError
from lotopt.core.reading import plain
from lotopt.core.result import Status
from lotopt.design.clause import DesignRule
from lotopt.design.conflict import facts
from lotopt.engine.conflict import smallest_conflict
from lotopt.engine.joint.solve import solve_joint
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.joint.problem import Case, build, check, panel
from lotopt.market.provider import LOTS


def conflict(case: Case, options: SolverOptions, clock: Clock) -> tuple[str, ...]:
    """Sentences about rules that no lots and awards keep together. The search for them ends with the clock."""

    def holds(some: Sequence[Rule]) -> bool | None:
        kept = Case(
            case.territory,
            case.schedules,
            tuple(rule for rule in some if isinstance(rule, DesignRule)),
            tuple(rule for rule in some if isinstance(rule, AwardRule)),
        )
        try:
            problem = build(kept, check(kept), room=1.0).joint
        except InputError:
            return None
        answer = solve_joint(problem, options, clock.part(0.25, at_least=5.0))
        if answer.interrupted:
            raise KeyboardInterrupt
        return {Status.INFEASIBLE: False, Status.UNKNOWN: None}.get(answer.status, True)

    found = (*facts(case.territory, case.design_rules), *_too_little(case))
    rules: tuple[Rule, ...] = (*case.design_rules, *case.award_rules)
    try:
        clash = smallest_conflict(rules, holds, clock)
    except KeyboardInterrupt:
        return found
    return (*found, *(f"{rule.label}: {rule.explain()}" for rule in clash))


def _too_little(case: Case) -> Iterator[str]:
    """Capacity that all together does not carry the territory."""
    who = panel(case, len(case.territory))
    for rule in case.award_rules:
        if isinstance(rule, Capacity) and rule.measure != LOTS:
            most = math.fsum(rule.most(who.market, provider) for provider in who.offering)
            whole = math.fsum(case.territory.measure(rule.measure))
            if most < whole * (1 - 1e-9):
                yield (
                    f"{rule.label}: all capacity together is {plain(most)} {rule.measure}, "
                    f"the territory has {plain(whole)}"
                )
