"""Volume shock: what the awards cost, and providers are paid, where more or less is done than was planned."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from lotopt.allocation.allocation import Allocation, Won
from lotopt.allocation.amounts import decimal
from lotopt.allocation.clause import AwardGoal, AwardRule, named_bids, who
from lotopt.allocation.explain.again import Question
from lotopt.allocation.explain.changes import dearer_than
from lotopt.allocation.explain.known import money
from lotopt.allocation.wish import Wish
from lotopt.core.errors import InputError, did_you_mean
from lotopt.core.result import Result
from lotopt.core.told import Told
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.bid import Item
from lotopt.market.market import Market
from lotopt.market.money import PENNY, exact

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Shock:
    """Volumes as a fraction of those planned: 0.5 is half. Where it is said, by lot, else by provider, else `factor`.

    Providers go by their ids or legal groups.
    """

    factor: float | Decimal = 1.0
    name: str = ""
    by_provider: Mapping[str, float | Decimal] = field(default_factory=dict)
    by_lot: Mapping[str, float | Decimal] = field(default_factory=dict)
    source: str = ""

    @property
    def title(self) -> str:
        """Its name, or its factor as a percentage."""
        return self.name or f"{float(100 * exact(self.factor)):g} % of volume"

    def of(self, market: Market, provider: str, item: Item) -> Fraction:
        """The fraction for one provider and item."""
        group = market.provider[provider].legal_group
        said = self.by_provider.get(provider, self.by_provider.get(group, self.factor))
        return Fraction(exact(self.by_lot.get(item.lot, said)))


TENTHS = tuple(Shock(Decimal(tenth) / 10) for tenth in range(5, 16))
"""From half of the planned volume to half as much again."""

_HC_676 = (
    "National Audit Office, Investigation into changes to Community Rehabilitation Company contracts, HC 676, 2017"
)
TRANSFORMING_REHABILITATION = (
    Shock(Decimal("0.84"), "16 % below plan, the least of England and Wales in early 2017-18", source=_HC_676),
    Shock(Decimal("0.52"), "48 % below plan, the most of England and Wales in early 2017-18", source=_HC_676),
)
"""Volumes of the Transforming Rehabilitation contracts in the first quarter of 2017-18: 16 % to 48 % below plan."""


@dataclass(frozen=True)
class Shocked:
    """The awards at other volumes, GBP a year: the total, and what each provider is paid.

    `volume` is of the measure asked for (None where it is not known of every award).
    """

    shock: Shock
    total: Decimal
    paid: Mapping[str, Decimal]
    volume: float | None = None

    @property
    def unit_cost(self) -> Decimal | None:
        """GBP for each unit of the measure; None where its volume is not known or nothing."""
        return decimal(Fraction(self.total) / Fraction(exact(self.volume))) if self.volume else None


@dataclass(frozen=True)
class VolumeShocks(Told):
    """The awards as planned and at other volumes.

    `not_said` are winning bids that state no fixed part: their whole price is taken to vary with volume.
    """

    market: Market
    planned: Shocked
    shocks: tuple[Shocked, ...]
    measure: str = ""
    not_said: tuple[str, ...] = ()
    done: bool = True

    def income(self, shocked: Shocked, provider: str) -> Fraction:
        """What a provider is paid as a fraction of what was planned."""
        return Fraction(shocked.paid[provider]) / Fraction(self.planned.paid[provider])

    @property
    def sentences(self) -> tuple[str, ...]:
        if not self.planned.paid:
            return ("Nothing is awarded, so nothing goes with the volume.",)
        told = [f"As planned the awards cost {money(self.planned.total)}{self._each(self.planned)}."]
        for each in self.shocks:
            more = dearer_than(each.total, self.planned.total).words()
            told.append(f"{each.shock.title}: {money(each.total)}, {more}{self._each(each)}{self._hit(each)}.")
        told += [
            f"Source: {source}." for source in dict.fromkeys(s.shock.source for s in self.shocks if s.shock.source)
        ]
        if self.not_said:
            told.append(f"No fixed part is given of {named_bids(self.not_said)}: the whole price varies with volume.")
        return tuple(told)

    def _each(self, shocked: Shocked) -> str:
        cost = shocked.unit_cost
        return "" if cost is None else f", {cost:,.2f} GBP for each unit of {self.measure}"

    def _hit(self, shocked: Shocked) -> str:
        """The provider whose income falls furthest below plan, or that all fall alike."""
        due = self.planned.paid
        paid = sorted((self.income(shocked, provider), provider) for provider in due if due[provider])
        if not paid or paid[0][0] >= 1:
            return ""
        share, provider = paid[0]
        if paid[-1][0] == share:
            return f"; every provider is paid {100 * float(share):.1f} % of plan"
        title = self.market.provider[provider].title
        return f"; {title} is paid least against plan, {100 * float(share):.1f} % of it"

    def to_frame(self) -> pd.DataFrame:
        """One row per shock and provider, provider empty for all: paid, planned, income, volume, unit cost."""
        import pandas as pd

        rows = []
        for each in (self.planned, *self.shocks):
            total = Fraction(each.total) / Fraction(self.planned.total) if self.planned.total else None
            share = None if total is None else float(total)
            rows.append([each.shock.title, "", each.total, self.planned.total, share, each.volume, each.unit_cost])
            for provider, paid in each.paid.items():
                planned = self.planned.paid[provider]
                income = float(self.income(each, provider)) if planned else None
                rows.append([each.shock.title, provider, paid, planned, income, None, None])
        columns = ["shock", "provider", "paid", "planned", "income", "volume", "unit_cost"]
        return pd.DataFrame(rows, columns=columns)


def volume_shock(
    market: Market,
    rules: Iterable[AwardRule],
    goals: Iterable[AwardGoal],
    *,
    shocks: Iterable[Shock | float] = TENTHS,
    measure: str = "",
    in_order: bool = False,
    ties: Iterable[AwardGoal] = (),
    result: Result[Allocation] | None = None,
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> VolumeShocks:
    """The awards priced again at other volumes: the fixed part of each price stays, the rest goes with the volume.

    To the penny, halves upwards, bid by bid. A package's variable part is shared out over its lots by indicative
    value where every lot has one, in equal parts otherwise. Shares of the work and the discounts as awarded are kept.
    A number is a shock for everyone; `TRANSFORMING_REHABILITATION` are two that happened. `measure` is what unit
    costs are for: the only one of the market unless given. `result` is what allocate_bids gave; it is made now where
    none is given. Raises InputError for a lot, provider or measure that is not known, and as allocate_bids.
    """
    question = Question.of(market, Wish.of(rules, goals, in_order, ties), solver, progress)
    asked = tuple(each if isinstance(each, Shock) else Shock(each) for each in shocks)
    _check(market, asked, measure)
    measure = measure or (market.measures[0] if len(market.measures) == 1 else "")
    plan = question.first(result).plan or Allocation.of(market, [])
    planned = _shocked(plan, Shock(name="as planned"), measure)
    not_said = tuple(sorted(bid.id for bid in plan.bids if bid.fixed is None))
    return VolumeShocks(market, planned, tuple(_shocked(plan, each, measure) for each in asked), measure, not_said)


def _check(market: Market, shocks: Iterable[Shock], measure: str) -> None:
    problems = []
    if measure and measure not in market.measures:
        problems.append(f"no measure '{measure}'; {did_you_mean(measure, market.measures)}")
    for shock in shocks:
        for what, named, known in (
            ("lot", shock.by_lot, sorted(market.lot)),
            ("provider", shock.by_provider, who(market)),
        ):
            problems += [f"no {what} '{name}'; {did_you_mean(name, known)}" for name in named if name not in known]
        factors = (shock.factor, *shock.by_lot.values(), *shock.by_provider.values())
        problems += [f"{factor} is no share of a volume" for factor in factors if not 0 <= factor < math.inf]
    if problems:
        raise InputError("shocks", problems)


def _shocked(plan: Allocation, shock: Shock, measure: str) -> Shocked:
    paid: dict[str, Decimal] = {}
    volumes: list[float] = []
    known = bool(measure)
    for won in plan.won:
        part = _part(plan.market, won, shock)
        provider = won.bid.provider
        paid[provider] = paid.get(provider, Decimal(0)) + _price(won, part)
        volume = plan.market.volume(won.bid, measure) if measure else None
        known = known and volume is not None
        volumes.append((volume or 0.0) * float(won.share) * float(part))
    order = {provider: paid[provider] for provider in sorted(paid)}
    return Shocked(shock, sum(paid.values(), Decimal(0)), order, math.fsum(volumes) if known else None)


def _part(market: Market, won: Won, shock: Shock) -> Fraction:
    """The volume of a winning bid as a fraction of what was planned."""
    parts = market.parts(won.bid).items()
    return sum((part * shock.of(market, won.bid.provider, item) for item, part in parts), Fraction(0))


def _price(won: Won, part: Fraction) -> Decimal:
    """What is paid for a winning bid at a part of its volume, to the penny, halves upwards."""
    fixed = Fraction(won.bid.fixed or 0)
    whole = fixed + (Fraction(won.bid.price) - fixed) * part
    pence = 100 * whole * Fraction(won.share) * (1 - Fraction(won.discount))
    return (Decimal(math.floor(pence + Fraction(1, 2))) / 100).quantize(PENNY)
