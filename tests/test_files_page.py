"""docs/files.md names every file that a run can write, and what it shows runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from lotopt.cli import answer
from lotopt.report.folder import FILES
from lotopt.study.examples import examples_folder
from lotopt.study.read import scenario_from

PAGE = Path(__file__).resolve().parent.parent / "docs" / "files.md"


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in order, with examples where they are."""
    text = PAGE.read_text(encoding="utf-8").replace("examples/", f"{examples_folder().as_posix()}/")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_named(name: str) -> None:
    """A file that nobody explains helps nobody."""
    assert f"`{name}`" in PAGE.read_text(encoding="utf-8")


def test_the_run_writes_what_the_page_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the order of the page."""
    monkeypatch.chdir(tmp_path)
    (line,) = blocks("console")
    assert answer(shlex.split(line.removeprefix("$ lotopt "))) == 0
    assert capsys.readouterr().out.endswith(blocks("text")[0])


def test_the_python_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it stands."""
    monkeypatch.chdir(tmp_path)
    exec(compile(blocks("python")[0], "docs/files.md", "exec"), {})
    assert {path.name for path in tmp_path.iterdir()} == {"out", "areas.geojson", "workbook.xlsx", "notice.txt"}


def test_the_table_of_the_page_can_be_read() -> None:
    """A scenario with it has a release."""
    import tomllib

    table = tomllib.loads(blocks("toml")[0])
    market = {"simulate": {"seed": 1}}
    scenario = scenario_from({"territory": "england-wales", "market": market, "allocation": {}} | table)
    assert scenario.release is not None
