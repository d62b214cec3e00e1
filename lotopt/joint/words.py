"""The value of deciding together in plain sentences: what each way costs, the difference, and what is proven."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lotopt.core.result import Result, Status
from lotopt.design.goals import Compactness
from lotopt.joint.plan import JointPlan
from lotopt.joint.value import LotsFirst, Saving, saving

HALF_A_PENNY = 0.005


def value_in_words(together: Result[JointPlan], first: LotsFirst) -> tuple[str, ...]:
    """What lots first comes to, what deciding together saves, and how much of that is proven."""
    return tuple(_sentences(together, first))


def _sentences(together: Result[JointPlan], first: LotsFirst) -> Iterator[str]:
    drawn = "Lots first, awards then: the lots are drawn by the goals of lot design alone"
    if first.stand_in:
        measure = next(goal.measure for goal in first.drawn_by if isinstance(goal, Compactness))
        drawn = (
            f"Lots first, awards then: no goal of lot design is given, so the lots are the most compact by {measure}"
        )
    if first.plan is None:
        yield f"{drawn}. {_why_none(together, first)}"
        return
    before = first.plan.total_price
    yield f"{drawn}; awarded by the same rules at the same prices they cost {_money(before)} a year."
    found = saving(together, first)
    if found is None or together.plan is None:
        yield "No plan that was decided together is known to compare them with."
        return
    part = f" ({float(abs(found.price) / before) * 100:.2f} %)" if before else ""
    after = f"Decided together: {_money(together.plan.total_price)} a year"
    if found.price > 0:
        yield f"{after}, {_money(found.price)}{part} less."
    elif found.price < 0:
        yield f"{after}, {_money(-found.price)}{part} more, for goals of lot design that weigh more than that."
    else:
        yield f"{after}, the same."
    yield from _proof(first, found)


def _why_none(together: Result[JointPlan], first: LotsFirst) -> str:
    which = "lots" if first.design.plan is None else "awards of those lots"
    result = first.design if first.awards is None else first.awards
    if first.interrupted:
        return "This was interrupted before there was anything to compare."
    if result.status is not Status.INFEASIBLE:
        return f"No {which} that keep every rule were found in the time, and none were proven impossible."
    possible = " Deciding together is what makes a plan possible." if together.plan is not None else ""
    return f"No {which} keep every rule; that is proven.{possible}"


def _proof(first: LotsFirst, found: Saving) -> Iterator[str]:
    if found.at_least is None or found.at_most is None:
        which = "the awards of the lots drawn first have" if found.at_least is None else "deciding together has"
        yield f"Not proven: {which} no bound, so what can be saved may be another sum."
    elif found.at_least < -HALF_A_PENNY:
        yield f"Proven: no more than {_told(first, found.at_most)} can be saved; that anything can is not proven."
    elif found.at_most - found.at_least <= HALF_A_PENNY:
        yield "Proven: those lots cannot be awarded better, and no other lots and awards are better."
    else:
        low, high = _told(first, found.at_least), _told(first, found.at_most)
        yield f"Proven: deciding together can save between {low} and {high}."
    if first.design.status is not Status.OPTIMAL:
        yield "The lots drawn first are not proven best in their own goals; others may cost another price."


def _told(first: LotsFirst, score: float) -> str:
    """A difference in score: in money where nothing but the price counts."""
    priced = all(goal.kind == "total_price" and goal.weight == 1 for goal in first.case.award_goals)
    score = max(score, 0.0)
    if priced and not first.case.design_goals:
        return f"{_money(Decimal(str(round(score, 2))))} a year"
    return f"{score:,.2f} in the weighted goals"


def _money(amount: Decimal) -> str:
    return f"£{amount:,.2f}"
