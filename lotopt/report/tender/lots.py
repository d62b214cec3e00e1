"""The lots of a tender as suppliers have to know them: what is in each, how large it is, what it is worth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from lotopt.design.rules import Whole
from lotopt.report.lot_tables import measure_title

if TYPE_CHECKING:
    from lotopt.core.clause import Clause
    from lotopt.design.design import LotDesign
    from lotopt.market.bid import Item
    from lotopt.market.market import Market
    from lotopt.market.terms import ItemTerms


@dataclass(frozen=True)
class Size:
    """How much of a measure is in a lot or an area: what is measured, how much, its unit, its share of all lots."""

    title: str
    value: float
    unit: str
    share: float | None = None


@dataclass(frozen=True)
class Place:
    """An area of a lot, with its size by the main measure where one is known."""

    id: str
    name: str
    size: Size | None = None


@dataclass(frozen=True)
class TenderLot:
    """One lot: its name, what it is made of (a word for the parts, and the parts), its sizes, the main one first."""

    id: str
    name: str
    made_of: str
    parts: tuple[str, ...]
    places: tuple[Place, ...]
    sizes: tuple[Size, ...]


def lots_of(
    plan: LotDesign | None, market: Market | None, measure: str, rules: Sequence[Clause]
) -> tuple[TenderLot, ...]:
    """The lots of a design, or those that a market brings along."""
    if plan is not None:
        return _designed(plan, measure, whole_layer(plan, rules))
    return () if market is None else _brought(market)


def whole_layer(plan: LotDesign, rules: Sequence[Clause] = ()) -> str:
    """The layer by whose agencies lots are told: one that the rules keep whole, else the first that the lots do.

    Empty where every layer is split; lots are then told by their areas.
    """
    asked = [rule.layer for rule in rules if isinstance(rule, Whole)]
    return next((key for key in (*asked, *plan.territory.layers) if _is_whole(plan, key)), "")


def _is_whole(plan: LotDesign, key: str) -> bool:
    """Whether no agency of a layer is split, none of its areas lies outside it, and it has more to say than areas."""
    of = plan.territory.layers[key].of
    lots_of_agency = {(int(agency), int(lot)) for agency, lot in zip(of, plan.of, strict=True)}
    agencies = {agency for agency, _ in lots_of_agency}
    return min(agencies) >= 0 and len(lots_of_agency) == len(agencies) < len(plan.territory)


def _designed(plan: LotDesign, measure: str, layer: str) -> tuple[TenderLot, ...]:
    territory = plan.territory
    keys = sorted(territory.measures, key=lambda key: key != measure)  # the main one first
    totals = {key: plan.table.total(key) for key in keys}
    found = []
    for k, lot in enumerate(plan.lots):
        inside = np.flatnonzero(plan.of == k)
        places = tuple(
            Place(territory.ids[i], territory.names[i], _size(plan, measure, float(territory.measure(measure)[i])))
            if measure
            else Place(territory.ids[i], territory.names[i])
            for i in inside
        )
        sizes = tuple(_size(plan, key, float(t[k]), float(t.sum())) for key, t in totals.items())
        if layer:
            agencies = territory.layers[layer]
            made_of = agencies.title or layer
            parts = sorted({agencies.name_of(int(agency)) for agency in agencies.of[inside]})
        else:
            made_of, parts = "Area", [place.name for place in places]
        found.append(TenderLot(lot, plan.name_of(k), made_of, tuple(parts), places, sizes))
    return tuple(found)


def _size(plan: LotDesign, key: str, value: float, total: float = 0.0) -> Size:
    unit = plan.territory.measures[key].unit
    return Size(measure_title(plan, key), value, unit, value / total if total else None)


def _brought(market: Market) -> tuple[TenderLot, ...]:
    totals = {key: sum(lot.volumes.get(key, 0.0) for lot in market.lots) for key in market.measures}
    main = next((name for lot in market.lots for name in lot.volumes), "")
    keys = sorted(totals, key=lambda key: key != main)
    return tuple(
        TenderLot(
            lot.id,
            lot.name or lot.id,
            "Area",
            tuple(area.id for area in lot.areas),
            tuple(
                Place(a.id, a.id, Size(main, a.volumes[main], main) if main in a.volumes else None) for a in lot.areas
            ),
            tuple(
                Size(key, lot.volumes[key], key, lot.volumes[key] / totals[key] if totals[key] else None)
                for key in keys
                if key in lot.volumes
            ),
        )
        for lot in market.lots
    )


def terms_of(market: Market | None) -> dict[str, dict[Item, ItemTerms]]:
    """What the buyer says of each item, by the lot that it is in."""
    found: dict[str, dict[Item, ItemTerms]] = {}
    if market is not None:
        for item in market.items:
            found.setdefault(item.lot, {})[item] = market.terms_of(item)
    return found


def total_value(values: Iterable[Decimal | None]) -> Decimal | None:
    """What values add up to; None where there is none, or where one is not known."""
    told = list(values)
    known = [value for value in told if value is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(told) else None
