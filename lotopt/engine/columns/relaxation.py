"""The LP bound over all columns, by column generation: solve over some columns, price all of them, repeat.

The bound is Lagrangian and recomputed from the duals: it holds whatever the LP solver's tolerances were.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from lotopt.engine.columns.makers import Joint, made_by
from lotopt.engine.columns.pricing import Columns, Priced, price
from lotopt.engine.columns.restricted import RestrictedLp
from lotopt.engine.columns.smoothing import Smoothing
from lotopt.engine.columns.standing import limited
from lotopt.engine.model.program import Bools, Floats, Partitioning
from lotopt.engine.solve.clock import Clock

# columns taken in per round of pricing, in all and of each maker at least
MOST, MOST_EACH = 600, 60
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
    """Column generation: solve over the columns so far, price all of them at smoothed duals, repeat."""

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
        model = RestrictedLp(x.atoms, x.row_low, x.row_high, x.fact_rows, artificial, self.threads)
        model.add(*self._entries(self.columns, worth * scale))
        smoothing = Smoothing()
        self.complete = False
        per_root: int | None = FIRST_STEPS
        walked, fresh, stale, before = True, True, 0, np.inf
        while not self.clock.over():
            solved = model.solve(self.clock)
            if solved is None:
                return smoothing.bound / scale
            value, duals = solved
            self.values = model.shares
            stale = stale + 1 if before - value < LITTLE * abs(value) else 0
            if not walked and per_root is not None and (not fresh or stale >= PATIENCE):
                per_root, stale = (per_root * STEP_GROWTH if per_root < ALL_STEPS else None), 0
            before = value
            if artificial and value <= 1e-9:
                self.covered = True
                return 0.0
            floor = CLOSE * max(1.0, abs(value))
            if smoothing.bound >= value - 2 * floor or smoothing.bound > enough:
                self.complete = True
                break
            used = smoothing.between(duals)
            priced = price_all(
                x, worth * scale, used.atoms, used.rows, -floor / self.most_columns,
                most=max(MOST // len(x.makers), MOST_EACH), keep_best=True, stop=limited(self.clock, MOST_STEPS),
                per_root=per_root,
            )  # fmt: skip
            walked = priced.walked
            self.rounds += 1
            self.steps += priced.steps
            if priced.walked:
                least = min(0.0, float(priced.costs.min(initial=0.0)))
                bound = model.worth(used) + self.most_columns * (least - floor / self.most_columns)
                if smoothing.improves(bound, used):
                    self.duals, self.row_duals = used.atoms / scale, used.rows / scale
                    if artificial == 0.0:
                        tell(bound / scale)
            elif per_root is None:
                return smoothing.bound / scale  # too many columns to be walked through, even at these duals
            inside, sides, costs = self._entries(priced.columns, worth * scale)
            useful = np.flatnonzero(costs - inside @ duals.atoms - sides @ duals.rows < -floor / self.most_columns)
            fresh = bool(len(useful))
            if fresh:
                self.columns = Columns.join([self.columns, priced.columns.take(useful)])
                model.add(inside[useful], sides[useful], costs[useful])
                continue
            if not walked:
                continue  # the next round looks further
            if smoothing.share == 0.0:
                self.complete = True
                break
            smoothing.loosen(used)
        return smoothing.bound / scale

    def _entries(self, columns: Columns, worth: float) -> tuple[Bools, Floats, Floats]:
        """What columns have in the LP: their atoms, what they add to side rows, and their costs."""
        x = self.problem
        return columns.members(x.atoms), x.sides(columns), x.costs(columns) * worth


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
