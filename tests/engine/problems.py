"""Small masters for tests."""

from __future__ import annotations

import itertools
import math

import numpy as np

from lotopt.engine.solve.master import Ints, Master, Row


def cover(columns: str, costs: list[float], *side: Row) -> Master:
    """A partition drawn in letters: `cover("ab b a", [1, 2, 3])` has three columns over the items a and b."""
    sets = columns.split()
    rows = []
    for item in sorted(set("".join(sets))):
        held = [j for j, items in enumerate(sets) if item in items]
        rows.append(Row(item, np.array(held), np.ones(len(held)), 1, 1))
    return Master(np.array(costs, dtype=float), (*rows, *side), tuple(f"{j}:{s}" for j, s in enumerate(sets)))


def side(name: str, values: list[float], at_least: float = -math.inf, at_most: float = math.inf) -> Row:
    """A row over the first columns, one value each."""
    return Row(name, np.arange(len(values)), np.array(values, dtype=float), at_least, at_most)


def hard(items: int = 200, columns: int = 2000, seed: int = 0) -> Master:
    """A covering problem (every item at least once, five random items a column) that takes a solver hours."""
    random = np.random.default_rng(seed)
    held = [random.choice(items, 5, replace=False) for _ in range(columns)]
    costs = random.integers(50, 150, columns).astype(float)
    rows = []
    for item in range(items):
        which = np.array([j for j, of in enumerate(held) if item in of])
        rows.append(Row(f"item {item}", which, np.ones(len(which)), 1))
    return Master(costs, tuple(rows))


def auction(lots: int, bids: int, seed: int, spread: float = 0.12) -> Master:
    """Package bids in pence for lots in a row, from ten providers that may win a quarter of the lots each."""
    random = np.random.default_rng(seed)
    worth = np.round(random.lognormal(14, 0.6, lots))
    sets = [(random.integers(lots) + np.arange(random.choice([1, 1, 2, 3]))) % lots for _ in range(bids)]
    costs = np.array([np.round(worth[of].sum() * 100 * random.normal(1, spread)) for of in sets])
    provider = random.integers(0, 10, bids)
    rows = []
    for lot in range(lots):
        which = np.array([j for j, of in enumerate(sets) if lot in of], dtype=np.int64)
        rows.append(Row(f"lot {lot}", which, np.ones(len(which)), 1, 1))
    for p in range(10):
        which = np.flatnonzero(provider == p)
        values = np.array([float(len(sets[j])) for j in which])
        rows.append(Row(f"provider {p}", which, values, -math.inf, math.ceil(lots / 4)))
    return Master(costs, tuple(rows), tuple(f"bid {j}" for j in range(bids)))


def shuffled(master: Master, order: Ints) -> Master:
    """The same master with its columns in another order: column i of the new one was order[i]."""
    return master.subset(order)


def every_plan(master: Master) -> list[tuple[float, tuple[int, ...]]]:
    """All plans that keep every row, cheapest first, by trying every subset of the columns."""
    subsets = (
        np.array(chosen, dtype=np.int64)
        for count in range(master.size + 1)
        for chosen in itertools.combinations(range(master.size), count)
    )
    return sorted((master.objective(s), tuple(s.tolist())) for s in subsets if not master.check(s))
