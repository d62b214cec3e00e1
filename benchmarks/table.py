"""The table on the screen, line by line as results come in; it is Markdown, so that it can be pasted."""

from __future__ import annotations

from collections.abc import Generator

from benchmarks.outcome import NOTHING, Outcome

COLUMNS = {
    "instance": 24,
    "solver": 26,
    "status": 13,
    "objective": 18,
    "over ours": 9,
    "bound": 18,
    "gap": 8,
    "seconds": 7,
    "CPU s": 7,
    "ours / this": 11,
    "by CPU": 9,
    "MB": 6,
    "note": 40,
}


def table() -> Generator[str, tuple[str, Outcome], None]:
    """Yields the head, then one line for each (instance, outcome) sent in."""
    given = yield _line(list(COLUMNS)) + "\n" + _line(["-" * width for width in COLUMNS.values()])
    last = ""
    while True:
        name, one = given
        ran = one.status not in NOTHING
        given = yield _line(
            [
                "" if name == last else name,
                one.solver,
                one.status,
                _number(one.objective),
                "" if one.over is None else f"{one.over:+.2%}",
                _number(one.bound),
                "" if one.gap is None else f"{one.gap:.3%}",
                f"{one.seconds:.2f}" if ran else "",
                f"{one.cpu_seconds:.2f}" if ran else "",
                _ratio(one, one.ratio),
                _ratio(one, one.cpu_ratio),
                "" if one.peak_mb is None else f"{one.peak_mb:,.0f}",
                "" if not one.notes else one.notes[0].replace("|", "/")[:100],
            ]
        )
        last = name


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, COLUMNS.values(), strict=True)) + " |"


def _ratio(one: Outcome, ratio: float | None) -> str:
    return "" if ratio is None else f"{'' if one.ended else '< '}{ratio:.4f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}"
