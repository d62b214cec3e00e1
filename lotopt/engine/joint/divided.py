"""A maker's share of the ground, cut into a number of columns, or the reasons why it cannot be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from lotopt.core.result import Status
from lotopt.engine.columns.makers import Joint
from lotopt.engine.columns.standing import Standing
from lotopt.engine.model.program import TOTAL, Floats, Ints, Program
from lotopt.engine.model.restriction import restricted
from lotopt.engine.partition import solve_partition
from lotopt.engine.solve.clock import Clock

SLACK = 1e-9


@dataclass(frozen=True)
class Fault:
    """Why a share cannot be made into columns: with all of `inside` and none of `near`, no count in `counts` works.

    Empty `counts`: no number of columns works. `small`: with none of `near`, not even one atom of `inside` does.
    `local`: it holds whatever else the maker has.
    """

    inside: Ints
    near: Ints
    counts: frozenset[int] = frozenset()
    small: bool = False
    local: bool = True


@dataclass(frozen=True)
class Share:
    """A share cut into columns (`parts`), or the faults of it."""

    parts: list[Ints] | None
    faults: list[Fault] = field(default_factory=list)


def column_bounds(p: Program) -> Iterator[tuple[str, Floats, bool]]:
    """Numbers per atom that add up to at least 1 in every column (True), or at most 1 (False).

    Dual feasible functions (Fekete & Schepers 2001): they bound how many columns a share can be made into.
    """
    for m, slot in enumerate(p.limit_slot):
        if p.kind[slot] != TOTAL:
            continue
        size, exempt = p.sums[p.which[slot]], p.limit_exempt[m]
        low, high = float(p.limit_low[m]), float(p.limit_high[m])
        if low > 0:
            counted = np.where(exempt, 1.0, np.minimum(1.0, size / low * (1 + SLACK)))
            # a column without a large atom lies within one piece of small ones, where that is large enough
            small = np.flatnonzero(counted < 1.0)
            for piece in _pieces(p, small):
                counted[piece] *= math.fsum(counted[piece]) >= 1.0
            yield f"enough{m}", counted, True
        if math.isfinite(high) and high > 0 and not exempt.any():
            share = size / high * (1 - SLACK)
            yield f"room{m}", share, False
            for k in (1, 2, 3):
                yield f"room{m}.{k}", np.floor((k + 1) * share) / k, False


class NotKnownError(Exception):
    """Neither columns nor a proof that there are none were found in the time."""


class Pieces:
    """Cuts shares into columns, each connected piece once for all makers that may make the same columns."""

    def __init__(self, x: Joint, now: Standing) -> None:
        self.x, self.now = x, now
        self.kind_of = _alike(x)
        self.known: dict[tuple[int, tuple[int, ...], int], tuple[Ints, ...] | None] = {}

    def alike(self, maker: int) -> list[int]:
        """The makers that may make the same columns."""
        return [other for other, kind in enumerate(self.kind_of) if kind == self.kind_of[maker]]

    def share(self, maker: int, atoms: Ints, columns: int) -> Share:
        """The share of a maker cut into `columns` columns, or why not. Raises NotKnownError."""
        if not len(atoms):
            return Share([])
        p = self.x.makers[maker].program
        pieces, faults, ranges = _pieces(p, atoms), [], []
        for piece in pieces:
            least, most, small = _counts(p, piece)
            if small or least > most:
                faults.append(Fault(piece, _near(p, piece), small=small))
            ranges.append((least, most))
        if faults:
            return Share(None, faults)
        outside = np.setdiff1d(np.arange(self.x.atoms), atoms)
        fewest, most = sum(low for low, _ in ranges), sum(high for _, high in ranges)
        if not fewest <= columns <= most:
            wrong = range(fewest) if columns < fewest else range(most + 1, self.x.atoms + 1)
            return Share(None, [Fault(atoms, outside, frozenset(wrong), local=False)])
        ways: dict[int, tuple[int, ...]] = {0: ()}
        for i, piece in enumerate(pieces):
            least, most = (sum(ends) for ends in zip(*ranges[i + 1 :], strict=True)) if ranges[i + 1 :] else (0, 0)
            longer: dict[int, tuple[int, ...]] = {}
            tried, works = set(), False
            for so_far, counts in sorted(ways.items()):
                for k in range(ranges[i][0], ranges[i][1] + 1):
                    if least <= columns - so_far - k <= most:
                        tried.add(k)
                        if self.cut(maker, piece, k) is not None:
                            works = True
                            longer.setdefault(so_far + k, (*counts, k))
            if not works and len(tried) == ranges[i][1] - ranges[i][0] + 1:
                return Share(None, [Fault(piece, _near(p, piece))])
            ways = longer
        if columns not in ways:
            return Share(None, [Fault(atoms, outside, frozenset([columns]), local=False)])
        cuts = [self.cut(maker, piece, k) for piece, k in zip(pieces, ways[columns], strict=True)]
        return Share([part for parts in cuts for part in parts or ()])

    def cut(self, maker: int, piece: Ints, columns: int) -> tuple[Ints, ...] | None:
        """A connected piece cut into columns; None where that is proven to be impossible. Raises NotKnownError."""
        key = self.kind_of[maker], tuple(piece.tolist()), columns
        if key not in self.known:
            cost = np.zeros(self.x.makers[maker].program.slots)
            self.known[key] = self._solved(maker, piece, columns, cost, self.now.clock)
        return self.known[key]

    def drawn(self, maker: int, parts: list[Ints], cost: Floats, clock: Clock) -> list[Ints]:
        """The same share in as many columns, each connected piece of it at least `cost` (F,)."""
        if not cost.any():
            return parts
        p = self.x.makers[maker].program
        atoms = np.sort(np.concatenate(parts)) if parts else np.zeros(0, np.int64)
        drawn: list[Ints] = []
        for piece in _pieces(p, atoms):
            inside = [part for part in parts if np.isin(part, piece).any()]
            try:
                found = self._solved(maker, piece, len(inside), cost, clock.part(0.2, at_least=1.0))
            except NotKnownError:
                found = None
            drawn += inside if found is None else found
        return drawn

    def _solved(self, maker: int, piece: Ints, columns: int, cost: Floats, clock: Clock) -> tuple[Ints, ...] | None:
        """A connected piece in so many columns of least cost; None where there are none. Raises NotKnownError."""
        problem = restricted(self.x.parts[maker], piece, cost, columns)
        answer = solve_partition(problem, self.now.options, Clock(clock.left()))
        if answer.interrupted:
            raise KeyboardInterrupt
        if answer.status == Status.INFEASIBLE:
            return None
        if answer.plan is None:
            raise NotKnownError
        return tuple(piece[part] for part in answer.plan)


def _alike(x: Joint) -> list[int]:
    """A number for each maker: the same for those who may make the same columns."""
    seen: dict[bytes, int] = {}
    kinds = []
    for maker in x.makers:
        p = maker.program
        limited = [p.sums[p.which[slot]] for slot in p.limit_slot if p.kind[slot] == TOTAL]
        arrays = (p.limit_low, p.limit_high, p.limit_exempt, p.kind[p.limit_slot], p.target[p.limit_slot], *limited)
        kinds.append(seen.setdefault(b"".join(np.ascontiguousarray(a).tobytes() for a in arrays), len(seen)))
    return kinds


def _pieces(p: Program, atoms: Ints) -> list[Ints]:
    """The connected pieces of some atoms, each sorted."""
    left = set(atoms.tolist())
    pieces = []
    for start in atoms.tolist():
        if start not in left:
            continue
        left.discard(start)
        stack, piece = [start], []
        while stack:
            v = stack.pop()
            piece.append(v)
            for u in p.link_to[p.link_ptr[v] : p.link_ptr[v + 1]].tolist():
                if u in left:
                    left.discard(u)
                    stack.append(u)
        pieces.append(np.array(sorted(piece), dtype=np.int64))
    return pieces


def _near(p: Program, piece: Ints) -> Ints:
    """The atoms next to a piece."""
    to = np.concatenate([p.link_to[p.link_ptr[v] : p.link_ptr[v + 1]] for v in piece])
    return np.setdiff1d(to, piece)


def _counts(p: Program, piece: Ints) -> tuple[int, int, bool]:
    """The fewest and most columns a piece can be made into by its sums, and whether it is too small for any."""
    least, most, small = 1, len(piece), False
    for _, values, at_least in column_bounds(p):
        total = math.fsum(values[piece])
        if at_least:
            most = min(most, math.floor(total + 1e-7))
            small = small or total < 1 - 1e-7
        else:
            least = max(least, math.ceil(total - 1e-7))
    return least, most, small
