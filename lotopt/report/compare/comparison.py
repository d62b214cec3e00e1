"""Designs side by side, held against one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotopt.core.errors import InputError, did_you_mean
from lotopt.core.result import Result
from lotopt.design.design import LotDesign
from lotopt.report.compare.entry import Entry
from lotopt.report.compare.figures import Measured, Value
from lotopt.report.moves import other_areas
from lotopt.study.run import Outcome
from lotopt.territory.territory import Territory

if TYPE_CHECKING:
    import pandas as pd

Design = LotDesign | Result[LotDesign] | Outcome | Entry | str | Path


@dataclass(frozen=True, eq=False)
class Comparison:
    """Designs of one territory side by side: the first entry is the base that the others are held against.

    All are measured on the base's territory, weighted by `measure` (empty: areas count alike).
    """

    entries: tuple[Entry, ...]
    territory: Territory
    measure: str

    @classmethod
    def of(cls, entries: Sequence[Entry], *, against: str = "", measure: str = "") -> Comparison:
        """A comparison of entries; the base is the one named `against`, else the first that has a plan.

        Raises InputError with every problem: nothing to compare, other areas, an unknown base or measure.
        """
        base = _base(entries, against)
        assert base.plan is not None
        territory = base.plan.territory
        problems = [
            f"'{entry.name}' is drawn on {other_areas(entry.plan.territory.ids, territory.ids)}; compare designs of "
            f"one territory with '{base.name}'"
            for entry in entries
            if entry.plan is not None and entry.plan.territory.ids != territory.ids
        ]
        if measure and measure not in territory.measures:
            problems.append(f"no measure '{measure}'; {did_you_mean(measure, sorted(territory.measures))}")
        if problems:
            raise InputError("comparison", problems)
        weight = measure or base.measure or next(iter(territory.measures), "")
        return cls((base, *(entry for entry in entries if entry is not base)), territory, weight)

    @property
    def base(self) -> Entry:
        return self.entries[0]

    @cached_property
    def measured(self) -> tuple[Measured, ...]:
        """Every entry with its figures, in the order of the entries."""
        plans = [None if e.plan is None else replace(e.plan, territory=self.territory) for e in self.entries]
        return tuple(
            Measured(entry, plan, plans[0] if k else None, self.measure)
            for k, (entry, plan) in enumerate(zip(self.entries, plans, strict=True))
        )

    @property
    def planned(self) -> tuple[Measured, ...]:
        """The entries that have a plan: the base at least."""
        return tuple(each for each in self.measured if each.plan is not None)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The figures that any entry has, in their order."""
        fullest = sorted(self.measured, key=lambda each: -len(each.figures))
        return tuple(dict.fromkeys(key for each in fullest for key in each.figures))

    def rows(self) -> Iterator[tuple[str, tuple[Value, ...]]]:
        """Each entry's name, and its figures in the order of `columns`."""
        for each in self.measured:
            yield each.entry.name, tuple(each.figures.get(key) for key in self.columns)

    def warnings(self) -> Iterator[str]:
        """What nobody should overlook: made-up prices, runs that are stale, interrupted or not confirmed."""
        from lotopt.report.compare.notes import warnings

        return warnings(self)

    def notes(self) -> Iterator[str]:
        """How the figures are to be read."""
        from lotopt.report.compare.notes import notes

        return notes(self)

    def to_frame(self) -> pd.DataFrame:
        """One row per design: its name, where it comes from, and every figure as a number."""
        import pandas as pd

        rows = [
            [each.entry.name, each.entry.how, each.entry.source, *values]
            for each, (_, values) in zip(self.measured, self.rows(), strict=True)
        ]
        return pd.DataFrame(rows, columns=["design", "how", "from", *self.columns])

    def __str__(self) -> str:
        from lotopt.report.compare.tables import as_text

        return as_text(self)

    def __repr__(self) -> str:
        return f"<Comparison of {len(self.entries)} designs, against {self.base.name}>"

    def _repr_html_(self) -> str:
        """The figures that say most as a table, for notebooks."""
        import pandas as pd

        from lotopt.report.compare.tables import figures_table

        table = figures_table(self)
        frame = pd.DataFrame(list(table.rows), columns=[column.title for column in table.columns])
        return str(frame.to_html(index=False, escape=True))

    def document(self) -> dict[str, Any]:
        """The comparison as one JSON document."""
        from lotopt.report.compare.files import document

        return document(self)

    def write(self, folder: Path | str, *, title: str = "") -> tuple[Path, ...]:
        """Write compare.html and compare.csv; an older pair is replaced as a whole."""
        from lotopt.report.compare.files import write

        return write(self, Path(folder), title=title)


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
    from lotopt.report.compare.given import entries_of

    found, base = entries_of(designs, against, territory, names)
    return Comparison.of(found, against=base, measure=measure)


def _base(entries: Sequence[Entry], against: str) -> Entry:
    """The entry that others are held against. Raises InputError where there is none, or none with a plan."""
    named = [entry for entry in entries if not against or entry.name == against]
    if not entries:
        raise InputError("comparison", "give at least one design")
    if not named:
        known = [entry.name for entry in entries]
        raise InputError("comparison", f"no design '{against}' to compare with; {did_you_mean(against, known)}")
    planned = [entry for entry in named if entry.plan is not None]
    if not planned:
        told = f"'{against}' has no plan to compare with" if against else "none of the designs has a plan to compare"
        raise InputError("comparison", told)
    return planned[0]
