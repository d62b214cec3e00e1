"""Maps with a narrow frontier: the LP bound over all columns, the columns a better plan may hold, and the best plan.

The same steps as for columns that can be walked through, with pricing by the frontier (pricing.py).
"""

from __future__ import annotations

import numpy as np

from lotopt.core.reading import plain
from lotopt.core.result import Status
from lotopt.engine.columns.choose import MOST_COLUMNS, choose, plan_among
from lotopt.engine.columns.pricing import Columns
from lotopt.engine.columns.standing import PartitionAnswer, Standing, limited
from lotopt.engine.columns.writing import master_over, parts_of
from lotopt.engine.frontier.pricing import Frontier, frontier_of
from lotopt.engine.frontier.relaxation import MOST_STEPS, Narrowed, relax_narrow, sharpened, step_of
from lotopt.engine.model.program import BANDED, BORDER, DEVIATION, ONE, TOTAL, Partitioning
from lotopt.engine.search.local import Searched, search
from lotopt.engine.solve.explicit import solve_explicit

# rounds of search before the bound
MORE_ROUNDS = 16
# the first share of the bound within which columns are written down where no good plan is known
FIRST_ROOM = 0.01


def along_frontier(now: Standing, searched: Searched) -> PartitionAnswer | None:
    """The best plan proven, or the best that the time allows with a bound; None where the frontier is no help.

    It helps where the cost of a lot is known by its border, its atoms and one sum, and the map is narrow enough.
    """
    if not _told_by_layers(now.problem):
        return None
    frontier = frontier_of(now.problem)
    if frontier is None:
        return None
    with now.clock.phase("search on") as note:
        # a good plan to begin with saves more than it costs: the bound need only come near enough to it
        part = now.clock.part(0.1)
        again = search(
            now.problem, now.options.seed + 1, rounds=MORE_ROUNDS, steps=4000 + 100 * now.problem.program.atoms,
            stop=part.over, tell=now.tell("search on"),
        )  # fmt: skip
        if again.plan is not None:
            now.keep(parts_of(again.plan), again.cost)
        note("no plan found" if now.cost is None else f"plan of {plain(now.cost)}")
    with now.clock.phase("relax along a frontier") as note:
        relaxed = relax_narrow(now, frontier, Columns.join([searched.columns, again.columns]))
        note(
            f"{frontier.layers.states:,} states, {relaxed.rounds} rounds of pricing, "
            + ("no plan exists" if relaxed.feasible is False else f"bound {plain(relaxed.bound)}")
        )
    if relaxed.feasible is False:
        return now.none_exists()
    if not np.isfinite(relaxed.bound):
        return None
    now.raise_bound(sharpened(now.problem, relaxed.bound))
    return _close(now, frontier, relaxed)


def _told_by_layers(problem: Partitioning) -> bool:
    """Whether every price of a column is known by its border, its atoms and one sum."""
    p = problem.program
    priced = np.flatnonzero(problem.cost.astype(bool) | problem.rows.astype(bool).any(axis=0))
    return all(p.kind[slot] in (ONE, TOTAL, BORDER, DEVIATION, BANDED) for slot in priced)


def _close(now: Standing, frontier: Frontier, relaxed: Narrowed) -> PartitionAnswer:
    """Write down the columns of all plans near the bound, further and further from it, until one is the best."""
    if now.cost is None and not now.clock.over():
        with now.clock.phase("first plans") as note:
            plan_among(now, relaxed.columns)
            note("no plan found" if now.cost is None else f"plan of {plain(now.cost)}")
    step, room = step_of(now.problem), FIRST_ROOM * abs(relaxed.bound)
    while not now.clock.over() and not _proven(now):
        assert now.bound is not None
        if step:
            room = now.bound - relaxed.bound + 1e-3 * step
        elif now.cost is not None:
            room = min(room, now.cost - relaxed.bound + 1e-8 * max(abs(now.cost), abs(relaxed.bound)))
        with now.clock.phase("fix") as note:
            priced = frontier.price(
                now.problem.cost, relaxed.duals, relaxed.row_duals, room,
                most=MOST_COLUMNS, keep_best=False, stop=limited(now.clock, MOST_STEPS),
            )  # fmt: skip
            few = priced.complete
            note(f"{len(priced.columns):,} candidate lots within {plain(room)}" + ("" if few else " or more"))
        if not few:
            now.notes.append("more candidate lots are left than can be written down: the gap is told, not closed")
            break
        if now.cost is not None and relaxed.bound + room >= now.cost:
            return choose(now, priced.columns, started=True)
        _choose_near(now, priced.columns, relaxed.bound + room)
        room *= 2.0
    return now.judged()


def _proven(now: Standing) -> bool:
    return now.cost is not None and now.bound is not None and now.bound >= now.cost


def _choose_near(now: Standing, columns: Columns, ceiling: float) -> None:
    """The best plan among columns that hold every plan cheaper than `ceiling`, and the bound that follows for all."""
    columns, master, _ = master_over(now.joint, columns, None, ())
    answer = solve_explicit(
        master, now.options, now.clock, lambda phase, objective, bound: now.progress(phase, now.cost, now.bound)
    )
    if answer.chosen is not None and answer.objective is not None:
        inside = columns.members(now.joint.atoms)[answer.chosen]
        now.keep(tuple(np.flatnonzero(row) for row in inside), answer.objective)
    if answer.interrupted:
        raise KeyboardInterrupt
    if answer.status == Status.INFEASIBLE:
        now.raise_bound(sharpened(now.problem, ceiling))
    elif answer.bound is not None:
        now.raise_bound(sharpened(now.problem, min(answer.bound, ceiling)))
