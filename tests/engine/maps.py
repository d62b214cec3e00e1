"""Problems of small maps for tests, and the engine held against looking at every plan."""

from __future__ import annotations

import pytest

from lotopt.core.result import Status
from lotopt.design.clause import DesignGoal, DesignRule
from lotopt.design.problem import contract, resolve
from lotopt.engine.model.program import Partitioning
from lotopt.engine.partition import solve_partition
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.solvers import SolverOptions
from tests.conftest import Drawn
from tests.design.design_oracle import Case, best_by_looking

EXACT = SolverOptions(gap=0.0)


def problem_of(drawn: Drawn, *rules: DesignRule, goals: tuple[DesignGoal, ...] = ()) -> Partitioning:
    """The problem of a drawn map."""
    return problem_in(Case(drawn.territory, rules, goals))


def problem_in(case: Case) -> Partitioning:
    """The problem of a case, its areas contracted."""
    return contract(case.territory, resolve(case.territory, case.rules, case.goals)).problem


def check_by_looking(problem: Partitioning, case: Case) -> None:
    """Both ways through the engine (all candidates written down; column generation) find what looking finds."""
    wanted = best_by_looking(case)
    for few in (400, 0):
        answer = solve_partition(problem, EXACT, Clock(), few=few)
        if wanted is None:
            assert answer.status == Status.INFEASIBLE
        else:
            assert answer.status == Status.OPTIMAL
            assert answer.objective == pytest.approx(wanted, rel=1e-9, abs=1e-7)
            assert answer.bound == pytest.approx(wanted, rel=1e-7, abs=1e-6)
