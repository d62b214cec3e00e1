"""Every command of docs/allocation.md runs, and prints what the page says it prints."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import pytest

from lotopt.allocation.goals import GOALS
from lotopt.allocation.rules import RULES
from lotopt.cli import answer
from lotopt.study.examples import examples_folder

PAGE = Path(__file__).resolve().parent.parent / "docs" / "allocation.md"


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def plain(text: str) -> str:
    """Text without line breaks and runs of blanks."""
    return " ".join(text.split())


def test_the_commands_print_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Run one after the other in an empty folder; every line of a text block is printed by one of them."""
    monkeypatch.chdir(tmp_path)
    lines = [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines()]
    assert len(lines) == 3
    for line in lines:
        words = shlex.split(line.replace("examples/", f"{examples_folder().as_posix()}/"))
        if words[0] == "lotopt":
            assert answer(words[1:]) == 0, line
        else:
            runpy.run_path(words[1])["main"]()
    printed = plain(capsys.readouterr().out)
    said = [line for block in blocks("text") for line in block.splitlines()]
    assert len(said) > 4
    assert not [line for line in said if plain(line) not in printed]


def test_the_page_names_every_rule_once_in_its_table() -> None:
    """Each question has its rules, and no rule is left out."""
    text = PAGE.read_text(encoding="utf-8")
    table = text.split("## What must hold")[1].split("`lotopt rules KIND`")[0]
    named = re.findall(r"`([a-z_]+)`", table)
    assert sorted(named) == sorted(rule.model_fields["kind"].default for rule in RULES)


def test_the_goals_that_the_page_names_exist() -> None:
    """And the ones that matter are named."""
    text = PAGE.read_text(encoding="utf-8")
    section = text.split("## What is kept small")[1].split("## What comes out")[0]
    named = set(re.findall(r"`([a-z_]+)`", section))
    assert named <= {goal.model_fields["kind"].default for goal in GOALS}
    assert {"total_price", "price_quality", "drawn_lot"} <= named
