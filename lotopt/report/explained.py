"""What a run tells beside the awards, as sections of a report: sentences, then a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lotopt.report.table import Column, Table
from lotopt.report.words import amount, money, share

if TYPE_CHECKING:
    from lotopt.study.explain import Explained, ExplainedPart

CUT_SHORT = "Cut short by the time limit or an interruption: what is not in the table was not looked at."
# A longer table is shown on request.
LONG, FEW = 30, 12
# Columns that hold fractions.
SHARES = ("share", "of_total", "cost_share", "covers")


@dataclass(frozen=True)
class ExplainedWords:
    """One explanation as a report shows it."""

    name: str
    title: str
    sentences: tuple[str, ...]
    table: Table | None


def explained_words(found: Explained | None) -> tuple[ExplainedWords, ...]:
    """Every explanation of a run in words; none where nothing was asked for."""
    return () if found is None else tuple(_words(part) for part in found.parts)


def prices_of(found: Explained | None, name: str) -> dict[str, str]:
    """What is told of every single rule under a name of `explained`: sentences by the rule's label."""
    return (
        {}
        if found is None
        else {rule: told for part in found.parts if part.name == name for rule, told in part.by_rule}
    )


def _words(part: ExplainedPart) -> ExplainedWords:
    sentences = part.sentences if part.complete else (*part.sentences, CUT_SHORT)
    # few sentences say it all, and the table is there on request; many are read as a table
    folded = len(part.rows) > LONG or 0 < len(sentences) <= FEW
    part = _without_empty(part)
    table = Table(part.title, tuple(_columns(part)), tuple(_rows(part)), folded=folded)
    return ExplainedWords(part.name, part.title, sentences, table if part.rows else None)


def _without_empty(part: ExplainedPart) -> ExplainedPart:
    """Without columns in which nothing is said of any row."""
    said = [at for at in range(len(part.columns)) if any(row[at] not in (None, "", False) for row in part.rows)]
    rows = tuple(tuple(row[at] for at in said) for row in part.rows)
    return replace(part, columns=tuple(part.columns[at] for at in said), rows=rows)


def _columns(part: ExplainedPart) -> Iterator[Column]:
    for at, name in enumerate(part.columns):
        cells = [row[at] for row in part.rows if row[at] is not None]
        number = bool(cells) and all(isinstance(cell, int | float | Decimal) and cell is not True for cell in cells)
        yield Column(name.replace("_", " ").capitalize(), number and not isinstance(cells[0], bool))


def _rows(part: ExplainedPart) -> Iterator[tuple[str, ...]]:
    for row in part.rows:
        yield tuple(_cell(name, cell) for name, cell in zip(part.columns, row, strict=True))


def _cell(name: str, cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Decimal):
        return money(cell)
    if isinstance(cell, int | float):
        return share(float(cell)) if name in SHARES else amount(cell)
    return str(cell)
