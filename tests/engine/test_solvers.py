from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from lotopt.core.errors import InputError
from lotopt.core.result import Status
from lotopt.engine.solve import memory
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.master import Master, Row, solve_milp
from lotopt.engine.solve.solvers import SolverOptions, _pulp_names, _word, available, check_solver
from tests.engine.problems import cover, hard


def test_the_two_solvers_that_come_with_us_are_there() -> None:
    """HiGHS and CBC are found, HiGHS first, because it is the default."""
    assert available()[:2] == ("highs", "cbc")


def test_an_unknown_solver_is_answered_with_the_ones_there_are() -> None:
    """A misspelt solver is an input error that names the likely one and all that are installed."""
    with pytest.raises(InputError, match=r"'higs' is not a solver; did you mean 'highs'\?.*installed: highs, cbc"):
        check_solver("higs")


def test_a_solver_that_is_not_installed_is_told_apart_from_an_unknown_one() -> None:
    """A solver PuLP knows but does not find here is told as not installed."""
    missing = [word for word in map(_word, _pulp_names()) if word not in available()]
    with pytest.raises(InputError, match=rf"'{missing[0]}' is not installed here; installed: highs"):
        check_solver(missing[0])


def test_solving_by_an_unknown_solver_is_an_input_error() -> None:
    """The error comes from the solve itself too, before any work is done."""
    with pytest.raises(InputError, match="solver cannot be used"):
        solve_milp(cover("a", [1]), SolverOptions(name="abacus"), Clock())


@pytest.mark.parametrize("wrong", [{"gap": -0.1}, {"time_limit": 0}, {"threads": 0}, {"seed": -1}, {"speed": 3}])
def test_options_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    """A negative gap, no time, no thread, a negative seed and an unknown field are refused."""
    with pytest.raises(ValidationError):
        SolverOptions.model_validate(wrong)


def test_another_number_of_threads_later_in_the_same_process(solver: str) -> None:
    """HiGHS keeps one pool of threads per calling thread; asking for another size must not lose the answer."""
    master = cover("ab a b", [5, 2, 2])  # a + b = 4 is less than ab = 5
    for threads in (1, 2, 1):
        answer = solve_milp(master, SolverOptions(name=solver, threads=threads), Clock())
        assert (answer.status, answer.objective) == (Status.OPTIMAL, 4)


def test_names_may_hold_any_character(solver: str) -> None:
    """PuLP turns `-`, `/` and blanks in names into `_`; two rows that differ only there stay two rows."""
    rows = (Row("police-area", [0, 1], [1, 1], 1, 1), Row("police area", [1, 2], [1, 1], 1, 1))
    answer = solve_milp(
        Master(np.array([1.0, 3.0, 1.0]), rows, ("a/b", "a-b", "a b")), SolverOptions(name=solver), Clock()
    )
    assert answer.chosen is not None
    assert answer.chosen.tolist() == [0, 2]  # 1 + 1 = 2 is less than 3


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e10])
def test_the_unit_of_the_costs_does_not_matter(solver: str, unit: float) -> None:
    """Costs in billionths or in tens of billions are told apart alike: 2.001 + 2 beats 4.002 and 4.003."""
    master = cover("a b ab ab", [2.001 * unit, 2 * unit, 4.002 * unit, 4.003 * unit])
    answer = solve_milp(master, SolverOptions(name=solver, gap=0), Clock())
    assert answer.status == Status.OPTIMAL
    assert answer.chosen is not None
    assert answer.chosen.tolist() == [0, 1]


def test_a_solver_that_takes_too_much_memory_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the ceiling HiGHS is stopped, its best plan is kept, and the answer says why it is no better."""
    monkeypatch.setattr(memory, "CEILING", 2**20)
    begun = np.arange(2000)  # every item is covered by all columns together
    answer = solve_milp(hard(), SolverOptions(), Clock(60.0), start=begun)
    assert answer.status == Status.FEASIBLE
    assert answer.objective is not None
    assert any("GiB of memory" in note for note in answer.notes)


def test_memory_is_told_in_bytes() -> None:
    """A Python with numpy holds more than 10 MB and less than 100 GB; 100 MB more are seen."""
    before = memory.held()
    block = np.ones(100 * 2**20 // 8)
    assert 10**7 < before < 10**11
    assert memory.held() - before > block.nbytes / 2
