"""Sets along a frontier: each connected set once, prices that miss none, and plans as good as by trying all."""

from __future__ import annotations

import dataclasses
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotopt.core.result import Status
from lotopt.engine.columns.pricing import Columns, price
from lotopt.engine.columns.standing import Standing
from lotopt.engine.frontier.graph import layers_of
from lotopt.engine.frontier.narrow import along_frontier
from lotopt.engine.frontier.pricing import Frontier, frontier_of, sets_within
from lotopt.engine.frontier.relaxation import sharpened
from lotopt.engine.model.program import BANDED, BORDER, DEVIATION, ONE, TOTAL, Partitioning, Program, csr
from lotopt.engine.partition import solve_partition
from lotopt.engine.search.local import Searched
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.solvers import SolverOptions


def program(random: np.random.Generator, n: int, links: nx.Graph, low: float, high: float) -> Program:
    """Two sums, the first with limits; borders along most links and some that are no links; no layers, no clouds."""
    borders = nx.Graph(edge for edge in links.edges if random.random() < 0.9)
    borders.add_nodes_from(range(n))
    borders.add_edges_from(edge for edge in combinations(range(n), 2) if random.random() < 0.05)
    lengths = {frozenset(edge): float(random.integers(0, 6)) for edge in borders.edges}
    link_ptr, link_to = csr([sorted(links[v]) for v in range(n)])
    border_ptr, border_to = csr([sorted(borders[v]) for v in range(n)])
    length = np.array([lengths[frozenset((v, u))] for v in range(n) for u in sorted(borders[v])])
    outer = np.array([sum(lengths[frozenset((v, u))] for u in borders[v]) for v in range(n)])
    none = np.zeros(0, np.int64)
    return Program(
        link_ptr, link_to, random.integers(1, 9, (2, n)) * np.array([[1.0], [0.37]]), none.reshape(0, n + 1), none,
        np.zeros(0), np.zeros(1, np.int64), np.zeros((0, n, 7)), border_ptr, border_to, length, outer,
        np.zeros(n + 1, np.int64), np.zeros((0, 2)), np.full(n, -1), none,
        np.array([ONE, TOTAL, BORDER, DEVIATION, TOTAL, BANDED]), np.array([0, 0, 0, 0, 1, 0]),
        np.array([0.0, 0.0, 0.0, 7.0, 0.0, 0.0]),
        np.array([1]), np.array([low]), np.array([high]), np.zeros((1, n), bool),
        np.array([0, 2]), np.array([0.0, 9.0]), np.array([2.0, 30.0]), np.array([3.0, 1.5]),
    )  # fmt: skip


def partitioning(p: Program, cost: list[float], lots: tuple[float, float] | None = None) -> Partitioning:
    rows = np.zeros((0 if lots is None else 1, p.slots))
    rows[:, 0] = 1.0
    low, high = (np.zeros(0), np.zeros(0)) if lots is None else (np.array([lots[0]]), np.array([lots[1]]))
    keys = tuple(f"a{v}" for v in range(p.atoms))
    return Partitioning(p, np.array(cost), rows, low, high, () if lots is None else ("lots",), keys)


def frontier(problem: Partitioning, cells: int = 10_000_000) -> Frontier:
    found = frontier_of(problem, cells)
    assert found is not None
    return found


def graph_of(random: np.random.Generator, n: int) -> nx.Graph:
    return nx.gnp_random_graph(n, float(random.uniform(0.15, 0.6)), seed=int(random.integers(10**6)))


def members(columns: Columns, n: int) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(row).tolist()) for row in columns.members(n)}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(n=st.integers(1, 9), seed=st.integers(0, 10**6))
def test_paths_through_the_layers_are_the_connected_sets(n: int, seed: int) -> None:
    """There are as many paths to the end as connected sets, whatever borders add to the frontier."""
    random = np.random.default_rng(seed)
    graph = graph_of(random, n)
    layers = layers_of(program(random, n, graph, 0.0, 99.0))
    assert layers is not None
    paths = np.zeros(layers.states + 2, dtype=np.int64)
    paths[layers.states] = 1
    for state in range(layers.states - 1, -1, -1):
        paths[state] = paths[layers.skip[state]] + paths[layers.take[state]]
    sets = (some for k in range(1, n + 1) for some in combinations(range(n), k))
    assert paths[0] == sum(nx.is_connected(graph.subgraph(some)) for some in sets)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_pricing_finds_what_the_walk_finds(seed: int) -> None:
    """With random prices of every kind, both hand out the same columns below a threshold, at the same cost."""
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 11))
    low, high = float(random.integers(0, 9)), float(random.integers(9, 30))
    cost = (random.normal(0, 3, 6) * (random.random(6) < 0.6)).tolist()
    problem = partitioning(program(random, n, graph_of(random, n), low, high), cost, (1, 4))
    duals, row_duals = random.normal(4, 9, n), random.normal(0, 5, 1)
    everything = price(problem, problem.cost, duals, row_duals, 1e9, most=5000, keep_best=False)
    assert everything.complete
    if not len(everything.columns):
        return
    threshold = float(np.quantile(everything.costs, 0.4)) + 1e-6
    wanted = everything.columns.take(np.flatnonzero(everything.costs < threshold))
    coarse = frontier(problem, cells=int(random.choice([30_000, 1_000_000])))
    found = coarse.price(problem.cost, duals, row_duals, threshold, most=5000, keep_best=False)
    assert found.complete
    assert members(found.columns, n) == members(wanted, n)
    reduced = found.columns.slots @ (problem.cost - row_duals @ problem.rows) - found.columns.members(n) @ duals
    assert found.costs == pytest.approx(reduced, abs=1e-6)
    best = coarse.price(problem.cost, duals, row_duals, threshold, most=4, keep_best=True)
    assert best.walked
    assert best.costs.min() == pytest.approx(everything.costs.min(), abs=1e-6)


def test_sets_are_counted_without_walking() -> None:
    """A path of ten atoms has 55 connected sets; of at most three atoms, 10 + 9 + 8 = 27."""
    random = np.random.default_rng(1)
    p = program(random, 10, nx.path_graph(10), 0.0, 99.0)._replace(sums=np.ones((2, 10)))
    assert sets_within(partitioning(p, [0.0] * 6)) == 55
    assert sets_within(partitioning(p._replace(limit_high=np.array([3.0])), [0.0] * 6)) == 27
    wide = program(random, 20, nx.complete_graph(20), 0.0, 99.0)._replace(sums=np.ones((2, 20)))
    few = partitioning(wide._replace(limit_high=np.array([2.0])), [0.0] * 6)
    assert 20 < sets_within(few) < sets_within(partitioning(wide, [0.0] * 6))


def test_a_walk_along_layers_can_be_stopped_and_taken_up_again() -> None:
    """Where room for columns runs out, the walk goes on from there: 40 in all however small the room."""
    random = np.random.default_rng(3)
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(3, 3))
    problem = partitioning(program(random, 9, graph, 0.0, 99.0), [0.0] * 6)
    duals = random.normal(0, 5, 9)
    whole = frontier(problem).price(problem.cost, duals, np.zeros(0), 99.0, most=1000, keep_best=False)
    assert whole.complete
    few = frontier(problem).price(problem.cost, duals, np.zeros(0), 99.0, most=6, keep_best=True)
    assert few.walked
    assert not few.complete
    assert np.sort(few.costs)[:3] == pytest.approx(np.sort(whole.costs)[:3])


def test_a_wide_graph_has_no_frontier() -> None:
    """Of 20 atoms that all touch each other, 19 are on the frontier at a time: too many."""
    random = np.random.default_rng(1)
    assert frontier_of(partitioning(program(random, 20, nx.complete_graph(20), 0.0, 99.0), [0.0] * 6)) is None


def solved(problem: Partitioning) -> Standing:
    now = Standing(problem, SolverOptions(), Clock(60.0), lambda *told: None)
    width = (problem.program.atoms + 63) // 64
    nothing = Columns(np.zeros((0, width), np.int64), np.zeros((0, problem.program.slots)))
    now.answer = along_frontier(now, Searched(None, np.inf, nothing))  # type: ignore[attr-defined]
    return now


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_plans_are_as_good_as_by_writing_all_columns_down(seed: int) -> None:
    """Proven plans along a frontier cost what the MILP over all columns gives, and none exists where it says so."""
    random = np.random.default_rng(seed)
    n = int(random.integers(4, 11))
    low, high = float(random.integers(0, 12)), float(random.integers(9, 30))
    cost = [float(random.integers(0, 3)), 0.0, float(random.integers(1, 4)) / 2, 0.0, 0.0, 0.0]
    if random.random() < 0.5:
        cost[3], cost[5] = float(random.integers(0, 3)), float(random.integers(0, 2))
    lots = int(random.integers(1, 5))
    problem = partitioning(
        program(random, n, graph_of(random, n), low, high), cost, (lots, lots + random.integers(2))
    )
    written = solve_partition(problem, SolverOptions(), Clock(60.0), few=100_000)
    answer = solved(problem).answer  # type: ignore[attr-defined]
    assert answer is not None
    assert answer.status == written.status
    if written.objective is not None:
        assert answer.objective == pytest.approx(written.objective)
        assert answer.bound == pytest.approx(written.objective)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_a_bound_is_rounded_up_to_what_plans_can_cost(seed: int) -> None:
    """No plan costs less than the rounded bound of its own cost, for borders of whole lengths and costs per lot."""
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 9))
    p = program(random, n, nx.path_graph(n), 0.0, 99.0)
    lots = int(random.integers(1, n + 1))
    problem = partitioning(p, [float(random.integers(0, 9)), 0.0, 0.5, 0.0, 0.0, 0.0], (lots, lots))
    cuts = np.sort(random.choice(np.arange(1, n), lots - 1, replace=False)) if lots > 1 else []
    label = np.zeros(n, dtype=np.int64)
    for cut in cuts:
        label[cut:] += 1
    inside = sum(
        p.border_length[e]
        for v in range(n)
        for e in range(p.border_ptr[v], p.border_ptr[v + 1])
        if label[v] != label[p.border_to[e]]
    )
    cost = problem.cost[0] * lots + 0.5 * inside
    for below in (0.0, 0.3, 0.99):
        assert sharpened(problem, cost - below) <= cost + 1e-9
    finer = dataclasses.replace(problem, program=p._replace(border_length=p.border_length + 0.25))
    assert sharpened(finer, cost - 0.3) == cost - 0.3


def test_a_problem_told_by_other_things_is_left_to_the_walk() -> None:
    """Limits on what layers do not tell are kept, but costs of such kinds would not be bounded well."""
    random = np.random.default_rng(2)
    p = program(random, 4, nx.path_graph(4), 0.0, 99.0)
    problem = partitioning(p._replace(kind=np.array([ONE, TOTAL, BORDER, DEVIATION, TOTAL, 6])), [0.0] * 5 + [1.0])
    assert solved(problem).answer is None  # type: ignore[attr-defined]


def test_a_map_of_sixty_is_proven() -> None:
    """A 6 by 10 grid of equal areas into five lots of twelve.

    Two bands of 6 by 4 cut in half, and one of 6 by 2: 6 + 6 edges between bands and 4 + 4 inside them.
    """
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(10, 6))
    random = np.random.default_rng(0)
    p = program(random, 60, graph, 0.0, 99.0)
    ptr, to = p.link_ptr, p.link_to
    ones = np.ones(60)
    p = p._replace(
        sums=np.ones((2, 60)), limit_low=np.array([12.0]), limit_high=np.array([12.0]), border_ptr=ptr,
        border_to=to, border_length=np.ones(len(to)), outer=np.bincount(to, weights=np.ones(len(to))) * ones,
    )  # fmt: skip
    now = solved(partitioning(p, [0.0, 0.0, 0.5, 0.0, 0.0, 0.0], (5, 5)))
    answer = now.answer  # type: ignore[attr-defined]
    assert (answer.status, answer.objective, answer.bound) == (Status.OPTIMAL, 20.0, 20.0)
    assert sorted(len(part) for part in answer.plan) == [12] * 5
