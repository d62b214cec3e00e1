"""A finished plan, measured: audit and coherence for whoever has a plan in hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotopt.core.clause import Goal, Rule, named
from lotopt.core.reading import Audit
from lotopt.design.design import LotDesign
from lotopt.territory.parts import Layer
from lotopt.territory.territory import Territory

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.territory.coherence import Coherence


def audit(plan: LotDesign | Allocation, rules: Iterable[Rule], goals: Iterable[Goal] = ()) -> Audit:
    """Every rule and goal of a finished plan, recomputed without the engine; also for plans made by hand."""
    asked: Any = named(rules)
    wanted: Any = named(goals)
    if isinstance(plan, LotDesign):
        from lotopt.design.audit import audit_design

        return audit_design(plan, asked, wanted)
    from lotopt.allocation.audit import audit_allocation

    return audit_allocation(plan, asked, wanted)


def coherence(
    design: LotDesign, measure: str | None = None, layers: Sequence[str | Layer] | None = None
) -> Coherence:
    """How a design meets each boundary layer, weighted by a measure: the first of the territory unless named.

    A layer may be another design, by way of `lotopt.territory.coherence.as_layer`.
    """
    from lotopt.territory.coherence import coherence as measured

    weight = measure or next(iter(design.territory.measures), None)
    return measured(design.territory, design.of, design.lots, weight, layers, design.names)


def read_design(file: str | Path, territory: Territory) -> LotDesign:
    """A design of the territory from a CSV file: area, lot and optionally lot_name. Raises InputError."""
    from lotopt.territory.read import read_design as read

    return LotDesign.from_partition(territory, read(Path(file), territory))
