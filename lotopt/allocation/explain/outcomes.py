"""Outcomes: what became of every lot, with how many bidders, and why where nobody won it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.allocation.explain.admission import Admissions, winners_wanted
from lotopt.allocation.explain.again import Question
from lotopt.allocation.wish import Wish
from lotopt.core.result import Result
from lotopt.core.told import Told, listed
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.bid import Item
from lotopt.market.market import Market

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["awarded", "partly awarded", "cancelled", "direct award", "no bid", "no valid bid", "not awarded"]


@dataclass(frozen=True)
class ItemOutcome:
    """What became of one lot and service.

    `bidders` and `valid_bidders` are legal groups that bid for it, and those of them with a bid that every rule lets
    win. `winners` are the providers that won it, of `wanted` winners. `refused_by` are the rules that between them
    refuse every bid; `reason` is what the buyer says of a lot that is not open.
    """

    item: Item
    name: str
    kind: Kind
    bidders: int
    valid_bidders: int
    winners: tuple[str, ...] = ()
    wanted: int = 1
    refused_by: tuple[str, ...] = ()
    reason: str = ""

    @property
    def direct_award_candidate(self) -> bool:
        """Whether no valid bid came in, so that a direct award may be thought of, which needs a justification."""
        return self.kind in ("no bid", "no valid bid")

    def __str__(self) -> str:
        bidders = f"{count(self.bidders)}, {self.valid_bidders} of them valid"
        because = f" ({self.reason})" if self.reason else ""
        may = "; a direct award is possible only with a justification of its own"
        told = {
            "awarded": f"awarded to {listed(self.winners)}, {bidders}",
            "partly awarded": f"partly awarded, to {listed(self.winners)}: {len(self.winners)} of {self.wanted} "
            f"winners, {bidders}",
            "cancelled": f"cancelled{because}",
            "direct award": f"awarded without competition{because}",
            "no bid": f"no bid came in{may}",
            "no valid bid": f"no valid bid, {count(self.bidders)} refused by {listed(self.refused_by)}{may}",
            "not awarded": f"not awarded although valid bids exist, {bidders}",
        }[self.kind]
        return f"{self.name}: {told}."


@dataclass(frozen=True)
class Outcomes(Told):
    """What became of every lot and service, in the order of the market."""

    items: tuple[ItemOutcome, ...]
    done: bool = True

    def of(self, item: Item) -> ItemOutcome:
        """The outcome of one lot and service. Raises KeyError where there is none such."""
        return {each.item: each for each in self.items}[item]

    @property
    def without_valid_bid(self) -> tuple[Item, ...]:
        """Lots for a direct award with a justification, a new competition, or none."""
        return tuple(each.item for each in self.items if each.direct_award_candidate)

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(map(str, self.items))

    def to_frame(self) -> pd.DataFrame:
        """One row per lot and service: outcome, winners, how many are wanted, bidders, valid bidders, refused by."""
        import pandas as pd

        columns = ["lot", "lot_name", "service", "outcome", "winners", "wanted", "bidders", "valid_bidders"]
        columns += ["refused_by", "reason", "direct_award_candidate"]
        rows = [
            [
                *(each.item.lot, each.name, each.item.service, each.kind, "; ".join(each.winners), each.wanted),
                *(each.bidders, each.valid_bidders, "; ".join(each.refused_by), each.reason),
                each.direct_award_candidate,
            ]
            for each in self.items
        ]
        return pd.DataFrame(rows, columns=columns)


def outcomes(
    market: Market,
    rules: Iterable[AwardRule],
    goals: Iterable[AwardGoal] = (),
    *,
    in_order: bool = False,
    ties: Iterable[AwardGoal] = (),
    result: Result[Allocation] | None = None,
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> Outcomes:
    """What became of every lot: awarded, in part, cancelled, direct award, no bid, no valid bid, or not awarded.

    `result` is what allocate_bids gave; it is made now where none is given. Without an allocation every open lot with
    valid bids is not awarded. Raises InputError as allocate_bids.
    """
    question = Question.of(market, Wish.of(rules, goals, in_order, ties), solver, progress)
    plan = question.first(result).plan or Allocation.of(market, [])
    admissions = Admissions(market, question.wish.rules)
    return Outcomes(tuple(_outcome(admissions, plan, item) for item in market.items))


def count(bidders: int) -> str:
    """A number of bidders in words."""
    return f"{bidders} bidder{'' if bidders == 1 else 's'}"


def _outcome(admissions: Admissions, plan: Allocation, item: Item) -> ItemOutcome:
    market = admissions.market
    bids = admissions.on(item)
    bidders = {market.group_of(bid) for bid in bids}
    valid = {market.group_of(bid) for bid in bids if bid.id in admissions.valid}
    terms = market.terms_of(item)
    winners = tuple(market.provider[won.bid.provider].title for won in plan.bids_on(item))
    wanted = winners_wanted(market, admissions.rules, item)
    kind: Kind
    refused_by: tuple[str, ...] = ()
    if not terms.open:
        kind = "cancelled" if terms.status == "cancelled" else "direct award"
    elif winners:
        kind = "awarded" if len(winners) >= wanted else "partly awarded"
    elif not bids:
        kind = "no bid"
    elif not valid:
        kind = "no valid bid"
        refused_by = tuple(dict.fromkeys(refusal.rule for bid in bids for refusal in admissions.refusals(bid)))
    else:
        kind = "not awarded"
    return ItemOutcome(
        item, market.item_name(item), kind, len(bidders), len(valid), winners, wanted, refused_by, terms.reason
    )
