"""The master problem solved as a MILP, every claim of the solver checked. The only file that builds a PuLP model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from lotopt.core.result import Status
from lotopt.engine.model.rows import PROOF_TOLERANCE, Answer, Floats, Ints, Master, Row, cost_scale, judged
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import OURS, Outcome, SolverOptions, available, check_solver, solve_pulp

__all__ = ["Answer", "Floats", "Ints", "Master", "Row", "judged", "solve_milp"]

# How far a solver's bound may be off, in its own scale.
SOLVER_SLACK = 1e-6
# Plans cut off one by one because a row slipped through a solver's tolerance: first as few, then with a finer one.
ENOUGH_CUTS, MOST_CUTS = 2, 200
FAR_FROM_WHOLE = 1e-3


def solve_milp(
    master: Master,
    options: SolverOptions,
    clock: Clock,
    *,
    start: Ints | None = None,
    cutoff: float | None = None,
    progress: Progress | None = None,
    room: float | None = None,
    confirm: bool = True,
) -> Answer:
    """Solve the master over all its columns with the solver that `options` name, within the clock.

    `start` is a plan to begin with, and the answer where nothing better is found. `cutoff` is an objective above
    which no plan is wanted: `infeasible` then says that none lies at or below it. `room` is an absolute gap at which
    the solver may stop, beside `options.gap`. Nothing is believed before it is checked: a plan against every row,
    and `infeasible` by a second, different solve (unless `confirm` is false: then only a plan is wanted, and one
    solve decides). Ctrl-C gives the best plan so far, `interrupted`. Raises InputError for an unknown solver.
    """
    check_solver(options.name)
    hopeless = master.hopeless()
    if hopeless:
        return Answer(Status.INFEASIBLE, notes=tuple(hopeless))
    if master.size == 0:
        return judged(master, np.zeros(0, dtype=np.int64), master.constant, options.gap)
    begun = start if start is not None and not master.check(start) else None
    work = _Work(master, options, clock, begun, cutoff, progress, room)
    if start is not None and begun is None:
        work.notes.append("the plan to begin with breaks a row and was left out")
    try:
        return work.answer(confirm)
    except KeyboardInterrupt:  # outside a solver: while a model was built or a plan checked
        return judged(master, work.best, None, options.gap, interrupted=True, notes=work.notes)


class _Work:
    """One solve: the best plan so far, the cuts found on the way, and what to say about it."""

    def __init__(
        self,
        master: Master,
        options: SolverOptions,
        clock: Clock,
        best: Ints | None,
        cutoff: float | None,
        progress: Progress | None,
        room: float | None,
    ) -> None:
        self.master, self.options, self.clock = master, options, clock
        self.best, self.cutoff, self.progress, self.room = best, cutoff, progress, room
        self.cuts: list[Row] = []
        self.notes: list[str] = []
        self.scale = cost_scale(master)

    def answer(self, confirm: bool) -> Answer:
        none_exists = 0
        sound: Outcome | None = None
        for name, presolve in self._ways(proof=confirm):
            outcome = self._solve(name, presolve)
            if outcome.note:
                self.notes.append(outcome.note)
            if outcome.interrupted:
                return self._judged(outcome, interrupted=True)
            if outcome.word == "infeasible":
                none_exists += 1
                if self._below_cutoff():
                    self.notes.append(
                        f"{name} says that no plan exists, but one is known; it was asked again otherwise"
                    )
                elif none_exists >= (2 if confirm else 1):
                    return Answer(Status.INFEASIBLE, bound=self.cutoff, notes=tuple(self.notes))
                continue
            if self._refuted(outcome):
                self.notes.append(f"{name} told a bound above a plan that exists; it was asked again otherwise")
                continue
            if none_exists and outcome.values is not None:
                self.notes.append("a first solve said that no plan exists; a second one found this plan")
            if outcome.values is not None or self.clock.over():
                # plans too close for the solver to tell apart: another way may meet the better one
                again = sound is None and confirm and outcome.word == "optimal" and not self.clock.over()
                sound = sound or outcome
                answer = self._judged(sound)
                if answer.status == Status.OPTIMAL or not again:
                    return answer
        if none_exists:
            self.notes.append("a solve said that no plan exists, but no second solve confirmed it in the time")
        return self._judged(sound or Outcome("unknown"))

    def _ways(self, proof: bool) -> Iterator[tuple[str, bool]]:
        """The solver wanted, then ways that differ: with presolve or without, then another solver.

        The presolve of HiGHS has taken the optimum away from small MILPs and called the next best plan optimal
        (its issues 1725, 2173, 3073; up to 1.15.1). So a proof is asked for without it, a mere plan with it.
        """
        name = self.options.name.lower()
        first = not (proof and name == "highs")
        yield name, first
        if name in OURS:
            yield name, not first
        for other in OURS:
            if other != name and other in available():
                yield other, not (proof and other == "highs")

    def _refuted(self, outcome: Outcome) -> bool:
        """Whether a known plan is cheaper than the bound that a solver tells."""
        if self.best is None or outcome.bound is None or not self._below_cutoff():
            return False
        objective = self.master.objective(self.best)
        near = PROOF_TOLERANCE * max(abs(objective), self.master.typical_cost)
        return self._unscaled(outcome.bound - SOLVER_SLACK) > objective + near

    def _judged(self, outcome: Outcome, interrupted: bool = False) -> Answer:
        bound = None
        if outcome.bound is not None and math.isfinite(outcome.bound):
            bound = self._unscaled(outcome.bound - SOLVER_SLACK)
        if self.cutoff is not None and bound is not None:
            bound = min(bound, self.cutoff)
        return judged(self.master, self.best, bound, self.options.gap, interrupted=interrupted, notes=self.notes)

    def _unscaled(self, objective: float) -> float:
        return math.fsum([self.master.constant, objective / self.scale])

    def _below_cutoff(self) -> bool:
        if self.best is None:
            return False
        return self.cutoff is None or self.master.objective(self.best) <= self.cutoff

    def _solve(self, name: str, presolve: bool) -> Outcome:
        """Solve until the solver's plan keeps every row: each plan that does not is cut off, and only it."""
        while True:
            claim = self._claim(name, presolve)
            if claim.values is None:
                return claim
            chosen = np.flatnonzero(claim.values > 0.5)
            if np.abs(claim.values - np.round(claim.values)).max() > FAR_FROM_WHOLE:
                note = f"the answer of {name} was not whole and was not believed"
                return Outcome("unknown", bound=claim.bound, interrupted=claim.interrupted, note=note)
            if not self.master.check(chosen):
                self._keep(chosen)
                return claim
            if claim.interrupted or len(self.cuts) >= MOST_CUTS or self.clock.over():
                note = f"the plan of {name} broke a row and was not believed"
                return Outcome("unknown", bound=claim.bound, interrupted=claim.interrupted, note=note)
            self.cuts.append(_cut_off(self.master, chosen, f"cut{len(self.cuts)}"))

    def _keep(self, chosen: Ints) -> None:
        if self.best is None or self.master.objective(chosen) < self.master.objective(self.best):
            self.best = chosen

    def _claim(self, name: str, presolve: bool) -> Outcome:
        problem, names = _pulp_model(self.master, self.scale, self._extra_rows())
        start = None
        if self.best is not None:
            start = np.zeros(self.master.size)
            start[self.best] = 1.0
        shifted = self.master.constant != 0  # solvers see no constant, so a relative gap would mean something else
        return solve_pulp(
            problem,
            names,
            self.options.model_copy(update={"name": name, "gap": 0.0 if shifted else self.options.gap}),
            room=(self.room or 0.0) * self.scale,
            time_left=self.clock.left(),
            presolve=presolve,
            sharp=len(self.cuts) >= ENOUGH_CUTS,
            start=start,
            tell=self._tell if self.progress is not None else None,
        )

    def _extra_rows(self) -> list[Row]:
        if self.cutoff is None or self._below_cutoff():
            return self.cuts
        every = np.arange(self.master.size)
        limit = math.fsum([self.cutoff, -self.master.constant])
        return [*self.cuts, Row("cutoff", every, self.master.costs, -math.inf, limit)]

    def _tell(self, objective: float | None, bound: float | None) -> None:
        if self.progress is None:
            return
        best = None if objective is None else self._unscaled(objective)
        self.progress("choose columns", best, None if bound is None else self._unscaled(bound))


def _pulp_model(master: Master, scale: float, extra: list[Row]) -> tuple[Any, list[str]]:
    """The PuLP problem and the names of its columns, in our order.

    Names are our own short ones: PuLP turns characters such as `-` and `/` into `_`. Costs and rows are scaled.
    """
    import pulp

    problem = pulp.LpProblem("lots", pulp.LpMinimize)
    names = [f"x{j}" for j in range(master.size)]
    x = [problem.add_variable(name, cat=pulp.LpBinary) for name in names]
    problem.setObjective(pulp.LpAffineExpression(list(zip(x, (master.costs * scale).tolist(), strict=True))))
    rows = master.held_to(extra).arrays if extra else master.arrays
    values = (rows.values * rows.scales[rows.owner]).tolist()
    lower, upper = (rows.lower * rows.scales).tolist(), (rows.upper * rows.scales).tolist()
    index, starts = rows.index.tolist(), rows.starts.tolist()
    for r, (low, high) in enumerate(zip(lower, upper, strict=True)):
        held = slice(starts[r], starts[r + 1])
        if held.start == held.stop:
            continue  # no column, and not hopeless: always kept
        terms = list(zip((x[j] for j in index[held]), values[held], strict=True))
        if low == high:
            _add(problem, terms, pulp.LpConstraintEQ, f"r{r}", low)
            continue
        if math.isfinite(low):
            _add(problem, terms, pulp.LpConstraintGE, f"r{r}l", low)
        if math.isfinite(high):
            _add(problem, terms, pulp.LpConstraintLE, f"r{r}u", high)
    return problem, names


def _add(problem: Any, terms: list[tuple[Any, float]], sense: int, name: str, limit: float) -> None:
    import pulp

    problem.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, name, limit))


def _cut_off(master: Master, chosen: Ints, name: str) -> Row:
    """A row that no plan breaks except plans that break the same row of the master as this one.

    A solver's tolerance lets sums pass that are a little out of range. With values of one sign the cut speaks of
    the columns of that row alone; otherwise it excludes exactly this plan.
    """
    taken = np.zeros(master.size, dtype=bool)
    taken[chosen] = True
    for row in master.rows:
        inside = taken[row.columns]
        terms = row.values[inside]
        if row.slips(terms) and (row.values >= 0).all():
            if math.fsum(terms) > row.at_most:  # not all of these together
                held = row.columns[inside & (row.values > 0)]
                return Row(name, held, np.ones(len(held)), -math.inf, len(held) - 1.0)
            others = row.columns[~inside & (row.values > 0)]  # one more at least
            return Row(name, others, np.ones(len(others)), 1.0, math.inf)
    every = np.arange(master.size)
    return Row(name, every, np.where(taken, -1.0, 1.0), 1.0 - len(chosen), math.inf)
