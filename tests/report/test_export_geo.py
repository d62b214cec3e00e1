"""lots.gpkg, lots.geojson and areas.geojson hold the lots and areas of the design: every attribute, every shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from report_cases import EVIL_AREA, EVIL_PROVIDER, awarded

from lotopt.design.design import LotDesign
from lotopt.report import geojson
from lotopt.report.columns import area_columns, free_names, lot_columns
from lotopt.report.degrees import DECIMALS, in_degrees
from lotopt.report.geo import write_geo
from lotopt.report.geojson import write_geojson
from lotopt.territory.parts import Measure
from lotopt.territory.places import load_territory
from lotopt.territory.shapes import shapes

OFFSET = np.array([400_000.0, 300_000.0])  # into the middle of England


@pytest.fixture(scope="module")
def historical() -> LotDesign:
    """The 21 contract package areas of 2014: 318 districts with islands, holes and crooked coasts."""
    england = load_territory("england-wales")
    return LotDesign.from_partition(england, england.design("contract-package-areas-2014"))


@pytest.fixture(scope="module")
def written(historical: LotDesign, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the three files of that design."""
    folder = tmp_path_factory.mktemp("maps")
    assert write_geo(folder / "lots.gpkg", historical) == ""
    for layer in geojson.LAYERS:
        assert write_geojson(folder / f"{layer}.geojson", historical, layer=layer) == ""
    return folder


def normal(shape: Any) -> bytes:
    """The same bytes for the same shape, whatever its order of rings and pieces."""
    whole = shape if shape.geom_type == "MultiPolygon" else shapely.multipolygons([shape])
    return bytes(shapely.to_wkb(shapely.normalize(whole)))


def columns(design: LotDesign, layer: str) -> Mapping[str, list[Any]]:
    return lot_columns(design) if layer == "lots" else area_columns(design)


def same_attributes(frame: gpd.GeoDataFrame, wanted: Mapping[str, list[Any]]) -> None:
    assert [name for name in frame.columns if name not in ("id", "geometry")] == list(wanted)
    for name, values in wanted.items():
        assert frame[name].tolist() == values, name


@pytest.mark.parametrize("layer", geojson.LAYERS)
def test_every_attribute_of_the_geopackage_is_that_of_the_design(
    layer: str, historical: LotDesign, written: Path
) -> None:
    """Ids, names, lots and every measure, to the last digit, in the order of the design."""
    same_attributes(gpd.read_file(written / "lots.gpkg", layer=layer), columns(historical, layer))


@pytest.mark.parametrize("layer", geojson.LAYERS)
def test_every_attribute_of_the_geojson_is_that_of_the_design(
    layer: str, historical: LotDesign, written: Path
) -> None:
    """The same list of columns as in the GeoPackage."""
    same_attributes(gpd.read_file(written / f"{layer}.geojson"), columns(historical, layer))


def test_the_columns_are_those_of_the_territory(historical: LotDesign) -> None:
    """What both files are held against is itself held against the territory, measure by measure."""
    territory, found = historical.territory, area_columns(historical)
    assert dict(zip(found["area"], found["lot"], strict=True)) == historical.lot_of
    for key, measure in territory.measures.items():
        assert found[key] == measure.values.tolist()
        by_lot = dict.fromkeys(historical.lots, 0.0)
        for lot, value in zip(found["lot"], found[key], strict=True):
            by_lot[lot] += value
        assert lot_columns(historical)[key] == pytest.approx(list(by_lot.values()), rel=1e-12)


def test_the_areas_of_the_geopackage_are_the_shapes_of_the_territory(historical: LotDesign, written: Path) -> None:
    """Normalised, each is the same bytes; the CRS is the same."""
    frame = gpd.read_file(written / "lots.gpkg", layer="areas")
    assert frame.crs.to_string() == historical.territory.crs
    wanted = shapes(historical.territory)
    assert wanted is not None
    for area, found, shape in zip(frame["area"], frame.geometry, wanted, strict=True):
        assert normal(found) == normal(shape), area


@pytest.mark.parametrize("of", ["lots.gpkg", "lots.geojson"])
def test_a_lot_is_the_union_of_its_areas(of: str, written: Path) -> None:
    """Equal as point sets: no area is missing from its lot, nothing else is in it, and lots share no ground."""
    if of == "lots.gpkg":
        lots, areas = (gpd.read_file(written / of, layer=layer) for layer in geojson.LAYERS)
    else:
        lots, areas = (gpd.read_file(written / f"{layer}.geojson") for layer in geojson.LAYERS)
    for lot, shape in zip(lots["lot"], lots.geometry, strict=True):
        union = shapely.union_all(areas.geometry[areas["lot"] == lot].to_numpy())
        assert shapely.equals(union, shape), lot
    assert shapely.coverage_is_valid(lots.geometry.to_numpy())


@pytest.mark.parametrize("layer", geojson.LAYERS)
def test_the_geojson_is_the_geopackage_within_rounding(layer: str, written: Path) -> None:
    """Moved back to metres no outline is further than 0.1 m from where it was, and every shape is valid."""
    degrees = gpd.read_file(written / f"{layer}.geojson")
    metres = gpd.read_file(written / "lots.gpkg", layer=layer)
    assert degrees.geometry.is_valid.all()
    back = degrees.to_crs(metres.crs)
    far = [a.hausdorff_distance(b) for a, b in zip(back.geometry, metres.geometry, strict=True)]
    # half of the last decimal is 0.056 m to the north and less to the east: together under 0.1 m
    assert max(far) < 0.1


@pytest.mark.parametrize("layer", geojson.LAYERS)
def test_what_rfc_7946_asks_for(layer: str, historical: LotDesign, written: Path) -> None:
    """Longitude before latitude, closed rings, outer ones anticlockwise, holes clockwise, ids once, no crs."""
    found = json.loads((written / f"{layer}.geojson").read_text(encoding="utf-8"))
    assert found["type"] == "FeatureCollection"
    assert "crs" not in found
    ids = historical.lots if layer == "lots" else historical.territory.ids
    assert [feature["id"] for feature in found["features"]] == list(ids)
    holes = 0
    for feature in found["features"]:
        geometry = feature["geometry"]
        polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        for outer, *inner in polygons:
            holes += len(inner)
            assert all(ring[0] == ring[-1] for ring in (outer, *inner))
            assert shapely.is_ccw(shapely.linearrings(outer))
            assert not any(shapely.is_ccw(shapely.linearrings(hole)) for hole in inner)
            # England and Wales: 6.4 west to 1.8 east, 49.9 to 55.8 north
            assert all(-6.5 < x < 1.8 and 49.8 < y < 55.9 for x, y in outer)
            assert all(x == round(x, DECIMALS) and y == round(y, DECIMALS) for x, y in outer)
    assert holes > 0  # of islands and cities within others, so that holes are tested


def test_the_geojson_says_what_it_is(historical: LotDesign, written: Path) -> None:
    """Precision and attribution travel with the file."""
    found = json.loads((written / "areas.geojson").read_text(encoding="utf-8"))
    assert found["note"] == geojson.NOTE
    assert found["attribution"] == list(historical.territory.attribution)
    assert found["title"] == historical.title


def test_the_same_design_gives_the_same_geojson(historical: LotDesign, written: Path, tmp_path: Path) -> None:
    """Byte for byte, and of a size that a browser opens: 318 districts in less than 3 MB."""
    write_geojson(tmp_path / "again.geojson", historical, layer="areas")
    content = (tmp_path / "again.geojson").read_bytes()
    assert content == (written / "areas.geojson").read_bytes()
    assert len(content) < 3_000_000


def test_a_simulated_market_is_told_in_every_file(shaped: LotDesign, tmp_path: Path) -> None:
    """Names of providers do not travel without it."""
    write_geo(tmp_path / "lots.gpkg", shaped, awarded(shaped, simulated=True))
    write_geojson(tmp_path / "lots.geojson", shaped, awarded(shaped, simulated=True))
    for found in (gpd.read_file(tmp_path / "lots.gpkg", layer="lots"), gpd.read_file(tmp_path / "lots.geojson")):
        assert found["simulated"].tolist() == [True, True, True]
        assert found["provider"].tolist() == [EVIL_PROVIDER, "Second Chance", EVIL_PROVIDER]
    assert "SIMULATED" in json.loads((tmp_path / "lots.geojson").read_text(encoding="utf-8"))["warning"]


def test_real_bids_are_not_called_simulated(shaped: LotDesign, tmp_path: Path) -> None:
    """The column says so, and there is no warning."""
    write_geojson(tmp_path / "lots.geojson", shaped, awarded(shaped))
    found = json.loads((tmp_path / "lots.geojson").read_text(encoding="utf-8"))
    assert "warning" not in found
    assert {feature["properties"]["simulated"] for feature in found["features"]} == {False}


@pytest.mark.parametrize("name", ["name", "LOT", "fid", "geom", "geometry", "id", "areas", "Cases", "provider"])
def test_a_measure_takes_no_other_column_away(name: str, shaped: LotDesign, tmp_path: Path) -> None:
    """A measure may be called anything; beside a column of that name it goes by a number as well."""
    more = {**shaped.territory.measures, name: Measure(name, np.arange(9.0))}
    design = replace(shaped, territory=replace(shaped.territory, measures=more))
    write_geo(tmp_path / "lots.gpkg", design, awarded(design))
    write_geojson(tmp_path / "lots.geojson", design, awarded(design))
    for found in (gpd.read_file(tmp_path / "lots.gpkg", layer="lots"), gpd.read_file(tmp_path / "lots.geojson")):
        assert found["lot"].tolist() == ["A", "B", "C"]
        # A holds areas 0, 1 and 3; B 2, 4 and 5; C 6, 7 and 8
        assert found[f"{name}_2"].tolist() == [4.0, 11.0, 21.0]
        assert found["cases"].tolist() == [3.0, 3.0, 3.0]


def test_free_names_are_distinct() -> None:
    """Also where a name that would be free is a measure's own."""
    assert free_names(["name", "name_2", "NAME"], ["name"]) == {
        "name": "name_3",
        "name_2": "name_2",
        "NAME": "NAME_4",
    }


def test_names_that_are_markup_stay_text(shaped: LotDesign, tmp_path: Path) -> None:
    """JSON has its own escapes and needs no others."""
    write_geojson(tmp_path / "areas.geojson", shaped, layer="areas")
    found = json.loads((tmp_path / "areas.geojson").read_text(encoding="utf-8"))
    assert found["features"][0]["properties"]["name"] == EVIL_AREA


def test_a_territory_without_shapes_gives_points(design: LotDesign, tmp_path: Path) -> None:
    """An area is a point and a lot the points of its areas, where a CRS says where on earth they are."""
    placed = replace(design.territory, crs="EPSG:27700", xy=design.territory.xy + OFFSET)
    points = replace(design, territory=placed)
    for layer in geojson.LAYERS:
        assert write_geojson(tmp_path / f"{layer}.geojson", points, layer=layer) == ""
    areas, lots = (json.loads((tmp_path / f"{name}.geojson").read_text("utf-8")) for name in ("areas", "lots"))
    assert geojson.POINTS in lots["note"]
    assert {feature["geometry"]["type"] for feature in areas["features"]} == {"Point"}
    place = {f["id"]: f["geometry"]["coordinates"] for f in areas["features"]}
    for feature in lots["features"]:
        mine = [place[area] for area, lot in design.lot_of.items() if lot == feature["id"]]
        assert sorted(feature["geometry"]["coordinates"]) == sorted(mine)


def test_without_a_crs_nothing_is_written(design: LotDesign, tmp_path: Path) -> None:
    """Metres on an unknown grid are no place on earth, and that is told."""
    told = write_geojson(tmp_path / "lots.geojson", design)
    assert told.startswith("lots.geojson is not written: the territory names no crs")
    assert not list(tmp_path.iterdir())


def test_without_any_place_nothing_is_written(design: LotDesign, tmp_path: Path) -> None:
    """A graph without coordinates has no map."""
    nowhere = replace(design.territory, crs="EPSG:27700", xy=np.zeros((9, 2)))
    told = write_geojson(tmp_path / "lots.geojson", replace(design, territory=nowhere))
    assert "neither shapes nor centres" in told
    assert not list(tmp_path.iterdir())


def test_outside_the_world_nothing_is_written(design: LotDesign, tmp_path: Path) -> None:
    """Coordinates that the CRS does not reach are told, not written as infinity."""
    far = replace(design.territory, crs="EPSG:27700", xy=np.full((9, 2), 1e30))
    told = write_geojson(tmp_path / "lots.geojson", replace(design, territory=far))
    assert told == f"lots.geojson is not written: {geojson.NOWHERE}"
    assert not list(tmp_path.iterdir())


def test_a_map_too_large_for_a_browser_is_told(
    shaped: LotDesign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine squares have 45 positions."""
    monkeypatch.setattr(geojson, "MOST_POSITIONS", 44)
    told = write_geojson(tmp_path / "areas.geojson", shaped, layer="areas")
    assert told == "areas.geojson is not written: 45 positions are more than 44; lots.gpkg has them"
    assert not list(tmp_path.glob("*.geojson"))


def test_a_measure_that_is_no_number_is_null(shaped: LotDesign, tmp_path: Path) -> None:
    """JSON has no word for it, and many readers refuse a file that tries."""
    cases = Measure("cases", np.array([np.nan, *[1.0] * 8]))
    design = replace(shaped, territory=replace(shaped.territory, measures={"cases": cases}))
    write_geojson(tmp_path / "areas.geojson", design, layer="areas")
    found = json.loads((tmp_path / "areas.geojson").read_text(encoding="utf-8"))
    assert [feature["properties"]["cases"] for feature in found["features"]][:2] == [None, 1.0]


def test_a_shape_across_the_180th_meridian_is_cut_there() -> None:
    """RFC 7946, 3.1.9: no part lies on both sides; Fiji's grid has its origin east of it."""
    across = np.array([shapely.box(1_900_000, 3_900_000, 2_200_000, 4_100_000)], dtype=object)
    (found,) = in_degrees(across, "EPSG:3460")
    west, east = sorted(shapely.get_parts(found), key=lambda part: part.bounds[0])
    assert (west.bounds[0], east.bounds[2]) == (-180.0, 180.0)
    assert all(shapely.is_ccw(part.exterior) for part in (west, east))
    back = gpd.GeoSeries([west, east], crs="EPSG:4326").to_crs("EPSG:3460")
    # 300 km by 200 km; lines that are straight on the grid are not quite straight in degrees
    assert back.area.sum() == pytest.approx(300e3 * 200e3, rel=0.01)


def test_a_shape_smaller_than_the_last_decimal_is_kept() -> None:
    """A square of 2 cm would be rounded to a point; it keeps its digits."""
    tiny = np.array([shapely.box(400_000, 300_000, 400_000.02, 300_000.02)], dtype=object)
    (found,) = in_degrees(tiny, "EPSG:27700")
    assert found.is_valid
    assert found.area > 0


def test_a_sliver_that_rounding_breaks_is_mended() -> None:
    """A dent narrower than the last decimal would touch itself."""
    dent = shapely.Polygon([(0, 0), (100, 0), (100, 100), (50.01, 100), (50, 0.01), (49.99, 100), (0, 100)])
    moved = shapely.transform(dent, lambda xy: xy + OFFSET)
    (found,) = in_degrees(np.array([moved], dtype=object), "EPSG:27700")
    assert found.is_valid
    assert found.geom_type in ("Polygon", "MultiPolygon")
    assert (np.round(shapely.get_coordinates(found), DECIMALS) == shapely.get_coordinates(found)).all()


def test_no_place_is_at_minus_nought() -> None:
    """A millimetre west of Greenwich is 0.0, so that the same place gives the same text."""
    (found,) = in_degrees(np.array([shapely.Point(-1e-8, 51.0)], dtype=object), "OGC:CRS84")
    assert json.dumps(found.__geo_interface__["coordinates"]) == "[0.0, 51.0]"
