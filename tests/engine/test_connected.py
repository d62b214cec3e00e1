"""The walk through connected sets: each once, none missed, in several words, stopped and taken up again."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotopt.engine.columns import trail
from lotopt.engine.columns.connected import walk
from lotopt.engine.columns.pricing import Columns, price
from lotopt.engine.model.program import INERTIA, ONE, TOTAL, Partitioning, Program, csr


def program(graph: nx.Graph, sizes: np.ndarray, low: float = 0.0, high: float = np.inf) -> Program:
    """A problem on a graph: one sum with limits, one cloud of points on a line, no layers and no borders."""
    n = len(graph)
    link_ptr, link_to = csr([sorted(graph[v]) for v in range(n)])
    nothing, none = np.zeros(0), np.zeros(0, np.int64)
    x = np.arange(n, dtype=float)
    cloud = np.stack([sizes, sizes * x, 0 * x, sizes * x * x, 0 * x, x, 0 * x], axis=1)
    return Program(
        link_ptr, link_to, sizes[None, :].astype(float), none.reshape(0, n + 1), none, nothing, np.zeros(1, np.int64),
        cloud[None, :, :].astype(float), np.zeros(n + 1, np.int64), none, nothing, np.zeros(n),
        np.arange(n + 1), np.stack([x, 0 * x], axis=1), np.full(n, -1), none,
        np.array([ONE, TOTAL, INERTIA]), np.zeros(3, np.int64), np.zeros(3),
        np.array([1]), np.array([low]), np.array([high]), np.zeros((1, n), bool),
    )  # fmt: skip


def everything(problem: Partitioning, most: int = 50_000) -> Columns:
    """All columns, with nothing to gain and nothing to prune."""
    n = problem.program.atoms
    found = price(problem, np.zeros(3), np.zeros(n), np.zeros(0), 1.0, most=most, keep_best=False)
    assert found.complete
    return found.columns


def partitioning(p: Program) -> Partitioning:
    none = np.zeros(0)
    return Partitioning(p, np.array([0.0, 0.0, 1.0]), np.zeros((0, 3)), none, none)


def members(columns: Columns, n: int) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(row).tolist()) for row in columns.members(n)}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(n=st.integers(1, 9), seed=st.integers(0, 10**6))
def test_every_connected_set_is_met_once(n: int, seed: int) -> None:
    """On random graphs the walk hands out exactly the connected sets within the limits."""
    random = np.random.default_rng(seed)
    graph = nx.gnp_random_graph(n, 0.4, seed=seed)
    sizes = random.integers(1, 6, n).astype(float)
    low, high = float(random.integers(0, 6)), float(random.integers(6, 25))
    columns = everything(partitioning(program(graph, sizes, low, high)))
    wanted = {
        frozenset(some)
        for k in range(1, n + 1)
        for some in combinations(range(n), k)
        if nx.is_connected(graph.subgraph(some)) and low <= sizes[list(some)].sum() <= high
    }
    assert len(columns) == len(wanted)
    assert members(columns, n) == wanted


def test_sets_of_more_than_one_word() -> None:
    """A path of 130 atoms has 130 x 131 / 2 = 8,515 connected sets; each needs three words."""
    columns = everything(partitioning(program(nx.path_graph(130), np.ones(130))))
    assert columns.sets.shape == (8515, 3)
    assert len(members(columns, 130)) == 8515


def test_a_walk_can_be_stopped_and_taken_up_again() -> None:
    """Seven steps at a time come to the same sets as one go."""
    graph = nx.grid_2d_graph(3, 3)
    graph = nx.convert_node_labels_to_integers(graph)
    problem = partitioning(program(graph, np.ones(9)))
    whole = everything(problem)
    p = problem.program
    path, found = trail.new_trail(p), trail.new_found(p, 1000)
    layers = len(p.layer_ptr)
    prices = trail.Prices(
        np.zeros(9), 0.0, np.zeros(1), np.zeros(layers), np.zeros(layers), np.zeros(layers), np.zeros(3),
        np.zeros(3), np.zeros(3), np.ones((9, 1)), np.ones((9, 1), np.int64), -1, 0.0, 1.0, False,
    )  # fmt: skip
    while walk(p, path, prices, found, 7)[0] != trail.DONE:
        pass
    count = int(path.at[trail.FOUND])
    assert members(Columns(found.sets[:count], found.slots[:count]), 9) == members(whole, 9)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_pruning_loses_no_column_below_the_threshold(seed: int) -> None:
    """With random duals, pricing hands out exactly the sets whose reduced cost is below the threshold."""
    random = np.random.default_rng(seed)
    n = int(random.integers(4, 11))
    graph = nx.gnp_random_graph(n, 0.45, seed=seed)
    problem = partitioning(program(graph, random.integers(1, 9, n).astype(float), 2.0, 20.0))
    duals = random.normal(8.0, 15.0, n)
    cost = np.array([float(random.normal(0, 5)), float(random.normal(0, 1)), float(random.random())])
    everywhere = everything(problem)
    reduced = everywhere.slots @ cost - everywhere.members(n) @ duals
    threshold = float(np.quantile(reduced, 0.3)) + 1e-6
    found = price(problem, cost, duals, np.zeros(0), threshold, most=50_000, keep_best=False)
    assert found.complete
    assert members(found.columns, n) == members(everywhere.take(np.flatnonzero(reduced < threshold)), n)
    best = price(problem, cost, duals, np.zeros(0), threshold, most=4, keep_best=True)
    if len(found.columns):
        assert best.costs.min() == pytest.approx(reduced.min(), abs=1e-6)
