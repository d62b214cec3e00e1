"""The parts of the study, pure functions of their arguments, run beside each other and kept by what they rest on."""

from __future__ import annotations

import hashlib
import pickle
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

import lotopt
from benchmarks.coherence.ensembles import AREAS, DISTRICTS, SIX_2011, drawn
from benchmarks.coherence.frontier import Point, frontier
from benchmarks.coherence.history import historical
from benchmarks.coherence.measure import Figures, figures_of
from benchmarks.coherence.optima import Best, best, cheapest_free
from benchmarks.coherence.settings import Profile


@dataclass(frozen=True)
class Task:
    """A part of the study by its kind and arguments."""

    kind: str
    args: tuple[Any, ...]

    @property
    def name(self) -> str:
        return "-".join([self.kind, *map(str, self.args)])


def history_task(name: str) -> Figures:
    return figures_of(historical()[name], failures=True, each=True)


def best_task(lots: int) -> list[tuple[Best, Figures]]:
    """The best designs of every kind with so many lots, measured."""
    found = [best(kind, lots) for kind in ("coherence", "compact", "price")]
    found.append(cheapest_free(lots, found[-1].design))
    return [(one, figures_of(one.design, failures=True, each=True)) for one in found]


def frontier_task(lots: int, enough: int) -> list[tuple[Point, Figures]]:
    return [(point, figures_of(point.best.design, failures=False)) for point in frontier(lots, enough)]


# What the results rest on: floors of the package, and modules of the study.
CODE = ("core", "engine", "territory", "market", "design", "allocation", "joint")
OWN = (*("settings", "place", "history", "market", "measure", "optima", "descent", "frontier", "ensembles", "tasks"),)

KINDS: dict[str, Callable[..., Any]] = {
    "history": history_task,
    "best": best_task,
    "frontier": frontier_task,
    "ensemble": drawn,
}


def tasks_of(profile: Profile) -> list[Task]:
    """Everything a profile asks for, what takes longest first."""
    found = [Task("frontier", (lots, profile.points)) for lots in sorted(profile.frontiers)]
    found += [Task("best", (lots,)) for lots in profile.lots]
    draw = (profile.designs, profile.drills)
    found.append(Task("ensemble", (SIX_2011, 6, *draw)))
    found += [Task("ensemble", (DISTRICTS, lots, *draw)) for lots in profile.ensembles]
    found += [Task("ensemble", (AREAS, lots, *draw)) for lots in profile.frontiers]
    return [*found, *(Task("history", (name,)) for name in historical())]


def run(tasks: Sequence[Task], workers: int, kept: Path | None, tell: Callable[[str], None]) -> dict[Task, Any]:
    """Every task done, each in one of so many processes; what was kept by an earlier run is not done again.

    What is kept rests on the code of the study and of lotopt: any change makes it anew.
    """
    mark = _digest()
    found: dict[Task, Any] = {}
    left = []
    for task in tasks:
        file = None if kept is None else kept / f"{task.name}-{mark}.pickle"
        if file is not None and file.is_file():
            found[task] = pickle.loads(file.read_bytes())
        else:
            left.append((task, file))
    if found:
        tell(f"{len(found)} parts taken from {kept}")
    for task, file, result, seconds in _done(left, workers):
        found[task] = result
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(".part")
            part.write_bytes(pickle.dumps(result))
            part.replace(file)
        tell(f"{task.name}: {seconds:.0f} s ({len(found)} of {len(tasks)})")
    return {task: found[task] for task in tasks}


def last(tasks: Sequence[Task], kept: Path, tell: Callable[[str], None]) -> dict[Task, Any]:
    """Every task as it was kept last; tells where code or data have changed since. Raises FileNotFoundError."""
    mark, found, old = _digest(), {}, 0
    for task in tasks:
        files = sorted(kept.glob(f"{task.name}-*.pickle"), key=lambda file: (file.stat().st_mtime, file.name))
        if not files:
            raise FileNotFoundError(f"{task.name} was not kept in {kept}")
        old += mark not in files[-1].name
        found[task] = pickle.loads(files[-1].read_bytes())
    if old:
        tell(f"{old} of {len(tasks)} parts were made before code or data changed")
    return found


def _done(left: Sequence[tuple[Task, Path | None]], workers: int) -> Iterator[tuple[Task, Path | None, Any, float]]:
    if workers < 2:
        for task, file in left:
            yield task, file, *_timed(task)
        return
    # a process of its own for each part: HiGHS keeps one pool of threads for all solves of a process
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _deaf, max_tasks_per_child=1)
    with pool:
        waiting = {pool.submit(_timed, task): (task, file) for task, file in left}
        try:
            for future in as_completed(waiting):
                yield *waiting[future], *future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in active_children():
                child.terminate()
            raise


def _deaf() -> None:
    """Leave Ctrl-C to the parent: a solve that is interrupted gives the best plan so far, which is not the answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _timed(task: Task) -> tuple[Any, float]:
    start = time.monotonic()
    return KINDS[task.kind](*task.args), time.monotonic() - start


def _digest() -> str:
    """A hash of the code that the results rest on, and of the data; not of what only tells of them."""
    found = hashlib.sha256()
    package, here = Path(lotopt.__file__).parent, Path(__file__).parent
    data = next(p for p in (package / "geodata", package.parent / "geodata") if p.is_dir())
    files = [file for folder in CODE for file in sorted((package / folder).rglob("*.py"))]
    files += [here / f"{name}.py" for name in OWN]
    files += [*sorted((here / "facts").glob("*.csv")), *sorted(data.rglob("*.csv"))]
    for file in files:
        found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:16]
