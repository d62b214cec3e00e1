"""The set-partitioning problem solved: search, relax, fix by reduced cost, choose.

A plan cheaper than the best known one holds only columns whose reduced cost is below the distance from that plan to
the LP bound (Baldacci, Christofides & Mingozzi 2008). So only those are written down and given to the MILP.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from lotopt.core.reading import plain
from lotopt.engine.beyond import beyond, walkable
from lotopt.engine.columns.choose import choose, fix_and_choose, plan_among
from lotopt.engine.columns.pricing import CHUNK, Columns, price
from lotopt.engine.columns.relaxation import Relaxed, relax_all
from lotopt.engine.columns.standing import PartitionAnswer, Standing
from lotopt.engine.columns.writing import labels_of, parts_of
from lotopt.engine.large.plans import MANY, large
from lotopt.engine.large.refine import refined
from lotopt.engine.model.agencies import price_of_needs
from lotopt.engine.model.nesting import without_useless_links
from lotopt.engine.model.program import SPAN, TOTAL, Partitioning, components
from lotopt.engine.search.local import Searched, columns_of, search
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import Progress, silent
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.engine.splits.interfaces import by_agencies

# runs of a search for better plans, and the shifts tried in each for each atom
RUNS, TRIES = 3, 15_000
# a plan this close to the price of the interfaces that every plan has costs as much
NEED_MET = 1e-12
# where all columns together are fewer, they are written down at once
FEW_COLUMNS = 400


def solve_partition(
    problem: Partitioning,
    options: SolverOptions,
    clock: Clock,
    progress: Progress | None = None,
    *,
    few: int = FEW_COLUMNS,
    begin: Searched | None = None,
) -> PartitionAnswer:
    """The plan of least cost, proven within options.gap where time and size allow.

    `infeasible` is proven: by counting, by a Farkas bound over all columns, or by two solves over all of them.
    Ctrl-C at any moment gives the best plan so far. `begin`: what a search found already.
    """
    standing = Standing(without_useless_links(problem), options, clock, progress or silent)

    def solve(other: Partitioning, searched: Searched, part: Clock) -> PartitionAnswer:
        return solve_partition(other, options, part, progress, few=few, begin=searched)

    try:
        # what a search found already is of a problem whose agencies were looked at before
        answer = by_agencies(standing, solve) if begin is None else None
        return answer or _Work(standing, begin, problem).answer(few)
    except KeyboardInterrupt:
        return standing.judged(interrupted=True)


class _Work:
    """One solve by enumeration."""

    def __init__(self, standing: Standing, begin: Searched | None, linked: Partitioning) -> None:
        self.now, self.begin, self.linked = standing, begin, linked
        self.problem, self.options, self.clock = standing.problem, standing.options, standing.clock

    def answer(self, few: int) -> PartitionAnswer:
        low, high = self.problem.fewest_and_most
        hopeless = stranded(self.problem)
        if low > high or hopeless:
            return self.now.none_exists(hopeless)
        if self.problem.program.atoms > MANY:
            large(self.now)
            return self.now.judged()
        everything = self._everything(few)
        if everything is not None:
            with self.clock.phase("enumerate") as note:
                note(f"all {len(everything)} candidate lots")
            return choose(self.now, everything, started=False)
        searched = self._search()
        if self.now.best is not None and not self.problem.cost.any():
            self.now.notes.append("no goal was given: any plan that keeps the rules is as good as this one")
            self.now.raise_bound(0.0)
            return self.now.judged()
        if self._needs_met():
            self.now.notes.append("many plans are equally good: which of them is given may depend on the seed")
            return self.now.judged()
        if not walkable(self.problem):
            return beyond(self.now, searched, partial(plan_among, self.now))
        relaxed = self._relax(searched)
        if relaxed.feasible is False:
            return self.now.none_exists()
        if not np.isfinite(relaxed.bound):
            return beyond(self.now, searched, partial(plan_among, self.now))
        self.now.raise_bound(relaxed.bound)
        if self.now.best is None:
            plan_among(self.now, relaxed.columns)
        return fix_and_choose(self.now, relaxed, self._better)

    def _better(self) -> Columns:
        """Look for plans better than the best one; the columns of those found."""
        now, n = self.now, self.problem.program.atoms
        if now.best is None:
            return columns_of(self.problem.program, [])
        limit = self.clock.part(0.2)
        begin = labels_of(n, now.best)
        found = []
        for seed in range(self.options.seed, self.options.seed + RUNS):
            label = refined(now, begin, seed, tries=TRIES * n, heat=1.0, stop=limit.over, phase="search again")
            found += [] if label is None else [label]
        return columns_of(self.problem.program, found)

    def _needs_met(self) -> bool:
        """Whether the best plan costs no more than the interfaces that every plan has."""
        bound = price_of_needs(self.problem)
        if self.now.cost is None or self.now.cost > bound * (1 + NEED_MET):
            return False
        self.now.raise_bound(bound)
        return True

    def _everything(self, few: int) -> Columns | None:
        """All columns where they are few; None otherwise."""
        program = self.problem.program
        if few <= 0:
            return None
        steps = [few * 50]

        def stop() -> bool:
            steps[0] -= CHUNK
            return steps[0] < 0

        found = price(
            self.problem, np.zeros(program.slots), np.zeros(program.atoms), np.zeros(len(self.problem.rows)), 1.0,
            most=few, keep_best=False, stop=stop,
        )  # fmt: skip
        return found.columns.distinct() if found.complete else None

    def _search(self) -> Searched:
        if self.begin is not None and self.begin.plan is not None:
            self.now.keep(parts_of(self.begin.plan), self.begin.cost)
            return self.begin
        with self.clock.phase("search") as note:
            n = self.problem.program.atoms
            limit = self.clock.part(0.3)
            searched = search(
                self.linked,  # links that no column uses let lots wander from piece to piece on the way
                self.options.seed,
                steps=4000 + 100 * n,
                stop=limit.over,
                tell=lambda cost: self.now.progress("search", cost, None),
                enough=price_of_needs(self.problem) * (1 + NEED_MET),
            )
            if searched.plan is not None:
                self.now.keep(parts_of(searched.plan), searched.cost)
            note("no plan found" if searched.plan is None else f"plan of {plain(searched.cost)}")
        return searched

    def _relax(self, searched: Searched) -> Relaxed:
        with self.clock.phase("relax") as note:
            relaxed = relax_all(
                self.problem,
                searched.columns,
                # where the time is limited and pricing does not come to an end, some is left for the search
                self.clock if self.clock.left() is None else self.clock.part(0.5),
                upper=self.now.cost,
                threads=self.options.threads,
                tell=self.now.raises("relax"),
            )
            note(
                f"{relaxed.rounds} rounds of pricing, {relaxed.steps:,} sets walked through, "
                + ("no plan exists" if relaxed.feasible is False else f"bound {plain(relaxed.bound)}")
            )
        return relaxed


def stranded(problem: Partitioning) -> tuple[int, ...]:
    """Atoms that no column can hold: too large by themselves, or cut off in too small a piece."""
    return tuple(sorted({*_too_large(problem), *_cut_off(problem)}))


def _too_large(problem: Partitioning) -> tuple[int, ...]:
    """Atoms that alone pass an upper limit which only gets further away as others join."""
    p = problem.program
    found = set()
    for m, slot in enumerate(p.limit_slot):
        if p.kind[slot] == TOTAL and not p.limit_exempt[m].any():
            values = p.sums[p.which[slot]]
        elif p.kind[slot] == SPAN and not p.limit_exempt[m].any():
            values = np.diff(p.layer_ptr[p.which[slot]]).astype(np.float64)
        else:
            continue
        found |= set(np.flatnonzero(values > p.limit_high[m]).tolist())
    return tuple(sorted(found))


def _cut_off(problem: Partitioning) -> tuple[int, ...]:
    """Atoms of pieces of the graph that are together smaller than any column may be."""
    p = problem.program
    found: list[int] = []
    for piece in components(p):
        for m, slot in enumerate(p.limit_slot):
            small = p.kind[slot] == TOTAL and p.sums[p.which[slot], piece].sum() < p.limit_low[m]
            if small and not p.limit_exempt[m, piece].any():
                found += piece.tolist()
                break
    return tuple(found)
