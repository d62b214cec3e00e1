"""Price of each rule: the optimum with all rules less the optimum without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.allocation.explain.admission import beside
from lotopt.allocation.explain.again import Question, Standing
from lotopt.allocation.explain.known import Difference
from lotopt.allocation.problem import Problem
from lotopt.allocation.wish import Wish
from lotopt.core.prices import Prices
from lotopt.core.result import Result
from lotopt.engine.solve.one_by_one import one_by_one
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.market import Market

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RulePrice:
    """What one rule costs: by how much each stage of goals is worse for it. `explains` is the rule as a sentence.

    `gained` are bids that would win without it, `lost` those that would not; `nothing` where none would win at all.
    """

    rule: str
    explains: str
    differences: tuple[Difference, ...]
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    nothing: bool = False

    @property
    def binds(self) -> bool | None:
        """Whether the goals would be better without it; None where that is not known."""
        for each in self.differences:
            if each.none:
                continue
            if each.least is not None and each.least > 0:
                return True
            return None if each.most is None or each.most > 0 else False
        return False

    def __str__(self) -> str:
        if self.binds is False:
            return f"{self.rule} costs nothing."
        if self.nothing:
            return f"Without {self.rule} nothing would be awarded."
        if len(self.differences) == 1:
            return f"{self.rule} costs {_cost(self.differences[0])}."
        told = ", then ".join(f"{each.words()} by {each.goal}" for each in self.differences)
        return f"With {self.rule} it is {told}."


def _cost(each: Difference) -> str:
    """A difference without the word more: what is paid."""
    if each.least == 0 and each.most is not None:
        return Difference(each.goal, each.unit, None, each.most, each.of).words().removesuffix(" more")
    return each.words().replace(" more", "")


class RulePrices(Prices[RulePrice]):
    """The price of every rule of an allocation, in the order of the rules."""

    def to_frame(self) -> pd.DataFrame:
        """One row per rule and stage of goals: rule, goal, costs at least and at most, unit, share, binds."""
        import pandas as pd

        rows = []
        for price in self.prices:
            for each in price.differences:
                low, high = (None if end is None else float(end) for end in (each.least, each.most))
                share = high / abs(float(each.of)) if high is not None and each.of else None
                rows.append([price.rule, each.goal, low, high, each.unit, share, price.binds, price.explains])
        columns = ["rule", "goal", "at_least", "at_most", "unit", "share", "binds", "explains"]
        return pd.DataFrame(rows, columns=columns)


def rule_prices(
    market: Market,
    rules: Iterable[AwardRule],
    goals: Iterable[AwardGoal],
    *,
    in_order: bool = False,
    ties: Iterable[AwardGoal] = (),
    result: Result[Allocation] | None = None,
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> RulePrices:
    """What each rule costs: the goals with all rules less the goals without this one, proven or between two ends.

    A rule that costs nothing does not bind. `result` is what allocate_bids gave; it is made now where none is given.
    Nothing is told where no allocation keeps all rules: `relaxations` is for that. The time limit of `solver` is for
    all rules together; after Ctrl-C what was found is given. Raises InputError as allocate_bids.
    """
    question = Question.of(market, Wish.of(rules, goals, in_order, ties), solver, progress)
    made = question.first(result)
    if made.plan is None:
        return RulePrices(())
    base = question.standing(made)
    every = question.wish.rules

    def price(rule: AwardRule) -> RulePrice:
        others = [other for other in every if other is not rule]
        found, _ = question.best(Problem.of(market, others), [])
        before, after = ({award.bid for award in plan or ()} for plan in (base.plan, found.plan))
        gained, lost = (after - before, before - after) if found.plan is not None else (set[str](), set[str]())
        told = (tuple(sorted(gained)), tuple(sorted(lost)), found.plan is not None and not found.plan.awards)
        return RulePrice(rule.label, rule.explain(), _prices(base, found, not beside(others)), *told)

    found, done = one_by_one(every, price, question.clock, progress, "rules")
    return RulePrices(tuple(found), tuple(rule.label for rule in every[len(found) :]), done)


def _prices(base: Standing, without: Standing, wider: bool) -> tuple[Difference, ...]:
    """How much worse each stage of goals is with the rule.

    `wider`: without the rule all that was possible is still possible, so the first stage is no worse. What is said of
    a later one stops where those before are not proven.
    """
    found = []
    sure = True
    for at, (mine, theirs) in enumerate(zip(base.goals, without.goals, strict=False)):
        least = most = None
        if sure and mine.bound is not None and theirs.value is not None:
            least = mine.bound - theirs.value
        if sure and mine.value is not None and theirs.bound is not None:
            most = mine.value - theirs.bound
        if wider and at == 0:
            least = max(least, Fraction(0)) if least is not None else Fraction(0)
            most = None if most is None else max(most, Fraction(0))
        found.append(Difference(mine.name, mine.unit, least, most, mine.value))
        sure = sure and mine.proven and theirs.proven
    return tuple(found)
