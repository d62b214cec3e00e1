"""Reasons: for every losing bid, the rule that refuses it or what awarding it would have cost, proven by solving."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from lotopt.allocation.allocation import WHOLE, Allocation
from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.allocation.explain.admission import Admissions
from lotopt.allocation.explain.again import Question, Standing, costs_more
from lotopt.allocation.explain.forbids import OwnTerm, forbidding, wins
from lotopt.allocation.explain.known import Difference, Known
from lotopt.allocation.problem import Problem
from lotopt.allocation.wish import Wish
from lotopt.core.result import Result, Status
from lotopt.core.told import Told, listed
from lotopt.engine.model.rows import Ints
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.one_by_one import one_by_one
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market

if TYPE_CHECKING:
    import pandas as pd

# Of the time that is left, what one bid may take.
PART = 0.25
Kind = Literal["refused", "costs", "equal", "impossible", "not known"]


@dataclass(frozen=True)
class Reason:
    """Why a bid lost.

    `kind`: "refused" by the rules named whatever else wins; "costs": awarding it makes the goals worse by
    `differences` (one for each stage of goals, where they count in order); "equal": as good, and a tie rule or the
    draw took the other; "impossible": no allocation with it keeps the rules named, which are a smallest set;
    "not known": the time was too short. `wins` and `loses` are other bids that would win, or no longer, with it;
    `share` is what it would get of the work.
    """

    bid: str
    provider: str
    group: str
    items: tuple[Item, ...]
    price: Decimal
    kind: Kind
    rules: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    wins: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    share: Decimal = WHOLE

    def __str__(self) -> str:
        return f"Bid {self.bid} ({'; '.join(map(str, self.items))}) of {self.provider}: {self.why}."

    @property
    def why(self) -> str:
        """The reason without whose it is."""
        if self.kind == "refused":
            return f"refused by {listed(dict.fromkeys(self.rules))}: {'; '.join(_open_ended(self.details))}"
        if self.kind == "impossible":
            if not self.details:
                return "no allocation with it exists, whatever the rules"
            by = listed(dict.fromkeys(self.rules))
            return f"no allocation with it keeps {by}: {'; '.join(_open_ended(self.details))}"
        if self.kind == "not known":
            return "what awarding it would have cost was not found in the time"
        swap = self._instead()
        if self.kind == "equal":
            by = listed(self.details, none="the draw among equals fell otherwise")
            return f"{self._part()} is as good as what was awarded{swap}; {by}"
        told = [f"{each.words()} by {each.goal}" for each in self.differences]
        alone = len(self.differences) == 1
        cost = self.differences[0].words() if alone else ", then ".join(told)
        return f"{self._part()} would cost {cost}{swap}"

    def _part(self) -> str:
        """What is thought of, with the share of the work where it is not all."""
        if self.share == WHOLE:
            return "awarding it"
        return (
            f"awarding it {100 * self.share.normalize():f} % of the work" if self.share else "holding it in reserve"
        )

    def _instead(self) -> str:
        joined = f" together with {listed(self.wins, 4)}" if self.wins else ""
        return f"; it would win{joined} in place of {listed(self.loses, 4)}" if self.loses else joined


@dataclass(frozen=True)
class Reasons(Told):
    """A reason for every losing bid, in the order of their ids; `left` are those there was no time for."""

    reasons: tuple[Reason, ...]
    left: tuple[str, ...] = ()
    done: bool = True

    def of(self, bid: str) -> Reason | None:
        """The reason of one bid; None where it won, or nothing was worked out."""
        return next((reason for reason in self.reasons if reason.bid == bid), None)

    @property
    def sentences(self) -> tuple[str, ...]:
        left = (f"The time was over before {len(self.left)} other losing bids.",) if self.left else ()
        return (*map(str, self.reasons), *left)

    def to_frame(self) -> pd.DataFrame:
        """One row per losing bid: bid, provider, lots, price, kind, rules, goal, costs at least and at most, why."""
        import pandas as pd

        columns = ["bid", "provider", "lots", "price", "kind", "rules", "goal", "at_least", "at_most", "unit", "why"]
        return pd.DataFrame([_row(reason) for reason in self.reasons], columns=columns)


def _row(reason: Reason) -> list[object]:
    first = next((each for each in reason.differences if not each.none), None)
    first = first or next(iter(reason.differences), None)
    ends: list[object] = [None, None, None, None]
    if first is not None:
        low, high = (None if end is None else float(end) for end in (first.least, first.most))
        ends = [first.goal, low, high, first.unit]
    lots = "; ".join(map(str, reason.items))
    rules = "; ".join(dict.fromkeys(reason.rules))
    return [reason.bid, reason.provider, lots, reason.price, reason.kind, rules, *ends, reason.why]


def reasons(
    market: Market,
    rules: Iterable[AwardRule],
    goals: Iterable[AwardGoal],
    *,
    in_order: bool = False,
    ties: Iterable[AwardGoal] = (),
    result: Result[Allocation] | None = None,
    bids: Iterable[str] | None = None,
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> Reasons:
    """For every losing bid the rule that refuses it, or by how much the goals are worse where it wins.

    The latter by solving again with the bid forced to win: the difference is exact where both solves are proven, and
    told with its ends where not. Where no allocation with the bid exists, a smallest set of rules and of terms of
    bidders that forbid it. `result` is what allocate_bids gave (made now, where none is given), `bids` only some of
    the losing ones. The time limit of `solver` is for all bids together; what is not reached by then, or by Ctrl-C,
    is `left`. Nothing is told where nothing was awarded for lack of an allocation.
    Raises InputError as allocate_bids.
    """
    question = Question.of(market, Wish.of(rules, goals, in_order, ties), solver, progress)
    made = question.first(result)
    if made.plan is None:
        return Reasons(())
    winning = {award.bid for award in made.plan}
    wanted = None if bids is None else set(bids)
    losing = sorted(id for id in market.bid if id not in winning and (wanted is None or id in wanted))
    case = _Case(question, made)
    found, done = one_by_one(losing, case.reason, question.clock, progress, "reasons")
    return Reasons(tuple(found), tuple(losing[len(found) :]), done)


class _Case:
    """One allocation that was made, and its losing bids one after the other over the same problem."""

    def __init__(self, question: Question, made: Result[Allocation]) -> None:
        assert made.plan is not None
        self.question, self.plan = question, made.plan
        self.base = question.standing(made)
        self.admissions = Admissions(question.market, question.wish.rules)
        self.problem = Problem.of(question.market, question.wish.rules)
        self.seen: list[Ints] = []

    def reason(self, id: str) -> Reason:
        market = self.question.market
        bid = market.bid[id]
        reason = Reason(id, bid.provider, market.group_of(bid), bid.items, bid.price, "not known")
        refusals = self.admissions.refusals(bid)
        if refusals:
            by, told = zip(*((refusal.rule, refusal.sentence) for refusal in refusals), strict=True)
            return replace(reason, kind="refused", rules=by, details=told)
        row = wins(self.problem, id)
        found, chosen = self.question.best(self.problem, [row], self._begin(id), self._while())
        if found.status == Status.INFEASIBLE:
            return self._forbidden(reason, bid)
        if chosen is not None:
            self.seen.append(chosen)
        differences = costs_more(found, self.base, narrower=True)
        if all(each.least is None and each.most is None for each in differences):
            return reason
        if all(each.none for each in differences) and chosen is not None:
            ties, plan = self.question.tied(self.problem, [row], chosen)
            return self._swapped(replace(self._tied(reason, ties), differences=differences), plan)
        return self._swapped(replace(reason, kind="costs", differences=differences), found.plan)

    def _while(self) -> Clock:
        """The time for one bid: one that is hard leaves some for the others."""
        return self.question.clock.part(PART, at_least=1.0)

    def _begin(self, id: str) -> Ints | None:
        """The best allocation with this bid that was met on the way."""
        mine = set(self.problem.offers.by_bid[id].tolist())
        costs, constant = self.problem.costs(self.question.wish.stages[0])
        master = self.problem.master(costs, constant)
        return min((c for c in self.seen if mine.intersection(c.tolist())), key=master.objective, default=None)

    def _swapped(self, reason: Reason, plan: Allocation | None) -> Reason:
        """With the other bids that would win, or no longer."""
        if plan is None:
            return reason
        before, after = ({award.bid for award in made} for made in (self.plan, plan))
        wins = tuple(sorted(after - before - {reason.bid}))
        share = next((award.share for award in plan if award.bid == reason.bid), WHOLE)
        return replace(reason, wins=wins, loses=tuple(sorted(before - after)), share=share)

    def _forbidden(self, reason: Reason, bid: Bid) -> Reason:
        question = self.question
        by, smallest = forbidding(question.market, question.wish.rules, bid, question.options, question.clock)
        told = [each.words(question.market) if isinstance(each, OwnTerm) else each.explain() for each in by]
        if not smallest:
            told.append("perhaps not all of them are needed for that; the time was over")
        return replace(reason, kind="impossible", rules=tuple(each.label for each in by), details=tuple(told))

    def _tied(self, reason: Reason, ties: tuple[Known, ...]) -> Reason:
        """Goals are equal: the tie rules decide, the first of them that differs."""
        told: list[str] = []
        for mine, theirs in zip(ties, self._own_ties, strict=False):
            more = costs_more(Standing(Status.OPTIMAL, None, (mine,)), Standing(Status.OPTIMAL, None, (theirs,)))[0]
            if not more.none:
                told.append(f"{mine.name} decided: {more.words()}")
                break
        return replace(reason, kind="equal", details=tuple(told))

    @property
    def _own_ties(self) -> Iterator[Known]:
        for tie in self.question.wish.ties:
            value = tie.value(self.plan)
            yield Known(tie.label, tie.unit, value, value)


def _open_ended(sentences: Iterable[str]) -> list[str]:
    """Sentences to be joined in one: without their full stops."""
    return [sentence.rstrip(".") for sentence in sentences]
