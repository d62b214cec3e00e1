"""Spreading metrics: every plan keeps every row, and no plan costs less than the bound."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotopt.engine.bounds.spreading import Spread, spread_of, spreading_bound
from lotopt.engine.bounds.trees_near import near_trees
from lotopt.engine.model.program import Partitioning
from lotopt.engine.partition import solve_partition
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.solvers import SolverOptions
from tests.engine.test_frontier import partitioning, program


def asked(seed: int) -> Partitioning:
    """Lots of a largest size that the whole map passes."""
    random = np.random.default_rng(seed)
    n = int(random.integers(4, 11))
    graph = nx.gnp_random_graph(n, float(random.uniform(0.3, 0.7)), seed=seed)
    cost = [float(random.integers(0, 3)), float(random.integers(0, 2)), float(random.integers(1, 5)), 0.0, 0.0, 0.0]
    p = program(random, n, graph, 0.0, 99.0)
    high = max(float(p.sums[0].max()), np.floor(p.sums[0].sum() * random.uniform(0.3, 0.9)))
    return partitioning(p._replace(limit_high=np.array([high])), cost)


def spread(problem: Partitioning) -> Spread:
    found = spread_of(problem)
    assert found is not None
    return found


@settings(max_examples=100, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_every_plan_keeps_every_row(seed: int) -> None:
    """Rows found at random lengths hold for the cut borders of random plans whose lots are small enough."""
    random = np.random.default_rng(seed)
    s = spread(asked(seed))
    n = len(s.weights)
    lengths = random.random(len(s.costs)) * random.choice([0.1, 0.4, 1.0])
    starts, index, values = near_trees(
        s.pointers, s.ends, s.edges, lengths, s.weights, s.most, np.zeros(n * n, np.int32), np.zeros(n * n)
    )
    sums = [values[a:b] @ lengths[index[a:b]] for a, b in pairwise(starts)]
    assert all(total < 1.0 for total in sums)
    atom = np.repeat(np.arange(n), np.diff(s.pointers))
    for _ in range(20):
        label = random.integers(0, n, n)
        if np.bincount(label, weights=s.weights).max() > s.most:
            continue
        cut = np.zeros(len(s.costs))
        cut[s.edges] = label[atom] != label[s.ends]
        for a, b in pairwise(starts):
            assert values[a:b] @ cut[index[a:b]] >= 1.0 - 1e-9


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_no_plan_costs_less_than_the_bound(seed: int) -> None:
    """The bound is never above the optimum over all columns, with costs per lot and per atom beside borders."""
    problem = asked(seed)
    best = solve_partition(problem, SolverOptions(), Clock(60.0), few=100_000)
    bound = spreading_bound(spread(problem), Clock(60.0))
    if best.objective is not None:
        assert bound <= best.objective + 1e-9 * abs(best.objective)


def test_a_path_is_bounded_to_the_last_digit() -> None:
    """A path of six equal atoms, lots of three at most: one border of cost 2 is cut, and the LP says so."""
    random = np.random.default_rng(0)
    p = program(random, 6, nx.path_graph(6), 0.0, 3.0)
    pairs = [[u for u in (v - 1, v + 1) if 0 <= u < 6] for v in range(6)]
    to = np.array([u for some in pairs for u in some])
    ptr = np.cumsum([0, *(len(some) for some in pairs)])
    p = p._replace(sums=np.ones((2, 6)), border_ptr=ptr, border_to=to, border_length=np.ones(10), outer=np.ones(6))
    bound = spreading_bound(spread(partitioning(p, [0.0, 0.0, 1.0, 0.0, 0.0, 0.0])), Clock(60.0))
    assert bound == pytest.approx(2.0, rel=0.02)


def test_nothing_is_told_where_nothing_can_be() -> None:
    """Without a cost of borders, without a largest size, or with a gain per lot that is no sum, there is no LP."""
    problem = asked(1)
    assert spread_of(dataclasses.replace(problem, cost=np.zeros(6))) is None
    assert spread_of(dataclasses.replace(problem, cost=np.array([0.0, 0.0, 1.0, -1.0, 0.0, 0.0]))) is None
    unlimited = problem.program._replace(limit_high=np.array([np.inf]))
    assert spread_of(dataclasses.replace(problem, program=unlimited)) is None
