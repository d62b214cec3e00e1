"""Wish: everything that is asked of an allocation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.core.clause import named


@dataclass(frozen=True)
class Wish:
    """What is asked of an allocation: rules, goals and how they count, tie rules."""

    rules: tuple[AwardRule, ...]
    goals: tuple[AwardGoal, ...]
    in_order: bool = False
    ties: tuple[AwardGoal, ...] = ()

    @classmethod
    def of(
        cls,
        rules: Iterable[AwardRule],
        goals: Iterable[AwardGoal],
        in_order: bool = False,
        ties: Iterable[AwardGoal] = (),
    ) -> Wish:
        """The same from any clauses, each with a label of its own."""
        return cls(named(rules), named(goals), in_order, named(ties))

    @property
    def stages(self) -> tuple[tuple[AwardGoal, ...], ...]:
        """The goals that are added up, in the order in which they count."""
        return tuple((goal,) for goal in self.goals) if self.in_order and self.goals else (self.goals,)
