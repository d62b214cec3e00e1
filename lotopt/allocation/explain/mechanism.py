"""Order of preference: the other published way to keep to a limit on lots, beside the optimal combination."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.audit import audit_allocation
from lotopt.allocation.clause import AwardGoal, AwardRule, named_bids
from lotopt.allocation.explain.acceptance import Accepted, Declined, accept
from lotopt.allocation.explain.admission import Admissions, winners_wanted
from lotopt.allocation.explain.again import Question, by_plan
from lotopt.allocation.explain.changes import Change, changes
from lotopt.allocation.explain.known import Difference
from lotopt.allocation.explain.ranking import Worth
from lotopt.allocation.problem import places_of
from lotopt.allocation.wish import Wish
from lotopt.core.reading import Audit
from lotopt.core.result import Result
from lotopt.core.told import Told, listed
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.bid import Item
from lotopt.market.market import Market

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class OrderOfPreference(Told):
    """What the order of preference gives, audited by the same rules, beside the optimal combination.

    `declined` are lots that a better bid gave up for lots its bidder prefers. `passed_over` are bids that take no
    part: packages, and bids on a condition. `changes` and `differences` go from the optimal combination to this
    allocation; both are empty where there is no optimal combination.
    """

    allocation: Allocation
    audit: Audit
    optimal: Allocation | None
    declined: tuple[Declined, ...]
    passed_over: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    differences: tuple[Difference, ...] = ()
    done: bool = True

    @property
    def sentences(self) -> tuple[str, ...]:
        market = self.allocation.market
        told = [self._refusal(each) for each in self.declined]
        told += [f"{clause}, broken: {reading}." for clause, reading in self._broken()]
        if self.passed_over:
            told.append(f"Packages and bids on a condition take no part: {named_bids(self.passed_over)}.")
        if self.optimal is None:
            return (*told, "There is no optimal combination to compare with.")
        moved = [f"Otherwise than the optimal combination, {change}." for change in self.changes]
        cost = ", then ".join(f"{each.words()} by {each.goal}" for each in self.differences)
        short = [market.item_name(item) for item in market.items if self._fewer(item)]
        note = f", {listed(short)} with fewer winners" if short else ""
        last = f"Against the optimal combination: {cost}{note}." if moved else "Both mechanisms give the same awards."
        return (*told, *moved, last)

    def _refusal(self, each: Declined) -> str:
        market = self.allocation.market
        bid = market.bid[each.bid]
        names = [market.item_name(market.bid[id].items[0]) for id in each.keeps]
        name = market.provider[bid.provider].title
        return f"{market.item_name(each.item)} passes {name} ({each.bid}), which keeps {listed(names)}."

    def _broken(self) -> list[tuple[str, str]]:
        return [(reading.clause, str(reading)) for reading in self.audit.broken]

    def _fewer(self, item: Item) -> bool:
        assert self.optimal is not None
        return len(self.allocation.bids_on(item)) < len(self.optimal.bids_on(item))

    def to_frame(self) -> pd.DataFrame:
        """One row per lot and service: bids and providers by order of preference and by optimal combination."""
        import pandas as pd

        market = self.allocation.market
        rows = []
        for item in market.items:
            sides = []
            for plan in (self.allocation, self.optimal):
                won = () if plan is None else plan.bids_on(item)
                sides.append("; ".join(each.bid.id for each in won))
                sides.append("; ".join(market.provider[each.bid.provider].title for each in won))
            rows.append([item.lot, market.item_name(item), item.service, *sides, sides[0] == sides[2]])
        columns = ["lot", "lot_name", "service", "preference_bids", "preference_providers", "optimal_bids"]
        return pd.DataFrame(rows, columns=[*columns, "optimal_providers", "same"])


def order_of_preference(
    market: Market,
    rules: Iterable[AwardRule],
    goals: Iterable[AwardGoal],
    *,
    in_order: bool = False,
    ties: Iterable[AwardGoal] = (),
    result: Result[Allocation] | None = None,
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> OrderOfPreference:
    """Each lot goes down its ranking; bidders at their limit keep the lots they prefer, the rest goes to the next.

    Lots rank the valid bids for them alone by the goals, equal ones by the tie rules and then by id. Bidders prefer
    by `preference`, then in the order of lots in the market. What counts against them are the rules on what one
    provider wins (award limit, value cap, capacity, turnover test and their like, but no share of the total price);
    the audit tells which other rules are broken. The outcome is the same for the same input. `result` is the optimal
    combination, as allocate_bids gave it; it is made now where none is given. Raises InputError as allocate_bids.
    """
    question = Question.of(market, Wish.of(rules, goals, in_order, ties), solver, progress)
    optimal = question.first(result).plan
    admissions = Admissions(market, question.wish.rules)
    worth = Worth(market, question.wish)
    alone = {bid.id for bid in market.bids if not bid.package and not bid.only_with}
    ranked = {
        item: tuple(
            bid.id
            for bid in sorted(admissions.on(item), key=lambda bid: (worth.adds(bid), worth.ties(bid), bid.id))
            if bid.id in alone and bid.id in admissions.valid
        )
        for item in market.items
        if item not in market.closed
    }
    wanted = {item: winners_wanted(market, question.wish.rules, item) for item in ranked}
    found = accept(market, question.wish.rules, ranked, wanted)
    plan = _allocation(market, question.wish, found)
    audit = audit_allocation(plan, question.wish.rules)
    passed = tuple(sorted(bid.id for bid in market.bids if bid.id not in alone))
    if optimal is None:
        return OrderOfPreference(plan, audit, None, found.declined, passed)
    return OrderOfPreference(
        plan,
        audit,
        optimal,
        found.declined,
        passed,
        changes(optimal, plan),
        by_plan(question.wish, plan, optimal),
    )


def _allocation(market: Market, wish: Wish, found: Accepted) -> Allocation:
    """The bids that lots end with, each with the share of its place."""
    shares = places_of(wish.rules)
    return Allocation.of(
        market,
        {
            bid: shares[place] if len(shares) > 1 else shares[0]
            for bids in found.winners.values()
            for place, bid in enumerate(bids)
        },
    )
