"""What a `territory.toml` may say, and what is said when it says something else."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lotopt.core.errors import InputError, did_you_mean


class Part(BaseModel):
    """A frozen table of a territory file that knows no other keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PolygonOptions(Part):
    """How polygons are read.

    `sheet` is the layer within a GeoPackage; `file_crs` the CRS of a file that does not tell it; `reproject` the CRS
    that lengths are measured in. Invalid polygons are mended only with `mend`. Overlaps of at most
    `overlap_tolerance_m2` are told as notes, larger ones are problems; gaps narrower than `near_m` are told.
    """

    sheet: str = ""
    file_crs: str = ""
    reproject: str = ""
    mend: bool = False
    overlap_tolerance_m2: float = Field(default=1.0, ge=0, allow_inf_nan=False)
    near_m: float = Field(default=5.0, ge=0, allow_inf_nan=False)


class AreasPart(PolygonOptions):
    """The areas: a CSV table, or a file of polygons; `name`, `x`, `y` (metres) and `km2` are columns.

    Beside a table, `shapes` is a file of polygons with the areas' ids in its column `shapes_id` (`id` unless given):
    for maps, and for borders where no table of borders is named.
    """

    file: str
    id: str = "area"
    name: str = ""
    x: str = ""
    y: str = ""
    km2: str = ""
    shapes: str = ""
    shapes_id: str = ""
    islands_allowed: bool = False
    islands: tuple[str, ...] = Field(default=(), strict=False)


class MeasurePart(Part):
    """A number per area: its column (the measure's own name unless given), title, unit and source."""

    column: str = ""
    title: str = ""
    unit: str = ""
    source: str = ""


class LayerPart(Part):
    """Another division of the ground: the column with each area's agency, and a file of agency names."""

    column: str = ""
    names: str = ""
    title: str = ""
    source: str = ""
    note: str = ""


class FlagsPart(Part):
    """Assignments that are not exact: one row per layer and area, with a note."""

    file: str
    layer: str = "layer"
    area: str = "area"
    basis: str = "basis"
    note: str = "note"


class BordersPart(Part):
    """The table of borders: columns of both areas, the kind, the shared length in metres and a note."""

    file: str
    a: str = "a"
    b: str = "b"
    kind: str = "kind"
    metres: str = "metres"
    note: str = "note"


class LinkPart(Part):
    """A way between two areas that share no border: bridge, tunnel, ferry."""

    a: str
    b: str
    kind: str = "link"
    note: str = ""


class BarrierPart(Part):
    """A border that cannot be crossed: it keeps its length but joins nothing."""

    a: str
    b: str
    note: str = ""


class PointsPart(Part):
    """Courts, prisons: a CSV table with positions in the territory's CRS; `where` picks rows by column.

    `size` is a column with the size of each (people held, court rooms) in `size_unit`; a cell may be empty.
    """

    file: str
    where: dict[str, str] = Field(default_factory=dict)
    title: str = ""
    source: str = ""
    id: str = "id"
    name: str = "name"
    type: str = ""
    x: str = "x"
    y: str = "y"
    area: str = ""
    size: str = ""
    size_unit: str = ""


class DesignsPart(Part):
    """Designs that come with the territory, by area or by agency of a layer; `about` gives their titles."""

    file: str
    design: str = "design"
    lot: str = "lot"
    name: str = ""
    area: str = ""
    agency: str = ""
    layer: str = ""
    about: dict[str, str] = Field(default_factory=dict)


class TerritoryFile(Part):
    """The whole of a `territory.toml`."""

    title: str = ""
    crs: str = ""
    attribution: tuple[str, ...] = Field(default=(), strict=False)
    areas: AreasPart
    measures: dict[str, MeasurePart] = Field(default_factory=dict)
    layers: dict[str, LayerPart] = Field(default_factory=dict)
    flags: FlagsPart | None = None
    borders: BordersPart | None = None
    links: tuple[LinkPart, ...] = Field(default=(), strict=False)
    barriers: tuple[BarrierPart, ...] = Field(default=(), strict=False)
    points: dict[str, PointsPart] = Field(default_factory=dict)
    designs: DesignsPart | None = None


def parse(data: Mapping[str, Any], label: str) -> TerritoryFile:
    """The checked content of a territory file. Raises InputError with every misspelt, missing or wrong key."""
    try:
        return TerritoryFile.model_validate(data)
    except ValidationError as error:
        problems = [_problem(label, list(found["loc"]), found) for found in error.errors()]
        raise InputError(label, problems) from None


def _problem(label: str, loc: Sequence[int | str], found: Mapping[str, Any]) -> str:
    *parents, last = loc
    where = f"{label}, {_section(parents)}" if parents else label
    if found["type"] == "extra_forbidden":
        model = _model_at(parents)
        fields = list(dict.fromkeys([*model.__annotations__, *model.model_fields]))  # its own before inherited ones
        return f"{where}: no key '{last}'; {did_you_mean(str(last), fields)}"
    if found["type"] == "missing":
        return f"{where}: '{last}' is missing"
    return f"{where}: {last} = {found['input']!r}: {_lower(found['msg'])}"


def _section(parents: Sequence[int | str]) -> str:
    if len(parents) == 2 and isinstance(parents[1], int):
        return f"[[{parents[0]}]] number {parents[1] + 1}"
    return f"[{'.'.join(str(part) for part in parents)}]"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _model_at(loc: Sequence[int | str]) -> type[BaseModel]:
    """The model that a place in the file belongs to."""
    found: Any = TerritoryFile
    for part in loc:
        if isinstance(found, type) and issubclass(found, BaseModel):
            found = _bare(found.model_fields[str(part)].annotation)
        else:  # a mapping's or a tuple's element
            found = _bare([kind for kind in typing.get_args(found) if kind is not Ellipsis][-1])
    return found


def _bare(annotation: Any) -> Any:
    """`X` for `X | None`."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return next(kind for kind in typing.get_args(annotation) if kind is not type(None))
    return annotation
