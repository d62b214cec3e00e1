"""The head of a report: what was decided, what nobody should overlook, and a few figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lotopt.core.result import Result
from lotopt.report import awarded as aw
from lotopt.report import lot_tables as lt
from lotopt.report.words import amount, count, decapital, money, rough_money

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.design.design import LotDesign
    from lotopt.territory.coherence import Coherence


@dataclass(frozen=True)
class Figure:
    """A headline figure and what it counts."""

    value: str
    label: str


def outcome(
    plan: LotDesign | None, measure: str, coherence: Coherence | None, awards: Result[Allocation] | None
) -> Iterator[str]:
    """What was decided, in a sentence each for the lots, the first layer and the awards."""
    if plan is not None:
        territory = plan.territory
        ground = territory.title or territory.source
        text = f"{count(len(territory), 'area')} of {ground} form {count(len(plan), 'lot')}"
        if measure:
            total = plan.table.total(measure)
            unit = territory.measures[measure].unit or decapital(lt.measure_title(plan, measure))
            small, large = int(total.argmin()), int(total.argmax())
            text += (
                f", from {amount(float(total[small]))} {unit} in {lt.full_name(plan, small)} "
                f"to {amount(float(total[large]))} in {lt.full_name(plan, large)}"
            )
        yield f"{text}."
    if coherence is not None and coherence.layers:
        layer = coherence.layers[0]
        yield f"{layer.title}: {lt.layer_sentence(layer, len(coherence.lots))}"
    if awards is not None and awards.plan is not None:
        rows = aw.awarded(awards)
        providers = len({row.provider for row in rows})
        yield (
            f"{count(len(rows), 'award')} to {count(providers, 'provider')} "
            f"for {money(aw.total_price(awards))} a year in all."
        )


def warnings(design: Result[LotDesign] | None, awards: Result[Allocation] | None, simulated: bool) -> Iterator[str]:
    """What nobody should overlook before using the results."""
    if simulated:
        yield aw.SIMULATED
    for name, result in (("design", design), ("allocation", awards)):
        if result is None or result.plan is None:
            continue
        if result.audit is not None and not result.audit.ok:
            if result.audit.faults:
                yield f"The independent audit does not confirm this {name}. Do not use it."
            else:
                yield f"This {name} breaks rules that were asked for."
        if result.interrupted:
            yield f"The search for the {name} was interrupted; this is the best one found until then."


def figures(
    plan: LotDesign | None,
    measure: str,
    coherence: Coherence | None,
    awards: Result[Allocation] | None,
) -> Iterator[Figure]:
    """The figures at the head of a report."""
    if plan is not None:
        yield Figure(f"{len(plan):,}", f"lots, made of {count(len(plan.territory), 'area')}")
        if measure:
            total = plan.table.total(measure)
            times = f"{total.max() / total.min():.1f} ×" if total.min() > 0 else "∞"
            yield Figure(times, f"largest lot against smallest, by {decapital(lt.measure_title(plan, measure))}")
    if coherence is not None and coherence.layers:
        layer = coherence.layers[0]
        split = f"{len(layer.split_agencies)} of {layer.agencies}"
        yield Figure(split, f"split between lots: {decapital(layer.title)}")
    if awards is not None and awards.plan is not None:
        label = "a year in all (simulated)" if aw.is_simulated(awards) else "a year in all"
        yield Figure(rough_money(aw.total_price(awards)), label)
        yield Figure(str(len({row.provider for row in aw.awarded(awards)})), "providers with an award")
