"""Market: what is offered for award, who bids, and all bids."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from lotopt.core.errors import InputError, first
from lotopt.core.lot import LotFacts
from lotopt.market.bid import MEMBER, PRIME, Bid, Item, Partner
from lotopt.market.checks import faults
from lotopt.market.digest import digest
from lotopt.market.provider import Provider
from lotopt.market.terms import NOTHING_SAID, Admission, ItemTerms

if TYPE_CHECKING:
    import pandas as pd


@runtime_checkable
class Plan(Protocol):
    """A lot design, as far as the market is concerned."""

    def facts(self) -> tuple[LotFacts, ...]: ...


Lots = Plan | Iterable[LotFacts]


def facts_of(lots: Lots) -> tuple[LotFacts, ...]:
    """The lots of a plan, or the lots themselves."""
    # a design is iterable too, so it is asked first
    return lots.facts() if isinstance(lots, Plan) else tuple(lots)


@dataclass(frozen=True, eq=False)
class Market:
    """Lots, the services bought in them, providers and bids; checked when made.

    `items` are the pairs of lot and service to award: every service in every lot unless given. `simulated` says
    that the market is made up and no real bidder is meant. `notes` are things worth knowing that are not wrong.
    `terms` are what the buyer says of an item beside its volumes; `panel` says who may win what (empty: everyone).
    `firms` gives the legal group of firms that are no providers and appear as partners.
    Raises InputError with every problem: a name used twice, a bid for an unknown lot or by an unknown provider.
    """

    lots: tuple[LotFacts, ...]
    providers: tuple[Provider, ...]
    bids: tuple[Bid, ...]
    services: tuple[str, ...] = ("",)
    items: tuple[Item, ...] = ()
    simulated: bool = False
    source: str = "market"
    notes: tuple[str, ...] = field(default=())
    terms: Mapping[Item, ItemTerms] = field(default_factory=dict)
    panel: tuple[Admission, ...] = ()
    firms: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.items:
            every = tuple(Item(lot.id, service) for lot in self.lots for service in self.services)
            object.__setattr__(self, "items", every)
        found = first(map(str, faults(self)))
        if found:
            raise InputError(self.source, found)

    @cached_property
    def lot(self) -> dict[str, LotFacts]:
        return {lot.id: lot for lot in self.lots}

    @cached_property
    def provider(self) -> dict[str, Provider]:
        return {provider.id: provider for provider in self.providers}

    @cached_property
    def bid(self) -> dict[str, Bid]:
        return {bid.id: bid for bid in self.bids}

    @cached_property
    def groups(self) -> dict[str, tuple[Provider, ...]]:
        """The providers of each legal group, groups in alphabetical order."""
        found: dict[str, list[Provider]] = {}
        for provider in self.providers:
            found.setdefault(provider.legal_group, []).append(provider)
        return {group: tuple(found[group]) for group in sorted(found)}

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Every measure that lots, bids or capacities speak of."""
        named: set[str] = set()
        for mapping in self._volumes():
            named.update(mapping)
        return tuple(sorted(named))

    def _volumes(self) -> Iterable[Mapping[str, float]]:
        yield from (lot.volumes for lot in self.lots)
        yield from (bid.volumes for bid in self.bids)

    @cached_property
    def legal_groups(self) -> tuple[str, ...]:
        """Every legal group, of providers and of their partners, in alphabetical order."""
        named = {partner for provider in self.providers for partner in provider.partners}
        named.update(partner for bid in self.bids for partner in bid.partners)
        return tuple(sorted({*self.groups, *(self.group_of_firm(partner.firm) for partner in named)}))

    def group_of(self, bid: Bid) -> str:
        """The legal group of the bidder itself."""
        return self.provider[bid.provider].legal_group

    def group_of_firm(self, firm: str) -> str:
        """The legal group of a provider or of another firm; one of which no group is known stands for itself."""
        return self.provider[firm].legal_group if firm in self.provider else self.firms.get(firm, firm)

    def groups_in(self, bid: Bid, roles: Collection[str] = (PRIME, MEMBER)) -> frozenset[str]:
        """The legal groups that have one of `roles` in a bid: bidder, members of its consortium, subcontractors."""
        key = (bid.provider, bid.partners, tuple(roles))
        found = self._in_bids.get(key)
        if found is None:
            groups = {self.provider[bid.provider].legal_group} if PRIME in roles else set()
            partners = (*self.provider[bid.provider].partners, *bid.partners)
            groups.update(self.group_of_firm(partner.firm) for partner in partners if partner.role in roles)
            found = self._in_bids[key] = frozenset(groups)
        return found

    @cached_property
    def _in_bids(self) -> dict[tuple[str, tuple[Partner, ...], tuple[str, ...]], frozenset[str]]:
        return {}

    def terms_of(self, item: Item) -> ItemTerms:
        """What the buyer says of an item."""
        return self.terms.get(item, NOTHING_SAID)

    @cached_property
    def closed(self) -> frozenset[Item]:
        """Items that no bid can win: cancelled, or awarded without competition."""
        return frozenset(item for item, terms in self.terms.items() if not terms.open)

    @cached_property
    def regions(self) -> dict[str, tuple[Item, ...]]:
        """The items of each region that is named, regions in alphabetical order."""
        found: dict[str, list[Item]] = {}
        for item in self.items:
            if region := self.terms_of(item).region:
                found.setdefault(region, []).append(item)
        return {region: tuple(found[region]) for region in sorted(found)}

    def parts(self, bid: Bid) -> dict[Item, Fraction]:
        """Which part of a bid's price is for each of its items, as fractions that add up to 1.

        By indicative value where every item has one, in equal parts otherwise.
        """
        values = [self.terms_of(item).value for item in bid.items]
        known = [Fraction(value) for value in values if value is not None]
        total = sum(known, Fraction(0))
        if len(known) < len(values) or not total:
            return dict.fromkeys(bid.items, Fraction(1, len(bid.items)))
        return {item: value / total for item, value in zip(bid.items, known, strict=True)}

    def lot_name(self, lot: str) -> str:
        return self.lot[lot].name or lot

    def item_name(self, item: Item) -> str:
        """A lot, and the service where several are bought, as a reader would call it."""
        return f"{self.lot_name(item.lot)}, {item.service}" if item.service else self.lot_name(item.lot)

    def volume(self, bid: Bid, measure: str) -> float | None:
        """How much of a measure a bid takes on: what it states, or for each item the lot's volume times `covers`.

        None where neither the bid nor one of its lots has the measure.
        """
        if measure in bid.volumes:
            return bid.volumes[measure]
        parts = [self.lot[item.lot].volumes.get(measure) for item in bid.items]
        known = [part for part in parts if part is not None]
        return bid.covers * math.fsum(known) if len(known) == len(parts) else None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, the same whatever the order of rows and the format of the file."""
        return digest(self)

    def providers_frame(self) -> pd.DataFrame:
        """One row per provider: id, name, group, kind, home, funding, each capacity, bids, simulated."""
        import pandas as pd

        capacities = sorted({measure for provider in self.providers for measure in provider.capacity})
        count = {provider.id: 0 for provider in self.providers}
        for bid in self.bids:
            count[bid.provider] += 1
        rows = [
            [p.id, p.title, p.legal_group, p.kind, p.home, p.funding]
            + [p.capacity.get(measure) for measure in capacities]
            + [count[p.id], self.simulated]
            for p in self.providers
        ]
        columns = ["provider", "name", "group", "kind", "home", "funding"]
        columns += [f"capacity_{measure}" for measure in capacities] + ["bids", "simulated"]
        return pd.DataFrame(rows, columns=columns)

    def to_frame(self) -> pd.DataFrame:
        """One row per bid: id, provider, lots, services, price (Decimal, GBP a year), quality, covers, simulated."""
        import pandas as pd

        rows = [
            [b.id, b.provider, "; ".join(b.lots), "; ".join(b.services), b.price, b.quality, b.covers, self.simulated]
            for b in self.bids
        ]
        columns = ["bid", "provider", "lots", "services", "price", "quality", "covers", "simulated"]
        return pd.DataFrame(rows, columns=columns)

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False, escape=True)

    def __str__(self) -> str:
        packages = sum(bid.package for bid in self.bids)
        made_up = "Simulated market" if self.simulated else "Market"
        return (
            f"{made_up}: {len(self.items)} items, {len(self.providers)} providers, "
            f"{len(self.bids)} bids ({packages} packages)"
        )
