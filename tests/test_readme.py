"""Every command and every piece of Python in the README runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from lotopt.cli import answer

README = Path(__file__).resolve().parent.parent / "README.md"


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    text = README.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """The lines of console blocks that begin with `$ lotopt`, without the prompt and without comments."""
    lines = [line for block in blocks("console") for line in block.splitlines()]
    return [line.removeprefix("$ ").split("  #")[0].strip() for line in lines if line.startswith("$ lotopt ")]


def test_the_readme_has_commands_and_python():
    """There is something to run, so that the two tests below cannot pass by finding nothing."""
    assert commands()
    assert blocks("python")


def test_the_commands_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One after the other in one folder, each with exit code 0."""
    monkeypatch.chdir(tmp_path)
    for command in commands():
        assert answer(shlex.split(command)[1:]) == 0, command


def test_the_python_of_the_readme_prints_what_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """One block after the other in one namespace; what they print stands in the text blocks, word by word."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)
    assert capsys.readouterr().out == "".join(blocks("text"))


def test_the_scenario_of_the_readme_has_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The scenario runs as printed, with a made-up market in place of a workbook that nobody has."""
    monkeypatch.chdir(tmp_path)
    (scenario,) = blocks("toml")
    printed = 'file = "bids.xlsx"'
    assert printed in scenario
    made_up = 'simulate = { seed = 7, providers = 8, measure = "crime" }'
    Path("six.toml").write_text(scenario.replace(printed, made_up), encoding="utf-8")
    assert answer(["run", "six.toml", "-o", "out"]) == 0
