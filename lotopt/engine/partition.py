"""The set-partitioning problem solved: search, relax, fix by reduced cost, choose.

A plan cheaper than the best known one holds only columns whose reduced cost is below the distance from that plan to
the LP bound (Baldacci, Christofides & Mingozzi 2008). So only those are written down and given to the MILP.
"""

from __future__ import annotations

import numpy as np

from lotopt.core.reading import plain
from lotopt.core.result import Status
from lotopt.engine.beyond import beyond
from lotopt.engine.clock import Clock
from lotopt.engine.explicit import solve_explicit
from lotopt.engine.master import Answer, solve_milp
from lotopt.engine.pricing import CHUNK, Columns, price
from lotopt.engine.program import SPAN, TOTAL, Ints, Partitioning, components
from lotopt.engine.progress import Progress, silent
from lotopt.engine.relaxation import MOST_STEPS, Relaxed, relax_all
from lotopt.engine.search import Searched, search
from lotopt.engine.solvers import SolverOptions
from lotopt.engine.standing import PartitionAnswer, Standing, limited
from lotopt.engine.writing import master_over, parts_of

# columns written down at most: a MILP of more is not solved in a sitting
MOST_COLUMNS = 250_000
# columns of small reduced cost among which a better plan is looked for when too many are left
SOME_COLUMNS = 20_000
# steps a walk may take where a best plan is proven and only equally good ones are looked for
TIE_STEPS = 100_000_000
# a plan that costs less than this part of a typical column is looked at once more, among columns of its own size
FAR_APART = 1000.0
# where all columns together are fewer, they are written down at once
FEW_COLUMNS = 400


def solve_partition(
    problem: Partitioning,
    options: SolverOptions,
    clock: Clock,
    progress: Progress | None = None,
    *,
    few: int = FEW_COLUMNS,
) -> PartitionAnswer:
    """The plan of least cost, proven within options.gap where time and size allow.

    `infeasible` is proven: by counting, by a Farkas bound over all columns, or by two solves over all of them.
    Ctrl-C at any moment gives the best plan so far.
    """
    standing = Standing(problem, options, clock, progress or silent)
    try:
        return _Work(standing).answer(few)
    except KeyboardInterrupt:
        return standing.judged(interrupted=True)


class _Work:
    """One solve by enumeration."""

    def __init__(self, standing: Standing) -> None:
        self.now = standing
        self.problem, self.options, self.clock = standing.problem, standing.options, standing.clock

    def answer(self, few: int) -> PartitionAnswer:
        low, high = self.problem.fewest_and_most
        hopeless = (*self._too_large(), *self._cut_off())
        if low > high or hopeless:
            return self.now.none_exists(tuple(sorted(set(hopeless))))
        everything = self._everything(few)
        if everything is not None:
            with self.clock.phase("enumerate") as note:
                note(f"all {len(everything)} candidate lots")
            return self._choose(everything, None)
        searched = self._search()
        if self.now.best is not None and not self.problem.cost.any():
            self.now.notes.append("no goal was given: any plan that keeps the rules is as good as this one")
            self.now.raise_bound(0.0)
            return self.now.judged()
        relaxed = self._relax(searched)
        if relaxed.feasible is False:
            return self.now.none_exists()
        if not np.isfinite(relaxed.bound):
            beyond(self.now, searched, self._plan_among)
            return self.now.judged()
        self.now.raise_bound(relaxed.bound)
        if self.now.best is None:
            self._plan_among(relaxed.columns)
        return self._fix_and_choose(relaxed)

    def _too_large(self) -> tuple[int, ...]:
        """Atoms that alone pass an upper limit which only gets further away as others join."""
        p = self.problem.program
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

    def _cut_off(self) -> tuple[int, ...]:
        """Atoms of pieces of the graph that are together smaller than any column may be."""
        p = self.problem.program
        found: list[int] = []
        for piece in components(p):
            for m, slot in enumerate(p.limit_slot):
                small = p.kind[slot] == TOTAL and p.sums[p.which[slot], piece].sum() < p.limit_low[m]
                if small and not p.limit_exempt[m, piece].any():
                    found += piece.tolist()
                    break
        return tuple(found)

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
        with self.clock.phase("search") as note:
            n = self.problem.program.atoms
            limit = self.clock.part(0.3)
            searched = search(
                self.problem,
                self.options.seed,
                steps=4000 + 100 * n,
                stop=limit.over,
                tell=lambda cost: self.now.progress("search", cost, None),
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
                tell=lambda bound: self.now.progress("relax", self.now.cost, bound),
            )
            note(
                f"{relaxed.rounds} rounds of pricing, {relaxed.steps:,} sets walked through, "
                + ("no plan exists" if relaxed.feasible is False else f"bound {plain(relaxed.bound)}")
            )
        return relaxed

    def _fix_and_choose(self, relaxed: Relaxed) -> PartitionAnswer:
        """Write down the columns that a better plan may hold, fewer and fewer as plans get better; then choose."""
        columns = relaxed.columns
        some = SOME_COLUMNS
        while True:
            proven = self.now.cost is not None and self.now.cost == self.now.judged().bound
            with self.clock.phase("fix") as note:
                room = np.inf if self.now.cost is None else self._room(relaxed)
                priced = price(
                    self.problem, self.problem.cost, relaxed.duals, relaxed.row_duals, room,
                    most=SOME_COLUMNS if proven else MOST_COLUMNS, keep_best=False,
                    stop=limited(self.clock, TIE_STEPS if proven else MOST_STEPS),
                )  # fmt: skip
                note(f"{len(priced.columns):,} candidate lots left" + ("" if priced.complete else " or more"))
            if priced.complete:
                return self._choose(priced.columns, self.now.best)
            if proven:
                self.now.notes.append("many plans are equally good: which of them is given may depend on the seed")
                return self.now.judged()
            if self.clock.over():
                return self.now.judged()
            before = self.now.cost
            with self.clock.phase("look among the cheapest") as note:
                cheapest = price(
                    self.problem, self.problem.cost, relaxed.duals, relaxed.row_duals, room,
                    most=2 * some, keep_best=True, stop=limited(self.clock, MOST_STEPS),
                )  # fmt: skip
                columns = Columns.join([columns, cheapest.columns]).distinct()
                self._plan_among(columns)
                note("no plan" if self.now.cost is None else f"plan of {plain(self.now.cost)}")
            some *= 2
            if self.clock.over() or self.now.cost == before or some > MOST_COLUMNS // 4:
                self.now.notes.append(
                    "more candidate lots are left than can be written down: the gap is told, not closed"
                )
                return self.now.judged()

    def _room(self, relaxed: Relaxed) -> float:
        """How far the reduced cost of a column of a better, or equally good, plan may lie above zero."""
        assert self.now.cost is not None
        return self.now.cost - relaxed.bound + 1e-8 * max(abs(self.now.cost), abs(relaxed.bound))

    def _plan_among(self, columns: Columns) -> None:
        """Look for a better plan among some columns; says nothing about the rest."""
        columns, master, start = master_over(self.problem, columns, self.now.best)
        answer = solve_milp(
            master, self.options, self.clock.part(0.3, at_least=5.0), start=start, confirm=False,
            progress=lambda phase, objective, bound: self.now.progress(phase, objective, self.now.bound),
        )  # fmt: skip
        self._take(answer, columns)
        if answer.interrupted:
            raise KeyboardInterrupt

    def _choose(self, columns: Columns, start: tuple[Ints, ...] | None) -> PartitionAnswer:
        """Solve over columns that hold every better plan: what is proven of them is proven of all."""
        columns, master, begin = master_over(self.problem, columns, start)
        answer = solve_explicit(
            master, self.options, self.clock,
            lambda phase, objective, bound: self.now.progress(phase, objective, self.now.bound), begin,
        )  # fmt: skip
        if answer.status == Status.INFEASIBLE:
            held = columns.members(self.problem.program.atoms).any(axis=0)
            return self.now.none_exists(tuple(np.flatnonzero(~held).tolist()))
        self.now.notes += answer.notes
        self._take(answer, columns)
        if answer.objective is not None and 0.0 < FAR_APART * answer.objective < master.typical_cost:
            # Beside such costs a solver cannot tell plans of so small a cost apart. Where no cost is negative, a
            # plan as good holds no column that alone costs more: among the others it can.
            kept = np.flatnonzero(master.costs <= answer.objective * (1 + 1e-9))
            if master.costs.min() >= 0.0 and len(kept) < master.size and not answer.interrupted:
                return self._choose(columns.take(kept), self.now.best)
        if answer.bound is not None:
            self.now.raise_bound(answer.bound)
        return self.now.judged(interrupted=answer.interrupted)

    def _take(self, answer: Answer, columns: Columns) -> None:
        if answer.chosen is None or answer.objective is None:
            return
        inside = columns.members(self.problem.program.atoms)[answer.chosen]
        self.now.keep(tuple(np.flatnonzero(row) for row in inside), answer.objective, equal=True)
