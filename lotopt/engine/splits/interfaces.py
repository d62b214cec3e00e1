"""Interfaces with agencies, limited or at a price: how few there must be, and what follows for plan and bound.

Plans fall in two kinds. Those with as few interfaces as sizes ask for keep agencies whole, so they are plans of
merged atoms and solved exactly (splits.py). All others have one more at least: a relaxation bounds what they cost.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lotopt.core.reading import plain
from lotopt.core.result import Status
from lotopt.engine.bounds.centres import bound_by_centres
from lotopt.engine.columns.standing import PartitionAnswer, Standing
from lotopt.engine.columns.writing import labels_of, parts_of
from lotopt.engine.large.plans import MANY
from lotopt.engine.large.refine import refined
from lotopt.engine.model.agencies import Agencies, counted_layers
from lotopt.engine.model.merging import Merged
from lotopt.engine.search.local import search
from lotopt.engine.solve.clock import Clock
from lotopt.engine.splits.fewest import (
    Solve,
    at_most,
    closed,
    measured,
    merged_whole,
    searched_whole,
    solved_whole,
    told,
)

# problems of so few atoms are walked through as they are, and merged ones may have so many
WIDE, MERGED = 64, 128
# of the time that is left: for plans of whole agencies, for the bound on others, and for the search among them
WHOLE_PART, BOUND_PART, SEARCH_PART = 0.5, 0.6, 0.9
# shifts that the last search tries per atom, and their heat
TRIES, HEAT, RUNS = 20_000, 0.3, 4
# of the time that is left, for plans with one interface more, and for each agency that may be split once more
ONE_MORE_PART, ONE_PART = 0.6, 0.2
# seconds for all of them where no time limit is given
LONG_ENOUGH = 60.0


def by_agencies(standing: Standing, solve: Solve) -> PartitionAnswer | None:
    """The answer where the sizes of agencies decide how few interfaces there are; None where they do not."""
    problem = standing.problem
    layers = counted_layers(problem)
    for layer in layers:
        if layer.allowed < layer.fewest:
            standing.notes.append(
                f"agencies are so large that they meet {layer.fewest} lots in all, more than is allowed"
            )
            return standing.none_exists()
    for layer in layers:
        if layer.allowed == layer.fewest:
            whole = merged_whole(problem, layer)
            if whole.problem.program.atoms < problem.program.atoms:
                return solved_whole(standing, whole, solve)
    if len(layers) == 1 and WIDE < problem.program.atoms <= MANY:
        return _in_two(standing, layers[0], solve)
    return None


def _in_two(standing: Standing, layer: Agencies, solve: Solve) -> PartitionAnswer | None:
    """Plans with the fewest interfaces exactly, then all others by bound and search."""
    problem, clock = standing.problem, standing.clock
    nothing_less = bool((np.delete(problem.cost, layer.slot) >= 0).all())
    if nothing_less:
        standing.raise_bound(layer.price * layer.fewest)
    part = clock.part(WHOLE_PART)
    # interfaces are as many in each of these plans, so they need not be priced
    least = layer.price * layer.fewest
    fewest = replace(
        at_most(problem, layer.slot, layer.fewest),
        cost=np.where(np.arange(len(problem.cost)) == layer.slot, 0.0, problem.cost),
    )
    whole = merged_whole(fewest, layer)
    if not 1 < whole.problem.program.atoms < problem.program.atoms:
        return None
    inner = Standing(fewest, standing.options, part, standing.progress, bound=0.0 if nothing_less else None)
    if whole.problem.program.atoms > MERGED:
        return _searched_only(standing, inner, whole)
    try:
        answer = solved_whole(inner, whole, solve)
    finally:
        clock.take_in(part)
        if inner.best is not None:
            standing.keep(*measured(problem, inner.best))
    standing.notes += [note for note in answer.notes if note not in standing.notes]
    if answer.plan is not None:
        standing.keep(*measured(problem, answer.plan), equal=True)
    if answer.interrupted:
        return standing.judged(interrupted=True)
    if closed(standing):
        return standing.judged()
    fewer = None if answer.bound is None else answer.bound + least
    if answer.status == Status.INFEASIBLE:
        fewer = np.inf
        standing.notes.append(f"sizes ask for {layer.fewest} interfaces at least; no plan has so few")
        if nothing_less and not fewest.cost.any() and _one_more(standing, layer, solve):
            return standing.judged()
    more = _bound_on_others(standing, layer, nothing_less, layer.fewest + (fewer is not None))
    if more is not None:
        standing.raise_bound(more if fewer is None else min(more, fewer))
        if fewest.cost.any() and (fewer is None or more < fewer):
            standing.notes.append(
                "the bound is that of lots around centres anywhere, which need not be connected"
                + ("" if fewer is None else f"; plans with {layer.fewest} interfaces were solved for themselves")
            )
    if not _good_enough(standing):
        _search_on(standing)
    return standing.judged()


def _one_more(standing: Standing, layer: Agencies, solve: Solve) -> bool:
    """Look for a plan with one interface more than sizes ask for; whether it settles the question.

    Each such plan keeps whole all agencies that need one column but for one at most: as many merged problems as there
    are agencies. Where none of them has a plan, there are two interfaces more at least.
    """
    problem, most = standing.problem, layer.fewest + 1
    if most > layer.allowed:
        return False
    limited = replace(at_most(problem, layer.slot, most), cost=np.zeros_like(problem.cost))
    part = Clock(LONG_ENOUGH) if standing.clock.left() is None else standing.clock.part(ONE_MORE_PART)
    whole_now = [a for a, need in enumerate(layer.need) if need == 1 and len(layer.atoms[a]) > 1]
    loosened: list[int | None] = [*sorted(whole_now, key=lambda a: (-len(layer.atoms[a]), a))]
    proven = True
    with standing.clock.phase("one interface more") as note:
        for agency in loosened or [None]:
            if part.over():
                return False
            whole = merged_whole(limited, layer, agency)
            inner = Standing(limited, standing.options, part, standing.progress, bound=0.0)
            none = search(whole.problem, standing.options.seed, rounds=0)
            answer = told(inner, whole, solve(whole.problem, none, part.part(ONE_PART)))
            if answer.plan is not None:
                standing.keep(*measured(problem, answer.plan))
                standing.raise_bound(layer.price * most)
                note(f"a plan of {most}")
                return closed(standing)
            if answer.interrupted:
                raise KeyboardInterrupt
            proven &= answer.status == Status.INFEASIBLE
        note("none" if proven else "none found")
    if proven:
        standing.raise_bound(layer.price * (most + 1))
        standing.notes.append(f"no plan has {most} interfaces either, whichever agency is split once more")
    return closed(standing)


def _searched_only(standing: Standing, inner: Standing, whole: Merged) -> PartitionAnswer | None:
    """The answer where a search over whole agencies finds a plan that is proven the least by its interfaces alone."""
    try:
        searched_whole(inner, whole)
    finally:
        standing.clock.take_in(inner.clock)
        if inner.best is not None:
            standing.keep(*measured(standing.problem, inner.best))
    return standing.judged() if closed(standing) else None


def _bound_on_others(standing: Standing, layer: Agencies, nothing_less: bool, fewest: int) -> float | None:
    """A bound on plans with `fewest` interfaces or more; None where there is none."""
    best = layer.price * fewest if nothing_less else None
    plans = () if standing.best is None else (standing.best,)
    part = standing.clock.part(BOUND_PART)
    with standing.clock.phase("bound") as note:
        found = bound_by_centres(
            standing.problem, layer.slot, part, fewest=float(fewest), most=layer.allowed, plans=plans,
            upper=standing.cost, tell=lambda bound: standing.progress("bound", standing.cost, standing.bound),
        )  # fmt: skip
        if found is not None:
            best = found if best is None else max(best, found)
        note("no bound" if best is None else f"{fewest} interfaces or more: at least {plain(best)}")
    return best


def _good_enough(standing: Standing) -> bool:
    return standing.judged().status == Status.OPTIMAL


def _search_on(standing: Standing) -> None:
    """Anneal from the best plan, and from others, with as many interfaces as are allowed."""
    problem, clock = standing.problem, standing.clock
    n = problem.program.atoms
    limit = clock.part(SEARCH_PART)
    tell = standing.tell("search on")
    with clock.phase("search on") as note:
        starts = [] if standing.best is None else [labels_of(n, standing.best)]
        again = search(problem, standing.options.seed, steps=4000 + 100 * n, stop=limit.over, tell=tell)
        if again.plan is not None:
            standing.keep(*measured(problem, parts_of(again.plan)))
            starts.append(again.plan)
        for number in range(RUNS):
            for start in starts:
                refined(
                    standing, start, standing.options.seed + number, tries=TRIES * n, heat=HEAT, stop=limit.over,
                    phase="search on",
                )  # fmt: skip
        note("no plan found" if standing.cost is None else f"plan of {plain(standing.cost)}")
