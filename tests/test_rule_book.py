"""docs/rules.md: every rule of the rule book is there once, with an example and a test that exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from lotopt.study.examples import examples_folder

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "rules.md"
OUT_OF_SCOPE = "out of scope: "
NUMBERS = {
    "HO": 5, "JC": 6, "CP": 3, "TR": 11, "PDP": 2, "DF": 6, "LAA": 3, "WP": 3, "MWA": 1, "RS": 1, "PE": 1, "CL": 5,
    "LB": 2, "LAW": 3,
}  # fmt: skip


def rows() -> list[list[str]]:
    """The cells of the table: id, rule, what expresses it, example, test."""
    lines = re.findall(r"^\| ([A-Z]+-[0-9]+) \|(.*)\|$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [[id, *(cell.strip() for cell in rest.split("|"))] for id, rest in lines]


def code(cell: str) -> str:
    """What stands between backticks in a cell."""
    return cell.strip("`")


def test_every_rule_is_there_once() -> None:
    """52 rules of 14 programmes, in their order."""
    wanted = [f"{programme}-{number}" for programme, most in NUMBERS.items() for number in range(1, most + 1)]
    assert len(wanted) == 52
    assert [row[0] for row in rows()] == wanted


def test_at_least_45_rules_are_expressed_and_the_others_say_why_not() -> None:
    """A rule has an example and a test, or the words out of scope and a reason; not both."""
    expressed = [row for row in rows() if not row[2].startswith(OUT_OF_SCOPE)]
    assert len(expressed) >= 45
    for row in rows():
        assert len(row) == 5, row
        assert bool(row[3]) == bool(row[4]) == (row in expressed), row
        assert row[4] or len(row[2]) > len(OUT_OF_SCOPE) + 20, row
    page = (ROOT / "docs" / "allocation.md").read_text(encoding="utf-8")
    assert f"shows {len(expressed)} rules of real programmes" in " ".join(page.split())


def test_every_example_is_there() -> None:
    """Each is a file below examples/; those that are scenarios or scripts are run in tests/test_examples.py."""
    named = {code(row[3]) for row in rows() if row[3]}
    assert len(named) > 10
    assert not [name for name in sorted(named) if not (examples_folder() / name).is_file()]


def test_every_test_is_collected() -> None:
    """pytest finds each under the name that the page gives."""
    named = {code(row[4]) for row in rows() if row[4]}
    files = sorted({name.split("::")[0] for name in named})
    assert not [file for file in files if not (ROOT / file).is_file()]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", *files]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    collected = {line.split("[")[0] for line in told.stdout.splitlines() if "::" in line}
    assert not sorted(named - collected)


def test_every_kind_that_the_page_names_exists() -> None:
    """What stands in backticks in the column of the expression is a rule, a goal, a command, a key or a column."""
    from lotopt.allocation.goals import GOALS
    from lotopt.allocation.rules import RULES
    from lotopt.design.goals import GOALS as DESIGN_GOALS
    from lotopt.design.rules import RULES as DESIGN_RULES

    kinds = {kind.model_fields["kind"].default for kind in (*RULES, *GOALS, *DESIGN_RULES, *DESIGN_GOALS)}
    named = {word for row in rows() for word in re.findall(r"`([^`]+)`", row[2])}
    fields = {"roles", "pairs"}
    assert not sorted(word for word in named - kinds - fields if not word.startswith(("lotopt ", "[")))
