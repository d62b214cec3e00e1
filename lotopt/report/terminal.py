"""A report as a terminal shows it: what is decided, proven and kept, without what a page shows on request."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lotopt.core.result import Result
from lotopt.report.summary import Summary, summarise

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.design.design import LotDesign


def text_summary(
    design_result: Result[LotDesign] | None, awards_result: Result[Allocation] | None = None, **options: Any
) -> str:
    """What a run prints: the verdict, the lots, the awards, how the lots meet each layer, and the rules kept.

    Takes the options of `summarise`.
    """
    return "\n".join(lines(summarise(design_result, awards_result, **options)))


def lines(summary: Summary) -> Iterator[str]:
    """The lines to print."""
    yield summary.title
    for job in summary.jobs:
        yield textwrap.fill(f"{job.name}: {job.proof}", 100)
        yield from (f"  - {line}" for line in job.conflict)
        yield from (f"  ! {line}" for line in job.faults)
        yield from (
            textwrap.fill(f"ties: {line}", 100, initial_indent="  ", subsequent_indent="    ") for line in job.ties
        )
    yield from (f"! {line}" for line in summary.warnings)
    for sentence in summary.value.sentences if summary.value is not None else ():
        yield textwrap.fill(sentence, 100, initial_indent="  ", subsequent_indent="  ")
    if summary.change is not None:
        for sentence in summary.change.sentences:
            yield textwrap.fill(sentence, 100, initial_indent="  ", subsequent_indent="  ")
    for table in [summary.lots, *summary.awards[:1], summary.short]:
        if table is not None:
            yield ""
            yield table.as_text()
    for part in summary.explained:
        yield ""
        yield part.title
        for sentence in part.sentences:
            yield textwrap.fill(sentence, 100, initial_indent="  ", subsequent_indent="    ")
    for job in summary.jobs:
        if job.rules:
            yield ""
            yield f"{job.name}: rules"
            for rule in job.rules:
                text = " ".join(filter(None, (rule.sentence or rule.name, rule.verdict, rule.room)))
                yield textwrap.fill(text, 100, initial_indent="  ", subsequent_indent="    ")
