"""Columns written down as a MILP: one row per atom, then the side rows; facts are columns that cost nothing."""

from __future__ import annotations

import numpy as np

from lotopt.engine.columns.makers import Joint
from lotopt.engine.columns.pricing import Columns
from lotopt.engine.model.program import Ints, Partitioning
from lotopt.engine.model.rows import Master, Row


def master_over(
    problem: Partitioning | Joint,
    columns: Columns,
    start: tuple[Ints, ...] | None,
    makers: tuple[int, ...] = (),
) -> tuple[Columns, Master, Ints | None]:
    """The MILP over some columns and those of the start, made by `makers` (all by the first unless given).

    Its columns are these columns, sorted, and then the facts of the problem.
    """
    x = problem if isinstance(problem, Joint) else Joint.of(problem)
    n = x.atoms
    makers = makers or (0,) * len(start or ())
    if start is not None:
        columns = Columns.join([columns, started(x, start, makers)])
    # measured afresh, atom by atom in order: the same column costs the same whichever way it was found
    columns = x.measured(columns.distinct())
    inside = columns.members(n)
    rows = []
    for atom in range(n):
        holding = np.flatnonzero(inside[:, atom])
        rows.append(Row(x.keys[atom], holding, np.ones(len(holding)), 1.0, 1.0))
    sides = x.sides(columns)
    for r, name in enumerate(x.row_names):
        entries, facts = np.flatnonzero(sides[:, r]), np.flatnonzero(x.fact_rows[r])
        held = np.concatenate([entries, len(columns) + facts]).astype(np.int64)
        values = np.concatenate([sides[entries, r], x.fact_rows[r, facts]])
        rows.append(Row(name, held, values, float(x.row_low[r]), float(x.row_high[r])))
    begin = None
    if start is not None:
        place = {(int(who), row.tobytes()): j for j, (who, row) in enumerate(zip(columns.maker, inside, strict=True))}
        parts = zip(makers, start, strict=True)
        begin = np.array(sorted(place[who, _inside(n, part).tobytes()] for who, part in parts), dtype=np.int64)
        if x.facts:
            begin = None  # which facts hold with it is for the solver to find out
    costs = np.concatenate([x.costs(columns), np.zeros(len(x.facts))])
    return columns, Master(costs, tuple(rows), _keys(x, columns, inside)), begin


def started(x: Joint, start: tuple[Ints, ...], makers: tuple[int, ...]) -> Columns:
    """The columns of a plan, each of its maker; their slots are to be measured."""
    sets = np.zeros((len(start), (x.atoms + 63) // 64), dtype=np.int64)
    for row, part in enumerate(start):
        for v in part:
            sets[row, v >> 6] |= np.int64(np.uint64(1) << np.uint64(v & 63))
    return Columns(sets, np.zeros((len(start), x.makers[0].program.slots)), np.array(makers, dtype=np.int64))


def parts_of(plan: Ints) -> tuple[Ints, ...]:
    return tuple(np.flatnonzero(plan == number) for number in np.unique(plan))


def labels_of(atoms: int, plan: tuple[Ints, ...]) -> Ints:
    label = np.zeros(atoms, dtype=np.int64)
    for number, part in enumerate(plan):
        label[part] = number
    return label


def _keys(x: Joint, columns: Columns, inside: np.ndarray) -> tuple[str, ...]:
    """Stable names: the atoms of a column, after its maker where there are several."""
    several = len(x.makers) > 1
    keys = []
    for who, row in zip(columns.maker, inside, strict=True):
        maker = f"{x.makers[who].name}: " if several else ""
        keys.append(maker + " ".join(x.keys[atom] for atom in np.flatnonzero(row)))
    return (*keys, *x.facts)


def _inside(atoms: int, part: Ints) -> np.ndarray:
    inside = np.zeros(atoms, dtype=bool)
    inside[part] = True
    return inside
