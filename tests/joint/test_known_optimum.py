"""Lots and awards decided together equal brute force over all plans and awards, for every rule and goal."""

from __future__ import annotations

import joint_oracle as oracle
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lotopt.core.errors import InputError
from lotopt.core.result import Status
from lotopt.design.rules import RULES
from lotopt.engine.joint.solve import solve_joint
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.joint.problem import HUNDREDTHS, build, check
from lotopt.joint.solve import case_of, design_and_allocate

SEEDS = st.integers(0, 10**9)
EXACT = SolverOptions(gap=0.0)
few_cases = settings(
    max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
fewer_cases = settings(few_cases, max_examples=4)


def agree(case: oracle.Case) -> None:
    """Both ways through the engine (all columns written down; column generation) find what looking finds."""
    try:
        wanted = oracle.best_by_looking(case)
        made = case_of(case.territory, case.schedules, case.rules, case.goals)
        built = build(made, check(made), room=1.0)
    except InputError:  # rules that name one area twice over, ceilings on prices with bands
        return
    pennies = built.uncertain / HUNDREDTHS + 1e-6
    for few in (400, 0):
        answer = solve_joint(built.joint, EXACT, Clock(), few=few)
        if wanted is None:
            assert answer.status == Status.INFEASIBLE or built.uncertain
        elif not built.uncertain:
            assert answer.status == Status.OPTIMAL
            assert answer.objective is not None
            assert answer.objective / HUNDREDTHS == pytest.approx(wanted, rel=1e-9, abs=1e-6)
        else:
            assert answer.bound is not None
            assert answer.bound / HUNDREDTHS <= wanted + pennies + 1e-9 * abs(wanted)
    result = design_and_allocate(case.territory, case.schedules, case.rules, case.goals, solver=EXACT)
    if wanted is None:
        assert result.plan is None
        assert result.conflict or built.uncertain
        return
    assert result.plan is not None, result.limits
    assert result.audit is not None
    assert result.audit.ok, str(result.audit)
    assert result.objective == pytest.approx(wanted, rel=1e-9, abs=pennies)
    assert result.objective >= wanted - 1e-9 * abs(wanted) - 1e-6
    assert result.bound is not None
    assert result.bound <= wanted + 1e-7 * abs(wanted)
    assert result.bound >= wanted - 2 * pennies - 1e-7 * abs(wanted)


@pytest.mark.parametrize("kind", oracle.AWARD_RULES)
@few_cases
@given(seed=SEEDS)
def test_every_award_rule_is_held_while_lots_are_drawn(kind: str, seed: int) -> None:
    """With each award rule among others, least cost, or that no plan exists."""
    agree(oracle.random_case(seed, award=kind))


@pytest.mark.parametrize("kind", [rule.model_fields["kind"].default for rule in RULES])
@fewer_cases
@given(seed=SEEDS)
def test_every_design_rule_is_kept(kind: str, seed: int) -> None:
    """With each rule of lot design, least cost, or that no plan exists."""
    agree(oracle.random_case(seed, design=kind, most=5))


@pytest.mark.parametrize("kind", oracle.DESIGN_GOALS)
@fewer_cases
@given(seed=SEEDS)
@example(seed=0)
def test_every_design_goal_counts_beside_the_price(kind: str, seed: int) -> None:
    """With each goal of lot design beside the price, least cost."""
    agree(oracle.random_case(seed, design=kind, most=5))


def test_duals_of_a_side_without_a_limit_are_rounding_errors() -> None:
    """A class share that mixtures of columns keep and no plan does: proven, where a dual of 1e-17 had hidden it."""
    agree(oracle.random_case(1020, award="class_share"))


def test_a_first_plan_is_kept_only_with_facts_that_hold() -> None:
    """The plan of least cost pays a provider less than it can live on, which once passed for the best plan."""
    agree(oracle.random_case(30, award="minimum_business"))
