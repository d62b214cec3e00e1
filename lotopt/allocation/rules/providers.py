"""Rules on how many providers there are, and on who may hold what beside what."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardRule, Loosening, ScopedRule, unknown, who
from lotopt.allocation.jointly import Panel, Refused, Said, claimed, counted, implied, wins
from lotopt.allocation.offers import Extra, Ints, Offers, implies, ones
from lotopt.core.reading import Reading
from lotopt.engine.model.rows import Row
from lotopt.market.bid import Bid, Item, Role
from lotopt.market.market import Market

Per = Literal["all", "region", "lot", "service"]
ALL = "all awards"


class CountedProviders(ScopedRule):
    """A rule on how many legal groups win something, in all or in each region, lot or service."""

    per: Per = Field(default="all", description="Count in all, or in each region, lot or service.")

    def problems(self, market: Market) -> Iterator[str]:
        yield from super().problems(market)
        if self.per == "region" and not market.regions:
            yield "no lot has a region; name them in the column region of the sheet Lots"

    def spots(self, market: Market) -> dict[str, frozenset[Item]]:
        """The items of each place that is counted in, by the name of the place."""
        found: dict[str, set[Item]] = {}
        for item in market.items:
            if self.within(item) and item not in market.closed:
                name = {
                    "all": ALL,
                    "region": market.terms_of(item).region,
                    "lot": market.lot_name(item.lot),
                    "service": item.service or "the service",
                }[self.per]
                if name:
                    found.setdefault(name, set()).add(item)
        return {name: frozenset(items) for name, items in found.items()}

    def bidders(self, offers: Offers, items: frozenset[Item]) -> Iterator[tuple[str, Ints]]:
        """The columns of each bidder's legal group that are for some of the items."""
        on = np.zeros(len(offers), dtype=np.bool_)
        for item in items:
            on[offers.on[item]] = True
        for group, columns in offers.by_bidder.items():
            mine = columns[on[columns]]
            if len(mine):
                yield group, mine

    def facts(
        self, offers: Offers, extra: Extra
    ) -> Iterator[tuple[str, frozenset[Item], list[tuple[str, Ints, int]]]]:
        """For each place its part of rows' names, its items, and of each bidder's group name, columns and fact."""
        for name, items in self.spots(offers.market).items():
            place = "" if self.per == "all" else f".{name}"
            facts = [
                (group, columns, extra.column(f"{self.label}{place}: {group} wins something"))
                for group, columns in self.bidders(offers, items)
            ]
            yield place, items, facts

    def counted(self, allocation: Allocation) -> Iterator[tuple[str, int]]:
        """How many legal groups win something in each place."""
        market = allocation.market
        for name, items in self.spots(market).items():
            groups = {market.group_of(each.bid) for item in items for each in allocation.bids_on(item)}
            yield name, len(groups)

    def refused(self) -> Iterator[Refused]:
        yield from super().refused()
        if self.per != "all":
            yield Refused(f"counts by {self.per}, and lots drawn together with awards are counted in all only")

    def _in_each(self) -> str:
        return ("" if self.per == "all" else f" in every {self.per}") + self._where()


class FewestProviders(CountedProviders):
    """At least `at_least` legal groups win something, in all or in every region, lot or service."""

    kind: Literal["fewest_providers"] = "fewest_providers"
    at_least: int = Field(ge=1, description="Legal groups that win something.")

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        for place, _, facts in self.facts(offers, extra):
            for group, columns, fact in facts:
                # the fact is claimed only where a bid of the group wins
                values = np.append(-ones(columns), 1.0)
                yield Row(f"{self.label}{place}.{group}", np.append(columns, fact), values, at_most=0.0)
            counted = np.array([fact for _, _, fact in facts], dtype=np.int64)
            yield Row(f"{self.label}{place}", counted, ones(counted), at_least=self.at_least)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        yield from self.refused()
        for group, providers in panel.groups.items():
            # a fact of its own: that it may be claimed is not that it must be
            yield claimed(f"{self.label}.{group}", self._fact(group), providers)
        yield counted(self.label, tuple(map(self._fact, panel.groups)), at_least=self.at_least)

    def _fact(self, group: str) -> str:
        return f"{self.label}: {wins(group)}"

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        yield Loosening("at_least", Decimal(1), Decimal(-1))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        for name, count in self.counted(allocation):
            yield Reading(self.label, name, count, at_least=self.at_least, unit="providers")

    def explain(self) -> str:
        return f"At least {self.at_least} providers (legal groups) win something{self._in_each()}."


class MostProviders(CountedProviders):
    """At most `at_most` legal groups win something, in all or in every region, lot or service."""

    kind: Literal["most_providers"] = "most_providers"
    at_most: int = Field(ge=0, description="Legal groups that win something.")

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        for place, items, facts in self.facts(offers, extra):
            for group, columns, fact in facts:
                for at_once in exclusive_parts(offers, columns, items):
                    index = np.append(at_once, fact)
                    values = np.append(ones(at_once), -1.0)
                    yield Row(f"{self.label}{place}.{group}", index, values, at_most=0.0)
            counted = np.array([fact for _, _, fact in facts], dtype=np.int64)
            yield Row(f"{self.label}{place}", counted, ones(counted), at_most=self.at_most)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        yield from self.refused()
        facts = {group: f"{self.label}: {wins(group)}" for group in panel.groups}
        for group, providers in panel.groups.items():
            yield implied(f"{self.label}.{group}", facts[group], providers, panel.most_lots)
        yield counted(self.label, tuple(facts.values()), at_most=self.at_most)

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        yield Loosening("at_most", Decimal(len(market.groups)), Decimal(1))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        for name, count in self.counted(allocation):
            yield Reading(self.label, name, count, at_most=self.at_most, unit="providers")

    def explain(self) -> str:
        return f"At most {self.at_most} providers (legal groups) win something{self._in_each()}."


def exclusive_parts(offers: Offers, columns: Ints, items: frozenset[Item]) -> Iterator[Ints]:
    """The columns of one legal group in sets of which at most one can win, as few and as large as is easy.

    One row for each set says that winning makes a fact true; it is tighter than a row for each column.
    """
    exclusive, left = items & offers.exclusive, set(columns.tolist())
    parts: dict[Item, list[int]] = {}
    for j in columns.tolist():
        for item in offers.bids[j].items:
            if item in exclusive:
                parts.setdefault(item, []).append(j)
    for item in sorted(parts, key=lambda item: (-len(parts[item]), item)):
        mine = left.intersection(parts[item])
        if mine:
            left -= mine
            yield np.array(parts[item], dtype=np.int64)
    for j in sorted(left):
        yield np.array([j], dtype=np.int64)


class Incompatible(AwardRule):
    """Of the lots, services, providers or roles named, no two go together.

    `lots`: no legal group wins more than one of them. `services`: no legal group wins more than one of them, in the
    same lot or (`anywhere`) at all. `providers`: no two of the named providers or legal groups win in the same lot,
    or (`anywhere`) no two of them win anything. `roles` (prime, member, subcontractor): no legal group has more than
    one of them, in the same lot or (`anywhere`) at all. Give one of the four.
    """

    kind: Literal["incompatible"] = "incompatible"
    lots: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    anywhere: bool = Field(
        default=False, description="Services, providers and roles: count all lots, not each by itself."
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Incompatible:
        given: list[tuple[str, ...]] = [
            names for names in (self.lots, self.services, self.providers, self.roles) if names
        ]
        if len(given) != 1:
            raise ValueError("give one of lots, services, providers or roles")
        if len(set(given[0])) < len(given[0]) or len(given[0]) < 2:
            raise ValueError("name at least two, each once")
        if self.lots and self.anywhere:
            raise ValueError("anywhere is for services, providers and roles")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        return self.lots or self.services or self.providers or self.roles

    def problems(self, market: Market) -> Iterator[str]:
        yield from unknown("lot", self.lots, [lot.id for lot in market.lots])
        yield from unknown("service", self.services, [service for service in market.services if service])
        yield from unknown("provider", self.providers, who(market))
        for name in self.providers:
            group = market.provider[name].legal_group if name in market.provider else name
            if group != name and group in self.providers:
                yield f"provider '{name}' belongs to '{group}', which is named too; name one of them"

    def marks(self, market: Market, bid: Bid) -> set[tuple[str, str]]:
        """What a bid touches: pairs of where no two may meet (a group, a lot, both) and a name of this rule."""
        groups = market.groups_in(bid)
        if self.lots:
            return {(group, lot) for group in groups for lot in bid.lots if lot in self.lots}
        if self.services:
            named = [item for item in bid.items if item.service in self.services]
            return {
                (group if self.anywhere else f"{group} in {item.lot}", item.service)
                for group in groups
                for item in named
            }
        if self.roles:
            return {
                (group if self.anywhere else f"{group} in {lot}", role)
                for role in self.roles
                for group in market.groups_in(bid, (role,))
                for lot in bid.lots
            }
        mine = {name for name in self.providers if name == bid.provider or name in groups}
        places = ("anywhere",) if self.anywhere else bid.lots
        return {(place, name) for place in places for name in mine}

    def barred(self, market: Market) -> frozenset[str]:
        """A bid that touches two names in one place breaks the rule by itself."""
        marked = ((bid.id, self.marks(market, bid)) for bid in market.bids)
        return frozenset(id for id, found in marked if len({place for place, _ in found}) < len(found))

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        touched: dict[str, dict[str, list[int]]] = {}
        for j, bid in enumerate(offers.bids):
            for place, name in sorted(self.marks(offers.market, bid)):
                touched.setdefault(place, {}).setdefault(name, []).append(j)
        for place, by_name in sorted(touched.items()):
            if len(by_name) < 2:
                continue
            facts = []
            for name, found in sorted(by_name.items()):
                columns: Ints = np.array(found, dtype=np.int64)
                facts.append(extra.column(f"{self.label}: {name} for {place}"))
                for pair, values in implies(columns, facts[-1]):
                    yield Row(f"{self.label}.{place}.{name}", pair, values, at_most=0.0)
            counted = np.array(facts, dtype=np.int64)
            yield Row(f"{self.label}.{place}", counted, ones(counted), at_most=1.0)

    def jointly(self, panel: Panel) -> Iterator[Said]:
        """Providers can be kept apart; lots have no names yet, and one service is bought."""
        if self.roles:
            return  # a price schedule is of one provider alone
        if self.lots or self.services:
            what = "lots" if self.lots else "services"
            yield Refused(f"keeps {what} apart by name, and no lot has a name before it is drawn")
        if not self.anywhere:
            return  # a lot has one provider, so no two meet in it
        facts = {name: f"{self.label}: {wins(name)}" for name in self.providers}
        for name, fact in facts.items():
            mine = tuple(p for p in panel.offering if name in (p, panel.market.provider[p].legal_group))
            yield implied(f"{self.label}.{name}", fact, mine, panel.most_lots)
        yield counted(self.label, tuple(facts.values()), at_most=1.0)

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        market = allocation.market
        touched = set(chain.from_iterable(self.marks(market, bid) for bid in allocation.bids))
        unit = "of " + ", ".join(self.names)
        for place in sorted({place for place, _ in touched}) or ["all awards"]:
            yield Reading(self.label, place, sum(at == place for at, _ in touched), at_most=1, unit=unit)

    def explain(self) -> str:
        names = ", ".join(self.names)
        if self.lots:
            return f"No provider or legal group wins more than one of the lots {names}."
        if self.services:
            where = "" if self.anywhere else " in the same lot"
            return f"No provider or legal group wins more than one of {names}{where}."
        if self.roles:
            where = "" if self.anywhere else " in the same lot"
            return f"No legal group has more than one of the roles {names}{where}."
        return f"No two of {names} win {'anything' if self.anywhere else 'in the same lot'}."
