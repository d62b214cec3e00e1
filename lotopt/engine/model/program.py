"""The set-partitioning problem as arrays: atoms, links, and what is measured of a set of atoms.

A *column* is a set of atoms. What is known of it are its *slots*: one number per feature that a rule or goal speaks
about. Its cost, its limits and its coefficients in side rows are all linear in the slots, so columns are found,
priced and checked through slots alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# What a slot measures of a set of atoms; `which` says of which sum, layer or cloud.
ONE, TOTAL, SPAN, STRADDLE, BORDER, INERTIA, REACH, DEVIATION, MOVED, BANDED = range(10)
_NO_INTS, _NO_FLOATS = np.zeros(0, dtype=np.int64), np.zeros(0)


class Program(NamedTuple):
    """Everything the compiled kernels read; n atoms, F slots, M limits.

    links (CSR): the graph in which columns are connected. sums (S, n): additive numbers >= 0. layers (CSR per
    layer): the agencies an atom meets, numbered through all layers, with a weight. clouds (Q, n, 7): of the points
    of an atom w, w x, w y, w (x2 + y2), their inertia about their own centre, and that centre. borders (CSR):
    length shared with other atoms; outer: its sum per atom. points (CSR): positions for reach. groups: atoms that
    come all together or not at all (-1: none). bands (CSR): pieces of a line that turn a total into an amount,
    `band_at + band_slope * (total - band_from)` for the last piece that begins at or below it; a BANDED slot names
    its sum by `which` and its bands by `target`.
    """

    link_ptr: Ints
    link_to: Ints
    sums: Floats
    layer_ptr: Ints  # (L, n + 1)
    layer_agency: Ints
    layer_weight: Floats
    layer_first: Ints  # (L + 1,) first agency of each layer
    clouds: Floats
    border_ptr: Ints
    border_to: Ints
    border_length: Floats
    outer: Floats  # (n,) border of each atom with all others
    point_ptr: Ints
    point_xy: Floats
    group: Ints
    group_size: Ints
    kind: Ints  # (F,)
    which: Ints  # (F,)
    target: Floats  # (F,) of deviations; of BANDED slots, their bands
    limit_slot: Ints  # (M,)
    limit_low: Floats
    limit_high: Floats
    limit_exempt: Bools  # (M, n)
    band_ptr: Ints = _NO_INTS
    band_from: Floats = _NO_FLOATS
    band_at: Floats = _NO_FLOATS
    band_slope: Floats = _NO_FLOATS

    @property
    def atoms(self) -> int:
        return len(self.outer)

    @property
    def slots(self) -> int:
        return len(self.kind)


@dataclass(frozen=True)
class Partitioning:
    """Choose columns so that every atom is in exactly one, at least cost: `cost` (F,) per slot.

    Side rows: row_low <= sum over chosen columns of slots @ rows.T <= row_high, `rows` (R, F).
    `keys` (n,) are stable names of the atoms: ties between plans of equal cost fall by them.
    """

    program: Program
    cost: Floats
    rows: Floats
    row_low: Floats
    row_high: Floats
    row_names: tuple[str, ...] = ()
    keys: tuple[str, ...] = field(default=())

    @property
    def fewest_and_most(self) -> tuple[int, int]:
        """Bounds on the number of columns in any plan, from rows that count columns and from sizes."""
        program = self.program
        low, high = 1.0, float(program.atoms)
        for row, row_low, row_high in zip(self.rows, self.row_low, self.row_high, strict=True):
            counted = np.flatnonzero(row)
            if len(counted) and all(program.kind[slot] == ONE for slot in counted):
                weight = row[counted].sum()
                low, high = max(low, row_low / weight), min(high, row_high / weight)
        for slot, least, most, exempt in zip(
            program.limit_slot, program.limit_low, program.limit_high, program.limit_exempt, strict=True
        ):
            if program.kind[slot] == TOTAL and not exempt.any():
                whole = float(program.sums[program.which[slot]].sum())
                if least > 0:
                    high = min(high, whole / least * (1 + 1e-9))
                if 0 < most < np.inf:
                    low = max(low, whole / most * (1 - 1e-9))
        return int(np.ceil(low - 1e-9)), int(np.floor(high + 1e-9))


def components(program: Program) -> list[Ints]:
    """The connected pieces of the graph, each as sorted atoms."""
    piece = np.full(program.atoms, -1, dtype=np.int64)
    found = []
    for start in range(program.atoms):
        if piece[start] >= 0:
            continue
        stack, reached = [start], []
        piece[start] = start
        while stack:
            v = stack.pop()
            reached.append(v)
            for u in program.link_to[program.link_ptr[v] : program.link_ptr[v + 1]].tolist():
                if piece[u] < 0:
                    piece[u] = start
                    stack.append(u)
        found.append(np.array(sorted(reached), dtype=np.int64))
    return found


def csr(rows: list[list[int]]) -> tuple[Ints, Ints]:
    """Lists of integers as (pointers, entries)."""
    pointers = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int64)
    entries = np.array([x for row in rows for x in row], dtype=np.int64)
    return pointers, entries
