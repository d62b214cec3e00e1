"""Reopen: some lots awarded anew, or some bids withdrawn, with the other awards kept or free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardGoal, AwardRule, named_bids, who
from lotopt.allocation.explain.again import Question, costs_more
from lotopt.allocation.explain.changes import Change, bids_of, changes
from lotopt.allocation.explain.given import Gone, Stays
from lotopt.allocation.explain.known import Difference
from lotopt.allocation.wish import Wish
from lotopt.core.errors import InputError, did_you_mean
from lotopt.core.result import Result
from lotopt.core.told import Told, listed
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.bid import MEMBER, PRIME, Item
from lotopt.market.market import Market

if TYPE_CHECKING:
    import pandas as pd

Others = Literal["fixed", "free"]


@dataclass(frozen=True)
class Reopened(Told):
    """What became of a re-run: its own `result`, the lots that change hands, and what it costs.

    `items` were awarded anew; `withdrawn` are bids that could not win; `others` says whether the other awards were
    kept. `differences` are by how much each stage of goals is higher than `before`.
    """

    before: Allocation
    result: Result[Allocation]
    items: tuple[Item, ...]
    withdrawn: tuple[str, ...]
    others: Others
    changes: tuple[Change, ...] = ()
    differences: tuple[Difference, ...] = ()
    done: bool = True

    @property
    def sentences(self) -> tuple[str, ...]:
        market = self.before.market
        gone = f"Without {named_bids(self.withdrawn)}. " if self.withdrawn else ""
        kept = "the other awards stay" if self.others == "fixed" else "all awards are free"
        first = f"{gone}Awarded anew: {listed(map(market.item_name, self.items))}; {kept}."
        if self.result.plan is None:
            why = [f"No such allocation exists: {line}" for line in self.result.conflict]
            return (first, *(why or ["No such allocation was found in the time."]))
        told = ", then ".join(f"{each.words()} by {each.goal}" for each in self.differences)
        moved = [f"{change}." for change in self.changes] or ["No lot changes hands."]
        return (first, *moved, f"Against the awards before: {told}.")

    def to_frame(self) -> pd.DataFrame:
        """One row per lot that changes hands: lot, service, bids and providers before and after."""
        import pandas as pd

        columns = ["lot", "lot_name", "service", "bids_before", "providers_before", "bids_after", "providers_after"]
        rows = [
            [
                *(change.item.lot, change.name, change.item.service),
                *("; ".join(names) for names in (change.before, change.providers_before)),
                *("; ".join(names) for names in (change.after, change.providers_after)),
            ]
            for change in self.changes
        ]
        return pd.DataFrame(rows, columns=columns)


def reopen(
    market: Market,
    rules: Iterable[AwardRule],
    goals: Iterable[AwardGoal],
    *,
    lots: Iterable[str] = (),
    withdrawn: Iterable[str] = (),
    others: Others = "fixed",
    in_order: bool = False,
    ties: Iterable[AwardGoal] = (),
    result: Result[Allocation] | None = None,
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> Reopened:
    """Award some lots anew, and those of bids that are withdrawn, with the other awards fixed or free.

    `withdrawn` names bids, providers or legal groups (then all bids they have a part in as bidder or member). All
    rules are checked again over everything. A package that holds a re-opened lot is re-opened whole. `result` is what
    allocate_bids gave; it is made now where none is given. Raises InputError for a lot or a bid that is not known,
    where there is no allocation to begin with, and as allocate_bids.
    """
    names = list(withdrawn)
    question = Question.of(market, Wish.of(rules, goals, in_order, ties), solver, progress)
    reopened, gone = set(lots), _bids(market, names)
    unknown = sorted(reopened - set(market.lot))
    if unknown:
        raise InputError("reopen", [f"no lot '{lot}'; {did_you_mean(lot, sorted(market.lot))}" for lot in unknown])
    made = question.first(result)
    if made.plan is None:
        raise InputError("reopen", ["there is no allocation whose awards could stay; see relaxations"])
    # a package is awarded whole or not at all: the rest of it is awarded anew too
    freed = frozenset(award.bid for award in made.plan if not reopened.isdisjoint(award.lots))
    items = {item for item in market.items if item.lot in reopened}
    items |= {item for award in made.plan if award.bid in gone | freed for item in award.items}
    more: list[AwardRule] = [Gone(bids=gone, who=listed(names))] if gone else []
    if others == "fixed":
        more.append(staying(made.plan, gone | freed, frozenset(items)))
    found = question.allocate(more)
    order = tuple(item for item in market.items if item in items)
    again = Reopened(made.plan, found, order, tuple(sorted(gone)), others, done=not found.interrupted)
    if found.plan is None:
        return again
    differences = costs_more(question.standing(found), question.standing(made))
    return Reopened(
        made.plan, found, order, again.withdrawn, others, changes(made.plan, found.plan), differences, again.done
    )


def staying(plan: Allocation, free: frozenset[str], items: frozenset[Item]) -> Stays:
    """All awards stay but for `free` bids, and only `items` are awarded anew.

    Another winner of such an item stays too; its share of the work may change.
    """
    shares = {
        award.bid: None if items.intersection(award.items) else award.share for award in plan if award.bid not in free
    }
    return Stays(shares=shares, items=items)


def _bids(market: Market, names: Iterable[str]) -> frozenset[str]:
    """The bids of the given names: bids, or bidders and members of their consortia."""
    found: set[str] = set()
    problems = []
    known = {*who(market)}
    for name in names:
        if name in market.bid:
            found.add(name)
        elif name in known:
            found.update(bids_of(market, [market.group_of_firm(name)], (PRIME, MEMBER)))
        else:
            problems.append(f"no bid or provider '{name}'; {did_you_mean(name, sorted({*market.bid, *known}))}")
    if problems:
        raise InputError("reopen", problems)
    return frozenset(found)
