"""Links that no column can use: the graph then falls into the pieces that columns lie in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lotopt.engine.model.program import SPAN, Ints, Partitioning, Program


def without_useless_links(problem: Partitioning) -> Partitioning:
    """The same problem without links between atoms that no legal column holds both of.

    Two atoms that together meet more agencies than a column may (each lot inside one agency: more than one) are never
    in one column, so no column is connected by a link between them. Limits that some lots are let off say nothing.
    """
    p = problem.program
    ends = np.repeat(np.arange(p.atoms), np.diff(p.link_ptr))
    useful = np.ones(len(ends), dtype=bool)
    for m, slot in enumerate(p.limit_slot):
        if p.kind[slot] == SPAN and not p.limit_exempt[m].any():
            useful &= _together(p, int(p.which[slot]), ends, p.link_to) <= p.limit_high[m]
    if useful.all():
        return problem
    pointers = np.concatenate([[0], np.cumsum(np.bincount(ends[useful], minlength=p.atoms))]).astype(np.int64)
    return replace(problem, program=p._replace(link_ptr=pointers, link_to=p.link_to[useful]))


def _together(p: Program, layer: int, a: Ints, b: Ints) -> Ints:
    """How many agencies of a layer the atoms a[i] and b[i] meet together."""
    rows = [
        frozenset(p.layer_agency[first:last].tolist())
        for first, last in zip(p.layer_ptr[layer][:-1].tolist(), p.layer_ptr[layer][1:].tolist(), strict=True)
    ]
    return np.array([len(rows[x] | rows[y]) for x, y in zip(a.tolist(), b.tolist(), strict=True)], dtype=np.int64)
