"""What is told beside the figures of a comparison: warnings, and how they are to be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lotopt.report import awarded as aw
from lotopt.report.lot_tables import measure_title
from lotopt.report.words import decapital, listed

if TYPE_CHECKING:
    from lotopt.report.compare.side_by_side import SideBySide


def warnings(found: SideBySide) -> Iterator[str]:
    """What nobody should overlook."""
    if any(entry.won is not None and entry.won.simulated for entry in found.entries):
        yield aw.SIMULATED
    for entry in found.entries:
        if entry.changed:
            yield f"{entry.name} is an earlier run, and what it stood on has changed since: {listed(entry.changed)}."
        if entry.design.interrupted:
            yield f"{entry.name} was interrupted: it is the best that was found until then."
        if entry.design.audit is not None and not entry.design.audit.ok and entry.plan is not None:
            if entry.design.audit.faults:
                yield f"{entry.name} is not confirmed by the independent audit. Do not use it."
            else:
                yield f"{entry.name} breaks rules that were asked for."


def notes(found: SideBySide) -> Iterator[str]:
    """How the figures are to be read."""
    plan = found.base.plan
    if found.measure and plan is not None:
        yield f"Shares and scores are weighted by {decapital(measure_title(plan, found.measure))}."
    if len(found.entries) > 1:
        what = f"its {decapital(measure_title(plan, found.measure))}" if found.measure and plan is not None else "it"
        yield f"Moved: in a lot that takes most of {what} from another lot of {found.base.name}."
    if len({entry.won.source for entry in found.entries if entry.won is not None}) > 1:
        yield "The prices come from different markets, so they do not say which design is cheaper."
    others = [
        entry.name
        for entry in found.entries
        if entry.plan is not None and entry.plan.territory.digest != found.territory.digest
    ]
    if others:
        yield (
            f"All are measured on the territory of {found.base.name}; that of {listed(others)} has the same areas "
            "and other content."
        )
