"""The LP over some columns: what duals are worth, what is left out, and columns that come later."""

from __future__ import annotations

import numpy as np
import pytest

from lotopt.engine.columns.restricted import RestrictedLp
from lotopt.engine.solve.clock import Clock
from tests.engine.test_joint import random_joint

PAIRS = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], dtype=bool)


def lp(missing: float = 0.0) -> RestrictedLp:
    """Three atoms, no side rows, three columns of two atoms each at a cost of 2."""
    made = RestrictedLp(3, np.zeros(0), np.zeros(0), np.zeros((0, 0)), missing, 1)
    made.add(PAIRS, np.zeros((3, 0)), np.full(3, 2.0))
    return made


def test_three_pairs_share_three_atoms() -> None:
    """Half of each pair covers everything at a cost of 3, and no whole plan does."""
    made = lp()
    solved = made.solve(Clock())
    assert solved is not None
    assert solved[0] == pytest.approx(3.0)
    assert made.shares == pytest.approx([0.5, 0.5, 0.5])


def test_atoms_are_left_out_where_that_is_cheaper() -> None:
    """At half a unit of cost for each atom, all three are left out."""
    made = lp(missing=0.5)
    solved = made.solve(Clock())
    assert solved is not None
    assert solved[0] == pytest.approx(1.5)
    assert made.left_out == pytest.approx(3.0)
    assert made.shares == pytest.approx([0.0, 0.0, 0.0])


def test_a_cheaper_column_is_taken_as_soon_as_it_is_there() -> None:
    """All atoms in one column at a cost of 1: the plan of it alone is the best."""
    made = lp()
    made.solve(Clock())
    made.add(np.ones((1, 3), dtype=bool), np.zeros((1, 0)), np.ones(1))
    solved = made.solve(Clock())
    assert solved is not None
    assert solved[0] == pytest.approx(1.0)
    assert made.shares == pytest.approx([0.0, 0.0, 0.0, 1.0])


@pytest.mark.parametrize("seed", range(20))
def test_duals_at_the_optimum_are_worth_what_the_lp_costs(seed: int) -> None:
    """Side rows with ranges and facts among them: strong duality, to rounding."""
    random = np.random.default_rng(seed)
    x = random_joint(random, additive=True)
    made = RestrictedLp(x.atoms, x.row_low, x.row_high, x.fact_rows, 9.0, 1)
    made.add(random.random((12, x.atoms)) < 0.4, random.normal(0, 2, (12, len(x.row_low))), random.normal(6, 3, 12))
    solved = made.solve(Clock())
    assert solved is not None
    value, duals = solved
    assert made.worth(duals) == pytest.approx(value, rel=1e-7, abs=1e-7)
