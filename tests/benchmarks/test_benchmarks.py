"""The benchmarks themselves: the smallest instance of each kind through the runner, and checks that can fail."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.checks import Known, faults, known_optima
from benchmarks.instances import Award, Design, Joint, fingerprint, ground_of
from benchmarks.judge import Judged
from benchmarks.machine import machine
from benchmarks.outcome import BROKEN, Outcome, outcome
from benchmarks.peers.registry import PEERS
from benchmarks.picture import picture
from benchmarks.registry import INSTANCES, QUICK_LIMIT, named
from benchmarks.results import load, write_readme
from benchmarks.run import main
from benchmarks.terms import Attempt, Terms
from benchmarks.watch import Seen, _Ended, _seen, solve_apart

TERMS = Terms(4.0, 1e-4, 1, 1)


def told(solver: str, objective: float | None, bound: float | None, status: str = "optimal") -> Outcome:
    """What a solver might have said, and the judge found to be true."""
    kept = None if objective is None else True
    return Outcome(solver, status, objective, bound, None, 1.0, 1.0, 10.0, objective, kept)


def test_small_instances_go_through_the_runner(tmp_path: Path) -> None:
    """The engine proves the known optimum; its peers are told with size, memory and ratio; all is in the file."""
    file = tmp_path / "found.json"
    asked = ["--only", "map16-3-border", "--only", "market-20x300", "--limit", "20", "-o", str(file)]
    done = CliRunner().invoke(main, [*asked, "--peer", "all columns, HiGHS", "--peer", "bids, HiGHS"])
    assert done.exit_code == 0, done.output
    assert "| map16-3-border" in done.output
    found = load(file)
    assert {"date", "processor", "cores", "python", "highspy", "seed", "threads", "gap"} <= set(found["run"])
    for one, peer in zip(found["instances"], ("all columns, HiGHS", "bids, HiGHS"), strict=True):
        ours, *others = one["outcomes"]
        assert (ours.solver, ours.status, ours.audit_ok, one["faults"]) == ("lotopt", "optimal", True, [])
        assert ours.objective == pytest.approx(one["known"], rel=1e-8)
        assert one["known"] == known_optima()[one["instance"]].objective
        asked_of = next(other for other in others if other.solver == peer)
        assert (asked_of.status, asked_of.audit_ok, asked_of.limit) == ("optimal", True, 20.0)
        assert asked_of.columns
        assert asked_of.ratio
        assert asked_of.peak_mb
        assert asked_of.peak_mb > 20


def test_a_peer_that_does_not_fit_is_told() -> None:
    """A model of lots is not asked about a market: the run goes on."""
    seen = solve_apart("spopt AZP", "market-20x300", TERMS)
    assert seen.attempt is None
    assert seen.word in ("failed", "not installed", "not asked")
    assert seen.note


@pytest.mark.parametrize("solver", ["assignment, HiGHS"])
def test_a_child_is_ended_when_it_holds_too_much(solver: str) -> None:
    """More memory than allowed ends the child; what it was ended for is told."""
    seen = solve_apart(solver, "national-12-border", replace(TERMS, limit=60.0), memory_gb=0.05)
    assert seen.attempt is not None
    assert (seen.attempt.status, seen.attempt.plan) == ("unknown", None)
    assert "0.05 GB" in seen.attempt.note


def test_the_last_plan_of_a_child_that_was_ended_counts() -> None:
    """A heuristic that does not look at the clock is ended at the limit; what it had found by then is judged."""
    begun = [{"event": "begin", "cpu": 1.5}]
    seen = _seen(begun, [0, 1], _Ended("time", 4.1, 80.0, 5.5), "", TERMS)
    assert seen.attempt is not None
    assert (seen.attempt.status, seen.attempt.plan, seen.stopped) == ("feasible", [0, 1], True)
    assert (seen.attempt.seconds, seen.attempt.cpu_seconds) == (4.1, 4.0)  # 5.5 in all, 1.5 before the clock began
    nothing = _seen(begun, None, _Ended("time", 4.1, 80.0, 5.5), "", TERMS).attempt
    assert nothing is not None
    assert nothing.status == "unknown"


def test_a_child_that_fails_is_told_by_its_last_line() -> None:
    """A mistake in a peer, or in how it is called, is neither silence nor the end of the run."""
    seen = _seen([], None, _Ended("", 1.0, 80.0, 0.0), "Traceback\nValueError: no\n", TERMS)
    assert (seen.attempt, seen.word, seen.note) == (None, "failed", "ValueError: no")


def test_every_instance_has_its_own_name() -> None:
    """Two instances of one name would share one known optimum."""
    names = [instance.name for instance in INSTANCES]
    assert len(set(names)) == len(names)


def test_every_peer_is_known() -> None:
    """An instance names no peer that is not there, and the quick profile asks only its peers."""
    for instance in INSTANCES:
        assert set(instance.peers) <= set(PEERS)
        assert set(instance.quick or ()) <= set(instance.peers)


def test_the_quick_profile_takes_less_than_ten_minutes() -> None:
    """Every solver at its limit, and 4 s for a process to start (the engine: 5), stay below 600 s in all."""
    asked = [instance.quick for instance in INSTANCES if instance.quick is not None]
    assert sum(QUICK_LIMIT + 5.0 + len(peers) * (QUICK_LIMIT + 4.0) for peers in asked) < 600.0
    kinds = {type(instance) for instance in INSTANCES if instance.quick is not None}
    assert kinds == {Design, Award, Joint}


@pytest.mark.parametrize("name", sorted(known_optima()))
def test_instances_are_frozen(name: str) -> None:
    """An instance is still the one that its known optimum was proven for."""
    instance = named(name)
    assert fingerprint(instance, ground_of(instance)) == known_optima()[name].fingerprint


def test_a_bound_above_a_plan_is_a_fault() -> None:
    """A bound of one solver above the plan of another cannot be true."""
    found = faults([told("lotopt", 100.0, 100.0), told("peer", 99.0, 98.0, "feasible")], 1e-4, None, "")
    assert any("below the bound 100.0 of lotopt" in fault for fault in found)


def test_another_optimum_than_the_known_one_is_a_fault() -> None:
    """A plan called optimal that is dearer than the known optimum by more than the gap is told."""
    known = Known(100.0, "same")
    ours = told("lotopt", 100.5, 99.0)
    assert faults([ours], 1e-4, known, "same") == ["lotopt calls 100.5 optimal, but a plan of 100.0 is known"]
    assert not faults([replace(ours, objective=100.005, claimed=100.005)], 1e-4, known, "same")


def test_a_changed_instance_is_a_fault() -> None:
    """A known optimum is not compared with the answer of another problem."""
    found = faults([told("lotopt", 50.0, 50.0)], 1e-4, Known(100.0, "old"), "new")
    assert found == ["the instance has changed: new, known.csv speaks of old"]


def test_infeasible_beside_a_plan_is_a_fault() -> None:
    """A solver cannot prove that no plan exists where another has one."""
    found = faults([told("lotopt", 50.0, 50.0), told("peer", None, None, "infeasible")], 1e-4, None, "")
    assert found == ["peer says that no plan exists, but lotopt has one"]


def test_another_objective_than_the_one_measured_is_a_fault() -> None:
    """A peer that minimises something else would be compared with nothing."""
    found = faults([replace(told("peer", 50.0, 49.0), claimed=49.0)], 1e-4, None, "")
    assert found == ["peer tells an objective of 49.0, its plan has 50.0"]
    # a plan on the way may be told dearer than it is: some border counts as cut that is not
    assert not faults([replace(told("peer", 50.0, 49.0, "feasible"), claimed=51.0)], 1e-4, None, "")
    ours = faults([replace(told("lotopt", 50.0, 50.0), claimed=51.0)], 1e-4, None, "")
    assert ours == ["lotopt tells an objective of 51.0, its plan has 50.0"]


def test_a_broken_audit_of_the_engine_is_a_fault() -> None:
    """The audit's word counts, whatever the status."""
    broken = replace(told("lotopt", 50.0, 50.0), audit_ok=False)
    assert faults([broken], 1e-4, None, "") == ["the audit of lotopt found a broken rule"]


def test_a_plan_that_breaks_rules_is_compared_with_nothing() -> None:
    """Cheaper because it breaks a rule: no fault, no share of our objective, and told as broken."""
    ours = told("lotopt", 100.0, 100.0)
    seen = Seen(Attempt("feasible", plan=[0], seconds=2.0, cpu_seconds=2.0))
    found = outcome("peer", seen, Judged(50.0, False, "breaks size_between in 2"), TERMS, ours)
    assert (found.status, found.objective, found.over, found.gap) == (BROKEN, 50.0, None, None)
    assert found.notes == ("breaks size_between in 2",)
    assert not faults([ours, found], 1e-4, None, "")


def test_the_readme_is_made_from_the_results(tmp_path: Path) -> None:
    """Between the marks stand machine, picture and table of the kept results; all else stays as it is."""
    dearer = replace(told("spopt AZP", 104.0, None, "feasible"), over=0.04, ended=False)
    outcomes = [told("lotopt", 100.0, 100.0), dearer]
    run = {**machine(), "seed": 1, "threads": 1, "gap": 1e-4, "seconds": 12.0}
    one = {"instance": "a-map", "outcomes": [asdict(o) for o in outcomes], "faults": []}
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "quick.json").write_text(json.dumps({"run": run, "instances": [one]}), encoding="utf-8")
    readme = tmp_path / "README.md"
    readme.write_text("# Before\n<!-- quick begins -->\nold\n<!-- quick ends -->\nafter\n", encoding="utf-8")
    write_readme(readme, tmp_path / "results")
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("# Before\n")
    assert text.endswith("<!-- quick ends -->\nafter\n")
    assert "old" not in text
    assert "| a-map" in text
    assert "+4.00%" in text
    assert "(quick.svg)" in text
    assert (tmp_path / "quick.svg").read_text(encoding="utf-8").startswith("<svg")


def test_runs_of_chosen_instances_stand_one_after_the_other(tmp_path: Path) -> None:
    """Each kept run has its command, its machine and its table; there is no picture of it."""
    (tmp_path / "results").mkdir()
    for name in ("a", "b"):
        run = {**machine(), "seed": 1, "threads": 1, "gap": 1e-4, "seconds": 9.0, "asked": f"--only map-{name}"}
        one = {"instance": f"map-{name}", "outcomes": [asdict(told("lotopt", 100.0, 100.0))], "faults": []}
        file = tmp_path / "results" / f"chosen-{name}.json"
        file.write_text(json.dumps({"run": run, "instances": [one]}), encoding="utf-8")
    readme = tmp_path / "README.md"
    readme.write_text("<!-- chosen begins -->\nold\n<!-- chosen ends -->\n", encoding="utf-8")
    write_readme(readme, tmp_path / "results")
    text = readme.read_text(encoding="utf-8")
    assert text.index("benchmarks.run --only map-a`") < text.index("| map-a") < text.index("| map-b")
    assert "old" not in text
    assert ".svg" not in text


def test_the_picture_is_xml_with_a_mark_for_every_solver_that_ran() -> None:
    """Every outcome that ran has a mark that tells its name; one that did not has none."""
    from xml.etree import ElementTree

    ran = [told("lotopt", 1.0, 1.0), replace(told("assignment, SCIP", None, 0.5, "unknown"), ended=False)]
    rest = [replace(told("gerrychain tilted", None, None, "not installed"), ended=False)]
    drawn = picture({"instances": [{"instance": "map <1>", "outcomes": [*ran, *rest]}]})
    titles = [title.text or "" for title in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}title")]
    assert any(title.startswith("lotopt: optimal") for title in titles)
    assert any(title.startswith("assignment, SCIP: unknown") for title in titles)
    assert not any("gerrychain" in title for title in titles)
