"""Failure drill: each winning provider falls away in turn, its lots are awarded again, all rules checked again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardGoal, AwardRule, who
from lotopt.allocation.explain.again import Question, costs_more, standing
from lotopt.allocation.explain.changes import Change, Growth, bids_of, changes, dearer, growth
from lotopt.allocation.explain.gaps import Gap, fewest_missing, short, why_short
from lotopt.allocation.explain.given import Gone
from lotopt.allocation.explain.known import Difference
from lotopt.allocation.explain.rerun import staying
from lotopt.allocation.explain.takers import Blocked, blocked
from lotopt.allocation.wish import Wish
from lotopt.core.errors import InputError, did_you_mean
from lotopt.core.result import Result, Status
from lotopt.core.told import Told, listed
from lotopt.engine.solve.one_by_one import one_by_one
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.bid import MEMBER, PRIME, SUBCONTRACTOR, Item
from lotopt.market.market import Market

if TYPE_CHECKING:
    import pandas as pd

Scope = Literal["its lots", "everything"]


@dataclass(frozen=True)
class Reaward:
    """What is awarded after a failure: `its lots` alone, all other awards kept, or `everything` anew.

    `full`: every rule is kept; else lots went without (`gaps`), as few as can be. `price` and `differences` compare
    with the awards before, `changes` and `growth` say who takes over what. Without a `plan`, `status` says that there
    is none, or that none was found in the time, and `conflict` why.
    """

    scope: Scope
    status: Status
    plan: Allocation | None = None
    full: bool = False
    gaps: tuple[Gap, ...] = ()
    price: Difference | None = None
    differences: tuple[Difference, ...] = ()
    changes: tuple[Change, ...] = ()
    growth: tuple[Growth, ...] = ()
    conflict: tuple[str, ...] = ()

    @property
    def sentences(self) -> Iterator[str]:
        name = {"its lots": "Its lots alone", "everything": "Everything anew"}[self.scope]
        if self.plan is None:
            why = f": {'; '.join(self.conflict)}" if self.conflict else ""
            none = self.status == Status.INFEASIBLE
            yield f"{name}: no award {'exists' if none else 'was found in the time'}{why}."
            return
        assert self.price is not None
        told = "; ".join(map(str, self.changes)) or "no lot changes hands"
        proven = "" if self.status == Status.OPTIMAL else " (not proven to be the least)"
        covered = " for what is covered" if self.gaps else ""
        yield f"{name}: {told}. The total price is {_same(self.price)}{covered}{proven}."
        yield from (f"{name}, not covered: {gap}." for gap in self.gaps)


def _same(price: Difference) -> str:
    return "the same" if price.none else price.words()


@dataclass(frozen=True)
class Failure:
    """Legal groups that fall away together, the lots they lose, and both ways to award again.

    `alike` are winning groups whose failure takes the same bids away. `blocked` are bids for these lots that a limit
    on one provider keeps from taking over beside the awards that stay.
    """

    groups: tuple[str, ...]
    lost: tuple[Item, ...]
    bids: tuple[str, ...]
    its_lots: Reaward
    everything: Reaward
    blocked: tuple[Blocked, ...] = ()
    names: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        same = f" (or {listed(self.alike)}, with the same bids)" if self.alike else ""
        lots = f"{len(self.lost)} lot{'' if len(self.lost) == 1 else 's'}"
        told = [f"Without {listed(self.groups)}{same}: {lots} lost, {listed(self.names)}."]
        told += self.its_lots.sentences
        told += [f"{each}." for each in self.its_lots.growth]
        told += [f"{each}." for each in self.blocked]
        return (*told, *self.everything.sentences)


@dataclass(frozen=True)
class Drill(Told):
    """What happens when each winner fails, bidders before their partners, then each pair; `left` for lack of time.

    Groups that fall with the same bids are one failure.
    """

    failures: tuple[Failure, ...]
    left: tuple[tuple[str, ...], ...] = ()
    done: bool = True

    def of(self, *groups: str) -> Failure | None:
        """What happens when these legal groups fail together."""
        asked = set(groups)
        for failure in self.failures:
            if set(failure.groups) == asked or (len(asked) == 1 and asked <= set(failure.alike)):
                return failure
        return None

    @property
    def sentences(self) -> tuple[str, ...]:
        left = [f"The time was over before {listed(groups)}." for groups in self.left]
        return (*(line for failure in self.failures for line in failure.sentences), *left)

    def to_frame(self) -> pd.DataFrame:
        """Two rows per failure: failed, scope, lots lost, status, in full or not, lots not covered, price and what it
        is more, what changes hands, bids that are blocked."""
        import pandas as pd

        columns = ["failed", "scope", "lost", "status", "full", "not_covered", "price", "more", "changes", "blocked"]
        rows = []
        for failure in self.failures:
            for again in (failure.its_lots, failure.everything):
                price = None if again.plan is None else again.plan.total_price
                more = None if again.price is None else again.price.amount
                rows.append(
                    [
                        *("; ".join(failure.groups), again.scope, "; ".join(failure.names), str(again.status)),
                        *(again.full, "; ".join(gap.name for gap in again.gaps), price, more),
                        *("; ".join(map(str, again.changes)), "; ".join(each.bid for each in failure.blocked)),
                    ]
                )
        return pd.DataFrame(rows, columns=columns)


def failure_drill(
    market: Market,
    rules: Iterable[AwardRule],
    goals: Iterable[AwardGoal],
    *,
    in_order: bool = False,
    ties: Iterable[AwardGoal] = (),
    result: Result[Allocation] | None = None,
    pairs: Iterable[Sequence[str]] = (),
    subcontractors: bool = False,
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> Drill:
    """Every winning legal group falls away in turn, and every one of `pairs` of providers or groups together.

    No bid in which a fallen group is bidder or member of the consortium (`subcontractors`: or subcontractor) wins.
    Its lots are awarded again with all other awards kept, and everything is awarded anew, under all rules; providers
    of last resort may step in where the rules let them. Where no such award exists, as few lots as can be go without.
    Scores and shares are still taken over all bids that came in. `result` is what allocate_bids gave; it is made now
    where none is given. The time limit of `solver` is for all of it; after Ctrl-C what was found is given. Raises
    InputError for a pair that names nobody and as allocate_bids.
    """
    question = Question.of(market, Wish.of(rules, goals, in_order, ties), solver, progress)
    together = [_groups(market, pair) for pair in pairs]
    made = question.first(result)
    if made.plan is None:
        return Drill(())
    roles = (PRIME, MEMBER, SUBCONTRACTOR) if subcontractors else (PRIME, MEMBER)
    winning = made.plan.by_group(roles)
    alike: dict[frozenset[str], list[str]] = {}
    for group in sorted(winning, key=lambda group: (group not in market.groups, group)):  # bidders before partners
        alike.setdefault(frozenset(bids_of(market, [group], roles)), []).append(group)
    cases = [(names[:1], names[1:]) for names in alike.values()]
    cases += [(list(pair), []) for pair in together if set(pair) & set(winning)]
    drill = _Drill(question, made, roles)
    found, done = one_by_one(cases, drill.failure, question.clock, progress, "failures")
    return Drill(tuple(found), tuple(tuple(names) for names, _ in cases[len(found) :]), done)


def _groups(market: Market, names: Sequence[str]) -> tuple[str, ...]:
    unknown = [name for name in names if name not in who(market)]
    if unknown:
        raise InputError("pairs", [f"no provider '{name}'; {did_you_mean(name, who(market))}" for name in unknown])
    return tuple(dict.fromkeys(market.group_of_firm(name) for name in names))


class _Drill:
    """The awards that were made, and failures one after the other."""

    def __init__(self, question: Question, made: Result[Allocation], roles: tuple[str, ...]) -> None:
        assert made.plan is not None
        self.question, self.plan, self.roles = question, made.plan, roles
        self.base = question.standing(made)

    def failure(self, case: tuple[list[str], list[str]]) -> Failure:
        """What happens when the groups of a case fail; the second list falls with the same bids."""
        market = self.question.market
        groups, alike = map(tuple, case)
        gone = frozenset(bids_of(market, groups, self.roles))
        bids = tuple(award.bid for award in self.plan if award.bid in gone)
        items = frozenset(item for id in bids for item in market.bid[id].items)
        lost = tuple(item for item in market.items if item in items)
        without = Gone(bids=gone, who=listed(groups))
        kept = self._again("its lots", [without, staying(self.plan, gone, items)], [lost])
        anew = self._again("everything", [without], [lost, market.items])
        cannot: tuple[Blocked, ...] = ()
        if kept.plan is not None:
            cannot = blocked(market, self.question.wish.rules, kept.plan, gone, items)
        return Failure(groups, lost, bids, kept, anew, cannot, tuple(map(market.item_name, lost)), alike)

    def _again(self, scope: Scope, more: list[AwardRule], free: Sequence[Sequence[Item]]) -> Reaward:
        """The best award under more rules; where there is none, with the first set of lots let off that helps."""
        question = self.question
        found, wish = question.allocate(more), question.wish
        conflict, let_go = found.conflict, tuple[Item, ...]()
        for items in free:
            if found.status != Status.INFEASIBLE:
                break
            let_go = tuple(items)
            found, wish = fewest_missing(question, more, let_go, self.plan)
        if found.plan is None:
            return Reaward(scope, found.status, conflict=conflict)
        gaps: list[Gap] = []
        if let_go:
            missing = short(question.market, question.wish.rules, found.plan, let_go)
            gaps = why_short(question, more, found.plan, missing)
        return Reaward(
            scope,
            found.status,
            found.plan,
            not gaps,
            tuple(gaps),
            dearer(self.plan, found.plan),
            costs_more(standing(wish, found), self.base),
            changes(self.plan, found.plan),
            growth(self.plan, found.plan),
            conflict,
        )
