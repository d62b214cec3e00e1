"""The fingerprint of a market: the same whatever the order of rows, the format of the file and the way of numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from lotopt.market.bid import Bid, Partner
from lotopt.market.checks import Tables
from lotopt.market.discount import Discount
from lotopt.market.provider import Provider
from lotopt.market.terms import NOTHING_SAID, Admission, ItemTerms


class Content(Tables, Protocol):
    """What a market says."""

    @property
    def firms(self) -> Mapping[str, str]: ...
    @property
    def simulated(self) -> bool: ...
    @property
    def provider(self) -> Mapping[str, Provider]: ...


def digest(market: Content) -> str:
    """SHA-256 of the content."""
    content = {
        "items": sorted(map(list, market.items)),
        "lots": sorted([lot.id, _by_name(lot.volumes)] for lot in market.lots),
        "providers": sorted(
            [p.id, p.name, p.group, p.kind, _by_name(p.capacity), p.home, _plain(p.funding)] for p in market.providers
        ),
        "bids": sorted(
            (b.id, b.provider, sorted(b.items), _plain(b.price), b.quality, b.covers, _by_name(b.volumes))
            for b in market.bids
        ),
        "simulated": market.simulated,
        **_more(market),
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _more(market: Content) -> dict[str, object]:
    """What few markets say: left out where nothing is said, so that it changes no other market's digest."""
    found = {
        "terms": sorted([*item, _item(terms)] for item, terms in market.terms.items() if terms != NOTHING_SAID),
        "panel": sorted(map(_line, market.panel)),
        "terms of bids": sorted([bid.id, _bid(bid)] for bid in market.bids if bid.has_terms),
        "terms of providers": sorted([p.id, _provider(p)] for p in market.providers if p.has_terms),
        "firms": sorted([firm, group] for firm, group in market.firms.items() if firm not in market.provider),
    }
    return {key: value for key, value in found.items() if value}


def _item(terms: ItemTerms) -> list[str]:
    date = terms.date.isoformat() if terms.date else ""
    return [_plain(terms.value), terms.region, terms.category, date, terms.incumbent, terms.status, terms.reason]


def _line(line: Admission) -> list[object]:
    dates = [day.isoformat() if day else "" for day in (line.joined, line.left)]
    named = [sorted(names) for names in (line.lots, line.regions, line.categories)]
    return [line.provider, *named, _plain(line.value_from), _plain(line.value_to), *dates]


def _bid(bid: Bid) -> list[object]:
    return [
        _plain(bid.fixed),
        bid.alternative,
        sorted(bid.only_with),
        _partners(bid.partners),
        str(bid.preference or ""),
    ]


def _provider(provider: Provider) -> list[object]:
    return [
        _partners(provider.partners),
        _plain(provider.viable),
        provider.last_resort,
        _discount(provider.discount) if provider.discount else [],
    ]


def _discount(discount: Discount) -> list[object]:
    return [discount.on, [[_plain(tier.start), _plain(tier.end), _plain(tier.discount)] for tier in discount.tiers]]


def _partners(partners: Sequence[Partner]) -> list[list[str]]:
    return sorted([partner.firm, partner.role] for partner in partners)


def _by_name(amounts: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(amounts.items()) if amounts else []


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
