"""The set-partitioning problem solved: search, relax, fix by reduced cost, choose.

A plan cheaper than the best known one holds only columns whose reduced cost is below the distance from that plan to
the LP bound (Baldacci, Christofides & Mingozzi 2008). So only those are written down and given to the MILP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lotopt.core.reading import plain
from lotopt.core.result import Status
from lotopt.engine.clock import Clock
from lotopt.engine.explicit import solve_explicit
from lotopt.engine.master import Answer, Master, Row, solve_milp
from lotopt.engine.pricing import CHUNK, Columns, price
from lotopt.engine.program import ONE, SPAN, STRADDLE, TOTAL, Ints, Partitioning, components
from lotopt.engine.progress import Progress, silent
from lotopt.engine.relaxation import MOST_STEPS, Relaxed, relax_all
from lotopt.engine.rows import judged
from lotopt.engine.search import Searched, search
from lotopt.engine.solvers import SolverOptions
from lotopt.engine.writing import master_over, parts_of

# columns written down at most: a MILP of more is not solved in a sitting
MOST_COLUMNS = 250_000
# columns of small reduced cost among which a better plan is looked for when too many are left
SOME_COLUMNS = 20_000
# steps a walk may take where a best plan is proven and only equally good ones are looked for
TIE_STEPS = 100_000_000
# seconds of further search where nothing can be proven and no time limit is given
SEARCH_ON = 20.0
# a plan that costs less than this part of a typical column is looked at once more, among columns of its own size
FAR_APART = 1000.0
# where all columns together are fewer, they are written down at once
FEW_COLUMNS = 400


@dataclass(frozen=True)
class PartitionAnswer:
    """The chosen columns as sorted atom arrays (None if no plan is known), and what is proven about them.

    Where no plan exists, `stranded` may name atoms that no legal column holds.
    """

    plan: tuple[Ints, ...] | None
    status: Status
    objective: float | None
    bound: float | None
    interrupted: bool = False
    notes: tuple[str, ...] = ()
    stranded: tuple[int, ...] = ()


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
    work = _Work(problem, options, clock, progress or silent)
    try:
        return work.answer(few)
    except KeyboardInterrupt:
        return work.judged(interrupted=True)


class _Work:
    """One solve: the best plan and the best bound known at any moment."""

    def __init__(self, problem: Partitioning, options: SolverOptions, clock: Clock, progress: Progress) -> None:
        self.problem, self.options, self.clock, self.progress = problem, options, clock, progress
        self.best: tuple[Ints, ...] | None = None
        self.cost: float | None = None
        self.bound: float | None = None
        self.notes: list[str] = []

    def answer(self, few: int) -> PartitionAnswer:
        low, high = self.problem.fewest_and_most
        hopeless = (*self._too_large(), *self._cut_off())
        if low > high or hopeless:
            return self._none_exists(tuple(sorted(set(hopeless))))
        everything = self._everything(few)
        if everything is not None:
            with self.clock.phase("enumerate") as note:
                note(f"all {len(everything)} candidate lots")
            return self._choose(everything, None)
        searched = self._search()
        if self.best is not None and not self.problem.cost.any():
            self.notes.append("no goal was given: any plan that keeps the rules is as good as this one")
            self._raise_bound(0.0)
            return self.judged()
        relaxed = self._relax(searched)
        if relaxed.feasible is False:
            return self._none_exists()
        if not np.isfinite(relaxed.bound):
            return self._heuristic(searched)
        self._raise_bound(relaxed.bound)
        if self.best is None:
            self._plan_among(relaxed.columns)
        return self._fix_and_choose(relaxed)

    def _none_exists(self, stranded: tuple[int, ...] = ()) -> PartitionAnswer:
        return PartitionAnswer(None, Status.INFEASIBLE, None, None, notes=tuple(self.notes), stranded=stranded)

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
                tell=lambda cost: self.progress("search", cost, None),
            )
            if searched.plan is not None:
                self._keep(parts_of(searched.plan), searched.cost)
            note("no plan found" if searched.plan is None else f"plan of {plain(searched.cost)}")
        return searched

    def _relax(self, searched: Searched) -> Relaxed:
        with self.clock.phase("relax") as note:
            relaxed = relax_all(
                self.problem,
                searched.columns,
                # where the time is limited and pricing does not come to an end, some is left for the search
                self.clock if self.clock.left() is None else self.clock.part(0.5),
                upper=self.cost,
                threads=self.options.threads,
                tell=lambda bound: self.progress("relax", self.cost, bound),
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
            proven = self.cost is not None and self.cost == self.judged().bound
            with self.clock.phase("fix") as note:
                room = np.inf if self.cost is None else self._room(relaxed)
                priced = price(
                    self.problem, self.problem.cost, relaxed.duals, relaxed.row_duals, room,
                    most=SOME_COLUMNS if proven else MOST_COLUMNS, keep_best=False,
                    stop=_limited(self.clock, TIE_STEPS if proven else MOST_STEPS),
                )  # fmt: skip
                note(f"{len(priced.columns):,} candidate lots left" + ("" if priced.complete else " or more"))
            if priced.complete:
                return self._choose(priced.columns, self.best)
            if proven:
                self.notes.append("many plans are equally good: which of them is given may depend on the seed")
                return self.judged()
            if self.clock.over():
                return self.judged()
            before = self.cost
            with self.clock.phase("look among the cheapest") as note:
                cheapest = price(
                    self.problem, self.problem.cost, relaxed.duals, relaxed.row_duals, room,
                    most=2 * some, keep_best=True, stop=_limited(self.clock, MOST_STEPS),
                )  # fmt: skip
                columns = Columns.join([columns, cheapest.columns]).distinct()
                self._plan_among(columns)
                note("no plan" if self.cost is None else f"plan of {plain(self.cost)}")
            some *= 2
            if self.clock.over() or self.cost == before or some > MOST_COLUMNS // 4:
                self.notes.append(
                    "more candidate lots are left than can be written down: the gap is told, not closed"
                )
                return self.judged()

    def _room(self, relaxed: Relaxed) -> float:
        """How far the reduced cost of a column of a better, or equally good, plan may lie above zero."""
        assert self.cost is not None
        return self.cost - relaxed.bound + 1e-8 * max(abs(self.cost), abs(relaxed.bound))

    def _plan_among(self, columns: Columns) -> None:
        """Look for a better plan among some columns; says nothing about the rest."""
        columns, master, start = master_over(self.problem, columns, self.best)
        answer = solve_milp(
            master, self.options, self.clock.part(0.3, at_least=5.0), start=start, confirm=False,
            progress=lambda phase, objective, bound: self.progress(phase, objective, self.bound),
        )  # fmt: skip
        self._take(answer, columns)
        if answer.interrupted:
            raise KeyboardInterrupt

    def _choose(self, columns: Columns, start: tuple[Ints, ...] | None) -> PartitionAnswer:
        """Solve over columns that hold every better plan: what is proven of them is proven of all."""
        columns, master, begin = master_over(self.problem, columns, start)
        answer = solve_explicit(
            master, self.options, self.clock,
            lambda phase, objective, bound: self.progress(phase, objective, self.bound), begin,
        )  # fmt: skip
        if answer.status == Status.INFEASIBLE:
            held = columns.members(self.problem.program.atoms).any(axis=0)
            return self._none_exists(tuple(np.flatnonzero(~held).tolist()))
        self.notes += answer.notes
        self._take(answer, columns)
        if answer.objective is not None and 0.0 < FAR_APART * answer.objective < master.typical_cost:
            # Beside such costs a solver cannot tell plans of so small a cost apart. Where no cost is negative, a
            # plan as good holds no column that alone costs more: among the others it can.
            kept = np.flatnonzero(master.costs <= answer.objective * (1 + 1e-9))
            if master.costs.min() >= 0.0 and len(kept) < master.size and not answer.interrupted:
                return self._choose(columns.take(kept), self.best)
        if answer.bound is not None:
            self._raise_bound(answer.bound)
        return self.judged(interrupted=answer.interrupted)

    def _take(self, answer: Answer, columns: Columns) -> None:
        if answer.chosen is None or answer.objective is None:
            return
        inside = columns.members(self.problem.program.atoms)[answer.chosen]
        self._keep(tuple(np.flatnonzero(row) for row in inside), answer.objective, equal=True)

    def _keep(self, plan: tuple[Ints, ...], cost: float, equal: bool = False) -> None:
        if self.cost is None or cost < self.cost or (equal and cost <= self.cost + 2e-9 * abs(self.cost)):
            self.best, self.cost = plan, cost

    def _raise_bound(self, bound: float) -> None:
        self.bound = bound if self.bound is None else max(self.bound, bound)

    def _heuristic(self, searched: Searched) -> PartitionAnswer:
        """Where candidate lots are too many to walk through: recombine the columns met. No bound is claimed."""
        why = (
            "candidate lots are too many for the time"
            if self.clock.left() is not None
            else "candidate lots are too many"
        )
        self.notes.append(f"{why} to walk through all of them: the plan comes from local search, without a bound")
        columns = [searched.columns]
        with self.clock.phase("search on") as note:
            limit = Clock(SEARCH_ON) if self.clock.left() is None else self.clock.part(0.7)
            again = search(
                self.problem,
                self.options.seed + 1,
                rounds=1000,
                steps=4000 + 100 * self.problem.program.atoms,
                stop=limit.over,
                tell=lambda cost: self.progress(
                    "search on", cost if self.cost is None else min(cost, self.cost), None
                ),
            )
            if again.plan is not None:
                self._keep(parts_of(again.plan), again.cost)
            columns.append(again.columns)
            note("no plan found" if self.cost is None else f"plan of {plain(self.cost)}")
        if not self.clock.over() and any(len(some) for some in columns):
            with self.clock.phase("recombine"):
                self._plan_among(Columns.join(columns))
        return self.judged()

    def _sharpened(self, bound: float) -> float:
        """No plan costs less than nothing where no slot does, and whole numbers add up to a whole number."""
        used = np.flatnonzero(self.problem.cost)
        cost, kinds = self.problem.cost[used], self.problem.program.kind[used]
        if (cost >= 0).all():
            bound = max(bound, 0.0)
        if np.isin(kinds, (ONE, SPAN, STRADDLE)).all() and (cost == np.floor(cost)).all():
            bound = float(np.ceil(bound - 1e-6))
        return bound

    def judged(self, interrupted: bool = False) -> PartitionAnswer:
        """The best plan so far, with a status that says no more than is proven."""
        notes = tuple(self.notes)
        if self.best is None or self.cost is None:
            return PartitionAnswer(None, Status.UNKNOWN, None, self.bound, interrupted, notes)
        bound = None if self.bound is None else min(self._sharpened(self.bound), self.cost)
        single = Master(np.array([self.cost]), (Row("plan", np.array([0]), np.ones(1), 1.0, 1.0),), ("plan",))
        answer = judged(single, np.array([0]), bound, self.options.gap, interrupted=interrupted)
        return PartitionAnswer(self.best, answer.status, self.cost, answer.bound, interrupted, notes)


def _limited(clock: Clock, steps: int) -> Callable[[], bool]:
    """Stops a walk at the time limit, or where columns are too many to be walked through."""
    left = [steps]

    def stop() -> bool:
        left[0] -= CHUNK
        return clock.over() or left[0] < 0

    return stop
