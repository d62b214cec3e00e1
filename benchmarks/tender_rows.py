"""A tender as a MILP in arrays, the same for the engine and for a solver asked directly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.tender import Tender

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Milp:
    """Binaries with `cost` (J,), the bids first; row r holds columns index[starts[r]:starts[r + 1]]."""

    cost: Floats
    starts: Ints
    index: Ints
    values: Floats
    lower: Floats
    upper: Floats

    def broken(self, chosen: Ints) -> int:
        """How many rows a plan breaks; all numbers are whole, so that sums are exact."""
        taken = np.zeros(len(self.cost))
        taken[chosen] = 1.0
        owner = np.repeat(np.arange(len(self.lower)), np.diff(self.starts))
        totals = np.bincount(owner, weights=self.values * taken[self.index], minlength=len(self.lower))
        return int(((totals < self.lower) | (totals > self.upper)).sum())


class _Rows:
    """Rows, gathered family by family."""

    def __init__(self) -> None:
        self.lengths: list[Ints] = []
        self.index: list[Ints] = []
        self.values: list[Floats] = []
        self.lower: list[Floats] = []
        self.upper: list[Floats] = []

    def add(
        self, row: Ints, column: Ints, value: Floats, lower: float | Floats, upper: float | Floats, count: int
    ) -> None:
        """`count` rows from entries in any order."""
        order = np.lexsort((column, row))
        self.lengths.append(np.bincount(row, minlength=count))
        self.index.append(column[order])
        self.values.append(value[order])
        self.lower.append(np.broadcast_to(np.asarray(lower, dtype=float), count))
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype=float), count))

    def milp(self, cost: Floats) -> Milp:
        starts = np.concatenate([[0], np.cumsum(np.concatenate(self.lengths))])
        joined = (np.concatenate(part) for part in (self.index, self.values, self.lower, self.upper))
        return Milp(cost, starts, *joined)


def milp_of(tender: Tender, link: str = "clique") -> Milp:
    """Every lot once; award limit, value cap, capacity; winners between bounds, and at least two in each region.

    A binary says of each provider that it wins, and one that it wins in a region. A bid makes its provider a winner
    by `link`: "clique", a row for each provider and lot; "bid", a row for each bid; "limit", the award limit's row.
    """
    t = tender.drawn
    bids, providers, regions = len(t.price), len(t.capacity), int(t.region.max()) + 1
    every, wins = np.arange(bids), bids + np.arange(providers)
    size = np.bincount(t.on_bid, minlength=bids).astype(float)
    taken = np.bincount(t.on_bid, weights=t.cases[t.on_lot], minlength=bids)
    place = np.unique(t.provider[t.on_bid] * regions + t.region[t.on_lot])
    local = bids + providers + np.arange(len(place))
    rows = _Rows()
    rows.add(t.on_lot, t.on_bid, np.ones(len(t.on_lot)), 1.0, 1.0, len(t.cases))
    if link == "limit":
        rows.add(
            np.append(t.provider, np.arange(providers)), np.append(every, wins),
            np.append(size, np.full(providers, -float(tender.award_limit))), -np.inf, 0.0, providers,
        )  # fmt: skip
    else:
        rows.add(t.provider, every, size, -np.inf, float(tender.award_limit), providers)
    rows.add(t.provider, every, t.price.astype(float), -np.inf, float(tender.value_cap), providers)
    rows.add(t.provider, every, taken, -np.inf, t.capacity.astype(float), providers)
    # a provider is called a winner only where it wins
    _claimed(rows, t.provider, every, wins)
    if link == "clique":
        pairs, pair = np.unique(t.provider[t.on_bid] * len(t.cases) + t.on_lot, return_inverse=True)
        _implied(rows, pair, t.on_bid, wins[pairs // len(t.cases)])
    elif link == "bid":
        _implied(rows, every, every, wins[t.provider])
    fewest, most = tender.winners
    rows.add(np.zeros(providers, dtype=np.int64), wins, np.ones(providers), float(fewest), float(most), 1)
    touches = np.unique(np.searchsorted(place, t.provider[t.on_bid] * regions + t.region[t.on_lot]) * bids + t.on_bid)
    _claimed(rows, touches // bids, touches % bids, local)
    rows.add(place % regions, local, np.ones(len(place)), float(tender.winners_in_region), np.inf, regions)
    return rows.milp(np.concatenate([t.price, np.zeros(providers + len(place))]))


def _claimed(rows: _Rows, row: Ints, column: Ints, facts: Ints) -> None:
    """Fact r is 1 only where a column of row r is."""
    count = len(facts)
    values = np.append(-np.ones(len(column)), np.ones(count))
    rows.add(np.append(row, np.arange(count)), np.append(column, facts), values, -np.inf, 0.0, count)


def _implied(rows: _Rows, row: Ints, column: Ints, facts: Ints) -> None:
    """Of the columns of row r at most one is 1, and only where its fact is."""
    count = len(facts)
    values = np.append(np.ones(len(column)), -np.ones(count))
    rows.add(np.append(row, np.arange(count)), np.append(column, facts), values, -np.inf, 0.0, count)
