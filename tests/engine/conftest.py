from __future__ import annotations

import pytest

from lotopt.engine.solve.solvers import available


@pytest.fixture(params=available(), scope="session")
def solver(request: pytest.FixtureRequest) -> str:
    """Every solver that works on this machine."""
    return str(request.param)
