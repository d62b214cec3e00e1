"""Which measure a report weighs by where none is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lotopt.core.clause import Clause
    from lotopt.design.design import LotDesign


def main_measure(plan: LotDesign, clauses: Sequence[Clause]) -> str:
    """The first measure that a rule or goal names, else the territory's first; empty where it has none."""
    named = [getattr(clause, "measure", None) for clause in clauses]
    known = [name for name in named if name in plan.territory.measures]
    return (known or [*plan.territory.measures, ""])[0] or ""
