"""Every example runs and ends well."""

from __future__ import annotations

import csv
import json
import runpy
from pathlib import Path

import pytest

from lotopt.cli import answer
from lotopt.study.examples import examples_folder

EXAMPLES = examples_folder()
NATIONAL = ["probation/twelve.toml", "probation/regions.toml", "new/scenario.toml", "joint/six_together.toml"]
LONG = ["soft/nested.toml"]
SMALL = ["own-map/scenario.toml", "own-map/with_shapes.toml", "own-map/together.toml"]
HISTORICAL = [
    "transforming-rehabilitation/award.toml",
    "transforming-rehabilitation/awards_2014.toml",
    "transforming-rehabilitation/geo_falls_away.toml",
    "transforming-rehabilitation/working_links_fails.toml",
    "dynamic-framework/day1.toml",
    "dynamic-framework/minicompetitions.toml",
    "community-payback/award.toml",
    "market-test-2005/award.toml",
    "other-programmes/duty_contracts.toml",
    "other-programmes/devon_zones.toml",
    "other-programmes/work_programme.toml",
    "other-programmes/outcomes.toml",
    "other-programmes/route_100.toml",
]


def test_every_scenario_has_a_test():
    """A new scenario is named above, or in the demo's test."""
    found = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.toml")}
    territories = {name for name in found if name.endswith("territory.toml")}
    alone = {"probation/six_coherent.toml", "soft/few_splits.toml"}
    assert found - territories == {*alone, *NATIONAL, *LONG, *SMALL, *HISTORICAL}


@pytest.mark.parametrize("name", SMALL)
def test_a_small_scenario(name: str, tmp_path: Path):
    """Proven best, every rule kept."""
    assert answer(["run", str(EXAMPLES / name), "-o", str(tmp_path / "out")]) == 0


@pytest.mark.parametrize("name", HISTORICAL)
def test_a_historical_scenario(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Proven best, every rule kept, and told as simulated in the output and in awards.csv."""
    assert answer(["run", str(EXAMPLES / name), "-o", str(tmp_path / "out")]) == 0
    assert "SIMULATED" in capsys.readouterr().out
    with (tmp_path / "out" / "awards.csv").open(encoding="utf-8", newline="") as file:
        assert {row["simulated"] for row in csv.DictReader(file)} == {"true"}


def test_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """In an empty folder: six files, the report last."""
    monkeypatch.chdir(tmp_path)
    assert answer(["demo"]) == 0
    told = capsys.readouterr().out
    assert told.rstrip().endswith("out/report.html")
    assert (tmp_path / "out" / "report.html").stat().st_size > 100_000
    assert "SIMULATED" in told


@pytest.mark.parametrize("name", NATIONAL)
def test_a_national_scenario(name: str, tmp_path: Path):
    """Proven best, every rule kept."""
    assert answer(["run", str(EXAMPLES / name), "-o", str(tmp_path / "out")]) == 0


@pytest.mark.parametrize("name", LONG)
def test_a_scenario_that_takes_minutes(name: str):
    """It can be run; the engine's own tests prove such plans on the same map."""
    assert answer(["check", str(EXAMPLES / name)]) == 0


def test_fewest_splits_are_those_that_london_needs(tmp_path: Path):
    """45 interfaces for 43 police areas, proven, and only London's area is split: what the README tells."""
    assert answer(["run", str(EXAMPLES / "soft" / "few_splits.toml"), "-o", str(tmp_path)]) == 0
    design = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["design"]
    police = next(layer for layer in design["coherence"]["layers"] if layer["layer"] == "police")
    assert design["bound"] == design["objective"] == police["interfaces"] == 45
    assert police["split_agencies"] == ["Metropolitan Police"]


def test_the_demo_gives_the_same_bytes_with_another_seed(tmp_path: Path):
    """lots.csv and awards.csv do not depend on where the local search begins."""
    scenario = str(EXAMPLES / "probation" / "six_coherent.toml")
    for seed in ("1", "2"):
        assert answer(["run", scenario, "--seed", seed, "-o", str(tmp_path / seed)]) == 0
    for name in ("lots.csv", "awards.csv"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_the_script_of_a_map_of_your_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """It prints three lots with their areas and who gets them, and writes the folder."""
    runpy.run_path(str(EXAMPLES / "own-map" / "run.py"))["main"](tmp_path / "out")
    told = capsys.readouterr().out
    assert told.count("L1") == 2
    assert "GBP" in told
    assert (tmp_path / "out" / "lots.gpkg").is_file()


def test_the_script_of_the_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """The demo step by step in Python: the same report in kind."""
    runpy.run_path(str(EXAMPLES / "probation" / "run.py"))["main"](tmp_path)
    assert "optimal" in capsys.readouterr().out
    assert (tmp_path / "report.html").is_file()


def test_the_script_of_the_historical_designs(capsys: pytest.CaptureFixture[str]):
    """No police area split in 2014; two package areas across regions."""
    runpy.run_path(str(EXAMPLES / "historical" / "coherence.py"))["main"]()
    told = capsys.readouterr().out
    assert "Splits of police areas: 0" in told
    assert "Straddling regions: Humberside, Lincolnshire and North Yorkshire, Bedfordshire" in told
