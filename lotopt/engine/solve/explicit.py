"""The exact solution of a master whose columns are all written down: relax, fix by reduced cost, choose, break ties.

Reduced-cost fixing as in Baldacci, Christofides & Mingozzi 2008: a column whose reduced cost exceeds the distance
between a plan and the bound is in no better plan. Cuts lessen that distance first, where columns are many.
"""

from __future__ import annotations

import numpy as np

from lotopt.core.reading import plain
from lotopt.core.result import Status, gap_of
from lotopt.engine.model.rows import PROOF_TOLERANCE
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.lp import Relaxation, relax, shifted
from lotopt.engine.solve.master import Answer, Ints, Master, judged, solve_milp
from lotopt.engine.solve.progress import Progress, silent
from lotopt.engine.solve.solvers import SolverOptions, check_solver
from lotopt.engine.solve.ties import break_ties, dearer
from lotopt.engine.solve.tighten import tightened

__all__ = ["break_ties", "solve_explicit"]

# Below this a MILP solver needs no help.
FEW_COLUMNS = 2_000
# A plan is looked for among this many columns of small reduced cost, then among twice as many.
GROWTH = 2
# Seconds that closing the last of a gap, or choosing among equals, may take when the rest of the solve was faster.
POLISH = 10.0


def solve_explicit(
    master: Master,
    options: SolverOptions,
    clock: Clock,
    progress: Progress | None = None,
    start: Ints | None = None,
) -> Answer:
    """The best choice of columns, proven to `options.gap`, and always the same one among equally good ones.

    A better plan than the wanted gap asks for is looked for a while, because only the very best is unique. `notes`
    say where that did not come to an end. `infeasible` is confirmed by two solves; Ctrl-C gives the best plan so
    far, `interrupted`. Raises InputError for an unknown solver.
    """
    check_solver(options.name)
    return _Explicit(master, options, clock, progress or silent, start).answer()


class _Explicit:
    """One solve: the best plan and the best bound known at any moment."""

    def __init__(
        self, master: Master, options: SolverOptions, clock: Clock, progress: Progress, start: Ints | None
    ) -> None:
        self.master, self.options, self.clock, self.progress = master, options, clock, progress
        self.best: Ints | None = None
        self.bound: float | None = None
        self.relaxed: Relaxation | None = None
        self.tight = master  # with the cuts that `relaxed` has duals for
        # the columns that cost something in a plan without rival: all others as cheap hold the same
        self.alone: Ints | None = None
        self.rivals = master.whole_costs and master.size > FEW_COLUMNS and bool(master.costs.min() >= 0)
        self.notes: list[str] = []
        if start is not None:
            if master.check(start):
                self.notes.append("the plan to begin with breaks a row and was left out")
            else:
                self.best = np.sort(start)

    def answer(self) -> Answer:
        try:
            return self._answer()
        except KeyboardInterrupt:
            return self._judged(interrupted=True)

    def _answer(self) -> Answer:
        with self.clock.phase("relax") as note:
            self._relax()
            if self.relaxed is not None:
                self.bound = self.relaxed.bound
                note(f"bound {plain(self.bound)}")
        if self._closed():
            return self._settled()
        if self.relaxed is not None and self.master.size > FEW_COLUMNS:
            with self.clock.phase("first plans") as note:
                self._first_plans(self.relaxed)
                note("none" if self.best is None else f"objective {plain(self.master.objective(self.best))}")
        with self.clock.phase("choose") as note:
            columns = self._needed()
            # most problems are closed at once; only where that takes long is the wanted gap asked for first
            answer = self._choose(columns, 0.0, self._while())
            if answer.status != Status.INFEASIBLE and not answer.interrupted and not self._good_enough():
                columns = self._needed()
                answer = self._choose(columns, self.options.gap, self.clock)
            note(f"{len(columns)} of {self.master.size} columns")
        if answer.status == Status.INFEASIBLE:
            return answer
        if answer.interrupted:
            return self._judged(interrupted=True)
        return self._settled()

    def _relax(self) -> None:
        if self.master.size > FEW_COLUMNS:
            found = tightened(self.master, self.options, self.clock)
            if found is not None:
                self.tight, self.relaxed = found
        if self.relaxed is None:
            self.relaxed = relax(self.master, self.options, self.clock)

    def _settled(self) -> Answer:
        """Close what is left of the gap, then choose among equals; each for a while only."""
        answer = self._judged()
        if self.best is not None and answer.objective != answer.bound and not self.clock.over():
            # Over the columns still needed costs differ less than before, so that more of the gap can be closed.
            with self.clock.phase("close the gap"):
                again = self._choose(self._needed(), 0.0, self._while())
            answer = self._judged(interrupted=again.interrupted)
        if answer.interrupted or answer.objective is None or answer.bound is None or self.best is None:
            return answer
        if gap_of(answer.objective, answer.bound) > PROOF_TOLERANCE:
            if answer.status == Status.OPTIMAL:
                self.notes.append("proven to the wanted gap only: another run may give another plan within it")
            return self._judged()
        with self.clock.phase("choose among equals") as note:
            # far quicker than to weigh all plans, and mostly there is no other
            ask = self.rivals and not self._unrivalled()
            if ask and self._choose(self._needed(), 0.0, self._while()).interrupted:
                return self._judged(interrupted=True)
            columns = self._needed()
            if self._unrivalled():
                columns = columns[(self.master.costs[columns] == 0) | np.isin(columns, self.best)]
            local = np.searchsorted(columns, self.best)
            chosen, excuse = break_ties(
                self.tight.subset(columns).lean(), local, answer.objective, self.options, self._while()
            )
            note(excuse)
        self.notes += [excuse] if excuse else []
        if not self.master.check(columns[chosen]):
            self.best = columns[chosen]
        return self._judged()

    def _unrivalled(self) -> bool:
        return self.alone is not None and np.array_equal(self.alone, self._paid())

    def _paid(self) -> Ints:
        """The columns of the best plan that cost something, sorted."""
        return np.zeros(0, dtype=np.int64) if self.best is None else self.best[self.master.costs[self.best] != 0]

    def _closed(self) -> bool:
        """Whether the best plan is proven to be the best there is."""
        answer = self._judged()
        return answer.objective is not None and answer.objective == answer.bound

    def _good_enough(self) -> bool:
        return self._judged().status == Status.OPTIMAL

    def _while(self) -> Clock:
        left, longest = self.clock.left(), max(POLISH, self.clock.seconds)
        return Clock(longest if left is None else min(left, longest))

    def _needed(self) -> Ints:
        """The columns that a plan as good as the best one can hold, a little more for ties within 1e-9."""
        if self.relaxed is None or self.best is None:
            return np.arange(self.master.size)
        objective = self.master.objective(self.best)
        return np.union1d(self.relaxed.needed(objective + 2e-9 * abs(objective)), self.best)

    def _first_plans(self, relaxed: Relaxation) -> None:
        """Find plans among columns of small reduced cost, until the columns needed for a proof are few enough."""
        order = np.argsort(relaxed.reduced, kind="stable")
        size = max(1, FEW_COLUMNS, 3 * int((self.master.arrays.lower > 0).sum()))
        while size < self.master.size and not self.clock.over():
            if self.best is not None and len(self._needed()) <= size:
                return
            columns = np.union1d(order[:size], [] if self.best is None else self.best).astype(np.int64)
            answer = self._over(columns, self.options.gap, self.clock.part(0.3, at_least=5.0), confirm=False)
            self._take(columns, answer)
            if answer.interrupted:
                raise KeyboardInterrupt
            needed = len(self._needed())
            if self.best is not None and (needed <= GROWTH * size or needed > self.master.size / 2):
                return  # few enough, or so many that looking among some of them only takes time
            size *= GROWTH

    def _choose(self, columns: Ints, gap: float, clock: Clock) -> Answer:
        """Solve over columns that hold every better plan, so that the bound found is a bound for all.

        Where costs are whole, what the best plan pays for is asked for a unit more: what comes back is a better or
        an equal plan, or the proof that there is neither.
        """
        known, paid = self.best, self._paid()
        answer = self._over(columns, gap, clock, confirm=True)
        self._take(columns, answer)
        bound = answer.bound
        if known is not None and self.rivals and bound is not None:
            least = self.master.objective(known)
            if bound > least:
                self.alone = paid
            bound = min(bound, least)
        if answer.status != Status.INFEASIBLE and bound is not None:
            self.bound = bound if self.bound is None else max(self.bound, bound)
        self.notes += answer.notes
        return answer

    def _over(self, columns: Ints, gap: float, clock: Clock, confirm: bool) -> Answer:
        known = [0.0 if self.bound is None else self.bound]
        start = None
        if self.best is not None:
            start = np.searchsorted(columns, self.best)
            known.append(self.master.objective(self.best))
        master = shifted(self.tight, self.relaxed).subset(columns).lean()
        if start is not None and confirm and self.rivals:
            master = dearer(master, np.searchsorted(columns, self._paid()))
            start = np.append(start, len(columns))
        return solve_milp(
            master,
            self.options.model_copy(update={"gap": gap}),
            clock,
            start=start,
            progress=self._tell,
            room=gap * min(abs(value) for value in known),
            confirm=confirm,
        )

    def _tell(self, phase: str, objective: float | None, bound: float | None) -> None:
        # Bounds over a part of the columns are no bounds; only the proven one is shown.
        self.progress(phase, objective, self.bound)

    def _take(self, columns: Ints, answer: Answer) -> None:
        if answer.chosen is None:
            return
        chosen = columns[answer.chosen[answer.chosen < len(columns)]]
        if self.best is None or self.master.objective(chosen) < self.master.objective(self.best):
            self.best = chosen

    def _judged(self, interrupted: bool = False) -> Answer:
        return judged(self.master, self.best, self.bound, self.options.gap, interrupted=interrupted, notes=self.notes)
