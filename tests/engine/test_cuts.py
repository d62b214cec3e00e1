"""Subset-row cuts: valid for every plan, priced as they are counted, and of use."""

from __future__ import annotations

import itertools
import math

import networkx as nx
import numpy as np
import pytest

from lotopt.core.result import Status
from lotopt.engine.columns import choose
from lotopt.engine.columns.cuts import broken_triples, measured_with, with_cuts
from lotopt.engine.columns.makers import Joint
from lotopt.engine.columns.pricing import Columns, price
from lotopt.engine.columns.relaxation import relax_all
from lotopt.engine.model.program import Partitioning
from lotopt.engine.partition import solve_partition
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.solvers import SolverOptions
from tests.engine.test_connected import everything, members, program
from tests.engine.test_joint import partitions


def problem_of(seed: int) -> Partitioning:
    """Up to eight atoms on a dense random graph, most columns of two or three atoms, compactness as the cost."""
    random = np.random.default_rng(seed)
    n = int(random.integers(6, 9))
    graph = nx.gnp_random_graph(n, 0.6, seed=seed)
    sizes = random.integers(2, 5, n).astype(float)
    p = program(graph, sizes, 3.0, 9.0)
    one = np.array([[1.0, 0.0, 0.0]])
    keys = tuple(f"a{v}" for v in range(n))
    cost = np.array([float(random.integers(0, 3)), 0.0, 1.0])
    return Partitioning(p, cost, one, np.ones(1), np.full(1, float(n)), ("count",), keys)


def best(problem: Partitioning) -> float:
    columns = everything(problem_without_rows(problem))
    cost = {
        frozenset(np.flatnonzero(row).tolist()): float(slots @ problem.cost)
        for row, slots in zip(columns.members(problem.program.atoms), columns.slots, strict=True)
    }
    plans = ([frozenset(part) for part in parts] for parts in partitions(problem.program.atoms))
    return min((sum(cost[part] for part in plan) for plan in plans if all(p in cost for p in plan)), default=math.inf)


def problem_without_rows(problem: Partitioning) -> Partitioning:
    return Partitioning(problem.program, problem.cost, np.zeros((0, 3)), np.zeros(0), np.zeros(0), (), problem.keys)


@pytest.mark.parametrize("seed", range(15))
def test_a_cut_counts_the_columns_that_hold_two_of_three(seed: int) -> None:
    """The slots of cuts say of every column whether it holds two of the three atoms, walked or measured."""
    x = Joint.of(problem_without_rows(problem_of(seed)))
    random = np.random.default_rng(seed)
    every = list(itertools.combinations(range(x.atoms), 3))
    triples = [every[k] for k in random.choice(len(every), 5, replace=False)]
    cut = with_cuts(x, triples)
    columns = everything(problem_without_rows(problem_of(seed)))
    nothing = np.zeros(cut.makers[0].program.slots), np.zeros(x.atoms), np.zeros(len(cut.row_low))
    walked = price(cut.parts[0], *nothing, 1.0, most=5000, keep_best=False).columns.distinct()
    measured = measured_with(cut, columns, 3).distinct()
    assert members(walked, x.atoms) == members(columns, x.atoms)
    assert np.array_equal(walked.slots, measured.slots)
    inside = walked.members(x.atoms)
    for t, triple in enumerate(triples):
        assert np.array_equal(walked.slots[:, 3 + t], (inside[:, triple].sum(axis=1) >= 2).astype(float))


@pytest.mark.parametrize("seed", range(15))
def test_pricing_with_cuts_loses_no_column(seed: int) -> None:
    """With random duals on atoms and on cuts, pricing hands out exactly the columns below the threshold."""
    random = np.random.default_rng([seed, 3])
    x = Joint.of(problem_without_rows(problem_of(seed)))
    every = list(itertools.combinations(range(x.atoms), 3))
    cut = with_cuts(x, [every[k] for k in random.choice(len(every), 6, replace=False)]).parts[0]
    duals, on_cuts = random.normal(2.0, 2.0, x.atoms), -random.random(6) * 3
    nothing = np.zeros(cut.program.slots), np.zeros(x.atoms), np.zeros(6)
    columns = price(cut, *nothing, 1.0, most=5000, keep_best=False).columns
    reduced = columns.slots @ cut.cost - columns.members(x.atoms) @ duals - (columns.slots @ cut.rows.T) @ on_cuts
    found = price(cut, cut.cost, duals, on_cuts, 0.0, most=5000, keep_best=False)
    assert len(found.columns) == int((reduced < 0.0).sum())


@pytest.mark.parametrize("seed", range(30))
def test_cuts_raise_the_bound_and_pass_no_plan(seed: int) -> None:
    """Broken triples are found where the relaxed plan is not whole; the bound rises and stays below the optimum."""
    problem = problem_of(seed)
    wanted = best(problem)
    if math.isinf(wanted):
        return
    x = Joint.of(problem)
    none = Columns(np.zeros((0, 1), np.int64), np.zeros((0, 3)))
    relaxed = relax_all(x, none, Clock(), upper=None, threads=1)
    triples = broken_triples(relaxed.columns, relaxed.values, x.atoms)
    inside = relaxed.columns.members(x.atoms)
    for triple in triples:
        assert relaxed.values @ (inside[:, triple].sum(axis=1) >= 2) > 1.0
    cut = with_cuts(x, triples)
    again = relax_all(cut, measured_with(cut, relaxed.columns, 3), Clock(), upper=None, threads=1)
    assert relaxed.bound - 1e-6 <= again.bound <= wanted + 1e-6


def test_cuts_close_gaps_on_some_maps() -> None:
    """Of the random maps here, some relaxed plans are not whole, and cuts bring their bound up."""
    better = 0
    for seed in range(30):
        x = Joint.of(problem_of(seed))
        none = Columns(np.zeros((0, 1), np.int64), np.zeros((0, 3)))
        relaxed = relax_all(x, none, Clock(), upper=None, threads=1)
        if relaxed.feasible:
            cut = with_cuts(x, broken_triples(relaxed.columns, relaxed.values, x.atoms))
            again = relax_all(cut, measured_with(cut, relaxed.columns, 3), Clock(), upper=None, threads=1)
            better += again.bound > relaxed.bound + 1e-3
    assert better >= 2


@pytest.mark.parametrize("seed", range(30))
def test_the_optimum_is_found_with_cuts(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With cuts on every problem, however few columns are left, the answer is the least cost over all plans."""
    monkeypatch.setattr(choose, "FEW_LEFT", -1)
    problem = problem_of(seed)
    answer = solve_partition(problem, SolverOptions(gap=0.0), Clock(), few=0)
    wanted = best(problem)
    if math.isinf(wanted):
        assert answer.status == Status.INFEASIBLE
    else:
        assert answer.status == Status.OPTIMAL
        assert answer.objective == pytest.approx(wanted)
        assert answer.bound == pytest.approx(wanted)
