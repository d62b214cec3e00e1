"""--base: what changes beside a design, from the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Call

OLD = "area,lot\n" + "".join(f"A{k},{'north' if k < 5 else 'south'}\n" for k in range(1, 10))


@pytest.fixture
def old(own_map: Path) -> Path:
    """A design of two lots beside the scenario."""
    (own_map / "old.csv").write_text(OLD)
    return own_map


def test_a_run_beside_a_file_tells_what_changes(old: Path, call: Call) -> None:
    """In the terminal, on the page and in the scenario as resolved, with the hash of the file."""
    found = call("run", "with_shapes.toml", "--base", "old.csv")
    assert found.code == 0, found
    assert "Set beside old: 3 lots in place of 2." in found.out.replace("\n  ", " ")
    assert "Before and after" in (old / "out" / "report.html").read_text(encoding="utf-8")
    resolved = (old / "out" / "scenario.toml").read_text(encoding="utf-8")
    assert 'base = "../old.csv"' in resolved
    assert "base design old.csv" in resolved


def test_the_same_run_gives_the_same_bytes(old: Path, call: Call) -> None:
    """The page has no time of writing; its seconds of solving aside."""
    pages = []
    for out in ("one", "two"):
        assert call("run", "with_shapes.toml", "--base", "old.csv", "--explain", "-o", out).code == 0
        text = (old / out / "report.html").read_text(encoding="utf-8")
        pages.append(re.sub(r'<td class="n">\d+\.\d\d</td>|<td>\d+\.\d s</td>', "", text))
    assert pages[0] == pages[1]


def test_a_name_of_the_territory_will_do(call: Call, own_map: Path) -> None:
    """As it does in the scenario file; one that is wrong is told with what may be meant."""
    (own_map / "wide.toml").write_text(
        'territory = "england-wales"\n[report]\nlayers = ["region"]\n'
        '[design]\nfixed_design = "probation-regions-2021"\n'
    )
    assert call("run", "wide.toml", "--base", "noms-regions-2004").code == 0
    found = call("run", "wide.toml", "--base", "noms-region-2004")
    assert found.code == 2
    assert "did you mean 'noms-regions-2004'?" in found.err


def test_drawn_lots_are_audited_beside_a_base(old: Path, call: Call) -> None:
    """What moves and what changes follows the verdict; without --base nothing of it is said."""
    (old / "drawn.csv").write_text(OLD.replace("A5,south", "A5,north"))
    found = call("audit", "scenario.toml", "--lots", "drawn.csv", "--base", "old.csv")
    assert "1 of 9 areas" in found.out
    assert "north: Mostly north" in found.out
    assert "Set beside" not in call("audit", "scenario.toml", "--lots", "drawn.csv").out


def test_an_audit_as_json_holds_what_moves(old: Path, call: Call) -> None:
    """How many areas, and their share."""
    (old / "drawn.csv").write_text(OLD.replace("A5,south", "A5,north"))
    found = json.loads(call("audit", "scenario.toml", "--lots", "drawn.csv", "--base", "old.csv", "--json").out)
    assert found["base"]["moved_areas"] == 1
    assert 0 < found["base"]["moved_share"] < 1


def test_check_says_what_the_lots_will_stand_beside(old: Path, call: Call) -> None:
    """Before anything is solved."""
    (old / "mine.toml").write_text('extends = "scenario.toml"\n[report]\nbase = "old.csv"\n')
    assert "The report sets the lots beside: old, 2 lots" in call("check", "mine.toml").out


def test_a_market_with_its_own_lots_has_nothing_to_stand_beside(tmp_path: Path, call: Call) -> None:
    """There is no map."""
    (tmp_path / "award.toml").write_text(
        '[market]\nfile = "market"\nlots = true\n[allocation.rules]\nevery_item_awarded = {}\n'
    )
    found = call("run", tmp_path / "award.toml", "--base", "old.csv")
    assert found.code == 2
    assert "brings its own lots" in found.err
