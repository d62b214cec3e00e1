"""Compile the kernels, or load them from the cache on disk: `python -m lotopt.engine.prepare`.

The first solve on a machine compiles for some tens of seconds. A phase of its own tells that apart from the solve,
and setting up an environment may do it beforehand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np

from lotopt.core.interrupt import uninterrupted
from lotopt.engine.bounds import plane, trees_near
from lotopt.engine.bounds.centres import bound_by_centres
from lotopt.engine.bounds.plane import sweep
from lotopt.engine.bounds.spreading import Spread, spreading_bound
from lotopt.engine.bounds.trees_near import near_trees
from lotopt.engine.columns import connected, legal
from lotopt.engine.columns.connected import walk
from lotopt.engine.columns.pricing import price
from lotopt.engine.frontier import layered
from lotopt.engine.frontier.layered import walk_layers
from lotopt.engine.frontier.pricing import frontier_of
from lotopt.engine.large import coarse
from lotopt.engine.large import shifts as large_shifts
from lotopt.engine.large import start as large_start
from lotopt.engine.large import state as large_state
from lotopt.engine.large.refine import refine
from lotopt.engine.large.shifts import anneal
from lotopt.engine.model import measure
from lotopt.engine.model import program as program_module
from lotopt.engine.model.program import INERTIA, ONE, TOTAL, Partitioning, Program, csr
from lotopt.engine.sample import forest, randoms, recombine
from lotopt.engine.sample import start as sample_start
from lotopt.engine.sample.chains import draw_chain, graph_of
from lotopt.engine.search import moves as moves_module
from lotopt.engine.search import trees
from lotopt.engine.search.local import search
from lotopt.engine.search.moves import moves
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import Progress

TOLD = "prepare (the first run on a machine compiles the engine; Ctrl-C waits for that, pressed twice it does not)"

# all that hold compiled kernels, or constants that are compiled in
MODULES = (
    coarse,
    connected,
    forest,
    large_shifts,
    large_start,
    large_state,
    layered,
    legal,
    measure,
    moves_module,
    plane,
    randoms,
    recombine,
    sample_start,
    trees_near,
    trees,
    program_module,
)


def prepared() -> bool:
    """Whether the kernels are ready in this process."""
    kernels = (walk, moves, anneal, walk_layers, sweep, near_trees, recombine.recombine)
    return all(kernel.signatures for kernel in kernels)


def prepare_before(clock: Clock, progress: Progress | None) -> None:
    """Get the kernels ready before a solve, as a step of its own that is told of; none where they are ready."""
    if prepared():
        return
    with clock.phase("prepare"):
        if progress is not None:
            progress(TOLD, None, None)
        prepare()


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
    mark = hashlib.sha256(b"".join(_source(module).read_bytes() for module in MODULES)).hexdigest()
    for module, folder in _caches():
        source = _source(module)
        note = folder / f"{source.stem}.lotopt-kernels.sha256"
        try:
            if note.is_file() and note.read_text(encoding="ascii") == mark:
                continue
            for compiled in folder.glob(f"{source.stem}.*.nb[ic]"):
                compiled.unlink(missing_ok=True)
            folder.mkdir(parents=True, exist_ok=True)
            note.write_text(mark, encoding="ascii")
        except OSError:
            continue  # a cache that cannot be written was not written by us


def _source(module: ModuleType) -> Path:
    return Path(module.__file__ or "")


def _caches() -> Iterator[tuple[ModuleType, Path]]:
    """Each module that has kernels of its own, and the folder that keeps their machine code."""
    for module in MODULES:
        own = (k for k in vars(module).values() if getattr(k, "__module__", None) == module.__name__)
        kernel = next((k for k in own if hasattr(k, "stats")), None)
        if kernel is not None:
            yield module, Path(kernel.stats.cache_path or ".")


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
    coarse.units(problem.program, ground, [one], 1, 9.0, 1)
    large_start.first_plan(problem.program, ground, large_start.domains(problem.program), n, 0.0, 9.0, 1, 1)
    ends, edges = np.array([1, 0]), np.zeros(2, np.int64)
    spreading_bound(Spread(np.arange(3), ends, edges, np.ones(1), np.ones(2), 1.5, 0.0), Clock())
    draw_chain(graph_of(problem.program, np.arange(n, dtype=np.int64)), 2, 1, seed=1, number=0, thin=1, burn=1)
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
