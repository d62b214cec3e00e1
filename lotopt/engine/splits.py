"""Few splits of agencies: how many there must be, and the exact answer where no more than those are allowed.

Interfaces are pairs of a column and an agency that meet; splits are interfaces less agencies. An agency that is w
times the largest column meets at least ceil(w) columns, so the sum of these needs is a bound on all interfaces. A
plan that meets the bound meets it agency by agency: an agency that needs one column is whole in it, hence one atom.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lotopt.engine.agencies import Agencies, counted_layers
from lotopt.engine.merging import Merged, merged
from lotopt.engine.pricing import Columns
from lotopt.engine.program import Ints, Partitioning
from lotopt.engine.search import Searched, columns_of, search
from lotopt.engine.standing import PartitionAnswer, Standing
from lotopt.engine.writing import labels_of, parts_of

# of the time that is left, for the search before a merged problem is relaxed; its rounds at most and their steps per
# atom; it ends earlier where so many rounds met the same best cost
SEARCH_PART, ROUNDS, STEPS, ENOUGH = 0.2, 40, 1500, 3

Solve = Callable[[Partitioning, Searched | None], PartitionAnswer]


def by_agencies(standing: Standing, solve: Solve) -> PartitionAnswer | None:
    """The answer by merging agencies that must be whole; None where interfaces do not decide.

    `solve` solves a problem with fewer atoms, from what a search found.
    """
    for layer in counted_layers(standing.problem):
        if layer.allowed < layer.fewest:
            standing.notes.append(
                f"agencies are so large that they meet {layer.fewest} lots in all, more than is allowed"
            )
            return standing.none_exists()
        if layer.allowed == layer.fewest:
            whole = merged_whole(standing.problem, layer)
            if whole.problem.program.atoms < standing.problem.program.atoms:
                return solved_whole(standing, whole, solve)
    return None


def merged_whole(problem: Partitioning, layer: Agencies) -> Merged:
    """The problem of plans with the fewest interfaces: every agency that needs one column is whole."""
    return merged(
        problem, [a.tolist() for a, need in zip(layer.atoms, layer.need, strict=True) if need == 1 and len(a) > 1]
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
    """The answer of the merged problem, told in the atoms of the given one."""
    small, clock = whole.problem, standing.clock
    limit, found, met = clock.part(SEARCH_PART), search(small, standing.options.seed, rounds=0), 0
    with clock.phase("search over whole agencies") as note:
        for number in range(ROUNDS):
            again = search(
                small, standing.options.seed * ROUNDS + number, rounds=1, steps=STEPS * small.program.atoms,
                stop=limit.over, tell=standing.tell("search over whole agencies"),
            )  # fmt: skip
            if again.plan is not None:
                standing.keep(*measured(standing.problem, whole.expanded(parts_of(again.plan))))
            met = met + 1 if again.cost == found.cost else 1 if again.cost < found.cost else met
            found = better(found, again)
            if limit.over() or (found.plan is not None and met >= ENOUGH):
                break
        note(f"{small.program.atoms} atoms in place of {standing.problem.program.atoms}")
    return told(standing, whole, solve(small, found))


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
