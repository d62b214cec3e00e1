"""What designs are sampled of: rules that can be sampled by, lots that are pinned, and the ground that is divided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lotopt.core.errors import InputError, Problems
from lotopt.core.reading import Reading
from lotopt.design.clause import DesignRule, Group
from lotopt.design.problem import Contracted, Resolved, contract, fixed_count, resolve
from lotopt.design.rules import Contiguous, Fixed, KeepTogether, LotCount, SizeBetween, Whole
from lotopt.engine.model.merging import classes
from lotopt.engine.sample.chains import Graph, graph_of
from lotopt.territory import features as f
from lotopt.territory.parts import Ints
from lotopt.territory.territory import Territory

SAMPLED = (LotCount, SizeBetween, Contiguous, Whole, KeepTogether, Fixed)
SOURCE = "rules of a sample"
NAMED = 3


@dataclass(frozen=True, eq=False)
class Sampled:
    """The ground that `columns` lots are drawn of, and the lots that never change.

    `graph` is of the atoms of the areas `free` (m,), `atom` (m,) says which atom each of these is in; `pinned` are
    the other lots by name with their areas; `units` atoms in all.
    """

    graph: Graph
    columns: int
    free: Ints
    atom: Ints
    pinned: tuple[Group, ...]
    units: int


def sampled(territory: Territory, rules: Sequence[DesignRule]) -> Sampled:
    """What designs that keep the rules are drawn of. Raises InputError for rules that cannot be sampled by."""
    _check_kinds(rules)
    resolved = resolve(territory, rules, ())
    lots = fixed_count(resolved.sums)
    if lots is None:
        raise InputError(SOURCE, "lot_count: all designs of a sample have as many lots; give at_least = at_most")
    # pinned lots are taken out, so that no limit on who joins them is needed
    limits = tuple(limit for limit in resolved.limits if not isinstance(limit.feature, f.Meets))
    contracted = contract(territory, replace(resolved, limits=limits))
    pinned = _pinned(territory, rules, contracted, resolved)
    taken = {area for group in pinned for area in group.areas}
    free = np.array([area for area in range(len(territory)) if area not in taken], dtype=np.int64)
    atoms, place = np.unique(contracted.atom_of[free], return_inverse=True)
    graph = graph_of(contracted.problem.program, atoms)
    columns = lots - len(pinned)
    if not min(1, len(atoms)) <= columns <= len(atoms):
        told = f"{lots} lots, {len(pinned)} of them pinned, cannot be made of {len(atoms)} other areas or units"
        raise InputError(SOURCE, f"lot_count: {told}")
    _check_one_piece(territory, graph, free, place)
    return Sampled(graph, columns, free, place.astype(np.int64), pinned, contracted.problem.program.atoms)


def _check_kinds(rules: Sequence[DesignRule]) -> None:
    problems = Problems(SOURCE)
    possible = ", ".join(str(kind.model_fields["kind"].default) for kind in SAMPLED)
    for rule in rules:
        if not isinstance(rule, SAMPLED):
            problems.add(f"{rule.label}: designs cannot be sampled by {rule.kind}; possible: {possible}")
        elif isinstance(rule, Fixed) and not rule.complete:
            problems.add(f"{rule.label}: lots that other areas may join cannot be sampled; say complete = true")
    for needed, why in (
        (LotCount, "say how many lots designs have"),
        (Contiguous, "lots of a sample are in one piece"),
    ):
        if not any(isinstance(rule, needed) for rule in rules):
            problems.add(f"{needed.model_fields['kind'].default}: is not among the rules; {why}")
    problems.check()


def _pinned(
    territory: Territory, rules: Sequence[DesignRule], contracted: Contracted, resolved: Resolved
) -> tuple[Group, ...]:
    """The pinned lots. Raises InputError where one is no lot by the other rules."""
    problems = Problems(SOURCE)
    groups = [(rule, group) for rule in rules if isinstance(rule, Fixed) for group in rule.together(territory)]
    for rule, group in groups:
        atoms = np.unique(contracted.atom_of[list(group.areas)])
        # areas that stay together are one atom, or where they lie apart one group of atoms
        of = contracted.problem.program.group
        tied = np.isin(contracted.atom_of, atoms) | np.isin(of, of[atoms][of[atoms] >= 0])[contracted.atom_of]
        more = [territory.names[area] for area in np.flatnonzero(tied).tolist() if area not in group.areas]
        if more:
            told = f"other rules keep {_listed(more)} together with it"
            problems.add(f"{rule.label}: the lot {group.name} is not complete; {told}")
        elif len(atoms) > 1:
            problems.add(f"{rule.label}: the lot {group.name} is in {len(atoms)} pieces, and contiguous asks for one")
        else:
            for reading in _sizes(territory, group, resolved):
                if not reading.ok:
                    problems.add(f"{rule.label}: the lot {reading}; size_between may let it off with except")
    problems.check()
    return tuple(group for _, group in groups)


def _sizes(territory: Territory, group: Group, resolved: Resolved) -> list[Reading]:
    """What a pinned lot has of each measure that is limited."""
    areas = list(group.areas)
    return [
        Reading(
            SizeBetween.model_fields["kind"].default,
            group.name,
            float(territory.measure(limit.feature.measure)[areas].sum()),
            limit.at_least,
            limit.at_most,
            limit.unit,
        )
        for limit in resolved.limits
        if isinstance(limit.feature, f.Total) and not set(limit.exempt).intersection(areas)
    ]


def _check_one_piece(territory: Territory, graph: Graph, free: Ints, atom: Ints) -> None:
    """Lots never move between pieces of ground, so that how many each piece has would be the start's."""
    n = len(graph.link_ptr) - 1
    ends = np.repeat(np.arange(n), np.diff(graph.link_ptr)).tolist()
    piece = classes(n, zip(ends, graph.link_to.tolist(), strict=True))
    names, sizes = np.unique(piece, return_counts=True)
    if len(names) > 1:
        apart = free[piece[atom] != names[np.argmax(sizes)]]
        told = _listed([territory.names[area] for area in apart.tolist()])
        raise InputError(
            SOURCE,
            f"contiguous: no border that counts joins {told} to the rest, and how many lots each of them has would "
            "be left to chance; let other kinds of border count, or pin them as complete lots",
        )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
