"""The benchmarks themselves: the smallest instance of each kind through the runner, and checks that can fail."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks.checks import Known, faults, known_optima
from benchmarks.engine import warm_up
from benchmarks.instances import INSTANCES, Award, Design, fingerprint, named
from benchmarks.maps import PlanarMap
from benchmarks.outcome import Outcome
from benchmarks.peers import all_columns
from benchmarks.run import Compared, compare, main
from lotopt.design.problem import contract, resolve
from lotopt.engine.program import Partitioning

SMALLEST = ("map16-3-border", "market-20x300")


@pytest.fixture(name="warm", scope="module")
def _warm() -> float:
    """Kernels ready, so that a small time limit is not spent on compiling them."""
    return warm_up()


def outcome(solver: str, objective: float | None, bound: float | None, status: str = "optimal") -> Outcome:
    """What a solver might have said."""
    return Outcome(solver, status, objective, bound, None, 1.0, 1.0, 10.0)


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("name", SMALLEST)
def test_a_small_instance_goes_through_the_runner(name: str) -> None:
    """The engine proves the known optimum, and every peer is told with size, limit and ratio."""
    compared = compare(named(name), limit=4.0, gap=1e-4, seed=1, threads=1)
    assert not compared.faults
    ours, *peers = compared.outcomes
    assert (ours.solver, ours.status, ours.audit_ok) == ("lotopt", "optimal", True)
    assert ours.objective == pytest.approx(compared.known, rel=1e-8)
    assert tuple(peer.solver for peer in peers) == named(name).peers
    for peer in peers:
        assert peer.columns
        assert peer.ratio is not None
        assert peer.limit == 4.0
        assert peer.ended == (peer.status == "optimal")


def test_the_command_writes_what_it_shows(tmp_path: Path) -> None:
    """One line per solver, and a file with the machine, versions, seed and limits beside the answers."""
    file = tmp_path / "found.json"
    done = CliRunner().invoke(main, ["--only", "market-20x300", "--limit", "4", "-o", str(file)])
    assert done.exit_code == 0, done.output
    assert "| market-20x300" in done.output
    document = json.loads(file.read_text(encoding="utf-8"))
    assert {"date", "processor", "cores", "python", "lotopt", "highspy", "seed", "threads", "gap"} <= set(
        document["run"]
    )
    assert [o["solver"] for o in document["instances"][0]["outcomes"]] == ["lotopt", "plain milp"]


def test_every_instance_has_its_own_name() -> None:
    """Two instances of one name would share one known optimum."""
    names = [instance.name for instance in INSTANCES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", sorted(known_optima()))
def test_instances_are_frozen(name: str) -> None:
    """An instance is still the one that its known optimum was proven for."""
    instance = named(name)
    ground = instance.ground.market() if isinstance(instance, Award) else instance.ground.territory()
    assert fingerprint(instance, ground) == known_optima()[name].fingerprint


def test_one_instance_is_still_without_a_known_optimum() -> None:
    """Every other instance has been proven."""
    assert {instance.name for instance in INSTANCES} - set(known_optima()) == {"market-1000x20000"}


def test_all_columns_are_all_connected_sets_within_limits() -> None:
    """What the set-partitioning peer is given is what trying every subset of 12 areas finds."""
    instance = named("map16-3-border")
    assert isinstance(instance, Design)
    territory = PlanarMap(12, 4, 3).territory()
    problem = contract(territory, resolve(territory, instance.rules, instance.goals)).problem
    found = all_columns(problem)
    assert found is not None
    assert {tuple(np.flatnonzero(row)) for row in found.members(12)} == _by_looking(problem)


def _by_looking(problem: Partitioning) -> set[tuple[int, ...]]:
    p = problem.program
    links = [{int(u) for u in p.link_to[p.link_ptr[v] : p.link_ptr[v + 1]]} for v in range(p.atoms)]
    size = p.sums[0]
    legal = set()
    for subset in range(1, 1 << p.atoms):
        members = {v for v in range(p.atoms) if subset >> v & 1}
        reached, new = set(), {min(members)}
        while new:
            reached |= new
            new = {u for v in new for u in links[v]} & members - reached
        if reached == members and p.limit_low[0] <= size[sorted(members)].sum() <= p.limit_high[0]:
            legal.add(tuple(sorted(members)))
    return legal


def test_a_bound_above_a_plan_is_a_fault() -> None:
    """A bound of one solver above the plan of another cannot be true."""
    found = faults([outcome("lotopt", 100.0, 100.0), outcome("peer", 99.0, 98.0, "feasible")], 1e-4, None, "")
    assert any("below the bound 100.0 of lotopt" in fault for fault in found)


def test_another_optimum_than_the_known_one_is_a_fault() -> None:
    """A plan called optimal that is dearer than the known optimum by more than the gap is told."""
    known = Known(100.0, "same")
    ours = outcome("lotopt", 100.5, 99.0)
    assert faults([ours], 1e-4, known, "same") == ["lotopt calls 100.5 optimal, but a plan of 100.0 is known"]
    assert not faults([replace(ours, objective=100.005)], 1e-4, known, "same")


def test_a_changed_instance_is_a_fault() -> None:
    """A known optimum is not compared with the answer of another problem."""
    found = faults([outcome("lotopt", 50.0, 50.0)], 1e-4, Known(100.0, "old"), "new")
    assert found == ["the instance has changed: new, known.csv speaks of old"]


def test_infeasible_beside_a_plan_is_a_fault() -> None:
    """A solver cannot prove that no plan exists where another has one."""
    found = faults([outcome("lotopt", 50.0, 50.0), outcome("peer", None, None, "infeasible")], 1e-4, None, "")
    assert found == ["peer says that no plan exists, but lotopt has one"]


def test_a_broken_audit_is_a_fault() -> None:
    """The audit's word counts, whatever the status."""
    broken = replace(outcome("lotopt", 50.0, 50.0), audit_ok=False)
    compared = Compared("x", "", None, (broken,), tuple(faults([broken], 1e-4, None, "")))
    assert compared.faults == ("the audit of lotopt found a broken rule",)
