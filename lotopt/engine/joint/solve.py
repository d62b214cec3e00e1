"""Columns and who makes them, chosen at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lotopt.core.reading import plain
from lotopt.core.result import Status
from lotopt.engine.columns.choose import choose, fix_and_choose, plan_among
from lotopt.engine.columns.makers import Joint, Maker, made_by
from lotopt.engine.columns.pricing import CHUNK, Columns
from lotopt.engine.columns.relaxation import Relaxed, price_all, relax_all
from lotopt.engine.columns.standing import PartitionAnswer as JointAnswer
from lotopt.engine.columns.standing import Standing
from lotopt.engine.columns.writing import started
from lotopt.engine.joint.division import solve_division
from lotopt.engine.joint.first_plan import first_plan
from lotopt.engine.model.program import Ints
from lotopt.engine.partition import stranded
from lotopt.engine.search.local import columns_of, search
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import Progress, silent
from lotopt.engine.solve.solvers import SolverOptions

__all__ = ["Joint", "JointAnswer", "Maker", "solve_joint"]

# where all columns of all makers together are fewer, they are written down at once
FEW_COLUMNS = 400
# makers at whose costs a search is made for columns to begin with
MOST_SEARCHES = 4


def solve_joint(
    problem: Joint,
    options: SolverOptions,
    clock: Clock,
    progress: Progress | None = None,
    *,
    few: int = FEW_COLUMNS,
    starts: Sequence[Ints] = (),
) -> JointAnswer:
    """The plan of least cost over columns of several makers, proven within options.gap where time and size allow.

    Where costs are sums over atoms and columns, by dividing the atoms among the makers (division.py); else, or where
    that does not come to an end, by column generation. `infeasible` is proven. Ctrl-C gives the best plan so far.
    """
    standing = Standing(problem.parts[0], options, clock, progress or silent, several=problem)
    try:
        return _answer(standing, few, starts)
    except KeyboardInterrupt:
        return standing.judged(interrupted=True)


def _answer(now: Standing, few: int, starts: Sequence[Ints]) -> JointAnswer:
    x = now.joint
    low, high = x.fewest_and_most
    hopeless = set.intersection(*(set(stranded(part)) for part in x.parts))
    if low > high or hopeless:
        return now.none_exists(tuple(sorted(hopeless)))
    everything = _everything(x, few)
    if everything is not None:
        with now.clock.phase("enumerate") as note:
            note(f"all {len(everything)} candidate lots with a provider each")
        return choose(now, everything, started=False)
    sets = _lots_first(now, starts)
    answer = solve_division(now) if x.is_additive else first_plan(now)
    if answer is not None:
        return answer
    if now.judged().status == Status.OPTIMAL:
        return _near_enough(now)
    relaxed = _relax(now, _columns(now, sets))
    if relaxed.feasible is False:
        return now.none_exists()
    if not np.isfinite(relaxed.bound):
        if relaxed.columns is not None and len(relaxed.columns):
            with now.clock.phase("recombine"):
                plan_among(now, relaxed.columns)
        if now.bound is None:
            now.notes.append("candidate lots are too many to walk through all of them: there is no bound")
        return now.judged()
    now.raise_bound(relaxed.bound)
    with now.clock.phase("first plans") as note:
        plan_among(now, relaxed.columns)
        note("no plan found" if now.cost is None else f"plan of {plain(now.cost)}")
    return fix_and_choose(now, relaxed)


def _near_enough(now: Standing) -> JointAnswer:
    answer = now.judged()
    if answer.objective != answer.bound:
        now.notes.append("proven to the wanted gap only: another run may give another plan within it")
    return now.judged()


def _everything(x: Joint, few: int) -> Columns | None:
    """All columns of all makers where they are few; None otherwise."""
    if few <= 0:
        return None
    steps = [few * 50]

    def stop() -> bool:
        steps[0] -= CHUNK
        return steps[0] < 0

    found = price_all(x, 0.0, np.zeros(x.atoms), np.zeros(len(x.row_low)), 1.0, most=few, keep_best=False, stop=stop)
    return found.columns.distinct() if found.complete else None


def _lots_first(now: Standing, starts: Sequence[Ints]) -> Columns:
    """Good plans for some makers alone, then the best choice of who makes what: there is a plan to keep early on.

    The sets of atoms met on the way, those of plans given to begin with among them.
    """
    x = now.joint
    with now.clock.phase("search") as note:
        limit = now.clock.part(0.2)
        found, plans = [], list(starts)
        if plans:  # before anything that takes time: a good start is kept whatever comes of the rest
            found.append(columns_of(x.makers[0].program, plans))
            plan_among(now, _by_all(x, found[0]))
        for number in range(min(len(x.makers), MOST_SEARCHES)):
            part = x.alone(number * len(x.makers) // min(len(x.makers), MOST_SEARCHES))
            searched = search(part, now.options.seed + number, rounds=2, steps=2000, stop=limit.over)
            found.append(searched.columns)
            plans += [] if searched.plan is None else [searched.plan]
        if plans:
            plan_among(now, _by_all(x, columns_of(x.makers[0].program, plans)))
        sets = Columns.join(found).distinct()
        told = "no plan found" if now.cost is None else f"plan of {plain(now.cost)}"
        note(f"{len(sets)} candidate lots to begin with, {told}")
    return sets


def _columns(now: Standing, sets: Columns) -> Columns:
    """Columns to begin with: the sets as made by every maker that may, and those of the best plan."""
    x = now.joint
    columns = _by_all(x, sets)
    return columns if now.best is None else Columns.join([columns, x.measured(started(x, now.best, now.makers))])


def _by_all(x: Joint, sets: Columns) -> Columns:
    return legal(x, Columns.join([made_by(sets, number) for number in range(len(x.makers))]))


def legal(x: Joint, columns: Columns) -> Columns:
    """The columns that their makers may make, measured."""
    columns = x.measured(columns)
    may = np.ones(len(columns), dtype=bool)
    for number, maker in enumerate(x.makers):
        p, mine = maker.program, columns.maker == number
        inside = columns.members(x.atoms)[mine]
        for m, slot in enumerate(p.limit_slot):
            value = columns.slots[mine, slot]
            let_off = (inside & p.limit_exempt[m]).any(axis=1)
            may[mine] &= let_off | ((value >= p.limit_low[m]) & (value <= p.limit_high[m]))
    return columns.take(np.flatnonzero(may))


def _relax(now: Standing, columns: Columns) -> Relaxed:
    with now.clock.phase("relax") as note:
        clock = now.clock if now.clock.left() is None else now.clock.part(0.6)
        relaxed = relax_all(
            now.joint, columns, clock, upper=now.cost, threads=now.options.threads, tell=now.raises("relax")
        )
        note(
            f"{relaxed.rounds} rounds of pricing, {relaxed.steps:,} sets walked through, "
            + ("no plan exists" if relaxed.feasible is False else f"bound {plain(relaxed.bound)}")
        )
    return relaxed
