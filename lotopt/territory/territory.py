"""A territory: local areas with all that is known of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from lotopt.core.errors import InputError, did_you_mean
from lotopt.territory.parts import Borders, Floats, Ints, Layer, Measure, Partition, Point

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Territory:
    """Local areas that border each other, with measures and boundary layers.

    `ids` are distinct and in the order of every array; `xy` (n, 2) are centroids in metres. Borders and their
    lengths are facts of their own: shapes are only for maps, unless `borders_from_shapes`.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    xy: Floats
    km2: Floats
    measures: Mapping[str, Measure]
    layers: Mapping[str, Layer]
    borders: Borders
    title: str = ""
    crs: str = ""
    points: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    designs: Mapping[str, Partition] = field(default_factory=dict)
    attribution: tuple[str, ...] = ()
    source: str = "territory"
    digest: str = ""
    shapes_file: Path | None = None
    shapes_id: str = ""
    shapes_sheet: str = ""  # the layer within the file, where it holds several
    shapes_crs: str = ""  # the CRS of a file that does not tell it
    borders_from_shapes: bool = False
    notes: tuple[str, ...] = ()

    @classmethod
    def from_tables(
        cls,
        areas: Mapping[str, Sequence[Any]] | pd.DataFrame,
        borders: Iterable[Sequence[Any]] = (),
        *,
        measures: Sequence[str] = (),
        layers: Sequence[str] = (),
        title: str = "",
        islands_allowed: bool = False,
    ) -> Territory:
        """A territory from plain columns, without any shape.

        `areas` has the column `area` and optionally `name`, `x`, `y` (metres), `km2`, the measures and the layers;
        `borders` holds (a, b), (a, b, metres) or (a, b, metres, kind); where there are borders, an area without any
        is a problem unless `islands_allowed`. Raises InputError with every problem found.
        """
        from lotopt.territory.digest import digest
        from lotopt.territory.tables import fields_from_columns

        columns = {str(key): list(areas[key]) for key in areas}  # type: ignore[index]
        found = fields_from_columns(
            columns, borders, measures=measures, layers=layers, title=title, islands_allowed=islands_allowed
        )
        territory = cls(**found)
        return replace(territory, digest=digest(territory))

    def __len__(self) -> int:
        return len(self.ids)

    def __getstate__(self) -> dict[str, Any]:
        """What is passed to another process: the fields, not what was looked up in them."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Where each area id stands in the arrays."""
        return MappingProxyType({area: i for i, area in enumerate(self.ids)})

    def measure(self, name: str) -> Floats:
        """The values (n,) of a measure. Raises InputError when there is none of that name."""
        if name not in self.measures:
            raise InputError(
                self.source, f"measure: no measure '{name}'; {did_you_mean(name, sorted(self.measures))}"
            )
        return self.measures[name].values

    def layer(self, name: str) -> Layer:
        """A boundary layer. Raises InputError when there is none of that name."""
        if name not in self.layers:
            raise InputError(self.source, f"layer: no layer '{name}'; {did_you_mean(name, sorted(self.layers))}")
        return self.layers[name]

    def design(self, name: str) -> Partition:
        """A design that came with the territory. Raises InputError when there is none of that name."""
        if name not in self.designs:
            raise InputError(self.source, f"design: no design '{name}'; {did_you_mean(name, sorted(self.designs))}")
        return self.designs[name]

    def with_design(self, partition: Partition) -> Territory:
        """The same territory with one more design that rules and goals can name."""
        return replace(self, designs={**self.designs, partition.name: partition})

    def with_layer(self, layer: Layer) -> Territory:
        """The same territory with one more layer that rules, goals and reports can name."""
        from lotopt.territory.digest import digest

        more = replace(self, layers={**self.layers, layer.name: layer})
        return replace(more, digest=digest(more))

    def places(self, name: str) -> Ints:
        """The areas (sorted indices) that a name means: an area, or an agency of any layer.

        Names and ids both count, `layer:name` is exact. Raises InputError when nothing, or more than one
        different set of areas, goes by that name.
        """
        found = self._named.get(name.strip().casefold(), ())
        distinct = dict(found)
        if not distinct:
            raise InputError(self.source, f"no area or agency '{name}'; {did_you_mean(name, self._all_names)}")
        if len(set(distinct.values())) > 1:
            where = ", ".join(f"'{key}:{name}'" for key in sorted(distinct))
            raise InputError(self.source, f"'{name}' means different areas; say which: {where}")
        return np.array(next(iter(distinct.values())), dtype=np.int64)

    @cached_property
    def _all_names(self) -> list[str]:
        agencies = [layer.name_of(i) for layer in self.layers.values() for i in range(len(layer.agencies))]
        return list(dict.fromkeys([*self.names, *agencies]))

    @cached_property
    def _named(self) -> dict[str, tuple[tuple[str, tuple[int, ...]], ...]]:
        found: dict[str, list[tuple[str, tuple[int, ...]]]] = {}

        def add(kind: str, name: str, areas: tuple[int, ...]) -> None:
            for key in (name, f"{kind}:{name}"):
                found.setdefault(key.casefold(), []).append((kind, areas))

        for i, (area, name) in enumerate(zip(self.ids, self.names, strict=True)):
            for word in {area, name}:
                add("area", word, (i,))
        for key, layer in self.layers.items():
            for agency, code in enumerate(layer.agencies):
                members = tuple(int(i) for i in np.flatnonzero(layer.of == agency))
                for word in {code, layer.name_of(agency)}:
                    add(key, word, members)
        return {name: tuple(entries) for name, entries in found.items()}

    def to_frame(self) -> pd.DataFrame:
        """One row per area: id, name, centroid, every measure and the agency's name in every layer."""
        import pandas as pd

        frame = pd.DataFrame({"area": self.ids, "name": self.names, "x": self.xy[:, 0], "y": self.xy[:, 1]})
        for key, measure in self.measures.items():
            frame[key] = measure.values
        for key, layer in self.layers.items():
            frame[key] = [layer.name_of(a) if a >= 0 else "" for a in layer.of]
        return frame

    def __repr__(self) -> str:
        return f"<Territory {self.title or self.source}: {len(self)} areas, {len(self.borders.a)} borders>"
