"""Rules that say of single bids whether they may win: packages, the panel, one tender for each lot, withdrawals."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardRule, unknown, who
from lotopt.allocation.jointly import AwardSum, Count, Panel, Refused, Said
from lotopt.core.reading import Reading
from lotopt.market.bid import MEMBER, Item
from lotopt.market.market import Market


class BarringRule(AwardRule):
    """A rule that counts what speaks against each bid by itself; a bid with anything against it cannot win."""

    @abstractmethod
    def against(self, market: Market) -> dict[str, tuple[str, int]]:
        """The bids (ids) with anything against them: what a reader is told of each beside its name, and how much."""

    @property
    @abstractmethod
    def unit(self) -> str:
        """What is counted."""

    def barred(self, market: Market) -> frozenset[str]:
        return frozenset(self.against(market))

    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        against = self.against(allocation.market)
        for bid in allocation.bids:
            words, count = against.get(bid.id, ("", 0))
            yield Reading(self.label, f"{bid}{words}", count, at_most=0, unit=self.unit)


class Packages(BarringRule):
    """No bid for several lots wins; or, with `only_on`, only where all its lots lie within one declared group.

    Directive 2014/24/EU, article 46(3): lots or groups of lots that may be combined are named beforehand.
    `across_services` says whether a bid may be for several services.
    """

    kind: Literal["packages"] = "packages"
    only_on: tuple[tuple[str, ...], ...] = Field(
        default=(),
        description="Groups of lots that may be bid for together: [['C01', 'C02']]; none: no lots.",
    )
    across_services: bool = Field(default=True, description="Whether a bid may be for several services.")

    def problems(self, market: Market) -> Iterator[str]:
        for group in self.only_on:
            yield from unknown("lot", group, [lot.id for lot in market.lots])

    @property
    def unit(self) -> str:
        return "lots or services too many together"

    def against(self, market: Market) -> dict[str, tuple[str, int]]:
        groups = [set(group) for group in self.only_on]
        found = {}
        for bid in market.bids:
            lots = set(bid.lots)
            within = max((len(lots & group) for group in groups), default=1)
            over = len(lots) - max(1, within)
            over += 0 if self.across_services else len(bid.services) - 1
            if over:
                found[bid.id] = ("", over)
        return found

    def jointly(self, panel: Panel) -> Iterator[Said]:
        """A price schedule has a price for each lot and none for several together."""
        if self.only_on:
            yield Refused("names lots in only_on, and no lot has a name before it is drawn")

    def explain(self) -> str:
        services = "" if self.across_services else ", and no bid is for several services"
        if not self.only_on:
            return f"No bid for several lots wins{services}."
        groups = " or ".join(f"({', '.join(group)})" for group in self.only_on)
        return f"A bid for several lots wins only within {groups}{services}."


class Eligibility(BarringRule):
    """A provider wins only what the panel admits it to: by lot, region, category, indicative value and date.

    Every lot and service of a bid is admitted by some line of the panel, not all by the same line. A panel lists
    those who contract; with `members`, the legal group of every member of a bidding consortium has to be admitted
    too. What is not known of a lot, its date or its value, is not held against a bid.
    """

    kind: Literal["eligibility"] = "eligibility"
    members: bool = Field(default=False, description="Whether members of a bidding consortium have to be admitted.")

    def problems(self, market: Market) -> Iterator[str]:
        if not market.panel:
            yield "the market has no panel; say on the sheet Panel who may win what"

    @property
    def unit(self) -> str:
        return "lots and services not admitted to"

    def admitted(self, market: Market) -> dict[str, frozenset[Item]]:
        """What each provider (id) on the panel is admitted to."""
        found: dict[str, set[Item]] = {}
        for line in market.panel:
            to = (item for item in market.items if line.admits(item.lot, market.terms_of(item)))
            found.setdefault(line.provider, set()).update(to)
        return {provider: frozenset(items) for provider, items in found.items()}

    def against(self, market: Market) -> dict[str, tuple[str, int]]:
        none: frozenset[Item] = frozenset()
        of = self.admitted(market)
        groups = {
            group: none.union(*(of.get(provider.id, none) for provider in providers))
            for group, providers in market.groups.items()
        }
        found = {}
        for bid in market.bids:
            members = market.groups_in(bid, (MEMBER,)) if self.members else ()
            to = of.get(bid.provider, none).intersection(*(groups.get(member, none) for member in members))
            if missing := [item for item in bid.items if item not in to]:
                found[bid.id] = (f": {'; '.join(map(market.item_name, missing))}", len(missing))
        return found

    def explain(self) -> str:
        members = ", and so are the members of its consortium" if self.members else ""
        return f"A bid wins only where its provider is admitted by the panel to all that it is for{members}."


class OneTender(BarringRule):
    """No legal group is in the bids of more than one bidder for a lot, as bidder or as member of a consortium.

    All bids concerned are refused, whatever else refuses them. A bidder may make several bids for a lot. Where
    several services are bought, each counts for itself.
    """

    kind: Literal["one_tender"] = "one_tender"

    @property
    def unit(self) -> str:
        return "other bidders of which a firm is in it"

    def against(self, market: Market) -> dict[str, tuple[str, int]]:
        bidders: dict[tuple[Item, str], set[str]] = {}
        for bid in market.bids:
            for group in market.groups_in(bid):
                for item in bid.items:
                    bidders.setdefault((item, group), set()).add(bid.provider)
        if all(len(found) == 1 for found in bidders.values()):
            return {}
        told = {}
        for bid in market.bids:
            both = {(item, group) for group in market.groups_in(bid) for item in bid.items}
            twice = {key: others for key in both if (others := bidders[key] - {bid.provider})}
            if twice:
                firms = sorted({group for _, group in twice})
                others = set[str]().union(*twice.values())
                names = ", ".join(market.provider[id].title for id in sorted(others))
                told[bid.id] = (f": {', '.join(firms)} bids with {names} too", len(others))
        return told

    def explain(self) -> str:
        return (
            "No legal group is in the bids of more than one bidder for a lot, as bidder or member of a consortium: "
            "all bids concerned are refused."
        )


class Withdrawn(BarringRule):
    """The named bids, and all bids of the named providers or legal groups, do not win."""

    kind: Literal["withdrawn"] = "withdrawn"
    bids: tuple[str, ...] = Field(default=(), description="Bids, by their ids.")
    providers: tuple[str, ...] = Field(default=(), description="Providers or legal groups that bid.")

    @model_validator(mode="after")
    def _something(self) -> Withdrawn:
        if not self.bids and not self.providers:
            raise ValueError("name bids or providers")
        return self

    def problems(self, market: Market) -> Iterator[str]:
        yield from unknown("bid", self.bids, sorted(market.bid))
        yield from unknown("provider", self.providers, who(market))

    @property
    def unit(self) -> str:
        return "withdrawals"

    def against(self, market: Market) -> dict[str, tuple[str, int]]:
        bids, providers = set(self.bids), set(self.providers)
        return {
            bid.id: ("", 1)
            for bid in market.bids
            if bid.id in bids or bid.provider in providers or market.group_of(bid) in providers
        }

    def jointly(self, panel: Panel) -> Iterator[Said]:
        """A provider that wins no lot; bids there are none."""
        if self.bids:
            yield Refused("names bids, and a price schedule makes none")
        for provider in panel.offering:
            if {provider, panel.market.provider[provider].legal_group} & set(self.providers):
                yield AwardSum(f"{self.label}.{provider}", Count(), {provider: 1.0}, at_most=0.0)

    def explain(self) -> str:
        named = [*(f"bid {id}" for id in self.bids), *(f"any bid of {name}" for name in self.providers)]
        return f"None of these wins, for it is withdrawn: {', '.join(named)}."
