"""Our random designs beside those of gerrychain's reversible recombination. `make bench-test` has it installed."""

from __future__ import annotations

import math
from collections import Counter
from importlib.util import find_spec

import numpy as np
import pytest

from benchmarks.coherence.peer import peer_designs
from lotopt.design import rules as r
from lotopt.design.clause import DesignRule
from lotopt.design.design import LotDesign
from lotopt.design.sample import sample_designs
from lotopt.engine.sample.convergence import effective_size
from lotopt.study.judge import audit
from lotopt.territory.territory import Territory
from tests.conftest import plan
from tests.engine.grids import grid
from tests.engine.sampling import canonical, chi_square, grid_links, likelihoods, partitions, surprise

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("gerrychain") is None, reason="gerrychain is not installed: make bench-env"),
]
SURPRISING = 3.5  # standard deviations, of fixed seeds


def rules_of(lots: int, at_least: float, at_most: float) -> list[DesignRule]:
    sizes = r.SizeBetween(measure="cases", at_least=at_least, at_most=at_most)
    return [r.LotCount(at_least=lots, at_most=lots), sizes, r.Contiguous()]


def test_all_117_partitions_come_as_often_in_both() -> None:
    """Of a grid of 4 x 4 into four lots of four: theirs agree with the spanning trees, and ours with theirs."""
    territory, rules = plan("AAAA / AAAA / AAAA / AAAA").territory, rules_of(4, 4, 4)
    theirs = Counter(map(canonical, peer_designs(territory, rules, 800, thin=160, burn=500).tolist()))
    ours = Counter(map(canonical, sample_designs(territory, rules, 8000, thin=80).of.tolist()))
    plans = partitions(grid_links(4, 4), 4, lambda lot: len(lot) == 4, most=4)
    likely = likelihoods(grid_links(4, 4), plans)
    assert abs(surprise(theirs.elements(), plans, likely)) < SURPRISING
    assert abs(surprise(ours.elements(), plans, likely)) < SURPRISING
    # two samples, told as one of a table: what is expected of both is what both have together
    both = [(ours[some] + theirs[some]) / 8800 for some in plans]
    table = [ours[some] for some in plans] + [theirs[some] for some in plans]
    shares = [p * 8000 / 8800 for p in both] + [p * 800 / 8800 for p in both]
    freedom = len(plans) - 1
    assert abs(chi_square(table, shares, freedom)) < SURPRISING


def test_designs_of_a_larger_map_look_alike_in_both() -> None:
    """On 6 x 6 areas of 1 to 9 cases, four lots within 60 % of the mean: borders cut and largest lots agree."""
    territory = grid(6, 6)
    mean = float(territory.measure("cases").sum()) / 4
    rules = rules_of(4, 0.4 * mean, 1.6 * mean)
    theirs = peer_designs(territory, rules, 1000, thin=100, burn=2000)
    ours = sample_designs(territory, rules, 4000)
    assert all(audit(LotDesign(territory, ours.lots, of), rules).ok for of in theirs[::50])
    none = np.zeros(len(theirs), dtype=np.int64)
    for figure in (_cut, _largest):
        mine, other = figure(territory, ours.of), figure(territory, theirs)
        for a, b in ((mine, other), (mine**2, other**2), (mine <= np.median(mine), other <= np.median(mine))):
            a, b = a.astype(float), b.astype(float)
            variance = a.var() / ours.effective_size(a) + b.var() / effective_size(b, none)
            assert abs(a.mean() - b.mean()) < SURPRISING * math.sqrt(variance)
            assert math.sqrt(variance) < 0.05 * max(1.0, a.mean())  # so few would not tell a difference


def _cut(territory: Territory, of: np.ndarray) -> np.ndarray:
    return (of[:, territory.borders.a] != of[:, territory.borders.b]).sum(axis=1).astype(float)


def _largest(territory: Territory, of: np.ndarray) -> np.ndarray:
    size = territory.measure("cases")
    return np.array([np.bincount(design, weights=size).max() for design in of])
