"""lots.geojson and areas.geojson: longitude and latitude, for any map on the web or in a GIS (RFC 7946)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from lotopt.report.awarded import SIMULATED, is_simulated
from lotopt.report.columns import area_columns, lot_columns
from lotopt.report.degrees import DECIMALS, in_degrees
from lotopt.report.files import write_whole

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.core.result import Result
    from lotopt.design.design import LotDesign

Layer = Literal["lots", "areas"]
LAYERS: tuple[Layer, ...] = get_args(Layer)

# About 25 MB of text, which a browser still draws; lots.gpkg has no such limit.
MOST_POSITIONS = 1_000_000
NOTE = f"Longitude and latitude (WGS84), rounded to {DECIMALS} decimals of a degree, about 0.1 m."
NOWHERE = "some place has no longitude and latitude"
POINTS = "The territory has no shapes: every area is the point at its centre."


def write_geojson(
    path: Path | str, design: LotDesign, awards: Result[Allocation] | None = None, *, layer: Layer = "lots"
) -> str:
    """Write the lots (united) or the areas (with their lot) of a design as GeoJSON, in longitude and latitude.

    A territory without shapes gives points, where it has a CRS. Returns why nothing was written, or an empty text; an
    older file is replaced as a whole. The same design gives the same bytes, unless PROJ finds other grids to move by.
    """
    why = refused(design)
    if why:
        return f"{layer}.geojson is not written: {why}"
    try:
        features = list(_features(design, awards, layer))
    except ValueError:
        return f"{layer}.geojson is not written: {NOWHERE}"
    # members beside those of RFC 7946 are allowed, and readers pass over what they do not know
    head: dict[str, Any] = {"type": "FeatureCollection", "title": design.title}
    head["note"] = NOTE if design.territory.shapes_file is not None else f"{NOTE} {POINTS}"
    if layer == "lots" and is_simulated(awards):
        head["warning"] = SIMULATED
    head["attribution"] = list(design.territory.attribution)
    # one feature a line, so that two files can be compared line by line
    lines = ",\n".join(map(_json, features))
    write_whole(Path(path), f'{_json(head)[:-1]},"features":[\n{lines}\n]}}\n'.encode())
    return ""


def refused(design: LotDesign) -> str:
    """Why a design is not to be written as GeoJSON; empty where it is."""
    import shapely

    from lotopt.territory.shapes import shapes

    territory = design.territory
    if not territory.crs:
        return "the territory names no crs, so where on earth it lies is not known"
    found = shapes(territory)
    if found is None:
        placed = np.isfinite(territory.xy).all() and territory.xy.any()
        return "" if placed else "the territory has neither shapes nor centres of its areas"
    positions = int(shapely.get_num_coordinates(np.array(found, dtype=object)).sum())
    if positions > MOST_POSITIONS:
        return f"{positions:,} positions are more than {MOST_POSITIONS:,}; lots.gpkg has them"
    return ""


def _features(design: LotDesign, awards: Result[Allocation] | None, layer: Layer) -> Iterator[dict[str, Any]]:
    """One feature a lot or area. Raises ValueError for a place that has no longitude and latitude."""
    columns = lot_columns(design, awards) if layer == "lots" else area_columns(design)
    placed = in_degrees(_ground(design, layer), design.territory.crs)
    for i, shape in enumerate(placed):
        properties = {key: _finite(values[i]) for key, values in columns.items()}
        geometry = shape.__geo_interface__
        yield {"type": "Feature", "id": next(iter(properties.values())), "properties": properties} | {
            "geometry": {"type": geometry["type"], "coordinates": geometry["coordinates"]}
        }


def _ground(design: LotDesign, layer: Layer) -> Any:
    """One shape per lot or area in the territory's CRS; points, and groups of points, where it has no shapes."""
    import shapely

    from lotopt.territory.shapes import outline, shapes

    territory = design.territory
    areas = shapes(territory)
    if areas is None:
        points = shapely.points(territory.xy)
        if layer == "areas":
            return points
        return np.array([shapely.multipoints(points[design.of == k]) for k in range(len(design))], dtype=object)
    return np.array(areas if layer == "areas" else outline(territory, design.of), dtype=object)


def _finite(value: Any) -> Any:
    """JSON knows no infinity, and no number that is none."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
