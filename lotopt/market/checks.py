"""What can be wrong with a market across its rows; the same checks for files and for markets made in Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from lotopt.core.errors import did_you_mean
from lotopt.core.lot import LotFacts
from lotopt.market.bid import Bid, Item, Partner
from lotopt.market.discount import LOTS, VALUE
from lotopt.market.provider import Provider
from lotopt.market.terms import Admission, ItemTerms


class Tables(Protocol):
    """The rows of a market, checked or not."""

    @property
    def lots(self) -> Sequence[LotFacts]: ...
    @property
    def services(self) -> Sequence[str]: ...
    @property
    def items(self) -> Sequence[Item]: ...
    @property
    def providers(self) -> Sequence[Provider]: ...
    @property
    def bids(self) -> Sequence[Bid]: ...
    @property
    def terms(self) -> Mapping[Item, ItemTerms]: ...
    @property
    def panel(self) -> Sequence[Admission]: ...
    @property
    def firms(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Rows:
    """Rows as they were read, before they are a market."""

    lots: Sequence[LotFacts] = ()
    services: Sequence[str] = ()
    items: Sequence[Item] = ()
    providers: Sequence[Provider] = ()
    bids: Sequence[Bid] = ()
    terms: Mapping[Item, ItemTerms] = field(default_factory=dict)
    panel: Sequence[Admission] = ()
    firms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """One problem: in which table, of which row (index), in which field, and the sentence.

    `part` says which of a provider's partners it is about.
    """

    table: Literal["lots", "items", "providers", "bids", "terms", "panel", "firms"]
    row: int
    of: str
    column: str
    text: str
    part: int = 0

    def __str__(self) -> str:
        return f"{self.of}, {self.column}: {self.text}"


def faults(of: Tables) -> Iterator[Fault]:
    """Every problem between the rows of a market."""
    for name, ids in (("lots", [lot.id for lot in of.lots]), ("items", [str(item) for item in of.items])):
        for row, id in _twice(ids):
            yield Fault(name, row, f"{name[:-1]} {id}", "id", f"'{id}' is there twice")  # type: ignore[arg-type]
    lots, services = {lot.id for lot in of.lots}, set(of.services)
    for row, item in enumerate(of.items):
        if item.lot not in lots:
            yield Fault("items", row, f"item {item}", "lot", _no("lot", item.lot, sorted(lots)))
        if item.service not in services:
            yield Fault("items", row, f"item {item}", "service", _no("service", item.service, of.services))
    for row, id in _twice([provider.id for provider in of.providers]):
        yield Fault("providers", row, f"provider {id}", "provider", f"'{id}' is there twice; ids are used once")
    yield from _groups(of)
    first: dict[str, Bid] = {}
    for row, bid in enumerate(of.bids):
        before = first.setdefault(bid.id, bid)
        if before is not bid:
            told = f"'{bid.id}' is there twice; ids are used once"
            if before.price != bid.price:
                told += f", and this bid has two prices: {before.price} and {bid.price}"
            yield Fault("bids", row, f"bid {bid.id}", "bid", told)
    yield from _names(of)
    yield from _partners(of)
    yield from _conditions(of)
    yield from _discounts(of)
    yield from _terms(of)
    yield from _panel(of)


def _names(market: Tables) -> Iterator[Fault]:
    offered, services = set(market.items), set(market.services)
    lots, who = {lot.id: None for lot in market.lots}, {provider.id: None for provider in market.providers}
    for row, bid in enumerate(market.bids):
        of = f"bid {bid.id}"
        if bid.provider not in who:
            yield Fault("bids", row, of, "provider", _no("provider", bid.provider, list(who)))
        if offered.issuperset(bid.items):
            continue
        unknown = False
        for lot in bid.lots:
            if lot not in lots:
                unknown = True
                yield Fault("bids", row, of, "lots", _no("lot", lot, list(lots)))
        for service in bid.services:
            if service not in services:
                unknown = True
                yield Fault("bids", row, of, "services", _no("service", service, market.services))
        for item in bid.items if not unknown else ():
            if item not in offered:
                yield Fault("bids", row, of, "services", f"'{item.service}' is not bought in lot '{item.lot}'")


def two_prices(bids: Sequence[Bid]) -> Iterator[Fault]:
    """Bids that offer what another of the same provider does, where no alternative says that one of them wins.

    In a file this is a mistake; a market made in Python may hold both, of which the better one can win.
    """
    seen: dict[tuple[object, ...], Bid] = {}
    for row, bid in enumerate(bids):
        items: object = frozenset(bid.items) if len(bid.items) > 1 else bid.items
        key = (bid.provider, items, bid.covers, bid.only_with, bid.partners, tuple(bid.volumes.items()))
        other = seen.setdefault(key, bid)
        if other is bid or other.id == bid.id or (bid.alternative and bid.alternative == other.alternative):
            continue
        told = f"{bid.price} for what bid '{other.id}' offers at {other.price}: two prices for one bid"
        yield Fault("bids", row, f"bid {bid.id}", "price", f"{told}; keep one, or give both the same alternative")


def _groups(market: Tables) -> Iterator[Fault]:
    """A group that is named after a firm of another group would count one firm in two groups."""
    who = {provider.id: provider.legal_group for provider in market.providers}
    own = {**market.firms, **who}

    def told(group: str, what: str) -> str:
        other = own.get(group, group)
        return f"'{group}' is a {what} that belongs to '{other}'; write '{other}'" if other != group else ""

    for row, provider in enumerate(market.providers):
        if provider.group and (text := told(provider.group, "provider" if provider.group in who else "firm")):
            yield Fault("providers", row, f"provider {provider.id}", "group", text)
    for row, (firm, group) in enumerate(market.firms.items()):
        if who.get(firm, group) != group:
            text = f"'{firm}' is a provider of group '{who[firm]}'; a firm is in one legal group"
        elif not group:
            text = f"is empty; name the legal group of '{firm}', or leave the firm out"
        else:
            text = told(group, "provider" if group in who else "firm")
        if text:
            yield Fault("firms", row, f"firm {firm}", "group", text)


def _partners(market: Tables) -> Iterator[Fault]:
    """A firm is named once in a bid, and is not its own partner."""
    own = {**market.firms, **{provider.id: provider.legal_group for provider in market.providers}}
    standing = {provider.id: provider.partners for provider in market.providers}

    def told(bidder: str, partners: Sequence[Partner]) -> Iterator[tuple[int, str]]:
        for at, firm in _twice([partner.firm for partner in partners]):
            yield at, f"'{firm}' is named twice; a firm has one role in a bid"
        for at, partner in enumerate(partners):
            if own.get(partner.firm, partner.firm) == own.get(bidder, bidder):
                yield at, f"'{partner.firm}' is of the bidder's own legal group; leave it out"

    for row, provider in enumerate(market.providers):
        for at, text in told(provider.id, provider.partners) if provider.partners else ():
            yield Fault("providers", row, f"provider {provider.id}", "partners", text, at)
    for row, bid in enumerate(market.bids):
        if bid.partners:
            before = standing.get(bid.provider, ())
            for at, text in told(bid.provider, (*before, *bid.partners)):
                if at >= len(before):  # a fault of the standing partners alone is told of the provider
                    column = f"{bid.partners[at - len(before)].role}s"
                    yield Fault("bids", row, f"bid {bid.id}", column, text)


def _conditions(market: Tables) -> Iterator[Fault]:
    """What a bid depends on is another bid of its provider, or a lot that its provider bids for otherwise."""
    depending = [(row, bid) for row, bid in enumerate(market.bids) if bid.only_with]
    if not depending:
        return
    lots = {lot.id for lot in market.lots}
    by_id = {bid.id: bid for bid in market.bids}
    bid_for: dict[tuple[str, str], set[str]] = {}
    offered_by: dict[str, list[str]] = {}
    for bid in market.bids:
        offered_by.setdefault(bid.provider, []).append(bid.id)
        for lot in bid.lots:
            bid_for.setdefault((bid.provider, lot), set()).add(bid.id)
    for row, bid in depending:
        for name in bid.only_with:
            other, text = by_id.get(name), ""
            if other is not None and name in lots:
                text = f"'{name}' is a bid and a lot; give the bid another id"
            elif other is bid:
                text = f"'{name}' is this bid itself"
            elif other is not None and other.provider != bid.provider:
                text = f"bid '{name}' is of provider '{other.provider}'; a bid can depend on its own provider's only"
            elif other is None and name not in lots:
                text = _no("bid or lot", name, sorted({*lots, *offered_by[bid.provider]}))
            elif other is None and name in bid.lots:
                text = f"it is for lot '{name}' itself"
            elif other is None and not bid_for.get((bid.provider, name), set()) - {bid.id}:
                text = f"provider '{bid.provider}' has no other bid for lot '{name}', so this bid could never win"
            if text:
                yield Fault("bids", row, f"bid {bid.id}", "only_with", text)


def _discounts(market: Tables) -> Iterator[Fault]:
    """What a discount counts is known of all the provider's bids."""
    counting = [(row, p, p.discount.on) for row, p in enumerate(market.providers) if p.discount is not None]
    if not any(on not in (VALUE, LOTS) for _, _, on in counting):
        return
    volumes = {lot.id: lot.volumes for lot in market.lots}
    known = {measure for mapping in (*volumes.values(), *(bid.volumes for bid in market.bids)) for measure in mapping}
    mine: dict[str, list[Bid]] = {provider.id: [] for _, provider, _ in counting}
    for bid in market.bids:
        if bid.provider in mine:
            mine[bid.provider].append(bid)
    for row, provider, on in counting:
        if on in (VALUE, LOTS):
            continue
        text = f"no measure '{on}'"
        stating = (bid for bid in mine[provider.id] if on not in bid.volumes)
        if any(on not in volumes.get(lot, {}) for bid in stating for lot in bid.lots):
            text += " in every lot it bids for"
        elif on in known:
            continue
        told = f"{text}; {did_you_mean(on, [VALUE, LOTS, *sorted(known)])}"
        yield Fault("providers", row, f"provider {provider.id}", "discount", told)


def _terms(market: Tables) -> Iterator[Fault]:
    items = set(market.items) if market.terms else set()
    for row, (item, terms) in enumerate(market.terms.items()):
        if item not in items:
            possible = sorted(map(str, market.items))
            yield Fault("terms", row, f"item {item}", "lot", _no("lot", str(item), possible))
        if not terms.open and not terms.reason:
            yield Fault("terms", row, f"item {item}", "reason", f"is empty; say why it is {terms.status}")


def _panel(market: Tables) -> Iterator[Fault]:
    who, lots = {provider.id: None for provider in market.providers}, {lot.id: None for lot in market.lots}
    regions = dict.fromkeys(sorted({terms.region for terms in market.terms.values() if terms.region}))
    categories = dict.fromkeys(sorted({terms.category for terms in market.terms.values() if terms.category}))
    for row, line in enumerate(market.panel):
        of = f"panel line {row + 1} ({line.provider})"
        if line.provider not in who:
            yield Fault("panel", row, of, "provider", _no("provider", line.provider, list(who)))
        for column, given, possible in (
            ("lots", line.lots, lots),
            ("regions", line.regions, regions),
            ("categories", line.categories, categories),
        ):
            for name in given:
                if name not in possible:
                    what = {"lots": "lot", "regions": "region", "categories": "category"}[column]
                    yield Fault("panel", row, of, column, _no(what, name, list(possible)))


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
