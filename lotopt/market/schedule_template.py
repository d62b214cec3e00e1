"""Workbooks for price schedules: an empty one to fill in, or one that holds some; `read_schedules` reads them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from lotopt.market.columns import CAPACITY, PROVIDER_COLUMNS
from lotopt.market.content import provider_row
from lotopt.market.provider import LOTS
from lotopt.market.read_schedules import ABOVE, FROM_KM, INCUMBENT_COLUMNS, RATE_IN, SCHEDULE_COLUMNS
from lotopt.market.schedule import PriceSchedule
from lotopt.market.schedules import Schedules
from lotopt.market.sheets import WHO, between, choose, new_book, table_sheet

ABOUT = (
    "Price schedules: what each provider asks for any lot, before lots are drawn",
    "Fill in the sheets. Row 1 of each holds the names of columns; leave it as it is, or add columns as told here.",
    "",
    "Providers: one row for each.",
    "  provider: a short name, used once. name: in full. group: the legal group, where several belong to one.",
    "  kind: for example public, private, voluntary, small. home: the id of an area. funding: GBP it has access to.",
    "  viable: the least it can live on, GBP a year. last_resort: yes for a public provider in reserve.",
    "  capacity_...: the most it can take on of that measure, or how many lots. Empty: no limit stated.",
    "Schedules: one row for each provider. A lot's price is the sum of what follows, GBP a year.",
    "  measure: what is counted, such as cases. fixed: GBP for each lot. rate: GBP for each unit of the measure.",
    "  rate_km: GBP for each unit and km between its area's centre and the provider's home.",
    "  rate_in_...: GBP for each unit in the area or agency named there, instead of rate.",
    "  rate_from_km_...: GBP more for each unit that far from home or further, up to the next such column.",
    "  rate_above_...: GBP more for each unit of a lot beyond that volume, up to the next such column (like tax).",
    "  mobilisation: GBP more for each unit in areas that another provider serves now (sheet Incumbents).",
    "Incumbents: who serves an area or agency now. Leave it empty where nobody is to pay mobilisation.",
    "Rows without amounts are left out.",
)
KM, VOLUMES = (50, 100), (0, 10_000)  # the columns of an empty workbook; others can be added


def write_schedule_template(path: str | Path, measures: Sequence[str], places: Sequence[str] = ()) -> None:
    """Write an Excel workbook to fill in with providers and their price schedules.

    `measures` are those of the territory; `places` are areas or agencies that may have rates of their own. The same
    arguments give the same bytes.
    """
    columns = [*SCHEDULE_COLUMNS, *(RATE_IN + place for place in places)]
    columns += [*(f"{FROM_KM}{km}" for km in KM), *(f"{ABOVE}{volume}" for volume in VOLUMES)]
    _write(Path(path), measures, [], columns, [], [], [LOTS, *measures[:1]], simulated=False)


def write_schedules(path: str | Path, schedules: Schedules) -> None:
    """Write schedules as an Excel workbook that `read_schedules` reads back to the same schedules.

    A provider's home must be the area that its distances count from, as it is wherever they were read or simulated.
    """
    offered = list(schedules.schedule.values())
    capacities = sorted({measure for provider in schedules.providers for measure in provider.capacity})
    places = sorted({area for schedule in offered for area in schedule.rates})
    far = sorted({band.start for schedule in offered for band in schedule.distance_bands})
    much = sorted({band.start for schedule in offered for band in schedule.volume_bands})
    columns = [*SCHEDULE_COLUMNS, *(RATE_IN + place for place in places)]
    columns += [*(f"{FROM_KM}{start:f}" for start in far), *(f"{ABOVE}{start:f}" for start in much)]
    rows = [_row(id, schedules.schedule[id], places, far, much) for id in sorted(schedules.schedule)]
    measures = sorted({schedule.measure for schedule in offered})
    providers = [provider_row(provider, capacities, schedules.simulated) for provider in schedules.providers]
    incumbents = sorted(schedules.incumbents.items())
    _write(Path(path), measures, providers, columns, rows, incumbents, capacities, simulated=schedules.simulated)


def _row(
    id: str, schedule: PriceSchedule, places: Sequence[str], far: Sequence[Decimal], much: Sequence[Decimal]
) -> list[object]:
    by_km = {band.start: band.rate for band in schedule.distance_bands}
    by_volume = {band.start: band.rate for band in schedule.volume_bands}
    return [
        *(id, schedule.measure, schedule.fixed, schedule.rate, schedule.rate_km, schedule.mobilisation),
        *(schedule.rates.get(place) for place in places),
        *(by_km.get(start) for start in far),
        *(by_volume.get(start) for start in much),
    ]


def _write(
    path: Path,
    measures: Sequence[str],
    providers: Iterable[Sequence[object]],
    columns: Sequence[str],
    schedules: Sequence[Sequence[object]],
    incumbents: Iterable[Sequence[object]],
    capacities: Sequence[str],
    *,
    simulated: bool,
) -> None:
    content = io.BytesIO()
    book = new_book(content, ABOUT[0])
    _about(book, measures, simulated)
    sheet = table_sheet(book, "Providers", [*PROVIDER_COLUMNS, *(CAPACITY + m for m in capacities)], providers)
    choose(sheet, PROVIDER_COLUMNS.index("group"), WHO, "any other group can be written too")
    sheet = table_sheet(book, "Schedules", columns, schedules)
    choose(sheet, columns.index("provider"), WHO, "the provider is not on the sheet Providers")
    of_measures = f"=README!$A${len(ABOUT) + 4}:$A${len(ABOUT) + 3 + max(1, len(measures))}"
    choose(sheet, columns.index("measure"), of_measures, "the measure is not one of the territory's")
    for column, name in enumerate(columns):
        if name not in ("provider", "measure"):
            between(sheet, column, 0, 1e12, "an amount, zero or above, in GBP")
    sheet = table_sheet(book, "Incumbents", INCUMBENT_COLUMNS, incumbents)
    choose(sheet, INCUMBENT_COLUMNS.index("provider"), WHO, "a provider that offers nothing can be written too")
    book.close()
    path.write_bytes(content.getvalue())


def _about(book: Any, measures: Sequence[str], simulated: bool) -> None:
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("README")
    sheet.set_column(0, 0, 24)
    for row, line in enumerate(ABOUT):
        sheet.write_string(row, 0, line, bold if row == 0 else None)
    if simulated:
        told = "These schedules are made up: no provider, rate or capacity in them is real."
        sheet.write_string(len(ABOUT) + 1, 0, told, bold)
    sheet.write_string(len(ABOUT) + 2, 0, "measures", bold)
    for row, measure in enumerate(measures, len(ABOUT) + 3):
        sheet.write_string(row, 0, measure)
