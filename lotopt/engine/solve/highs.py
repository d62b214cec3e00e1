"""HiGHS in this process, in a thread of its own: Ctrl-C stops it and the best values so far are kept."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lotopt.engine.solve import memory

if TYPE_CHECKING:
    import highspy

Floats = npt.NDArray[np.float64]

# HiGHS asks whether to stop between its own steps; on hard problems up to 3 s passed between two questions. After the
# grace the thread is left to itself and what was seen so far is the answer.
GRACE = 15.0
STEP = 0.1


@dataclass
class Run:
    """What was seen of a run: whether it ended by itself, and the best values and bound up to then.

    `finished` is false where HiGHS did not stop when asked to; its model must not be touched then. `full`:
    it was stopped because it held more memory than it may.
    """

    finished: bool = False
    interrupted: bool = False
    full: bool = False
    failure: str = ""
    values: Floats | None = None
    objective: float | None = None
    bound: float | None = None


def new_highs(threads: int, seed: int) -> highspy.Highs:
    """A silent HiGHS with the options every solve of ours shares."""
    import highspy

    model = highspy.Highs()
    model.silent()
    model.setOptionValue("threads", int(threads))
    model.setOptionValue("random_seed", int(seed))
    return model


def lp_of(problem: Any, names: list[str]) -> Any:
    """A PuLP problem over binaries as a HighsLp, columns in the order of `names`, rows in their own."""
    import highspy

    place = {name: j for j, name in enumerate(names)}
    size = len(names)
    costs = np.zeros(size)
    for variable, cost in problem.objective.items():
        if variable.name in place:  # PuLP adds a dummy to an empty objective
            costs[place[variable.name]] = cost
    starts, index, value, lower, upper = [0], [], [], [], []
    for row in problem.constraints():
        for variable, factor in row.items():
            index.append(place[variable.name])
            value.append(factor)
        starts.append(len(index))
        low, high = row.getLb(), row.getUb()
        lower.append(-math.inf if low is None else low)
        upper.append(math.inf if high is None else high)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = size, len(lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = costs, np.zeros(size), np.ones(size)
    lp.row_lower_, lp.row_upper_ = np.array(lower, dtype=float), np.array(upper, dtype=float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array(starts, dtype=np.int32)
    lp.a_matrix_.index_ = np.array(index, dtype=np.int32)
    lp.a_matrix_.value_ = np.array(value, dtype=float)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * size
    return lp


def run_highs(
    model: highspy.Highs,
    time_left: float | None = None,
    tell: Callable[[float | None, float | None], None] | None = None,
) -> Run:
    """Run a HiGHS model (LP or MILP) within `time_left` seconds, always able to stop.

    HiGHS keeps one pool of threads for each thread that calls it, and fails when asked for another size later. A
    thread that lives for one run has a pool that fits. `tell` gets the best objective and the bound, in this thread.
    """
    run = Run()
    stop, done = threading.Event(), threading.Event()
    _watch(model, run, stop)
    if time_left is not None:
        # HiGHS counts from the first run of a model, not from this one.
        model.setOptionValue("time_limit", float(model.getRunTime() + max(time_left, 0.0)))
    threading.Thread(target=_work, args=(model, run, done), daemon=True).start()
    deadline = math.inf if time_left is None else time.monotonic() + time_left + STEP
    given_up = math.inf
    before = memory.held()
    told: tuple[float | None, float | None] = (None, None)
    while not done.is_set() and time.monotonic() < given_up:
        try:
            done.wait(STEP)
            run.full = run.full or memory.held() - before > memory.CEILING
            if run.full or time.monotonic() > deadline:
                stop.set()
            if stop.is_set():
                given_up = min(given_up, time.monotonic() + GRACE)
            elif tell is not None and told != (run.objective, run.bound):
                told = (run.objective, run.bound)
                tell(*told)
        except KeyboardInterrupt:
            if run.interrupted:
                break  # asked twice: do not wait for HiGHS
            run.interrupted = True
            stop.set()
        except BaseException:
            stop.set()
            done.wait(GRACE)
            raise
    run.finished = done.is_set()
    return run


def _work(model: highspy.Highs, run: Run, done: threading.Event) -> None:
    import highspy

    try:
        if model.run() == highspy.HighsStatus.kError:
            run.failure = "HiGHS reports an error"
    except Exception as error:  # told by the thread that waits
        run.failure = f"HiGHS failed: {error}"
    finally:
        done.set()
        highspy.Highs.resetGlobalScheduler(False)


def _watch(model: highspy.Highs, run: Run, stop: threading.Event) -> None:
    """Subscribe to what HiGHS tells while it runs; these calls come in its thread."""

    def ask(event: Any) -> None:
        if stop.is_set():
            event.interrupt()

    def ask_milp(event: Any) -> None:
        bound = float(event.data_out.mip_dual_bound)
        if math.isfinite(bound):
            run.bound = bound
        ask(event)

    def better(event: Any) -> None:
        run.values = np.array(event.data_out.mip_solution, dtype=np.float64)
        run.objective = float(event.data_out.objective_function_value)

    model.cbSimplexInterrupt.subscribe(ask)
    model.cbIpmInterrupt.subscribe(ask)
    model.cbMipInterrupt.subscribe(ask_milp)
    model.cbMipImprovingSolution.subscribe(better)
