"""Maps with a narrow frontier: the LP bound over all columns, the columns a better plan may hold, and the best plan.

The same steps as for columns that can be walked through, with pricing by the frontier (frontier_pricing.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from lotopt.core.reading import plain
from lotopt.core.result import Status
from lotopt.engine.choose import MOST_COLUMNS, choose, plan_among
from lotopt.engine.clock import Clock
from lotopt.engine.explicit import solve_explicit
from lotopt.engine.frontier_pricing import Frontier, frontier_of
from lotopt.engine.makers import Joint
from lotopt.engine.pricing import CHUNK, Columns
from lotopt.engine.program import BANDED, BORDER, DEVIATION, ONE, TOTAL, Partitioning
from lotopt.engine.relaxation import Relaxed, _dual_value, _Model
from lotopt.engine.search import Searched, search
from lotopt.engine.standing import PartitionAnswer, Standing
from lotopt.engine.writing import master_over, parts_of

# columns taken in per round of pricing
MOST = 400
SMOOTHING = 0.6
CLOSE = 1e-10
# what leaving an atom out costs where no plan is known, in typical columns
LEFT_OUT = 2.0
# a part of an atom that is left out whatever is done: then no plan exists
SHORT = 1e-6
# steps one walk may take
MOST_STEPS = 2_000_000_000
# rounds of search before the bound
MORE_ROUNDS = 16
# the first share of the bound within which columns are written down where no good plan is known
FIRST_ROOM = 0.01
# border lengths beyond this are not looked at for a common grain
LARGEST_GRAIN = 2.0**40


def along_frontier(now: Standing, searched: Searched) -> PartitionAnswer | None:
    """The best plan proven, or the best that the time allows with a bound; None where the frontier is no help.

    It helps where the cost of a lot is known by its border, its atoms and one sum, and the map is narrow enough.
    """
    if not _told_by_layers(now.problem):
        return None
    frontier = frontier_of(now.problem)
    if frontier is None:
        return None
    with now.clock.phase("search on") as note:
        # a good plan to begin with saves more than it costs: the bound need only come near enough to it
        part = now.clock.part(0.1)
        again = search(
            now.problem, now.options.seed + 1, rounds=MORE_ROUNDS, steps=4000 + 100 * now.problem.program.atoms,
            stop=part.over, tell=now.tell("search on"),
        )  # fmt: skip
        if again.plan is not None:
            now.keep(parts_of(again.plan), again.cost)
        note("no plan found" if now.cost is None else f"plan of {plain(now.cost)}")
    with now.clock.phase("relax along a frontier") as note:
        relaxed = relax_narrow(now, frontier, Columns.join([searched.columns, again.columns]))
        note(
            f"{frontier.layers.states:,} states, {relaxed.rounds} rounds of pricing, "
            + ("no plan exists" if relaxed.feasible is False else f"bound {plain(relaxed.bound)}")
        )
    if relaxed.feasible is False:
        return now.none_exists()
    if not np.isfinite(relaxed.bound):
        return None
    now.raise_bound(sharpened(now.problem, relaxed.bound))
    return _close(now, frontier, relaxed)


def _told_by_layers(problem: Partitioning) -> bool:
    """Whether every price of a column is known by its border, its atoms and one sum."""
    p = problem.program
    priced = np.flatnonzero(problem.cost.astype(bool) | problem.rows.astype(bool).any(axis=0))
    return all(p.kind[slot] in (ONE, TOTAL, BORDER, DEVIATION, BANDED) for slot in priced)


def _close(now: Standing, frontier: Frontier, relaxed: Relaxed) -> PartitionAnswer:
    """Write down the columns of all plans near the bound, further and further from it, until one is the best."""
    if now.cost is None and not now.clock.over():
        with now.clock.phase("first plans") as note:
            plan_among(now, relaxed.columns)
            note("no plan found" if now.cost is None else f"plan of {plain(now.cost)}")
    step, room = _step(now.problem), FIRST_ROOM * abs(relaxed.bound)
    while not now.clock.over() and not _proven(now):
        assert now.bound is not None
        if step:
            room = now.bound - relaxed.bound + 1e-3 * step
        elif now.cost is not None:
            room = min(room, now.cost - relaxed.bound + 1e-8 * max(abs(now.cost), abs(relaxed.bound)))
        with now.clock.phase("fix") as note:
            priced = frontier.price(
                now.problem.cost, relaxed.duals, relaxed.row_duals, room,
                most=MOST_COLUMNS, keep_best=False, stop=_limited(now.clock),
            )  # fmt: skip
            few = priced.complete
            note(f"{len(priced.columns):,} candidate lots within {plain(room)}" + ("" if few else " or more"))
        if not few:
            now.notes.append("more candidate lots are left than can be written down: the gap is told, not closed")
            break
        if now.cost is not None and relaxed.bound + room >= now.cost:
            return choose(now, priced.columns, started=True)
        _choose_near(now, priced.columns, relaxed.bound + room)
        room *= 2.0
    return now.judged()


def _proven(now: Standing) -> bool:
    return now.cost is not None and now.bound is not None and now.bound >= now.cost


def _choose_near(now: Standing, columns: Columns, ceiling: float) -> None:
    """The best plan among columns that hold every plan cheaper than `ceiling`, and the bound that follows for all."""
    columns, master, _ = master_over(now.joint, columns, None, ())
    answer = solve_explicit(
        master, now.options, now.clock, lambda phase, objective, bound: now.progress(phase, now.cost, now.bound)
    )
    if answer.chosen is not None and answer.objective is not None:
        inside = columns.members(now.joint.atoms)[answer.chosen]
        now.keep(tuple(np.flatnonzero(row) for row in inside), answer.objective)
    if answer.interrupted:
        raise KeyboardInterrupt
    if answer.status == Status.INFEASIBLE:
        now.raise_bound(sharpened(now.problem, ceiling))
    elif answer.bound is not None:
        now.raise_bound(sharpened(now.problem, min(answer.bound, ceiling)))


def relax_narrow(now: Standing, frontier: Frontier, columns: Columns) -> Relaxed:
    """The LP bound over all columns; as soon as it proves the best plan known, that is enough."""
    work = _Relaxing(now, frontier, columns)
    if work.generate(1.0, LEFT_OUT if now.cost is None else 0.0):
        # too dear to cover everything, or impossible
        if work.generate(0.0, 1.0):
            return work.relaxed(feasible=False if work.proven_short else None)
        work.generate(1.0, 0.0)
    return work.relaxed(feasible=True)


class _Relaxing:
    """Column generation: solve over the columns so far, price all of them at smoothed duals, repeat."""

    def __init__(self, now: Standing, frontier: Frontier, columns: Columns) -> None:
        self.now, self.frontier, self.problem = now, frontier, now.problem
        self.joint = Joint.of(self.problem)
        n = self.problem.program.atoms
        self.columns = columns.distinct() if len(columns) else self._first()
        self.duals, self.row_duals = np.zeros(n), np.zeros(len(self.problem.rows))
        self.bound = -math.inf
        self.rounds = self.steps = 0
        self.complete = self.proven_short = False
        self.most_columns = max(self.problem.fewest_and_most[1], 1)

    def relaxed(self, feasible: bool | None) -> Relaxed:
        return Relaxed(
            self.bound, self.duals, self.row_duals, self.columns, feasible, self.complete, self.rounds, self.steps
        )

    def _first(self) -> Columns:
        p = self.problem
        priced = self.frontier.price(
            p.cost, np.zeros(p.program.atoms), np.zeros(len(p.rows)), np.inf, most=MOST, keep_best=True,
            stop=self.now.clock.over,
        )  # fmt: skip
        return priced.columns

    def generate(self, worth: float, missing: float) -> bool:
        """Column generation at costs times `worth`; whether atoms are left out at the price of `missing`."""
        x, clock = self.problem, self.now.clock
        typical = float(np.abs(self.columns.slots @ x.cost).mean()) if len(self.columns) else 0.0
        scale = 1000.0 / typical if typical > 0 else 1.0
        artificial = missing * (1000.0 if worth and typical > 0 else 1.0)
        model = _Model(self.joint, self.columns, worth * scale, artificial, self.now.options.threads)
        extra = 2 * (x.program.atoms + len(x.rows)) if artificial else 0
        best, best_duals, best_rows = -np.inf, None, None
        smoothing = SMOOTHING
        while not clock.over():
            value, duals, row_duals = model.solve(clock)
            if value is None:
                return False
            left_out = float(np.array(model.highs.getSolution().col_value[:extra]).sum()) > 1e-7
            floor = CLOSE * max(1.0, abs(value))
            if best >= value - 2 * floor:
                self.complete = True
                return left_out
            if best_duals is None or best_rows is None:
                used, used_rows = duals, row_duals
            else:
                used = smoothing * best_duals + (1 - smoothing) * duals
                used_rows = smoothing * best_rows + (1 - smoothing) * row_duals
            priced = self.frontier.price(
                x.cost * worth * scale, used, used_rows, -floor / self.most_columns,
                most=MOST, keep_best=True, stop=_limited(clock),
            )  # fmt: skip
            self.rounds += 1
            self.steps += priced.steps
            if priced.walked:
                least = min(0.0, float(priced.costs.min(initial=0.0)))
                bound = _dual_value(self.joint, used, used_rows) + self.most_columns * (
                    least - floor / self.most_columns
                )
                if bound > best:
                    best, best_duals, best_rows = bound, used, used_rows
                    if not worth and bound > SHORT:
                        self.proven_short = True
                        return True
                    if worth and bound / scale > self.bound:
                        self.bound = bound / scale
                        self.duals, self.row_duals = used / scale, used_rows / scale
                        self.now.progress("relax", self.now.cost, self.bound)
                        if self._enough():
                            return False
            elif not len(priced.columns) or clock.over():
                return left_out
            inside = priced.columns.members(x.program.atoms)
            sides = priced.columns.slots @ x.rows.T
            reduced = priced.columns.slots @ (x.cost * worth * scale) - inside @ duals - sides @ row_duals
            useful = np.flatnonzero(reduced < -floor / self.most_columns)
            if len(useful):
                added = priced.columns.take(useful)
                self.columns = Columns.join([self.columns, added])
                model.add(added)
                continue
            if smoothing == 0.0:
                self.complete = priced.walked
                return left_out
            smoothing = 0.0 if best_duals is used or smoothing < 0.1 else smoothing * 0.5
        return False

    def _enough(self) -> bool:
        return self.now.cost is not None and sharpened(self.problem, self.bound) >= self.now.cost


def _limited(clock: Clock) -> Callable[[], bool]:
    left = [MOST_STEPS]

    def stop() -> bool:
        left[0] -= CHUNK
        return clock.over() or left[0] < 0

    return stop


def sharpened(problem: Partitioning, bound: float) -> float:
    """The least cost a plan may have above a bound, where all plans cost whole numbers of steps."""
    step = _step(problem)
    if not step or not math.isfinite(bound):
        return bound
    ones = problem.program.kind == ONE
    constant = float(problem.cost[ones].sum()) * problem.fewest_and_most[0]
    return max(bound, constant + step * math.ceil((bound - constant) / step - 1e-6))


def _step(problem: Partitioning) -> float:
    """The step in which plans cost: they cost a whole number of it, beside a constant. 0 where there is none.

    Every border inside is counted from both sides: where border lengths are whole numbers of a grain, border costs
    go in steps of twice that. So it is with cut edges.
    """
    p = problem.program
    kinds = p.kind[np.flatnonzero(problem.cost)]
    fewest, most = problem.fewest_and_most
    if not np.isin(kinds, (BORDER, ONE)).all() or (ONE in kinds and fewest != most):
        return 0.0
    worth = float(problem.cost[p.kind == BORDER].sum())
    lengths = p.border_length[p.border_length > 0]
    if worth <= 0.0 or not len(lengths) or (lengths != np.floor(lengths)).any() or lengths.max() > LARGEST_GRAIN:
        return 0.0
    return 2.0 * worth * float(np.gcd.reduce(lengths.astype(np.int64)))
