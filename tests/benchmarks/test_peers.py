"""Every peer that is installed, in a process of its own, on a map of sixteen areas with a known optimum.

`make bench-test` runs them where all are installed.
"""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from benchmarks.checks import known_optima
from benchmarks.instances import ground_of
from benchmarks.judge import judge
from benchmarks.peers.registry import PEERS, Peer
from benchmarks.registry import named
from benchmarks.terms import Terms
from benchmarks.watch import solve_apart

BORDER, COMPACT, MARKET = "map16-3-border", "map25-5-compact", "market-20x300"


def instance_for(peer: Peer) -> str:
    """The smallest instance that a peer accepts."""
    if peer.name.startswith("bids"):
        return MARKET
    return COMPACT if peer.name.startswith("centres") else BORDER


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in PEERS if not name.startswith("assignment x")])
def test_a_peer_answers_what_is_true(name: str) -> None:
    """An exact peer that ends has the known optimum; no plan lies below it, no bound above it.

    Plans of heuristics may break the limits on size (most of them know none), and the judge says so.
    """
    peer = PEERS[name]
    if find_spec(peer.package) is None:
        pytest.skip(f"{peer.package} is not installed: make bench-env")
    instance = named(instance_for(peer))
    best = known_optima()[instance.name].objective
    seen = solve_apart(name, instance.name, Terms(20.0 if peer.exact else 3.0, 1e-4, 1, 1))
    found = seen.attempt
    assert found is not None, f"{seen.word}: {seen.note}"
    assert seen.peak_mb
    if found.bound is not None:
        assert found.bound <= best * (1 + 1e-6)
    if found.plan is not None:
        judged = judge(instance, ground_of(instance), found.plan)
        if judged.ok:
            assert judged.objective >= best * (1 - 1e-6)
        if name.startswith("gerrychain"):
            assert judged.ok, judged.broken
        if peer.exact:
            assert judged.ok, judged.broken
            assert found.claimed == pytest.approx(judged.objective, rel=1e-5)
    if found.status == "optimal":
        assert peer.exact
        assert found.claimed == pytest.approx(best, rel=2e-4)
