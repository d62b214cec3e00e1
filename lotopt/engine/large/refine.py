"""A plan made better by annealed shifts, at any size: the one interface to the compiled kernel."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lotopt.engine.columns.standing import Standing
from lotopt.engine.columns.writing import parts_of
from lotopt.engine.large.shifts import NEVER, anneal
from lotopt.engine.large.state import BEST, BROKEN, CHANGES, LEGAL, ROWS, TRIED, begin, new_state
from lotopt.engine.model.measure import measure, violation
from lotopt.engine.model.program import Ints, Partitioning
from lotopt.engine.search.moves import Task
from lotopt.engine.search.trees import joined

LOOK = 30_000  # shifts tried between two looks at the clock: some tens of milliseconds
COOLINGS = 60  # at least
STILL = 0.1  # of a run without any heat
COLD = 0.02  # heat before that, as a share of a typical change


@dataclass(frozen=True)
class Refined:
    """The best plan met: labels (n,) numbered as given, its cost, and whether it keeps every limit and side row.

    Where none was met that does, the last plan, at infinite cost.
    """

    label: Ints
    cost: float
    legal: bool
    interrupted: bool = False


def refine(
    problem: Partitioning,
    label: Ints,
    seed: int,
    *,
    tries: int,
    heat: float,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[float], None] = lambda cost: None,
) -> Refined:
    """Anneal from a plan whose columns are each connected: `tries` shifts, `heat` as a share of a typical change.

    The number of columns stays as it is. Ctrl-C ends it with the best plan so far, `interrupted`.
    """
    p = problem.program
    task = Task(problem.cost, problem.rows, problem.row_low, problem.row_high, 1, 1)
    s = new_state(p, len(problem.rows), label, seed)
    f, counts = s.figures, s.counts
    begin(p, task, s)
    interrupted = False
    try:
        if len(s.held) > 1:
            _cool(problem, task, s, tries, heat, stop, tell)
    except KeyboardInterrupt:
        interrupted = True
    if counts[LEGAL] == 0:
        return Refined(s.label.copy(), math.inf, False, interrupted)
    return Refined(s.best.copy(), float(f[BEST]), True, interrupted)


def refined(
    now: Standing, label: Ints, seed: int, *, tries: int, heat: float, stop: Callable[[], bool], phase: str
) -> Ints | None:
    """Anneal from a plan and keep what comes of it where it is better; its labels, None where it breaks anything.

    Raises KeyboardInterrupt after Ctrl-C, once the best plan is kept.
    """
    made = refine(now.problem, label, seed, tries=tries, heat=heat, stop=stop, tell=now.tell(phase))
    cost = cost_of(now.problem, made.label) if made.legal else None
    if cost is not None:
        now.keep(parts_of(made.label), cost)
    if made.interrupted:
        raise KeyboardInterrupt
    return None if cost is None else made.label


def _cool(problem, task, s, tries, heat, stop, tell):  # type: ignore[no-untyped-def]
    p, f, counts = problem.program, s.figures, s.counts
    anneal(p, task, s, min(20_000, max(200, tries // 200)), NEVER, 0.0, 0.0)
    typical = float(f[CHANGES]) / max(int(counts[TRIED]), 1) or 1.0
    # at first, an average atom too many costs as much as some typical changes of the goal
    base = 3.0 * typical * max(1.0, p.atoms / len(s.held))
    on_limits, on_rows = base, 3.0 * typical
    parts = max(COOLINGS, tries // LOOK)
    told = float(f[BEST])
    for part in range(parts):
        begin(p, task, s)  # measured afresh, so that no rounding adds up
        cooling = part / (parts * (1.0 - STILL))
        warmth = heat * typical * (COLD / max(heat, COLD)) ** cooling if cooling < 1.0 else 0.0
        anneal(p, task, s, max(1, tries // parts), warmth, on_limits, on_rows)
        # penalties are kept as low as plans stay legal with, so that shifts may pass through plans that are not
        on_limits = min(max(on_limits * (1.25 if counts[BROKEN] else 0.93), 0.05 * base), 1e6 * base)
        on_rows = min(max(on_rows * (1.25 if f[ROWS] > 0 else 0.93), 0.05 * typical), 1e6 * typical)
        if f[BEST] < told:
            told = float(f[BEST])
            tell(told)
        if stop():
            break


def cost_of(problem: Partitioning, label: Ints) -> float | None:
    """The cost of a plan as the judge measures it, column by column; None where it breaks anything."""
    p = problem.program
    columns = [np.flatnonzero(label == k) for k in np.unique(label)]
    load, inside = np.zeros(int(p.layer_first[-1])), np.zeros(p.atoms, dtype=bool)
    group_seen = np.zeros(len(p.group_size), dtype=np.int64)
    seen, queue = np.zeros(p.atoms, dtype=np.int64), np.zeros(p.atoms, dtype=np.int64)
    slots = np.zeros((len(columns), p.slots))
    for row, members in zip(slots, columns, strict=True):
        measure(p, members, len(members), load, inside, row)
        if violation(p, members, len(members), row, group_seen) > 0.0:
            return None
        if not joined(p.link_ptr, p.link_to, members, len(members), -1, seen, queue):
            return None
    sides = slots @ problem.rows.T
    for r in range(len(problem.rows)):
        whole = math.fsum(sides[:, r])
        slack = 1e-9 * max(1.0, abs(whole))
        if not problem.row_low[r] - slack <= whole <= problem.row_high[r] + slack:
            return None
    return math.fsum(slots @ problem.cost)
