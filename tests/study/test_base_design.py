"""[report] base: a design that the report sets beside the lots."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from lotopt.core.errors import InputError
from lotopt.study.examples import example
from lotopt.study.ground import check
from lotopt.study.merge import merge
from lotopt.study.read import read_scenario, scenario_from
from lotopt.study.run import run
from lotopt.study.schema import scenario_schema
from lotopt.study.write import scenario_hash, scenario_text

RULES = (
    "[design.rules]\nlot_count = { at_least = 3, at_most = 3 }\ncontiguous = {}\n[design.goals]\nborder_length = {}\n"
)
DRAWN = "area,lot\n" + "".join(f"A{k},{'north' if k < 5 else 'south'}\n" for k in range(1, 10))


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A scenario on nine areas with a drawn design beside it."""
    shutil.copytree(example("own-map") / "tables", tmp_path / "tables")
    (tmp_path / "drawn.csv").write_text(DRAWN)
    file = tmp_path / "mine.toml"
    file.write_text(f'territory = "tables/territory.toml"\n{RULES}[report]\nbase = "drawn.csv"\n')
    return file


def test_a_file_is_taken_from_the_folder_of_the_scenario(mine: Path, monkeypatch: pytest.MonkeyPatch):
    """Wherever one is."""
    monkeypatch.chdir("/")
    base = check(read_scenario(mine)).base
    assert base is not None
    assert base.lots == ("north", "south")


def test_a_design_of_the_territory_goes_by_its_name():
    """One of the embedded place."""
    table = {"territory": "england-wales", "report": {"base": "probation-regions-2021"}}
    base = check(scenario_from(table | {"design": {"rules": {"contiguous": {}}}})).base
    assert base is not None
    assert len(base) == 12


def test_an_unknown_name_is_told_with_what_may_be_meant():
    """Together with every other problem of the file."""
    table = {"territory": "england-wales", "report": {"base": "probation-region-2021", "measure": "crimes"}}
    with pytest.raises(InputError) as found:
        check(scenario_from(table))
    assert found.value.problems == (
        "[report] base: no design and no file 'probation-region-2021'; did you mean 'probation-regions-2021'?",
        "[report] measure: no measure 'crimes'; did you mean 'crime'?",
    )


def test_a_file_with_an_unknown_area_is_told_as_a_file_is(mine: Path):
    """File, row and column."""
    (mine.parent / "drawn.csv").write_text(DRAWN.replace("A9", "A99"))
    with pytest.raises(InputError, match=r"drawn\.csv, row 10.*A99"):
        check(read_scenario(mine))


def test_what_is_written_reads_back(mine: Path, tmp_path: Path):
    """The path is seen from the folder that is written to."""
    scenario = read_scenario(mine)
    written = tmp_path / "out" / "scenario.toml"
    written.parent.mkdir()
    written.write_text(scenario_text(scenario, written.parent))
    assert 'base = "../drawn.csv"' in written.read_text()
    assert read_scenario(written).report == scenario.report


def test_a_variant_keeps_its_base_and_may_drop_it():
    """`false` drops it, as it drops a clause."""
    table = {"report": {"base": "old", "measure": "cases"}}
    assert merge(table, {"report": {"measure": "people"}})["report"]["base"] == "old"
    assert merge(table, {"report": {"base": False}})["report"] == {"measure": "cases"}


def test_its_content_is_among_the_hashes_and_its_folder_is_not(mine: Path, tmp_path: Path):
    """The same words elsewhere are the same decision; what the file holds is an input."""
    content = hashlib.sha256((mine.parent / "drawn.csv").read_bytes()).hexdigest()
    assert run(read_scenario(mine)).inputs["base design drawn.csv"] == content
    shutil.copytree(mine.parent, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("elsewhere"))
    assert scenario_hash(read_scenario(tmp_path / "elsewhere" / "mine.toml")) == scenario_hash(read_scenario(mine))


def test_the_lots_do_not_depend_on_it(mine: Path):
    """It is told of, and changes nothing that is decided."""
    alone = read_scenario(mine)
    without = alone.model_copy(update={"report": alone.report.model_copy(update={"base": None})})
    first, second = (run(scenario).plan for scenario in (alone, without))
    assert first is not None
    assert second is not None
    assert first.of.tolist() == second.of.tolist()


def test_editors_know_it():
    """The JSON schema says what it is."""
    assert (
        "a design of the territory" in scenario_schema()["$defs"]["ReportPart"]["properties"]["base"]["description"]
    )


def test_a_market_with_lots_of_its_own_has_no_map_to_set_it_beside():
    """That is said in the words of the file."""
    table = {
        "market": {"file": "bids", "lots": True},
        "allocation": {"rules": {"every_item_awarded": {}}},
        "report": {"base": "old"},
    }
    with pytest.raises(InputError, match=r"\[report\] base: \[market\] lots = true takes the lots from the market's"):
        scenario_from(table)
