"""Preparing compiles everything a solve needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def test_a_solve_compiles_nothing_after_preparing() -> None:
    """In a fresh process no kernel gets a further signature when a drawn map is solved or sampled after `prepare`."""
    script = """
from lotopt.engine.columns import connected, legal
from lotopt.engine.model import measure
from lotopt.engine.search import moves, trees
from lotopt.engine.prepare import prepare, prepared
from lotopt.engine.sample import forest, randoms, recombine, start

def signatures():
    modules = (connected, legal, measure, moves, trees, forest, randoms, recombine, start)
    kernels = [(m.__name__, k, f) for m in modules for k, f in vars(m).items() if hasattr(f, "signatures")]
    return {(m, k): len(f.signatures) for m, k, f in kernels}

assert not prepared()
prepare()
assert prepared()
before = signatures()
from lotopt.design import goals as g, rules as r
from lotopt.design.problem import contract, resolve
from lotopt.engine.solve.clock import Clock
from lotopt.engine.partition import solve_partition
from lotopt.engine.solve.solvers import SolverOptions
from tests.conftest import plan
territory = plan("AABB / AABB", layers={"police": "XXYY / XYYY"}).territory
rules = [r.LotCount(at_least=2, at_most=3), r.Contiguous(), r.SizeBetween(measure="cases", at_least=2, at_most=5),
         r.Reach(measure="cases", at_most=9), r.LargestSpan(layer="police", at_most=2)]
goals = [g.Compactness(measure="cases"), g.BorderLength(), g.Interfaces(layer="police")]
solve_partition(contract(territory, resolve(territory, rules, goals)).problem, SolverOptions(), Clock(), few=0)
from lotopt.design.sample import sample_designs
two = r.LotCount(at_least=2, at_most=2)
sample_designs(territory, [two, *rules[1:3], r.KeepTogether(places=("r1c1", "r2c4"))], 5)
assert signatures() == before
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=".", check=False)
    assert done.returncode == 0, done.stderr


def test_machine_code_of_other_sources_is_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that was made from other kernel sources is emptied once, and left alone after that."""
    from lotopt.engine import prepare
    from lotopt.engine.search import moves

    monkeypatch.setattr(prepare, "_caches", lambda: [(moves, tmp_path)])
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


def test_every_module_with_kernels_is_looked_at() -> None:
    """No file of the engine holds kernels without its machine code being watched for other sources."""
    from lotopt.engine import prepare

    root = Path(prepare.__file__).parent
    compiled = {path for path in root.rglob("*.py") if "@njit(" in path.read_text(encoding="utf-8")}
    watched = {Path(module.__file__ or "") for module, folder in prepare._caches() if folder.name}
    assert compiled == watched
