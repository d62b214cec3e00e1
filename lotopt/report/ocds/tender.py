"""The tender of a release: lots, what is in them, and the rules by which they are awarded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lotopt.allocation.rules.bids import Packages
from lotopt.market.bid import Item
from lotopt.report.ocds.told import A_YEAR, DRAFT, Stage, amount, filled, items_of, label, lot_id, words
from lotopt.report.tender import method as m
from lotopt.report.tender.lots import Size, TenderLot, total_value
from lotopt.report.tender.notice import one_line
from lotopt.report.words import amount as figure
from lotopt.report.words import share

if TYPE_CHECKING:
    from lotopt.market.market import Market

# Of a tender and its lots. A draft does not claim that tenders are invited; awards are proposed while it is open.
STATUS: dict[Stage, str] = {"planning": "planning", "tender": "planned", "award": "active"}


@dataclass(frozen=True)
class Told:
    """What a tender is told from."""

    title: str
    lots: tuple[TenderLot, ...]
    market: Market | None
    method: m.Method | None
    stage: Stage
    scheme: str
    proof: str
    won: frozenset[Item] = frozenset()

    @property
    def simulated(self) -> bool:
        return self.market is not None and self.market.simulated

    @property
    def items(self) -> tuple[Item, ...]:
        return items_of([lot.id for lot in self.lots], self.market)


def tender(told: Told, id: str) -> dict[str, Any]:
    """The tender section."""
    lots = {lot.id: lot for lot in told.lots}
    whole = total_value(value_of(told.market, item) for item in told.items)
    return filled(
        {
            "id": id,
            "title": one_line(label(told.title, told.simulated)),
            "description": words([DRAFT, A_YEAR, told.proof], told.simulated),
            "status": STATUS[told.stage],
            "value": None if whole is None else amount(whole),
            "items": [entry for item in told.items for entry in _in_lot(told, item, lots[item.lot])],
            "lots": [_lot(told, item, lots[item.lot]) for item in told.items],
            "lotDetails": _details(told.method),
            "lotGroups": list(_groups(told)),
        }
    )


def value_of(market: Market | None, item: Item) -> Decimal | None:
    """The indicative value of what can be bid for by itself; none where it is made up."""
    return None if market is None or market.simulated else market.terms_of(item).value


def _lot(told: Told, item: Item, lot: TenderLot) -> dict[str, Any]:
    title = f"{lot.name}, {item.service}" if item.service else lot.name
    value = value_of(told.market, item)
    status, why = _status(told, item)
    parts = f"{lot.made_of}: {'; '.join(lot.parts)}." if lot.parts else ""
    sizes = [f"{size.title}: {_sized(size)}." for size in lot.sizes]
    return filled(
        {
            "id": lot_id(item),
            "title": one_line(title),
            "description": one_line(words([parts, *sizes, why, A_YEAR if value is not None else ""])),
            "status": status,
            "value": None if value is None else amount(value),
        }
    )


def _sized(size: Size) -> str:
    part = "" if size.share is None else f", {share(size.share)} of all lots"
    return f"{figure(size.value)} {size.unit}".rstrip() + part


def _status(told: Told, item: Item) -> tuple[str, str]:
    """The status of a lot, and why it is not that of the tender."""
    terms = None if told.market is None else told.market.terms_of(item)
    if terms is not None and terms.status == "cancelled":
        return "cancelled", f"No award is to be made: {terms.reason}."
    if terms is not None and not terms.open:
        return STATUS[told.stage], f"To be awarded without competition: {terms.reason}."
    if told.stage == "award" and item not in told.won:
        return "unsuccessful", "Not awarded."
    return STATUS[told.stage], ""


def _in_lot(told: Told, item: Item, lot: TenderLot) -> Iterator[dict[str, Any]]:
    """What is bought: an entry for every area of a lot with its size, or one for the lot where no area is known."""
    for place in lot.places or (None,):
        name = lot.name if place is None else place.name
        size = place.size if place is not None else (lot.sizes[0] if lot.sizes else None)
        described = f"{item.service}, {name}" if item.service else name
        yield filled(
            {
                # an area may be in several lots of a market that brings its own
                "id": lot_id(item) if place is None else f"{lot_id(item)}/{quote(place.id, safe=' ')}",
                "description": one_line(described),
                "classification": {"scheme": told.scheme, "id": place.id, "description": one_line(place.name)}
                if place is not None
                else None,
                "quantity": None if size is None else _number(size.value),
                "unit": None if size is None else {"name": size.unit or size.title},
                "relatedLot": lot_id(item),
            }
        )


def _number(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def _details(method: m.Method | None) -> dict[str, Any]:
    """The limit on the lots of one supplier where it is one number, and the method of award in words."""
    if method is None:
        return {}
    kinds = (*m.ONE_SUPPLIER, *m.ONE_TENDER, *m.ALL_AWARDS)
    text = words(
        [
            *method.about(kinds),
            *m.choice(method),
            *m.equals(method),
            *m.solving(method),
        ]
    )
    return filled({"maximumLotsAwardedPerSupplier": method.award_limit, "awardCriteriaDetails": one_line(text)})


def _groups(told: Told) -> Iterator[dict[str, Any]]:
    """Lots that may be bid for together, as the rules declare them before bids are seen."""
    rules: Sequence[Any] = () if told.method is None else told.method.rules
    groups = [group for rule in rules if isinstance(rule, Packages) for group in rule.only_on]
    for number, group in enumerate(groups, 1):
        related = [lot_id(item) for item in told.items if item.lot in group]
        yield {"id": f"group-{number}", "relatedLots": related, "optionToCombine": True}
