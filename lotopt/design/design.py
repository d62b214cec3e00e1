"""LotDesign: which lot each area is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lotopt.core.errors import InputError
from lotopt.core.lot import AreaFacts, LotFacts
from lotopt.territory.lots import LotTable
from lotopt.territory.parts import Ints, Partition
from lotopt.territory.territory import Territory

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class LotDesign:
    """A partition of a territory's areas into lots: `of` (n,) holds each area's index into `lots`."""

    territory: Territory
    lots: tuple[str, ...]
    of: Ints
    names: tuple[str, ...] = ()
    title: str = ""

    @classmethod
    def from_mapping(cls, territory: Territory, lot_of: Mapping[str, str], title: str = "") -> LotDesign:
        """A design from {area id: lot id}; lots come in the order of their first area.

        Raises InputError for unknown areas and for areas without a lot.
        """
        problems = [f"no area '{area}' in the territory" for area in lot_of if area not in territory.index]
        missing = [area for area in territory.ids if area not in lot_of]
        problems += [f"area '{area}' has no lot" for area in missing[:20]]
        if len(missing) > 20:
            problems.append(f"{len(missing) - 20} more areas have no lot")
        if problems:
            raise InputError(title or "design", problems)
        lots = tuple(dict.fromkeys(lot_of[area] for area in territory.ids))
        place = {lot: i for i, lot in enumerate(lots)}
        return cls(territory, lots, np.array([place[lot_of[a]] for a in territory.ids], dtype=np.int64), title=title)

    @classmethod
    def from_partition(cls, territory: Territory, partition: Partition) -> LotDesign:
        return cls(territory, partition.lots, partition.of, partition.names, partition.title or partition.name)

    def partition(self, name: str) -> Partition:
        """The design under a name, for `Territory.with_design`."""
        return Partition(name, self.lots, self.of, self.names, self.title)

    @cached_property
    def table(self) -> LotTable:
        """The lots as a table that measures them."""
        return LotTable.of_labels(self.territory, self.of, self.lots)

    def __len__(self) -> int:
        return len(self.lots)

    def __iter__(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each lot with the ids of its areas."""
        for i, lot in enumerate(self.lots):
            yield lot, tuple(self.territory.ids[j] for j in np.flatnonzero(self.of == i))

    @property
    def lot_of(self) -> dict[str, str]:
        return {area: self.lots[lot] for area, lot in zip(self.territory.ids, self.of, strict=True)}

    def name_of(self, lot: int) -> str:
        return self.names[lot] if self.names else self.lots[lot]

    def facts(self) -> tuple[LotFacts, ...]:
        """The lots as the market sees them."""
        territory = self.territory
        area = [
            AreaFacts(
                territory.ids[i],
                float(territory.xy[i, 0] / 1000),
                float(territory.xy[i, 1] / 1000),
                {key: float(m.values[i]) for key, m in territory.measures.items()},
            )
            for i in range(len(territory))
        ]
        totals = {key: self.table.total(key) for key in territory.measures}
        return tuple(
            LotFacts(
                lot,
                self.name_of(k),
                tuple(area[i] for i in np.flatnonzero(self.of == k)),
                {key: float(total[k]) for key, total in totals.items()},
            )
            for k, lot in enumerate(self.lots)
        )

    def __repr__(self) -> str:
        title = f" {self.title}" if self.title else ""
        return f"<LotDesign{title}: {len(self)} lots of {len(self.territory)} areas>"

    def __str__(self) -> str:
        """One line per lot: its id, how many areas it has, and what it is made of."""
        wide = max((len(lot) for lot in self.lots), default=0)
        areas = np.bincount(self.of, minlength=len(self))
        return "\n".join(
            f"{lot:<{wide}}  {areas[k]:>4} areas  {self.name_of(k)}".rstrip() for k, lot in enumerate(self.lots)
        )

    def _repr_html_(self) -> str:
        """The lots as a table, for notebooks."""
        frame = self.table.to_frame()
        frame.insert(1, "name", [self.name_of(k) for k in range(len(self))])
        return str(frame.to_html(index=False, escape=True))

    def to_frame(self) -> pd.DataFrame:
        """One row per area: area, name, lot, and the lot's name."""
        import pandas as pd

        rows = zip(self.territory.ids, self.territory.names, self.of, strict=True)
        return pd.DataFrame(
            [[area, name, self.lots[k], self.name_of(k)] for area, name, k in rows],
            columns=["area", "name", "lot", "lot_name"],
        )
