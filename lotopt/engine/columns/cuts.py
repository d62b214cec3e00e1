"""Subset-row cuts (Jepsen, Petersen, Spoorendonk & Pisinger 2008): of three atoms, one column at most holds two.

Of any three atoms, the columns that hold two or more are at most one in every plan, but may add up to one and a half
in the relaxed one. "Holds two or more of the three" is a straddle of a layer that has these atoms as its agencies, so
a cut is one more slot and one more side row, and pricing knows it already.
"""

from __future__ import annotations

import numpy as np

from lotopt.engine.columns.makers import Joint, Maker
from lotopt.engine.columns.pricing import Columns
from lotopt.engine.model.program import STRADDLE, Floats, Program

# cuts of one round, and how many of them may hold the same atom
MOST_CUTS, MOST_EACH = 24, 4
# a cut is of use where the relaxed plan breaks it by this much
BROKEN = 0.02

Triple = tuple[int, int, int]


def broken_triples(columns: Columns, values: Floats, atoms: int) -> list[Triple]:
    """Triples of atoms of which the columns that hold two or more add up to more than one, the worst first."""
    used = np.flatnonzero(values > 1e-7)
    inside = columns.take(used).members(atoms).astype(np.float64)
    share = values[used]
    pairs = inside.T @ (inside * share[:, None])
    found: list[tuple[float, Triple]] = []
    for a in range(atoms - 2):
        later = np.arange(a + 1, atoms)
        held = inside[:, a] * share
        three = inside[:, later].T @ (inside[:, later] * held[:, None])
        weight = pairs[a, later][:, None] + pairs[a, later][None, :] + pairs[np.ix_(later, later)] - 2.0 * three
        b, c = np.nonzero(np.triu(weight > 1.0 + BROKEN, 1))
        found += [
            (float(weight[i, j]), (a, int(later[i]), int(later[j])))
            for i, j in zip(b.tolist(), c.tolist(), strict=True)
        ]
    found.sort(key=lambda pair: (-round(pair[0], 9), pair[1]))
    times = np.zeros(atoms, dtype=np.int64)
    chosen: list[Triple] = []
    for _, triple in found:
        if (times[list(triple)] < MOST_EACH).all():
            times[list(triple)] += 1
            chosen.append(triple)
        if len(chosen) == MOST_CUTS:
            break
    return chosen


def with_cuts(x: Joint, triples: list[Triple]) -> Joint:
    """The problem with a side row for each triple; its slots come after those of the problem."""
    makers = []
    for maker in x.makers:
        slots = maker.program.slots
        program = _with_layers(maker.program, triples)
        rows = np.zeros((len(maker.rows) + len(triples), program.slots))
        rows[: len(maker.rows), :slots] = maker.rows
        rows[np.arange(len(maker.rows), len(rows)), np.arange(slots, program.slots)] = 1.0
        makers.append(Maker(maker.name, program, np.append(maker.cost, np.zeros(len(triples))), rows))
    more = len(triples)
    return Joint(
        tuple(makers),
        np.append(x.row_low, np.full(more, -np.inf)),
        np.append(x.row_high, np.ones(more)),
        (*x.row_names, *(f"cut {triple}" for triple in triples)),
        x.facts,
        np.vstack([x.fact_rows, np.zeros((more, len(x.facts)))]),
        x.keys,
    )


def _with_layers(p: Program, triples: list[Triple]) -> Program:
    """The program with a layer of three agencies for each triple, and a slot that says whether a set holds two."""
    layers, n, more = len(p.layer_ptr), p.atoms, len(triples)
    pointers = np.zeros((more, n + 1), dtype=np.int64)
    for t, triple in enumerate(triples):
        held = np.zeros(n, dtype=np.int64)
        held[list(triple)] = 1
        pointers[t] = len(p.layer_agency) + 3 * t + np.concatenate([[0], np.cumsum(held)])
    first = int(p.layer_first[-1])
    return p._replace(
        layer_ptr=np.concatenate([p.layer_ptr, pointers]),
        layer_agency=np.concatenate([p.layer_agency, first + np.arange(3 * more)]),
        layer_weight=np.concatenate([p.layer_weight, np.ones(3 * more)]),
        layer_first=np.concatenate([p.layer_first, first + 3 * np.arange(1, more + 1)]),
        kind=np.append(p.kind, np.full(more, STRADDLE)),
        which=np.append(p.which, layers + np.arange(more)),
        target=np.append(p.target, np.zeros(more)),
    )


def binding(triples: list[Triple], row_duals: Floats, rows: int) -> list[Triple]:
    """The triples whose cuts have a price, of the side rows from `rows` on."""
    return [triple for triple, dual in zip(triples, row_duals[rows:], strict=True) if dual < -1e-9]


def bare(columns: Columns, slots: int) -> Columns:
    """The columns without the slots of cuts, which come last."""
    return Columns(columns.sets, columns.slots[:, :slots], columns.maker)


def measured_with(x: Joint, columns: Columns, slots: int) -> Columns:
    """Columns of the problem, or of one with other cuts, measured for the problem; the first `slots` are known."""
    fresh = np.zeros((len(columns), x.makers[0].program.slots))
    fresh[:, :slots] = columns.slots[:, :slots]
    inside = columns.members(x.atoms)
    program = x.makers[0].program
    for slot in range(slots, program.slots):
        layer = program.which[slot]
        three = np.flatnonzero(np.diff(program.layer_ptr[layer]))
        fresh[:, slot] = inside[:, three].sum(axis=1) >= 2
    return Columns(columns.sets, fresh, columns.maker)
