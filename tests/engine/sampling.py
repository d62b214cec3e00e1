"""Every partition of a small map into connected lots, and how likely each is by the number of spanning trees."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

Links = Sequence[Sequence[int]]
Plan = tuple[int, ...]


def grid_links(width: int, height: int) -> list[list[int]]:
    """For each square of a grid, row by row, the squares it shares a side with."""
    places = [(x, y) for y in range(height) for x in range(width)]
    near = ((-1, 0), (1, 0), (0, -1), (0, 1))
    return [[places.index((x + i, y + j)) for i, j in near if (x + i, y + j) in places] for x, y in places]


def spanning_trees(links: Links, members: Iterable[int]) -> int:
    """How many spanning trees the graph inside a set has, by the matrix-tree theorem (Kirchhoff 1847)."""
    inside = sorted(members)
    laplacian = np.zeros((len(inside), len(inside)))
    for i, v in enumerate(inside):
        for u in links[v]:
            if u in inside:
                laplacian[i, i] += 1
                laplacian[i, inside.index(u)] -= 1
    return round(float(np.linalg.det(laplacian[1:, 1:])))


def connected_sets(links: Links, most: int) -> Iterator[frozenset[int]]:
    """Every connected set of up to so many vertices, grown one vertex at a time."""
    seen = {frozenset([v]) for v in range(len(links))}
    fresh = list(seen)
    while fresh:
        yield from fresh
        if len(fresh[0]) == most:
            return
        grown = {s | {u} for s in fresh for v in s for u in links[v] if u not in s}
        fresh = [s for s in grown if s not in seen]
        seen.update(fresh)


def partitions(
    links: Links, lots: int, legal: Callable[[frozenset[int]], bool], most: int | None = None
) -> list[Plan]:
    """Every partition into so many connected legal sets (of at most so many vertices), numbered by first vertex."""
    candidates: dict[int, list[frozenset[int]]] = {}
    for found in connected_sets(links, most or len(links) - lots + 1):
        if legal(found):
            candidates.setdefault(min(found), []).append(found)
    plans: list[Plan] = []

    def extend(label: list[int], number: int) -> None:
        left = [v for v, lot in enumerate(label) if lot < 0]
        if not left or number == lots:
            if not left and number == lots:
                plans.append(tuple(label))
            return
        for some in candidates.get(left[0], ()):
            if all(label[v] < 0 for v in some):
                extend([number if v in some else lot for v, lot in enumerate(label)], number + 1)

    extend([-1] * len(links), 0)
    return plans


def likelihoods(links: Links, plans: Sequence[Plan]) -> list[float]:
    """Of each partition, its probability: in proportion to the product of its lots' numbers of spanning trees."""
    weights = [
        math.prod(spanning_trees(links, [v for v, of in enumerate(plan) if of == lot]) for lot in set(plan))
        for plan in plans
    ]
    return [weight / sum(weights) for weight in weights]


def canonical(label: Iterable[int]) -> Plan:
    """The same partition, its lots numbered by their first vertex."""
    numbers: dict[int, int] = {}
    return tuple(numbers.setdefault(int(lot), len(numbers)) for lot in label)


def surprise(drawn: Iterable[Plan], plans: Sequence[Plan], likely: Sequence[float]) -> float:
    """The chi-square of drawn plans in standard deviations; infinite for a plan that is none of those."""
    counts = Counter(drawn)
    if set(counts) - set(plans):
        return math.inf
    return chi_square([counts[plan] for plan in plans], likely)


def chi_square(counts: Sequence[int], likely: Sequence[float], freedom: int | None = None) -> float:
    """How many standard deviations Pearson's chi-square lies above its mean; one degree of freedom less than counts.

    By its cube root, which is close to normal also far out (Wilson & Hilferty 1931).
    """
    expected = [sum(counts) * p for p in likely]
    square = sum((count - e) ** 2 / e for count, e in zip(counts, expected, strict=True) if e > 0)
    freedom = freedom or len(counts) - 1
    return (math.cbrt(square / freedom) - 1 + 2 / (9 * freedom)) / math.sqrt(2 / (9 * freedom))
