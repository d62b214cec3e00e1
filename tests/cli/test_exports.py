"""What `lotopt run` exports beside the results, and what it leaves out and says."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Call
from tests.cli.test_commands import names

RELEASE = 'extends = "scenario.toml"\n[release]\nbuyer = "Mere Council"\ndate = 2026-03-01\n'


def test_a_release_is_written_where_the_scenario_asks_for_one(own_map: Path, call: Call):
    """And only there; without the table it is taken away again."""
    (own_map / "published.toml").write_text(f'{RELEASE}stage = "award"\n')
    found = call("run", "published.toml")
    assert found.code == 0, found
    assert "out/release.json" in found.out
    release = json.loads((own_map / "out" / "release.json").read_text())["releases"][0]
    assert (release["date"], release["tag"]) == ("2026-03-01T00:00:00Z", ["award"])
    assert [award["value"]["amount"] for award in release["awards"]] == [905000, 889900, 884750.5]
    assert call("run", "scenario.toml").code == 0
    assert "release.json" not in names(own_map / "out")


def test_the_scenario_as_resolved_publishes_the_same(own_map: Path, call: Call):
    """Byte for byte: the date is in the scenario."""
    (own_map / "published.toml").write_text(RELEASE)
    assert call("run", "published.toml").code == 0
    assert call("run", "out/scenario.toml", "-o", "again").code == 0
    assert (own_map / "again" / "release.json").read_bytes() == (own_map / "out" / "release.json").read_bytes()


def test_exports_are_the_same_for_the_same_scenario(own_map: Path, call: Call):
    """Maps, workbook, notice and release, twice."""
    (own_map / "published.toml").write_text(RELEASE.replace("scenario.toml", "with_shapes.toml"))
    for folder in ("a", "b"):
        assert call("run", "published.toml", "-o", folder).code == 0
    for name in ("lots.gpkg", "lots.geojson", "areas.geojson", "workbook.xlsx", "notice.txt", "release.json"):
        assert (own_map / "a" / name).read_bytes() == (own_map / "b" / name).read_bytes(), name


def test_awards_that_do_not_exist_are_not_published(own_map: Path, call: Call):
    """The lots are found, and nobody may win any: lots are exported, and why there is no release is told."""
    (own_map / "published.toml").write_text(
        f'{RELEASE}stage = "award"\n[allocation.rules]\naward_limit = {{ at_most = 0 }}\n'
    )
    found = call("run", "published.toml")
    assert found.code == 3, found
    assert "release.json is not written: nothing is awarded" in found.out
    assert {"workbook.xlsx", "notice.txt", "lots.csv"} <= set(names(own_map / "out"))


def test_without_lots_nothing_is_exported(own_map: Path, call: Call):
    """No plan exists: exports of an earlier run are taken away, the result stays."""
    (own_map / "published.toml").write_text(RELEASE)
    assert call("run", "published.toml").code == 0
    (own_map / "none.toml").write_text(f"{RELEASE}[design.rules]\nlot_count = {{ at_least = 8, at_most = 8 }}\n")
    found = call("run", "none.toml")
    assert found.code == 3, found
    assert "release.json is not written: there are no lots" in found.out
    assert names(own_map / "out") == ["report.html", "result.json", "scenario.toml"]
