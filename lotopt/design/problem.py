"""A territory, rules and goals as a set-partitioning problem of atoms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lotopt.core.errors import InputError, Problems
from lotopt.design.arrays import Builder, enumerate_by
from lotopt.design.clause import DesignGoal, DesignRule, Group, Limit, Sum, Term
from lotopt.engine.model.merging import classes
from lotopt.engine.model.program import Partitioning
from lotopt.territory import features as f
from lotopt.territory.parts import Floats, Ints
from lotopt.territory.territory import Territory


@dataclass(frozen=True)
class Resolved:
    """Rules and goals with every name looked up in the territory."""

    limits: tuple[Limit, ...]
    sums: tuple[Sum, ...]
    groups: tuple[Group, ...]
    terms: tuple[tuple[float, Term], ...]  # weight of the goal, term


@dataclass(frozen=True, eq=False)
class Contracted:
    """The problem of a territory: `atom_of` (n areas,) says which atom each area is in."""

    problem: Partitioning
    atom_of: Ints


def resolve(territory: Territory, rules: Sequence[DesignRule], goals: Sequence[DesignGoal]) -> Resolved:
    """Look up every name. Raises one InputError with the problems of all rules and goals."""
    problems = Problems("rules and goals")
    limits: list[Limit] = []
    sums: list[Sum] = []
    groups: list[Group] = []
    terms: list[tuple[float, Term]] = []
    for rule in rules:
        try:
            limits += rule.limits(territory)
            sums += rule.sums(territory)
            groups += rule.together(territory)
        except InputError as error:
            for problem in error.problems:
                problems.add(f"{rule.label}: {problem}")
    pieces = {limit.feature for limit in limits if isinstance(limit.feature, f.Pieces)}
    if len(pieces) > 1:
        problems.add("contiguous: stated twice over different kinds of border; state it once")
    lots = fixed_count(sums)
    for goal in goals:
        try:
            terms += [(goal.weight, term) for term in goal.terms(territory, lots)]
        except InputError as error:
            for problem in error.problems:
                problems.add(f"{goal.label}: {problem}")
    problems.check()
    return Resolved(tuple(limits), tuple(sums), tuple(groups), tuple(terms))


def fixed_count(sums: Iterable[Sum]) -> int | None:
    """The number of lots where the rules leave only one."""
    counts = [s for s in sums if isinstance(s.feature, f.One)]
    low = max((s.at_least for s in counts), default=1.0)
    high = min((s.at_most for s in counts), default=np.inf)
    return int(low) if low == high else None


def contract(territory: Territory, resolved: Resolved) -> Contracted:
    """Make one atom of what must stay together, and arrays of all that rules and goals speak about."""
    kinds = next((x.feature.kinds for x in resolved.limits if isinstance(x.feature, f.Pieces)), None)
    contiguous = any(isinstance(x.feature, f.Pieces) for x in resolved.limits)
    exempt = {i for limit in resolved.limits for i in limit.exempt}
    atom_of, group = _atoms(territory, resolved.groups, kinds if contiguous else (), contiguous, exempt)
    builder = Builder(territory, atom_of)
    links = builder.links(kinds) if contiguous else builder.complete()
    limits = [x for x in resolved.limits if not isinstance(x.feature, f.Pieces)]
    limit_slot = np.array([builder.slot(x.feature) for x in limits], dtype=np.int64)
    terms = [(weight * term.coefficient, builder.slot(term.feature)) for weight, term in resolved.terms]
    row_slot = [builder.slot(x.feature) for x in resolved.sums]
    program = builder.program(links, group, limits, limit_slot)
    cost = np.zeros(program.slots)
    for worth, slot in terms:
        cost[slot] += worth
    rows = np.zeros((len(row_slot), program.slots))
    rows[np.arange(len(row_slot)), row_slot] = 1.0
    low = np.array([x.at_least + x.offset for x in resolved.sums])
    high = np.array([x.at_most + x.offset for x in resolved.sums])
    keys = tuple(territory.ids[i] for i in np.unique(atom_of, return_index=True)[1].tolist())
    names = tuple(x.what for x in resolved.sums)
    return Contracted(Partitioning(program, cost, rows, low, high, names, keys), atom_of)


def _atoms(
    territory: Territory,
    groups: Sequence[Group],
    kinds: tuple[str, ...] | None,
    contiguous: bool,
    exempt: set[int],
) -> tuple[Ints, Ints]:
    """Which atom each area is in, and which group each atom is part of (-1: none).

    Areas of one group are one atom where they are connected; a group in several pieces stays several atoms that
    come all together or not at all, so that an atom never stands for ground that is not in one piece. Atoms with
    exempt areas come first; the rest follow a sweep over the map, which keeps frontiers short.
    """
    n = len(territory)
    together = classes(n, [(g.areas[0], area) for g in groups for area in g.areas[1:]])
    piece = np.arange(n)
    if contiguous:
        chosen = territory.borders.of_kinds(kinds)
        pairs = zip(territory.borders.a[chosen].tolist(), territory.borders.b[chosen].tolist(), strict=True)
        piece = classes(n, [(a, b) for a, b in pairs if together[a] == together[b]])
    else:
        piece = together
    members = dict(enumerate_by(piece))
    axis = _sweep(territory.xy)
    order = sorted(members, key=lambda r: (exempt.isdisjoint(members[r].tolist()), float(axis[members[r]].mean()), r))
    number = {root: i for i, root in enumerate(order)}
    atom_of = np.array([number[root] for root in piece.tolist()], dtype=np.int64)
    whole = [int(together[members[root][0]]) for root in order]
    times = Counter(whole)
    split = {root: i for i, root in enumerate(sorted(root for root in times if times[root] > 1))}
    group = np.array([split.get(root, -1) for root in whole], dtype=np.int64)
    return atom_of, group


def _sweep(xy: Floats) -> Floats:
    """Position along the longest extent of the map."""
    centred = xy - xy.mean(axis=0)
    if not np.any(centred):
        return np.zeros(len(xy))
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    axis = axes[0] if axes[0][np.argmax(np.abs(axes[0]))] > 0 else -axes[0]
    return np.round(centred @ axis, 3)
