"""Sampling of partitions: every one is reached, as often as its number of spanning trees says."""

from __future__ import annotations

import numpy as np

from lotopt.engine.model.program import csr
from lotopt.engine.sample.chains import Graph, draw_chain
from tests.engine.sampling import Links, canonical, grid_links, likelihoods, partitions, surprise


def graph(links: Links, sizes: list[float], low: float, high: float) -> Graph:
    """A graph with one limit on sizes."""
    link_ptr, link_to = csr([sorted(near) for near in links])
    n = len(links)
    return Graph(
        link_ptr, link_to, np.array([sizes]), np.array([low]), np.array([high]), np.zeros((1, n), bool),
        np.zeros((0, n), bool),
    )  # fmt: skip


def test_all_117_partitions_come_as_often_as_they_should() -> None:
    """A grid of 4 x 4 has 117 partitions into four lots of four squares."""
    links = grid_links(4, 4)
    plans = partitions(links, 4, lambda lot: len(lot) == 4)
    assert len(plans) == 117
    chain = draw_chain(graph(links, [1.0] * 16, 4.0, 4.0), 4, 50_000, seed=1, number=0, thin=60, burn=100)
    drawn = [canonical(label) for label in chain.label.tolist()]
    assert set(drawn) == set(plans)
    assert abs(surprise(drawn, plans, likelihoods(links, plans))) < 3.5
