"""A table as people read it, without markup: the page, the terminal and the notebook draw the same one."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# From so many rows on a table is searched rather than read.
LARGER = 6


@dataclass(frozen=True)
class Column:
    """A heading; numbers stand to the right."""

    title: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of text under headings; the first cell of a row names it.

    `lots` (one per row, or none) says which lot a row speaks of, so that a page can point at it on the map.
    `folded` tables are long: a page shows them on request and the terminal leaves them out. The rows of an `ordered`
    one stand in an order that is part of what they say, as steps do or parts before their sum.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    folded: bool = False
    lots: tuple[int, ...] = ()
    ordered: bool = False

    @property
    def sortable(self) -> bool:
        """Whether a page lets readers put the rows in another order: where they are more than a glance."""
        return not self.ordered and len(self.rows) >= LARGER

    def as_text(self, width: int = 100) -> str:
        """The table as aligned plain text: headings wrapped, wide text columns cut where that makes it fit."""
        wide = [max([len(row[i]) for row in self.rows] + [self._heading(i)]) for i in range(len(self.columns))]
        spare = sum(wide) + 2 * (len(wide) - 1) - width
        for i in sorted(range(len(wide)), key=lambda i: -wide[i]):
            if spare > 0 and not self.columns[i].numeric:
                less = min(spare, max(0, wide[i] - 24))
                wide[i] -= less
                spare -= less
        return "\n".join([self.caption, *self._lines(wide)])

    def _heading(self, i: int) -> int:
        """The least width of a heading: its longest word."""
        return max(len(word) for word in self.columns[i].title.split())

    def _lines(self, wide: list[int]) -> Iterator[str]:
        heads = [textwrap.wrap(column.title, w) for column, w in zip(self.columns, wide, strict=True)]
        tall = max(len(head) for head in heads)
        for level in range(tall):
            yield self._line([([""] * (tall - len(head)) + head)[level] for head in heads], wide)
        yield "  ".join("-" * w for w in wide)
        for row in self.rows:
            yield self._line(row, wide)
        if self.note:
            yield self.note

    def _line(self, cells: Sequence[str], wide: list[int]) -> str:
        parts = [
            _cut(cell, w).rjust(w) if column.numeric else _cut(cell, w).ljust(w)
            for cell, w, column in zip(cells, wide, self.columns, strict=True)
        ]
        return "  ".join(parts).rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
