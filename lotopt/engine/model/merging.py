"""Atoms that stay together made one atom: the same problem over fewer atoms, and its plans told in the old ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lotopt.engine.model.program import Ints, Partitioning
from lotopt.engine.model.units import merged_program


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
    group = _groups(together, atom_of)
    sizes = np.bincount(group[group >= 0]).astype(np.int64)
    program = merged_program(old, atom_of)._replace(group=group, group_size=sizes)
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
