"""What a maker can make, as a cone: which shares of the ground, in how many columns, mixtures of columns allowed.

A share that cannot be cut into its number of columns mostly lies outside the cone. Then a face of the cone stands
between, found on the way from a point inside to the share (Conforti & Wolsey 2019): a cut that says more than "not
this share". Its weights are made whole, and what a column adds up to at least is walked through all columns once
more, so the cut holds to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lotopt.engine.columns.pricing import Columns, Priced, price
from lotopt.engine.columns.standing import limited
from lotopt.engine.model.program import ONE, Floats, Partitioning
from lotopt.engine.search.local import search
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.highs import new_highs, run_highs

# columns taken in per round of pricing
MOST = 400
# steps a walk may take: some seconds, after which a cut is not worth it
MOST_STEPS = 60_000_000
# steps below each smallest atom in the first rounds, and the factor by which they grow where that finds nothing
FIRST_STEPS, STEP_GROWTH, ALL_STEPS = 5_000, 8, 10_000_000
# what a column must be worth to be taken in, where the largest weight is 1
WORTH = 1e-7
# a share this close to the cone lies in it
INSIDE = 1e-6
# largest weights tried when they are made whole: small ones are kind to a MILP solver
LARGEST = (4, 12, 60, 360, 2520)


@dataclass(frozen=True)
class Face:
    """weights (n,) @ share + each * columns >= 0 for every share (n,) that can be made into so many columns."""

    weights: Floats
    each: float

    def at(self, share: Floats, columns: float) -> float:
        """Below zero where the share cannot be made."""
        return float(self.weights @ share) + self.each * columns


class Cone:
    """The cone of a problem's columns, known by some of them; `face` finds more where they matter."""

    def __init__(self, problem: Partitioning, seed: int, threads: int, clock: Clock) -> None:
        self.problem, self.threads = problem, threads
        self.unit = (problem.program.kind == ONE).astype(np.float64)
        self.free = np.zeros(len(problem.rows))
        found = search(problem, seed, rounds=2, steps=2000, stop=clock.over).columns
        self.inside = self._members(found)
        self.given_up = not len(found)

    def face(self, share: Floats, columns: float, clock: Clock) -> Face | None:
        """A face between the cone and a share (n,) in so many columns; None where there is none, or none was found.

        Raises KeyboardInterrupt when interrupted.
        """
        if self.given_up or not share.any():
            return None
        # a point inside, of the size of the share
        size = share.sum() / self.inside.sum()
        middle, middle_columns = self.inside.sum(axis=0) * size, len(self.inside) * size
        model = self._model(middle, middle_columns, share, columns)
        per_root: int | None = FIRST_STEPS
        while not clock.over():
            duals = self._solved(model, clock)
            if duals is None:
                return None
            weights, each = duals[:-1], float(duals[-1])
            priced = self._priced(each * self.unit, -weights, -WORTH, MOST, per_root, clock)
            if len(priced.columns):
                self._take_in(model, self._members(priced.columns))
            elif priced.walked:
                return self._whole(weights, share, columns, clock)
            elif per_root is None:
                self.given_up = True
                return None
            else:
                per_root = per_root * STEP_GROWTH if per_root < ALL_STEPS else None
        return None

    def _whole(self, weights: Floats, share: Floats, columns: float, clock: Clock) -> Face | None:
        """The face with small whole weights that still stands before the share."""
        for largest in LARGEST:
            whole = np.round(weights * largest)
            priced = self._priced(0.0 * self.unit, -whole, float(np.abs(whole).sum()) + 1.0, 2, None, clock)
            if not priced.walked or not len(priced.costs):
                return None
            face = Face(whole, -float(priced.costs.min()))
            if face.at(share, columns) < -1e-3 * np.abs(whole).max(initial=1.0):
                return face
        return None

    def _priced(
        self, cost: Floats, duals: Floats, threshold: float, most: int, per_root: int | None, clock: Clock
    ) -> Priced:
        return price(
            self.problem, cost, duals, self.free, threshold, most=most, keep_best=True,
            stop=limited(clock, MOST_STEPS), per_root=per_root,
        )  # fmt: skip

    def _members(self, columns: Columns) -> Floats:
        return columns.members(self.problem.program.atoms).astype(np.float64)

    def _model(self, middle: Floats, middle_columns: float, share: Floats, columns: float) -> Any:
        """How far one can go from the middle towards the share, 1 being all the way."""
        import highspy

        inf = highspy.kHighsInf
        model = new_highs(self.threads, 0)
        start = np.append(middle, middle_columns)
        for value in start:
            model.addRow(value, value, 0, np.zeros(0, np.int32), np.zeros(0))
        way = np.append(share, columns) - start
        used = np.flatnonzero(way)
        model.addCol(-1.0, -inf, 1.0, len(used), used.astype(np.int32), -way[used])
        self._add(model, self.inside)
        return model

    def _take_in(self, model: Any, inside: Floats) -> None:
        self.inside = np.vstack([self.inside, inside])
        self._add(model, inside)

    def _add(self, model: Any, inside: Floats) -> None:
        import highspy

        count = len(inside)
        whole = np.column_stack([inside, np.ones(count)])
        column, entry = np.nonzero(whole)
        starts = np.searchsorted(column, np.arange(count)).astype(np.int32)
        model.addCols(
            count, np.zeros(count), np.zeros(count), np.full(count, highspy.kHighsInf), len(entry), starts,
            entry.astype(np.int32), whole[column, entry],
        )  # fmt: skip

    def _solved(self, model: Any, clock: Clock) -> Floats | None:
        """The duals (n + 1,) where the way ends before the share, the largest of size 1; None elsewhere."""
        import highspy

        run = run_highs(model, clock.left())
        if run.interrupted:
            raise KeyboardInterrupt
        if not run.finished or model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        if -float(model.getInfo().objective_function_value) >= 1.0 - INSIDE:
            return None
        duals = -np.array(model.getSolution().row_dual)
        return np.asarray(duals / np.abs(duals).max())
