"""design_and_allocate: which areas form which lots and who serves each of them, decided at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.allocation.solve import in_units
from lotopt.core.clause import Goal, Rule, named
from lotopt.core.errors import InputError
from lotopt.core.interrupt import Held, interruptible, uninterrupted
from lotopt.core.reading import Audit
from lotopt.core.result import GoalValue, Result, Status, gap_of
from lotopt.design.clause import DesignGoal, DesignRule
from lotopt.design.design import LotDesign
from lotopt.design.solve import design_of, score, stranded
from lotopt.engine.conflict import reasons, time_for_reasons
from lotopt.engine.joint.solve import JointAnswer, solve_joint
from lotopt.engine.model.rows import PROOF_TOLERANCE
from lotopt.engine.prepare import prepare_before
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions, check_solver
from lotopt.joint.audit import audit_plan
from lotopt.joint.conflict import conflict
from lotopt.joint.plan import JointPlan
from lotopt.joint.problem import HUNDREDTHS, Built, Case, Checked, build, check
from lotopt.market.schedules import Schedules
from lotopt.territory.parts import Ints
from lotopt.territory.territory import Territory


def design_and_allocate(
    territory: Territory,
    schedules: Schedules,
    rules: Iterable[Rule],
    goals: Iterable[Goal],
    *,
    starts: Iterable[LotDesign] = (),
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> Result[JointPlan]:
    """Lots and their providers that keep all rules at the least weighted sum of all goals, proven to the gap.

    Rules and goals of lot design and of allocation may be mixed. Columns are (lot, provider) at the price of the
    provider's schedule (MODEL.md, sections 1 and 3); every lot gets one provider. Where no plan exists, `conflict`
    says why. `starts` are designs to begin with, such as that of a neighbouring case: they may shorten the search
    and change nothing that is proven; one that breaks a rule is of no use. After Ctrl-C the best plan so far is
    given, and the result is `interrupted`. Raises InputError with all that does not fit: an unknown solver, names
    that territory or schedules do not have, rules that can only be held where lots are drawn already, a start on
    other areas. Raises KeyboardInterrupt where the interruption comes before there is any answer.
    """
    # a plan that was found is scored and audited whatever is pressed meanwhile
    with uninterrupted() as held:
        case = case_of(territory, schedules, rules, goals)
        return _decided(case, tuple(starts), solver or SolverOptions(), progress, held)


def case_of(territory: Territory, schedules: Schedules, rules: Iterable[Rule], goals: Iterable[Goal]) -> Case:
    """Rules and goals of both kinds, apart and with distinct labels. Raises InputError for a clause of neither."""
    rules, goals = named(rules), named(goals)
    strange = [c.label for c in rules if not isinstance(c, DesignRule | AwardRule)]
    strange += [c.label for c in goals if not isinstance(c, DesignGoal | AwardGoal)]
    if strange:
        told = [f"{label}: is neither of lot design nor of allocation" for label in strange]
        raise InputError("rules and goals", told)
    return Case(
        territory,
        schedules,
        tuple(rule for rule in rules if isinstance(rule, DesignRule)),
        tuple(rule for rule in rules if isinstance(rule, AwardRule)),
        tuple(goal for goal in goals if isinstance(goal, DesignGoal)),
        tuple(goal for goal in goals if isinstance(goal, AwardGoal)),
    )


def _decided(
    case: Case,
    starts: tuple[LotDesign, ...],
    options: SolverOptions,
    progress: Progress | None,
    held: Held,
) -> Result[JointPlan]:
    check_solver(options.name)
    before = Clock()
    checked = check(case)
    prepare_before(before, progress)
    clock = Clock(options.time_limit)
    with interruptible():
        with clock.phase("build") as note:
            built = build(case, checked, room=1.0)
            atoms = built.joint.makers[0].program.atoms
            contracted = f"{len(case.territory)} areas, {atoms} of them after contraction"
            note(f"{contracted}, {len(built.providers)} providers; costs are counted in hundredths")
        begin = _on_atoms(case.territory, starts, built.contracted.atom_of)
        answer = solve_joint(built.joint, options, clock, in_units(progress), starts=begin)
    sentences: tuple[str, ...] = ()
    stopped = False
    if answer.status == Status.INFEASIBLE:
        time = time_for_reasons(clock)
        sentences, stopped = reasons(clock, lambda: conflict(case, options, time))
        sentences = (*stranded(case.territory, built.contracted.atom_of, answer.stranded), *sentences)
    result = _told(case, built, answer, options, clock)
    if result.audit is not None and result.audit.broken and not result.audit.faults:
        result = _surely_kept(case, checked, result, options, clock)
    return replace(
        result,
        seconds=before.seconds,
        phases=(*before.phases, *clock.phases),
        conflict=sentences,
        interrupted=result.interrupted or stopped or held.came,
    )


def _on_atoms(territory: Territory, starts: Sequence[LotDesign], atom_of: Ints) -> list[Ints]:
    """Each start as the lot of every atom; those that part an atom are left out."""
    strange = [
        start.title or f"start {k}" for k, start in enumerate(starts, 1) if start.territory.ids != territory.ids
    ]
    if strange:
        raise InputError("starts", [f"'{title}' is a design of other areas" for title in strange])
    found = []
    for start in starts:
        lot = np.zeros(int(atom_of.max()) + 1, dtype=np.int64)
        lot[atom_of] = start.of
        if np.array_equal(lot[atom_of], start.of):
            found.append(lot)
    return found


def _surely_kept(
    case: Case,
    checked: Checked,
    first: Result[JointPlan],
    options: SolverOptions,
    clock: Clock,
) -> Result[JointPlan]:
    """Once more with limits on money drawn in by what rounding may come to, where a plan slipped through by it.

    The bound of the first solve, whose limits were let out, holds for every plan.
    """
    built = build(case, checked, room=-1.0)
    try:
        with interruptible():
            answer = solve_joint(built.joint, options, clock)
    except KeyboardInterrupt:
        return replace(
            first, plan=None, status=Status.UNKNOWN, objective=None, audit=None, goals=(), interrupted=True
        )
    again = _told(case, built, answer, options, clock)
    if again.plan is None or again.objective is None:
        note = "a limit on money was kept but for rounding to the penny, and no plan that keeps it was found"
        unknown = Status.UNKNOWN if again.status is Status.INFEASIBLE else again.status
        return replace(again, status=unknown, bound=first.bound, limits=(*first.limits, note))
    bound = None if first.bound is None else min(first.bound, again.objective)
    return replace(again, bound=bound, status=status_of(again.objective, bound, options))


def _told(
    case: Case,
    built: Built,
    answer: JointAnswer,
    options: SolverOptions,
    clock: Clock,
) -> Result[JointPlan]:
    """The engine's answer as a plan, measured and audited, with the bound as far as it holds for exact prices."""
    plan = _plan(case, built, answer)
    goals: tuple[GoalValue, ...] = ()
    objective, bound, status, audit = None, None, answer.status, None
    uncertain = built.uncertain / HUNDREDTHS
    if plan is not None:
        with clock.phase("audit") as note:
            goals = scores(plan, case)
            objective = math.fsum(goal.product for goal in goals)
            audit = _audited(plan, case, answer, uncertain)
            note(f"{len(audit.readings)} readings")
        if answer.bound is not None:
            proven = answer.bound == answer.objective and not uncertain
            bound = objective if proven else min(answer.bound / HUNDREDTHS - uncertain, objective)
        if uncertain:
            status = status_of(objective, bound, options)
    limits = [] if status is Status.INFEASIBLE else list(dict.fromkeys(answer.notes))
    if uncertain and bound is not None:
        limits.append("prices by volume bands are rounded to the penny for each lot, and the bound allows for that")
    limits += clock.cut_short(status)
    return Result(
        plan,
        status,
        objective,
        bound,
        wanted_gap=options.gap,
        goals=goals,
        audit=audit,
        limits=tuple(limits),
        interrupted=answer.interrupted,
        provenance={
            "territory": case.territory.title or case.territory.source,
            "territory_sha256": case.territory.digest,
            "schedules": case.schedules.source,
            "schedules_sha256": case.schedules.digest,
            "simulated": case.schedules.simulated,
            **options.provenance,
        },
    )


def _audited(plan: JointPlan, case: Case, answer: JointAnswer, uncertain: float) -> Audit:
    claimed = None if answer.objective is None else answer.objective / HUNDREDTHS
    asked = case.design_goals or case.award_goals
    return audit_plan(plan, case, claimed if asked else None, uncertain)


def status_of(objective: float, bound: float | None, options: SolverOptions) -> Status:
    """Optimal where the bound proves the plan to be within the wanted gap."""
    if bound is None:
        return Status.FEASIBLE
    return Status.OPTIMAL if gap_of(objective, bound) <= max(options.gap, PROOF_TOLERANCE) else Status.FEASIBLE


def _plan(case: Case, built: Built, answer: JointAnswer) -> JointPlan | None:
    """The chosen columns as lots with their providers, and the market of what all ask for these lots."""
    if answer.plan is None:
        return None
    atom_of = built.contracted.atom_of
    design = design_of(case.territory, case.design_rules, atom_of, answer.plan)
    maker_of = np.zeros(int(atom_of.max()) + 1, dtype=np.int64)
    for part, maker in zip(answer.plan, answer.makers, strict=True):
        maker_of[part] = maker
    first = {lot: int(np.flatnonzero(design.of == k)[0]) for k, lot in enumerate(design.lots)}
    won = [f"{built.providers[maker_of[atom_of[area]]]}-{lot}" for lot, area in first.items()]
    return JointPlan(design, Allocation.of(case.schedules.market(design), won))


def scores(plan: JointPlan, case: Case) -> tuple[GoalValue, ...]:
    """What a plan scores on every goal, those of lot design first."""
    design = (score(goal, plan.design) for goal in case.design_goals)
    awards = (
        GoalValue(goal.label, float(goal.value(plan.allocation)), goal.unit, goal.weight) for goal in case.award_goals
    )
    return (*design, *awards)
