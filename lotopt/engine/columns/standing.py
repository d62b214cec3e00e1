"""Where a solve stands: the best plan and the best bound known at any moment, and what to say about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from lotopt.core.result import Status
from lotopt.engine.columns.makers import Joint
from lotopt.engine.columns.pricing import CHUNK
from lotopt.engine.model.program import ONE, SPAN, STRADDLE, Ints, Partitioning
from lotopt.engine.model.rows import Master, Row, judged
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions

# a legal plan below the bound by more than this share: no rounding error, the bound was wrong
TOO_GOOD = 1e-6


@dataclass(frozen=True)
class PartitionAnswer:
    """The chosen columns as sorted atom arrays (None if no plan is known), and what is proven about them.

    Where no plan exists, `stranded` may name atoms that no legal column holds. `makers` says who makes each column,
    where there are several.
    """

    plan: tuple[Ints, ...] | None
    status: Status
    objective: float | None
    bound: float | None
    interrupted: bool = False
    notes: tuple[str, ...] = ()
    stranded: tuple[int, ...] = ()
    makers: tuple[int, ...] = ()


@dataclass
class Standing:
    """One solve of a problem: the best plan `best` of cost `cost`, the best `bound`, and `notes` on how they came.

    Where `several` may make columns, `problem` is what the first of them would see, and `makers` says who makes each
    column of the best plan.
    """

    problem: Partitioning
    options: SolverOptions
    clock: Clock
    progress: Progress
    best: tuple[Ints, ...] | None = None
    cost: float | None = None
    bound: float | None = None
    notes: list[str] = field(default_factory=list)
    makers: tuple[int, ...] = ()
    several: Joint | None = None

    @cached_property
    def joint(self) -> Joint:
        """The problem with all who may make columns."""
        return self.several or Joint.of(self.problem)

    def keep(self, plan: tuple[Ints, ...], cost: float, equal: bool = False, makers: tuple[int, ...] = ()) -> None:
        """Keep a legal plan if it is better than the best one; with `equal`, also if it is as good."""
        if self.cost is None or cost < self.cost or (equal and cost <= self.cost + 2e-9 * abs(self.cost)):
            self.best, self.cost, self.makers = plan, cost, makers
            if self.bound is not None and cost < self.bound - TOO_GOOD * max(1.0, abs(self.bound)):
                # the plan is measured, the bound is a solver's word
                self.bound = None
                self.notes.append("a bound that a solver had claimed was contradicted by a better plan, and dropped")

    def raise_bound(self, bound: float) -> None:
        self.bound = bound if self.bound is None else max(self.bound, bound)

    def tell(self, phase: str) -> Callable[[float], None]:
        """Tells the progress of a phase that finds plans."""

        def told(cost: float) -> None:
            self.progress(phase, cost if self.cost is None else min(cost, self.cost), self.bound)

        return told

    def raises(self, phase: str) -> Callable[[float], None]:
        """Tells the progress of a phase that proves bounds, and keeps each: Ctrl-C may come before the phase ends."""

        def told(bound: float) -> None:
            self.raise_bound(bound)
            self.progress(phase, self.cost, self.bound)

        return told

    def _sharpened(self, bound: float) -> float:
        """No plan costs less than nothing where no slot does, and whole numbers add up to a whole number."""
        cost = np.concatenate([maker.cost for maker in self.joint.makers])
        kinds = np.concatenate([maker.program.kind for maker in self.joint.makers])[cost != 0]
        cost = cost[cost != 0]
        if (cost >= 0).all():
            bound = max(bound, 0.0)
        if np.isin(kinds, (ONE, SPAN, STRADDLE)).all() and (cost == np.floor(cost)).all():
            bound = float(np.ceil(bound - 1e-6))
        return bound

    def none_exists(self, stranded: tuple[int, ...] = ()) -> PartitionAnswer:
        """The answer where no plan exists."""
        return PartitionAnswer(None, Status.INFEASIBLE, None, None, notes=tuple(self.notes), stranded=stranded)

    def judged(self, interrupted: bool = False) -> PartitionAnswer:
        """The best plan so far, with a status that says no more than is proven."""
        notes = tuple(self.notes)
        if self.best is None or self.cost is None:
            return PartitionAnswer(None, Status.UNKNOWN, None, self.bound, interrupted, notes)
        bound = None if self.bound is None else min(self._sharpened(self.bound), self.cost)
        single = Master(np.array([self.cost]), (Row("plan", np.array([0]), np.ones(1), 1.0, 1.0),), ("plan",))
        answer = judged(single, np.array([0]), bound, self.options.gap, interrupted=interrupted)
        return PartitionAnswer(
            self.best, answer.status, self.cost, answer.bound, interrupted, notes, makers=self.makers
        )


def limited(clock: Clock, steps: int) -> Callable[[], bool]:
    """Stops a walk at the time limit, or where columns are too many to be walked through."""
    left = [steps]

    def stop() -> bool:
        left[0] -= CHUNK
        return clock.over() or left[0] < 0

    return stop
