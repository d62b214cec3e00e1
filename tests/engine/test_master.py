from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lotopt.core.result import Status
from lotopt.engine.solve import master as master_module
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.master import Master, Row, solve_milp
from lotopt.engine.solve.solvers import Outcome, SolverOptions
from tests.engine.problems import cover, hard, side

TRIANGLE = "ab bc ca"  # each item in two columns: halves of all three cover it, no whole choice does


def solved(master: Master, solver: str = "highs", **more: Any) -> Any:
    return solve_milp(master, SolverOptions(name=solver, gap=0), Clock(), **more)


def test_the_cheapest_partition(solver: str) -> None:
    """abc for 9, ab + c for 4 + 3, a + b + c for 3 + 2 + 3: the second is the cheapest, 7."""
    answer = solved(cover("abc ab c a b", [9, 4, 3, 3, 2]), solver)
    assert (answer.status, answer.objective, answer.bound) == (Status.OPTIMAL, 7, 7)
    assert answer.chosen.tolist() == [1, 2]


def test_a_side_row_changes_the_choice(solver: str) -> None:
    """With three columns asked for, a + b + c at 3 + 2 + 3 = 8 is all that is left."""
    answer = solved(cover("abc ab c a b", [9, 4, 3, 3, 2], side("count", [1] * 5, 3, 3)), solver)
    assert (answer.status, answer.objective) == (Status.OPTIMAL, 8)


def test_negative_costs_and_a_constant(solver: str) -> None:
    """Without rows every column that lowers the cost is chosen: 10 - 3 - 4 = 3."""
    answer = solved(Master(np.array([-3.0, 2.0, -4.0]), (), constant=10.0), solver)
    assert (answer.status, answer.objective, answer.bound) == (Status.OPTIMAL, 3, 3)


def test_no_costs_at_all_still_prove(solver: str) -> None:
    """Where nothing costs anything the first plan is the best one."""
    answer = solved(cover("ab a b", [0, 0, 0]), solver)
    assert (answer.status, answer.objective, answer.bound) == (Status.OPTIMAL, 0, 0)


def test_no_columns_and_nothing_asked() -> None:
    """The empty plan is optimal where it keeps every row."""
    answer = solved(Master(np.zeros(0), ()))
    assert (answer.status, answer.objective) == (Status.OPTIMAL, 0)


def test_a_row_that_no_choice_can_meet_needs_no_solver() -> None:
    """An item in no column makes the problem infeasible, and the row is named."""
    answer = solved(Master(np.ones(1), (Row("Kent", [], [], 1, 1),)))
    assert answer.status == Status.INFEASIBLE
    assert "Kent" in answer.notes[0]


def test_infeasible_only_in_whole_numbers(solver: str) -> None:
    """The triangle has a fractional cover (three halves) and no whole one."""
    assert solved(cover(TRIANGLE, [1, 1, 1]), solver).status == Status.INFEASIBLE


def test_a_time_limit_is_never_called_optimal(solver: str) -> None:
    """A problem of hours, stopped after two seconds, is feasible with an honest bound, or unknown."""
    answer = solve_milp(hard(), SolverOptions(name=solver), Clock(2.0))
    assert answer.status in (Status.FEASIBLE, Status.UNKNOWN)
    if answer.objective is not None and answer.bound is not None:
        assert answer.bound < 0.95 * answer.objective  # the linear bound is 2299, the best plan known costs 2684


def test_no_time_at_all_is_unknown(solver: str) -> None:
    """Without time nothing is known, not even for an easy problem."""
    answer = solve_milp(cover("ab a b", [3, 1, 1]), SolverOptions(name=solver), Clock(0.0))
    assert (answer.status, answer.chosen) == (Status.UNKNOWN, None)


def test_the_plan_to_begin_with_is_kept_when_there_is_no_time(solver: str) -> None:
    """A legal start is the answer where nothing else was found, as feasible and without a bound."""
    answer = solve_milp(cover("ab a b", [3, 1, 1]), SolverOptions(name=solver), Clock(0.0), start=np.array([0]))
    assert (answer.status, answer.objective, answer.bound) == (Status.FEASIBLE, 3, None)


def test_a_start_is_improved(solver: str) -> None:
    """From ab at 3 to a + b at 2."""
    assert solved(cover("ab a b", [3, 1, 1]), solver, start=np.array([0])).objective == 2


def test_a_start_that_breaks_a_row_is_left_out(solver: str) -> None:
    """ab together with a covers a twice; the answer says that it was not used."""
    answer = solved(cover("ab a b", [3, 1, 1]), solver, start=np.array([0, 1]))
    assert (answer.objective, len(answer.notes)) == (2, 1)


def test_a_cutoff_below_the_best_leaves_nothing(solver: str) -> None:
    """The best costs 2, so there is no plan at or below 1.5, and the cutoff is the bound."""
    answer = solved(cover("ab a b", [3, 1, 1]), solver, cutoff=1.5)
    assert (answer.status, answer.bound) == (Status.INFEASIBLE, 1.5)


def test_a_cutoff_at_the_best_finds_it(solver: str) -> None:
    """At or below 2 lies exactly the best plan."""
    assert solved(cover("ab a b", [3, 1, 1]), solver, cutoff=2.0).objective == 2


def test_a_limit_is_kept_below_the_solvers_tolerance(solver: str) -> None:
    """Two volumes of 10^9 and 10^9 + 1 exceed 2 x 10^9 by less than any solver sees; the dearer plan is right.

    a1 + b1 costs 2 and is one too much; a1 + b2 costs 1 + 5 = 6.
    """
    limit = side("capacity", [1e9, 1e9 + 1, 1e9], at_most=2e9)
    answer = solved(cover("a b b", [1, 1, 5], limit), solver)
    assert (answer.status, answer.objective) == (Status.OPTIMAL, 6)


def test_whole_numbers_are_compared_exactly_and_others_to_the_audits_tolerance() -> None:
    """One penny over ten billion counts; a rounding error of a sum of tenths does not."""
    pence = Master(np.ones(2), (side("budget", [6e11, 4e11 + 1], at_most=1e12),))
    tenths = Master(np.ones(3), (side("share", [0.1, 0.2, 0.3], at_most=0.6),))  # 0.1 + 0.2 + 0.3 > 0.6 in doubles
    assert len(pence.check(np.array([0, 1]))) == 1
    assert tenths.check(np.array([0, 1, 2])) == []


def test_check_names_each_broken_row() -> None:
    """Row b is not covered, row a twice."""
    broken = cover("a a b", [1, 1, 1]).check(np.array([0, 1]))
    assert [line.split(":")[0] for line in broken] == ["a", "b"]


def test_a_subset_is_the_same_problem_over_fewer_columns() -> None:
    """Column i of the subset is the i-th column asked for, with its key, cost and values."""
    part = cover("abc ab c a b", [9, 4, 3, 3, 2], side("size", [1, 2, 3, 4, 5])).subset(np.array([4, 1]))
    assert part.keys == ("4:b", "1:ab")
    assert part.costs.tolist() == [2, 4]
    assert [(row.name, row.columns.tolist(), row.values.tolist()) for row in part.rows] == [
        ("a", [1], [1]),
        ("b", [1, 0], [1, 1]),
        ("c", [], []),
        ("size", [1, 0], [2, 5]),
    ]


def test_rows_as_arrays() -> None:
    """Row r lies between starts[r] and starts[r + 1]."""
    arrays = cover("ab b", [1, 1]).arrays
    assert arrays.starts.tolist() == [0, 1, 3]
    assert arrays.index.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: Row("r", [0, 0], [1, 1]), "given twice"),
        (lambda: Row("r", [0], [math.nan]), "not finite"),
        (lambda: Row("r", [0], [1, 2]), "2"),
        (lambda: Row("r", [0], [1], math.nan), "not a number"),
        (lambda: Master(np.array([math.inf]), ()), "cost is not finite"),
        (lambda: Master(np.ones(1), (Row("r", [1], [1]),)), "out of range"),
        (lambda: Master(np.ones(2), (), ("k", "k")), "same key"),
        (lambda: Master(np.ones(2), (), ("k",)), "2 costs and 1 keys"),
    ],
)
def test_data_that_makes_no_sense_is_refused(build: Any, said: str) -> None:
    """Rows and masters are checked when they are made."""
    with pytest.raises(ValueError, match=said):
        build()


class Liar:
    """A solver whose first answers are given here; after them it is the true one."""

    def __init__(self, *lies: Outcome) -> None:
        self.lies = list(lies)
        self.asked: list[tuple[str, bool]] = []
        self.truth = master_module.solve_pulp

    def __call__(self, problem: Any, names: list[str], options: SolverOptions, **more: Any) -> Outcome:
        self.asked.append((options.name, more["presolve"]))
        return self.lies.pop(0) if self.lies else self.truth(problem, names, options, **more)


def lied_to(monkeypatch: pytest.MonkeyPatch, *lies: Outcome) -> Liar:
    liar = Liar(*lies)
    monkeypatch.setattr(master_module, "solve_pulp", liar)
    return liar


def test_a_false_infeasible_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second solve with presolve finds the plan that a first one denied, and the answer says so."""
    liar = lied_to(monkeypatch, Outcome("infeasible"))
    answer = solved(cover("ab a b", [3, 1, 1]))
    assert (answer.status, answer.objective) == (Status.OPTIMAL, 2)
    assert liar.asked == [("highs", False), ("highs", True)]
    assert "a second one found this plan" in answer.notes[0]


def test_a_known_plan_refutes_any_number_of_false_infeasibles(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a plan in hand no solver is believed that there is none."""
    lied_to(monkeypatch, Outcome("infeasible"), Outcome("infeasible"), Outcome("infeasible"))
    answer = solved(cover("ab a b", [3, 1, 1]), start=np.array([0]))
    assert (answer.status, answer.objective) == (Status.FEASIBLE, 3)


def test_infeasible_without_time_to_confirm_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """One solve that says infeasible is not enough."""
    lied_to(monkeypatch, Outcome("infeasible"), Outcome("unknown"), Outcome("unknown"))
    answer = solved(cover(TRIANGLE, [1, 1, 1]))
    assert answer.status == Status.UNKNOWN
    assert "no second solve confirmed it" in answer.notes[-1]


def test_a_plan_that_breaks_a_row_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that calls the empty plan optimal is asked again with that plan cut off."""
    lied_to(monkeypatch, Outcome("optimal", np.zeros(3), 0.0))
    answer = solved(cover("ab a b", [3, 1, 1]))
    assert (answer.status, answer.objective) == (Status.OPTIMAL, 2)


def test_fractions_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Halves called optimal lead to a second, different solve."""
    liar = lied_to(monkeypatch, Outcome("optimal", np.full(3, 0.5), 0.0))
    answer = solved(cover("ab a b", [3, 1, 1]))
    assert (answer.status, answer.objective) == (Status.OPTIMAL, 2)
    assert liar.asked == [("highs", False), ("highs", True)]


def test_a_plan_with_a_poor_bound_is_not_called_optimal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that twice calls ab for 3 optimal but knows no bound above 1 has proven nothing."""
    scale = master_module.cost_scale(cover("ab a b", [3, 1, 1]))
    poor = Outcome("optimal", np.array([1.0, 0.0, 0.0]), 1.0 * scale)
    lied_to(monkeypatch, poor, poor)
    answer = solved(cover("ab a b", [3, 1, 1]))
    assert (answer.status, answer.objective, answer.bound) == (Status.FEASIBLE, 3, 1)


def test_a_better_plan_of_a_second_way_is_taken_and_its_bound_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the first way proves too little, the second may better the plan; the bound stays the first one's."""
    scale = master_module.cost_scale(cover("ab a b", [3, 1, 1]))
    first = Outcome("optimal", np.array([1.0, 0.0, 0.0]), 1.0 * scale)
    lied_to(monkeypatch, first, Outcome("optimal", np.array([0.0, 1.0, 1.0]), 2.0 * scale))
    answer = solved(cover("ab a b", [3, 1, 1]))
    assert (answer.status, answer.objective, answer.bound) == (Status.FEASIBLE, 2, 1)


def test_a_bound_above_a_known_plan_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that calls ab for 3 optimal while a + b for 2 is known is asked again, and 2 is proven then."""
    master = cover("ab a b", [3, 1, 1])
    liar = lied_to(monkeypatch, Outcome("optimal", np.array([1.0, 0.0, 0.0]), 3.0 * master_module.cost_scale(master)))
    answer = solved(master, start=np.array([1, 2]))
    assert (answer.status, answer.objective, answer.bound) == (Status.OPTIMAL, 2, 2)
    assert liar.asked == [("highs", False), ("highs", True)]
