"""The table on the screen, line by line as results come in; it is Markdown, so that it can be pasted."""

from __future__ import annotations

from collections.abc import Generator

from benchmarks.outcome import Outcome

COLUMNS = {
    "instance": 23,
    "solver": 11,
    "status": 9,
    "objective": 18,
    "bound": 18,
    "gap": 8,
    "seconds": 7,
    "CPU s": 6,
    "polish": 6,
    "engine / this": 13,
    "by CPU": 8,
    "columns": 8,
    "walked": 10,
}


def table() -> Generator[str, tuple[str, Outcome], None]:
    """Yields the head, then one line for each (instance, outcome) sent in."""
    given = yield _line(list(COLUMNS)) + "\n" + _line(["-" * width for width in COLUMNS.values()])
    last = ""
    while True:
        name, one = given
        given = yield _line(
            [
                "" if name == last else name,
                one.solver,
                one.status,
                _number(one.objective),
                _number(one.bound),
                "" if one.gap is None else f"{one.gap:.3%}",
                "" if one.status == "not asked" else f"{one.seconds:.2f}",
                "" if one.status == "not asked" else f"{one.cpu_seconds:.2f}",
                "" if one.polish_seconds is None else f"{one.polish_seconds:.2f}",
                _ratio(one, one.ratio),
                _ratio(one, one.cpu_ratio),
                "" if one.columns is None else f"{one.columns:,}",
                "" if one.walked is None else f"{one.walked:,}",
            ]
        )
        last = name


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, COLUMNS.values(), strict=True)) + " |"


def _ratio(one: Outcome, ratio: float | None) -> str:
    return "" if ratio is None else f"{'' if one.ended else '< '}{ratio:.4f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}"
