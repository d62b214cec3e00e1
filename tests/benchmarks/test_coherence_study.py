"""`python -m benchmarks.coherence.study --profile tiny` as one runs it: whole, and the same bytes each time."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

import lotopt as lo
from benchmarks.coherence.history import historical
from benchmarks.coherence.place import territory
from benchmarks.coherence.settings import TINY, design_rules, frontier_rules

ROOT = Path(__file__).parents[2]
TABLES = (
    *("break_even", "designs", "ensembles", "failures", "frontier", "layers", "lots", "market", "percentiles"),
    "totals",
)


def run(folder: Path, workers: int, hashes: str) -> str:
    """What the command says; it runs in a folder of its own, with hashes of text of its own."""
    words = ["--profile", "tiny", "-o", "study", "--workers", str(workers), "--anew"]
    folder.mkdir()
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.coherence.study", *words],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hashes},
    ).stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one run."""
    folder = tmp_path_factory.mktemp("study") / "first"
    said = run(folder, 1, "1")
    assert said.endswith("the page is findings.html\n")
    return folder / "study"


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "results" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_command_writes_tables_lots_pictures_and_pages(made: Path) -> None:
    """All are there, nothing is empty, nothing is left half written, and nothing is written elsewhere."""
    assert sorted(file.stem for file in (made / "results").iterdir()) == sorted(TABLES)
    files = [file for file in made.rglob("*") if file.is_file()]
    assert all(file.stat().st_size > 0 for file in files)
    assert {file.suffix for file in files} == {".csv", ".svg", ".html", ".md"}
    assert [path.name for path in made.parent.iterdir()] == ["study"]


def test_pages_are_whole(made: Path) -> None:
    """The page ends as pages do, the README names the page, and every picture that it shows is there."""
    page, told = (made / "findings.html").read_text("utf-8"), (made / "README.md").read_text("utf-8")
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert told.startswith("# ")
    shown = [part.split(")")[0] for part in told.split("](")[1:]]
    inside = [link for link in shown if link.startswith(("pictures/", "results/", "lots/"))]
    assert inside
    for link in inside:
        assert (made / link).exists(), link


def test_no_page_names_a_place_on_this_machine(made: Path) -> None:
    """Neither folder of the run nor of the package."""
    for file in made.rglob("*"):
        if file.is_file():
            text = file.read_text("utf-8")
            assert str(made.parent) not in text, file.name
            assert str(ROOT) not in text, file.name


def test_every_solve_is_proven(made: Path) -> None:
    """Coherence, compactness, price and the frontier by proof; boundaries ignored by a heuristic with a bound."""
    told = {row["design"]: row for row in rows(made, "designs")}
    assert {id for id, row in told.items() if row["kind"] == "historical"} == set(historical())
    for id, row in told.items():
        if row["kind"] in ("coherence", "compact", "price", "frontier"):
            assert row["status"] == "optimal", id
            assert float(row["gap"]) <= 1e-4, id
    free = told["price-free-12"]
    assert float(free["bound"]) <= float(free["objective"]) <= float(told["price-12"]["objective"])
    assert float(told["coherence-12"]["objective"]) == min(
        float(row["partners.interfaces"])
        for row in told.values()
        if row["lots"] == "12" and row["kind"] != "frontier"  # other limits of size
    )


def test_designs_of_a_run_keep_the_rules_they_were_made_under(made: Path) -> None:
    """Read back from their files and audited without the engine; Restart's areas as they were."""
    ground = territory()
    files = {file.stem: lo.read_design(file, ground) for file in (made / "lots").iterdir()}
    designs = {name: lo.LotDesign.from_partition(ground, found) for name, found in files.items()}
    for kind in ("coherence", "compact", "price"):
        assert lo.audit(designs[f"{kind}-12"], design_rules(12, whole=True)).ok
    assert lo.audit(designs["price-free-12"], design_rules(12, whole=False)).ok
    points = [name for name in designs if name.startswith("frontier-12-")]
    assert len(points) == TINY.points
    assert all(lo.audit(designs[name], frontier_rules(12)).ok for name in points)
    restart = historical()["restart-2021"]
    again = designs["restart-2021"]
    assert [again.lots[k] for k in again.of] == [restart.lots[k] for k in restart.of]


def test_ensembles_of_a_run_have_as_many_designs_as_were_asked_for(made: Path) -> None:
    """Districts and whole areas of twelve lots, and the six lots of 2011."""
    found = {(row["unit"], row["lots"]): row for row in rows(made, "ensembles") if row["figure"] == "price"}
    assert set(found) == {("six-2011", "6"), ("districts", "12"), ("areas", "12")}
    assert {row["designs"] for row in found.values()} == {str(TINY.designs)}


@pytest.mark.slow
def test_the_study_is_the_same_each_time(made: Path, tmp_path: Path) -> None:
    """Again in two processes beside each other, with other hashes of text: every file has the same bytes."""
    run(tmp_path / "second", 2, "2")
    again = tmp_path / "second" / "study"
    first = {file.relative_to(made): file.read_bytes() for file in made.rglob("*") if file.is_file()}
    second = {file.relative_to(again): file.read_bytes() for file in again.rglob("*") if file.is_file()}
    assert sorted(first) == sorted(second)
    assert [str(name) for name in first if first[name] != second[name]] == []
