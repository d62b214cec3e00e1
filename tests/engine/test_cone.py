"""Faces of the cone of columns: no share that can be made lies beyond one, every share outside has one."""

from __future__ import annotations

import numpy as np
import pulp
import pytest

from lotopt.engine.columns.pricing import price
from lotopt.engine.joint.cone import Cone
from lotopt.engine.model.program import Floats, Partitioning
from lotopt.engine.solve.clock import Clock
from tests.engine.test_joint import random_joint


def all_columns(problem: Partitioning) -> Floats:
    """Every column, (J, n), walked through without duals."""
    p = problem.program
    found = price(
        problem, np.zeros(p.slots), np.zeros(p.atoms), np.zeros(len(problem.rows)), 1.0, most=100_000, keep_best=False
    )
    assert found.complete
    return found.columns.members(p.atoms).astype(np.float64)


def inside(columns: Floats, share: Floats, count: float) -> bool:
    """Whether a mixture of columns gives the share in so many columns, by another solver."""
    model = pulp.LpProblem()
    parts = [model.add_variable(f"x{j}", 0) for j in range(len(columns))]
    model += pulp.lpSum(parts)
    model += pulp.lpSum(parts) == count
    for atom, wanted in enumerate(share):
        model += pulp.lpSum(part for part, column in zip(parts, columns, strict=True) if column[atom]) == wanted
    return model.solve(pulp.PULP_CBC_CMD(msg=False)) == pulp.LpStatusOptimal


def random_problem(number: int) -> Partitioning:
    return random_joint(np.random.default_rng(number), additive=True).alone(0)


@pytest.mark.parametrize("number", range(40))
def test_a_face_stands_before_every_share_outside_and_before_none_inside(number: int) -> None:
    """Random maps, random shares and counts: a face exactly where another solver finds no mixture of columns."""
    random = np.random.default_rng(number)
    problem = random_problem(number)
    columns = all_columns(problem)
    cone = Cone(problem, 1, 1, Clock())
    for _ in range(6):
        share = (random.random(problem.program.atoms) < random.uniform(0.3, 1.0)).astype(np.float64)
        count = float(random.integers(1, 4))
        face = cone.face(share, count, Clock())
        if face is None:
            assert cone.given_up or not share.any() or inside(columns, share, count)
            continue
        assert not inside(columns, share, count)
        assert face.at(share, count) < 0
        assert (columns @ face.weights + face.each >= 0).all()
        assert (face.weights == np.round(face.weights)).all()


def test_walks_that_are_cut_short_give_no_face(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not all columns can be looked at, nothing is claimed, and the next share is not tried."""
    problem = random_problem(3)
    cone = Cone(problem, 1, 1, Clock())
    assert not cone.given_up
    monkeypatch.setattr("lotopt.engine.joint.cone.limited", lambda clock, steps: lambda: True)
    monkeypatch.setattr("lotopt.engine.columns.pricing.CHUNK", 1)
    share = np.ones(problem.program.atoms)
    assert cone.face(share, 50.0, Clock()) is None
    assert cone.given_up
    assert cone.face(share, 60.0, Clock()) is None


def test_faces_are_found() -> None:
    """Of ten random maps most have a face before all atoms in fifty columns, which none can be made into."""
    found = 0
    for number in range(10):
        cone = Cone(random_problem(number), 1, 1, Clock())
        face = cone.face(np.ones(cone.problem.program.atoms), 50.0, Clock())
        found += face is not None
    assert found >= 7
