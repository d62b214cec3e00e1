"""The first sheet of a workbook: what was decided, what is proven of it, and what it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lotopt.core.clause import named
from lotopt.report.tables import Cell
from lotopt.report.workbook.part import Part
from lotopt.report.workbook.sheet import cell_text, row_height, set_up

if TYPE_CHECKING:
    from lotopt.core.clause import Goal
    from lotopt.core.result import Result
    from lotopt.report.summary import Summary

Line = tuple[str, Cell, str]  # what, value, unit or remark
WARNING = "Warning"
WIDTHS = (34, 74, 50)  # of the columns, in characters


def about_lines(
    summary: Summary, parts: Sequence[Part], inputs: Mapping[str, str], left_out: Sequence[str]
) -> Iterator[Line]:
    """Every line of the sheet, warnings first. Nothing that changes from run to run, such as the time taken."""
    from lotopt.study.result import versions

    yield "Title", summary.title, ""
    yield from ((WARNING, line, "") for line in (*summary.warnings, *left_out))
    if summary.territory:
        yield "Territory", summary.territory, ""
    yield from (("Outcome", line, "") for line in summary.outcome)
    for part, job in zip(parts, summary.jobs, strict=True):
        yield from _proven(part.name, part.result, part.goals, job.proof)
    yield from (("Version", number, package) for package, number in versions().items())
    yield from (("Input", digest, name) for name, digest in inputs.items())
    for part in parts:
        for key, value in part.result.provenance.items():
            if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
                yield f"{part.name}: {key.replace('_', ' ')}", value, ""


def _proven(name: str, result: Result[Any], goals: Sequence[Goal], proof: str) -> Iterator[Line]:
    """One solve: status, objective, bound and gap as numbers, its goals, and what shaped it."""
    yield f"{name}: status", str(result.status), proof
    if result.objective is not None:
        yield f"{name}: objective", result.objective, ""
        yield f"{name}: proven bound", "none proven" if result.bound is None else result.bound, ""
        yield f"{name}: gap found", "unknown" if result.gap is None else result.gap, "fraction"
        yield f"{name}: gap wanted", result.wanted_gap, "fraction"
    if result.audit is not None:
        found = "no fault found" if not result.audit.faults else f"{len(result.audit.faults)} faults found"
        yield f"{name}: independent audit", found, f"{len(result.audit.readings)} readings"
    said = {goal.label: goal.explain() for goal in named(goals)}
    for goal in result.goals:
        yield f"{name}: goal {goal.name}", float(goal.value), f"{goal.unit}; {said.get(goal.name, '')}".rstrip("; ")
    yield from ((f"{name}: rules that cannot hold together", line, "") for line in result.conflict)
    faults = result.audit.faults if result.audit is not None else ()
    yield from ((f"{name}: fault", line, "") for line in faults)
    yield from ((f"{name}: ties", line, "") for line in result.ties)
    yield from ((f"{name}: what shaped the answer", line, "") for line in result.limits)


def draw_about(book: Any, lines: Sequence[Line], warning: str = "") -> None:
    """Draw the first sheet: what, value, and a unit or remark; warnings stand out."""
    page = book.add_worksheet("About")
    look = {"valign": "top", "text_wrap": True, "align": "left"}
    plain, bold = book.add_format(look), book.add_format(look | {"bold": True})
    loud = book.add_format(look | {"bold": True, "bg_color": "#FFDD00"})
    number = book.add_format(look | {"num_format": "#,##0.00####"})
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    for at, (what, value, remark) in enumerate(lines):
        form = loud if what == WARNING else plain
        cells = [cell_text(cell)[0] if isinstance(cell, str) else cell for cell in (what, value, remark)]
        page.set_row(at, row_height(cells, WIDTHS))
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                if cell:
                    strong = bold if column == 0 or at == 0 else plain
                    page.write_string(at, column, cell, loud if form is loud else strong)
            elif cell is not None:
                page.write_number(at, column, cell, number if isinstance(cell, float) else plain)
    page.freeze_panes(1, 1)
    set_up(page, warning, sum(WIDTHS))
