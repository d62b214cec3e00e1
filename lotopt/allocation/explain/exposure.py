"""Exposure: what each firm holds in which role, where few bid, and who could bid for a lot of a given value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.allocation.explain.admission import Admissions
from lotopt.allocation.explain.again import Question
from lotopt.allocation.explain.known import money
from lotopt.allocation.wish import Wish
from lotopt.core.result import Result
from lotopt.core.told import Told, listed
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.bid import MEMBER, PRIME, SUBCONTRACTOR, Item
from lotopt.market.market import Market
from lotopt.market.money import exact
from lotopt.market.provider import LOTS

if TYPE_CHECKING:
    import pandas as pd

ROLES = (PRIME, MEMBER, SUBCONTRACTOR)


@dataclass(frozen=True)
class Holding:
    """The contracts of one firm by role, and what they are worth in all, GBP a year.

    The whole contract counts for everyone in it, whatever part a firm has of the work.
    """

    firm: str
    group: str
    contracts: Mapping[str, int]
    values: Mapping[str, Decimal]

    def __str__(self) -> str:
        roles = [
            f"{self.contracts[role]} as {role} ({money(self.values[role])})" for role in ROLES if self.contracts[role]
        ]
        return f"{self.firm}: contracts {listed(roles)}."


@dataclass(frozen=True)
class Competition:
    """How many legal groups bid for a lot and service, and how many of them with a bid that every rule admits.

    `could_bid` are providers with the funding and capacity for it, `unknown` those of whom the funding is not known;
    both are empty where the lot's indicative value is not known. `below` says that fewer bid than the floor.
    """

    item: Item
    name: str
    bidders: int
    valid: int
    below: bool
    value: Decimal | None = None
    could_bid: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exposure(Told):
    """What each firm holds, and the competition for each lot against a `floor` of bidders."""

    holdings: tuple[Holding, ...]
    competition: tuple[Competition, ...]
    floor: int
    providers: int = 0
    done: bool = True

    @property
    def below_floor(self) -> tuple[Item, ...]:
        """The lots with fewer valid bidders than the floor."""
        return tuple(each.item for each in self.competition if each.below)

    @property
    def sentences(self) -> tuple[str, ...]:
        told = [str(holding) for holding in self.holdings]
        for each in self.competition:
            if each.below:
                told.append(f"{each.name}: valid bidders {each.valid}, fewer than {self.floor}.")
            if each.value is not None:
                unknown = f"; of {len(each.unknown)} the funding is not known" if each.unknown else ""
                told.append(
                    f"{each.name}, worth {money(each.value)}: {len(each.could_bid)} of {self.providers} providers "
                    f"have the funding and capacity for it{unknown}."
                )
        return tuple(told)

    def to_frame(self) -> pd.DataFrame:
        """One row per firm: firm, group, contracts and their value as prime, member and subcontractor."""
        import pandas as pd

        rows = [
            [each.firm, each.group, *(each.contracts[role] for role in ROLES), *(each.values[role] for role in ROLES)]
            for each in self.holdings
        ]
        columns = ["firm", "group", *(f"as_{role}" for role in ROLES), *(f"value_as_{role}" for role in ROLES)]
        return pd.DataFrame(rows, columns=columns)

    def lots_frame(self) -> pd.DataFrame:
        """One row per lot and service: bidders, valid bidders, below the floor, value, who could bid for it."""
        import pandas as pd

        rows = [
            [
                *(each.item.lot, each.name, each.item.service, each.bidders, each.valid, each.below, each.value),
                *(len(each.could_bid), "; ".join(each.could_bid), "; ".join(each.unknown)),
            ]
            for each in self.competition
        ]
        columns = ["lot", "lot_name", "service", "bidders", "valid_bidders", "below_floor", "value"]
        return pd.DataFrame(rows, columns=[*columns, "able", "could_bid", "funding_not_known"])


@dataclass
class _Roles:
    contracts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 0))
    values: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(ROLES, Decimal(0)))


def exposure(
    market: Market,
    rules: Iterable[AwardRule],
    goals: Iterable[AwardGoal],
    *,
    floor: int = 3,
    times_funding: float = 1.0,
    in_order: bool = False,
    ties: Iterable[AwardGoal] = (),
    result: Result[Allocation] | None = None,
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> Exposure:
    """What each firm holds as prime, member and subcontractor; lots with few valid bidders; who could bid for a lot.

    Few are fewer than `floor`. A provider could bid for a lot that is worth no more than `times_funding` its funding
    and takes no more of any measure than the capacity it states. `result` is what allocate_bids gave; it is made now
    where none is given. Raises InputError as allocate_bids.
    """
    question = Question.of(market, Wish.of(rules, goals, in_order, ties), solver, progress)
    plan = question.first(result).plan or Allocation.of(market, [])
    admissions = Admissions(market, question.wish.rules)
    competition = tuple(_competition(admissions, item, floor, times_funding) for item in market.items)
    return Exposure(holdings(plan), competition, floor, len(market.providers))


def holdings(plan: Allocation) -> tuple[Holding, ...]:
    """What each firm with a part in a winning bid holds, firms in alphabetical order."""
    market = plan.market
    found: dict[str, _Roles] = {}
    for won in plan.won:
        partners = (*market.provider[won.bid.provider].partners, *won.bid.partners)
        named = {(won.bid.provider, PRIME), *((partner.firm, partner.role) for partner in partners)}
        for firm, role in named:
            mine = found.setdefault(firm, _Roles())
            mine.contracts[role] += 1
            mine.values[role] += won.price
    return tuple(
        Holding(firm, market.group_of_firm(firm), found[firm].contracts, found[firm].values) for firm in sorted(found)
    )


def _competition(admissions: Admissions, item: Item, floor: int, times_funding: float) -> Competition:
    market = admissions.market
    bids = admissions.on(item)
    bidders = {market.group_of(bid) for bid in bids}
    valid = {market.group_of(bid) for bid in bids if bid.id in admissions.valid}
    value = market.terms_of(item).value
    able: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    if value is not None:
        volumes = market.lot[item.lot].volumes
        able, unknown = could_bid(market, value, volumes, times_funding)
    below = item not in market.closed and len(valid) < floor
    return Competition(item, market.item_name(item), len(bidders), len(valid), below, value, able, unknown)


def could_bid(
    market: Market, value: Decimal, volumes: Mapping[str, float] | None = None, times_funding: float = 1.0
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who could bid for a lot of a value (GBP a year) and volumes: providers (ids), and those of unknown funding.

    Both have capacity for it, as far as they state one; the first also have the funding.
    """
    able, unknown = [], []
    need = {**(volumes or {}), LOTS: 1.0}
    for provider in market.providers:
        if any(provider.capacity.get(measure, amount) < amount for measure, amount in need.items()):
            continue
        if provider.funding is None:
            unknown.append(provider.id)
        elif provider.funding * exact(times_funding) >= value:
            able.append(provider.id)
    return tuple(able), tuple(unknown)
