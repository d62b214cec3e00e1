"""Rankings: the bids for each lot by the goals alone, beside what the combined optimum made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.allocation.explain.admission import Admissions
from lotopt.allocation.explain.again import Question
from lotopt.allocation.explain.known import known, money
from lotopt.allocation.explain.reasons import Reasons
from lotopt.allocation.goals.score import PriceQuality
from lotopt.allocation.wish import Wish
from lotopt.core.result import Result
from lotopt.core.told import Told, listed
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market

if TYPE_CHECKING:
    import pandas as pd

Value = tuple[Fraction, ...]


@dataclass(frozen=True)
class Ranked:
    """A bid in its place: `rank` 1 is best, equal ones share a rank; None where rules refuse it (`refused_by`).

    `adds` is what it adds to each stage of the goals where it wins alone; `score` its points of price and quality,
    from 0 to 100, where a goal gives them.
    """

    bid: str
    provider: str
    price: Decimal
    rank: int | None
    wins: bool
    quality: float | None = None
    score: float | None = None
    adds: Value = ()
    refused_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class ItemRanking:
    """The bids for one lot and service alone (`singles`), those for more (`packages`), and `why` first is not won."""

    item: Item
    name: str
    singles: tuple[Ranked, ...]
    packages: tuple[Ranked, ...]
    why: str = ""

    def __str__(self) -> str:
        if not self.singles and not self.packages:
            return f"{self.name}: no bid."
        told = [self._row(each) for each in self.singles]
        text = f"{self.name}: {'; '.join(told) or 'no bid for it alone'}."
        if won := [each for each in self.packages if each.wins]:
            text += f" Won in {listed(f'package {each.bid} of {each.provider}' for each in won)}."
        return f"{text} {self.why}".rstrip()

    def _row(self, ranked: Ranked) -> str:
        if ranked.rank is None:
            return f"{ranked.bid} of {ranked.provider} refused by {listed(ranked.refused_by)}"
        score = "" if ranked.score is None else f", score {ranked.score:.2f}"
        wins = ", wins" if ranked.wins else ""
        return f"{ranked.rank}. {ranked.bid} of {ranked.provider} ({money(ranked.price)}{score}){wins}"


@dataclass(frozen=True)
class Rankings(Told):
    """The ranking of every lot and service, in the order of the market."""

    items: tuple[ItemRanking, ...]
    done: bool = True

    def of(self, item: Item) -> ItemRanking:
        """The ranking of one lot and service. Raises KeyError where there is none such."""
        return {each.item: each for each in self.items}[item]

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(map(str, self.items))

    def to_frame(self) -> pd.DataFrame:
        """One row per lot and bid: lot, service, rank, package or not, bid, provider, price, quality, score, wins."""
        import pandas as pd

        columns = ["lot", "lot_name", "service", "package", "rank", "bid", "provider", "price", "quality", "score"]
        columns += ["wins", "refused_by"]
        rows = [
            [
                *(each.item.lot, each.name, each.item.service, package, ranked.rank, ranked.bid, ranked.provider),
                *(ranked.price, ranked.quality, ranked.score, ranked.wins, "; ".join(ranked.refused_by)),
            ]
            for each in self.items
            for package, bids in ((False, each.singles), (True, each.packages))
            for ranked in bids
        ]
        return pd.DataFrame(rows, columns=columns)


def rankings(
    market: Market,
    rules: Iterable[AwardRule],
    goals: Iterable[AwardGoal],
    *,
    in_order: bool = False,
    ties: Iterable[AwardGoal] = (),
    result: Result[Allocation] | None = None,
    reasons: Reasons | None = None,
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> Rankings:
    """The bids for every lot ranked by the goals alone, packages apart, beside who wins in the combined optimum.

    Bids that rules refuse outright have no rank. Where the first does not win, `why` says so, with its reason where
    `reasons` are given. `result` is what allocate_bids gave; it is made now where none is given. Raises InputError as
    allocate_bids.
    """
    question = Question.of(market, Wish.of(rules, goals, in_order, ties), solver, progress)
    plan = question.first(result).plan or Allocation.of(market, [])
    worth = Worth(market, question.wish)
    admissions = Admissions(market, question.wish.rules)
    winning = frozenset(award.bid for award in plan)
    return Rankings(tuple(_ranking(worth, admissions, winning, item, reasons) for item in market.items))


class Worth:
    """What each bid adds to the goals where it wins alone; worked out once."""

    def __init__(self, market: Market, wish: Wish) -> None:
        self.market, self.wish = market, wish
        self.nothing = self._value([])
        self.score = next((goal for goal in wish.goals if isinstance(goal, PriceQuality)), None)
        self.against = self.score.against(market) if self.score is not None else {}
        self.found: dict[str, Value] = {}

    def adds(self, bid: Bid) -> Value:
        """What a bid adds to each stage of the goals."""
        if bid.id not in self.found:
            mine = self._value([bid.id])
            self.found[bid.id] = tuple(a - b for a, b in zip(mine, self.nothing, strict=True))
        return self.found[bid.id]

    def ties(self, bid: Bid) -> Value:
        """What a bid adds to each tie rule."""
        with_it, without = (Allocation.of(self.market, ids) for ids in ([bid.id], []))
        return tuple(tie.value(with_it) - tie.value(without) for tie in self.wish.ties)

    def points(self, bid: Bid) -> float | None:
        """A bid's score for price and quality, from 0 to 100."""
        return None if self.score is None else float(self.score.score(bid, self.against))

    def _value(self, bids: list[str]) -> Value:
        plan = Allocation.of(self.market, bids)
        stages = known(self.wish.stages, plan, [None] * len(self.wish.stages))
        return tuple(stage.value or Fraction(0) for stage in stages)


def _ranking(
    worth: Worth, admissions: Admissions, winning: frozenset[str], item: Item, reasons: Reasons | None
) -> ItemRanking:
    bids = admissions.on(item)
    singles = _ranked(worth, admissions, winning, [bid for bid in bids if not bid.package])
    packages = _ranked(worth, admissions, winning, [bid for bid in bids if bid.package])
    why = _why(singles, packages, reasons)
    return ItemRanking(item, worth.market.item_name(item), singles, packages, why)


def _ranked(worth: Worth, admissions: Admissions, winning: frozenset[str], bids: Sequence[Bid]) -> tuple[Ranked, ...]:
    """The bids that may win by what they add, then those refused; equal ones in the order of their ids."""
    valid = sorted((worth.adds(bid), bid.id) for bid in bids if bid.id in admissions.valid)
    values = [value for value, _ in valid]
    rank = {id: values.index(value) + 1 for value, id in valid}
    found = []
    for id in [*rank, *sorted(bid.id for bid in bids if bid.id not in rank)]:
        bid = admissions.market.bid[id]
        refused = tuple(dict.fromkeys(refusal.rule for refusal in admissions.refusals(bid)))
        found.append(
            Ranked(
                id,
                bid.provider,
                bid.price,
                rank.get(id),
                id in winning,
                bid.quality,
                worth.points(bid),
                worth.adds(bid),
                refused,
            )
        )
    return tuple(found)


def _why(singles: Sequence[Ranked], packages: Sequence[Ranked], reasons: Reasons | None) -> str:
    """Why a bid that is ranked first does not win."""
    first = [ranked for ranked in singles if ranked.rank == 1]
    if not first or any(ranked.wins for ranked in first):
        return ""
    reason = reasons.of(first[0].bid) if reasons is not None else None
    name = f"{first[0].bid} is first and does not win"
    if reason is not None:
        return f"{name}: {reason.why}."
    if any(ranked.wins for ranked in (*singles, *packages)):
        return f"{name}: the rules and all lots together make another award better."
    return f"{name}: nothing is awarded here."
