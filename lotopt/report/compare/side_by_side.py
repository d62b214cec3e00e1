"""Designs on one territory, each with its figures, held against one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from lotopt.core.errors import InputError, did_you_mean
from lotopt.report.compare.entry import Entry
from lotopt.report.compare.figures import Measured, Value
from lotopt.report.moves import other_areas
from lotopt.territory.territory import Territory


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Designs of one territory side by side: the first entry is the base that the others are held against.

    All are measured on the base's territory, weighted by `measure` (empty: areas count alike).
    """

    entries: tuple[Entry, ...]
    territory: Territory
    measure: str

    @classmethod
    def of(cls, entries: Sequence[Entry], *, against: str = "", measure: str = "") -> Self:
        """Entries side by side; the base is the one named `against`, else the first that has a plan.

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
