"""What a walk through connected sets reads and writes: prices, the trail it leaves, and the columns it hands out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lotopt.engine.model.program import Floats, Ints, Program

FREE, PENDING, INSIDE, EXCLUDED = 0, 1, 2, 3  # what an atom is to the set being grown
OFF, HARD, SOFT = 0, 1, 2  # a limit the root is exempt from; one that prunes; one looked at only at the end
DONE, FULL, PAUSED = 0, 1, 2  # why a walk returned
ROOT, DEPTH, FOUND = 0, 1, 2  # places in Trail.at


class Prices(NamedTuple):
    """What atoms and slots are worth now: n atoms, Q clouds, L layers, F slots, M limits.

    profit: dual price of each atom less its additive cost. border, inertia (Q,), span, straddle
    and moved (L,) >= 0.
    late (F,): for slots known only of a finished set, less the line `line_at + line_slope * total` that was priced
    before (zero but for BANDED slots); late x what is left >= 0. cap (n, Q): the most weight a set with that root can
    have. modes (n, M): OFF, HARD or SOFT by root. room: the limit on a sum that is used to bound (-1: none), and
    `density` the price at which it is dualised.
    """

    profit: Floats
    border: float
    inertia: Floats
    span: Floats
    straddle: Floats
    moved: Floats
    late: Floats
    line_at: Floats
    line_slope: Floats
    cap: Floats
    modes: Ints
    room: int
    density: float
    threshold: float
    prune: bool


class Trail(NamedTuple):
    """Where the walk stands: one row per depth for what is carried along. `at`: root, depth, columns found."""

    at: Ints
    frontier: Ints
    place: Ints
    end: Ints
    members: Ints
    status: Ints
    edge: Floats
    sums: Floats
    clouds: Floats
    spans: Ints
    profit: Floats
    inner: Floats
    met: Ints
    load: Floats
    weights: Floats  # (n + 2, L, 2) weight in all, and in the agency with most of it
    group_seen: Ints
    centre: Floats


class Found(NamedTuple):
    """Columns handed out: packed atoms (B, words), slots (B, F), reduced costs (B,)."""

    sets: Ints
    slots: Floats
    costs: Floats


def new_trail(p: Program) -> Trail:
    """A trail before the first root."""
    n, agencies = p.atoms, int(p.layer_first[-1])
    ints = np.int64
    return Trail(
        np.zeros(3, ints), np.zeros(n + 1, ints), np.zeros(n + 2, ints), np.zeros(n + 2, ints),
        np.zeros(n + 1, ints), np.zeros(n, ints), np.zeros(n), np.zeros((n + 2, len(p.sums))),
        np.zeros((n + 2, len(p.clouds), 4)), np.zeros((n + 2, len(p.layer_ptr)), ints), np.zeros(n + 2),
        np.zeros(n + 2), np.zeros(agencies, ints), np.zeros(agencies), np.zeros((n + 2, len(p.layer_ptr), 2)),
        np.zeros(len(p.group_size), ints),
        np.zeros((len(p.clouds), 3)),
    )  # fmt: skip


def new_found(p: Program, most: int) -> Found:
    """Room for `most` columns."""
    return Found(np.zeros((most, (p.atoms + 63) // 64), np.int64), np.zeros((most, p.slots)), np.zeros(most))
