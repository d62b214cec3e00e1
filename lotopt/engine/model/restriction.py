"""The same problem over some of its atoms."""

from __future__ import annotations

import numpy as np

from lotopt.engine.model.program import BORDER, ONE, TOTAL, Floats, Ints, Partitioning, Program, csr


def restricted(problem: Partitioning, atoms: Ints, cost: Floats, columns: int) -> Partitioning:
    """The problem of covering only `atoms` (sorted) by exactly `columns` columns, at `cost` (F,) per slot.

    The ground outside is nobody's: borders with it count as borders of the column, as in the whole problem. Side
    rows are left out. Every group of atoms lies whole inside or whole outside.
    """
    p = problem.program
    place = np.full(p.atoms, -1, dtype=np.int64)
    place[atoms] = np.arange(len(atoms))
    link_ptr, link_to, _ = _part(p.link_ptr, p.link_to, np.ones(len(p.link_to)), atoms, place)
    border_ptr, border_to, border_length = _part(p.border_ptr, p.border_to, p.border_length, atoms, place)
    outer = np.add.reduceat(np.append(border_length, 0.0), border_ptr[:-1]) * (np.diff(border_ptr) > 0)
    layers = [_rows(p.layer_ptr[layer], atoms) for layer in range(len(p.layer_ptr))]
    starts = np.cumsum([0, *(len(entries) for _, entries in layers)])
    entries = np.concatenate([np.zeros(0, np.int64), *(entries for _, entries in layers)])
    point_ptr, points = _rows(p.point_ptr, atoms)
    held = np.unique(p.group[atoms][p.group[atoms] >= 0])
    group = np.where(p.group[atoms] >= 0, np.searchsorted(held, p.group[atoms]), -1)
    # two slots more: border with the ground outside, which no column saves, and a count of columns
    small = Program(
        link_ptr,
        link_to,
        np.ascontiguousarray(np.vstack([p.sums[:, atoms], (p.outer[atoms] - outer)[None]])),
        np.array([ptr + start for (ptr, _), start in zip(layers, starts, strict=False)], dtype=np.int64).reshape(
            -1, len(atoms) + 1
        ),
        p.layer_agency[entries],
        p.layer_weight[entries],
        p.layer_first,
        np.ascontiguousarray(p.clouds[:, atoms]),
        border_ptr,
        border_to,
        border_length,
        outer,
        point_ptr,
        p.point_xy[points],
        group.astype(np.int64),
        p.group_size[held],
        np.append(p.kind, [TOTAL, ONE]),
        np.append(p.which, [len(p.sums), 0]),
        np.append(p.target, [0.0, 0.0]),
        p.limit_slot,
        p.limit_low,
        p.limit_high,
        np.ascontiguousarray(p.limit_exempt[:, atoms]),
        p.band_ptr,
        p.band_from,
        p.band_at,
        p.band_slope,
    )
    rows = np.zeros((1, p.slots + 2))
    rows[0, -1] = 1.0
    outside = float(cost[p.kind == BORDER].sum())
    count = np.array([float(columns)])
    keys = tuple(problem.keys[atom] for atom in atoms)
    return Partitioning(small, np.append(cost, [outside, 0.0]), rows, count, count, ("number of columns",), keys)


def links_between(p: Program, atoms: Ints) -> tuple[Ints, Ints]:
    """The links (CSR) between some of the atoms (sorted), renumbered from 0."""
    place = np.full(p.atoms, -1, dtype=np.int64)
    place[atoms] = np.arange(len(atoms))
    link_ptr, link_to, _ = _part(p.link_ptr, p.link_to, np.ones(len(p.link_to)), atoms, place)
    return link_ptr, link_to


def _rows(pointers: Ints, atoms: Ints) -> tuple[Ints, Ints]:
    """Pointers of some rows of a CSR array, and the places of their entries."""
    counts = pointers[atoms + 1] - pointers[atoms]
    places = [np.arange(pointers[atom], pointers[atom + 1]) for atom in atoms]
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return starts, np.concatenate([np.zeros(0, np.int64), *places]).astype(np.int64)


def _part(pointers: Ints, to: Ints, length: Floats, atoms: Ints, place: Ints) -> tuple[Ints, Ints, Floats]:
    """The edges between some atoms, renumbered."""
    held = [[e for e in range(pointers[v], pointers[v + 1]) if place[to[e]] >= 0] for v in atoms.tolist()]
    starts, edges = csr(held)
    return starts, place[to[edges]], length[edges]
