"""Every command on a map of nine areas: what it prints, what it writes, how it exits."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from lotopt.study.document import ResultDocument
from tests.cli.conftest import Call, listing
from tests.cli.test_wrong_input import edit

ALL_FILES = [
    *("areas.geojson", "awards.csv", "lots.csv", "lots.geojson", "lots.gpkg", "notice.txt", "report.html"),
    "result.json",
    *("scenario.toml", "workbook.xlsx"),
]
WITHOUT_SHAPES = [name for name in ALL_FILES if not name.endswith((".gpkg", ".geojson"))]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_check_says_what_will_be_run(own_map: Path, call: Call):
    """The rules as sentences; nothing is written."""
    before = listing(own_map)
    found = call("check", "scenario.toml")
    assert (found.code, found.err) == (0, "")
    assert "9 areas, 12 borders" in found.out
    assert "There are exactly 3 lots." in found.out
    assert listing(own_map) == before


def test_check_as_json(own_map: Path, call: Call):
    """One document."""
    found = json.loads(call("check", "scenario.toml", "--json").out)
    assert found["territory"]["areas"] == 9


def test_run_writes_the_folder_and_ends_with_the_report(own_map: Path, call: Call):
    """Everything but the map, which needs shapes; nothing is left beside the folder."""
    before = set(listing(own_map))
    found = call("run", "scenario.toml", "-o", "results/first")
    assert found.code == 0, found
    assert names(own_map / "results" / "first") == WITHOUT_SHAPES
    assert found.out.rstrip().endswith("results/first/report.html")
    new = set(listing(own_map)) - before
    assert new == {"results", "results/first", *(f"results/first/{name}" for name in WITHOUT_SHAPES)}


def test_run_on_polygons_writes_the_map_too(own_map: Path, call: Call):
    """All files, and nothing is told as missing."""
    found = call("run", "with_shapes.toml")
    assert found.code == 0
    assert names(own_map / "out") == ALL_FILES
    assert "not written" not in found.out


def test_maps_that_cannot_be_written_are_told(own_map: Path, call: Call):
    """A table of areas on a grid of its own has no place on earth; maps of an earlier run are taken away."""
    assert call("run", "with_shapes.toml").code == 0
    found = call("run", "scenario.toml")
    assert "lots.gpkg is not written: the territory has no shapes" in found.out
    assert "lots.geojson and areas.geojson are not written: the territory names no crs" in found.out
    assert names(own_map / "out") == WITHOUT_SHAPES


def test_the_same_scenario_gives_the_same_bytes(own_map: Path, call: Call):
    """lots.csv and awards.csv, twice, and with another seed of the searches."""
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert call("run", "scenario.toml", "-o", folder, "--seed", seed).code == 0
    for name in ("lots.csv", "awards.csv"):
        assert len({(own_map / folder / name).read_bytes() for folder in "abc"}) == 1


def test_the_scenario_as_resolved_can_be_run_again(own_map: Path, call: Call):
    """From its own folder, with the same lots and awards; hashes of every input stand on top of it."""
    assert call("run", "with_shapes.toml").code == 0
    text = (own_map / "out" / "scenario.toml").read_text()
    assert text.count("# sha256") == 5  # the scenario, two files of it, the territory, the market
    assert "extends" not in tomllib.loads(text)
    assert call("run", "out/scenario.toml", "-o", "again").code == 0
    for name in ("lots.csv", "awards.csv"):
        assert (own_map / "again" / name).read_bytes() == (own_map / "out" / name).read_bytes()


def test_run_as_json_prints_what_result_json_holds(own_map: Path, call: Call):
    """One document on stdout, by the documented schema."""
    found = call("run", "scenario.toml", "--json")
    assert found.out == (own_map / "out" / "result.json").read_text()
    result = ResultDocument.model_validate_json(found.out)
    assert result.design is not None
    assert result.allocation is not None
    assert (result.design.status, result.allocation.status, result.exit_code) == ("optimal", "optimal", 0)
    assert sorted(area for lot in result.design.lots for area in lot.areas) == [f"A{k}" for k in range(1, 10)]
    assert result.design.audit is not None
    assert result.design.audit.ok


def test_options_overrule_the_scenario(own_map: Path, call: Call):
    """The scenario as resolved says what was used."""
    assert call("run", "scenario.toml", "--gap", "0.05", "--seed", "3", "--time-limit", "60").code == 0
    solver = tomllib.loads((own_map / "out" / "scenario.toml").read_text())["solver"]
    assert solver == {"name": "highs", "time_limit": 60.0, "gap": 0.05, "seed": 3, "threads": 1}


def test_lots_of_a_run_can_be_audited(own_map: Path, call: Call):
    """The engine's own plan keeps every rule by the audit of plans made by hand."""
    assert call("run", "scenario.toml").code == 0
    found = call("audit", "scenario.toml", "--lots", "out/lots.csv")
    assert found.code == 0, found
    assert "every rule kept" in found.out


def test_a_drawn_plan_that_breaks_a_rule(own_map: Path, call: Call):
    """Exit 6; the broken rule is told with lot, value and limit."""
    rows = [f"A{k},{'one' if k < 6 else 'two' if k < 9 else 'three'}" for k in range(1, 10)]
    (own_map / "drawn.csv").write_text("area,lot\n" + "\n".join(rows) + "\n")
    found = call("audit", "scenario.toml", "--lots", "drawn.csv")
    assert found.code == 6, found
    # areas A1 to A5: 420 + 310 + 280 + 350 + 610 = 1,970 cases; A9 alone: 240
    assert "one: 1,970 cases, more than 1,300" in found.out
    assert "three: 240 cases, less than 800" in found.out


def test_a_fixed_design_is_audited_and_awarded(own_map: Path, call: Call):
    """Lots are not searched for; the bids are awarded on them."""
    assert call("run", "scenario.toml", "-o", "first").code == 0
    (own_map / "fixed.toml").write_text('extends = "scenario.toml"\n[design]\nfixed_design = "first/lots.csv"\n')
    found = call("run", "fixed.toml", "-o", "second", "--json")
    assert found.code == 0, found
    result = json.loads(found.out)
    assert result["design"]["fixed"] == "lots.csv"
    assert "the design was given, not searched for" in result["design"]["limits"]
    assert (own_map / "second" / "awards.csv").read_bytes() == (own_map / "first" / "awards.csv").read_bytes()


def test_a_fixed_design_that_breaks_a_rule(own_map: Path, call: Call):
    """Exit 6, since the audit disagrees; the files are written for looking at."""
    assert call("run", "scenario.toml", "-o", "first").code == 0
    (own_map / "fixed.toml").write_text(
        'extends = "scenario.toml"\n[design]\nfixed_design = "first/lots.csv"\n'
        "[design.rules]\nlot_count = { at_least = 4 }\n"
    )
    assert call("run", "fixed.toml").code == 6
    assert "report.html" in names(own_map / "out")


def test_lots_without_a_market(own_map: Path, call: Call):
    """A variant may drop the market and its awards."""
    (own_map / "lots.toml").write_text('extends = "scenario.toml"\nmarket = false\nallocation = false\n')
    assert call("run", "lots.toml").code == 0
    assert names(own_map / "out") == [name for name in WITHOUT_SHAPES if name != "awards.csv"]


def test_every_service_of_a_simulated_market_is_awarded(own_map: Path, call: Call):
    """Three lots with two services are six items."""
    (own_map / "services.toml").write_text(
        'extends = "scenario.toml"\n[market]\nsimulate = { seed = 7 }\nservices = ["unpaid work", "programmes"]\n'
        "[allocation.rules]\naward_limit = { at_most = 4 }\ncapacity = false\n"
    )
    found = call("run", "services.toml", "--json")
    assert found.code == 0, found
    allocation = json.loads(found.out)["allocation"]
    assert allocation["simulated"] is True
    items = [
        (lot, service) for award in allocation["awards"] for lot in award["lots"] for service in award["services"]
    ]
    assert sorted(items) == sorted((lot, s) for lot in ("L1", "L2", "L3") for s in ("unpaid work", "programmes"))


def test_coherence_of_a_drawn_plan(own_map: Path, call: Call):
    """Rows of the grid are councils: three lots by council meet it one to one."""
    rows = [f"A{k},{'abc'[(k - 1) // 3]}" for k in range(1, 10)]
    (own_map / "drawn.csv").write_text("area,lot\n" + "\n".join(rows) + "\n")
    found = call("coherence", "drawn.csv", "--territory", "tables/territory.toml", "--against", "council", "--json")
    (layer,) = json.loads(found.out)["layers"]
    assert (layer["splits"], layer["straddles"], layer["v_measure"]) == (0, 0, 1.0)


def test_coherence_of_the_package_areas_of_2014(call: Call):
    """No police area split; two lots straddle regions, by name."""
    found = json.loads(call("coherence", "contract-package-areas-2014", "--json").out)
    layers = {layer["layer"]: layer for layer in found["layers"]}
    assert layers["police"]["splits"] == 0
    assert sorted(layers["region"]["straddling_lots"]) == [
        "Bedfordshire, Northamptonshire, Cambridgeshire and Hertfordshire (BeNCH)",
        "Humberside, Lincolnshire and North Yorkshire",
    ]


def test_coherence_of_one_design_against_another(call: Call):
    """The probation regions of 2021 straddle the regions of 2004 once."""
    found = json.loads(call("coherence", "probation-regions-2021", "--against", "noms-regions-2004", "--json").out)
    assert [layer["straddles"] for layer in found["layers"]] == [1]


def test_compare_sets_scenarios_side_by_side(own_map: Path, call: Call):
    """One table and page, and a folder for each scenario."""
    (own_map / "two.toml").write_text(
        'extends = "scenario.toml"\nmarket = false\nallocation = false\n[design.rules]\n'
        "lot_count = { at_least = 2, at_most = 2 }\n"
        'size_between = { measure = "caseload", at_least = 1000, at_most = 2100 }\n'
    )
    found = call("compare", "scenario.toml", "two.toml", "-o", "both")
    assert found.code == 0, found
    assert names(own_map / "both") == ["compare.csv", "compare.html", "scenario", "two"]
    assert names(own_map / "both" / "scenario") == WITHOUT_SHAPES
    assert found.out.rstrip().endswith("both/compare.html")


def test_compare_prints_the_table_as_text(own_map: Path, call: Call):
    """Aligned columns for people, not how the table is held in memory."""
    text = (own_map / "scenario.toml").read_text()
    (own_map / "two.toml").write_text(text)
    found = call("compare", "scenario.toml", "two.toml", "-o", "both")
    assert found.code == 0, found
    assert "Table(" not in found.out
    header = next(line for line in found.out.splitlines() if "scenario" in line)
    assert header.split()[-2:] == ["scenario", "two"]
    lots = next(line for line in found.out.splitlines() if line.startswith("Lots "))
    assert lots.split()[-2:] == ["3", "3"]


def test_new_writes_a_scenario_that_can_be_checked(tmp_path: Path, call: Call):
    """The scenario and the workbooks, and the commands to go on with."""
    found = call("new", tmp_path / "mine")
    assert found.code == 0, found
    assert names(tmp_path / "mine") == ["bids.xlsx", "scenario.toml", "schedules.xlsx"]
    assert "lotopt check" in found.out
    assert call("check", tmp_path / "mine" / "scenario.toml").code == 0


def test_rules_lists_every_kind(call: Call):
    """Each kind once, under its section."""
    from lotopt.study.read import sections

    found = call("rules")
    assert found.code == 0
    for section, kinds in sections().items():
        assert f"[{section}]" in found.out
        for kind in kinds:
            assert f"\n  {kind} " in found.out


def test_rules_of_one_kind_tells_its_fields(call: Call):
    """Fields, what they hold, and what they are unless given."""
    found = call("rules", "size_between").out
    assert "measure          text, needed" in found
    assert "at_most          number, no limit unless given" in found
    assert "except           list of text" in found


def test_rules_tells_the_unit_of_a_goal(call: Call):
    """As it depends on the goal's fields."""
    assert "in <measure> x km2, times weight" in call("rules", "compactness").out


def test_version_and_help(call: Call):
    """Both exit 0; help lists the commands in the order of use."""
    assert call("--version").out.startswith("lotopt ")
    shown = call("--help").out
    order = ["demo", "new", "check", "run", "audit", "coherence", "why", "compare", "rules"]
    places = [shown.index(f"\n  {name} ") for name in order]
    assert places == sorted(places)


def test_the_order_of_rules_in_the_file_does_not_change_the_lots(own_map: Path, call: Call):
    """A clause moved to the end of its section."""
    assert call("run", "scenario.toml", "-o", "a").code == 0
    edit(own_map / "scenario.toml", "contiguous   = {}\n", "")
    edit(own_map / "scenario.toml", "lot_count    =", "contiguous = {}\nlot_count    =")
    assert call("run", "scenario.toml", "-o", "b").code == 0
    assert (own_map / "a" / "lots.csv").read_bytes() == (own_map / "b" / "lots.csv").read_bytes()
