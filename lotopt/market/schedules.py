"""Schedules: what every provider asks for any lot, tendered or not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from lotopt.core.errors import InputError, did_you_mean
from lotopt.core.lot import AreaFacts, LotFacts
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Lots, Market, facts_of
from lotopt.market.provider import Provider
from lotopt.market.schedule import Band, PriceSchedule

if TYPE_CHECKING:
    import pandas as pd

# So many names of a long list are told.
MOST_NAMED = 6


@dataclass(frozen=True, eq=False)
class Schedules:
    """Providers and their price schedules, by provider id; one service is bought.

    `incumbents` say who serves an area now (area id: provider id or legal group, who need not offer anything again).
    A provider takes an area over, and asks its `mobilisation` there, where the area's incumbent is known and is
    neither itself nor of its legal group. `simulated` says that all is made up. Raises InputError when made, with
    every problem.
    """

    providers: tuple[Provider, ...]
    schedule: Mapping[str, PriceSchedule]
    incumbents: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False
    source: str = "schedules"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # what can be wrong between providers is told by a market of no lots
        Market((), self.providers, (), source=self.source)
        known = [provider.id for provider in self.providers]
        unknown = sorted(set(self.schedule).difference(known))
        problems = [f"no provider '{id}'; {did_you_mean(id, known)}" for id in unknown]
        if not self.schedule:
            problems.append("no provider has a price schedule")
        if problems:
            raise InputError(self.source, problems)

    @cached_property
    def offering(self) -> tuple[Provider, ...]:
        """The providers that have a schedule, in the order of their ids."""
        return tuple(sorted((p for p in self.providers if p.id in self.schedule), key=lambda p: p.id))

    def taken_over(self, provider: str) -> frozenset[str]:
        """The areas (ids) that a provider would take over from another."""
        group = {p.id: p.legal_group for p in self.providers}
        own = {provider, group.get(provider, provider)}
        return frozenset(area for area, now in self.incumbents.items() if own.isdisjoint((now, group.get(now, now))))

    @property
    def remarks(self) -> tuple[str, ...]:
        """The notes, and which incumbents offer nothing: that may be meant, or misspelt."""
        known = sorted({name for p in self.providers for name in (p.id, p.legal_group)})
        gone = sorted(set(self.incumbents.values()).difference(known))
        if not gone:
            return self.notes
        hints = ((name, did_you_mean(name, known)) for name in gone[:MOST_NAMED])
        named = ", ".join(f"'{name}'{f' ({hint})' if hint.startswith('did') else ''}" for name, hint in hints)
        more = f" and {len(gone) - MOST_NAMED} more" if len(gone) > MOST_NAMED else ""
        return (*self.notes, f"{self.source}: incumbents that offer nothing: {named}{more}")

    def price(self, provider: str, lot: LotFacts) -> Decimal:
        """What a provider asks for a lot, in GBP a year, exact to the penny."""
        return self.schedule[provider].price(lot, self.taken_over(provider))

    def market(self, lots: Lots) -> Market:
        """The market in which every provider bids by its schedule for every lot by itself.

        An offer that would cost nothing is no bid and left out, with a note.
        """
        facts = facts_of(lots)
        bids, free = [], []
        for provider in self.offering:
            over = self.taken_over(provider.id)
            for lot in facts:
                price = self.schedule[provider.id].price(lot, over)
                if price > 0:
                    item = (Item(lot.id),)
                    bids.append(Bid(id=f"{provider.id}-{lot.id}", provider=provider.id, items=item, price=price))
                else:
                    free.append(f"{self.source}: {provider.id} asks nothing for lot {lot.id}, which is no bid")
        notes = (*self.remarks, *free)
        return Market(facts, self.providers, tuple(bids), simulated=self.simulated, source=self.source, notes=notes)

    def problems(self, areas: Collection[AreaFacts]) -> Iterator[str]:
        """What is wrong with the schedules on this ground: areas and measures it does not have, lots for nothing."""
        known = {area.id for area in areas}
        measures = sorted(set.intersection(*(set(area.volumes) for area in areas))) if areas else []
        for area in sorted(set(self.incumbents) - known):
            yield f"incumbents: no area '{area}'; {did_you_mean(area, sorted(known))}"
        for provider in self.offering:
            schedule, over = self.schedule[provider.id], self.taken_over(provider.id)
            if schedule.measure not in measures:
                yield f"{provider.id}: no measure '{schedule.measure}'; {did_you_mean(schedule.measure, measures)}"
                continue
            for area in sorted(set(schedule.rates) - known):
                yield f"{provider.id}, rates: no area '{area}'; {did_you_mean(area, sorted(known))}"
            free = [a.id for a in areas if not schedule.price(LotFacts(a.id, areas=(a,)), over)]
            if free:
                more = f" and {len(free) - 1} more areas" if len(free) > 1 else ""
                yield f"{provider.id} asks nothing for {free[0]}{more}, and a bid has a price; give a fixed charge"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, the same whatever the order of rows and the format of the file."""
        content = {
            "providers": Market((), self.providers, (), simulated=self.simulated).digest,
            "schedules": {id: schedule.model_dump() for id, schedule in self.schedule.items()},
            "incumbents": dict(self.incumbents),
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=True, default=_plain)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_frame(self) -> pd.DataFrame:
        """One row per provider with a schedule: provider, name, what it asks, simulated."""
        import pandas as pd

        rows = [
            [
                *(p.id, p.title, s.measure, s.fixed, s.rate, s.rate_km, len(s.rates), s.mobilisation),
                *(_told(s.distance_bands, "km"), _told(s.volume_bands, s.measure), self.simulated),
            ]
            for p in self.offering
            for s in (self.schedule[p.id],)
        ]
        columns = ["provider", "name", "measure", "fixed", "rate", "rate_km", "areas_with_own_rate", "mobilisation"]
        return pd.DataFrame(rows, columns=[*columns, "distance_bands", "volume_bands", "simulated"])

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False, escape=True)

    def __str__(self) -> str:
        made_up = "Simulated schedules" if self.simulated else "Schedules"
        known = f", incumbents of {len(self.incumbents)} areas" if self.incumbents else ""
        return f"{made_up}: prices of {len(self.offering)} providers for any lot{known}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _told(bands: tuple[Band, ...], unit: str) -> str:
    return "; ".join(f"{band.rate:f} from {band.start:f} {unit}" for band in bands)
