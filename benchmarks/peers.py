"""The peers: how the same problem is solved without this engine. Each gets the same limit, gap, seed and threads.

A peer gives None where it cannot state the problem, and a sentence says why.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from benchmarks.instances import Award, Instance
from benchmarks.milp import Model, Solved, solve
from lotopt.design.problem import contract, resolve
from lotopt.engine import program as e
from lotopt.engine.pricing import Columns, price
from lotopt.engine.program import Partitioning
from lotopt.market.market import Market
from lotopt.territory.territory import Territory

# Candidate lots that a MILP over all of them may have.
MOST_COLUMNS = 200_000
# Steps after which writing them down is given up.
MOST_STEPS = 60_000_000


@dataclass(frozen=True)
class Terms:
    """What the engine and each peer are given alike: seconds, gap (fraction), seed and threads."""

    limit: float
    gap: float
    seed: int
    threads: int


@dataclass(frozen=True)
class Attempt:
    """What a peer reached, or why it was not asked. `enumerate_seconds` are told apart and not held against it."""

    solved: Solved | None
    note: str = ""
    enumerate_seconds: float = 0.0


def attempt(peer: str, instance: Instance, ground: Territory | Market, terms: Terms) -> Attempt:
    """Let a peer try an instance."""
    if isinstance(instance, Award):
        assert isinstance(ground, Market)
        return _run(allocation_milp(instance, ground), terms)
    assert isinstance(ground, Territory)
    problem = contract(ground, resolve(ground, instance.rules, instance.goals)).problem
    if peer == "assignment":
        return _run(assignment_milp(problem), terms)
    begun = time.perf_counter()
    columns = all_columns(problem)
    seconds = time.perf_counter() - begun
    if columns is None:
        return Attempt(None, f"more than {MOST_COLUMNS:,} candidate lots: not written down")
    return _run(partition_milp(problem, columns), terms, seconds)


def _run(model: Model, terms: Terms, enumerate_seconds: float = 0.0) -> Attempt:
    solved = solve(model, limit=terms.limit, gap=terms.gap, seed=terms.seed, threads=terms.threads)
    return Attempt(solved, enumerate_seconds=enumerate_seconds)


def all_columns(problem: Partitioning) -> Columns | None:
    """Every candidate lot, None where there are too many. The walk is the engine's: no peer could be faster."""
    program = problem.program
    steps = [MOST_STEPS]

    def stop() -> bool:
        steps[0] -= 200_000
        return steps[0] < 0

    nothing = np.zeros(program.slots), np.zeros(program.atoms), np.zeros(len(problem.rows))
    found = price(problem, *nothing, 1.0, most=MOST_COLUMNS + 1, keep_best=False, stop=stop)
    return found.columns if found.complete else None


def partition_milp(problem: Partitioning, columns: Columns) -> Model:
    """Set partitioning over all candidate lots (Garfinkel & Nemhauser 1970), one binary for each."""
    model = Model()
    for cost in columns.slots @ problem.cost:
        model.column(float(cost))
    inside = columns.members(problem.program.atoms)
    for atom in range(problem.program.atoms):
        model.row(np.flatnonzero(inside[:, atom]), 1.0, 1.0, 1.0)
    for r in range(len(problem.rows)):
        values = columns.slots @ problem.rows[r]
        used = np.flatnonzero(values)
        model.row(used, values[used], float(problem.row_low[r]), float(problem.row_high[r]))
    return model


def assignment_milp(problem: Partitioning) -> Model:
    """Atoms assigned to lots (Hess et al. 1965), each lot named by its smallest atom, in one piece by flow.

    x[i, j]: atom i is in the lot of atom j <= i, which removes the symmetry between lots. Flow from j to every atom
    of its lot keeps it in one piece (Shirabe 2009). A border that is cut: at least x[a, j] - x[b, j] for each j, the
    form with a variable per lot, which has the tighter relaxation (Validi & Buchanan 2022). States limits on totals,
    a number of lots, border length and deviation from the mean; ValueError for anything else.
    """
    p = problem.program
    n = p.atoms
    known = {e.ONE, e.TOTAL, e.BORDER, e.DEVIATION}
    if not {int(kind) for kind in p.kind} <= known or p.limit_exempt.any() or len(p.group_size):
        raise ValueError("the assignment model of this benchmark does not state this problem")
    model = Model()
    x = {(i, j): model.column() for j in range(n) for i in range(j, n)}
    for i in range(n):
        model.row([x[i, j] for j in range(i + 1)], 1.0, 1.0, 1.0)
    for i, j in x:
        if i != j:
            model.row([x[i, j], x[j, j]], [1.0, -1.0], high=0.0)
    for r in range(len(problem.rows)):
        per_lot = sum(problem.rows[r][slot] for slot in range(p.slots) if p.kind[slot] == e.ONE)
        model.row([x[j, j] for j in range(n)], per_lot, float(problem.row_low[r]), float(problem.row_high[r]))
    for m, slot in enumerate(p.limit_slot):
        size = p.sums[p.which[slot]] / p.sums[p.which[slot]].mean()
        unit = p.sums[p.which[slot]].mean()
        for j in range(n):
            own, lots = [x[i, j] for i in range(j, n)], size[j:].copy()
            for limit, sense in ((float(p.limit_low[m]), 1.0), (float(p.limit_high[m]), -1.0)):
                if np.isfinite(limit):
                    values = lots.copy()
                    values[0] -= limit / unit
                    model.row(own, sense * values, low=0.0)
    for slot in np.flatnonzero(problem.cost):
        if p.kind[slot] == e.BORDER:
            _cut_borders(model, x, problem, float(problem.cost[slot]))
        elif p.kind[slot] == e.DEVIATION:
            _deviations(model, x, p.sums[p.which[slot]], float(p.target[slot]), float(problem.cost[slot]))
    _flow(model, x, p)
    return model


def _cut_borders(model: Model, x: dict[tuple[int, int], int], problem: Partitioning, worth: float) -> None:
    p = problem.program
    for a in range(p.atoms):
        for at in range(p.border_ptr[a], p.border_ptr[a + 1]):
            b = int(p.border_to[at])
            if b < a:
                continue
            for j in range(b + 1):  # atom a < b is in no lot that is named by a larger atom
                # a cut border is met by both of its lots, and by one in each direction
                cut = model.column(2 * worth * float(p.border_length[at]), whole=False)
                ends = [cut, x[b, j]] + ([x[a, j]] if j <= a else [])
                model.row(ends, [1.0, -1.0] + ([1.0] if j <= a else []), low=0.0)


def _deviations(
    model: Model, x: dict[tuple[int, int], int], size: e.Floats, target: float, worth: float
) -> None:
    n = len(size)
    for j in range(n):
        off = model.column(worth * target, upper=np.inf, whole=False)  # in shares of the target
        own = [off] + [x[i, j] for i in range(j, n)]
        values = size[j:] / target
        values[0] -= 1.0
        model.row(own, [1.0, *values], low=0.0)
        model.row(own, [1.0, *(-values)], low=0.0)


def _flow(model: Model, x: dict[tuple[int, int], int], p: e.Program) -> None:
    n = p.atoms
    next_to = [[int(u) for u in p.link_to[p.link_ptr[i] : p.link_ptr[i + 1]]] for i in range(n)]
    for j in range(n):
        arcs = {
            (u, v): model.column(upper=float(n), whole=False)
            for u in range(j, n) for v in next_to[u] if v > j
        }  # fmt: skip
        for i in range(j + 1, n):
            enters = [arcs[u, i] for u in next_to[i] if (u, i) in arcs]
            leaves = [arcs[i, v] for v in next_to[i] if (i, v) in arcs]
            values = [1.0] * len(enters) + [-1.0] * len(leaves)
            model.row([*enters, *leaves, x[i, j]], [*values, -1.0], 0.0, 0.0)
            model.row([*enters, x[i, j]], [1.0] * len(enters) + [-float(n - j - 1)], high=0.0)


def allocation_milp(instance: Award, market: Market) -> Model:
    """Winner determination read straight from the bids: one binary for each, in GBP."""
    rules = {rule.kind: rule for rule in instance.rules}
    if set(rules) != {"every_item_awarded", "award_limit", "capacity"}:
        raise ValueError("the plain MILP of this benchmark states every_item_awarded, award_limit and capacity")
    most, measure = rules["award_limit"].at_most, rules["capacity"].measure  # type: ignore[attr-defined]
    model = Model()
    on: dict[object, list[int]] = {item: [] for item in market.items}
    of: dict[str, list[int]] = {provider.id: [] for provider in market.providers}
    for bid in market.bids:
        column = model.column(float(bid.price))
        of[bid.provider].append(column)
        for item in bid.items:
            on[item].append(column)
    for columns in on.values():
        model.row(columns, 1.0, 1.0, 1.0)
    for provider in market.providers:
        bids = [market.bids[j] for j in of[provider.id]]
        if bids:
            model.row(of[provider.id], [float(len(bid.items)) for bid in bids], high=most)
            taken = [sum(market.lot[item.lot].volumes[measure] for item in bid.items) for bid in bids]
            model.row(of[provider.id], taken, high=provider.capacity[measure])
    return model

