"""The last steps of a proof: write down the columns that a better plan may hold, fewer and fewer, and choose."""

from __future__ import annotations

import numpy as np

from lotopt.core.reading import plain
from lotopt.core.result import Status
from lotopt.engine.explicit import solve_explicit
from lotopt.engine.makers import Joint
from lotopt.engine.master import Answer, solve_milp
from lotopt.engine.pricing import Columns, Priced
from lotopt.engine.relaxation import MOST_STEPS, Relaxed, price_all
from lotopt.engine.standing import PartitionAnswer, Standing, limited
from lotopt.engine.writing import master_over

# columns written down at most: a MILP of more is not solved in a sitting
MOST_COLUMNS = 250_000
# columns of small reduced cost among which a better plan is looked for when too many are left
SOME_COLUMNS = 20_000
# steps a walk may take where a best plan is proven and only equally good ones are looked for
TIE_STEPS = 100_000_000
# a plan that costs less than this part of a typical column is looked at once more, among columns of its own size
FAR_APART = 1000.0


def fix_and_choose(now: Standing, relaxed: Relaxed) -> PartitionAnswer:
    """Write down the columns that a better plan may hold, fewer and fewer as plans get better; then choose."""
    columns = relaxed.columns
    some = SOME_COLUMNS
    while True:
        proven = now.cost is not None and now.cost == now.judged().bound
        with now.clock.phase("fix") as note:
            room = np.inf if now.cost is None else _room(now, relaxed)
            priced = _priced(now, relaxed, room, SOME_COLUMNS if proven else MOST_COLUMNS, proven)
            note(f"{len(priced.columns):,} candidate lots left" + ("" if priced.complete else " or more"))
        if priced.complete:
            return choose(now, priced.columns, started=True)
        if proven:
            now.notes.append("many plans are equally good: which of them is given may depend on the seed")
            return now.judged()
        if now.clock.over():
            return now.judged()
        before = now.cost
        with now.clock.phase("look among the cheapest") as note:
            cheapest = _priced(now, relaxed, room, 2 * some, False, keep_best=True)
            columns = Columns.join([columns, cheapest.columns]).distinct()
            plan_among(now, columns)
            note("no plan" if now.cost is None else f"plan of {plain(now.cost)}")
        some *= 2
        if now.clock.over() or now.cost == before or some > MOST_COLUMNS // 4:
            now.notes.append("more candidate lots are left than can be written down: the gap is told, not closed")
            return now.judged()


def plan_among(now: Standing, columns: Columns) -> None:
    """Look for a better plan among some columns; says nothing about the rest."""
    columns, master, start = master_over(now.joint, columns, now.best, now.makers)
    answer = solve_milp(
        master, now.options, now.clock.part(0.3, at_least=5.0), start=start, confirm=False,
        progress=lambda phase, objective, bound: now.progress(phase, objective, now.bound),
    )  # fmt: skip
    _take(now, answer, columns)
    if answer.interrupted:
        raise KeyboardInterrupt


def choose(now: Standing, columns: Columns, *, started: bool) -> PartitionAnswer:
    """Solve over columns that hold every better plan: what is proven of them is proven of all."""
    columns, master, begin = master_over(now.joint, columns, now.best if started else None, now.makers)
    answer = solve_explicit(
        master, now.options, now.clock,
        lambda phase, objective, bound: now.progress(phase, objective, now.bound), begin,
    )  # fmt: skip
    if answer.status == Status.INFEASIBLE:
        if now.best is not None:  # no better plan is among them, and better plans are nowhere else
            assert now.cost is not None
            now.raise_bound(now.cost)
            return now.judged()
        held = columns.members(now.joint.atoms).any(axis=0)
        return now.none_exists(tuple(np.flatnonzero(~held).tolist()))
    now.notes += answer.notes
    _take(now, answer, columns)
    if answer.objective is not None and 0.0 < FAR_APART * answer.objective < master.typical_cost:
        # Beside such costs a solver cannot tell plans of so small a cost apart. Where no cost is negative, a
        # plan as good holds no column that alone costs more: among the others it can.
        costs = master.costs[: len(columns)]
        kept = np.flatnonzero(costs <= answer.objective * (1 + 1e-9))
        if costs.min() >= 0.0 and len(kept) < len(columns) and not answer.interrupted:
            return choose(now, columns.take(kept), started=True)
    if answer.bound is not None:
        now.raise_bound(answer.bound)
    return now.judged(interrupted=answer.interrupted)


def _priced(now: Standing, relaxed: Relaxed, room: float, most: int, proven: bool, keep_best: bool = False) -> Priced:
    """Columns of reduced cost below `room`, `most` of them."""
    x: Joint = now.joint
    return price_all(
        x, 1.0, relaxed.duals, relaxed.row_duals, room,
        most=max(most // len(x.makers), 1000) if keep_best else most, keep_best=keep_best,
        stop=limited(now.clock, TIE_STEPS if proven else MOST_STEPS),
    )  # fmt: skip


def _room(now: Standing, relaxed: Relaxed) -> float:
    """How far the reduced cost of a column of a better, or equally good, plan may lie above zero."""
    assert now.cost is not None
    return now.cost - relaxed.bound + 1e-8 * max(abs(now.cost), abs(relaxed.bound))


def _take(now: Standing, answer: Answer, columns: Columns) -> None:
    if answer.chosen is None or answer.objective is None:
        return
    chosen = answer.chosen[answer.chosen < len(columns)]  # facts are no columns
    inside = columns.members(now.joint.atoms)[chosen]
    makers = tuple(int(who) for who in columns.maker[chosen]) if now.several is not None else ()
    now.keep(tuple(np.flatnonzero(row) for row in inside), answer.objective, equal=True, makers=makers)
