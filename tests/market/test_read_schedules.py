"""Price schedules from workbooks and folders, good and bad."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lotopt.core.errors import InputError
from lotopt.core.lot import AreaFacts
from lotopt.market.read_schedules import read_schedules
from lotopt.market.schedule import Band, PriceSchedule
from lotopt.market.schedule_template import write_schedule_template, write_schedules
from lotopt.market.schedules import Schedules
from lotopt.market.simulate_schedules import simulate_schedules

AREAS = tuple(AreaFacts(f"a{i}", 10.0 * i, 0.0, {"cases": 10.0 + i, "people": 100.0}) for i in range(4))
NORTH = {"north": (0, 1), "a1": (1,), "a2": (2,), "middle": (1, 2)}

Rows = Sequence[Sequence[Any]]
PROVIDERS: Rows = [["provider", "name", "home", "capacity_cases"], ["P", "P Ltd", "a0", 25], ["Q", "Q CIC", "", ""]]
SCHEDULES: Rows = [
    ["provider", "measure", "fixed", "rate", "rate_km", "mobilisation", "rate_in_north", "rate_in_a1",
     "rate_from_km_15", "rate_above_0", "rate_above_20"],
    ["P", "cases", "1,000", 5, 0.0525, "", 4, 3, 1.5, "", ""],
    ["Q", "people", "", "", "", 2, "", "", "", 8, 6.5],
]  # fmt: skip
INCUMBENTS: Rows = [["place", "provider"], ["north", "Q"], ["a2", "gone"]]


def put(
    folder: Path, providers: Rows = PROVIDERS, schedules: Rows = SCHEDULES, incumbents: Rows | None = None
) -> Path:
    folder.mkdir(exist_ok=True)
    tables = {"providers.csv": providers, "schedules.csv": schedules, "incumbents.csv": incumbents}
    for name, rows in tables.items():
        if rows is not None:
            with (folder / name).open("w", newline="", encoding="utf-8") as stream:
                csv.writer(stream).writerows(rows)
    return folder


def places(name: str) -> tuple[int, ...]:
    if name not in NORTH:
        raise InputError("map", f"no area or agency '{name}'")
    return NORTH[name]


def told(path: Path) -> list[str]:
    with pytest.raises(InputError) as error:
        read_schedules(path, AREAS, places)
    return list(error.value.problems)


def with_cells(rows: Rows, row: int, **cells: Any) -> Rows:
    """The rows with some cells of one of them changed, by column."""
    found = [list(cells) for cells in rows]
    for column, value in cells.items():
        found[row][list(rows[0]).index(column)] = value
    return found


def test_a_folder_is_read(tmp_path: Path) -> None:
    """Rates by place (the smaller place wins), by distance from home, by volume; incumbents by place."""
    found = read_schedules(put(tmp_path, incumbents=INCUMBENTS), AREAS, places)
    assert found.schedule["P"] == PriceSchedule(
        measure="cases",
        fixed=Decimal(1000),
        rate=Decimal(5),
        rate_km=Decimal("0.0525"),
        x_km=0.0,
        y_km=0.0,
        rates={"a0": Decimal(4), "a1": Decimal(3)},
        distance_bands=(Band(start=Decimal(15), rate=Decimal("1.5")),),
    )
    bands = (Band(start=Decimal(0), rate=Decimal(8)), Band(start=Decimal(20), rate=Decimal("6.5")))
    assert found.schedule["Q"] == PriceSchedule(measure="people", mobilisation=Decimal(2), volume_bands=bands)
    assert found.incumbents == {"a0": "Q", "a1": "Q", "a2": "gone"}
    assert found.remarks[-1].endswith("incumbents that offer nothing: 'gone'")


def test_without_incumbents_nobody_takes_over(tmp_path: Path) -> None:
    """The file may be missing."""
    assert read_schedules(put(tmp_path), AREAS, places).incumbents == {}


def test_simulated_schedules_written_are_the_schedules_read(tmp_path: Path) -> None:
    """Every rate, home, capacity and incumbent comes back, and the label stays."""
    made = simulate_schedules(AREAS, seed=2, incumbents={"a1": "alder"})
    write_schedules(tmp_path / "s.xlsx", made)
    again = read_schedules(tmp_path / "s.xlsx", AREAS)
    assert again.digest == made.digest
    assert again.simulated


def test_bands_and_rates_of_places_come_back_too(tmp_path: Path) -> None:
    """What a folder said, a workbook says."""
    made = read_schedules(put(tmp_path / "folder", incumbents=INCUMBENTS), AREAS, places)
    write_schedules(tmp_path / "s.xlsx", made)
    assert read_schedules(tmp_path / "s.xlsx", AREAS).digest == made.digest


def test_a_filled_template_reads_back(tmp_path: Path) -> None:
    """A provider, its rate and a band of volume."""
    path = tmp_path / "s.xlsx"
    write_schedule_template(path, ["cases"], ["a1"])
    book = openpyxl.load_workbook(path)
    book["Providers"]["A2"] = "P"
    head = {cell.value: cell.column_letter for cell in book["Schedules"][1]}
    for name, value in {
        "provider": "P",
        "measure": "cases",
        "rate": 5,
        "rate_above_10000": 2,
        "rate_in_a1": 7,
    }.items():
        book["Schedules"][f"{head[name]}2"] = value
    book.save(path)
    schedule = read_schedules(path, AREAS).schedule["P"]
    assert (schedule.rate, schedule.rates) == (Decimal(5), {"a1": Decimal(7)})
    assert schedule.volume_bands == (Band(start=Decimal(10000), rate=Decimal(2)),)


def test_the_same_template_has_the_same_bytes(tmp_path: Path) -> None:
    """No date of today is in it."""
    for name in ("a.xlsx", "b.xlsx"):
        write_schedule_template(tmp_path / name, ["cases"])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_every_mistake_of_a_row_is_told_at_once(tmp_path: Path) -> None:
    """By file, row and column."""
    rows = with_cells(SCHEDULES, 1, provider="Z", measure="case", fixed="12,5OO", rate="-5", rate_km="1e-3")
    assert told(put(tmp_path, schedules=rows)) == [
        "schedules.csv, row 2, provider: no provider 'Z'; possible: P, Q",
        "schedules.csv, row 2, measure: no measure 'case'; did you mean 'cases'?",
        "schedules.csv, row 2, fixed: '12,5OO' is not an amount; write 12500.00",
        "schedules.csv, row 2, rate: '-5' is not a rate; write GBP for each unit, such as 80 or 0.0525",
        "schedules.csv, row 2, rate_km: '1e-3' is not a rate; write GBP for each unit, such as 80 or 0.0525",
    ]


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        ("rate_in_nowhere", "no area or agency 'nowhere'"),
        ("rate_in_middle", "rate_in_north and rate_in_middle name some areas both; keep one of them"),
        ("rate_from_km_far", "write a number after rate_from_km_, such as rate_from_km_100"),
        ("rate_above_20.0", "says the same as rate_above_20; keep one of them"),
        ("rate_abuv_5", "no column 'rate_abuv_5' is known"),
    ],
)
def test_a_column_that_cannot_be_meant(tmp_path: Path, column: str, problem: str) -> None:
    """Row 1 is named, and what is wrong with the name."""
    rows = [[*SCHEDULES[0], column], *([*row, 1] for row in SCHEDULES[1:])]
    found = told(put(tmp_path, schedules=rows))
    assert any("schedules.csv, row 1" in line and problem in line for line in found), found


def test_a_distance_needs_a_home(tmp_path: Path) -> None:
    """Q has none, so a rate per km would count for nothing."""
    found = told(put(tmp_path, schedules=with_cells(SCHEDULES, 2, rate_km=1)))
    assert found == ["schedules.csv, row 3, rate_km: needs a home: name an area in the providers' table"]


def test_a_schedule_that_asks_nothing(tmp_path: Path) -> None:
    """Mobilisation alone is no price."""
    rows = with_cells(SCHEDULES, 2, rate_above_0="", rate_above_20="")
    found = told(put(tmp_path, schedules=rows))
    assert found == ["schedules.csv, row 3, rate: nothing is asked: give fixed, rate or rate_above_0"]


def test_what_is_wrong_with_providers_and_incumbents(tmp_path: Path) -> None:
    """A home that is no area, a capacity in nothing known, a place twice, a provider without a schedule."""
    providers = [["provider", "home", "capacity_case"], ["P", "a9", 5], ["Q", "", ""]]
    incumbents = [["place", "provider"], ["north", "P"], ["a1", "Q"], ["a7", "Q"]]
    assert told(put(tmp_path, providers, SCHEDULES, incumbents)) == [
        "providers.csv, row 1, capacity_case: no measure 'case' in the areas; did you mean 'cases'?",
        "providers.csv, row 2, home: no area 'a9'; possible: a0, a1, a2, a3",
        "incumbents.csv, row 3, place: a1 has an incumbent already: P",
        "incumbents.csv, row 4, place: no area or agency 'a7'",
    ]


def test_a_provider_without_a_schedule_is_noted(tmp_path: Path) -> None:
    """It offers nothing, which may be meant."""
    found: Schedules = read_schedules(put(tmp_path, schedules=SCHEDULES[:2]), AREAS, places)
    assert found.notes == ("providers.csv, row 3: provider 'Q' has no price schedule",)
    assert [provider.id for provider in found.offering] == ["P"]


def test_a_folder_without_schedules(tmp_path: Path) -> None:
    """The file that is missing is named."""
    folder = put(tmp_path)
    (folder / "schedules.csv").unlink()
    assert told(folder) == ["no file schedules.csv in it"]


def test_bands_that_begin_above_nothing(tmp_path: Path) -> None:
    """Without a rate the first of a lot would be free, which is said outright or not at all."""
    late = with_cells(with_cells(SCHEDULES, 2, rate_above_0=""), 2, rate_above_20="6.5")
    (found,) = told(put(tmp_path, schedules=late))
    assert found.startswith("schedules.csv, row 3, rate_above_0: the first 20 of a lot would cost nothing; fill in")
    assert read_schedules(put(tmp_path, schedules=with_cells(late, 2, rate_above_0=0)), AREAS, places)


def test_providers_that_cannot_be_read_are_told_once(tmp_path: Path) -> None:
    """Not once more for each of their schedules."""
    unnamed = [["id", "name", "home", "capacity_cases"], *PROVIDERS[1:]]
    found = told(put(tmp_path, providers=unnamed))
    assert all(problem.startswith("providers.csv, row 1") for problem in found), found


def test_a_sheet_of_another_name(tmp_path: Path) -> None:
    """What it may have meant, or that the workbook holds bids."""
    for sheet, hint in (("Schedule", "did you mean 'Schedule'?"), ("Bids", "Bids are bids for lots that are drawn")):
        book = openpyxl.Workbook()
        book.active.title = "Providers"
        book.create_sheet(sheet)
        book.save(tmp_path / "s.xlsx")
        assert hint in told(tmp_path / "s.xlsx")[0]
