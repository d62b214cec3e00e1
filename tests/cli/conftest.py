"""The command line as a function: arguments in; exit code, stdout and stderr out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lotopt.cli import answer
from lotopt.study import run as study_run
from lotopt.study.examples import example


@dataclass(frozen=True)
class Told:
    """What one command line came to."""

    code: int
    out: str
    err: str


Call = Callable[..., Told]


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Call:
    """Run one command line in this process."""

    def run(*arguments: object) -> Told:
        capfd.readouterr()
        code = answer([str(argument) for argument in arguments])
        return Told(code, *capfd.readouterr())

    return run


@pytest.fixture
def own_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example of nine areas, as the current folder."""
    folder = tmp_path / "own-map"
    shutil.copytree(example("own-map"), folder)
    monkeypatch.chdir(folder)
    return folder


def stop_second_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C comes where lots are searched for the second time; the first search finds what it finds."""
    search, calls = study_run._search, []

    def stopped_later(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return search(*given)

    monkeypatch.setattr(study_run, "_search", stopped_later)


def listing(folder: Path) -> list[str]:
    """Every file and folder below a folder, for seeing that nothing was written."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
