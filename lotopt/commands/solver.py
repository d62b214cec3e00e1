"""Solver options of the command line, laid over those of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lotopt.study.scenario import Scenario


def overlaid(scenario: Scenario, **given: object) -> Scenario:
    """The scenario with the solver options that were given. Raises InputError in the command line's words."""
    from pydantic import ValidationError

    from lotopt.core.errors import InputError
    from lotopt.engine.solve.solvers import SolverOptions, check_solver
    from lotopt.study.words import plain_problems

    if given.get("solver") is not None:
        try:
            check_solver(str(given["solver"]))
        except InputError as error:
            told = [f"--solver: {problem.removeprefix('name: ')}" for problem in error.problems]
            raise InputError("the command line", told) from None
    changes = {"name" if key == "solver" else key: value for key, value in given.items()}
    try:
        return scenario.with_solver(**changes)
    except ValidationError as error:
        found = plain_problems(error, "--", SolverOptions)
        # "--: time_limit is -1" reads as the option itself
        told = [line.removeprefix("--: ") for line in found]
        raise InputError("the command line", ["--" + line.replace("_", "-", 1) for line in told]) from None
