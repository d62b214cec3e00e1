"""A chain of random partitions: from a first one that is legal, step by step, every so many of them kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lotopt.engine.model.program import TOTAL, Bools, Floats, Ints, Program
from lotopt.engine.model.restriction import links_between
from lotopt.engine.sample.recombine import CUT, MOVED, STEPS, TOUCHED, recombine
from lotopt.engine.sample.start import first_partition

TRIES, AT_ONCE = 10_000, 100  # first partitions tried for each chain, and between two looks at Ctrl-C


class Graph(NamedTuple):
    """What partitions are drawn of; n atoms, S limits on sums, G groups of atoms that stay together."""

    link_ptr: Ints
    link_to: Ints
    sums: Floats  # (S, n)
    low: Floats  # (S,)
    high: Floats
    exempt: Bools  # (S, n) atoms that let their column off
    marks: Bools  # (G, n)


@dataclass(frozen=True, eq=False)
class Chain:
    """Kept partitions `label` (count, n), and how it went: `tried` first partitions, pairs drawn, and so on."""

    label: Ints
    tried: int
    steps: int
    touching: int
    with_cut: int
    moved: int


def graph_of(p: Program, atoms: Ints) -> Graph:
    """The graph between some atoms (sorted) with all limits on sums; a group lies whole inside or outside."""
    if any(p.kind[slot] != TOTAL for slot in p.limit_slot):
        raise ValueError("only limits on sums can be sampled within")
    link_ptr, link_to = links_between(p, atoms)
    group = p.group[atoms]
    return Graph(
        link_ptr,
        link_to,
        np.ascontiguousarray(p.sums[p.which[p.limit_slot]][:, atoms]),
        # what is left of a sum after a part is taken off may lie a rounding error below 0
        np.where(p.limit_low <= 0.0, -np.inf, p.limit_low),
        p.limit_high,
        np.ascontiguousarray(p.limit_exempt[:, atoms]),
        group[None, :] == np.unique(group[group >= 0])[:, None],
    )


def draw_chain(graph: Graph, columns: int, count: int, *, seed: int, number: int, thin: int, burn: int) -> Chain:
    """`count` partitions, one every `thin` steps after the first `burn`; none where no first partition was found.

    The same seed and number of the chain always give the same ones.
    """
    random = np.random.SeedSequence([seed, number]).generate_state(1, np.uint64).astype(np.uint64)
    label = np.zeros(graph.exempt.shape[1], dtype=np.int64)
    tried = _start(graph, columns, random, label)
    kept = np.zeros((count if tried else 0, len(label)), dtype=np.int64)
    tally = np.zeros(4, dtype=np.int64)
    for done in range(0, burn if tried else 0, thin):
        recombine(*graph, label, columns, min(thin, burn - done), random, tally)
    tally[:] = 0
    for row in kept:
        recombine(*graph, label, columns, thin, random, tally)
        row[:] = label
    return Chain(kept, tried, int(tally[STEPS]), int(tally[TOUCHED]), int(tally[CUT]), int(tally[MOVED]))


def _start(graph: Graph, columns: int, random: npt.NDArray[np.uint64], label: Ints) -> int:
    """Fill label with a first partition; how many were tried, 0 where none was found."""
    if columns == 0:
        return 1
    for tried in range(0, TRIES, AT_ONCE):
        found = first_partition(*graph, columns, AT_ONCE, random, label)
        if found:
            return tried + int(found)
    return 0
