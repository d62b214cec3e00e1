"""Local search over partitions: good plans fast, and the columns they are made of. A heuristic: it proves nothing.

Recombination (DeFord, Duchin & Solomon 2021): merge two neighbouring columns, draw a random spanning tree, cut it
where both halves are best. Shifts of single atoms, merges and splits in between; worse plans are accepted at times
(simulated annealing). Limits count as penalties, so that a search may start from any plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lotopt.engine.columns.pricing import Columns
from lotopt.engine.model.measure import violation
from lotopt.engine.model.program import Ints, Partitioning, Program
from lotopt.engine.search.moves import BEST, KEPT, Desk, Task, moves
from lotopt.engine.search.trees import grow

# moves times atoms between two looks at the clock: some tens of milliseconds
LOOK = 20_000
KEPT_PLANS, ROUND_PLANS = 1000, 20  # legal plans whose columns are kept: in all, and of each round at least


@dataclass(frozen=True)
class Searched:
    """The best legal plan met (None if none was), its cost, and distinct legal columns of good plans."""

    plan: Ints | None
    cost: float
    columns: Columns


def search(
    problem: Partitioning,
    seed: int,
    *,
    rounds: int = 4,
    steps: int = 4000,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[float], None] = lambda cost: None,
    enough: float = -math.inf,
) -> Searched:
    """Search from `rounds` random plans, `steps` moves each. `plan` (n,) numbers each atom's column.

    No plan costs less than `enough`: the first that costs no more ends the search, and only its columns are given.
    """
    program = problem.program
    found: list[Ints] = []
    best: Ints | None = None
    best_cost = np.inf
    task = _task(problem)
    for number in range(rounds):
        desk = _desk(problem, seed * 1_000_003 + number * 7919 + 12345)
        # in parts short enough to look at the clock between them, cooling down on the way
        parts = max(20, steps * program.atoms // LOOK)
        for part in range(parts):
            moves(program, task, desk, steps // parts + 1, 0.3 ** (1 + 5 * part / parts))
            if desk.figures[BEST] < best_cost:
                best, best_cost = desk.best.copy(), float(desk.figures[BEST])
                tell(best_cost)
            if best_cost <= enough or stop():
                break
        if best_cost <= enough:
            found = []
            break
        found += list(desk.kept[: min(int(desk.counts[KEPT]), max(ROUND_PLANS, KEPT_PLANS // rounds))])
        if stop():
            break
    plans = [*found, *([best] if best is not None else [])]
    # the cost carried along has gathered rounding errors; a bound on better plans has to be exact
    cost = np.inf if best is None else math.fsum(columns_of(program, [best]).slots @ problem.cost)
    return Searched(best, cost, _legal_columns(program, plans))


def columns_of(program: Program, plans: list[Ints]) -> Columns:
    """The distinct columns of plans, measured."""
    packed: dict[bytes, np.ndarray] = {}
    for plan in plans:
        for number in np.unique(plan):
            inside = plan == number
            packed.setdefault(np.packbits(inside).tobytes(), np.flatnonzero(inside))
    sets = np.zeros((len(packed), (program.atoms + 63) // 64), dtype=np.int64)
    for row, members in enumerate(packed.values()):
        for v in members:
            sets[row, v >> 6] |= np.int64(np.uint64(1) << np.uint64(v & 63))
    return Columns(sets, np.zeros((len(packed), program.slots))).distinct().measured(program)


def _legal_columns(program: Program, plans: list[Ints]) -> Columns:
    columns = columns_of(program, plans)
    seen = np.zeros(len(program.group_size), dtype=np.int64)
    keep = []
    for row, inside in enumerate(columns.members(program.atoms)):
        members = np.flatnonzero(inside)
        if violation(program, members, len(members), columns.slots[row], seen) == 0.0:
            keep.append(row)
    return columns.take(np.array(keep, dtype=np.int64))


def _task(problem: Partitioning) -> Task:
    low, high = problem.fewest_and_most
    return Task(problem.cost, problem.rows, problem.row_low, problem.row_high, low, max(high, 1))


def _desk(problem: Partitioning, number: int) -> Desk:
    """A random plan to start from, and room to work."""
    p = problem.program
    n, width = p.atoms, p.slots
    low, high = problem.fewest_and_most
    ints, floats = (lambda *shape: np.zeros(shape, np.int64)), (lambda *shape: np.zeros(shape))
    desk = Desk(
        label=np.full(n, -1, dtype=np.int64),
        used=ints(n),
        slots=floats(n, width),
        cost=floats(n),
        broken=floats(n),
        best=ints(n),
        kept=ints(KEPT_PLANS, n),
        counts=ints(2),
        figures=np.array([np.inf, 0.0, 0.0, 0.0, 0.0]),
        random=np.array([number], dtype=np.int64),
        load=floats(int(p.layer_first[-1])),
        inside=np.zeros(n, dtype=bool),
        group_seen=ints(len(p.group_size)),
        members=ints(n),
        queue=ints(n),
        seen=ints(n),
        parent=ints(n),
        below=ints(n),
        weight=floats(n),
        carried=floats(n),
        part=ints(2, n),
        sizes=ints(2),
        trial=floats(2, width),
        win=floats(2, width),
    )
    target = min(max(low, 1), n)
    if high > low:  # the number of lots is free: start somewhere above the fewest, merges and splits do the rest
        target = min(n, low + number % (min(high, low + 6) - low + 1))
    size = p.sums[0] if len(p.sums) else np.ones(n)
    grow(p.link_ptr, p.link_to, size, desk.label, target, desk.random)
    return desk
