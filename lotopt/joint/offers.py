"""What providers offer on a territory: price schedules from a file or made up, and who serves each area now."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from lotopt.core.errors import InputError, Problems, did_you_mean
from lotopt.market.provider import Provider
from lotopt.market.schedules import Schedules
from lotopt.territory.facts import area_facts
from lotopt.territory.territory import Territory


def read_schedules(path: str | Path, territory: Territory) -> Schedules:
    """Price schedules from a workbook (sheets Providers, Schedules, Incumbents) or a folder of CSV files.

    Rates of their own and incumbents may be given for areas and for agencies of any layer. The columns are those of
    `write_schedule_template`. Raises InputError with every problem of the file.
    """
    from lotopt.market.read_schedules import read_schedules as read

    return read(path, area_facts(territory), territory.places)


def simulate_schedules(
    territory: Territory,
    *,
    seed: int = 1,
    providers: int | Sequence[Provider] = 8,
    measure: str | None = None,
    rate: float = 80.0,
    incumbents: Mapping[str, str] | None = None,
) -> Schedules:
    """Made-up price schedules on a territory, the same for the same seed, labelled as simulated.

    `measure` is what prices and capacities go by (the first unless given), `rate` the usual price per unit in GBP,
    `incumbents` who serves an area now (area id: provider id). Raises InputError for a measure that is not there.
    """
    from lotopt.market.simulate_schedules import simulate_schedules as simulated

    areas = area_facts(territory)
    return simulated(areas, seed=seed, providers=providers, measure=measure, rate=rate, incumbents=incumbents)


def with_incumbents(schedules: Schedules, incumbents: Mapping[str, str]) -> Schedules:
    """The same schedules where `incumbents` (area id: provider) serve the areas now."""
    return replace(schedules, incumbents=dict(incumbents))


def incumbents_of(name: str, territory: Territory) -> dict[str, str]:
    """Who serves each area now (area id: provider), by

    - a layer of the territory, whose agencies are providers; areas without an agency have no incumbent;
    - a folder that an earlier run wrote, with lots.csv and awards.csv; a lot with several providers is refused;
    - a CSV file with the columns place (an area or agency) and provider.

    Raises InputError with every problem.
    """
    if name in territory.layers:
        layer = territory.layer(name)
        return {
            area: layer.agencies[agency] for area, agency in zip(territory.ids, layer.of, strict=True) if agency >= 0
        }
    path = Path(name)
    if path.is_dir():
        return _of_run(path, territory)
    if path.is_file():
        return _of_table(path, territory)
    told = did_you_mean(name, sorted(territory.layers))
    raise InputError("incumbents", f"no layer, no folder and no file '{name}'; {told}")


def _of_run(folder: Path, territory: Territory) -> dict[str, str]:
    """The awards of an earlier run, through its lots."""
    problems = Problems(folder.name)
    lots = _rows(folder / "lots.csv", ("area", "lot"))
    awards = _rows(folder / "awards.csv", ("lot", "provider"))
    provider: dict[str, str] = {}
    for row in awards:
        if provider.setdefault(row["lot"], row["provider"]) != row["provider"]:
            problems.add(
                f"awards.csv: lot {row['lot']} has several providers; say who serves its areas in a CSV file"
            )
    found: dict[str, str] = {}
    for row in lots:
        if row["area"] not in territory.index:
            problems.add(f"lots.csv: no area '{row['area']}'; {did_you_mean(row['area'], territory.ids)}")
        elif row["lot"] in provider:
            found[row["area"]] = provider[row["lot"]]
    problems.check()
    return found


def _of_table(path: Path, territory: Territory) -> dict[str, str]:
    problems = Problems(path.name)
    found: dict[str, str] = {}
    for number, row in enumerate(_rows(path, ("place", "provider")), 2):
        if not row["place"] and not row["provider"]:
            continue
        if not row["provider"]:
            problems.add(f"{path.name}, row {number}, provider: is empty; fill it in")
        try:
            areas = territory.places(row["place"])
        except InputError as error:
            problems.add(f"{path.name}, row {number}, place: {'; '.join(error.problems)}")
            continue
        for area in (territory.ids[i] for i in areas):
            if area in found:
                problems.add(f"{path.name}, row {number}, place: {area} has an incumbent already: {found[area]}")
            found[area] = row["provider"]
    problems.check()
    return found


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV file that has the columns. Raises InputError."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            rows = [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]
            names = reader.fieldnames or ()
    except OSError as error:
        raise InputError(path.name, f"it cannot be opened: {error.strerror or error}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(path.name, f"it is not a CSV file in UTF-8 ({error})") from None
    missing = [column for column in columns if column not in names]
    if missing:
        told = f"no column {', '.join(missing)}; it has: {', '.join(names)}"
        raise InputError(path.name, told)
    return rows
