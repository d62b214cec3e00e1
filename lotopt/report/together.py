"""Lots and awards decided together, beside lots first and awards then: sentences and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lotopt.report import lot_tables as lt
from lotopt.report.awarded import SIMULATED
from lotopt.report.table import Column, Table
from lotopt.report.words import amount, decapital, gap_words, money, verdict

if TYPE_CHECKING:
    from lotopt.core.result import Result
    from lotopt.joint.plan import JointPlan
    from lotopt.joint.value import LotsFirst
    from lotopt.study.together import Together

PLAN = "plan"


@dataclass(frozen=True)
class ValueWords:
    """What deciding together is worth: sentences, both ways side by side, and the lots of the other way."""

    sentences: tuple[str, ...]
    tables: tuple[Table, ...]


def value_words(together: Together, measure: str) -> ValueWords | None:
    """The value of deciding together, or why it is not known; None where it was not asked for."""
    first = together.first
    if first is None:
        return ValueWords(together.sentences, ()) if together.sentences else None
    tables = [side_by_side(together.result, first, measure)]
    if first.plan is not None:
        tables.append(other_lots(first.plan, measure))
    return ValueWords(together.sentences, tuple(tables))


def in_short(together: Together) -> Iterator[str]:
    """One sentence for the head of a report, where deciding together is cheaper than lots first."""
    from lotopt.joint.value import saving

    found = None if together.first is None else saving(together.result, together.first)
    if found is not None and found.price > 0:
        yield f"That is {money(found.price)} a year less than where lots are drawn first and awarded then."


def side_by_side(result: Result[JointPlan], first: LotsFirst, measure: str) -> Table:
    """One row per figure: what both ways come to, and what is proven of each."""
    plans = (result.plan, first.plan)
    rows = [
        ("Status", verdict(result, PLAN), _apart(first)),
        ("Total price a year", *_each(plans, lambda plan: money(plan.total_price))),
        ("Providers", *_each(plans, lambda plan: str(len({award.provider for award in plan.allocation})))),
        ("Lots", *_each(plans, lambda plan: str(len(plan)))),
    ]
    if first.case.design_goals:
        scores = (result.objective, first.score)
        rows.append(("All goals, weighted", *("none" if score is None else amount(score) for score in scores)))
    for goal in first.case.design_goals:
        score: Callable[[JointPlan], str] = lambda plan, goal=goal: amount(  # type: ignore[misc]  # noqa: E731
            goal.value(plan.design.territory, plan.design.table)
        )
        rows.append((f"{goal.label}, {goal.unit}", *_each(plans, score)))
    if measure and any(plan is not None for plan in plans):
        titles = [decapital(lt.measure_title(plan.design, measure)) for plan in plans if plan is not None]
        rows.append(
            (f"Largest lot, {titles[0]}", *_each(plans, lambda p: amount(float(p.design.table.total(measure).max()))))
        )
    rows.append(("Proven gap", _gap(result), _gap(first.awards)))
    rows.append(("Time taken", f"{result.seconds:.1f} s", f"{_seconds(first):.1f} s"))
    head = (Column("Figure"), Column("Decided together", True), Column("Lots first, awards then", True))
    note = "The gap of the right column is that of the awards of its lots; its lots are best in their own goals only."
    made_up = " (simulated schedules)" if first.case.schedules.simulated else ""
    return Table(f"The value of deciding together{made_up}", head, tuple(rows), note=note)


def other_lots(plan: JointPlan, measure: str) -> Table:
    """One row per lot of the plan that drew lots first: areas, size, provider, price."""
    design, market = plan.design, plan.market
    price = {lot: award.price for award in plan.allocation for lot in award.lots}
    provider = plan.provider_of
    head = [Column("Lot"), Column("Areas", True)]
    columns = [[lt.full_name(design, i) for i in range(len(design))]]
    columns.append([str(int(n)) for n in design.table.members.sum(axis=1)])
    if measure:
        head.append(Column(lt.measure_title(design, measure), True))
        columns.append([amount(float(v)) for v in design.table.total(measure)])
    head += [Column("Provider"), Column("Price a year", True)]
    columns.append([market.provider[provider[lot]].title for lot in design.lots])
    columns.append([money(price[lot]) for lot in design.lots])
    note = SIMULATED if market.simulated else ""
    return Table("Lots first, awards then", tuple(head), tuple(zip(*columns, strict=True)), note=note, folded=True)


def _each(plans: Sequence[JointPlan | None], told: Callable[[JointPlan], str]) -> tuple[str, ...]:
    return tuple("none" if plan is None else told(plan) for plan in plans)


def _apart(first: LotsFirst) -> str:
    lots = f"lots {verdict(first.design, 'design')}"
    return lots if first.awards is None else f"{lots}, awards {verdict(first.awards, 'allocation')}"


def _gap(result: Result[Any] | None) -> str:
    return "none" if result is None or result.gap is None else gap_words(result.gap)


def _seconds(first: LotsFirst) -> float:
    return first.design.seconds + (0.0 if first.awards is None else first.awards.seconds)
