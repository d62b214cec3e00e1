"""What the sheets of a workbook hold, as numbers and text without any format."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from lotopt.core.clause import named
from lotopt.core.reading import Number, Reading
from lotopt.report.awarded import provider_of_lots
from lotopt.report.lot_tables import layer_title, measure_title
from lotopt.report.tables import AWARD_COLUMNS, Cell, award_rows
from lotopt.report.words import decapital
from lotopt.report.workbook.part import Part
from lotopt.report.workbook.sheet import Field, Sheet, kind_of

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.core.result import Result
    from lotopt.design.design import LotDesign
    from lotopt.market.market import Market
    from lotopt.territory.coherence import Coherence

GBP = "GBP a year"
AT_PRICE = AWARD_COLUMNS.index("price")
# The columns of awards.csv, in the words of a header.
AWARD_FIELDS = (
    *(Field("Lot"), Field("Lot name"), Field("Service"), Field("Provider"), Field("Provider name")),
    *(Field("Legal group"), Field("Bid"), Field(f"Price, {GBP} (of a package: its part)", "money")),
    *(Field(f"Price of the whole bid, {GBP}", "money"), Field("Lots and services in the bid", "whole")),
    *(Field("Quality, 0 to 100", "number"), Field("Need covered, share", "share"), Field("Work, share", "share")),
    Field("Simulated"),
)


def lots_sheet(plan: LotDesign, measure: str, awards: Result[Allocation] | None) -> Sheet:
    """One row per lot of a design: size, shape, and who serves it at what price."""
    territory, table = plan.territory, plan.table
    columns: list[tuple[Field, Sequence[Cell]]] = [(Field("Lot"), plan.lots)]
    columns.append((Field("Name"), [plan.name_of(i) for i in range(len(plan))]))
    columns.append((Field("Areas", "whole"), [int(n) for n in table.members.sum(axis=1)]))
    for key in territory.measures:
        values = _floats(table.total(key))
        columns.append((Field(_with_unit(plan, key), kind_of(values)), values))
    if measure:
        total = table.total(measure)
        head = Field(f"Share of {decapital(measure_title(plan, measure))}", "share")
        columns.append((head, _floats(total / max(float(total.sum()), 1e-300))))
    if territory.borders.metres.any():
        columns.append((Field("Border, km", "number"), _floats(table.border_length())))
    if measure and np.isfinite(territory.xy).all() and territory.xy.any():
        head = Field("Mean distance to centre, km", "number")
        columns.append((head, _floats(table.mean_distance(measure))))
    return _sheet("Lots", [*columns, *_won(plan.lots, awards)], "lots.csv")


def market_lots_sheet(market: Market, awards: Result[Allocation] | None) -> Sheet:
    """One row per lot that a market brought along: what is known of it, and who serves it at what price."""
    lots = [lot.id for lot in market.lots]
    columns: list[tuple[Field, Sequence[Cell]]] = [(Field("Lot"), lots)]
    columns.append((Field("Name"), [lot.name for lot in market.lots]))
    columns.append((Field("Areas", "whole"), [len(lot.areas) or None for lot in market.lots]))
    for key in dict.fromkeys(key for lot in market.lots for key in lot.volumes):
        values = [lot.volumes.get(key) for lot in market.lots]
        columns.append((Field(key, kind_of(v for v in values if v is not None)), values))
    if worth := _indicative(market):
        columns.append((Field(f"Indicative value, {GBP}", "money"), [worth.get(lot) for lot in lots]))
    return _sheet("Lots", [*columns, *_won(lots, awards)])


def _indicative(market: Market) -> dict[str, Decimal]:
    """The indicative value of each lot of which one is known, all its services together."""
    found: dict[str, Decimal] = {}
    for item in market.items:
        value = market.terms_of(item).value
        if value is not None:
            found[item.lot] = found.get(item.lot, Decimal(0)) + value
    return found


def _won(lots: Sequence[str], awards: Result[Allocation] | None) -> Iterator[tuple[Field, Sequence[Cell]]]:
    """Who serves each lot, and its part of all prices: to the penny they add up to the total."""
    if awards is None or awards.plan is None:
        return
    providers, prices = provider_of_lots(awards), dict[str, Decimal]()
    for award in award_rows(awards):
        lot, price = award[0], award[AT_PRICE]
        assert isinstance(lot, str)
        assert isinstance(price, Decimal)
        prices[lot] = prices.get(lot, Decimal(0)) + price
    yield Field("Provider"), [providers.get(lot, "not awarded") for lot in lots]
    yield Field(f"Price, {GBP}", "money"), [prices.get(lot) for lot in lots]
    yield Field("Simulated"), [awards.plan.market.simulated] * len(lots)


def areas_sheet(plan: LotDesign) -> Sheet:
    """One row per area: its lot, every measure, and its agency in every layer."""
    territory = plan.territory
    columns: list[tuple[Field, Sequence[Cell]]] = [(Field("Area"), territory.ids), (Field("Name"), territory.names)]
    columns.append((Field("Lot"), [plan.lots[k] for k in plan.of]))
    columns.append((Field("Lot name"), [plan.name_of(int(k)) for k in plan.of]))
    for key, measure in territory.measures.items():
        values = _floats(measure.values)
        columns.append((Field(_with_unit(plan, key), kind_of(values)), values))
    for key, layer in territory.layers.items():
        columns.append((Field(layer_title(plan, key)), [layer.name_of(k) if k >= 0 else "" for k in layer.of]))
    return _sheet("Areas", columns, "lots.csv")


def awards_sheet(awards: Result[Allocation]) -> Sheet:
    """The rows of awards.csv, one per lot and service of each winning bid."""
    return Sheet("Awards", AWARD_FIELDS, tuple(award_rows(awards)), "awards.csv")


def coherence_sheet(found: Coherence, plan: LotDesign) -> Sheet:
    """One row per layer: every count and score of how the lots meet it."""
    weight = decapital(measure_title(plan, found.measure)) if found.measure else "areas"
    counts = (
        *("Agencies", "Interfaces", "Split agencies", "Extra lots", "Straddling lots"),
        *("Most agencies in a lot", "Most lots for an agency"),
    )
    scores = ("Completeness", "Homogeneity", "V-measure")
    fields = (
        *(Field("Layer"), Field("Title"), *(Field(title, "whole") for title in counts)),
        *(
            Field(f"Whole share, by {weight}", "share"),
            *(Field(f"{title}, by {weight}", "score") for title in scores),
        ),
        *(Field("Areas assigned approximately", "whole"), Field("Which agencies are split", "sentence")),
        Field("Which lots straddle", "sentence"),
    )
    rows = tuple(
        (
            *(layer.layer, layer.title, layer.agencies, layer.interfaces, len(layer.split_agencies), layer.splits),
            *(layer.straddles, layer.largest_span, layer.largest_lots_per_agency, layer.whole_share),
            *(layer.completeness, layer.homogeneity, layer.v_measure, layer.approximate_areas),
            *("; ".join(layer.split_agencies), "; ".join(layer.straddling_lots)),
        )
        for layer in found.layers
    )
    return Sheet("Coherence", fields, rows, "result.json")


def readings_sheet(parts: Sequence[Part]) -> Sheet:
    """One row per reading of each part of a run: the range it may lie in, and the room left."""
    fields = (
        *(Field("Of"), Field("Rule"), Field("Where"), Field("Value", "any"), Field("At least", "any")),
        *(Field("At most", "any"), Field("To spare (below 0: broken)", "any"), Field("Unit"), Field("Kept")),
        Field("What the rule says", "sentence"),
    )
    rows = list[tuple[Cell, ...]]()
    for part in parts:
        said = {rule.label: rule.explain() for rule in named(part.rules)}
        audit = part.result.audit
        for r in audit.readings if audit is not None else ():
            numbers = (_number(r, r.value), *(_limit(r, n) for n in (r.at_least, r.at_most, r.slack)))
            rows.append((part.name, r.clause, r.where, *numbers, r.unit, r.ok, said.get(r.clause, "")))
    return Sheet("Readings", fields, tuple(rows), "result.json")


def sources_sheet(plan: LotDesign) -> Sheet:
    """Where every measure and layer comes from, and who has to be named beside them."""
    fields = (Field("What"), Field("Name"), Field("Title"), Field("Unit"), Field("Source", "sentence"))
    rows: list[tuple[Cell, ...]] = [
        ("measure", key, measure.title, measure.unit, measure.source, "")
        for key, measure in plan.territory.measures.items()
    ]
    rows += [
        ("layer", key, found.title, "", found.source, found.note) for key, found in plan.territory.layers.items()
    ]
    rows += [("attribution", "", "", "", text, "") for text in plan.territory.attribution]
    return Sheet("Sources", (*fields, Field("Note", "sentence")), tuple(rows))


def _sheet(name: str, columns: Sequence[tuple[Field, Sequence[Cell]]], elsewhere: str = "") -> Sheet:
    rows = tuple(zip(*(cells for _, cells in columns), strict=True))
    return Sheet(name, tuple(field for field, _ in columns), rows, elsewhere)


def _with_unit(plan: LotDesign, key: str) -> str:
    """The header of a measure: its title, and its unit where the title does not say it."""
    title, unit = measure_title(plan, key), plan.territory.measures[key].unit
    return f"{title}, {unit}" if unit and unit.casefold() not in title.casefold() else title


def _floats(values: Any) -> list[float]:
    return [float(v) for v in values]


def _number(reading: Reading, value: Number) -> Number:
    """A reading's number: money stays exact, any other quotient is as exact as a number of a workbook."""
    return value if isinstance(value, Decimal) and reading.unit.startswith("GBP") else float(value)


def _limit(reading: Reading, value: Number) -> Number | None:
    """A limit, or none where there is no limit."""
    return _number(reading, value) if math.isfinite(value) else None
