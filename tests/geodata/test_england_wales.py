"""The embedded facts of England and Wales hold together, and come out of the build again."""

import csv
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

PLACE = Path(__file__).resolve().parents[2] / "geodata" / "england-wales"
LOTS = {
    "probation-areas-2001": 42,
    "probation-trusts-2010": 35,
    "noms-regions-2004": 10,
    "contract-package-areas-2014": 21,
    "nps-divisions-2014": 7,
    "probation-regions-2021": 12,
}
AGENCIES = {
    "police": 43, "justice": 42, "local_justice": 74, "community_safety": 301, "council": 175,
    "region": 10, "probation_region": 12, "delivery_unit": 106, "trust_2010": 35, "package_2014": 21,
}


def table(name: str) -> list[dict[str, str]]:
    with (PLACE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def areas() -> dict[str, dict[str, str]]:
    return {row["area"]: row for row in table("areas.csv")}


@pytest.fixture(scope="module")
def neighbours() -> dict[str, set[str]]:
    near: dict[str, set[str]] = defaultdict(set)
    for row in table("borders.csv"):
        near[row["a"]].add(row["b"])
        near[row["b"]].add(row["a"])
    return near


@pytest.fixture(scope="module")
def described() -> dict:
    return tomllib.loads((PLACE / "territory.toml").read_text(encoding="utf-8"))


def test_every_district_is_there_once_and_in_order(areas):
    """318 districts, each once, sorted by code: 296 in England and 22 in Wales."""
    codes = [row["area"] for row in table("areas.csv")]
    assert codes == sorted(set(codes))
    countries = [row["country"] for row in areas.values()]
    assert (countries.count("England"), countries.count("Wales")) == (296, 22)


@pytest.mark.parametrize(
    ("measure", "total"),
    [("population", 59_597_529), ("crime", 5_204_153), ("households_deprived", 4_521_995)],
)
def test_totals_are_those_of_the_sources(areas, measure, total):
    """Merging districts loses and invents nobody: each measure keeps the total of its source."""
    assert sum(int(row[measure]) for row in areas.values()) == total


def test_merged_districts_sum_their_parts(areas):
    """Cumberland is Allerdale, Carlisle and Copeland: 6,539 + 10,289 + 4,764 crimes."""
    assert int(areas["E06000063"]["crime"]) == 21_592


def test_centres_lie_in_the_country(areas):
    """Every centre is on the National Grid within England and Wales, and every district has ground."""
    for row in areas.values():
        assert 80_000 < int(row["easting"]) < 660_000
        assert 5_000 < int(row["northing"]) < 660_000
        assert float(row["area_km2"]) > 2


@pytest.mark.parametrize(("layer", "count"), AGENCIES.items())
def test_each_layer_has_its_agencies_with_names(areas, layer, count):
    """Each area lies in one agency of the layer, and the agencies named are just those in use."""
    named = {row["agency"]: row["name"] for row in table("agencies.csv") if row["layer"] == layer}
    assert {row[layer] for row in areas.values()} == set(named)
    assert len(named) == count
    assert all(named.values())


@pytest.mark.parametrize("layer", AGENCIES)
def test_every_agency_is_connected(areas, neighbours, layer):
    """One can walk through each agency from district to district, over bridges and ferries where need be."""
    members: dict[str, set[str]] = defaultdict(set)
    for area, row in areas.items():
        members[row[layer]].add(area)
    for agency, wanted in members.items():
        reached = {min(wanted)}
        queue = list(reached)
        while queue:
            new = neighbours[queue.pop()] & wanted - reached
            reached |= new
            queue += new
        assert reached == wanted, f"{layer} {agency} is in pieces"


def test_coarser_layers_contain_finer_ones(areas):
    """A police force area lies in one justice area, region, trust, package area and probation region."""
    for coarse in ("justice", "region", "trust_2010", "package_2014", "probation_region"):
        assert len({(row["police"], row[coarse]) for row in areas.values()}) == 43


def test_borders_are_written_once_between_known_areas(areas):
    """Each pair stands once, lower code first, between two different districts."""
    pairs = [(row["a"], row["b"]) for row in table("borders.csv")]
    assert pairs == sorted(set(pairs))
    assert all(a < b and a in areas and b in areas for a, b in pairs)


def test_only_land_has_length_and_only_crossings_have_names():
    """798 borders on land have metres; 23 bridges, tunnels and ferries have none, and say which they are."""
    rows = table("borders.csv")
    land = [row for row in rows if row["kind"] == "land"]
    crossings = [row for row in rows if row["kind"] in ("bridge", "tunnel", "ferry")]
    assert (len(land), len(crossings), len(rows)) == (798, 23, 821)
    assert all(int(row["metres"]) > 0 for row in land)
    assert all(row["metres"] == "0" and row["note"] for row in crossings)


def test_without_crossings_the_map_is_four_pieces(areas):
    """On land alone the Isle of Wight, Anglesey and the Isles of Scilly stand apart from the mainland."""
    land = [row for row in table("borders.csv") if row["kind"] == "land"]
    touched = {row[end] for row in land for end in ("a", "b")}
    assert set(areas) - touched == {"E06000046", "E06000053", "W06000001"}


@pytest.mark.parametrize(("design", "lots"), LOTS.items())
def test_historical_designs_divide_all_police_areas(areas, design, lots):
    """Each design puts each of the 43 police force areas in one lot, with the official number of lots."""
    rows = [row for row in table("designs.csv") if row["design"] == design]
    assert sorted(row["agency"] for row in rows) == sorted({row["police"] for row in areas.values()})
    assert len({row["lot"] for row in rows}) == lots
    assert len({(row["lot"], row["name"]) for row in rows}) == lots


def test_two_package_areas_straddle_regions(areas):
    """Of the 21 contract package areas of 2014 just C04 and C13 lie in two regions."""
    region = {row["police"]: row["region"] for row in areas.values()}
    seen: dict[str, set[str]] = defaultdict(set)
    for row in table("designs.csv"):
        if row["design"] == "contract-package-areas-2014":
            seen[row["lot"]].add(region[row["agency"]])
    assert {lot for lot, regions in seen.items() if len(regions) > 1} == {"C04", "C13"}


def test_designs_and_layers_tell_the_same(areas):
    """The layers of 2010 and 2014 are the designs of those years, laid over districts."""
    same = {"trust_2010": "probation-trusts-2010", "package_2014": "contract-package-areas-2014"}
    for layer, design in same.items():
        lot = {row["agency"]: row["lot"] for row in table("designs.csv") if row["design"] == design}
        assert all(lot[row["police"]] == row[layer] for row in areas.values())


def test_flags_speak_of_known_areas_and_layers(areas):
    """A flag names a layer, a district, a known basis and a reason, once."""
    rows = table("flags.csv")
    assert len({(row["layer"], row["area"]) for row in rows}) == len(rows)
    assert {row["layer"] for row in rows} <= set(AGENCIES)
    assert {row["area"] for row in rows} <= set(areas)
    assert {row["basis"] for row in rows} == {"approximate", "merged", "named-area", "several", "split"}
    assert all(row["note"] for row in rows)


def test_points_lie_near_their_district(areas):
    """125 prisons and 231 courts, each within 80 km of the centre of the district it is said to be in."""
    rows = table("points.csv")
    assert [sum(row["kind"] == kind for row in rows) for kind in ("prison", "court")] == [125, 231]
    for row in rows:
        home = areas[row["area"]]
        away = [int(row[axis]) - int(home[axis]) for axis in ("easting", "northing")]
        assert away[0] ** 2 + away[1] ** 2 < 80_000**2, row["id"]


def test_positions_agree_with_a_projection_library():
    """Eastings and northings are within 10 m of what PROJ makes of the same latitude and longitude."""
    pyproj = pytest.importorskip("pyproj")
    to_grid = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:27700")
    for row in table("points.csv"):
        east, north = to_grid.transform(float(row["latitude"]), float(row["longitude"]))
        assert abs(east - int(row["easting"])) < 10
        assert abs(north - int(row["northing"])) < 10


def test_territory_toml_names_real_columns(described):
    """Every file, column, layer and design that territory.toml names exists."""
    columns = set(table("areas.csv")[0])
    named = [described["areas"][key] for key in ("id", "name", "x", "y", "km2")]
    named += [entry["column"] for group in ("measures", "layers") for entry in described[group].values()]
    assert set(named) <= columns
    assert set(described["layers"]) == set(AGENCIES)
    assert set(described["designs"]["about"]) == {row["design"] for row in table("designs.csv")} == set(LOTS)
    for points in described["points"].values():
        wanted = {points[key] for key in ("id", "name", "type", "x", "y", "area")}
        assert wanted <= set(table(points["file"])[0])


def test_the_tables_come_out_of_the_build_again():
    """build.py --check remakes every table from the fact tables and finds the same bytes."""
    done = subprocess.run(
        [sys.executable, str(PLACE / "build.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="module")
def polygons():
    geopandas = pytest.importorskip("geopandas")
    return geopandas.read_file(PLACE / "areas.gpkg", layer="areas")


def test_each_district_has_its_polygon(areas, polygons):
    """318 polygons under the ids and names of areas.csv, in the British National Grid, in under 2 MB."""
    assert list(polygons["area"]) == list(areas)
    assert list(polygons["name"]) == [row["name"] for row in areas.values()]
    assert polygons.crs.to_epsg() == 27700
    assert (PLACE / "areas.gpkg").stat().st_size < 2_000_000


def test_polygons_meet_without_gaps_or_overlaps(polygons):
    """Each polygon is valid, and together they are a coverage: neighbours share their border exactly."""
    import shapely

    assert polygons.is_valid.all()
    assert shapely.coverage_is_valid(polygons.geometry.to_numpy())


def test_polygons_have_about_the_ground_they_should(areas, polygons):
    """Drawn area is within 2 % of the published one on average, and within 20 % for every district."""
    share = [
        drawn / 1e6 / float(areas[area]["area_km2"])
        for area, drawn in zip(polygons["area"], polygons.area, strict=True)
    ]
    assert sum(abs(part - 1) for part in share) / len(share) < 0.02
    assert all(0.8 < part < 1.2 for part in share)


def test_polygons_touch_where_the_border_table_says(polygons):
    """Of the borders on land longer than 2 km, at least 97 in 100 are borders of the drawn polygons too."""
    first, second = polygons.sindex.query(polygons.geometry, predicate="intersects")
    ids = polygons["area"].to_numpy()
    drawn = {(a, b) for a, b in zip(ids[first], ids[second], strict=True) if a < b}
    long = [row for row in table("borders.csv") if row["kind"] == "land" and int(row["metres"]) > 2_000]
    assert sum((row["a"], row["b"]) in drawn for row in long) / len(long) > 0.97
