"""What result.json holds of lots and awards decided together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotopt.study import document as d
from lotopt.study.together import Together

if TYPE_CHECKING:
    from lotopt.joint.plan import JointPlan
    from lotopt.joint.value import LotsFirst


def joint_entry(together: Together) -> d.JointEntry:
    """The one solve, and what deciding together is worth."""
    from lotopt.joint.value import saving

    result, first = together.result, together.first
    found = None if first is None else saving(result, first)
    return d.JointEntry(
        status=str(result.status),
        objective=result.objective,
        bound=result.bound,
        gap=result.gap,
        total_price=None if result.plan is None else f"{result.plan.total_price:f}",
        value=together.sentences,
        price_saved=None if found is None else f"{found.price:f}",
        score_saved=None if found is None else found.score,
        saved_at_least=None if found is None else found.at_least,
        saved_at_most=None if found is None else found.at_most,
        lots_first=None if first is None else _first(first),
    )


def _first(first: LotsFirst) -> d.LotsFirstEntry:
    plan, awards = first.plan, first.awards
    return d.LotsFirstEntry(
        drawn_by=tuple(goal.explain() for goal in first.drawn_by),
        stand_in=first.stand_in,
        design_status=str(first.design.status),
        awards_status=None if awards is None else str(awards.status),
        total_price=None if plan is None else f"{plan.total_price:f}",
        score=first.score,
        score_bound=first.score_bound,
        seconds=first.design.seconds + (0.0 if awards is None else awards.seconds),
        lots=() if plan is None else _lots(plan),
    )


def _lots(plan: JointPlan) -> tuple[d.OtherLotEntry, ...]:
    price = {lot: award.price for award in plan.allocation for lot in award.lots}
    return tuple(
        d.OtherLotEntry(id=lot, areas=areas, provider=provider, price=f"{price[lot]:f}")
        for lot, areas, provider in plan
    )
