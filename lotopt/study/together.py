"""Running a scenario that decides lots and awards together, and telling what that is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lotopt.core.interrupt import interruptible
from lotopt.core.result import Result, Status
from lotopt.study.ground import Ground

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.core.clause import Goal, Rule
    from lotopt.design.design import LotDesign
    from lotopt.engine.solve.progress import Progress
    from lotopt.joint.plan import JointPlan
    from lotopt.joint.value import LotsFirst

NO_GOAL = "No goal is given, so any plan is as good as this one and there is no value of deciding together."
STOPPED = "Not compared with lots first, awards then: the run was interrupted before."


@dataclass(frozen=True, eq=False)
class Together:
    """Lots and awards decided together, and lots first and awards then where that was asked for and came about.

    `why` says in one sentence why it was asked for and did not come about.
    """

    result: Result[JointPlan]
    first: LotsFirst | None = None
    why: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The value of deciding together, in words, or why nothing was compared."""
        from lotopt.joint.words import value_in_words

        if self.first is None:
            return (self.why,) if self.why else ()
        return value_in_words(self.result, self.first)

    @property
    def design(self) -> Result[LotDesign]:
        """The lots, with status, objective and bound of the one solve that found lots and awards."""
        plan = self.result.plan
        return _as_part(self.result, None if plan is None else plan.design)

    @property
    def awards(self) -> Result[Allocation] | None:
        """The awards, with status, objective and bound of the one solve; None without a plan."""
        plan = self.result.plan
        return None if plan is None else _as_part(self.result, plan.allocation)


def _as_part(result: Result[JointPlan], plan: Any) -> Result[Any]:
    return Result(**{name: getattr(result, name) for name in result.__dataclass_fields__} | {"plan": plan})


def clauses(ground: Ground) -> tuple[tuple[Rule, ...], tuple[Goal, ...]]:
    """The rules and the goals of both kinds."""
    scenario = ground.scenario
    assert scenario.allocation is not None  # reading a scenario holds that deciding together has one
    rules: tuple[Rule, ...] = (*scenario.design.rules, *scenario.allocation.rules)
    goals: tuple[Goal, ...] = (*scenario.design.goals, *scenario.allocation.goals)
    return rules, goals


def decide(ground: Ground, progress: Progress | None) -> Together:
    """Decide lots and awards together; then, where it is to be compared, lots first and awards then.

    Raises KeyboardInterrupt where it is interrupted before there is any answer.
    """
    from lotopt.joint.solve import design_and_allocate
    from lotopt.joint.value import lots_first, no_worse

    scenario, schedules = ground.scenario, ground.schedules
    assert scenario.joint is not None
    assert schedules is not None
    rules, goals = clauses(ground)
    result = _titled(
        design_and_allocate(ground.territory, schedules, rules, goals, solver=scenario.solver, progress=progress),
        scenario.title,
    )
    if result.status is Status.INFEASIBLE or not scenario.joint.compare:
        return Together(result)
    if not goals:
        return Together(result, why=NO_GOAL)
    if result.interrupted:
        return Together(result, why=STOPPED if result.plan is not None else "")
    try:
        with interruptible():
            first = lots_first(ground.territory, schedules, rules, goals, solver=scenario.solver, progress=progress)
    except KeyboardInterrupt:  # what was decided together is found all the same
        return Together(replace(result, interrupted=True), why=STOPPED)
    if first.interrupted:
        result = replace(result, interrupted=True)
    return Together(_titled(no_worse(result, first, scenario.solver), scenario.title), first)


def _titled(result: Result[JointPlan], title: str) -> Result[JointPlan]:
    """The same plan under the scenario's title."""
    if result.plan is None or result.plan.design.title:
        return result
    return replace(result, plan=replace(result.plan, design=replace(result.plan.design, title=title)))
