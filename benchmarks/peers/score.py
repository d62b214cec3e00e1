"""A plan measured in plain Python: what a heuristic of a peer needs to know while it works."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from benchmarks.terms import NotAskedError
from lotopt.engine.model import program as e
from lotopt.engine.model.program import Floats, Partitioning


class Score:
    """Cost and violation of lots and plans over the atoms of a problem; lots are remembered."""

    def __init__(self, problem: Partitioning) -> None:
        known = {e.ONE, e.TOTAL, e.SPAN, e.STRADDLE, e.BORDER, e.INERTIA, e.DEVIATION}
        if not {int(kind) for kind in problem.program.kind} <= known:
            raise NotAskedError("heuristics here know sizes, borders, inertia, deviations and agencies met")
        self.problem, self.program = problem, problem.program
        self.near = links(problem)
        # lots of large maps are large: what is remembered of them stays within some hundred MB
        self.lot = lru_cache(maxsize=min(100_000, max(400, 20_000_000 // self.program.atoms)))(self._lot)

    def plan(self, lots: Iterable[frozenset[int]]) -> tuple[float, float]:
        """(violation, cost): by how much rules are broken, as shares of limits and in pieces; what the plan costs."""
        cost, broken = 0.0, 0.0
        rows = np.zeros(len(self.problem.rows))
        for lot in lots:
            of_lot = self.lot(lot)
            cost, broken, rows = cost + of_lot[0], broken + of_lot[1], rows + of_lot[2]
        for value, low, high in zip(rows, self.problem.row_low, self.problem.row_high, strict=True):
            broken += _outside(float(value), float(low), float(high))
        return broken, cost

    def _lot(self, lot: frozenset[int]) -> tuple[float, float, Floats]:
        p = self.program
        members = np.array(sorted(lot), dtype=np.int64)
        slots = np.array([self._slot(slot, members) for slot in range(p.slots)])
        broken = self._pieces(lot) - 1.0
        for m, slot in enumerate(p.limit_slot):
            if not p.limit_exempt[m, members].any():
                broken += _outside(float(slots[slot]), float(p.limit_low[m]), float(p.limit_high[m]))
        rows = self.problem.rows @ slots if len(self.problem.rows) else np.zeros(0)
        return float(self.problem.cost @ slots), broken, rows

    def _pieces(self, lot: frozenset[int]) -> int:
        left, pieces = set(lot), 0
        while left:
            pieces += 1
            stack = [left.pop()]
            while stack:
                for u in self.near[stack.pop()]:
                    if u in left:
                        left.remove(u)
                        stack.append(u)
        return pieces

    def _slot(self, slot: int, members: np.ndarray) -> float:
        p, kind, which = self.program, int(self.program.kind[slot]), int(self.program.which[slot])
        if kind == e.ONE:
            return 1.0
        if kind in (e.TOTAL, e.DEVIATION):
            total = float(p.sums[which, members].sum())
            return total if kind == e.TOTAL else abs(total - float(p.target[slot]))
        if kind == e.INERTIA:
            weight, wx, wy, square = p.clouds[which, members, :4].sum(axis=0)
            return float(square - (wx * wx + wy * wy) / weight) if weight > 0 else 0.0
        if kind == e.BORDER:
            inside = set(members.tolist())
            return sum(
                float(p.border_length[at])
                for v in members for at in range(p.border_ptr[v], p.border_ptr[v + 1])
                if int(p.border_to[at]) not in inside
            )  # fmt: skip
        met = {
            int(agency)
            for v in members
            for agency in p.layer_agency[p.layer_ptr[which, v] : p.layer_ptr[which, v + 1]]
        }
        return float(len(met)) if kind == e.SPAN else float(len(met) > 1)


def _outside(value: float, low: float, high: float) -> float:
    """How far a value lies outside its range, as a share of the limit it passes."""
    if value < low:
        return (low - value) / max(abs(low), 1.0)
    if value > high:
        return (value - high) / max(abs(high), 1.0)
    return 0.0


def lots_of(labels: Sequence[int]) -> list[frozenset[int]]:
    """The members of each lot, from a number per atom."""
    found: dict[int, list[int]] = {}
    for atom, lot in enumerate(labels):
        found.setdefault(int(lot), []).append(atom)
    return [frozenset(found[lot]) for lot in sorted(found)]


def links(problem: Partitioning) -> dict[int, list[int]]:
    """The neighbours of each atom."""
    p = problem.program
    return {v: p.link_to[p.link_ptr[v] : p.link_ptr[v + 1]].tolist() for v in range(p.atoms)}


def size_limits(problem: Partitioning) -> tuple[int, float, float]:
    """The first sum with a limit per lot, and its least and most. Raises NotAskedError where there is none."""
    p = problem.program
    for m, slot in enumerate(p.limit_slot):
        if p.kind[slot] == e.TOTAL:
            return int(p.which[slot]), float(p.limit_low[m]), float(p.limit_high[m])
    raise NotAskedError("there is no limit on the size of a lot")


def number_of_lots(problem: Partitioning) -> int:
    """The number of lots where it is fixed. Raises NotAskedError otherwise."""
    low, high = problem.fewest_and_most
    if low != high:
        raise NotAskedError("the number of lots is not fixed")
    return low
