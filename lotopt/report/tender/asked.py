"""What was asked and found, as whoever tells of it as a tender takes it: a notice, a release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lotopt.report.measure import main_measure
from lotopt.report.tender.lots import TenderLot, lots_of
from lotopt.report.tender.method import Method, suppliers_of

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.allocation.clause import AwardGoal, AwardRule
    from lotopt.core.clause import Goal, Rule
    from lotopt.core.result import Result
    from lotopt.design.design import LotDesign
    from lotopt.market.market import Market
    from lotopt.study.together import Together


@dataclass(frozen=True, eq=False)
class Asked:
    """Lots and how they are awarded, before any of it is put in words.

    `award_rules` are None where nothing is said yet of how lots are awarded. `market` gives what the buyer says of
    lots, and the lots where there is no design; that of the awards where it is not given. `measure` is the main size
    of lots: by default the first that a rule or goal names, else the territory's first.
    """

    design: Result[LotDesign] | None
    awards: Result[Allocation] | None = None
    title: str = ""
    rules: Sequence[Rule] = ()
    goals: Sequence[Goal] = ()
    award_rules: Sequence[AwardRule] | None = None
    award_goals: Sequence[AwardGoal] = ()
    in_order: bool = False
    ties: Sequence[AwardGoal] = ()
    gap: float = 1e-4
    market: Market | None = None
    together: Together | None = None
    measure: str | None = None

    @property
    def plan(self) -> LotDesign | None:
        return self.design.plan if self.design is not None else None

    @property
    def won(self) -> Allocation | None:
        return self.awards.plan if self.awards is not None else None

    @property
    def offered(self) -> Market | None:
        """The market, or that of the awards."""
        return self.won.market if self.market is None and self.won is not None else self.market

    @cached_property
    def main(self) -> str:
        """The measure that sizes are told by first; empty where there is no map."""
        if self.measure or self.plan is None:
            return self.measure or ""
        return main_measure(self.plan, [*self.rules, *self.goals])

    @cached_property
    def lots(self) -> tuple[TenderLot, ...]:
        return lots_of(self.plan, self.offered, self.main, self.rules)

    @property
    def method(self) -> Method | None:
        """How lots are awarded; None where nothing is said of it yet."""
        if self.award_rules is None:
            return None
        suppliers = suppliers_of(self.offered)
        return Method(self.award_rules, self.award_goals, self.in_order, self.ties, self.gap, suppliers)

    def called(self, otherwise: str) -> str:
        """The title, or that of the design, or another where there is none."""
        return self.title or (self.plan.title if self.plan is not None else "") or otherwise
