"""Preparing compiles everything a solve needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest


def test_a_solve_compiles_nothing_after_preparing() -> None:
    """In a fresh process no kernel gets a further signature when a drawn map is solved after `prepare`."""
    script = """
from lotopt.engine import connected, legal, measure, moves, trees
from lotopt.engine.prepare import prepare, prepared

def signatures():
    modules = (connected, legal, measure, moves, trees)
    kernels = [(m.__name__, k, f) for m in modules for k, f in vars(m).items() if hasattr(f, "signatures")]
    return {(m, k): len(f.signatures) for m, k, f in kernels}

assert not prepared()
prepare()
assert prepared()
before = signatures()
from lotopt.design import goals as g, rules as r
from lotopt.design.problem import contract, resolve
from lotopt.engine.clock import Clock
from lotopt.engine.partition import solve_partition
from lotopt.engine.solvers import SolverOptions
from tests.conftest import plan
territory = plan("AABB / AABB", layers={"police": "XXYY / XYYY"}).territory
rules = [r.LotCount(at_least=2, at_most=3), r.Contiguous(), r.SizeBetween(measure="cases", at_least=2, at_most=5),
         r.Reach(measure="cases", at_most=9), r.LargestSpan(layer="police", at_most=2)]
goals = [g.Compactness(measure="cases"), g.BorderLength(), g.Interfaces(layer="police")]
solve_partition(contract(territory, resolve(territory, rules, goals)).problem, SolverOptions(), Clock(), few=0)
assert signatures() == before
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=".", check=False)
    assert done.returncode == 0, done.stderr


def test_machine_code_of_other_sources_is_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that was made from other kernel sources is emptied once, and left alone after that."""
    from lotopt.engine import prepare

    class Cached:
        stats = SimpleNamespace(cache_path=str(tmp_path))

    monkeypatch.setattr(prepare, "walk", Cached)
    old = tmp_path / "moves.moves-1.py311.nbi"
    other = tmp_path / "someone.else-1.py311.nbi"
    old.touch()
    other.touch()
    prepare.forget_stale()
    assert not old.exists()
    assert other.exists()
    old.touch()
    prepare.forget_stale()
    assert old.exists()
