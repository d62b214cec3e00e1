"""design_lots: which areas form which lots."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from lotopt.core.clause import named
from lotopt.core.interrupt import Held, interruptible, uninterrupted
from lotopt.core.result import GoalValue, Result, Status
from lotopt.design.audit import audit_design
from lotopt.design.clause import DesignGoal, DesignRule
from lotopt.design.conflict import conflict
from lotopt.design.design import LotDesign
from lotopt.design.problem import contract, resolve
from lotopt.design.rules import Fixed, Whole
from lotopt.engine.columns.standing import PartitionAnswer
from lotopt.engine.conflict import reasons, time_for_reasons
from lotopt.engine.partition import solve_partition
from lotopt.engine.prepare import prepare_before
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions, check_solver
from lotopt.territory.parts import Ints
from lotopt.territory.territory import Territory

NAMED_PARTS = 3


def design_lots(
    territory: Territory,
    rules: Iterable[DesignRule],
    goals: Iterable[DesignGoal],
    *,
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> Result[LotDesign]:
    """The lots that keep every rule at the least weighted sum of goals, proven to the solver's gap.

    Set partitioning over candidate lots by implicit enumeration and column generation (Garfinkel & Nemhauser 1970;
    Mehrotra, Johnson & Nemhauser 1998). Where candidate lots are too many to be walked through, the plan is a
    heuristic's and has no bound, and `limits` say so. Among equally good designs the same input always gives the
    same one. Where none exists, `conflict` says why. After Ctrl-C the best plan so far is given, and the result is
    `interrupted`. Raises InputError for an unknown solver and for names the territory does not have, and
    KeyboardInterrupt where the interruption comes before there is any answer.
    """
    # a plan that was found is scored and audited whatever is pressed meanwhile
    with uninterrupted() as held:
        return _designed(territory, rules, goals, solver or SolverOptions(), progress, held)


def _designed(
    territory: Territory,
    rules: Iterable[DesignRule],
    goals: Iterable[DesignGoal],
    options: SolverOptions,
    progress: Progress | None,
    held: Held,
) -> Result[LotDesign]:
    check_solver(options.name)
    rules, goals = named(rules), named(goals)
    before = Clock()
    prepare_before(before, progress)
    clock = Clock(options.time_limit)
    with interruptible():
        with clock.phase("build") as note:
            contracted = contract(territory, resolve(territory, rules, goals))
            note(f"{len(territory)} areas, {contracted.problem.program.atoms} of them after contraction")
        answer = solve_partition(contracted.problem, options, clock, progress)
    sentences: tuple[str, ...] = ()
    stopped = False
    if answer.status == Status.INFEASIBLE:
        time = time_for_reasons(clock)
        sentences, stopped = reasons(clock, lambda: conflict(territory, rules, options, time))
        sentences = (*stranded(territory, contracted.atom_of, answer.stranded), *sentences)
    plan = None if answer.plan is None else design_of(territory, rules, contracted.atom_of, answer.plan)
    scores: tuple[GoalValue, ...] = ()
    objective, audit = None, None
    if plan is not None:
        with clock.phase("audit") as note:
            scores = tuple(score(goal, plan) for goal in goals)
            objective = math.fsum(goal.product for goal in scores)
            audit = audit_design(plan, rules, goals, answer.objective)
            note(f"{len(audit.readings)} readings")
    return Result(
        plan,
        answer.status,
        objective,
        _bound(answer, objective),
        wanted_gap=options.gap,
        seconds=before.seconds,
        phases=(*before.phases, *clock.phases),
        goals=scores,
        audit=audit,
        conflict=sentences,
        limits=_limits(answer, clock),
        interrupted=answer.interrupted or stopped or held.came,
        provenance={
            "territory": territory.title or territory.source,
            "territory_sha256": territory.digest,
            **options.provenance,
        },
    )


def score(goal: DesignGoal, plan: LotDesign) -> GoalValue:
    """What a design scores on a goal."""
    return GoalValue(goal.label, goal.value(plan.territory, plan.table), goal.unit, goal.weight)


def _bound(answer: PartitionAnswer, objective: float | None) -> float | None:
    """The engine's bound beside the objective as the table measures it: equal where the engine proved them equal."""
    if answer.bound is None or objective is None:
        return None
    return objective if answer.bound == answer.objective else min(answer.bound, objective)


def stranded(territory: Territory, atom_of: Ints, atoms: Sequence[int]) -> tuple[str, ...]:
    """A sentence about the areas that no candidate lot holds."""
    areas = np.flatnonzero(np.isin(atom_of, atoms))
    if not len(areas):
        return ()
    more = f" and {len(areas) - NAMED_PARTS} more areas" if len(areas) > NAMED_PARTS else ""
    names = ", ".join(territory.names[i] for i in areas[:NAMED_PARTS]) + more
    return (f"no lot that keeps every rule about single lots can hold {names}",)


def _limits(answer: PartitionAnswer, clock: Clock) -> tuple[str, ...]:
    if answer.status == Status.INFEASIBLE:
        return ()
    return (*dict.fromkeys(answer.notes), *clock.cut_short(answer.status))


def design_of(territory: Territory, rules: Sequence[DesignRule], atom_of: Ints, parts: Sequence[Ints]) -> LotDesign:
    """The chosen columns as a design: pinned lots by their names, the others numbered by their first area."""
    areas = sorted((np.flatnonzero(np.isin(atom_of, part)) for part in parts), key=lambda found: int(found[0]))
    pinned = {
        group.areas[0]: group.name for rule in rules if isinstance(rule, Fixed) for group in rule.together(territory)
    }
    taken = set(pinned.values())
    free = (f"L{k}" for k in range(1, len(territory) + len(taken) + 1) if f"L{k}" not in taken)
    of = np.zeros(len(territory), dtype=np.int64)
    lots = []
    for number, found in enumerate(areas):
        of[found] = number
        names = [pinned[area] for area in found.tolist() if area in pinned]
        lots.append(names[0] if names else next(free))
    layer = next((rule.layer for rule in rules if isinstance(rule, Whole)), None)
    return LotDesign(territory, tuple(lots), of, tuple(_describe(territory, found, layer) for found in areas))


def _describe(territory: Territory, areas: Ints, layer: str | None) -> str:
    """What a lot is made of: its largest agencies of a layer, or areas, and how many more."""
    names: list[str] = [territory.names[i] for i in areas]
    size = next(iter(territory.measures.values())).values[areas] if territory.measures else np.ones(len(areas))
    if layer is not None:
        found = territory.layer(layer)
        agencies = sorted({int(a) for a in found.of[areas] if a >= 0})
        if agencies:
            size = np.array([size[found.of[areas] == agency].sum() for agency in agencies])
            names = [found.name_of(agency) for agency in agencies]
    order = sorted(range(len(names)), key=lambda i: (-size[i], names[i]))
    more = f" and {len(names) - NAMED_PARTS} more" if len(names) > NAMED_PARTS else ""
    return ", ".join(names[i] for i in order[:NAMED_PARTS]) + more
