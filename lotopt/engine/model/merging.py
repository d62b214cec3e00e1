"""Atoms that stay together made one atom: the same problem over fewer atoms, and its plans told in the old ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lotopt.engine.model.program import Floats, Ints, Partitioning, Program, csr


@dataclass(frozen=True, eq=False)
class Merged:
    """A problem over fewer atoms: `atom_of` (n,) says which of them each old atom is in."""

    problem: Partitioning
    atom_of: Ints

    def expanded(self, plan: Sequence[Ints]) -> tuple[Ints, ...]:
        """The columns of a plan as sorted old atoms."""
        return tuple(np.flatnonzero(np.isin(self.atom_of, part)) for part in plan)


def merged(problem: Partitioning, groups: Iterable[Sequence[int]]) -> Merged:
    """The problem in which the atoms of each group come all together.

    They are one atom where links join them; a group in several pieces stays several atoms of one group, so that an
    atom never stands for ground that is not in one piece. Groups of the problem itself are kept.
    """
    old = problem.program
    pairs = [(group[0], v) for group in groups for v in group[1:]]
    for g in range(len(old.group_size)):
        held = np.flatnonzero(old.group == g)
        pairs += [(int(held[0]), int(v)) for v in held[1:]]
    together = classes(old.atoms, pairs)
    links = zip(np.repeat(np.arange(old.atoms), np.diff(old.link_ptr)).tolist(), old.link_to.tolist(), strict=True)
    piece = classes(old.atoms, [(a, b) for a, b in links if together[a] == together[b]])
    roots = np.unique(piece)
    exempt = np.bincount(np.nonzero(old.limit_exempt)[1], minlength=old.atoms) > 0
    place = {r: (not exempt[piece == r].any(), float(np.flatnonzero(piece == r).mean()), int(r)) for r in roots}
    number = {root: i for i, root in enumerate(sorted(roots.tolist(), key=lambda r: place[r]))}
    atom_of = np.array([number[root] for root in piece.tolist()], dtype=np.int64)
    program = _merged_program(old, atom_of, _groups(together, atom_of))
    keys = tuple(problem.keys[int(np.flatnonzero(atom_of == atom)[0])] for atom in range(len(roots)))
    return Merged(
        Partitioning(program, problem.cost, problem.rows, problem.row_low, problem.row_high, problem.row_names, keys),
        atom_of,
    )


def classes(n: int, pairs: Iterable[tuple[int, int]]) -> Ints:
    """The smallest member of each element's class after joining all pairs."""
    parent = list(range(n))

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for a, b in pairs:
        x, y = sorted((find(a), find(b)))
        parent[y] = x
    return np.array([find(i) for i in range(n)], dtype=np.int64)


def _groups(together: Ints, atom_of: Ints) -> Ints:
    """The group of each new atom: a number for what stays together in several pieces, -1 for the rest."""
    count = int(atom_of.max(initial=-1)) + 1
    whole = np.zeros(count, dtype=np.int64)
    whole[atom_of] = together
    names, sizes = np.unique(whole, return_counts=True)
    split = names[sizes > 1].tolist()
    return np.array([split.index(root) if root in split else -1 for root in whole.tolist()], dtype=np.int64)


def _merged_program(p: Program, atom_of: Ints, group: Ints) -> Program:
    n = len(group)
    members = [np.flatnonzero(atom_of == atom).tolist() for atom in range(n)]
    link_ptr, link_to = csr(
        [sorted({int(x) for v in held for x in atom_of[_row(p.link_ptr, p.link_to, v)]} - {atom})
         for atom, held in enumerate(members)]
    )  # fmt: skip
    borders: list[dict[int, float]] = []
    for atom, held in enumerate(members):
        shared: dict[int, float] = {}
        for v in held:
            for e in range(p.border_ptr[v], p.border_ptr[v + 1]):
                other = int(atom_of[p.border_to[e]])
                if other != atom:
                    shared[other] = shared.get(other, 0.0) + float(p.border_length[e])
        borders.append(shared)
    border_ptr, border_to = csr([sorted(shared) for shared in borders])
    layer_ptr, layer_agency, layer_weight = _layers(p, members)
    point_ptr, points = csr(
        [[e for v in held for e in range(p.point_ptr[v], p.point_ptr[v + 1])] for held in members]
    )
    exempt = np.zeros((len(p.limit_slot), n), dtype=bool)
    for atom, held in enumerate(members):
        exempt[:, atom] = p.limit_exempt[:, held].any(axis=1)
    sums = np.array([np.bincount(atom_of, weights=row, minlength=n) for row in p.sums]).reshape(len(p.sums), n)
    return p._replace(
        link_ptr=link_ptr,
        link_to=link_to,
        sums=sums,
        layer_ptr=layer_ptr,
        layer_agency=layer_agency,
        layer_weight=layer_weight,
        clouds=_clouds(p, members),
        border_ptr=border_ptr,
        border_to=border_to,
        border_length=np.array([shared[j] for shared in borders for j in sorted(shared)], dtype=np.float64),
        outer=np.array([sum(shared.values()) for shared in borders], dtype=np.float64),
        point_ptr=point_ptr,
        point_xy=p.point_xy[points],
        group=group,
        group_size=np.bincount(group[group >= 0], minlength=0).astype(np.int64),
        limit_exempt=exempt,
    )


def _row(pointers: Ints, entries: Ints, v: int) -> Ints:
    return entries[pointers[v] : pointers[v + 1]]


def _layers(p: Program, members: list[list[int]]) -> tuple[Ints, Ints, Floats]:
    pointers: list[list[int]] = []
    agencies: list[int] = []
    weights: list[float] = []
    for layer in range(len(p.layer_ptr)):
        row = [len(agencies)]
        for held in members:
            shares: dict[int, float] = {}
            for v in held:
                for e in range(p.layer_ptr[layer, v], p.layer_ptr[layer, v + 1]):
                    agency = int(p.layer_agency[e])
                    shares[agency] = shares.get(agency, 0.0) + float(p.layer_weight[e])
            agencies += sorted(shares)
            weights += [shares[agency] for agency in sorted(shares)]
            row.append(len(agencies))
        pointers.append(row)
    return (
        np.array(pointers, dtype=np.int64).reshape(len(p.layer_ptr), len(members) + 1),
        np.array(agencies, dtype=np.int64),
        np.array(weights, dtype=np.float64),
    )


def _clouds(p: Program, members: list[list[int]]) -> Floats:
    """Weight, moments and centre of each new atom, and its inertia about that centre (parallel axis theorem)."""
    clouds = np.zeros((len(p.clouds), len(members), 7))
    for q, cloud in enumerate(p.clouds):
        for atom, held in enumerate(members):
            some = cloud[held]
            weight = some[:, 0].sum()
            share = some[:, 0] / weight if weight > 0 else np.full(len(held), 1.0 / len(held))
            centre = share @ some[:, 5:7]
            inertia = float((some[:, 4] + some[:, 0] * ((some[:, 5:7] - centre) ** 2).sum(axis=1)).sum())
            clouds[q, atom] = [
                weight, *(weight * centre), inertia + weight * float(centre @ centre), inertia, *centre
            ]  # fmt: skip
    return clouds
