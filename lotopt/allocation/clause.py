"""What allocation rules and goals are made of: bids they refuse, rows over the rest, readings of finished awards."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from pydantic import Field

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.jointly import Panel, Price, Refused, Said
from lotopt.allocation.offers import Extra, Offers
from lotopt.core.clause import Goal, Rule
from lotopt.core.errors import did_you_mean
from lotopt.core.reading import Reading
from lotopt.engine.model.rows import Floats, Row
from lotopt.market.bid import Bid
from lotopt.market.market import Market


class AwardRule(Rule):
    """A condition on allocations.

    `admits` says which bids may win at all and `rows` what holds between them: these two are for the engine, and
    `jointly` says both where lots are drawn at the same time. `readings` measures a finished allocation from the
    market's own data, exactly and without the engine.
    """

    def problems(self, market: Market) -> Iterator[str]:
        """Names in this rule that the market does not have, and figures that it lacks."""
        yield from ()

    def admits(self, offers: Offers) -> npt.NDArray[np.bool_]:
        """Which bids this rule lets win (J,)."""
        return np.ones(len(offers), dtype=np.bool_)

    def rows(self, offers: Offers, extra: Extra) -> Iterator[Row]:
        """What holds between the bids that every rule admits."""
        yield from ()

    def jointly(self, panel: Panel) -> Iterator[Said]:
        """This rule as sums over awards, for deciding lots and awards together; or that it cannot be held so."""
        yield Refused("does not say itself as sums over awards")

    @abstractmethod
    def readings(self, allocation: Allocation) -> Iterator[Reading]:
        """What this rule reads of a finished allocation."""


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


class GroupRule(AwardRule):
    """A rule on what a legal group wins, from which named groups (or providers) are let off."""

    excepted: tuple[str, ...] = Field(
        default=(), alias="except", description="Providers or legal groups that are not held to this rule."
    )

    def problems(self, market: Market) -> Iterator[str]:
        yield from unknown("provider", self.excepted, who(market))

    def exempt(self, market: Market) -> frozenset[str]:
        """The legal groups that are let off."""
        return frozenset(market.provider[n].legal_group if n in market.provider else n for n in self.excepted)

    def _unless(self) -> str:
        return f", except {' and '.join(self.excepted)}" if self.excepted else ""


class AwardGoal(Goal):
    """A quantity of an allocation to keep small: a number per bid, added up over winning bids."""

    def problems(self, market: Market) -> Iterator[str]:
        """Figures that this goal needs and the market lacks."""
        yield from ()

    def jointly(self) -> Price | Refused:
        """What each award adds where lots are drawn at the same time; or that it cannot be kept small so."""
        return Refused("is no price")

    @abstractmethod
    def costs(self, offers: Offers) -> Floats:
        """What each bid adds to the goal (J,), in hundredths of its unit (pence, where it is GBP)."""

    @abstractmethod
    def exact(self, market: Market, bids: Sequence[Bid]) -> Fraction:
        """The goal of some bids of a market, exactly and without arrays."""

    def value(self, allocation: Allocation) -> Fraction:
        """The goal of a finished allocation, before its weight."""
        return self.exact(allocation.market, allocation.bids)


def who(market: Market) -> list[str]:
    """The names by which rules may speak of providers: their ids, and legal groups."""
    return sorted({*market.provider, *market.groups})


def unknown(what: str, given: Iterable[str], possible: Sequence[str]) -> Iterator[str]:
    for name in given:
        if name not in possible:
            yield f"no {what} '{name}'; {did_you_mean(name, possible)}"


def without_measure(market: Market, measure: str) -> Iterator[str]:
    """A sentence when the measure is not known of every bid."""
    if measure not in market.measures:
        yield f"no measure '{measure}'; {did_you_mean(measure, market.measures)}"
        return
    missing = sorted(bid.id for bid in market.bids if market.volume(bid, measure) is None)
    if missing:
        yield f"'{measure}' is known neither of {named_bids(missing)} nor of the lots in them"


def named_bids(ids: Sequence[str], most: int = 8) -> str:
    """Some bids by name, and how many more there are."""
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return f"bid{'s' if len(ids) > 1 else ''} {', '.join(ids[:most])}{more}"
