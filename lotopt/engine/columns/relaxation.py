"""The LP bound over all columns, by column generation: solve over some columns, price all of them, repeat.

Dual prices are smoothed towards the best known ones (Wentges 1997; Pessoa et al. 2018). The bound is Lagrangian and
recomputed here from the duals: it holds whatever the LP solver's tolerances were.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lotopt.engine.columns.makers import Joint, made_by
from lotopt.engine.columns.pricing import CHUNK, Columns, Priced, price
from lotopt.engine.model.program import Floats, Partitioning
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.highs import new_highs, run_highs

# columns taken in per round of pricing, in all and of each maker at least
MOST, MOST_EACH = 600, 60
SMOOTHING = 0.6
# a relaxed plan is as good as proven when no column can take more than this share off it
CLOSE = 1e-10
# steps below each smallest atom in the first rounds, where duals are still poor and any cheap column helps; the
# factor by which they grow where that finds nothing, and where walks are no longer cut short
FIRST_STEPS, STEP_GROWTH, ALL_STEPS = 30_000, 8, 20_000_000
# so many rounds in a row that take less than this share off the relaxed plan are as good as none
LITTLE, PATIENCE = 1e-4, 8
# steps one walk may take: some minutes, after which columns are too many to be walked through
MOST_STEPS = 3_000_000_000


@dataclass(frozen=True)
class Relaxed:
    """What column generation proved: `bound` for every plan (-inf if nothing), from duals (n,) and row_duals (R,).

    `feasible` is False where no plan exists, even a fractional one. `complete` says whether the bound is the LP's.
    `values` (J,) are the columns' shares in the relaxed plan, where it is complete.
    """

    bound: float
    duals: Floats
    row_duals: Floats
    columns: Columns
    feasible: bool | None
    complete: bool
    rounds: int
    steps: int
    problem: Joint
    values: Floats


def relax_all(
    problem: Partitioning | Joint,
    columns: Columns,
    clock: Clock,
    *,
    upper: float | None,
    threads: int,
    tell: Callable[[float], None] = lambda bound: None,
) -> Relaxed:
    """The bound over all columns, starting from some. `upper` is the cost of a known plan: then one exists.

    Without a known plan a first pass minimises what cannot be covered; if that cannot be brought to zero, no plan
    exists (a Farkas proof, priced over all columns).
    """
    problem = problem if isinstance(problem, Joint) else Joint.of(problem)
    work = _Work(problem, columns, clock, threads)
    if upper is None:
        shortfall = work.generate(0.0, 1.0, None, lambda bound: None, enough=1e-7)
        if shortfall > 1e-7:
            return work.relaxed(-np.inf, feasible=False)
        if not work.covered:
            return work.relaxed(-np.inf, feasible=None)
    bound = work.generate(1.0, 0.0, upper, tell)
    return work.relaxed(bound, feasible=True)


class _Work:
    """The LP over the columns so far: rows are atoms, then side rows; artificial columns last."""

    def __init__(self, problem: Joint, columns: Columns, clock: Clock, threads: int) -> None:
        self.problem, self.clock, self.threads = problem, clock, threads
        self.columns = columns.distinct() if len(columns) else columns
        self.complete = False
        self.covered = False
        self.rounds = self.steps = 0
        n, rows = problem.atoms, len(problem.row_low)
        self.duals, self.row_duals, self.values = np.zeros(n), np.zeros(rows), np.zeros(0)
        self.most_columns = max(problem.fewest_and_most[1], 1)

    def relaxed(self, bound: float, feasible: bool | None) -> Relaxed:
        return Relaxed(
            bound, self.duals, self.row_duals, self.columns, feasible, self.complete, self.rounds, self.steps,
            self.problem, self.values,
        )  # fmt: skip

    def generate(
        self,
        worth: float,
        artificial: float,
        upper: float | None,
        tell: Callable[[float], None],
        enough: float = np.inf,
    ) -> float:
        """Column generation at costs times `worth`; ends at the LP's optimum, or once the bound exceeds `enough`."""
        x = self.problem
        typical = worth * np.abs(x.costs(self.columns)).mean() if len(self.columns) else 0.0
        scale = 1000.0 / typical if artificial == 0.0 and typical > 0 else 1.0
        model = _Model(x, self.columns, worth * scale, artificial, self.threads)
        best, best_duals, best_rows = -np.inf, None, None
        smoothing = SMOOTHING
        self.complete = False
        per_root: int | None = FIRST_STEPS
        walked, fresh, stale, before = True, True, 0, np.inf
        while not self.clock.over():
            value, duals, row_duals = model.solve(self.clock)
            if value is None:
                return best / scale
            self.values = model.values(len(self.columns))
            stale = stale + 1 if before - value < LITTLE * abs(value) else 0
            if not walked and per_root is not None and (not fresh or stale >= PATIENCE):
                per_root, stale = (per_root * STEP_GROWTH if per_root < ALL_STEPS else None), 0
            before = value
            if artificial and value <= 1e-9:
                self.covered = True
                return 0.0
            floor = CLOSE * max(1.0, abs(value))
            if best >= value - 2 * floor or best > enough:
                self.complete = True
                break
            if best_duals is not None and best_rows is not None and smoothing > 0:
                used = smoothing * best_duals + (1 - smoothing) * duals
                used_rows = smoothing * best_rows + (1 - smoothing) * row_duals
            else:
                used, used_rows = duals, row_duals
            steps_left = [MOST_STEPS]

            def stop(steps_left: list[int] = steps_left) -> bool:
                steps_left[0] -= CHUNK
                return self.clock.over() or steps_left[0] < 0

            priced = price_all(
                x, worth * scale, used, used_rows, -floor / self.most_columns,
                most=max(MOST // len(x.makers), MOST_EACH), keep_best=True, stop=stop, per_root=per_root,
            )  # fmt: skip
            walked = priced.walked
            self.rounds += 1
            self.steps += priced.steps
            if priced.walked:
                least = min(0.0, float(priced.costs.min(initial=0.0)))
                bound = _dual_value(x, used, used_rows) + self.most_columns * (least - floor / self.most_columns)
                if bound > best:
                    best, best_duals, best_rows = bound, used, used_rows
                    self.duals, self.row_duals = used / scale, used_rows / scale
                    if artificial == 0.0:
                        tell(best / scale)
            elif per_root is None:
                return best / scale  # too many columns to be walked through, even at these duals
            inside = priced.columns.members(x.atoms)
            reduced = x.costs(priced.columns) * (worth * scale) - inside @ duals - x.sides(priced.columns) @ row_duals
            useful = np.flatnonzero(reduced < -floor / self.most_columns)
            fresh = bool(len(useful))
            if len(useful):
                added = priced.columns.take(useful)
                self.columns = Columns.join([self.columns, added])
                model.add(added)
                continue
            if not walked:
                continue  # the next round looks further
            if smoothing == 0.0:
                self.complete = True
                break
            smoothing = 0.0 if best_duals is used or smoothing < 0.1 else smoothing * 0.5
        return best / scale


def price_all(
    problem: Joint,
    worth: float,
    duals: Floats,
    row_duals: Floats,
    threshold: float,
    *,
    most: int,
    keep_best: bool,
    stop: Callable[[], bool],
    per_root: int | None = None,
) -> Priced:
    """`price` for each maker in turn; `complete` and `walked` where it is so for all.

    With keep_best, the `most` cheapest of each maker; without, `most` of all together.
    """
    found: list[Priced] = []
    count = 0
    for number, part in enumerate(problem.parts):
        priced = price(
            part, part.cost * worth, duals, row_duals, threshold,
            most=most if keep_best else most - count, keep_best=keep_best, stop=stop, per_root=per_root,
        )  # fmt: skip
        found.append(replace(priced, columns=made_by(priced.columns, number)))
        count += len(priced.columns)
        if not keep_best and not priced.complete:
            break
    every = len(found) == len(problem.parts)
    return Priced(
        Columns.join([one.columns for one in found]),
        np.concatenate([one.costs for one in found]),
        min(one.threshold for one in found),
        every and all(one.walked for one in found),
        every and all(one.complete for one in found),
        sum(one.steps for one in found),
    )


def _dual_value(problem: Joint, duals: Floats, row_duals: Floats) -> float:
    """What duals are worth: each side row at the end of its range that its sign speaks of."""
    value = float(np.sum(duals))
    for dual, low, high in zip(row_duals, problem.row_low, problem.row_high, strict=True):
        if dual > 0:
            value += dual * low
        elif dual < 0:
            value += dual * high
    # a fact is no or yes
    return value + float(np.minimum(-(row_duals @ problem.fact_rows), 0.0).sum())


class _Model:
    """The restricted master LP in HiGHS."""

    def __init__(self, problem: Joint, columns: Columns, worth: float, artificial: float, threads: int) -> None:
        import highspy

        self.problem, self.worth = problem, worth
        n, rows = problem.atoms, len(problem.row_low)
        self.highs = new_highs(threads, 0)
        inf = highspy.kHighsInf
        low = np.concatenate([np.ones(n), problem.row_low])
        high = np.concatenate([np.ones(n), problem.row_high])
        for row_low, row_high in zip(np.maximum(low, -inf), np.minimum(high, inf), strict=True):
            self.highs.addRow(row_low, row_high, 0, np.zeros(0, np.int32), np.zeros(0))
        if artificial:
            for row in range(n + rows):
                for sign in (1.0, -1.0):
                    self.highs.addCol(artificial, 0.0, inf, 1, np.array([row], np.int32), np.array([sign]))
        for fact in problem.fact_rows.T:
            used = np.flatnonzero(fact)
            self.highs.addCol(0.0, 0.0, 1.0, len(used), (n + used).astype(np.int32), fact[used])
        self.add(columns)

    def add(self, columns: Columns) -> None:
        import highspy

        if not len(columns):
            return
        x = self.problem
        inside = columns.members(x.atoms)
        sides = x.sides(columns)
        whole = np.concatenate([inside.astype(np.float64), sides], axis=1)
        row, entry = np.nonzero(whole)
        starts = np.searchsorted(row, np.arange(len(columns))).astype(np.int32)
        costs = x.costs(columns) * self.worth
        count = len(columns)
        self.highs.addCols(
            count, costs, np.zeros(count), np.full(count, highspy.kHighsInf), len(entry), starts,
            entry.astype(np.int32), whole[row, entry],
        )  # fmt: skip

    def values(self, columns: int) -> Floats:
        """The columns' shares in the last solution (J,)."""
        every = np.array(self.highs.getSolution().col_value)
        return every[len(every) - columns :]

    def solve(self, clock: Clock) -> tuple[float | None, Floats, Floats]:
        """Value, duals of atoms and of side rows; value None where the time ran out."""
        import highspy

        run = run_highs(self.highs, clock.left())
        if run.interrupted:
            raise KeyboardInterrupt
        none: Any = np.zeros(0)
        if not run.finished or self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None, none, none
        duals = np.array(self.highs.getSolution().row_dual)
        n = self.problem.atoms
        return float(self.highs.getInfo().objective_function_value), duals[:n], duals[n:]
