"""The content of a market as rows of its tables, in the columns that `read_market` reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from lotopt.core.lot import LotFacts
from lotopt.market.bid import MEMBER, SUBCONTRACTOR, Bid
from lotopt.market.columns import (
    BID_COLUMNS,
    CAPACITY,
    DISCOUNT_COLUMNS,
    LOT_COLUMNS,
    MEMBER_COLUMNS,
    PANEL_COLUMNS,
    PROVIDER_COLUMNS,
    VOLUME,
)
from lotopt.market.market import Market
from lotopt.market.money import PENNY
from lotopt.market.provider import Provider
from lotopt.market.terms import ItemTerms

Rows = Sequence[Sequence[object]]
Tables = dict[str, tuple[Sequence[str], Rows]]
"""Columns and rows of each table by its name."""
LONGEST = 32_767  # characters that a cell of a workbook holds


def tables_of(market: Market) -> Tables:
    """Every table of a market that has something to say."""
    capacities = sorted({measure for provider in market.providers for measure in provider.capacity})
    stated = sorted({measure for bid in market.bids for measure in bid.volumes})
    measures = sorted({measure for lot in market.lots for measure in lot.volumes})
    who = [provider_row(provider, capacities, market.simulated) for provider in market.providers]
    lots = [lot_row(market.lot[item.lot], item.service, measures, market.terms_of(item)) for item in market.items]
    tables: Tables = {
        "Providers": ([*PROVIDER_COLUMNS, *(CAPACITY + measure for measure in capacities)], who),
        "Bids": ([*BID_COLUMNS, *(VOLUME + m for m in stated)], [_bid(bid, stated) for bid in market.bids]),
        "Lots": ([*LOT_COLUMNS, *(VOLUME + measure for measure in measures)], lots),
        "Panel": (PANEL_COLUMNS, list(_panel(market))),
        "Members": (MEMBER_COLUMNS, list(_members(market))),
        "Discounts": (DISCOUNT_COLUMNS, list(_discounts(market))),
    }
    return {
        name: (columns, rows) for name, (columns, rows) in tables.items() if rows or name in ("Providers", "Bids")
    }


def provider_row(provider: Provider, capacities: Sequence[str], simulated: bool) -> list[object]:
    """A provider as a row of the sheet Providers."""
    named = [provider.id, provider.name, provider.group, provider.kind, provider.home, provider.funding]
    terms = [provider.viable, _yes(provider.last_resort), _yes(simulated)]
    return [*named, *terms, *(provider.capacity.get(measure) for measure in capacities)]


def lot_row(lot: LotFacts, service: str, measures: Sequence[str], terms: ItemTerms | None = None) -> list[object]:
    """A service in a lot as a row of the sheet Lots."""
    areas = listed([area.id for area in lot.areas])
    said: list[object] = [None] * 7
    if terms is not None:
        status = "" if terms.open else terms.status
        said = [terms.value, terms.region, terms.category, terms.date, terms.incumbent, status, terms.reason]
    return [lot.id, lot.name, areas, service, *said, *(lot.volumes.get(measure) for measure in measures)]


def listed(names: Sequence[str]) -> str:
    return "; ".join(names)


def _yes(said: bool) -> str:
    return "yes" if said else ""


def _bid(bid: Bid, measures: Sequence[str]) -> list[object]:
    lots, services = listed(bid.lots), listed(bid.services)
    firms = [listed([p.firm for p in bid.partners if p.role == role]) for role in (MEMBER, SUBCONTRACTOR)]
    terms = [bid.alternative, listed(bid.only_with), *firms, bid.preference]
    amounts = [bid.price, bid.fixed, bid.quality, bid.covers]
    return [bid.id, bid.provider, lots, services, *amounts, *terms, *(bid.volumes.get(m) for m in measures)]


def _panel(market: Market) -> Iterator[list[object]]:
    for line in market.panel:
        named = [listed(line.lots), listed(line.regions), listed(line.categories)]
        yield [line.provider, *named, line.value_from, line.value_to, line.joined, line.left]


def _members(market: Market) -> Iterator[list[object]]:
    """Standing partners, and firms of which only the legal group is known."""
    told: set[str] = set()
    for provider in market.providers:
        for partner in provider.partners:
            told.add(partner.firm)
            yield [provider.id, partner.firm, market.firms.get(partner.firm), partner.role]
    for firm, group in market.firms.items():
        if firm not in told:
            yield [None, firm, group, None]


def _discounts(market: Market) -> Iterator[list[object]]:
    for provider in market.providers:
        for tier in provider.discount.tiers if provider.discount else ():
            yield [provider.id, provider.discount.on, tier.start, tier.end, tier.discount]  # type: ignore[union-attr]


def unsaid(market: Market) -> Iterator[str]:
    """What a market says that a row of a table cannot, as far as it is known beforehand."""
    for bid in market.bids:
        if len(bid.items) < len(bid.lots) * len(bid.services):
            yield f"bid {bid.id} is not for all its services in all its lots, which a row cannot say"
    for name in sorted(_in_lists(market)):
        if ";" in name:
            yield f"'{name}' cannot be in a list, where ';' separates names; call it otherwise"
    for where, amount in _amounts(market):
        if amount is not None and amount != amount.quantize(PENNY):
            yield f"{where}: {amount} has fractions of a penny"
    found = {item.lot for item in market.items}
    for lot in market.lots:
        if lot.id not in found:
            yield f"lot {lot.id} has nothing to award, and the sheet Lots holds what is offered"
    if any(market.services) and not all(item.service for item in market.items):
        yield "one of several services has no name; name it"


def _in_lists(market: Market) -> set[str]:
    named: set[str] = {name for lot in market.lots for name in (lot.id, *(area.id for area in lot.areas))}
    named.update(name for line in market.panel for name in (*line.regions, *line.categories))
    for bid in market.bids:
        named.update((*bid.only_with, *(partner.firm for partner in bid.partners), *bid.services))
    return named


def _amounts(market: Market) -> Iterator[tuple[str, Decimal | None]]:
    for bid in market.bids:
        yield f"bid {bid.id}, fixed", bid.fixed
    for provider in market.providers:
        yield f"provider {provider.id}, funding", provider.funding
        yield f"provider {provider.id}, viable", provider.viable
    for item, terms in market.terms.items():
        yield f"item {item}, value", terms.value
    for at, line in enumerate(market.panel, 1):
        yield f"panel line {at}, value_from", line.value_from
        yield f"panel line {at}, value_to", line.value_to


def measures_of(lots: Sequence[LotFacts]) -> list[str]:
    return list(dict.fromkeys(measure for lot in lots for measure in lot.volumes))
