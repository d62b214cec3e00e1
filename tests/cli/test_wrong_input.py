"""Wrong input: one message that names file, row or field and the remedy, exit 2, and nothing half-written."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lotopt.commands.new import new
from tests.cli.conftest import Call, listing


def edit(path: Path, old: str, new: str) -> None:
    """Replace a piece of a file that is in it."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def misspelt_rule(folder: Path) -> None:
    edit(folder / "scenario.toml", "contiguous   = {}", "contigous = {}")


def misspelt_field(folder: Path) -> None:
    edit(folder / "scenario.toml", "at_least = 3,", "at_lest = 3,")


def unknown_measure(folder: Path) -> None:
    edit(folder / "scenario.toml", 'measure = "caseload", at_least', 'measure = "caselaod", at_least')


def duplicate_area(folder: Path) -> None:
    edit(folder / "tables" / "areas.csv", "A2,", "A1,")


def area_without_neighbour(folder: Path) -> None:
    borders = folder / "tables" / "borders.csv"
    kept = [line for line in borders.read_text().splitlines() if "A9" not in line]
    borders.write_text("\n".join(kept) + "\n")


def unknown_border(folder: Path) -> None:
    edit(folder / "tables" / "borders.csv", "A1,A2", "A1,A22")


def negative_measure(folder: Path) -> None:
    edit(folder / "tables" / "areas.csv", ",420,", ",-420,")


def missing_territory(folder: Path) -> None:
    edit(folder / "scenario.toml", "tables/territory.toml", "tabels/territory.toml")


def polygons_without_crs(folder: Path) -> None:
    import geopandas

    shapes = geopandas.read_file(folder / "polygons" / "areas.geojson").set_crs(None, allow_override=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the writer warns of just what this is for
        shapes.to_file(folder / "polygons" / "areas.gpkg", driver="GPKG")
    edit(folder / "polygons" / "territory.toml", "areas.geojson", "areas.gpkg")
    edit(folder / "scenario.toml", "tables/territory.toml", "polygons/territory.toml")


def unknown_solver(folder: Path) -> None:
    edit(folder / "scenario.toml", "[design.rules]", '[solver]\nname = "higs"\n[design.rules]')


def negative_price(folder: Path) -> None:
    edit(folder / "bids" / "bids.csv", "905000.00", "-905000.00")


def price_that_is_no_amount(folder: Path) -> None:
    edit(folder / "bids" / "bids.csv", "930500.00", "93O500.00")


def unknown_lot(folder: Path) -> None:
    edit(folder / "bids" / "bids.csv", "alder-1,alder,L1", "alder-1,alder,L9")


def unknown_provider(folder: Path) -> None:
    edit(folder / "bids" / "bids.csv", "mere-1,mere", "mere-1,meer")


def broken_workbook(folder: Path) -> None:
    (folder / "bids.xlsx").write_bytes(b"PK\x03\x04 this is no workbook")
    edit(folder / "scenario.toml", 'file = "bids"', 'file = "bids.xlsx"')


def award_rule_on_an_unknown_provider(folder: Path) -> None:
    edit(
        folder / "scenario.toml", "award_limit = { at_most = 2 }", 'award_limit = { at_most = 2, except = ["aldr"] }'
    )


def simulated_market_without_the_capacity(folder: Path) -> None:
    edit(folder / "scenario.toml", 'file = "bids"', "simulate = { seed = 7 }")
    edit(folder / "scenario.toml", 'capacity = { measure = "caseload" }', 'capacity = { measure = "hours" }')


def missing_bids(folder: Path) -> None:
    edit(folder / "scenario.toml", 'file = "bids"', 'file = "bidz"')


MISTAKES: list[tuple[Callable[[Path], None], tuple[str, ...]]] = [
    (misspelt_rule, ("[design.rules] contigous", "did you mean 'contiguous'?")),
    (misspelt_field, ("[design.rules] lot_count", "no field at_lest", "at_least, at_most")),
    (unknown_measure, ("[design.rules] size_between", "'caselaod'", "did you mean 'caseload'?")),
    (duplicate_area, ("areas.csv", "A1", "row 3")),
    (area_without_neighbour, ("A9",)),
    (unknown_border, ("borders.csv", "row 2", "A22")),
    (negative_measure, ("areas.csv", "row 2", "-420")),
    (missing_territory, ("tabels",)),
    (polygons_without_crs, ("areas.gpkg", "CRS")),
    (unknown_solver, ("[solver] name", "did you mean 'highs'?")),
    (negative_price, ("bids.csv", "row 2", "price", "-905000.00")),
    (price_that_is_no_amount, ("bids.csv", "row 3", "price", "93O500.00")),
    (unknown_lot, ("bids.csv", "row 2", "L9")),
    (unknown_provider, ("bids.csv", "meer", "did you mean 'mere'?")),
    (broken_workbook, ("bids.xlsx",)),
    (award_rule_on_an_unknown_provider, ("[allocation.rules] award_limit", "did you mean 'alder'?")),
    (simulated_market_without_the_capacity, ("[allocation.rules] capacity", "'hours'")),
    (missing_bids, ("[market] file", "bidz")),
]


@pytest.mark.parametrize(("spoil", "told"), MISTAKES, ids=[spoil.__name__ for spoil, _ in MISTAKES])
@pytest.mark.parametrize("command", ["check", "run"])
def test_a_mistake_is_told_before_anything_is_solved(
    own_map: Path, call: Call, command: str, spoil: Callable[[Path], None], told: tuple[str, ...]
):
    """Exit 2, the place and the remedy on stderr, nothing on stdout, no file and no folder made."""
    spoil(own_map)
    before = listing(own_map)
    found = call(command, "scenario.toml")
    assert found.code == 2, found
    assert found.out == ""
    for words in told:
        assert words in found.err
    assert "Traceback" not in found.err
    assert listing(own_map) == before


def test_mistakes_of_one_file_come_together(own_map: Path, call: Call):
    """Two in the scenario: one message, two lines."""
    misspelt_rule(own_map)
    misspelt_field(own_map)
    found = call("check", "scenario.toml")
    assert found.err.startswith("scenario.toml cannot be used:\n")
    assert found.err.count("\n  - ") == 2


def test_mistakes_of_several_files_come_together(own_map: Path, call: Call):
    """A rule that the territory cannot answer and a wrong price are told at once."""
    unknown_measure(own_map)
    negative_price(own_map)
    found = call("check", "scenario.toml")
    assert "caselaod" in found.err
    assert "-905000.00" in found.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run",), "Missing argument"),
        (("run", "scenario.toml", "--threads", "many"), "not a valid integer"),
        (("run", "scenario.toml", "--gap", "-1"), "--gap is -1"),
        (("run", "scenario.toml", "--time-limit", "0"), "--time-limit is 0"),
        (("run", "scenario.toml", "--solver", "higs"), "did you mean 'highs'?"),
        (("run", "none.toml"), "there is no such file"),
        (("run", "."), "is a folder"),
        (("frobnicate",), "No such command"),
        (("audit", "scenario.toml"), "Missing option '--lots'"),
        (("audit", "scenario.toml", "--lots", "none.csv"), "none.csv"),
        (("coherence", "contract-package-areas-2041"), "did you mean 'contract-package-areas-2014'?"),
        (("coherence", "probation-regions-2021", "--against", "regoin"), "did you mean 'region'?"),
        (("coherence", "probation-regions-2021", "--measure", "crmie"), "did you mean 'crime'?"),
        (("coherence", "noms-regions-2004", "--territory", "england"), "england-wales"),
        (("rules", "size_betwen"), "did you mean 'size_between'?"),
        (("compare", "scenario.toml"), "at least two designs, runs or scenarios"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_command_line(own_map: Path, call: Call, arguments: tuple[str, ...], told: str):
    """Exit 2 and a sentence that says what is possible."""
    before = listing(own_map)
    found = call(*arguments)
    assert (found.code, found.out) == (2, "")
    assert told in found.err
    assert listing(own_map) == before


def test_the_out_folder_may_not_be_a_file(own_map: Path, call: Call):
    """Told before the solve; the file stays as it was."""
    (own_map / "out").write_text("mine")
    found = call("run", "scenario.toml")
    assert found.code == 2
    assert (own_map / "out").read_text() == "mine"


def test_new_overwrites_nothing(own_map: Path, call: Call):
    """A folder that holds a scenario is left alone."""
    before = (own_map / "scenario.toml").read_bytes()
    found = call(new.name, ".")
    assert found.code == 2
    assert "scenario.toml already" in found.err
    assert (own_map / "scenario.toml").read_bytes() == before


@pytest.mark.parametrize(
    "name", ["tables/territory.toml", "tables/areas.csv", "tables/borders.csv", "bids/bids.csv", "scenario.toml"]
)
def test_a_file_that_may_not_be_read(own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch, name: str):
    """Exit 2 with the file and the reason; the rights of a file are no fault of ours."""
    before, kept = listing(own_map), io.open

    def refused(file: object, *given: Any, **more: Any) -> Any:
        if isinstance(file, str | Path) and Path(file).name == Path(name).name:
            raise PermissionError(13, "Permission denied", str(file))
        return kept(file, *given, **more)

    monkeypatch.setattr(io, "open", refused)
    found = call("run", "scenario.toml")
    assert found.code == 2, found
    assert Path(name).name in found.err
    assert "Permission denied" in found.err
    assert listing(own_map) == before


def test_a_folder_that_may_not_be_looked_into(own_map: Path, call: Call, monkeypatch: pytest.MonkeyPatch):
    """Exit 2 with the place and the reason, also where a file is only asked for."""

    def refused(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", refused)
    found = call("check", "scenario.toml")
    assert found.code == 2, found
    assert "Permission denied" in found.err


def test_a_folder_in_place_of_a_table(own_map: Path, call: Call):
    """Told as the folder it is."""
    (own_map / "tables" / "areas.csv").unlink()
    (own_map / "tables" / "areas.csv").mkdir()
    found = call("check", "scenario.toml")
    assert found.code == 2, found
    assert "'areas.csv' is a folder; give the name of a file" in found.err


def test_a_folder_in_place_of_a_result(own_map: Path, call: Call):
    """Told before anything is solved or written."""
    (own_map / "out" / "lots.gpkg").mkdir(parents=True)
    before = listing(own_map)
    found = call("run", "scenario.toml")
    assert found.code == 2, found
    assert "'lots.gpkg' in it is a folder" in found.err
    assert listing(own_map) == before


@pytest.mark.parametrize("command", [("run", "scenario.toml", "-o", "notes.txt"), ("new", "notes.txt")])
def test_a_file_in_place_of_a_folder_is_one_plain_message(own_map: Path, call: Call, command: tuple[str, ...]):
    """The command is right and the name is not, so the usage of the command is no help."""
    (own_map / "notes.txt").write_text("mine")
    found = call(*command)
    assert found.code == 2, found
    assert found.err == "notes.txt cannot be used:\n  - 'notes.txt' is a file; name another folder\n"


def test_a_wrong_solver_of_the_command_line(own_map: Path, call: Call):
    """The scenario is not to blame for what was typed."""
    found = call("run", "scenario.toml", "--solver", "higs")
    assert found.code == 2, found
    assert "--solver: 'higs' is not a solver; did you mean 'highs'?" in found.err
    assert "scenario.toml" not in found.err


def test_a_duplicate_area_is_told_once(own_map: Path, call: Call):
    """That its twin has no neighbour follows from it."""
    table = own_map / "tables" / "areas.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    found = call("check", "scenario.toml")
    assert "already in row" in found.err
    assert "has no neighbour" not in found.err
