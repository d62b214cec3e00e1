"""What goes wrong on our side, and Ctrl-C: told in a line, nothing half-written."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lotopt.core.interrupt import interruptible
from lotopt.core.result import Status
from lotopt.study import run as study_run
from tests.cli.conftest import Call, listing, stop_second_search
from tests.cli.test_wrong_input import edit


def break_search(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the search for lots raise."""

    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(study_run, "_search", fail)


def change_design(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Let the search find what it finds, with some of the result changed."""
    search = study_run._search
    monkeypatch.setattr(study_run, "_search", lambda *given: replace(search(*given), **changes))


def test_a_fault_is_one_line_and_a_hint(own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch):
    """Exit 1, no traceback, nothing written."""
    before = listing(own_map)
    break_search(monkeypatch, RuntimeError("columns ran out\nsecond line"))
    found = call("run", "scenario.toml")
    assert found.code == 1
    assert "RuntimeError: columns ran out" in found.err
    assert "--debug" in found.err
    assert "Traceback" not in found.err
    assert listing(own_map) == before


def test_debug_shows_the_traceback(own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch):
    """Also where the option stands after the command."""
    break_search(monkeypatch, RuntimeError("columns ran out"))
    found = call("run", "scenario.toml", "--debug")
    assert found.code == 1
    assert "Traceback" in found.err


def test_interrupted_before_a_plan(own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch):
    """Exit 130 and nothing written, where Ctrl-C comes before there is anything to keep."""
    before = listing(own_map)
    break_search(monkeypatch, KeyboardInterrupt())
    found = call("run", "scenario.toml")
    assert found.code == 130
    assert listing(own_map) == before


def test_interrupted_with_a_plan(own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch):
    """Exit 130; the best lots are written and nothing further is started."""
    change_design(monkeypatch, status=Status.FEASIBLE, interrupted=True)
    found = call("run", "scenario.toml")
    assert found.code == 130
    assert "interrupted; what was found so far is written" in found.err
    result = json.loads((own_map / "out" / "result.json").read_text())
    assert result["design"]["interrupted"] is True
    assert len(result["design"]["lots"]) == 3
    assert result["allocation"] is None


def press(times: int = 1) -> None:
    """Ctrl-C, as this process sees it."""
    for _ in range(times):
        os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize(
    "step",
    [
        "lotopt.design.solve.score",
        "lotopt.design.solve.audit_design",
        "lotopt.study.run.market_of",
        "lotopt.allocation.solve.check_clauses",
        "lotopt.allocation.solve.audit_allocation",
        "lotopt.report.tables.write_lots",
        "lotopt.report.page.write_report",
        "lotopt.report.terminal.text_summary",
    ],
)
def test_interrupted_in_a_step_after_the_lots_are_found(
    own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch, step: str
):
    """Exit 130, and the lots are written whole, whichever step Ctrl-C comes in."""
    module, _, name = step.rpartition(".")
    kept, times = getattr(importlib.import_module(module), name), iter([1])

    def pressed(*given: Any, **more: Any) -> Any:
        press(next(times, 0))
        return kept(*given, **more)

    monkeypatch.setattr(step, pressed)
    edit(own_map / "scenario.toml", 'file = "bids"', "simulate = { seed = 7 }")
    found = call("run", "scenario.toml")
    assert found.code == 130, found
    assert "interrupted" in found.err
    result = json.loads((own_map / "out" / "result.json").read_text())
    assert len(result["design"]["lots"]) == 3
    assert {"lots.csv", "report.html"} <= {path.name for path in (own_map / "out").iterdir()}
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_interruption_ends_the_writing(own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch):
    """Whoever presses Ctrl-C twice does not want to wait; nothing of the new run is moved in."""
    before = listing(own_map)
    monkeypatch.setattr("lotopt.report.page.write_report", lambda *_, **__: press(2))
    found = call("run", "scenario.toml")
    assert found.code == 130
    assert "interrupted twice" in found.err
    assert listing(own_map) == before


def test_pressing_again_after_a_search_that_was_stopped(own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch):
    """The first Ctrl-C ended the search, so the second one is the last: nothing is written."""
    before = listing(own_map)

    def search(*_: Any, **__: Any) -> Any:
        with interruptible():
            press()
        raise AssertionError("the first one was let through")

    def stopped(*given: Any) -> Any:
        with contextlib.suppress(KeyboardInterrupt):
            search()
        press()
        return given

    monkeypatch.setattr(study_run, "_search", stopped)
    found = call("run", "scenario.toml")
    assert found.code == 130
    assert "nothing was written" in found.err
    assert listing(own_map) == before


def test_files_are_moved_in_together(own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch):
    """Ctrl-C, however often, between the first file and the last: all of them are there, and the code tells of it."""
    from lotopt.report import folder

    kept = folder.put_in_place

    def pressed(*given: Any) -> None:
        press(2)
        kept(*given)

    monkeypatch.setattr(folder, "put_in_place", pressed)
    found = call("run", "scenario.toml")
    assert found.code == 130
    assert {"result.json", "lots.csv", "awards.csv", "report.html"} <= set(listing(own_map / "out"))


def test_compare_keeps_what_was_found_before_an_interruption(
    own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch
):
    """Ctrl-C in the second scenario: the first one's folder is there and nobody says that nothing was written."""
    stop_second_search(monkeypatch)
    shutil.copy(own_map / "scenario.toml", own_map / "two.toml")
    found = call("compare", "scenario.toml", "two.toml", "-o", "both")
    assert found.code == 130
    assert "nothing was written" not in found.err
    assert (own_map / "both" / "scenario" / "lots.csv").exists()


def test_a_gap_that_is_left(own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch):
    """Exit 4: feasible, the wanted gap not reached."""
    change_design(monkeypatch, status=Status.FEASIBLE, bound=1.0)
    assert call("run", "scenario.toml").code == 4


def test_nothing_found_in_the_time(own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch):
    """Exit 5: neither a plan nor a proof that there is none."""
    change_design(monkeypatch, status=Status.UNKNOWN, plan=None, objective=None, bound=None, audit=None, goals=())
    found = call("run", "scenario.toml")
    assert found.code == 5
    assert "nothing found in the time" in found.err


def test_an_audit_that_disagrees(own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch):
    """Exit 6, whatever the engine says of itself."""
    search = study_run._search

    def disagree(*given: Any) -> Any:
        result = search(*given)
        assert result.audit is not None
        return replace(result, audit=replace(result.audit, faults=("the objective is another",)))

    monkeypatch.setattr(study_run, "_search", disagree)
    assert call("run", "scenario.toml").code == 6


@pytest.mark.parametrize("place", ["pyogrio.write_dataframe", "lotopt.report.tables.write_whole"])
def test_a_map_or_table_that_cannot_be_written(
    own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch, place: str
):
    """Exit 2 with the reason, whatever the writer makes of a full disk; no folder is left behind."""
    from pyogrio.errors import FeatureError

    edit(own_map / "scenario.toml", "tables/territory.toml", "polygons/territory.toml")
    before = listing(own_map)

    def fail(*_: Any, **__: Any) -> None:
        raise FeatureError("database or disk is full") if "pyogrio" in place else OSError(27, "File too large")

    monkeypatch.setattr(place, fail)
    found = call("run", "scenario.toml")
    assert found.code == 2, found
    assert ("disk full" if "pyogrio" in place else "File too large") in found.err
    assert "fault of lotopt" not in found.err
    assert listing(own_map) == before


def test_a_disk_that_fails_leaves_the_old_results_whole(own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch):
    """A write that fails half-way: the earlier folder is as it was, and nothing lies beside it."""
    assert call("run", "scenario.toml").code == 0
    before = {path: path.read_bytes() for path in (own_map / "out").iterdir()}
    listed = listing(own_map)

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lotopt.report.page.write_whole", fail)
    found = call("run", "scenario.toml", "--seed", "2")
    assert found.code == 2
    assert "No space left on device" in found.err
    assert listing(own_map) == listed
    assert {path: path.read_bytes() for path in (own_map / "out").iterdir()} == before


def test_pressing_while_python_ends_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    """All is told by then, so the exit code stays what it is."""
    from lotopt import cli

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(cli, "answer", lambda _: 130)
    try:
        with pytest.raises(SystemExit) as ended:
            cli.main()
        press()
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.value.code == 130
