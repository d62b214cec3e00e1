"""Where candidate lots are too many to be walked through: good plans, and the best bound that can be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lotopt.core.reading import plain
from lotopt.engine.bounds.spreading import spread_of, spreading_bound
from lotopt.engine.columns.pricing import Columns
from lotopt.engine.columns.standing import PartitionAnswer, Standing
from lotopt.engine.columns.writing import parts_of
from lotopt.engine.frontier.narrow import along_frontier
from lotopt.engine.frontier.pricing import sets_within
from lotopt.engine.frontier.relaxation import sharpened
from lotopt.engine.large.plans import large
from lotopt.engine.large.refine import refined
from lotopt.engine.model.program import INERTIA, Partitioning
from lotopt.engine.search.local import Searched, columns_of, search
from lotopt.engine.solve.clock import Clock

# seconds of further search, and for a bound, where no time limit is given
SEARCH_ON, BOUND = 20.0, 60.0
# shares of the time left for a plan by annealing, for a bound, and for search after that
FIRST, SECOND, THIRD = 0.4, 0.5, 0.8
# a walk that is pruned well comes through so many sets in some minutes
MOST_SETS = 1e11
# further runs, each from a seed of its own; every so many of them begins with coarse units
RUNS, COARSE = 20, 3
# shifts tried for each atom in a run of annealing
TRIES = 5000


def beyond(standing: Standing, searched: Searched, choose: Callable[[Columns], None]) -> PartitionAnswer:
    """Along a frontier where the map is narrow; else by annealing and search, with a bound where borders cost.

    `choose` looks for a better plan among columns.
    """
    answer = along_frontier(standing, searched)
    if answer is not None:
        return answer
    with standing.clock.phase("anneal") as note:
        columns = [searched.columns, _annealed(standing, searched, standing.options.seed, standing.clock.part(FIRST))]
        note(_told(standing))
    _bound(standing)
    _search_on(standing, columns, choose)
    why = "for the time " if standing.clock.left() is not None else ""
    proof = "without a bound" if standing.bound is None else "the bound from how long borders have to be"
    standing.notes.append(
        f"candidate lots are too many {why}to walk through all of them: the plan comes from local search, {proof}"
    )
    return standing.judged()


def walkable(problem: Partitioning) -> bool:
    """Whether a walk through candidate lots may come to an end: told by counting connected sets.

    Where inertia counts, whatever is far from a lot's centre is passed over, and far fewer sets are walked through.
    """
    if problem.cost[problem.program.kind == INERTIA].any():
        return True
    return sets_within(problem) < MOST_SETS


def _annealed(now: Standing, searched: Searched, seed: int, clock: Clock) -> Columns:
    """The plan of a search annealed, kept where it is better; from coarse units where there is none. Its columns."""
    problem = now.problem
    if searched.plan is None:
        _coarse_to_fine(now, seed, clock)
        return columns_of(problem.program, [])
    label = refined(
        now, searched.plan, seed, tries=TRIES * problem.program.atoms, heat=1.0, stop=clock.over, phase="anneal"
    )
    return columns_of(problem.program, [] if label is None else [label])


def _coarse_to_fine(now: Standing, seed: int, clock: Clock) -> None:
    """A plan by annealing from coarse units to atoms, kept where it is better."""
    options = now.options.model_copy(update={"seed": seed})
    run = replace(now, options=options, clock=clock, best=None, cost=None, bound=None, notes=[], makers=())
    try:
        large(run)
    finally:
        if run.best is not None and run.cost is not None:
            now.keep(run.best, run.cost)


def _bound(now: Standing) -> None:
    """How long borders have to be where lots have a largest size."""
    spread = spread_of(now.problem)
    if spread is None or now.clock.over():
        return
    with now.clock.phase("bound") as note:
        part = Clock(BOUND) if now.clock.left() is None else now.clock.part(SECOND)
        bound = spreading_bound(
            spread, part, now.options.threads, lambda bound: now.progress("bound", now.cost, bound)
        )
        now.raise_bound(sharpened(now.problem, bound))
        note(f"bound {plain(bound)}")


def _search_on(now: Standing, columns: list[Columns], choose: Callable[[Columns], None]) -> None:
    """Search from other seeds and anneal what is found, by turns from coarse units; recombine the columns met."""
    clock, problem, seed = now.clock, now.problem, now.options.seed
    limit = Clock(SEARCH_ON) if clock.left() is None else clock.part(THIRD)
    with clock.phase("search on") as note:
        for run in range(1, RUNS + 1):
            if limit.over():
                break
            if run % COARSE == 0:
                _coarse_to_fine(now, seed + 101 + run, Clock(limit.left()))
                continue
            again = search(
                problem, seed + run, steps=4000 + 100 * problem.program.atoms, stop=limit.over,
                tell=now.tell("search on"),
            )  # fmt: skip
            if again.plan is not None:
                now.keep(parts_of(again.plan), again.cost)
            columns += [again.columns, _annealed(now, again, seed + run, Clock(limit.left()))]
        note(_told(now))
    if not clock.over() and any(len(some) for some in columns):
        with clock.phase("recombine"):
            choose(Columns.join(columns).distinct())


def _told(now: Standing) -> str:
    return "no plan found" if now.cost is None else f"plan of {plain(now.cost)}"
