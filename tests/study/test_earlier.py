"""A run read from its folder: what it found is told as it was, and what has changed since is told too."""

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import lotopt as lo
from lotopt.core.errors import InputError
from lotopt.core.result import Status
from lotopt.study.earlier import read_run
from lotopt.study.examples import example

Run = Callable[..., Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of nine areas with what three of its scenarios found, run once."""
    folder = tmp_path_factory.mktemp("made") / "own-map"
    shutil.copytree(example("own-map"), folder)
    (folder / "none.toml").write_text(
        'extends = "scenario.toml"\n[design.rules]\nlot_count = { at_least = 9, at_most = 9 }\n', encoding="utf-8"
    )
    for name in ("scenario", "together", "none"):
        lo.write_folder(lo.run(folder / f"{name}.toml"), folder / f"out-{name}")
    return folder


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(made, tmp_path / "own-map"))


def edited(file: Path, change: Callable[[Any], None]) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    change(document)
    file.write_text(json.dumps(document), encoding="utf-8")


def problems_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        read_run(path)
    return caught.value.problems


def test_a_run_is_read_as_it_was(own: Path) -> None:
    """Status, objective, bound, gap, goals, audit, lots with their names, and the prices to the penny."""
    fresh = lo.run(own / "scenario.toml")
    assert fresh.design is not None
    found = read_run(own / "out-scenario")
    read = found.design
    assert (read.status, read.objective, read.bound) == (Status.OPTIMAL, fresh.design.objective, fresh.design.bound)
    assert read.goals == fresh.design.goals
    assert read.plan is not None
    assert fresh.plan is not None
    assert read.plan.lot_of == fresh.plan.lot_of
    assert read.audit is not None
    assert read.audit.ok
    assert found.record.allocation is not None
    assert found.record.allocation.total_price == Decimal("2679650.50")
    assert (found.measure, found.market) == ("caseload", "bids")


def test_nothing_has_changed(own: Path) -> None:
    """Every input of a run beside its scenario is as it was, also where lots and awards were decided together."""
    for name in ("scenario", "together"):
        fresh = read_run(own / f"out-{name}").fresh
        assert (fresh.changed, fresh.untold, fresh.stale) == ((), (), False)


def test_a_result_file_stands_for_its_folder(own: Path) -> None:
    """out/result.json is the run in out/."""
    assert read_run(own / "out-scenario" / "result.json").folder == own / "out-scenario"


def test_a_run_without_a_plan_is_read(own: Path) -> None:
    """It says that no design exists, and which rules cannot hold together."""
    found = read_run(own / "out-none")
    assert (found.design.plan, found.design.status) == (None, Status.INFEASIBLE)
    assert found.design.conflict


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("bids/bids.csv", "905000.00", "905000.01", "market bids"),
        ("tables/areas.csv", "420", "421", "territory territory.toml"),
        ("scenario.toml", "title", "# title", "scenario.toml"),
        ("out-scenario/scenario.toml", "seed = 1", "seed = 2", "scenario as resolved"),
    ],
)
def test_what_has_changed_is_told(own: Path, file: str, old: str, new: str, changed: str) -> None:
    """A bid a penny dearer, one case more, a scenario edited beside its results, and the one in the results."""
    path = own / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    fresh = read_run(own / "out-scenario").fresh
    assert changed in fresh.changed
    assert f"changed since: {', '.join(fresh.changed)}" in str(fresh)


def test_drawn_lots_that_a_run_stood_on_are_looked_at(own: Path) -> None:
    """A base that the report is set beside, and lots that were held fixed: as they were, then changed."""
    rows = [f"A{k},{'abc'[(k - 1) // 3]}" for k in range(1, 10)]
    drawn = own / "drawn.csv"
    drawn.write_text("area,lot\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (own / "held.toml").write_text(
        'territory = "tables/territory.toml"\n[design]\nfixed_design = "drawn.csv"\n[report]\nbase = "drawn.csv"\n',
        encoding="utf-8",
    )
    lo.write_folder(lo.run(own / "held.toml"), own / "out-held")
    fresh = read_run(own / "out-held").fresh
    assert (fresh.changed, fresh.untold) == ((), ())
    drawn.write_text(drawn.read_text(encoding="utf-8").replace("A9,c", "A9,b"), encoding="utf-8")
    assert read_run(own / "out-held").fresh.changed == ("design drawn.csv", "base design drawn.csv")


def test_what_is_gone_is_told(own: Path) -> None:
    """Bids and scenario file taken away: nobody claims that they are the same, or others."""
    shutil.rmtree(own / "bids")
    (own / "scenario.toml").unlink()
    fresh = read_run(own / "out-scenario").fresh
    assert (fresh.changed, fresh.untold) == ((), ("scenario.toml", "market bids"))


def test_a_scenario_of_another_version_is_told(own: Path) -> None:
    """Rules that are not known now: results are read all the same where the territory is named."""
    (own / "out-scenario" / "scenario.toml").write_text("[design.rules]\nold_rule = {}\n", encoding="utf-8")
    assert "name it with --territory" in problems_of(own / "out-scenario")[0]
    ground = lo.load_territory(own / "tables")
    found = read_run(own / "out-scenario", ground)
    assert found.scenario is None
    assert any("scenario as resolved (scenario.toml: " in told for told in found.fresh.untold)
    assert any("no kind 'old_rule'" in told for told in found.fresh.untold)


def test_fields_of_other_versions_are_passed_over(own: Path) -> None:
    """A field more, and fields less that are not needed."""

    def change(document: Any) -> None:
        document["colour"] = "blue"
        del document["design"]["seconds"], document["provenance"]["more"]

    edited(own / "out-scenario" / "result.json", change)
    assert read_run(own / "out-scenario").design.plan is not None


def test_lots_changed_by_hand_are_not_told_as_the_runs(own: Path) -> None:
    """An area moved in lots.csv: which of the two files holds is not for us to say."""
    file = own / "out-scenario" / "lots.csv"
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    one, other = rows[0], next(row for row in rows if ",L2," in row)
    moved = ",".join([*one.split(",")[:2], other.split(",", 2)[2]])
    file.write_text("\n".join([head, moved, *rows[1:]]) + "\n", encoding="utf-8")
    (told,) = problems_of(own / "out-scenario")
    assert "its lots are others than those in result.json" in told


def test_prices_changed_by_hand_are_told(own: Path) -> None:
    """A penny more in awards.csv."""
    file = own / "out-scenario" / "awards.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("905000.00", "905000.01", 1), encoding="utf-8")
    (told,) = problems_of(own / "out-scenario")
    assert told.endswith(
        "its prices add up to 2,679,650.51, and result.json tells of 2,679,650.50; one was changed by hand"
    )


def _no_design(document: Any) -> None:
    document["design"] = None


def _new_schema(document: Any) -> None:
    document["schema_version"] = 2


def _area_twice(document: Any) -> None:
    document["design"]["lots"][0]["areas"].append(document["design"]["lots"][1]["areas"][0])


def _unknown_area(document: Any) -> None:
    document["design"]["lots"][0]["areas"].append("Z9")


def _infinite(document: Any) -> None:
    document["design"]["objective"] = float("inf")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_no_design, "brings its own lots"),
        (_new_schema, "schema_version: input should be 1"),
        (_area_twice, "is in the lots 'L1' and 'L2'"),
        (_unknown_area, "0 have no lot and 1 are not of it"),
        (_infinite, "Infinity is no number"),
    ],
)
def test_a_result_that_cannot_be_used_is_told(own: Path, change: Callable[[Any], None], told: str) -> None:
    """In words that name the folder."""
    edited(own / "out-scenario" / "result.json", change)
    found = problems_of(own / "out-scenario")
    assert told in found[0]
    assert "out-scenario" in found[0]


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"schema_version": 1}'])
def test_a_file_that_is_no_result_is_told(tmp_path: Path, text: str) -> None:
    """Whatever is in it."""
    (tmp_path / "result.json").write_text(text, encoding="utf-8")
    assert "result.json: is no" in problems_of(tmp_path)[0]
