"""Small random maps with providers, and their best lots and awards by looking at every partition and every provider.

Uses LotTable for what lots are and `award_oracle` for what awards may be: no engine, no search, no bound, and prices
from the sentence of a schedule by fractions.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import award_oracle
import numpy as np

from lotopt.allocation import goals as ag
from lotopt.allocation import rules as ar
from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.core.lot import LotFacts
from lotopt.design.clause import DesignGoal, DesignRule
from lotopt.design.problem import fixed_count
from lotopt.design.rules import Contiguous, LotCount
from lotopt.market.bid import Bid
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.market.schedule import Band, PriceSchedule
from lotopt.market.schedules import Schedules
from lotopt.territory.lots import LotTable
from lotopt.territory.parts import Measure
from lotopt.territory.territory import Territory
from tests.design.design_oracle import random_goal, random_rule, random_territory


@dataclass(frozen=True)
class Case:
    """A territory, schedules, rules and goals of both kinds."""

    territory: Territory
    schedules: Schedules
    design_rules: tuple[DesignRule, ...]
    award_rules: tuple[AwardRule, ...]
    design_goals: tuple[DesignGoal, ...]
    award_goals: tuple[AwardGoal, ...]

    @property
    def rules(self) -> tuple[DesignRule | AwardRule, ...]:
        return (*self.design_rules, *self.award_rules)

    @property
    def goals(self) -> tuple[DesignGoal | AwardGoal, ...]:
        return (*self.design_goals, *self.award_goals)


def random_case(seed: int, award: str | None = None, design: str | None = None, most: int = 6) -> Case:
    """A case that holds a named rule of each kind, and some others."""
    random = np.random.default_rng(seed)
    territory = _countable(random_territory(random, most), random)
    schedules = random_schedules(territory, random)
    others = int(random.choice([0, 0, 1, 1, 2])) if design is None else int(random.integers(0, 2))
    kinds = {str(kind) for kind in random.choice(COMMON_AWARD_RULES, others, replace=False)}
    kinds |= {award} if award else set()
    award_rules = [random_award_rule(kind, territory, schedules, random) for kind in sorted(kinds)]
    goals = [random_goal("compactness", random)] if random.random() < 0.3 else []
    lots = int(random.integers(1, 4))
    design_rules: list[DesignRule] = [LotCount(at_least=lots, at_most=lots + int(random.integers(0, 3)))]
    if random.random() < 0.8:
        design_rules.append(Contiguous())
    if design:
        if design in DESIGN_GOALS:
            goals.append(random_goal(design, random))
            if design == "balance":
                design_rules[0] = LotCount(at_least=lots, at_most=lots)
        elif design not in ("lot_count", "contiguous"):
            design_rules.append(random_rule(design, territory, random))
    # a few pounds for each unit, so that prices and shape both matter
    goals = [goal.model_copy(update={"weight": float(random.integers(1, 5))}) for goal in goals]
    price = ag.TotalPrice(weight=float(random.choice([1.0, 1.0, 0.5])))
    return Case(territory, schedules, tuple(design_rules), tuple(award_rules), tuple(goals), (price,))


COMMON_AWARD_RULES = (
    *("award_limit", "budget", "capacity", "class_share", "fewest_providers", "most_providers"),
    *("price_ceiling", "value_cap", "value_share", "incompatible"),
)
AWARD_RULES = (*COMMON_AWARD_RULES, "minimum_business", "turnover_test", "withdrawn")
DESIGN_GOALS = ("compactness", "border_length", "interfaces", "straddles", "change_from", "lots", "balance")


def _countable(territory: Territory, random: np.random.Generator) -> Territory:
    """The same ground with cases that people could count, now and then with a tenth."""
    n = len(territory)
    tenths = 10.0 if random.random() < 0.3 else 1.0
    cases = Measure("cases", random.integers(1, 60, n) / tenths, unit="cases")
    people = Measure("people", random.integers(0, 9, n).astype(float), unit="people")
    return replace(territory, measures={"cases": cases, "people": people})


def random_schedules(territory: Territory, random: np.random.Generator) -> Schedules:
    """Two or three providers: homes, rates of their own, bands, mobilisation, groups, classes, capacity."""
    ids = territory.ids
    whole = float(territory.measure("cases").sum())
    providers, schedule = [], {}
    one_firm = random.random() < 0.4
    own = random.spawn(1)[0]
    for id in ("P", "Q", "R")[: int(random.integers(2, 4))]:
        capacity = {"cases": round(float(random.uniform(0.5, 1.2)) * whole, 1)} if random.random() < 0.6 else {}
        if random.random() < 0.4:
            capacity["lots"] = float(random.integers(1, 3))
        providers.append(
            Provider(
                id=id,
                group="firm" if one_firm and id in "PQ" else "",
                kind="voluntary" if id == "Q" else "private",
                capacity=capacity,
                funding=Decimal(int(own.integers(50, 2000))),
                viable=Decimal(int(own.integers(50, 2000))) if own.random() < 0.3 else None,
            )
        )
        schedule[id] = _schedule(territory, random)
    incumbents = {str(area): str(random.choice(["P", "Q", "firm", "gone"])) for area in ids if random.random() < 0.3}
    return Schedules(tuple(providers), schedule, incumbents)


def _schedule(territory: Territory, random: np.random.Generator) -> PriceSchedule:
    def some(chance: float) -> bool:
        return bool(random.random() < chance)

    def rate(low: int, high: int, parts: int = 100) -> Decimal:
        return Decimal(int(random.integers(low * parts, high * parts))) / parts

    home = int(random.integers(0, len(territory)))
    whole = float(territory.measure("cases").sum())
    starts = sorted({0, *(int(x) for x in random.integers(1, max(2, int(whole)), 2))})
    fine = int(random.choice([1, 100, 1000]))
    return PriceSchedule(
        measure="cases",
        fixed=rate(1, 200),
        rate=rate(1, 9),
        rate_km=rate(0, 1, 10_000) if some(0.5) else Decimal(0),
        x_km=float(territory.xy[home, 0]) / 1000,
        y_km=float(territory.xy[home, 1]) / 1000,
        rates={str(a): rate(0, 12) for a in territory.ids if some(0.2)},
        distance_bands=(Band(start=Decimal(5), rate=rate(0, 2)), Band(start=Decimal(12), rate=rate(0, 9)))
        if some(0.4)
        else (),
        volume_bands=tuple(Band(start=Decimal(s), rate=rate(0, 6, fine)) for s in starts) if some(0.4) else (),
        mobilisation=rate(0, 5) if some(0.5) else Decimal(0),
    )


def random_award_rule(
    kind: str, territory: Territory, schedules: Schedules, random: np.random.Generator
) -> AwardRule:
    """A rule of a kind with random fields, loose enough to be kept about half the time."""
    whole = LotFacts("all", volumes={key: float(m.values.sum()) for key, m in territory.measures.items()}, areas=())
    typical = float(min(s.fixed + s.rate * Decimal(str(whole.volumes["cases"])) for s in schedules.schedule.values()))
    excepted = ("P",) if random.random() < 0.25 else ()
    stated = sorted({measure for provider in schedules.providers for measure in provider.capacity})
    share = float(random.choice([0.3, 0.5, 0.55, 0.7]))

    def amount(low: float, high: float) -> Decimal:
        return Decimal(str(round(float(random.uniform(low, high)) * typical, 2)))

    match kind:
        case "award_limit":
            return ar.AwardLimit(at_most=int(random.integers(0, 3)), excepted=excepted)
        case "budget":
            return ar.Budget(at_most=amount(0.9, 2.0))
        case "capacity":
            if not stated:
                return ar.AwardLimit(at_most=2)
            part = float(random.choice([1.0, 0.7]))
            return ar.Capacity(measure=str(random.choice(stated)), share=part, excepted=excepted)
        case "class_share":
            ends = ((0.0, share), (1 - share, 1.0), (0.2, 0.8))[int(random.integers(0, 3))]
            return ar.ClassShare(classes=("voluntary",), at_least=round(ends[0], 4), at_most=ends[1])
        case "fewest_providers":
            return ar.FewestProviders(at_least=int(random.integers(1, 4)))
        case "most_providers":
            return ar.MostProviders(at_most=int(random.integers(1, 3)))
        case "price_ceiling":
            return ar.PriceCeiling(at_most=amount(0.4, 1.5))
        case "value_cap":
            return ar.ValueCap(at_most=amount(0.4, 1.5), excepted=excepted)
        case "value_share":
            return ar.ValueShare(at_most=share, excepted=excepted)
        case "minimum_business":
            return ar.MinimumBusiness(at_least=amount(0.2, 1.0), own=bool(random.random() < 0.5), excepted=excepted)
        case "turnover_test":
            gate, multiple = float(random.choice([0.0, 0.25, 0.5])), float(random.choice([2.0, 4.0]))
            return ar.TurnoverTest(gate=gate, multiple=multiple, of="price", excepted=excepted)
        case "withdrawn":
            return ar.Withdrawn(providers=(str(random.choice(["P", "Q"])),))
        case "incompatible":
            firm = any(provider.group for provider in schedules.providers)
            named = ("firm", "R") if firm and len(schedules.providers) > 2 else ("P", "Q")
            if firm and "R" not in named:  # the two that are left are one firm
                return ar.MostProviders(at_most=1)
            return ar.Incompatible(providers=named, anywhere=bool(random.random() < 0.7))
    raise ValueError(kind)


def price(case: Case, provider: str, areas: tuple[int, ...]) -> Fraction:
    """What a provider asks for a lot, from the sentence of a schedule."""
    s = case.schedules.schedule[provider]
    group = {p.id: p.group or p.id for p in case.schedules.providers}
    total, volume = Fraction(s.fixed), Fraction(0)
    for i in areas:
        area = case.territory.ids[i]
        size = Fraction(str(float(case.territory.measure(s.measure)[i])))
        x, y = case.territory.xy[i] / 1000
        km = Fraction(str(round(math.hypot(x - s.x_km, y - s.y_km), 3)))
        each = Fraction(s.rates.get(area, s.rate)) + Fraction(s.rate_km) * km
        for band in s.distance_bands:
            following = [other.start for other in s.distance_bands if other.start > band.start]
            if Fraction(band.start) <= km and (not following or km < Fraction(min(following))):
                each += Fraction(band.rate)
        now = case.schedules.incumbents.get(area)
        if now is not None and group[provider] != group.get(now, now):
            each += Fraction(s.mobilisation)
        volume += size
        total += _penny(size * each)
    return total + _penny(_bands(s, volume))


def _bands(s: PriceSchedule, volume: Fraction) -> Fraction:
    """What the bands add, unit by unit in the end: the area under a staircase."""
    edges = [Fraction(band.start) for band in s.volume_bands if Fraction(band.start) < volume]
    total = Fraction(0)
    for edge, end in itertools.pairwise([*edges, volume]):
        rate = max((band for band in s.volume_bands if Fraction(band.start) <= edge), key=lambda b: b.start).rate
        total += (end - edge) * Fraction(rate)
    return total


def _penny(amount: Fraction) -> Fraction:
    return Fraction(math.floor(amount * 100 + Fraction(1, 2)), 100)


def best_by_looking(case: Case) -> float | None:
    """The least objective over all partitions and all choices of providers that keep every rule; None without any."""
    territory = case.territory
    cost = _Costs(case)
    best = None
    for blocks in partitions(len(territory)):
        if not cost.legal(blocks):
            continue
        shape = cost.shape(blocks)
        lots = tuple(LotFacts(f"L{k}", volumes=cost.volumes(block)) for k, block in enumerate(blocks))
        bids = [
            [
                Bid.on(lot.id, id=f"{p.id}-{lot.id}", provider=p.id, price=Decimal(str(float(price(case, p.id, b)))))
                for p in case.schedules.providers
            ]
            for lot, b in zip(lots, blocks, strict=True)
        ]
        market = Market(lots, case.schedules.providers, tuple(itertools.chain(*bids)))
        for won in itertools.product(*bids):
            won = award_oracle.taken(market, {bid.id: award_oracle.ONE for bid in won})
            if all(award_oracle.keeps(market, rule, won) for rule in case.award_rules):
                value = shape + float(award_oracle.objective(market, case.award_goals, won))
                best = value if best is None else min(best, value)
    return best


def partitions(n: int) -> Iterator[list[tuple[int, ...]]]:
    """Every way to divide n areas into lots."""

    def extend(blocks: list[tuple[int, ...]], i: int) -> Iterator[list[tuple[int, ...]]]:
        if i == n:
            yield list(blocks)
            return
        for k in range(len(blocks)):
            before = blocks[k]
            blocks[k] = (*before, i)
            yield from extend(blocks, i + 1)
            blocks[k] = before
        yield from extend([*blocks, (i,)], i + 1)

    yield from extend([], 0)


class _Costs:
    """What every set of areas is like as a lot, and which of them may be one."""

    def __init__(self, case: Case) -> None:
        territory, n = case.territory, len(case.territory)
        subsets = np.arange(1, 2**n)
        members = ((subsets[:, None] >> np.arange(n)) & 1).astype(bool)
        table = LotTable(territory, members, tuple(map(str, subsets)))
        self.may = np.ones(len(subsets), dtype=bool)
        self.sums = []
        for rule in case.design_rules:
            for limit in rule.limits(territory):
                value = table.value(limit.feature)
                slack = 1e-9 * np.abs(value)
                inside = (value >= limit.at_least - slack) & (value <= limit.at_most + slack)
                self.may &= inside | (table.holds(limit.exempt) > 0 if limit.exempt else False)
            for group in rule.together(territory):
                held = table.holds(group.areas)
                self.may &= (held == 0) | (held == len(group.areas))
            self.sums += [(total, table.value(total.feature)) for total in rule.sums(territory)]
        lots = fixed_count([total for total, _ in self.sums])
        self.cost = np.zeros(len(subsets))
        for goal in case.design_goals:
            for term in goal.terms(territory, lots):
                self.cost += goal.weight * term.coefficient * table.value(term.feature)
        self.totals = {key: table.total(key) for key in territory.measures}

    @staticmethod
    def _row(block: tuple[int, ...]) -> int:
        return sum(1 << i for i in block) - 1

    def legal(self, blocks: list[tuple[int, ...]]) -> bool:
        rows = [self._row(block) for block in blocks]
        if not self.may[rows].all():
            return False
        return all(
            total.at_least - 1e-9 <= math.fsum(value[rows]) - total.offset <= total.at_most + 1e-9
            for total, value in self.sums
        )

    def shape(self, blocks: list[tuple[int, ...]]) -> float:
        return math.fsum(self.cost[[self._row(block) for block in blocks]])

    def volumes(self, block: tuple[int, ...]) -> dict[str, float]:
        return {key: round(float(total[self._row(block)]), 9) for key, total in self.totals.items()}
