"""lotopt compare: scenarios that are run, runs that are read, drawn lots and designs by name, in any mix."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from lotopt.study import run as study_run
from tests.cli.conftest import Call, listing, stop_second_search

TABLES = "tables/territory.toml"


@pytest.fixture
def ran(own_map: Path, call: Call) -> Path:
    """The example of nine areas with an earlier run in out/, and lots drawn by hand."""
    assert call("run", "scenario.toml").code == 0
    rows = [f"A{k},{'abc'[(k - 1) // 3]}" for k in range(1, 10)]
    (own_map / "drawn.csv").write_text("area,lot\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return own_map


@pytest.fixture
def no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever searches for lots fails."""

    def search(*given: Any) -> None:
        raise AssertionError("nothing is to be run")

    monkeypatch.setattr(study_run, "_search", search)


def sheet(folder: Path) -> list[dict[str, str]]:
    with (folder / "compare.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_earlier_run_is_read_and_not_run_again(ran: Path, call: Call, no_search: None):
    """Its status, bound and price are those of that day; only the comparison is written."""
    before = listing(ran)
    found = call("compare", "out", "drawn.csv", "-o", "both")
    assert found.code == 0, found
    assert sorted(set(listing(ran)) - set(before)) == ["both", "both/compare.csv", "both/compare.html"]
    first, second = sheet(ran / "both")
    assert (first["design"], first["how"], first["from"], first["status"]) == ("out", "read", "out", "optimal")
    assert (first["total_price"], first["gap"]) == ("2679650.50", "0.0")
    assert (second["design"], second["how"], second["status"]) == ("drawn", "drawn", "given")
    assert "out: read from out, not run again; made by lotopt" in found.out


def test_everything_can_be_mixed(ran: Path, call: Call):
    """A scenario, a run, drawn lots: one row each, one below another once they are more than three."""
    shutil.copytree(ran / "out", ran / "old")
    found = call("compare", "together.toml", "out", "old", "drawn.csv", "-o", "both")
    assert found.code == 0, found
    assert [row["how"] for row in sheet(ran / "both")] == ["run now", "read", "read", "drawn"]
    assert (ran / "both" / "together" / "result.json").exists()
    lines = found.out.splitlines()
    assert [line.split()[0] for line in lines if line.startswith(("together ", "out ", "old ", "drawn "))][:4] == [
        *("together", "out", "old", "drawn")
    ]


def test_designs_by_name_are_those_of_england_and_wales(tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch):
    """Where nothing else says which territory is meant."""
    monkeypatch.chdir(tmp_path)
    found = call("compare", "contract-package-areas-2014", "nps-divisions-2014")
    assert found.code == 0, found
    assert [row["lots"] for row in sheet(tmp_path / "out")] == ["21", "7"]


def test_drawn_lots_need_a_territory(ran: Path, call: Call):
    """England and Wales has no such areas; with --territory they are measured."""
    shutil.copy(ran / "drawn.csv", ran / "again.csv")
    assert "no area 'A1'" in call("compare", "drawn.csv", "again.csv", "-o", "both").err
    found = call("compare", "drawn.csv", "again.csv", "-o", "both", "--territory", TABLES)
    assert found.code == 0, found
    assert [row["same_lots"] for row in sheet(ran / "both")] == ["", "3"]


@pytest.mark.parametrize("base", ["drawn.csv", "drawn"])
def test_the_base_is_one_of_them(ran: Path, call: Call, no_search: None, base: str):
    """By what was written or by what it is called: it comes first."""
    found = call("compare", "out", "drawn.csv", "--against", base, "-o", "both")
    assert found.code == 0, found
    assert [(row["design"], row["base"]) for row in sheet(ran / "both")] == [("drawn", "true"), ("out", "false")]


def test_the_base_may_be_another_one(ran: Path, call: Call, no_search: None):
    """One design alone is compared with a base that is named beside it."""
    found = call("compare", "out", "--against", "drawn.csv", "-o", "both")
    assert found.code == 0, found
    assert [row["design"] for row in sheet(ran / "both")] == ["drawn", "out"]


def test_shares_are_weighted_by_a_measure_that_is_named(ran: Path, call: Call, no_search: None):
    """Population instead of caseload; a misspelt one is told before anything is run."""
    found = call("compare", "out", "drawn.csv", "--measure", "population", "-o", "both", "--json")
    assert json.loads(found.out)["measure"] == "population"
    wrong = call("compare", "out", "drawn.csv", "--measure", "populaton")
    assert (wrong.code, "did you mean 'population'?" in wrong.err) == (2, True)


def test_what_has_changed_since_a_run_is_told(ran: Path, call: Call, no_search: None):
    """A bid a penny dearer: the old price stands, and everybody sees that it is old."""
    bids = ran / "bids" / "bids.csv"
    bids.write_text(bids.read_text(encoding="utf-8").replace("905000.00", "905000.01"), encoding="utf-8")
    found = call("compare", "out", "drawn.csv", "-o", "both")
    assert "STALE, changed since: market bids" in " ".join(found.out.split())
    assert sheet(ran / "both")[0]["changed"] == "market bids"
    assert "has changed since: market bids" in (ran / "both" / "compare.html").read_text(encoding="utf-8")


def test_every_problem_of_every_design_is_told_at_once(ran: Path, call: Call):
    """Before anything is run or written; each led by what was written."""
    (ran / "bad.toml").write_text('extends = "scenario.toml"\n[design.rules]\nlot_cuont = {}\n', encoding="utf-8")
    (ran / "drawn.csv").write_text("area,lot\nA1,a\nZ9,b\n", encoding="utf-8")
    (ran / "empty").mkdir()
    (ran / "sub").mkdir()
    shutil.copy(ran / "drawn.csv", ran / "sub" / "drawn.csv")
    (ran / "broken").mkdir()
    (ran / "broken" / "result.json").write_text("{", encoding="utf-8")
    before = listing(ran)
    words = (
        "bad.toml",
        "none.toml",
        "drawn.csv",
        "sub/drawn.csv",
        "none.csv",
        "empty",
        "broken",
        "nps-divisons-2014",
        "out",
    )
    found = call("compare", *words, "-o", "both")
    assert (found.code, found.out) == (2, "")
    for told in (
        "bad.toml: [design.rules] lot_cuont: no kind 'lot_cuont'",
        "none.toml: there is no such file",
        "drawn.csv, row 3, area: no area 'Z9'",
        "sub/drawn.csv, row 3, area: no area 'Z9'",
        "none.csv: there is no such file",
        "empty: the folder holds no result.json",
        "broken/result.json: is no JSON",
        "'nps-divisons-2014' is no file or folder and no design of The Meres",
    ):
        assert f"\n  - {told}" in found.err
    assert listing(ran) == before


def test_designs_of_two_territories_are_refused(ran: Path, call: Call):
    """Nine areas and 318: told before anything is run."""
    found = call("compare", "out", "noms-regions-2004", "--territory", "england-wales")
    assert found.code == 2
    assert "noms-regions-2004: is drawn on other areas: 9 are missing and 318 are not of this territory" in found.err


def test_a_market_with_lots_of_its_own_has_no_map(ran: Path, call: Call):
    """Told by name."""
    (ran / "alone.toml").write_text(
        '[market]\nfile = "bids"\nlots = true\n[allocation.rules]\nevery_item_awarded = {}\n'
        "[allocation.goals]\ntotal_price = {}\n",
        encoding="utf-8",
    )
    found = call("compare", "alone.toml", "out")
    assert found.code == 2
    assert "alone.toml: brings its own lots" in found.err


def test_a_wrong_option_is_told_once(ran: Path, call: Call):
    """Not of every scenario."""
    shutil.copy(ran / "scenario.toml", ran / "two.toml")
    found = call("compare", "scenario.toml", "two.toml", "--gap", "-1")
    assert found.code == 2
    assert found.err.count("--gap is -1") == 1


def test_a_run_that_is_read_is_not_written_over(ran: Path, call: Call):
    """A scenario whose folder would be that of an entry."""
    shutil.copytree(ran / "out", ran / "both" / "scenario")
    before = (ran / "both" / "scenario" / "result.json").read_bytes()
    (ran / "link").symlink_to(ran / "both" / "scenario")
    found = call("compare", "scenario.toml", "link", "-o", "both")
    assert found.code == 2, found
    assert "would be written over link" in found.err
    assert (ran / "both" / "scenario" / "result.json").read_bytes() == before


def test_two_scenarios_of_one_name_have_two_folders(ran: Path, call: Call):
    """Also beside a run of that name."""
    (ran / "sub").mkdir()
    text = (
        (ran / "scenario.toml")
        .read_text(encoding="utf-8")
        .replace('"tables', '"../tables')
        .replace('"bids', '"../bids')
    )
    (ran / "sub" / "scenario.toml").write_text(text, encoding="utf-8")
    found = call("compare", "scenario.toml", "sub/scenario.toml", "-o", "both")
    assert found.code == 0, found
    assert sorted(path.name for path in (ran / "both").iterdir() if path.is_dir()) == ["scenario", "scenario-2"]


def test_a_scenario_without_a_plan_has_a_row(ran: Path, call: Call):
    """Exit 3, its rules told; the others are compared all the same, also where it was to be the base."""
    (ran / "none.toml").write_text(
        'extends = "scenario.toml"\n[design.rules]\nlot_count = { at_least = 9, at_most = 9 }\n', encoding="utf-8"
    )
    found = call("compare", "none.toml", "out", "drawn.csv", "-o", "both")
    assert found.code == 3, found
    assert [(row["design"], row["status"]) for row in sheet(ran / "both")] == [
        ("out", "optimal"),
        ("none", "infeasible"),
        ("drawn", "given"),
    ]
    assert "none: no design exists" in found.err
    assert "none has no plan to be held against" in found.err


def test_the_document_holds_all_of_it(ran: Path, call: Call, no_search: None):
    """One JSON document: figures and differences as numbers, lots, and the run's own document."""
    found = call("compare", "out", "drawn.csv", "-o", "both", "--json")
    assert found.code == 0, found
    document = json.loads(found.out)
    first, second = document["designs"]
    assert (document["base"], first["figures"]["lots"], second["lots"]["A9"]) == ("out", 3, "c")
    assert first["result"]["schema_version"] == 1
    assert second["result"] is None
    assert second["difference_to_base"]["lots"] == 0


def test_what_needs_no_run_is_there_after_an_interruption(ran: Path, call: Call, monkeypatch: pytest.MonkeyPatch):
    """Ctrl-C in the second scenario: the first one, the earlier run and the drawn lots are compared."""
    stop_second_search(monkeypatch)
    shutil.copy(ran / "scenario.toml", ran / "two.toml")
    found = call("compare", "scenario.toml", "two.toml", "out", "drawn.csv", "-o", "both")
    assert found.code == 130
    assert [row["design"] for row in sheet(ran / "both")] == ["scenario", "out", "drawn"]
    assert "interrupted; what was found so far is written" in found.err


def test_the_document_of_a_scenario_that_was_run_is_in_it(ran: Path, call: Call):
    """As its result.json has it; and where nothing exists, the document says just that."""
    found = call("compare", "scenario.toml", "out", "-o", "both", "--json")
    first, second = json.loads(found.out)["designs"]
    assert first["result"]["design"]["lots"] == second["result"]["design"]["lots"]
    (ran / "none.toml").write_text(
        'extends = "scenario.toml"\n[design.rules]\nlot_count = { at_least = 9, at_most = 9 }\n', encoding="utf-8"
    )
    none = call("compare", "none.toml", "none.toml", "-o", "nothing", "--json")
    assert none.code == 3
    assert [(each["figures"]["status"], each["lots"]) for each in json.loads(none.out)["designs"]] == [
        ("infeasible", {}),
        ("infeasible", {}),
    ]


def test_runs_of_one_name_go_by_their_folders(ran: Path, call: Call, no_search: None):
    """Two folders called out: each is told with the folder above it; the same one twice is numbered."""
    shutil.copytree(ran / "out", ran / "old" / "out")
    assert call("compare", "out", "old/out", "-o", "both", "--territory", TABLES).code == 0
    first, second = sheet(ran / "both")
    assert (first["design"], second["design"]) == ("own-map/out", "old/out")
    # moved away from its files, nobody can say what became of them
    assert (first["untold"], second["untold"]) == ("", "scenario.toml; market bids")
    assert call("compare", "out", "./out/result.json", "-o", "both").code == 0
    assert [row["design"] for row in sheet(ran / "both")] == ["out", "out-2"]
