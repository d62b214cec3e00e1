"""What allocation rules and goals are made of: bids they refuse, rows over the rest, readings of finished awards."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from pydantic import Field

from lotopt.allocation.allocation import Allocation, Won
from lotopt.allocation.jointly import Panel, Price, Refused, Said
from lotopt.allocation.offers import Extra, Ints, Offers
from lotopt.core.clause import Goal, Rule
from lotopt.core.errors import did_you_mean
from lotopt.core.reading import Reading
from lotopt.engine.model.rows import Floats, Row
from lotopt.market.bid import Bid, Item, Role
from lotopt.market.market import Market


class AwardRule(Rule):
    """A condition on allocations.

    `barred` and `admits` say what cannot win at all and `rows` what holds between the rest: these are for the engine.
    `jointly` says both where lots are drawn at the same time. `readings` measures a finished allocation from the
    market's own data, exactly and without the engine.
    """

    def problems(self, market: Market) -> Iterator[str]:
        """Names in this rule that the market does not have, and figures that it lacks."""
        yield from ()

    def places(self) -> tuple[Decimal, ...]:
        """The shares of the work that the winners of a lot get, first place first; empty: nothing is said of it."""
        return ()

    def exclusive(self, market: Market) -> frozenset[Item]:
        """Items for which this rule lets each legal group have at most one winning bid."""
        return frozenset()

    def barred(self, market: Market) -> frozenset[str]:
        """The bids (ids) that this rule lets win in no way, each looked at by itself; from the market alone."""
        return frozenset()

    def barred_beside(self, market: Market, may_win: frozenset[str]) -> frozenset[str]:
        """Those of `may_win`, the bids that no rule bars by itself, that this one bars because of the others."""
        return frozenset()

    def admits(self, offers: Offers) -> npt.NDArray[np.bool_]:
        """Which offers this rule lets win (J,), each looked at by itself."""
        return offers.outside(self.barred(offers.market))

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        """What holds between the offers that every rule admits."""
        yield from ()

    def cuts(self, offers: Offers, allocation: Allocation) -> Iterator[Row]:
        """Rows that hold for every allocation that keeps this rule and that this one breaks.

        For rules that would need too many rows to write all down: an allocation that no cut meets keeps the rule.
        """
        yield from ()

    def jointly(self, panel: Panel) -> Iterator[Said]:
        """This rule as sums over awards, for deciding lots and awards together; or that it cannot be held so."""
        yield Refused("does not say itself as sums over awards")

    def loosenings(self, market: Market) -> Iterator[Loosening]:
        """The limits of this rule that could be moved, and up to where that can matter."""
        yield from ()

    @abstractmethod
    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        """What this rule reads of a finished allocation."""

    def readings_beside(self, allocation: Allocation, may_win: frozenset[str]) -> Iterator[Reading]:
        """What it reads where it has to know which bids (ids) no rule bars by itself."""
        yield from ()


@dataclass(frozen=True)
class Loosening:
    """A limit that may be moved from where it is to `loosest`, where it says nothing more, in steps of `step`."""

    field: str
    loosest: Decimal
    step: Decimal


class LotRule(AwardRule):
    """A rule from which named lots are let off."""

    excepted: tuple[str, ...] = Field(default=(), alias="except", description="Lots that are not held to this rule.")

    def problems(self, market: Market) -> Iterator[str]:
        yield from unknown("lot", self.excepted, [lot.id for lot in market.lots])

    def refused(self) -> Iterator[Refused]:
        """Lots that are not drawn yet cannot be let off by name."""
        if self.excepted:
            yield Refused("lets lots off by name, and no lot has a name before it is drawn; leave out except")

    def _unless(self) -> str:
        return f", except in {' and '.join(self.excepted)}" if self.excepted else ""


class ScopedRule(AwardRule):
    """A rule that may be on some lots or services only; a package counts by its part that is for them."""

    lots: tuple[str, ...] = Field(default=(), description="The lots it is about; none: all.")
    services: tuple[str, ...] = Field(default=(), description="The services it is about; none: all.")

    def problems(self, market: Market) -> Iterator[str]:
        yield from super().problems(market)
        yield from unknown("lot", self.lots, [lot.id for lot in market.lots])
        yield from unknown("service", self.services, [service for service in market.services if service])

    @property
    def everywhere(self) -> bool:
        """Whether it is about all lots and services."""
        return not self.lots and not self.services

    def within(self, item: Item) -> bool:
        """Whether it is about an item."""
        return (not self.lots or item.lot in self.lots) and (not self.services or item.service in self.services)

    def count(self, bid: Bid) -> int:
        """How many of a bid's items it is about."""
        return len(bid.items) if self.everywhere else sum(map(self.within, bid.items))

    def part(self, market: Market, bid: Bid) -> Fraction:
        """Which part of a bid's price it is about."""
        if self.everywhere:
            return Fraction(1)
        return sum((part for item, part in market.parts(bid).items() if self.within(item)), Fraction(0))

    def worth(self, market: Market, won: Iterable[Won]) -> Fraction:
        """What is paid for the part of winning bids that it is about, GBP a year, exactly."""
        return sum((Fraction(each.price) * self.part(market, each.bid) for each in won), Fraction(0))

    def counts(self, offers: Offers) -> Floats:
        """How many items of each column it is about (J,)."""
        if self.everywhere:
            return offers.items.astype(np.float64)
        return np.array([self.count(bid) for bid in offers.bids], dtype=np.float64)

    def pence(self, offers: Offers) -> list[Fraction]:
        """What each column costs for the part that it is about, in pence a year, exactly."""
        return [
            int(pence) * self.part(offers.market, bid)
            for pence, bid in zip(offers.pence.tolist(), offers.bids, strict=True)
        ]

    def refused(self) -> Iterator[Refused]:
        """Lots that are not drawn yet have no names, and one service is bought."""
        if not self.everywhere:
            yield Refused("is about lots or services by name, and no lot has a name before it is drawn")

    def _where(self) -> str:
        named = [*(f"lot {lot}" for lot in self.lots), *self.services]
        return f" in {', '.join(named)}" if named else ""


class GroupRule(AwardRule):
    """A rule on what a legal group wins: as bidder, as member of a consortium, or in whatever of `roles` counts.

    `only` and `classes` say who is held to it, `except` who is let off.
    """

    excepted: tuple[str, ...] = Field(
        default=(), alias="except", description="Providers or legal groups that are not held to this rule."
    )
    only: tuple[str, ...] = Field(default=(), description="Providers or legal groups that are held to it; none: all.")
    classes: tuple[str, ...] = Field(default=(), description="Classes of provider that are held to it; none: all.")
    roles: tuple[Role, ...] = Field(
        default=("prime", "member"),
        min_length=1,
        description="Roles in a bid that count: prime, member, subcontractor.",
    )

    def problems(self, market: Market) -> Iterator[str]:
        yield from super().problems(market)
        yield from unknown("provider", (*self.excepted, *self.only), who(market))
        yield from unknown("provider of class", self.classes, classes_of(market))

    def exempt(self, market: Market) -> frozenset[str]:
        """The legal groups that are not held to it."""
        named = {market.group_of_firm(name) for name in self.excepted}
        if self.only:
            named |= set(market.legal_groups) - {market.group_of_firm(name) for name in self.only}
        if self.classes:
            held = {p.legal_group for p in market.providers if p.kind in self.classes}
            named |= set(market.legal_groups) - held
        return frozenset(named)

    def by_group(self, offers: Offers) -> Iterator[tuple[str, Ints]]:
        """The columns of each legal group that is held to it."""
        exempt = self.exempt(offers.market)
        for group, columns in offers.by_group(self.roles).items():
            if group not in exempt:
                yield group, columns

    def won_by_group(self, allocation: Allocation) -> Iterator[tuple[str, tuple[Won, ...], bool]]:
        """What each legal group wins, and whether it is held to this rule."""
        exempt = self.exempt(allocation.market)
        found = allocation.by_group(self.roles)
        for group in allocation.market.legal_groups:
            yield group, found.get(group, ()), group not in exempt

    def _unless(self) -> str:
        who = [*self.only, *(f"{kind} providers" for kind in self.classes)]
        held = f", of {' and '.join(who)}" if who else ""
        counting = f" (counting every role of {', '.join(self.roles)})" if "subcontractor" in self.roles else ""
        return held + counting + (f", except {' and '.join(self.excepted)}" if self.excepted else "")


class AwardGoal(Goal):
    """A quantity of an allocation to keep small: a constant, and a number per offer added up over those that win."""

    def problems(self, market: Market) -> Iterator[str]:
        """Figures that this goal needs and the market lacks."""
        yield from ()

    def jointly(self) -> Price | Refused:
        """What each award adds where lots are drawn at the same time; or that it cannot be kept small so."""
        return Refused("is no price")

    def constant(self, market: Market) -> Fraction:
        """What the goal comes to where nothing is awarded."""
        return Fraction(0)

    @abstractmethod
    def costs(self, offers: Offers) -> Floats:
        """What each offer adds to the goal (J,), in hundredths of its unit (pence, where it is GBP)."""

    @abstractmethod
    def value(self, allocation: Allocation) -> Fraction:
        """The goal of a finished allocation, before its weight, exactly and without arrays."""


def who(market: Market) -> list[str]:
    """The names by which rules may speak of providers: their ids, and legal groups."""
    return sorted({*market.provider, *market.legal_groups})


def classes_of(market: Market) -> list[str]:
    """The classes of provider that the market names."""
    return sorted({provider.kind for provider in market.providers if provider.kind})


def unknown(what: str, given: Iterable[str], possible: Sequence[str]) -> Iterator[str]:
    for name in given:
        if name not in possible:
            yield f"no {what} '{name}'; {did_you_mean(name, possible)}"


def without_measure(market: Market, measure: str) -> Iterator[str]:
    """A sentence when the measure is not known of every bid."""
    if measure not in market.measures:
        yield f"no measure '{measure}'; {did_you_mean(measure, market.measures)}"
        return
    lacking = {lot.id for lot in market.lots if measure not in lot.volumes}
    missing = sorted(
        bid.id
        for bid in (market.bids if lacking else ())  # mostly every lot has it, and bids are many
        if measure not in bid.volumes and not lacking.isdisjoint(bid.lots)
    )
    if missing:
        yield f"'{measure}' is known neither of {named_bids(missing)} nor of the lots in them"


def without_value(market: Market) -> Iterator[str]:
    """A sentence when the indicative value is not known of every lot and service."""
    missing = [str(item) for item in market.items if market.terms_of(item).value is None]
    if missing:
        more = f" and {len(missing) - 8} more" if len(missing) > 8 else ""
        yield f"no indicative value is given for {'; '.join(missing[:8])}{more}; give each on the sheet Lots"


def named_bids(ids: Sequence[str], most: int = 8) -> str:
    """Some bids by name, and how many more there are."""
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return f"bid{'s' if len(ids) > 1 else ''} {', '.join(ids[:most])}{more}"
