"""Sampling of partitions: every one is reached, as often as its numbers of spanning trees say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from lotopt.engine.model.program import csr
from lotopt.engine.sample import chains
from lotopt.engine.sample.chains import Graph, draw_chain
from lotopt.engine.sample.convergence import effective_size, split_rhat
from lotopt.engine.sample.forest import uniform_trees
from lotopt.engine.sample.randoms import below, bits, fraction
from tests.engine.sampling import (
    Links,
    Plan,
    canonical,
    chi_square,
    grid_links,
    likelihoods,
    partitions,
    spanning_trees,
    surprise,
)

# Chi-squares of fixed seeds, told in standard deviations: what is right stays within 3.5, what is wrong does not.
SURPRISING = 3.5


def graph(
    links: Links,
    sizes: Sequence[float],
    low: float,
    high: float,
    exempt: Sequence[int] = (),
    together: Sequence[int] = (),
) -> Graph:
    """A graph with one limit on sizes, vertices that let their lot off it, and vertices that stay together."""
    n = len(links)
    marks = np.isin(np.arange(n), together)[None, :] if together else np.zeros((0, n), bool)
    link_ptr, link_to = csr([sorted(near) for near in links])
    free = np.isin(np.arange(n), exempt)[None, :]
    return Graph(link_ptr, link_to, np.array([sizes], float), np.array([low]), np.array([high]), free, marks)


def drawn(of: Graph, lots: int, count: int, thin: int, seed: int = 1) -> list[Plan]:
    """Partitions drawn by one chain."""
    chain = draw_chain(of, lots, count, seed=seed, number=0, thin=thin, burn=10 * thin)
    return [canonical(label) for label in chain.label.tolist()]


def test_all_117_partitions_come_as_often_as_they_should() -> None:
    """A grid of 4 x 4 has 117 partitions into four lots of four squares."""
    links = grid_links(4, 4)
    plans = partitions(links, 4, lambda lot: len(lot) == 4, most=4)
    assert len(plans) == 117
    found = drawn(graph(links, [1] * 16, 4, 4), 4, 12_000, thin=80)
    assert set(found) == set(plans)
    assert abs(surprise(found, plans, likelihoods(links, plans))) < SURPRISING


# 3 x 4 squares less two borders, sizes 1 to 5, in all 33
WEIGHTS = (1, 4, 2, 3, 5, 1, 2, 3, 4, 2, 1, 5)
LESS = [[u for u in near if {u, v} not in ({1, 5}, {6, 7})] for v, near in enumerate(grid_links(4, 3))]


def test_lots_of_unequal_sizes_come_as_often_as_they_should() -> None:
    """Three lots of 5 to 17 on a map with holes in its borders: lots of every size, and pairs that do not touch."""
    plans = partitions(LESS, 3, lambda lot: 5 <= sum(WEIGHTS[v] for v in lot) <= 17)
    found = drawn(graph(LESS, WEIGHTS, 5, 17), 3, 20_000, thin=20)
    assert abs(surprise(found, plans, likelihoods(LESS, plans))) < SURPRISING


def test_a_lot_that_holds_an_exempt_area_is_let_off() -> None:
    """Whichever lot holds vertex 5 may have any size; the others have 5 to 17."""
    plans = partitions(LESS, 3, lambda lot: 5 in lot or 5 <= sum(WEIGHTS[v] for v in lot) <= 17)
    assert len(plans) > len(partitions(LESS, 3, lambda lot: 5 <= sum(WEIGHTS[v] for v in lot) <= 17))
    found = drawn(graph(LESS, WEIGHTS, 5, 17, exempt=[5]), 3, 20_000, thin=20)
    assert abs(surprise(found, plans, likelihoods(LESS, plans))) < SURPRISING


def test_areas_far_from_each_other_stay_together() -> None:
    """Vertices 0 and 6, which do not touch, are in one lot in every design, and all such designs come."""
    plans = partitions(LESS, 3, lambda lot: (0 in lot) == (6 in lot) and 5 <= sum(WEIGHTS[v] for v in lot) <= 17)
    found = drawn(graph(LESS, WEIGHTS, 5, 17, together=[0, 6]), 3, 20_000, thin=30)
    assert abs(surprise(found, plans, likelihoods(LESS, plans))) < SURPRISING


def trees(links: Links, side: Sequence[int], roots: Sequence[int], count: int) -> Counter[frozenset[frozenset[int]]]:
    """How often each set of edges was drawn as a uniform spanning tree of every side."""
    ptr, to = csr([sorted(near) for near in links])
    n = len(links)
    order, parent, onward = (np.zeros(n, np.int64) for _ in range(3))
    random = np.array([7], np.uint64)
    seen: Counter[frozenset[frozenset[int]]] = Counter()
    for _ in range(count):
        order[: len(roots)] = roots
        uniform_trees(ptr, to, np.array(side), n, len(roots), order, parent, np.zeros(n, bool), onward, random)
        assert sorted(order.tolist()) == list(range(n))
        seen[frozenset(frozenset((v, int(parent[v]))) for v in order[len(roots) :].tolist())] += 1
    return seen


@pytest.mark.parametrize("root", [0, 4])
def test_trees_are_uniform(root: int) -> None:
    """Each of the 192 spanning trees of a grid of 3 x 3 comes as often as any other, from whichever root."""
    links = grid_links(3, 3)
    assert spanning_trees(links, range(9)) == 192
    seen = trees(links, [0] * 9, [root], 20_000)
    assert len(seen) == 192
    assert abs(chi_square(list(seen.values()), [1 / 192] * 192)) < SURPRISING


def test_trees_stay_on_their_side() -> None:
    """The upper four and the lower two of 2 x 3 squares: four trees on one side and one on the other."""
    seen = trees(grid_links(2, 3), [0, 0, 0, 0, 1, 1], [3, 4], 4000)
    assert len(seen) == 4
    assert all(frozenset((4, 5)) in tree for tree in seen)
    assert abs(chi_square(list(seen.values()), [1 / 4] * 4)) < SURPRISING


def test_one_lot_and_lots_of_one_area_never_change() -> None:
    """Where there is one partition only, it is the one that comes, and nothing moved."""
    of = graph(grid_links(2, 2), [1] * 4, 0, 9)
    for lots in (1, 4):
        chain = draw_chain(of, lots, 3, seed=1, number=0, thin=5, burn=5)
        assert {canonical(label) for label in chain.label.tolist()} == {tuple([0] * 4 if lots == 1 else range(4))}
        assert chain.moved == 0


def test_no_first_partition() -> None:
    """Four squares of size 1 make no two lots of three: nothing is drawn, and all tries are spent."""
    chain = draw_chain(graph(grid_links(2, 2), [1] * 4, 3, 3), 2, 5, seed=1, number=0, thin=1, burn=0)
    assert chain.tried == 0
    assert chain.label.shape == (0, 4)


def test_a_first_partition_that_is_hard_to_find(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four partitions have three lots of 11: each chain starts from one, some after tries that led nowhere."""
    monkeypatch.setattr(chains, "AT_ONCE", 1)
    plans = partitions(LESS, 3, lambda lot: sum(WEIGHTS[v] for v in lot) == 11)
    assert len(plans) == 4
    of = graph(LESS, WEIGHTS, 11, 11)
    found = [draw_chain(of, 3, 1, seed=seed, number=0, thin=1, burn=0) for seed in range(1, 9)]
    assert {canonical(chain.label[0].tolist()) for chain in found} <= set(plans)
    assert max(chain.tried for chain in found) > 1


def test_random_bits_are_those_of_the_reference() -> None:
    """The first numbers of SplitMix64 from the seed 1234567, as its authors' program prints them."""
    state = np.array([1234567], np.uint64)
    assert [int(bits(state)) for _ in range(3)] == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@pytest.mark.parametrize("count", [1, 2, 3, 10, 2**31])
def test_whole_numbers_are_uniform(count: int) -> None:
    """Also the largest count: tenths of the range come equally often, and so do pairs that follow each other."""
    state = np.array([5], np.uint64)
    numbers = np.array([below(state, count) for _ in range(20_000)])
    assert set(numbers[(numbers < 0) | (numbers >= count)]) == set()
    cells = min(count, 10)
    tenth = numbers * cells // count
    pairs = np.bincount(tenth[::2] * cells + tenth[1::2], minlength=cells * cells)
    if count > 1:
        assert abs(chi_square(pairs.tolist(), [1 / cells**2] * cells**2)) < SURPRISING


def test_fractions_lie_below_one() -> None:
    """Mean 1/2 within four standard errors of 1 / sqrt(12 * 10,000) = 0.0029."""
    state = np.array([5], np.uint64)
    numbers = [fraction(state) for _ in range(10_000)]
    assert 0 <= min(numbers) < max(numbers) < 1
    assert abs(np.mean(numbers) - 0.5) < 0.0116


def autoregressive(phi: float, count: int, seed: int = 1) -> np.ndarray:
    """A series each of whose values is phi times the one before plus noise, begun where it stays."""
    noise = np.random.default_rng(seed).normal(size=count)
    values = np.zeros(count)
    values[0] = noise[0] / np.sqrt(1 - phi * phi)
    for i in range(1, count):
        values[i] = phi * values[i - 1] + noise[i]
    return values


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_what_correlated_draws_are_worth(phi: float) -> None:
    """Draws with autocorrelation phi**k are worth (1 - phi) / (1 + phi) as many independent ones."""
    chain = np.repeat(np.arange(4), 10_000)
    values = np.concatenate([autoregressive(phi, 10_000, seed) for seed in range(4)])
    assert effective_size(values, chain) == pytest.approx(40_000 * (1 - phi) / (1 + phi), rel=0.1)
    assert split_rhat(values, chain) == pytest.approx(1, abs=0.01)


def test_chains_that_disagree_are_told() -> None:
    """One of four chains stands two standard deviations off: R-hat says so, and the draws are worth few."""
    chain = np.repeat(np.arange(4), 250)
    values = autoregressive(0.0, 1000) + 2.0 * (chain == 3)
    # between halves: variance of (0, 0, 0, 0, 0, 0, 2, 2) is 6/7; sqrt(1 + 6/7) = 1.36
    assert split_rhat(values, chain) == pytest.approx(1.36, abs=0.05)
    assert effective_size(values, chain) < 20


def test_draws_that_never_change() -> None:
    """All the same: the chains agree. Each the same within its chain only: they do not."""
    chain = np.repeat(np.arange(2), 10)
    assert split_rhat(np.full(20, 0.1), chain) == 1
    assert effective_size(np.full(20, 0.1), chain) == 20
    assert split_rhat(chain * 0.5, chain) == np.inf
    assert effective_size(chain * 0.5, chain) == 1
    assert np.isnan(split_rhat(np.arange(3.0), np.zeros(3, int)))
    assert np.isnan(effective_size(np.arange(3.0), np.zeros(3, int)))
