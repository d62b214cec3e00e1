"""Polygons: read from a file with every fault told, fetched late for maps, united into lots."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from lotopt.core.errors import InputError, Problems, did_you_mean
from lotopt.territory.adjacency import SNAP
from lotopt.territory.crs import metric_crs, same_crs
from lotopt.territory.files import BOM, Table, reason, word
from lotopt.territory.parts import Ints
from lotopt.territory.schema import PolygonOptions
from lotopt.territory.territory import Territory

# More than any national map needs; a file with more is a mistake or an attack.
MOST_VERTICES = 5_000_000

# GeoJSON has no other CRS since RFC 7946; the older `crs` member is honoured because files still carry it.
GEOJSON_CRS = "OGC:CRS84"

# Keep GDAL from following a file to other files or the network (see MAGIC in files.py for the first fence).
CLOSED = {"GDAL_SKIP": "OGR_VRT", "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none"}


@dataclass(frozen=True)
class Polygons:
    """Polygons in the order of their file with the table beside them, in the projected CRS named by `crs`."""

    table: Table
    shapes: tuple[Any, ...]
    crs: str


def read_polygons(path: Path, label: str, options: PolygonOptions, id_column: str, crs: str = "") -> Polygons:
    """The polygons of a GeoPackage, GeoJSON, GeoParquet or Shapefile, in a projected CRS.

    They are moved to `options.reproject`, else to `crs` when it is named. Raises InputError with every problem: no
    CRS, a CRS in degrees, missing, wrong or invalid shapes by id.
    """
    problems = Problems(label)
    table, shapes, found = _read(path, label, options)
    found = found or options.file_crs
    target = metric_crs(found, options.reproject or crs, label, problems)
    problems.check()
    ids = [word(cell) for cell in table.columns.get(id_column, [""] * len(table))]
    shapes = _sound(shapes, ids, table, options.mend, problems)
    problems.check()
    if not same_crs(found, target):
        shapes = _sound(_moved(shapes, found, target), ids, table, options.mend, problems)
        problems.check()
    return Polygons(table, tuple(shapes), target)


def _read(path: Path, label: str, options: PolygonOptions) -> tuple[Table, Any, str]:
    ending = path.suffix.lower()
    try:
        if ending in (".geojson", ".json"):
            return _read_geojson(path, label)
        frame = (
            _read_parquet(path) if ending in (".parquet", ".geoparquet") else _read_gdal(path, label, options.sheet)
        )
    except InputError:
        raise
    except Exception as error:  # the readers raise many kinds; all of them mean that the file cannot be read
        raise InputError(label, f"{label} {_unreadable(error, ending)}") from error
    if not hasattr(frame, "geometry") or frame.columns.empty:
        raise InputError(label, f"{label} holds no shapes")
    columns = {str(name): frame[name].tolist() for name in frame.columns if name != frame.geometry.name}
    crs = "" if frame.crs is None else frame.crs.to_string()
    return Table(label, columns, range(2, len(frame) + 2)), np.asarray(frame.geometry.array, dtype=object), crs


def _unreadable(error: Exception, ending: str) -> str:
    """Why a file cannot be read; what a database says of its own insides helps nobody."""
    if isinstance(error, OSError) and error.errno is not None:
        return f"cannot be read: {reason(error)}"
    if ending == ".gpkg":
        return "is not a readable GeoPackage; it may be damaged or cut off"
    return f"cannot be read: {str(error).splitlines()[0] if str(error) else repr(error)}"


def _read_gdal(path: Path, label: str, sheet: str) -> Any:
    with _closed():
        import pyogrio

        if path.suffix.lower() == ".shp":
            return pyogrio.read_dataframe(path)
        known = [str(name) for name, kind in pyogrio.list_layers(path).tolist() if kind is not None]
        if sheet and sheet not in known:
            raise InputError(label, f"{label}: no layer '{sheet}' in it; {did_you_mean(sheet, known)}")
        if not sheet and len(known) > 1:
            raise InputError(
                label,
                f'{label} holds several layers; say which with sheet = "{known[0]}"; possible: {", ".join(known)}',
            )
        return pyogrio.read_dataframe(path, layer=sheet or None)


@contextmanager
def _closed() -> Iterator[None]:
    """GDAL without its ways to other files and the network, for as long as a file is read."""
    kept = {key: os.environ.get(key) for key in CLOSED}
    os.environ.update(CLOSED)  # GDAL looks for drivers to skip once, when pyogrio is first imported
    import pyogrio

    before = {key: pyogrio.get_gdal_config_option(key) for key in CLOSED}
    pyogrio.set_gdal_config_options(dict(CLOSED))
    try:
        yield
    finally:
        for key, value in kept.items():
            if value is None:
                del os.environ[key]
            else:
                os.environ[key] = value
        pyogrio.set_gdal_config_options(
            {key: None if value == CLOSED[key] else value for key, value in before.items()}
        )


def _read_parquet(path: Path) -> Any:
    import geopandas

    return geopandas.read_parquet(path)


def _read_geojson(path: Path, label: str) -> tuple[Table, Any, str]:
    """GeoJSON without GDAL: nothing in the file can lead anywhere else."""
    import shapely

    data = json.loads(path.read_bytes().removeprefix(BOM))
    if not isinstance(data, dict) or data.get("type") != "FeatureCollection":
        raise InputError(label, f"{label} is no FeatureCollection")
    features = data.get("features", [])
    names = list(dict.fromkeys(name for f in features for name in (f.get("properties") or {})))
    if any("id" in feature for feature in features) and "id" not in names:
        names.append("id")
    columns = {
        name: [(f.get("properties") or {}).get(name, f.get("id") if name == "id" else None) for f in features]
        for name in names
    }
    _whole_characters(columns, label)
    texts = [json.dumps(f["geometry"]) if f.get("geometry") else None for f in features]
    shapes = np.array(shapely.from_geojson(texts), dtype=object)
    crs = ((data.get("crs") or {}).get("properties") or {}).get("name", GEOJSON_CRS)
    return Table(label, columns, range(2, len(features) + 2)), shapes, crs


def _whole_characters(columns: dict[str, list[Any]], label: str) -> None:
    """JSON can name half of a character, which no file can hold. Raises InputError with every such cell."""
    problems = Problems(label)
    for name, cells in columns.items():
        for at, cell in enumerate((name, *cells)):
            if (
                isinstance(cell, str)
                and not cell.isascii()
                and any("\ud800" <= letter <= "\udfff" for letter in cell)
            ):
                problems.add(
                    f"{label}, row {at + 1}, {name!a}: {cell[:40]!a} holds half of a character; write it whole"
                )
    problems.check()


def _moved(shapes: Any, source: str, target: str) -> Any:
    import shapely
    from pyproj import Transformer

    move = Transformer.from_crs(source, target, always_xy=True)
    return shapely.transform(shapes, lambda xy: np.column_stack(move.transform(xy[:, 0], xy[:, 1])))


def _sound(shapes: Any, ids: Sequence[str], table: Table, mend: bool, problems: Problems) -> Any:
    """The shapes, each a valid polygon; a problem for each that is not, by id."""
    import shapely

    vertices = int(shapely.get_num_coordinates(shapes).sum())
    if vertices > MOST_VERTICES:
        problems.add(f"{table.label}: {vertices:,} vertices are more than {MOST_VERTICES:,}; simplify it")
        return shapes
    shapes = shapely.force_2d(shapes)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    polygon = np.isin(shapely.get_type_id(shapes), (3, 6))
    invalid = polygon & ~empty & ~shapely.is_valid(shapes)
    if mend and invalid.any():
        shapes = shapes.copy()
        shapes[invalid] = shapely.make_valid(shapes[invalid], method="structure", keep_collapsed=False)
        invalid = invalid & ~shapely.is_valid(shapes)
        empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    for i, shape in enumerate(shapes):
        where = f"{table.where(i)}: area '{ids[i]}'"
        if empty[i]:
            problems.add(f"{where} has no shape")
        elif not polygon[i]:
            problems.add(f"{where} is a {shape.geom_type}, not a polygon")
        elif invalid[i]:
            why = shapely.is_valid_reason(shape)
            problems.add(f"{where} is no valid polygon ({why}); mend it, or say mend = true")
        elif not np.isfinite(shape.bounds).all():
            problems.add(f"{where} lies outside the CRS")
    return shapes


def shapes(territory: Territory) -> list[Any] | None:
    """The polygons of a territory in the order of its areas, or None where it has none.

    Read on first use and kept. Raises InputError when the file has changed so that an area is missing.
    """
    if territory.shapes_file is None:
        return None
    try:
        stamp = territory.shapes_file.stat().st_mtime_ns
    except OSError as error:
        name = territory.shapes_file.name
        raise InputError(name, f"{name}: cannot be read any more: {reason(error)}") from None
    options = PolygonOptions(sheet=territory.shapes_sheet, file_crs=territory.shapes_crs, mend=True)
    return list(_shapes(territory.shapes_file, stamp, options, territory.shapes_id, territory.ids, territory.crs))


@lru_cache(maxsize=4)
def _shapes(
    path: Path, stamp: int, options: PolygonOptions, id_column: str, ids: tuple[str, ...], crs: str
) -> tuple[Any, ...]:
    # mended, because the reader has refused invalid polygons already unless it was told to mend them
    found = read_polygons(path, path.name, options, id_column, crs)
    problems = Problems(path.name)
    cells = found.table.text(id_column, problems) or []
    by_id = dict(zip(cells, found.shapes, strict=False))
    for area in ids:
        if cells and area not in by_id:
            problems.add(f"{path.name}: area '{area}' has no shape")
    problems.check()
    return tuple(by_id[area] for area in ids)


def outline(territory: Territory, groups: Ints) -> list[Any] | None:
    """One shape per group: `groups` (n,) gives each area's group, 0 and up, or -1 for none (lots, agencies).

    A group without areas is an empty polygon. None where the territory has no shapes.
    """
    import shapely

    found = shapes(territory)
    if found is None:
        return None
    pieces = np.asarray(found, dtype=object)
    fits = bool(shapely.coverage_is_valid(pieces))
    return [_united(pieces[groups == k], fits) for k in range(int(groups.max(initial=-1)) + 1)]


def _united(pieces: Any, fits: bool) -> Any:
    import shapely

    if not len(pieces):
        return shapely.Polygon()
    return shapely.coverage_union_all(pieces) if fits else shapely.union_all(pieces, grid_size=SNAP)
