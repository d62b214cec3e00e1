"""Price of each rule of lot design: the optimum with all rules less the optimum without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lotopt.core.clause import named
from lotopt.core.errors import InputError
from lotopt.core.prices import Prices
from lotopt.core.reading import plain
from lotopt.core.result import GoalValue, Result, Status, gap_of
from lotopt.design.clause import DesignGoal, DesignRule
from lotopt.design.design import LotDesign
from lotopt.design.solve import design_lots
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.one_by_one import one_by_one
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.territory.territory import Territory

if TYPE_CHECKING:
    import pandas as pd

# Scores are sums of doubles: within this share they say the same.
SAME = 1e-9
WEIGHTED = "in the sum of the weighted goals"


@dataclass(frozen=True)
class DesignRulePrice:
    """What one rule costs: by how much the goals are worse for it, from `least` to `most`, in the objective's unit.

    `most` is None where nothing is proven of the lots without it. `score` is the objective with all rules, `without`
    the best that was found without this one, both in `unit`; `bound` is what is proven of that, `status` and `gap`
    are of that solve. `goals` are its goals one by one. `broken` of `readings` of the rule do not hold in its lots.
    `why` says where the rule cannot be left out.
    """

    rule: str
    explains: str
    unit: str
    score: float
    least: float = 0.0
    most: float | None = None
    without: float | None = None
    bound: float | None = None
    status: str = "unknown"
    goals: tuple[GoalValue, ...] = ()
    broken: int = 0
    readings: int = 0
    why: str = ""

    @property
    def binds(self) -> bool | None:
        """Whether the goals would be better without it; None where that is not known."""
        if self.least > 0:
            return True
        return False if self.most == 0 else None

    @property
    def exact(self) -> bool:
        """Whether both ends are the same, and so proven."""
        return self.most is not None and self.most - self.least <= SAME * abs(self.score)

    @property
    def gap(self) -> float | None:
        """The gap of the solve without the rule, a fraction; None where no bound is known."""
        return None if self.without is None or self.bound is None else gap_of(self.without, self.bound)

    def __str__(self) -> str:
        if self.why:
            return f"{self.rule} has no price: {self.why}."
        if self.binds is False:
            return f"{self.rule} costs nothing: without it no lots are better."
        if self.most is None and not self.least:
            return f"What {self.rule} costs is not known in the time."
        return f"Without {self.rule} the goals would be {self._better()}{self._then()}."

    def _better(self) -> str:
        if self.most is None:
            return f"at least {self._part(self.least)} better, and no bound says how much more"
        if self.exact:
            return f"{self._part(self.most)} better ({plain(self.score - self.most)} {self.unit})"
        if not self.least:
            return f"at most {self._part(self.most)} better"
        return f"between {self._part(self.least)} and {self._part(self.most)} better"

    def _part(self, amount: float) -> str:
        """An amount as a share of the objective, in its own unit where that is nothing."""
        if not self.score:
            return f"{plain(amount)} {self.unit}"
        part = 100 * amount / abs(self.score)
        return f"{part:.1f} %" if part >= 0.05 else "less than 0.1 %"

    def _then(self) -> str:
        """What becomes of the rule in the lots that were found without it."""
        if not self.broken:
            return ""
        readings = "reading" if self.readings == 1 else "readings"
        return f"; the rule would then not hold in {self.broken} of {self.readings} {readings}"


class DesignRulePrices(Prices[DesignRulePrice]):
    """The price of every rule of lot design, in the order of the rules."""

    def to_frame(self) -> pd.DataFrame:
        """One row per rule: what it costs, and what is known of the lots without it."""
        import pandas as pd

        columns = [
            *("rule", "explains", "binds", "at_least", "at_most", "unit", "share", "with_all_rules", "without"),
            *("bound", "status", "gap", "broken", "readings", "why"),
        ]
        rows = [
            (
                *(p.rule, p.explains, p.binds, None if p.why else p.least, p.most, p.unit),
                *(p.most / abs(p.score) if p.most is not None and p.score else None, p.score, p.without, p.bound),
                *(p.status, p.gap, p.broken, p.readings, p.why),
            )
            for p in self.prices
        ]
        return pd.DataFrame(rows, columns=columns)


def design_rule_prices(
    territory: Territory,
    rules: Iterable[DesignRule],
    goals: Iterable[DesignGoal],
    *,
    result: Result[LotDesign] | None = None,
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> DesignRulePrices:
    """What each rule costs: the goals with all rules less the goals without this one, proven or between two ends.

    Each is solved again without the rule. `result` is what design_lots gave; it is made now where none is given.
    Nothing is told where no lots keep all rules. The time limit of `solver` is for all rules together, in equal parts
    of what is left; after Ctrl-C what was found is given. Raises InputError as design_lots does, and for a result of
    another territory.
    """
    options = solver or SolverOptions()
    clock = Clock(options.time_limit)
    rules, goals = named(rules), named(goals)
    made = result or design_lots(territory, rules, goals, solver=options, progress=progress)
    if made.plan is None or made.objective is None:
        return DesignRulePrices(())
    if made.plan.territory is not territory and made.plan.territory.digest != territory.digest:
        raise InputError("result", ["the lots are of another territory; give the one they were drawn on"])
    if made.interrupted:
        return DesignRulePrices((), tuple(rule.label for rule in rules), False)
    base = _Base(territory, rules, goals, made)

    def price(rule: DesignRule) -> DesignRulePrice:
        left = clock.part(1 / (len(rules) - rules.index(rule))).left()
        limited = options if left is None else options.model_copy(update={"time_limit": max(left, 0.01)})
        return base.price(rule, limited)

    found, done = one_by_one(rules, price, clock, progress, "rules")
    return DesignRulePrices(tuple(found), tuple(rule.label for rule in rules[len(found) :]), done)


@dataclass(frozen=True)
class _Base:
    """The lots that keep all rules."""

    territory: Territory
    rules: tuple[DesignRule, ...]
    goals: tuple[DesignGoal, ...]
    made: Result[LotDesign]

    def price(self, rule: DesignRule, options: SolverOptions) -> DesignRulePrice:
        """What one rule costs. Raises KeyboardInterrupt when interrupted."""
        score = self.made.objective
        assert score is not None
        others = [other for other in self.rules if other is not rule]
        told = (rule.label, rule.explain(), self._unit(), score)
        try:
            found = design_lots(self.territory, others, self.goals, solver=options)
        except InputError as error:  # a goal may need the rule, such as balance a number of lots
            return DesignRulePrice(*told, why="; ".join(problem.rstrip(".") for problem in error.problems))
        if found.interrupted:
            raise KeyboardInterrupt
        if found.audit is not None and not found.audit.ok:  # the solver is a witness, not the judge
            found = Result(None, Status.UNKNOWN)
        if found.plan is None or found.objective is None or found.objective > score:
            # what keeps all rules keeps these too
            found = Result(self.made.plan, found.status, score, found.bound, goals=self.made.goals)
        assert found.plan is not None
        assert found.objective is not None
        readings = [*rule.readings(self.territory, found.plan.table)]
        return DesignRulePrice(
            *told,
            least=self._least(found.objective),
            most=None if found.bound is None else self._rounded(score - found.bound),
            without=found.objective,
            bound=found.bound,
            status=str(found.status),
            goals=found.goals,
            broken=sum(not reading.ok for reading in readings),
            readings=len(readings),
        )

    def _least(self, without: float) -> float:
        """At least so much: what is proven of the lots with all rules less what was found without one."""
        proven = self.made.bound
        return 0.0 if proven is None else self._rounded(proven - without)

    def _rounded(self, amount: float) -> float:
        score = self.made.objective
        assert score is not None
        return amount if amount > SAME * abs(score) else 0.0

    def _unit(self) -> str:
        alone = len(self.goals) == 1 and self.goals[0].weight == 1
        return self.goals[0].unit if alone else WEIGHTED
