"""The value of deciding together: lots and awards at once, against lots first and awards then, on the same data."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.rules.items import EveryItemAwarded
from lotopt.allocation.solve import allocate_bids
from lotopt.core.clause import Goal, Rule
from lotopt.core.result import Result, Status
from lotopt.design.clause import DesignGoal
from lotopt.design.design import LotDesign
from lotopt.design.goals import Compactness
from lotopt.design.solve import design_lots
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.joint.audit import audit_plan
from lotopt.joint.plan import JointPlan
from lotopt.joint.problem import Case
from lotopt.joint.solve import case_of, scores, status_of
from lotopt.market.schedules import Schedules
from lotopt.territory.territory import Territory


@dataclass(frozen=True, eq=False)
class LotsFirst:
    """Lots drawn by the goals of lot design alone, then awarded by the same rules at the same schedules' prices.

    `drawn_by` are the goals the lots were drawn by; `stand_in` says that there was none and compactness stood in.
    `awards` is None where there were no lots to award.
    """

    case: Case
    design: Result[LotDesign]
    awards: Result[Allocation] | None
    drawn_by: tuple[DesignGoal, ...]
    stand_in: bool

    @property
    def plan(self) -> JointPlan | None:
        """The lots and their awards; None where one of them could not be had."""
        if self.design.plan is None or self.awards is None or self.awards.plan is None:
            return None
        return JointPlan(self.design.plan, self.awards.plan)

    @property
    def score(self) -> float | None:
        """What this plan scores on all goals, weighted; None without a plan."""
        plan = self.plan
        return None if plan is None else math.fsum(goal.product for goal in scores(plan, self.case))

    @property
    def score_bound(self) -> float | None:
        """No awards of these lots score less; None where none is proven."""
        if self.design.plan is None or self.awards is None or self.awards.bound is None or self.plan is None:
            return None
        return _shape(self.design.plan, self.case) + self.awards.bound

    @property
    def interrupted(self) -> bool:
        return self.design.interrupted or (self.awards is not None and self.awards.interrupted)


@dataclass(frozen=True)
class Saving:
    """What deciding together saves, in the unit of the weighted goals and in GBP a year.

    `score` is how much less the goals come to, all told; `price` how much less is paid. `at_least` and `at_most` are
    proven limits of the saving in score between the best that each way can give (None where nothing is proven):
    the best awards of the lots drawn first, and the best lots and awards there are.
    """

    score: float
    price: Decimal
    at_least: float | None
    at_most: float | None

    @property
    def proven(self) -> bool:
        """Whether both limits of the saving are known."""
        return self.at_least is not None and self.at_most is not None


def lots_first(
    territory: Territory,
    schedules: Schedules,
    rules: Iterable[Rule],
    goals: Iterable[Goal],
    *,
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> LotsFirst:
    """Draw lots by the rules and goals of lot design alone, then award them by those of allocation.

    Where no goal of lot design is given, the lots are the most compact by the measure that the schedules' prices go
    by. Takes and raises what `design_and_allocate` does.
    """
    case = case_of(territory, schedules, rules, goals)
    stand_in = not case.design_goals
    drawn_by = case.design_goals or (Compactness(measure=_measure(schedules)),)
    design = design_lots(territory, case.design_rules, drawn_by, solver=solver, progress=progress)
    awards = None
    if design.plan is not None and not design.interrupted:
        asked = [rule for rule in case.award_rules if not isinstance(rule, EveryItemAwarded)]
        awards = allocate_bids(
            schedules.market(design.plan),
            # every lot gets one provider when deciding together, whether a rule says so or not
            [EveryItemAwarded(), *asked],
            case.award_goals,
            solver=solver,
            progress=progress,
        )
    return LotsFirst(case, design, awards, drawn_by, stand_in)


def saving(together: Result[JointPlan], first: LotsFirst) -> Saving | None:
    """What deciding together saves against lots first; None where one of the two has no plan."""
    plan, score, bound = first.plan, first.score, first.score_bound
    if together.plan is None or together.objective is None or plan is None or score is None:
        return None
    return Saving(
        score - together.objective,
        plan.total_price - together.plan.total_price,
        None if bound is None else bound - together.objective,
        None if together.bound is None else score - together.bound,
    )


def no_worse(together: Result[JointPlan], first: LotsFirst, options: SolverOptions) -> Result[JointPlan]:
    """The plan of lots first in place of the one decided together, where that did not get as far in its time."""
    plan = first.plan
    if plan is None or together.status is Status.INFEASIBLE:
        return together
    goals = scores(plan, first.case)
    objective = math.fsum(goal.product for goal in goals)
    if together.objective is not None and objective >= together.objective:
        return together
    audit = audit_plan(plan, first.case, objective)
    if not audit.ok:
        return together
    bound = None if together.bound is None else min(together.bound, objective)
    note = "the best plan known is that of lots first: deciding together did not get as far in its time"
    return replace(
        together,
        plan=plan,
        status=status_of(objective, bound, options),
        objective=objective,
        bound=bound,
        goals=goals,
        audit=audit,
        limits=(*together.limits, note),
    )


def _shape(design: LotDesign, case: Case) -> float:
    """What a design scores on the goals of lot design."""
    table = design.table
    return sum(goal.weight * goal.value(design.territory, table) for goal in case.design_goals)


def _measure(schedules: Schedules) -> str:
    """The measure most schedules go by, the first in the alphabet of equals."""
    asked = [schedule.measure for schedule in schedules.schedule.values()]
    return min(set(asked), key=lambda name: (-asked.count(name), name))
