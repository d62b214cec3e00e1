"""Plans with as few splits of agencies as their sizes ask for: the same problem over merged atoms.

Interfaces are pairs of a column and an agency that meet; splits are interfaces less agencies. An agency that is w
times the largest column meets at least ceil(w) columns, so the sum of these needs is a bound on all interfaces. A
plan that meets the bound meets it agency by agency: an agency that needs one column is whole in it, hence one atom.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lotopt.engine.columns.pricing import Columns
from lotopt.engine.columns.standing import PartitionAnswer, Standing
from lotopt.engine.columns.writing import labels_of, parts_of
from lotopt.engine.model.agencies import Agencies
from lotopt.engine.model.merging import Merged, merged
from lotopt.engine.model.program import Ints, Partitioning
from lotopt.engine.search.local import Searched, columns_of, search
from lotopt.engine.solve.clock import Clock

# of the time that is left, for the search before a merged problem is relaxed; its rounds at most (fewer for few
# atoms) and their steps per atom; it ends earlier where so many rounds met the same best cost
SEARCH_PART, ROUNDS, STEPS, ENOUGH = 0.2, 40, 1500, 3

# solves a problem from what a search found
Solve = Callable[[Partitioning, Searched, Clock], PartitionAnswer]


def merged_whole(problem: Partitioning, layer: Agencies, loose: int | None = None) -> Merged:
    """The problem of plans with the fewest interfaces: every agency that needs one column is whole, but for one."""
    return merged(
        problem,
        [
            atoms.tolist()
            for agency, (atoms, need) in enumerate(zip(layer.atoms, layer.need, strict=True))
            if need == 1 and len(atoms) > 1 and agency != loose
        ],
    )


def at_most(problem: Partitioning, slot: int, most: float) -> Partitioning:
    """The problem with a side row more: a slot adds up to at most `most` over all columns."""
    row = np.zeros((1, problem.program.slots))
    row[0, slot] = 1.0
    return replace(
        problem,
        rows=np.concatenate([problem.rows.reshape(-1, problem.program.slots), row]),
        row_low=np.append(problem.row_low, -np.inf),
        row_high=np.append(problem.row_high, most),
        row_names=(*problem.row_names, "fewest interfaces"),
    )


def solved_whole(standing: Standing, whole: Merged, solve: Solve) -> PartitionAnswer:
    """The answer of the merged problem, told in the atoms of the given one; the plan is kept as soon as it is found.

    Ends early where the search finds what is proven to be the least.
    """
    found = searched_whole(standing, whole)
    if closed(standing):
        return standing.judged()
    return told(standing, whole, solve(whole.problem, found, standing.clock))


def searched_whole(standing: Standing, whole: Merged) -> Searched:
    """What a search finds among plans of the merged problem; the best is kept in the atoms of the given one."""
    small, clock = whole.problem, standing.clock
    limit, found, met = clock.part(SEARCH_PART), search(small, standing.options.seed, rounds=0), 0
    with clock.phase("search over whole agencies") as note:
        for number in range(min(ROUNDS, 4 + small.program.atoms // 2)):
            again = search(
                small, standing.options.seed * ROUNDS + number, rounds=1, steps=STEPS * small.program.atoms,
                stop=limit.over, tell=standing.tell("search over whole agencies"),
            )  # fmt: skip
            if again.plan is not None:
                standing.keep(*measured(standing.problem, whole.expanded(parts_of(again.plan))))
            met = met + 1 if again.cost == found.cost else 1 if again.cost < found.cost else met
            found = better(found, again)
            if limit.over() or closed(standing) or (found.plan is not None and met >= ENOUGH):
                break
        note(f"{small.program.atoms} atoms in place of {standing.problem.program.atoms}")
    return found


def closed(standing: Standing) -> bool:
    """Whether the best plan is proven to be the best there is."""
    answer = standing.judged()
    return answer.objective is not None and answer.objective == answer.bound


def told(standing: Standing, whole: Merged, answer: PartitionAnswer) -> PartitionAnswer:
    """An answer over merged atoms in the atoms of the given problem, its cost measured afresh."""
    stranded = tuple(np.flatnonzero(np.isin(whole.atom_of, answer.stranded)).tolist())
    if answer.plan is None or answer.objective is None:
        return replace(answer, stranded=stranded, notes=(*standing.notes, *answer.notes))
    plan, cost = measured(standing.problem, whole.expanded(answer.plan))
    bound = answer.bound
    if bound is not None:
        bound = cost if answer.bound == answer.objective else min(bound, cost)
    return replace(answer, plan=plan, objective=cost, bound=bound, notes=(*standing.notes, *answer.notes))


def measured(problem: Partitioning, plan: tuple[Ints, ...]) -> tuple[tuple[Ints, ...], float]:
    """A plan and what it costs."""
    columns = columns_of(problem.program, [labels_of(problem.program.atoms, plan)])
    return plan, math.fsum(columns.slots @ problem.cost)


def better(one: Searched, other: Searched) -> Searched:
    """The cheaper plan of two searches, and the columns of both."""
    best = one if one.cost <= other.cost else other
    return Searched(best.plan, best.cost, Columns.join([one.columns, other.columns]).distinct())
