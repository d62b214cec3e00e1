"""The master problem of an allocation: the offers that may win, the rows between them, and solving over both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from lotopt.allocation import bid_terms
from lotopt.allocation.allocation import WHOLE
from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.allocation.offers import Extra, Floats, Offers
from lotopt.allocation.standing import may_win
from lotopt.core.errors import InputError
from lotopt.core.result import Status
from lotopt.engine.model.rows import Answer, Ints, Master, Row
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.explicit import solve_explicit
from lotopt.engine.solve.master import solve_milp
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.market import Market

# The objective is solved in hundredths of its unit, so that prices are whole pence.
HUNDREDTHS = 100.0


def places_of(rules: Sequence[AwardRule]) -> tuple[Decimal, ...]:
    """The shares of the work by place; raises InputError where two rules say different things."""
    said = {rule.label: places for rule in rules if (places := rule.places())}
    if len(set(said.values())) > 1:
        raise InputError("allocation", [f"{' and '.join(said)} give different shares to the winners of a lot"])
    return next(iter(said.values()), (WHOLE,))


def open_offers(market: Market, shares: Sequence[Decimal] = (WHOLE,), rules: Sequence[AwardRule] = ()) -> Offers:
    """The offers of all bids, but for lots that are cancelled or awarded without competition."""
    exclusive = frozenset(item for rule in rules for item in rule.exclusive(market))
    offers = Offers.of(market, shares, exclusive)
    if not market.closed:
        return offers
    return offers.only(np.array([market.closed.isdisjoint(bid.items) for bid in offers.bids], dtype=np.bool_))


def admitted(market: Market, rules: Sequence[AwardRule]) -> Offers:
    """The offers that every rule lets win."""
    offers = open_offers(market, places_of(rules), rules)
    standing = may_win(market, rules)
    admits = np.ones(len(offers), dtype=np.bool_)
    for rule in rules:
        admits &= rule.admits(offers)
    beside = frozenset(id for rule in rules for id in rule.barred_beside(market, standing))
    return replace(offers.only(admits & offers.outside(beside)), may_win=standing)


@dataclass(eq=False)
class Problem:
    """Offers and rows of a market under some rules; cuts that were needed once are kept."""

    offers: Offers
    rules: tuple[AwardRule, ...]
    rows: list[Row]
    extra: tuple[str, ...]
    cuts: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, market: Market, rules: Sequence[AwardRule]) -> Problem:
        """The problem that rules make of a market."""
        offers = admitted(market, rules)
        extra = Extra(len(offers))
        rows = [*bid_terms.rows(offers, extra)]
        for rule in rules:
            rows += rule.rows(offers, extra)
        return cls(offers, tuple(rules), rows, tuple(extra.keys))

    @property
    def keys(self) -> tuple[str, ...]:
        """A stable name of every column."""
        return (*self.offers.keys, *self.extra)

    def master(self, costs: Floats, constant: float = 0.0, more: Sequence[Row] = ()) -> Master:
        """The problem at these costs of offers, with more rows if given."""
        every = np.zeros(len(self.offers) + len(self.extra))
        every[: len(self.offers)] = costs
        return Master(every, (*self.rows, *self.cuts, *more), self.keys, constant)

    def costs(self, goals: Sequence[AwardGoal]) -> tuple[Floats, float]:
        """The weighted goals: what each offer adds, and what nothing at all comes to, in hundredths."""
        costs = np.zeros(len(self.offers))
        constant = 0.0
        for goal in goals:
            costs += goal.weight * goal.costs(self.offers)
            constant += goal.weight * HUNDREDTHS * float(goal.constant(self.offers.market))
        return costs, constant

    def solve(
        self,
        goals: Sequence[AwardGoal],
        options: SolverOptions,
        clock: Clock,
        progress: Progress | None = None,
        more: Sequence[Row] = (),
        start: Ints | None = None,
    ) -> Answer:
        """The best choice under all rows, those included that rules add where an answer asks for them."""
        costs, constant = self.costs(goals)
        while True:
            master = self.master(costs, constant, more)
            answer = solve_explicit(master, options, clock, progress, start=start)
            if not self._cut(answer):
                return answer
            if answer.interrupted or clock.over():
                return _without_plan(answer)
            start = None

    def exists(
        self,
        options: SolverOptions,
        clock: Clock,
        more: Sequence[Row] = (),
    ) -> Answer:
        """Any choice under all rows, or that there is none."""
        while True:
            answer = solve_milp(self.master(np.zeros(len(self.offers)), 0.0, more), options, clock)
            if not self._cut(answer):
                return answer
            if answer.interrupted or clock.over():
                return _without_plan(answer)

    def _cut(self, answer: Answer) -> bool:
        """Whether a rule that is not all written down is broken; what it says then is kept."""
        if answer.chosen is None:
            return False
        plan = None
        taken = np.zeros(len(self.keys), dtype=np.bool_)
        taken[answer.chosen] = True
        before = len(self.cuts)
        for rule in self.rules:
            if type(rule).cuts is not AwardRule.cuts:
                plan = plan or self.offers.plan(answer.chosen)
                # a row that holds within what rounding comes to would be asked for again and again
                broken = (row for row in rule.cuts(self.offers, plan) if row.slips(row.values[taken[row.columns]]))
                self.cuts += broken
        return len(self.cuts) > before


def _without_plan(answer: Answer) -> Answer:
    """An answer whose plan breaks a rule, out of time: only its bound holds."""
    return Answer(Status.UNKNOWN, None, None, answer.bound, answer.interrupted, answer.notes)
