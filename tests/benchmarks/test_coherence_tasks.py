"""The parts of the study: what a profile asks for, kept by what they rest on, the same in any process."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

import lotopt as lo
from benchmarks.coherence import optima, study, tasks
from benchmarks.coherence.history import historical
from benchmarks.coherence.settings import PROFILES, TINY
from benchmarks.coherence.tasks import Task, history_task, last, run, tasks_of
from lotopt.core.reading import Audit
from lotopt.core.result import Result, Status

ONE, TWO = Task("square", (2,)), Task("square", (3,))


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A kind of task that is quickly done, and a list of what was done."""
    found: list[int] = []

    def square(number: int) -> int:
        found.append(number)
        return number * number

    monkeypatch.setitem(tasks.KINDS, "square", square)
    return found


def quiet(line: str) -> None:
    """Tells nobody."""


def test_results_come_in_the_order_of_the_tasks(done: list[int]) -> None:
    """Whatever is kept or done first."""
    assert run([TWO, ONE], 1, None, quiet) == {TWO: 9, ONE: 4}
    assert list(run([TWO, ONE], 1, None, quiet)) == [TWO, ONE]


def test_what_was_kept_is_not_done_again(done: list[int], tmp_path: Path) -> None:
    """The second run does only what is new, and says how many parts it took."""
    told: list[str] = []
    run([ONE], 1, tmp_path / "parts", quiet)
    assert run([ONE, TWO], 1, tmp_path / "parts", told.append) == {ONE: 4, TWO: 9}
    assert done == [2, 3]
    assert told[0].startswith("1 parts taken from")


def test_nothing_is_kept_where_no_folder_is_given(done: list[int], tmp_path: Path) -> None:
    """`--anew`: every part is done each time."""
    run([ONE], 1, None, quiet)
    run([ONE], 1, None, quiet)
    assert done == [2, 2]


def test_other_code_makes_every_part_anew(done: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that was made by other code stays beside the new one and is not taken."""
    run([ONE], 1, tmp_path, quiet)
    monkeypatch.setattr(tasks, "_digest", lambda: "other")
    run([ONE], 1, tmp_path, quiet)
    assert done == [2, 2]
    assert len(list(tmp_path.glob("square-2-*.pickle"))) == 2


def test_a_part_is_kept_whole_or_not_at_all(done: list[int], tmp_path: Path) -> None:
    """No file that is half written is left; what is kept reads as the result."""
    run([ONE, TWO], 1, tmp_path, quiet)
    assert sorted(pickle.loads(file.read_bytes()) for file in tmp_path.iterdir()) == [4, 9]


def test_what_was_kept_last_is_taken_whatever_has_changed(
    done: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest part of a task, with a word about the code it was made by."""
    run([ONE], 1, tmp_path, quiet)
    (first,) = tmp_path.iterdir()
    os.utime(first, (1, 1))
    (tmp_path / "square-2-older.pickle").write_bytes(pickle.dumps(0))
    os.utime(tmp_path / "square-2-older.pickle", (0, 0))
    told: list[str] = []
    assert last([ONE], tmp_path, told.append) == {ONE: 4}
    assert told == []
    monkeypatch.setattr(tasks, "_digest", lambda: "changed")
    assert last([ONE], tmp_path, told.append) == {ONE: 4}
    assert told == ["1 of 1 parts were made before code or data changed"]


def test_a_part_of_one_task_is_not_taken_for_another(done: list[int], tmp_path: Path) -> None:
    """Twelve lots with one point, and with ten: names that begin alike."""
    run([Task("square", (1,))], 1, tmp_path, quiet)
    with pytest.raises(FileNotFoundError, match="square-12 was not kept"):
        last([Task("square", (12,))], tmp_path, quiet)


def test_the_digest_is_that_of_code_and_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same twice, and another where one module fewer counts."""
    before = tasks._digest()
    assert tasks._digest() == before
    monkeypatch.setattr(tasks, "OWN", tasks.OWN[:-1])
    assert tasks._digest() != before


def test_every_module_that_results_rest_on_counts() -> None:
    """All modules of the study that a task's own modules import, but those that only tell of results."""
    folder = Path(tasks.__file__).parent
    for name in tasks.OWN:
        text = (folder / f"{name}.py").read_text(encoding="utf-8")
        imported = {
            line.split()[1].removeprefix("benchmarks.coherence.")
            for line in text.splitlines()
            if line.startswith("from benchmarks.coherence.")
        }
        assert imported <= set(tasks.OWN), name


def test_a_profile_asks_for_each_part_once() -> None:
    """Names are distinct, since they name files; every design of history is there."""
    for profile in PROFILES.values():
        names = [task.name for task in tasks_of(profile)]
        assert len(set(names)) == len(names)
        assert {task.args[0] for task in tasks_of(profile) if task.kind == "history"} == set(historical())
        assert {task.args[0] for task in tasks_of(profile) if task.kind == "best"} == set(profile.lots)
    assert [task.kind for task in tasks_of(TINY)][:2] == ["frontier", "best"]


def test_a_part_is_the_same_in_a_process_of_its_own() -> None:
    """Two processes beside each other: the figures are those of this one."""
    asked = [Task("history", ("nps-divisions-2014",)), Task("history", ("noms-regions-2004",))]
    found = run(asked, 2, None, quiet)
    assert found == {task: history_task(*task.args) for task in asked}


def test_ctrl_c_writes_nothing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is that of an interruption."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(study, "run", interrupted)
    monkeypatch.setattr("sys.argv", ["study", "--profile", "tiny", "-o", str(tmp_path / "out")])
    assert study.main() == study.INTERRUPTED
    assert "interrupted" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_best_plan_so_far_is_not_taken_for_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solve that Ctrl-C ended gives a plan: the study does not go on with it."""
    design = historical()["probation-regions-2021"]
    found = Result(design, Status.FEASIBLE, objective=1.0, interrupted=True)
    monkeypatch.setattr(lo, "design_lots", lambda *_, **__: found)
    with pytest.raises(KeyboardInterrupt):
        optima.best("compact", 12)


@pytest.mark.parametrize("audit", [None, Audit((), faults=("the engine's price is not the audit's",))])
def test_what_the_audit_does_not_confirm_is_no_finding(audit: Audit | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the solver calls it."""
    design = historical()["probation-regions-2021"]
    found = Result(design, Status.OPTIMAL, objective=1.0, bound=1.0, audit=audit)
    monkeypatch.setattr(lo, "design_lots", lambda *_, **__: found)
    with pytest.raises(RuntimeError, match="the audit disagrees"):
        optima.best("compact", 12)


def test_every_failure_is_told_by_who_fails() -> None:
    """As many as groups won, the worst and the mean as the designs' table has them."""
    figures = history_task("probation-regions-2021")
    rises = [rise for name, rise in figures.items() if name.startswith("failure.")]
    assert len(rises) == figures["providers"]
    assert max(rises) == figures["failure_worst"]
    assert sum(rises) / len(rises) == pytest.approx(figures["failure_mean"])
