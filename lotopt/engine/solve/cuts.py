"""Rows that every plan keeps and a relaxed plan breaks: subset rows and covers.

Each is true of whole choices by counting alone, so it is as sure as the rows it comes from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from lotopt.engine.model.rows import Floats, Ints, Master, Row, RowArrays

# Of one round: how many subset rows at most, and how many of them may speak of the same row.
MOST, MOST_EACH = 200, 5
# A cut is of use where the relaxed plan breaks it by this much.
BROKEN = 0.01
TINY = 1e-6
# Sums of numbers that are not whole are called larger than a limit only where they are by this fraction.
SURE = 1e-8

Triple = tuple[int, int, int]


@dataclass
class Cutter:
    """Finds cuts for the relaxed plans of one master, none of them twice."""

    master: Master
    seen: set[Triple] = field(default_factory=set)
    made: int = 0

    def __post_init__(self) -> None:
        rows = self.master.arrays
        ones = rows.sums((rows.values != 1.0).astype(np.float64)) == 0
        # a fact that is true at a price of weight: where it is not, nothing else in its row can be chosen
        facts = rows.sums((rows.values < 0).astype(np.float64))
        positive = (facts == 0) | ((facts == 1) & (rows.upper == 0))
        # rows of which one column may be chosen, and rows that limit a weight
        single = ones & (rows.upper >= 1.0) & (rows.upper < 2.0)
        self.weighed = np.flatnonzero(positive & ~single & np.isfinite(rows.upper) & (np.diff(rows.starts) > 0))
        entries = np.flatnonzero(single[rows.owner])
        entries = entries[np.argsort(rows.index[entries], kind="stable")]
        self._row = rows.owner[entries]
        self._starts = np.searchsorted(rows.index[entries], np.arange(self.master.size + 1))

    def cuts(self, columns: Ints, values: Floats) -> list[Row]:
        """Rows that the relaxed plan, `values` > 0 of `columns` (sorted), breaks."""
        found = self._subset_rows(columns, values)
        return [*found, *self._covers(columns, values)]

    def _subset_rows(self, columns: Ints, values: Floats) -> list[Row]:
        """Of three rows that allow one column each, the columns that are in two or more are at most one.

        (Jepsen, Petersen, Spoorendonk & Pisinger 2008: two such columns would meet in a row.)
        """
        together: dict[tuple[int, int], float] = {}
        beside: dict[int, set[int]] = {}
        held: dict[int, dict[int, float]] = {}
        for j, value in zip(columns.tolist(), values.tolist(), strict=True):
            if not TINY < value < 1 - TINY:
                continue
            rows = self._row[self._starts[j] : self._starts[j + 1]].tolist()
            for r in rows:
                held.setdefault(r, {})[j] = value
            for pair in combinations(rows, 2):
                together[pair] = together.get(pair, 0.0) + value
                beside.setdefault(pair[0], set()).add(pair[1])
        broken: list[tuple[float, Triple]] = []
        for (a, b), value in together.items():
            for c in beside[a] & beside.get(b, set()):
                weight = value + together[a, c] + together[b, c]
                if weight > 1 + BROKEN and (a, b, c) not in self.seen:
                    weight -= 2 * math.fsum(v for j, v in held[a].items() if j in held[b] and j in held[c])
                    if weight > 1 + BROKEN:
                        broken.append((round(weight, 9), (a, b, c)))
        broken.sort(key=lambda pair: (-pair[0], pair[1]))
        times: dict[int, int] = {}
        chosen: list[Triple] = []
        for _, triple in broken:
            if len(chosen) < MOST and all(times.get(r, 0) < MOST_EACH for r in triple):
                times.update((r, times.get(r, 0) + 1) for r in triple)
                chosen.append(triple)
        self.seen.update(chosen)
        return [self._subset_row(triple) for triple in chosen]

    def _subset_row(self, triple: Triple) -> Row:
        rows = self.master.arrays
        inside = np.concatenate([rows.index[rows.starts[r] : rows.starts[r + 1]] for r in triple])
        columns, times = np.unique(inside, return_counts=True)
        return _Cut(columns[times >= 2], 1.0).row(self._name("subset row"))

    def _covers(self, columns: Ints, values: Floats) -> list[Row]:
        """Columns that are too heavy together for a row: not all of them, nor as many that include heavier ones.

        (Balas 1975, extended covers.)
        """
        rows = self.master.arrays
        share = np.zeros(self.master.size)
        share[columns] = values
        used = rows.sums((share[rows.index] > TINY).astype(np.float64))
        found = []
        for r in self.weighed[used[self.weighed] >= 2].tolist():
            cover = _cover(rows, r, share)
            if cover is not None:
                found.append(cover.row(self._name("cover")))
        return found

    def _name(self, kind: str) -> str:
        self.made += 1
        return f"{kind} {self.made}"


@dataclass(frozen=True)
class _Cut:
    """Of `columns` at most so many are chosen; none, where a `fact` is given that is not true."""

    columns: Ints
    at_most: float
    fact: int | None = None

    def row(self, name: str) -> Row:
        ones = np.ones(len(self.columns))
        if self.fact is None:
            return Row(name, self.columns, ones, at_most=self.at_most)
        return Row(name, np.append(self.columns, self.fact), np.append(ones, -self.at_most), at_most=0.0)


def _cover(rows: RowArrays, r: int, share: Floats) -> _Cut | None:
    """A cover of row r that the shares break."""
    held = rows.index[rows.starts[r] : rows.starts[r + 1]]
    weight, part = rows.values[rows.starts[r] : rows.starts[r + 1]], share[held]
    limit, fact, true = float(rows.upper[r]), None, 1.0
    if not rows.whole[r]:
        limit += SURE * (abs(limit) + float(np.abs(weight).sum()))
    below = np.flatnonzero(weight < 0)
    if len(below):
        fact, true = int(held[below[0]]), float(part[below[0]])
        limit -= float(weight[below[0]])
        above = weight >= 0
        held, weight, part = held[above], weight[above], part[above]
    some = np.flatnonzero((part > TINY) & (weight > 0))
    order = some[np.argsort((1 - part[some]) / weight[some], kind="stable")]
    total = np.cumsum(weight[order])
    enough = int(np.searchsorted(total, limit, side="right"))
    if enough >= len(order):
        return None
    cover = order[: enough + 1].tolist()
    for i in sorted(cover, key=lambda i: (part[i], i)):
        if math.fsum(weight[k] for k in cover if k != i) > limit:
            cover.remove(i)
    heavy = weight >= weight[cover].max()
    heavy[cover] = True
    most = len(cover) - 1.0
    return _Cut(np.sort(held[heavy]), most, fact) if float(part[heavy].sum()) > most * true + BROKEN else None
