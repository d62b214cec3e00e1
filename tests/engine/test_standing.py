"""What is known of a solve at any moment."""

from __future__ import annotations

import numpy as np

from lotopt.core.result import Status
from lotopt.engine.columns.standing import Standing
from lotopt.engine.prepare import _two_atoms
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import silent
from lotopt.engine.solve.solvers import SolverOptions


def test_a_plan_below_a_claimed_bound_takes_the_bound_away() -> None:
    """A measured plan is right and a solver's word is not: nothing is called optimal on such a word."""
    now = Standing(_two_atoms(), SolverOptions(), Clock(), silent)
    now.keep((np.array([0, 1]),), 12.0)
    now.raise_bound(11.0)
    now.keep((np.array([0]), np.array([1])), 11.0 - 1e-9)
    assert now.judged().status == Status.OPTIMAL
    now.keep((np.array([0]), np.array([1])), 10.0)
    answer = now.judged()
    assert (answer.status, answer.objective, answer.bound) == (Status.FEASIBLE, 10.0, None)
    assert any("contradicted" in note for note in answer.notes)


def test_a_bound_is_kept_as_soon_as_it_is_told() -> None:
    """Ctrl-C in the middle of a phase that proves bounds leaves the best of them; a weaker one changes nothing."""
    seen: list[tuple[str, float | None, float | None]] = []
    now = Standing(_two_atoms(), SolverOptions(), Clock(), lambda *told: seen.append(told))
    tell = now.raises("relax")
    tell(3.0)
    tell(2.0)
    assert now.judged(interrupted=True).bound == 3.0
    assert seen == [("relax", None, 3.0), ("relax", None, 3.0)]
