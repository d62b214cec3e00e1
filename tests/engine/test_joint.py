"""Columns of several makers: the answer equals the best of all partitions shared out in every way."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import networkx as nx
import numba
import numpy as np
import pytest

from lotopt.core.result import Status
from lotopt.engine.columns.pricing import price
from lotopt.engine.joint import division
from lotopt.engine.joint import solve as joint_module
from lotopt.engine.joint.solve import Joint, Maker, solve_joint
from lotopt.engine.model.measure import measure
from lotopt.engine.model.program import BANDED, BORDER, INERTIA, ONE, TOTAL, Partitioning, Program, csr
from lotopt.engine.model.restriction import restricted
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.solvers import SolverOptions

SIZE, PRICE, BAND = 1, 2, 4  # slots: one, size, price, border, banded, inertia


def random_joint(random: np.random.Generator, *, additive: bool) -> Joint:
    """Up to seven atoms and three makers on a random graph, with capacity, shares, counts and facts."""
    n, makers = int(random.integers(2, 8)), int(random.integers(1, 4))
    graph = nx.gnp_random_graph(n, 0.7, seed=int(random.integers(10**6)))
    size = random.integers(1, 7, n).astype(float)
    low, high = float(random.integers(0, 4)), float(random.integers(8, 24))
    built = [_maker(random, k, graph, size, low, high, additive) for k in range(makers)]
    shared = [np.zeros((0, 6))] * makers
    ends: list[tuple[float, float]] = []

    def row(of: list[np.ndarray], least: float, most: float) -> None:
        for k in range(makers):
            shared[k] = np.vstack([shared[k], of[k]])
        ends.append((least, most))

    one = np.eye(6)[0]
    lots = int(random.integers(1, 4))
    row([one] * makers, lots, lots + int(random.integers(0, 2)))
    if random.random() < 0.5:  # capacity of one of them
        mine = int(random.integers(makers))
        row([np.eye(6)[SIZE] * (k == mine) for k in range(makers)], -math.inf, float(random.integers(3, 20)))
    if random.random() < 0.5:  # a share of the price
        mine, part = int(random.integers(makers)), random.uniform(0.3, 0.9)
        row([built[k].cost * ((k == mine) - part) * (np.arange(6) < 3) for k in range(makers)], -math.inf, 0.0)
    facts, fact_rows = (), np.zeros((len(ends), 0))
    if random.random() < 0.4:  # at least, or at most, so many makers make something
        few, wanted = random.random() < 0.5, int(random.integers(1, makers + 1))
        for k in range(makers):
            row([one * (j == k) for j in range(makers)], -math.inf if few else 0.0, 0.0 if few else math.inf)
        row([one * 0] * makers, -math.inf if few else wanted, wanted if few else math.inf)
        facts = tuple(f"m{k} makes something" for k in range(makers))
        fact_rows = np.zeros((len(ends), makers))
        for k in range(makers):
            fact_rows[len(ends) - 1 - makers + k, k] = -float(n) if few else -1.0
        fact_rows[-1] = 1.0
    row_low, row_high = np.array([e[0] for e in ends]), np.array([e[1] for e in ends])
    done = tuple(Maker(m.name, m.program, m.cost, rows) for m, rows in zip(built, shared, strict=True))
    names = tuple(f"r{r}" for r in range(len(ends)))
    return Joint(done, row_low, row_high, names, facts, fact_rows, tuple(f"a{v}" for v in range(n)))


def _maker(
    random: np.random.Generator, k: int, graph: nx.Graph, size: np.ndarray, low: float, high: float, additive: bool
) -> Maker:
    n = len(graph)
    link_ptr, link_to = csr([sorted(graph[v]) for v in range(n)])
    none = np.zeros(0, np.int64)
    x = np.arange(n) % 3 + 0.5 * (np.arange(n) // 3)
    cloud = np.stack([size, size * x, 0 * x, size * x * x, 0 * x, x, 0 * x], axis=1)
    shared = 1.0 + (np.arange(len(link_to)) % 1)
    price = np.round(size * random.uniform(8, 12, n), 2)
    program = Program(
        link_ptr, link_to, np.stack([size, price]), none.reshape(0, n + 1), none, np.zeros(0), np.zeros(1, np.int64),
        cloud[None, :, :].astype(float), link_ptr, link_to, shared, np.diff(link_ptr).astype(float), np.arange(n + 1),
        np.stack([x, 0 * x], axis=1), np.full(n, -1), none, np.array([ONE, TOTAL, TOTAL, BORDER, BANDED, INERTIA]),
        np.array([0, 0, 1, 0, 0, 0]), np.zeros(6), np.array([SIZE]), np.array([low]),
        np.array([high - (random.integers(0, 3) if random.random() < 0.3 else 0)]), np.zeros((1, n), bool),
        np.array([0, 3]), np.array([0.0, 4.0, 9.0]), np.array([0.0, 8.0, 14.0]),
        np.array([2.0, 1.2, float(random.choice([0.5, 3.0]))]),
    )  # fmt: skip
    cost = np.array([round(random.uniform(0, 8), 2), 0.0, 1.0, 0.0, 0.0, 0.0])
    if not additive:
        cost[3:] = random.random(3) * (random.random(3) < 0.6) * [3.0, 2.0, 1.0]
    return Maker(f"m{k}", program, cost, np.zeros((0, 6)))


def partitions(n: int) -> Iterator[list[list[int]]]:
    """Every partition of 0..n-1."""

    def grow(v: int, parts: list[list[int]]) -> Iterator[list[list[int]]]:
        if v == n:
            yield [list(part) for part in parts]
            return
        for part in parts:
            part.append(v)
            yield from grow(v + 1, parts)
            part.pop()
        parts.append([v])
        yield from grow(v + 1, parts)
        parts.pop()

    return grow(0, [])


def best(x: Joint) -> float:
    """The least cost over all partitions and makers; infinite where no plan is legal."""
    p = x.makers[0].program
    graph = nx.Graph()
    graph.add_nodes_from(range(x.atoms))
    graph.add_edges_from((v, int(u)) for v in range(x.atoms) for u in p.link_to[p.link_ptr[v] : p.link_ptr[v + 1]])
    least = math.inf
    table: dict[tuple[int, ...], list[tuple[np.ndarray, bool]]] = {}

    def options(part: list[int]) -> list[tuple[np.ndarray, bool]]:
        key = tuple(part)
        if key not in table:
            whole = nx.is_connected(graph.subgraph(part))
            table[key] = [(slots, whole and _legal(m, slots)) for m in x.makers for slots in [_slots(m, part)]]
        return table[key]

    for parts in partitions(x.atoms):
        if not x.row_low[0] <= len(parts) <= x.row_high[0] or not all(any(o[1] for o in options(p)) for p in parts):
            continue
        choices = [[k for k, o in enumerate(options(part)) if o[1]] for part in parts]
        for who in itertools.product(*choices):
            slots = [options(part)[k][0] for part, k in zip(parts, who, strict=True)]
            cost = sum(float(x.makers[k].cost @ s) for k, s in zip(who, slots, strict=True))
            sides = sum(x.makers[k].rows @ s for k, s in zip(who, slots, strict=True))
            if cost < least and _keeps(x, sides):
                least = cost
    return least


def _slots(maker: Maker, part: list[int]) -> np.ndarray:
    p = maker.program
    slots = np.zeros(p.slots)
    measure(p, np.array(part), len(part), np.zeros(1), np.zeros(p.atoms, bool), slots)
    # the banded slot again, in other words
    size, pieces = sum(p.sums[0][v] for v in part), list(zip(p.band_from, p.band_at, p.band_slope, strict=True))
    start, at, slope = [piece for piece in pieces if piece[0] <= size][-1]
    assert slots[BAND] == pytest.approx(at + slope * (size - start))
    return slots


def _legal(maker: Maker, slots: np.ndarray) -> bool:
    return bool(maker.program.limit_low[0] <= slots[SIZE] <= maker.program.limit_high[0])


def _keeps(x: Joint, sides: np.ndarray) -> bool:
    for facts in itertools.product((0.0, 1.0), repeat=len(x.facts)):
        value = sides + x.fact_rows @ np.array(facts) if facts else sides
        if (value >= x.row_low - 1e-9).all() and (value <= x.row_high + 1e-9).all():
            return True
    return False


@pytest.mark.parametrize("way", ["division", "division by faces", "both", "columns", "all columns"])
@pytest.mark.parametrize("seed", range(40))
def test_the_optimum_over_all_plans_is_found(way: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way through the engine gives the least cost over all plans, or proves that there is none."""
    x = random_joint(np.random.default_rng([seed, len(way)]), additive=way.startswith("division"))
    if way == "division by faces":
        monkeypatch.setattr(division, "EASY", 0)
    if way == "columns":
        monkeypatch.setattr(joint_module, "first_plan", lambda now: None)
        monkeypatch.setattr(joint_module, "solve_division", lambda now: None)
    answer = solve_joint(x, SolverOptions(gap=0.0), Clock(60), few=400 if way == "all columns" else 0)
    expected = best(x)
    if math.isinf(expected):
        assert answer.status == Status.INFEASIBLE
        return
    assert answer.status == Status.OPTIMAL, answer.notes
    assert answer.objective == pytest.approx(expected)
    assert answer.bound == pytest.approx(expected)
    assert answer.plan is not None
    assert sorted(np.concatenate(answer.plan).tolist()) == list(range(x.atoms))
    told = sum(
        float(x.makers[k].cost @ _slots(x.makers[k], part.tolist()))
        for k, part in zip(answer.makers, answer.plan, strict=True)
    )
    assert told == pytest.approx(expected)


def test_presolve_takes_no_optimum_away() -> None:
    """A division of 30 binaries of which HiGHS with its presolve calls a plan optimal that costs 3 % too much."""
    x = random_joint(np.random.default_rng([70273, 5, 8]), additive=True)
    answer = solve_joint(x, SolverOptions(gap=0.0), Clock(60), few=0)
    assert answer.status == Status.OPTIMAL
    assert answer.objective == pytest.approx(best(x)) == pytest.approx(286.02)


@pytest.mark.parametrize("seed", range(20))
def test_a_problem_over_some_atoms_measures_what_the_whole_one_does(seed: int) -> None:
    """Columns of a restricted problem cost what they cost in the whole one, borders with the outside counted."""
    random = np.random.default_rng([seed, 7])
    x = random_joint(random, additive=False)
    part = x.parts[0]
    atoms = np.sort(random.choice(x.atoms, int(random.integers(1, x.atoms + 1)), replace=False))
    cost = random.random(6)
    small = restricted(part, atoms, cost, 1)
    assert numba.typeof(small.program) == numba.typeof(part.program)  # or else every kernel is compiled once more
    none, m = np.zeros(small.program.slots), len(atoms)
    found = price(small, none, np.zeros(m), np.zeros(1), 1.0, most=500, keep_best=False)
    assert found.complete
    for slots, row in zip(found.columns.slots, found.columns.members(m), strict=True):
        whole = _slots(x.makers[0], atoms[np.flatnonzero(row)].tolist())
        assert slots @ small.cost == pytest.approx(whole @ cost)


@pytest.mark.parametrize("seed", range(30))
def test_bands_lose_no_column_below_the_threshold(seed: int) -> None:
    """With random prices on bands, gains among them, pricing hands out exactly the sets below the threshold."""
    random = np.random.default_rng([seed, 11])
    part = random_joint(random, additive=False).parts[0]
    n = part.program.atoms
    nothing = price(part, np.zeros(6), np.zeros(n), np.zeros(len(part.rows)), 1.0, most=500, keep_best=False)
    cost = np.array([random.normal(), random.normal(), 0.5, 0.3, random.normal() * 3, 0.2])
    duals = random.normal(size=n) * 10
    bare = Partitioning(part.program, cost, np.zeros((0, 6)), np.zeros(0), np.zeros(0), (), part.keys)
    threshold = float(random.normal() * 10)
    found = price(bare, cost, duals, np.zeros(0), threshold, most=500, keep_best=False)
    reduced = nothing.columns.slots @ cost - nothing.columns.members(n) @ duals
    assert len(found.columns) == int((reduced < threshold).sum())
