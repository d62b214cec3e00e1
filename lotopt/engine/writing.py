"""Columns written down as a MILP: one row per atom, then the side rows."""

from __future__ import annotations

import numpy as np

from lotopt.engine.pricing import Columns
from lotopt.engine.program import Ints, Partitioning
from lotopt.engine.rows import Master, Row
from lotopt.engine.search import columns_of


def master_over(
    problem: Partitioning, columns: Columns, start: tuple[Ints, ...] | None
) -> tuple[Columns, Master, Ints | None]:
    """The MILP over some columns and those of the start: one row per atom, then the side rows."""
    n = problem.program.atoms
    if start is not None:
        columns = Columns.join([columns, columns_of(problem.program, [labels_of(n, start)])])
    # measured afresh, atom by atom in order: the same column costs the same whichever way it was found
    columns = columns.distinct().measured(problem.program)
    inside = columns.members(n)
    rows = []
    for atom in range(n):
        holding = np.flatnonzero(inside[:, atom])
        rows.append(Row(problem.keys[atom], holding, np.ones(len(holding)), 1.0, 1.0))
    sides = columns.slots @ problem.rows.T
    for r, name in enumerate(problem.row_names):
        entries = np.flatnonzero(sides[:, r])
        low, high = float(problem.row_low[r]), float(problem.row_high[r])
        rows.append(Row(name, entries, sides[entries, r], low, high))
    keys = tuple(" ".join(problem.keys[atom] for atom in np.flatnonzero(row)) for row in inside)
    begin = None
    if start is not None:
        place = {row.tobytes(): j for j, row in enumerate(inside)}
        begin = np.array(sorted(place[_inside(n, part).tobytes()] for part in start), dtype=np.int64)
    return columns, Master(columns.slots @ problem.cost, tuple(rows), keys), begin


def parts_of(plan: Ints) -> tuple[Ints, ...]:
    return tuple(np.flatnonzero(plan == number) for number in np.unique(plan))


def labels_of(atoms: int, plan: tuple[Ints, ...]) -> Ints:
    label = np.zeros(atoms, dtype=np.int64)
    for number, part in enumerate(plan):
        label[part] = number
    return label


def _inside(atoms: int, part: Ints) -> np.ndarray:
    inside = np.zeros(atoms, dtype=bool)
    inside[part] = True
    return inside
