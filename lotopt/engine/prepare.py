"""Compile the kernels, or load them from the cache on disk: `python -m lotopt.engine.prepare`.

The first solve on a machine compiles for some tens of seconds. A phase of its own tells that apart from the solve,
and setting up an environment may do it beforehand.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from lotopt.core.interrupt import uninterrupted
from lotopt.engine import (
    coarse,
    connected,
    large_shifts,
    large_start,
    large_state,
    layered,
    legal,
    measure,
    plane,
    trees,
)
from lotopt.engine import moves as moves_module
from lotopt.engine import program as program_module
from lotopt.engine.centres import bound_by_centres
from lotopt.engine.clock import Clock
from lotopt.engine.connected import walk
from lotopt.engine.frontier_pricing import frontier_of
from lotopt.engine.large_refine import refine
from lotopt.engine.large_shifts import anneal
from lotopt.engine.layered import walk_layers
from lotopt.engine.moves import moves
from lotopt.engine.plane import sweep
from lotopt.engine.pricing import price
from lotopt.engine.program import INERTIA, ONE, TOTAL, Partitioning, Program, csr
from lotopt.engine.search import search
from lotopt.engine.spreading import Spread, spreading_bound
from lotopt.engine.trees_near import near_trees

# all that hold compiled kernels, or constants that are compiled in
MODULES = (
    coarse,
    connected,
    large_shifts,
    large_start,
    large_state,
    layered,
    legal,
    measure,
    moves_module,
    plane,
    trees,
    program_module,
)


def prepared() -> bool:
    """Whether the kernels are ready in this process."""
    kernels = (walk, moves, anneal, walk_layers, sweep, near_trees)
    return all(kernel.signatures for kernel in kernels)


def prepare() -> None:
    """Run every kernel once on a problem of two atoms. Raises KeyboardInterrupt when interrupted, at its end.

    A compiler that is stopped half-way leaves kernels behind that can be neither called nor compiled again, so
    Ctrl-C is held back from it; what a second one breaks is told as the interruption that it is.
    """
    if prepared():
        return
    with uninterrupted() as held:
        try:
            _compile()
        except Exception:
            if not held.came:
                raise
    if held.came:
        raise KeyboardInterrupt


def forget_stale() -> None:
    """Throw away compiled kernels of other sources, where the cache can be written.

    The cache looks at the file a kernel is in, not at the kernels that it calls: after an edit of one file alone,
    old machine code would go on running in the others.
    """
    folder = Path(walk.stats.cache_path or ".")
    sources = [Path(module.__file__ or "") for module in MODULES]
    mark = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    note = folder / "lotopt-kernels.sha256"
    try:
        if note.is_file() and note.read_text(encoding="ascii") == mark:
            return
        for source in sources:
            for compiled in folder.glob(f"{source.stem}.*.nb[ic]"):
                compiled.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text(mark, encoding="ascii")
    except OSError:
        return  # a cache that cannot be written was not written by us


def _compile() -> None:
    forget_stale()
    problem = _two_atoms()
    n, slots = problem.program.atoms, problem.program.slots
    search(problem, 1, rounds=1, steps=20)
    found = price(problem, np.ones(slots), np.ones(n), np.zeros(1), 100.0, most=4, keep_best=False)
    found.columns.distinct().measured(problem.program)
    bound_by_centres(problem, None, Clock())
    frontier = frontier_of(problem)
    if frontier is not None:
        frontier.price(np.ones(slots), np.ones(n), np.zeros(1), 100.0, most=4, keep_best=False)
    ground, one = large_start.ground_of(problem), np.zeros(n, np.int64)
    coarse.merged(problem.program, coarse.units(problem.program, ground, [one], 1, 9.0, 1))
    large_start.first_plan(problem.program, ground, large_start.domains(problem.program), n, 0.0, 9.0, 1, 1)
    ends, edges = np.array([1, 0]), np.zeros(2, np.int64)
    spreading_bound(Spread(np.arange(3), ends, edges, np.ones(1), np.ones(2), 1.5, 0.0), Clock())
    refine(problem, np.arange(n, dtype=np.int64), 1, tries=100, heat=1.0)


def _two_atoms() -> Partitioning:
    link_ptr, link_to = csr([[1], [0]])
    none = np.zeros(0, np.int64)
    cloud = np.array([[[1.0, 0, 0, 0, 0, 0, 0], [1.0, 1, 0, 1, 0, 1, 0]]])
    program = Program(
        link_ptr=link_ptr,
        link_to=link_to,
        sums=np.ones((1, 2)),
        layer_ptr=none.reshape(0, 3),
        layer_agency=none,
        layer_weight=np.zeros(0),
        layer_first=np.zeros(1, np.int64),
        clouds=cloud,
        border_ptr=np.array([0, 1, 2]),
        border_to=np.array([1, 0]),
        border_length=np.ones(2),
        outer=np.ones(2),
        point_ptr=np.arange(3),
        point_xy=np.zeros((2, 2)),
        group=np.full(2, -1),
        group_size=none,
        kind=np.array([ONE, TOTAL, INERTIA]),
        which=np.zeros(3, np.int64),
        target=np.zeros(3),
        limit_slot=np.array([1]),
        limit_low=np.zeros(1),
        limit_high=np.full(1, 2.0),
        limit_exempt=np.zeros((1, 2), bool),
    )
    return Partitioning(program, np.array([0.0, 0.0, 1.0]), np.array([[1.0, 0.0, 0.0]]), np.ones(1), np.full(1, 2.0),
                        ("count",), ("a", "b"))  # fmt: skip


if __name__ == "__main__":
    prepare()
