from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotopt.core.result import Status
from lotopt.engine.solve import explicit
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.explicit import break_ties, solve_explicit
from lotopt.engine.solve.lp import proven_by, relax, shifted
from lotopt.engine.solve.master import Answer, Master, Row, solve_milp
from lotopt.engine.solve.solvers import OURS, SolverOptions
from lotopt.engine.solve.ties import tie_weight
from tests.engine.problems import auction, cover, every_plan, shuffled, side


def solved(master: Master, solver: str = "highs", **more: Any) -> Answer:
    return solve_explicit(master, SolverOptions(name=solver, gap=0, **more), Clock())


@st.composite
def masters(draw: st.DrawFn) -> Master:
    """Up to 10 columns over up to 5 items, sometimes with a capacity or a number of columns asked for."""
    items, size = draw(st.integers(1, 5)), draw(st.integers(1, 10))
    sets = [draw(st.sets(st.integers(0, items - 1), min_size=1)) for _ in range(size)]
    cost = draw(
        st.sampled_from(
            [
                st.integers(-3, 5),  # many ties
                st.integers(10**9, 10**12),  # pence
                st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3)),
                st.floats(0.001, 1).map(lambda x: round(x, 6)),
            ]
        )
    )
    costs = [float(draw(cost)) for _ in range(size)]
    rows = []
    for item in range(items):
        held = [j for j, of in enumerate(sets) if item in of]
        rows.append(Row(f"item {item}", np.array(held), np.ones(len(held)), 1, 1))
    if draw(st.booleans()):
        volumes = [draw(st.integers(0, 9)) for _ in range(size)]
        rows.append(side("capacity", [v / 7 for v in volumes], at_most=draw(st.integers(0, sum(volumes))) / 7))
    if draw(st.booleans()):
        rows.append(side("count", [1.0] * size, 2, 3))
    return Master(np.array(costs), tuple(rows), tuple(f"column {j}" for j in range(size)))


@settings(max_examples=150, deadline=None)
@given(master=masters(), few=st.sampled_from([0, 4, 2_000]))
def test_equal_to_trying_every_subset(solver: str, master: Master, few: int) -> None:
    """The optimum, or that there is none, is what trying every subset finds; with and without fixing columns."""
    plans = every_plan(master)
    before, explicit.FEW_COLUMNS = explicit.FEW_COLUMNS, few
    try:
        answer = solved(master, solver)
    finally:
        explicit.FEW_COLUMNS = before
    if not plans:
        assert answer.status == Status.INFEASIBLE
        return
    assert answer.status == Status.OPTIMAL
    assert answer.objective == pytest.approx(plans[0][0], rel=1e-9, abs=1e-9)
    assert answer.bound is not None
    assert answer.bound <= plans[0][0] + 1e-9 * abs(plans[0][0])


@settings(max_examples=100, deadline=None)
@given(master=masters(), random=st.randoms(use_true_random=False))
def test_the_order_of_columns_and_the_seed_do_not_matter(master: Master, random: Any) -> None:
    """The same columns in another order, solved with another seed, give the same plan, ties or not."""
    order = list(range(master.size))
    random.shuffle(order)
    one, other = solved(master, seed=1), solved(shuffled(master, np.array(order)), seed=2)
    assert one.status == other.status
    if one.chosen is not None and other.chosen is not None:
        assert one.chosen.tolist() == sorted(order[j] for j in other.chosen)


@settings(max_examples=100, deadline=None)
@given(master=masters(), data=st.data())
def test_any_duals_prove_a_bound(master: Master, data: st.DataObject) -> None:
    """Whatever the duals, no plan is cheaper than the bound, nor than the bound plus a column's reduced cost."""
    number = st.floats(-1e7, 1e7, allow_nan=False)
    relaxed = proven_by(master, np.array([data.draw(number) for _ in master.rows]))
    for objective, chosen in every_plan(master):
        assert objective >= relaxed.bound
        assert set(chosen) <= set(relaxed.needed(objective).tolist())


def test_the_bound_of_the_relaxation_by_hand() -> None:
    """Halves of ab, bc and ca at 2 each cover the triangle for 3; whole plans need abc at 4."""
    master = cover("ab bc ca abc", [2, 2, 2, 4])
    relaxed = relax(master, SolverOptions(), Clock())
    assert relaxed is not None
    assert relaxed.bound == pytest.approx(3)
    assert relaxed.bound <= 3  # lowered by the rounding error, never raised
    assert solved(master).objective == 4


def test_equal_plans_are_told_apart_by_their_keys(solver: str) -> None:
    """Eight plans of a, b and c cost 3; the one with the smaller hash weight of each pair is the answer."""
    master = cover("a a b b c c", [1] * 6)
    weights = [tie_weight(key) for key in master.keys]
    expected = [min(pair, key=lambda j: weights[j]) for pair in ((0, 1), (2, 3), (4, 5))]
    answer = solved(master, solver)
    assert answer.chosen is not None
    assert answer.chosen.tolist() == expected


def test_a_tie_weight_is_what_was_declared() -> None:
    """The weight is the last 28 bits of the 8-byte BLAKE2b hash plus one; files of old results depend on it."""
    assert tie_weight("a") == tie_weight(b"a")
    assert 1 <= tie_weight("a") <= 2**28
    assert tie_weight("a") != tie_weight("b")


def test_near_ties_within_a_solvers_tolerance_are_no_ties(solver: str) -> None:
    """Twelve items can each be had for 1 or for 1.00000002, too close for a solver's own tolerance; 4,096 plans.

    The best takes 1 twelve times and abc for 4, as no two of ab, bc and ca fit: 12 + 4 = 16.
    """
    items = "defghijklmno"
    columns = "ab bc ca abc abc " + " ".join(f"{item} {item}" for item in items)
    answer = solved(cover(columns, [2, 2, 2, 4, 4] + [1.0, 1.00000002] * len(items)), solver)
    assert (answer.status, answer.objective, answer.notes) == (Status.OPTIMAL, 16, ())
    assert answer.chosen is not None
    assert answer.chosen.tolist()[1:] == list(range(5, 29, 2))


def test_a_penny_more_is_no_tie() -> None:
    """In a total of a hundred billion pence the plan that is one penny cheaper wins, whatever the hashes say."""
    for cheap in (0, 1):
        costs = [6e10, 6e10, 4e10]
        costs[cheap] -= 1
        answer = solved(cover("a a b", costs))
        assert (answer.status, answer.objective, answer.bound) == (Status.OPTIMAL, 1e11 - 1, 1e11 - 1)
        assert answer.chosen is not None
        assert answer.chosen.tolist() == [cheap, 2]


def test_without_time_the_plan_stays_and_says_so() -> None:
    """Where there is no time to choose among equals, the plan given is kept and the reader is told."""
    master = cover("a a", [1, 1])
    for plan in (0, 1):
        chosen, excuse = break_ties(master, np.array([plan]), 1.0, SolverOptions(), Clock(0.0))
        assert chosen.tolist() == [plan]
        assert "was not finished" in excuse


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_fixing_columns_loses_nothing(seed: int) -> None:
    """4,000 package bids: the same least price, to the penny, as the MILP over all of them."""
    master = auction(40, 4_000, seed)
    whole = solve_milp(master, SolverOptions(gap=0), Clock())
    answer = solved(master)
    assert (answer.status, answer.objective) == (Status.OPTIMAL, whole.objective)
    assert answer.bound == answer.objective


def test_large_ties_do_not_depend_on_order_or_seed() -> None:
    """Prices rounded to a few values make many equal plans among 3,000 bids; one of them is always given."""
    master = auction(30, 3_000, 5)
    rough = Master(np.round(master.costs, -8), master.rows, master.keys)
    order = np.random.default_rng(1).permutation(master.size)
    one, other = solved(rough, seed=1), solved(shuffled(rough, order), seed=7)
    assert one.chosen is not None
    assert other.chosen is not None
    assert one.chosen.tolist() == sorted(order[other.chosen].tolist())


def test_only_whole_costs_are_shifted_and_every_plan_costs_the_same() -> None:
    """Shifting by duals moves what every plan pays into the constant; no plan's cost changes by a penny."""
    master = cover("a a b b ab", [6e10, 6e10 + 7, 4e10, 4e10 + 5, 1e11 + 3])
    moved = shifted(master, relax(master, SolverOptions(), Clock()))
    assert np.abs(moved.costs).max() < 100
    for chosen in ([0, 2], [1, 3], [4]):
        assert moved.objective(np.array(chosen)) == master.objective(np.array(chosen))


def test_a_broken_start_is_told(solver: str) -> None:
    """A start that covers an item twice is left out and named in the notes."""
    answer = solve_explicit(cover("ab a b", [3, 1, 1]), SolverOptions(name=solver), Clock(), start=np.array([0, 1]))
    assert answer.objective == 2
    assert "left out" in answer.notes[0]


def test_without_time_the_start_is_the_answer() -> None:
    """A legal start survives a clock that is over."""
    answer = solve_explicit(cover("ab a b", [3, 1, 1]), SolverOptions(), Clock(0.0), start=np.array([0]))
    assert (answer.status, answer.objective) == (Status.FEASIBLE, 3)


def test_progress_never_shows_a_bound_above_the_optimum() -> None:
    """Bounds over a part of the columns are kept back."""
    seen: list[float | None] = []
    answer = solve_explicit(
        auction(40, 4_000, 3), SolverOptions(gap=0), Clock(), progress=lambda phase, best, bound: seen.append(bound)
    )
    assert answer.objective is not None
    assert all(bound is None or bound <= answer.objective for bound in seen)


INTERRUPTED = """
import json, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a runner in the background may have it ignored
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.explicit import solve_explicit
from lotopt.engine.solve.solvers import SolverOptions
from tests.engine.problems import hard

def tell(phase, objective, bound):
    if objective is not None:
        print("plan", flush=True)

answer = solve_explicit(hard(), SolverOptions(name=sys.argv[1]), Clock(100), progress=tell)
print(json.dumps([answer.status, answer.interrupted, hard().check(answer.chosen), answer.objective]))
"""


@pytest.mark.parametrize("solver", OURS)
def test_ctrl_c_gives_the_best_plan_so_far(solver: str) -> None:
    """A solve of hours, interrupted after its first plan, ends by itself with that plan or a better one."""
    root = Path(__file__).parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, solver], cwd=root, stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "plan"
        child.send_signal(signal.SIGINT)
        out, _ = child.communicate(timeout=90)
    finally:
        child.kill()
        child.wait()
    status, interrupted, broken, objective = json.loads(out.strip().splitlines()[-1])
    assert (child.returncode, status, interrupted, broken) == (0, "feasible", True, [])
    assert objective < 200_000
