"""The engine against every partition of small maps, for every rule and every goal."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lotopt.core.errors import InputError
from lotopt.core.result import Status
from lotopt.design.goals import GOALS
from lotopt.design.rules import RULES
from lotopt.design.solve import design_lots
from tests.design.design_oracle import Case, best_by_looking, random_case
from tests.engine.maps import EXACT, check_by_looking, problem_in

SEEDS = st.integers(0, 10**9)
few_cases = settings(
    max_examples=18, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)


def agree(case: Case) -> None:
    """The engine finds what looking finds, where the rules go together at all."""
    try:
        problem = problem_in(case)
    except InputError:  # rules that name one area twice over
        return
    check_by_looking(problem, case)


@pytest.mark.parametrize("kind", [rule.model_fields["kind"].default for rule in RULES])
@few_cases
@given(seed=SEEDS)
def test_every_rule_is_kept_at_least_cost(kind: str, seed: int) -> None:
    """With each rule among others, the engine finds the least cost, or that no plan exists."""
    agree(random_case(seed, rule=kind))


@pytest.mark.parametrize("kind", [goal.model_fields["kind"].default for goal in GOALS])
@few_cases
@given(seed=SEEDS)
def test_every_goal_is_brought_to_its_least(kind: str, seed: int) -> None:
    """With each goal among others, the engine finds the least cost, or that no plan exists."""
    agree(random_case(seed, goal=kind))


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(seed=SEEDS)
@example(seed=0)
def test_the_audit_agrees_with_the_engine(seed: int) -> None:
    """What design_lots returns passes its audit, and its objective is the sum of its goals."""
    case = random_case(seed, most=7)
    try:
        result = design_lots(case.territory, case.rules, case.goals, solver=EXACT)
    except InputError:
        return
    wanted = best_by_looking(case)
    if wanted is None:
        assert result.status == Status.INFEASIBLE
        assert result.conflict
        return
    assert result.plan is not None
    assert result.audit is not None
    assert result.audit.ok, str(result.audit)
    assert result.objective == pytest.approx(wanted, rel=1e-9, abs=1e-7)
    assert math.fsum(goal.product for goal in result.goals) == result.objective
