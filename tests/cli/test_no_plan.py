"""No plan exists: exit 3, the rules that cannot hold together, and no plan's files."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Call
from tests.cli.test_wrong_input import edit


def too_small(folder: Path) -> None:
    """Three lots of at most 900 cases cannot hold 3,100."""
    edit(folder / "scenario.toml", "at_most = 1300", "at_most = 900")


def test_a_lot_count_that_cannot_be_met(own_map: Path, call: Call):
    """Exit 3 with the conflicting rules on stderr; the result is written whole and holds no lots."""
    too_small(own_map)
    found = call("run", "scenario.toml")
    assert found.code == 3, found
    assert "no plan exists" in found.err
    assert "900" in found.err
    names = sorted(path.name for path in (own_map / "out").iterdir())
    assert names == ["report.html", "result.json", "scenario.toml"]
    page = (own_map / "out" / "report.html").read_text(encoding="utf-8")
    assert "no design exists" in page
    assert "3 lots of at most 900 hold 2,700" in page
    result = json.loads((own_map / "out" / "result.json").read_text())
    assert result["design"]["status"] == "infeasible"
    assert result["design"]["conflict"]
    assert result["design"]["lots"] == []


def test_a_run_without_a_plan_takes_the_files_of_an_earlier_run_away(own_map: Path, call: Call):
    """Old lots beside a new result would mislead; files that are not ours stay."""
    assert call("run", "scenario.toml").code == 0
    (own_map / "out" / "notes.txt").write_text("mine")
    before = (own_map / "out" / "report.html").read_text(encoding="utf-8")
    too_small(own_map)
    assert call("run", "scenario.toml").code == 3
    ours = ["report.html", "result.json", "scenario.toml"]
    assert sorted(path.name for path in (own_map / "out").iterdir()) == ["notes.txt", *ours]
    assert (own_map / "out" / "report.html").read_text(encoding="utf-8") != before


def test_why_tells_the_rules_that_cannot_hold_together(own_map: Path, call: Call):
    """The conflict goes to stdout, since it is what was asked for."""
    too_small(own_map)
    found = call("why", "scenario.toml")
    assert found.code == 3
    assert "cannot hold together" in found.out
    assert "900" in found.out
    assert not (own_map / "out").exists()


def test_why_of_rules_that_hold_together(own_map: Path, call: Call):
    """Exit 0 and a sentence."""
    found = call("why", "scenario.toml")
    assert (found.code, found.out) == (0, "The rules can hold together: a plan exists.\n")


def test_bids_that_cannot_serve_every_lot(own_map: Path, call: Call):
    """The lots are there, the awards are not: exit 3, lots written, awards not."""
    edit(own_map / "scenario.toml", "award_limit = { at_most = 2 }", "price_ceiling = { at_most = 1000 }")
    found = call("run", "scenario.toml")
    assert found.code == 3, found
    names = {path.name for path in (own_map / "out").iterdir()}
    assert "lots.csv" in names
    assert "awards.csv" not in names
