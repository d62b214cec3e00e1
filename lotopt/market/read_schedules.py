"""Price schedules from files: an Excel workbook, or a folder with providers.csv and schedules.csv."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lotopt.core.errors import InputError, Problems, did_you_mean
from lotopt.core.lot import AreaFacts
from lotopt.market.checks import Rows, faults
from lotopt.market.columns import CAPACITY, PROVIDER_COLUMNS
from lotopt.market.provider import LOTS, Provider
from lotopt.market.read_providers import made_up, provider_of
from lotopt.market.rows import Row, Table
from lotopt.market.schedule import Band, PriceSchedule
from lotopt.market.schedules import Schedules
from lotopt.market.tables import read_tables

SCHEDULE_COLUMNS = ("provider", "measure", "fixed", "rate", "rate_km", "mobilisation")
INCUMBENT_COLUMNS = ("place", "provider")
RATE_IN, FROM_KM, ABOVE = "rate_in_", "rate_from_km_", "rate_above_"
PREFIXES = (RATE_IN, FROM_KM, ABOVE)

Places = Callable[[str], Iterable[int]]


def read_schedules(path: str | Path, areas: Sequence[AreaFacts], places: Places | None = None) -> Schedules:
    """What providers ask for any lot, from a workbook (sheets Providers, Schedules and, if wanted, Incumbents), or a
    folder with providers.csv, schedules.csv and incumbents.csv.

    `areas` are those of the territory, `places` gives the areas (indices) that a name means, such as an agency; by
    default a name is an area's id. The columns are those of `write_schedule_template`: amounts are GBP a year, rates
    GBP for each unit of the measure, with any number of decimals. Raises InputError with every problem of the file:
    sheet, row, column, what was given and what is possible.
    """
    path = Path(path)
    problems = Problems(path.name)
    wanted: dict[str, Sequence[str]] = {"Providers": (CAPACITY,), "Schedules": PREFIXES, "Incumbents": ()}
    tables, notes = read_tables(path, wanted, problems, optional=("Incumbents",))
    find = places or _by_id(areas)
    measures = sorted({measure for area in areas for measure in area.volumes})
    providers, who = tables["Providers"], []
    readable = providers.checked(("provider",), PROVIDER_COLUMNS, (CAPACITY,), problems)
    if readable:
        _check_capacities(providers, measures, problems)
        who = [found for row in providers.read(problems) if (found := provider_of(row))]
        for fault in faults(Rows(providers=[provider for _, provider in who])):
            problems.add(f"{who[fault.row][0].place}, {fault.column}: {fault.text}")
    homes = _homes(who, areas, problems)
    # where the providers cannot be read, that is told once and not again for each schedule
    listed = [row.text("provider") for row in providers.read(Problems(""))] if readable else None
    schedule = _schedules(tables["Schedules"], listed, homes, measures, areas, find, problems)
    incumbents = _incumbents(tables["Incumbents"], areas, find, problems) if "Incumbents" in tables else {}
    problems.check()
    notes += [f"{row.place}: provider '{p.id}' has no price schedule" for row, p in who if p.id not in schedule]
    return Schedules(
        tuple(provider for _, provider in who),
        schedule,
        incumbents,
        simulated=made_up(row for row, _ in who),
        source=path.name,
        notes=tuple(notes),
    )


def _by_id(areas: Sequence[AreaFacts]) -> Places:
    index = {area.id: i for i, area in enumerate(areas)}

    def find(name: str) -> tuple[int, ...]:
        if name not in index:
            raise InputError("areas", f"no area '{name}'; {did_you_mean(name, list(index))}")
        return (index[name],)

    return find


def _check_capacities(providers: Table, measures: Sequence[str], problems: Problems) -> None:
    for name in providers.header:
        measure = name.removeprefix(CAPACITY)
        if name.startswith(CAPACITY) and measure and measure not in (LOTS, *measures):
            told = did_you_mean(measure, [LOTS, *measures])
            problems.add(f"{providers.place}, row 1, {name}: no measure '{measure}' in the areas; {told}")


def _homes(
    who: Iterable[tuple[Row, Provider]], areas: Sequence[AreaFacts], problems: Problems
) -> dict[str, AreaFacts | None]:
    """The area each provider comes from, None where it names none; without those that name what is no area."""
    by_id = {area.id: area for area in areas}
    homes: dict[str, AreaFacts | None] = {}
    for row, provider in who:
        if provider.home and provider.home not in by_id:
            told = did_you_mean(provider.home, list(by_id))
            problems.add(f"{row.place}, home: no area '{provider.home}'; {told}")
        else:
            homes[provider.id] = by_id.get(provider.home)
    return homes


def _schedules(
    table: Table,
    listed: Sequence[str] | None,
    homes: Mapping[str, AreaFacts | None],
    measures: Sequence[str],
    areas: Sequence[AreaFacts],
    find: Places,
    problems: Problems,
) -> dict[str, PriceSchedule]:
    """The schedule of each provider, by its id."""
    if not table.checked(("provider", "measure"), SCHEDULE_COLUMNS, PREFIXES, problems):
        return {}
    columns = _Columns.of(table, areas, find, problems)
    found: dict[str, PriceSchedule] = {}
    rows = [row for row in table.read(problems) if any(row.has(name) for name in row.values if name != "measure")]
    for row in rows:
        id, measure = row.text("provider", required=True), row.text("measure", required=True)
        if id and listed is not None and id not in listed:
            row.fault("provider", f"no provider '{id}'; {did_you_mean(id, sorted(filter(None, listed)))}")
        if id in found:
            row.fault("provider", f"'{id}' is there twice; a provider has one schedule")
        if measure and measure not in measures:
            row.fault("measure", f"no measure '{measure}'; {did_you_mean(measure, measures)}")
        fixed = row.money("fixed", zero=True)
        rate, rate_km, mobilisation = (row.rate(name) for name in ("rate", "rate_km", "mobilisation"))
        rates = columns.rates(row)
        far, much = columns.bands(row, FROM_KM), columns.bands(row, ABOVE)
        home = homes.get(id)
        if home is None and id in homes and (rate_km or far):
            row.fault("rate_km" if rate_km else FROM_KM, "needs a home: name an area in the providers' table")
        if much and much[0].start > 0 and rate is None and not rates:
            first = f"the first {much[0].start:f} of a lot would cost nothing"
            row.fault(f"{ABOVE}0", f"{first}; fill in {ABOVE}0 or rate, with 0 where that is meant")
        asks = (fixed, rate, *rates.values(), *(band.rate for band in much))
        if not row.faulty and not any(asks):
            row.fault("rate", "nothing is asked: give fixed, rate or rate_above_0")
        if not row.faulty:
            found[id] = PriceSchedule(
                measure=measure,
                fixed=fixed or Decimal(0),
                rate=rate or Decimal(0),
                rate_km=rate_km or Decimal(0),
                x_km=home.x_km if home else None,
                y_km=home.y_km if home else None,
                rates=rates,
                distance_bands=far,
                volume_bands=much,
                mobilisation=mobilisation or Decimal(0),
            )
    if not rows:
        problems.add(f"{table.place}: there is no schedule; fill in a row for each provider")
    return found


class _Columns:
    """The columns of a schedules' table whose names hold a place, a distance or a volume."""

    def __init__(self) -> None:
        self.places: dict[str, tuple[str, ...]] = {}  # column: areas (ids), wide places first
        self.starts: dict[str, dict[Decimal, str]] = {FROM_KM: {}, ABOVE: {}}

    @classmethod
    def of(cls, table: Table, areas: Sequence[AreaFacts], find: Places, problems: Problems) -> _Columns:
        made = cls()
        named: dict[str, tuple[str, ...]] = {}
        for name in table.header:
            place = f"{table.place}, row 1, {name}"
            if name.startswith(RATE_IN):
                try:
                    named[name] = tuple(areas[i].id for i in find(name.removeprefix(RATE_IN)))
                except InputError as error:
                    for problem in error.problems:
                        problems.add(f"{place}: {problem}")
            for prefix, starts in made.starts.items():
                if name.startswith(prefix):
                    start = _decimal(name.removeprefix(prefix))
                    if start is None:
                        problems.add(f"{place}: write a number after {prefix}, such as {prefix}100")
                    elif start in starts:
                        problems.add(f"{place}: says the same as {starts[start]}; keep one of them")
                    else:
                        starts[start] = name
        # a rate for a smaller place within a larger one counts in it
        for name in sorted(named, key=lambda name: -len(named[name])):
            for other, held in made.places.items():
                if not set(named[name]).isdisjoint(held) and not set(named[name]) < set(held):
                    problems.add(f"{table.place}, row 1: {other} and {name} name some areas both; keep one of them")
            made.places[name] = named[name]
        return made

    def rates(self, row: Row) -> dict[str, Decimal]:
        """The rate of each area that a row gives one of its own."""
        found: dict[str, Decimal] = {}
        for name, areas in self.places.items():
            rate = row.rate(name)
            if rate is not None:
                found |= dict.fromkeys(areas, rate)
        return found

    def bands(self, row: Row, prefix: str) -> tuple[Band, ...]:
        """The bands of a row in order; an empty cell starts none."""
        rates = [(start, row.rate(name)) for start, name in sorted(self.starts[prefix].items())]
        return tuple(Band(start=start, rate=rate) for start, rate in rates if rate is not None)


def _incumbents(table: Table, areas: Sequence[AreaFacts], find: Places, problems: Problems) -> dict[str, str]:
    """Who serves each area now, by the area's id."""
    if not table.checked(INCUMBENT_COLUMNS, INCUMBENT_COLUMNS, (), problems):
        return {}
    found: dict[str, str] = {}
    for row in table.read(problems):
        place, provider = row.text("place", required=True), row.text("provider", required=True)
        if row.faulty:
            continue
        try:
            named = [areas[i].id for i in find(place)]
        except InputError as error:
            row.fault("place", "; ".join(error.problems))
            continue
        twice = [area for area in named if area in found]
        if twice:
            row.fault("place", f"{twice[0]} has an incumbent already: {found[twice[0]]}")
        found |= dict.fromkeys(named, provider)
    return found


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text) if text and all(character in "0123456789." for character in text) else None
    except InvalidOperation:
        return None
    return value
