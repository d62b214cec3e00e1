"""What can be wrong with a market across its rows; the same checks for files and for markets made in Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lotopt.core.errors import did_you_mean
from lotopt.core.lot import LotFacts
from lotopt.market.bid import Bid, Item
from lotopt.market.provider import Provider


@dataclass(frozen=True)
class Fault:
    """One problem: in which table, of which row (index), in which field, and the sentence."""

    table: Literal["lots", "items", "providers", "bids"]
    row: int
    of: str
    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.of}, {self.field}: {self.text}"


def faults(
    lots: Sequence[LotFacts],
    services: Sequence[str],
    items: Sequence[Item],
    providers: Sequence[Provider],
    bids: Sequence[Bid],
) -> Iterator[Fault]:
    """Every problem between the rows of a market."""
    for name, ids in (("lots", [lot.id for lot in lots]), ("items", [str(item) for item in items])):
        for row, id in _twice(ids):
            yield Fault(name, row, f"{name[:-1]} {id}", "id", f"'{id}' is there twice")  # type: ignore[arg-type]
    known_lots = [lot.id for lot in lots]
    for row, item in enumerate(items):
        if item.lot not in known_lots:
            yield Fault("items", row, f"item {item}", "lot", _no("lot", item.lot, known_lots))
        if item.service not in services:
            yield Fault("items", row, f"item {item}", "service", _no("service", item.service, services))
    for row, id in _twice([provider.id for provider in providers]):
        yield Fault("providers", row, f"provider {id}", "provider", f"'{id}' is there twice; ids are used once")
    yield from _groups(providers)
    for row, id in _twice([bid.id for bid in bids]):
        yield Fault("bids", row, f"bid {id}", "bid", f"'{id}' is there twice; ids are used once")
    yield from _names(known_lots, services, items, [provider.id for provider in providers], bids)


def _names(
    lots: Sequence[str], services: Sequence[str], items: Sequence[Item], providers: Sequence[str], bids: Sequence[Bid]
) -> Iterator[Fault]:
    offered, in_lots, in_services, who = set(items), set(lots), set(services), set(providers)
    for row, bid in enumerate(bids):
        of = f"bid {bid.id}"
        if bid.provider not in who:
            yield Fault("bids", row, of, "provider", _no("provider", bid.provider, providers))
        unknown = False
        for lot in bid.lots:
            if lot not in in_lots:
                unknown = True
                yield Fault("bids", row, of, "lots", _no("lot", lot, lots))
        for service in bid.services:
            if service not in in_services:
                unknown = True
                yield Fault("bids", row, of, "services", _no("service", service, services))
        for item in bid.items if not unknown else ():
            if item not in offered:
                yield Fault("bids", row, of, "services", f"'{item.service}' is not bought in lot '{item.lot}'")


def _groups(providers: Sequence[Provider]) -> Iterator[Fault]:
    """A group that is named after a provider of another group would count one firm in two groups."""
    own = {provider.id: provider.legal_group for provider in providers}
    for row, provider in enumerate(providers):
        other = own.get(provider.group, provider.group)
        if provider.group and other != provider.group:
            text = f"'{provider.group}' is a provider that belongs to '{other}'; write '{other}'"
            yield Fault("providers", row, f"provider {provider.id}", "group", text)


def _twice(ids: Sequence[str]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for row, id in enumerate(ids):
        if id in seen:
            yield row, id
        seen.add(id)


def _no(what: str, given: str, possible: Sequence[str]) -> str:
    if not given:
        return f"name a {what}; {did_you_mean(given, possible)}"
    return f"no {what} '{given}'; {did_you_mean(given, [name for name in possible if name])}"
