"""`compare`: designs side by side as an object that prints itself, is a table, and writes its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotopt.report.compare import files, notes, tables
from lotopt.report.compare.given import Design, entries_of
from lotopt.report.compare.side_by_side import SideBySide
from lotopt.territory.territory import Territory

if TYPE_CHECKING:
    import pandas as pd


class Comparison(SideBySide):
    """Designs of one territory side by side, and every way to show them."""

    def warnings(self) -> Iterator[str]:
        """What nobody should overlook: made-up prices, runs that are stale, interrupted or not confirmed."""
        return notes.warnings(self)

    def notes(self) -> Iterator[str]:
        """How the figures are to be read."""
        return notes.notes(self)

    def to_frame(self) -> pd.DataFrame:
        """One row per design: its name, where it comes from, and every figure as a number."""
        import pandas as pd

        rows = [
            [each.entry.name, each.entry.how, each.entry.source, *values]
            for each, (_, values) in zip(self.measured, self.rows(), strict=True)
        ]
        return pd.DataFrame(rows, columns=["design", "how", "from", *self.columns])

    def __str__(self) -> str:
        return tables.as_text(self)

    def __repr__(self) -> str:
        return f"<Comparison of {len(self.entries)} designs, against {self.base.name}>"

    def _repr_html_(self) -> str:
        """The figures that say most as a table, for notebooks."""
        import pandas as pd

        table = tables.figures_table(self)
        frame = pd.DataFrame(list(table.rows), columns=[column.title for column in table.columns])
        return str(frame.to_html(index=False, escape=True))

    def document(self) -> dict[str, Any]:
        """The comparison as one JSON document."""
        return files.document(self)

    def write(self, folder: Path | str, *, title: str = "") -> tuple[Path, ...]:
        """Write compare.html and compare.csv; an older pair is replaced as a whole."""
        return files.write(self, Path(folder), title=title)


def compare(
    *designs: Design,
    against: Design | None = None,
    territory: Territory | str | Path | None = None,
    measure: str = "",
    names: Sequence[str] = (),
) -> Comparison:
    """Any number of designs side by side: held in memory, or named as on the command line.

    A design is a LotDesign, a Result or an Outcome; or, as text or path, a scenario file (run), the folder of an
    earlier run (read, not run again), a CSV file of lots, or the name of a design of the `territory` (an embedded
    place or a path; where it is not given, that of the other designs). `against` is the base, one of them or another
    one: the first unless given. `measure` weighs shares and scores. `names` are what the designs are called, in their
    order. Raises InputError with every problem of every design, before the first run.
    """
    found, base = entries_of(designs, against, territory, names)
    return Comparison.of(found, against=base, measure=measure)
