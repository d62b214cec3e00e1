"""The last steps of a proof: write down the columns that a better plan may hold, fewer and fewer, and choose."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lotopt.core.reading import plain
from lotopt.core.result import Status
from lotopt.engine.columns.cuts import Triple, bare, binding, broken_triples, measured_with, with_cuts
from lotopt.engine.columns.pricing import Columns, Priced
from lotopt.engine.columns.relaxation import MOST_STEPS, Relaxed, price_all, relax_all
from lotopt.engine.columns.standing import PartitionAnswer, Standing, limited
from lotopt.engine.columns.writing import master_over, started
from lotopt.engine.solve.explicit import solve_explicit
from lotopt.engine.solve.master import Answer, solve_milp

# columns written down at most: a MILP of more is not solved in a sitting
MOST_COLUMNS = 250_000
# columns of small reduced cost among which a better plan is looked for when too many are left
SOME_COLUMNS = 20_000
# steps a walk may take where a best plan is proven and only equally good ones are looked for
TIE_STEPS = 100_000_000
# where fewer are left, a MILP solver needs no help
FEW_LEFT = 2_000
MOST_ROUNDS = 15
# a plan that costs less than this part of a typical column is looked at once more, among columns of its own size
FAR_APART = 1000.0


def fix_and_choose(now: Standing, relaxed: Relaxed, better: Callable[[], Columns] | None = None) -> PartitionAnswer:
    """Write down the columns that a better plan may hold, fewer and fewer; then choose.

    Where they are many, cuts raise the bound, and `better` looks for plans; it gives columns of those it met.
    """
    some = SOME_COLUMNS
    sharpened = False
    while True:
        proven = now.cost is not None and now.cost == now.judged().bound
        with now.clock.phase("fix") as note:
            room = np.inf if now.cost is None else _room(now, relaxed)
            priced = _priced(now, relaxed, room, SOME_COLUMNS if proven else MOST_COLUMNS, proven)
            note(f"{len(priced.columns):,} candidate lots left" + ("" if priced.complete else " or more"))
        if priced.complete and (sharpened or len(priced.columns) <= FEW_LEFT):
            return choose(now, priced.columns, started=True)
        if proven:
            now.notes.append("many plans are equally good: which of them is given may depend on the seed")
            return now.judged()
        if now.clock.over():
            return now.judged()
        if not sharpened:
            sharpened = True
            relaxed = _sharpened(now, relaxed, better)
            continue
        before = now.cost
        with now.clock.phase("look among the cheapest") as note:
            cheapest = _priced(now, relaxed, room, 2 * some, False, keep_best=True)
            plan_among(now, Columns.join([relaxed.columns, cheapest.columns]))
            note("no plan" if now.cost is None else f"plan of {plain(now.cost)}")
        some *= 2
        if now.clock.over() or now.cost == before or some > MOST_COLUMNS // 4:
            now.notes.append("more candidate lots are left than can be written down: the gap is told, not closed")
            return now.judged()


def _sharpened(now: Standing, relaxed: Relaxed, better: Callable[[], Columns] | None) -> Relaxed:
    """Better plans, then cuts until the relaxed plan breaks none, or the bound hardly rises."""
    found = [relaxed.columns]
    if better is not None:
        with now.clock.phase("search again") as note:
            found.append(better())
            note("no plan found" if now.cost is None else f"plan of {plain(now.cost)}")
    x, slots = now.joint, now.joint.makers[0].program.slots
    triples: list[Triple] = []
    with now.clock.phase("cut") as note:
        for _ in range(MOST_ROUNDS):
            new = broken_triples(relaxed.columns, relaxed.values, x.atoms) if relaxed.complete else []
            if not new or now.clock.over() or now.cost == now.judged().bound:
                break
            triples = [*binding(triples, relaxed.row_duals, len(x.row_low)), *new]
            pool = [bare(columns, slots) for columns in (*found, relaxed.columns)]
            if now.best is not None:
                pool.append(x.measured(started(x, now.best, now.makers or (0,) * len(now.best))))
            cut = with_cuts(x, triples)
            again = relax_all(
                cut, measured_with(cut, Columns.join(pool).distinct(), slots), now.clock.part(0.5),
                upper=now.cost, threads=now.options.threads,
                tell=now.raises("cut"),
            )  # fmt: skip
            if again.feasible is False or again.bound <= relaxed.bound:
                break
            found, relaxed = [], again
            now.raise_bound(again.bound)
        note(f"{len(triples)} cuts bind, bound {plain(relaxed.bound)}")
    if triples:
        with now.clock.phase("look among the columns of the bound"):
            plan_among(now, relaxed.columns)
    return relaxed


def plan_among(now: Standing, columns: Columns) -> None:
    """Look for a better plan among some columns; says nothing about the rest."""
    columns = bare(columns, now.joint.makers[0].program.slots)
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
    columns = bare(columns, now.joint.makers[0].program.slots)
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
    x = relaxed.problem
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
