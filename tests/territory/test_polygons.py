"""Territories read from polygons: four formats, one answer; every fault with ids, metres and the remedy."""

import json

import pytest
import shapely
from shapely.geometry import Polygon, box, mapping

from lotopt.core.errors import InputError
from lotopt.territory.files import inside
from lotopt.territory.read import read_territory
from lotopt.territory.shapes import outline, shapes

pytestmark = pytest.mark.filterwarnings("ignore:'crs' was not provided", "ignore:GPKG. bad application_id")
geopandas = pytest.importorskip("geopandas")

GRID = "EPSG:27700"
TOML = '[areas]\nfile = "{file}"\nid = "code"\nname = "name"\n{more}\n[measures.cases]\n'

# Two squares of a kilometre side by side, and a third below the first: b and c share only a corner.
#   a b
#   c
SQUARES = {
    "a": box(400_000, 301_000, 401_000, 302_000),
    "b": box(401_000, 301_000, 402_000, 302_000),
    "c": box(400_000, 300_000, 401_000, 301_000),
}


def frame(squares=SQUARES, crs=GRID, **columns):
    values = {"code": list(squares), "name": [f"Area {k}" for k in squares], "cases": [10.0] * len(squares)}
    return geopandas.GeoDataFrame(values | columns, geometry=list(squares.values()), crs=crs)


def write_gpkg(table, folder):
    table.to_file(folder / "areas.gpkg", driver="GPKG")
    return "areas.gpkg"


def write_geojson(table, folder):
    # GeoJSON with the older `crs` member, as GDAL writes it for anything but longitude and latitude
    table.to_file(folder / "areas.geojson", driver="GeoJSON")
    return "areas.geojson"


def write_parquet(table, folder):
    table.to_parquet(folder / "areas.parquet")
    return "areas.parquet"


def write_shapefile(table, folder):
    table.to_file(folder / "areas.shp")
    return "areas.shp"


WRITERS = [write_gpkg, write_geojson, write_parquet, write_shapefile]


@pytest.fixture
def read(tmp_path):
    """Write polygons in a format, read them back as a territory."""

    def read(table=None, write=write_gpkg, more="", top="", bottom=""):
        file = write(frame() if table is None else table, tmp_path)
        text = top + TOML.format(file=file, more=more) + bottom
        (tmp_path / "territory.toml").write_text(text, encoding="utf-8")
        return read_territory(tmp_path)

    return read


def problems_of(call, *args, **options):
    with pytest.raises(InputError) as caught:
        call(*args, **options)
    return caught.value.problems


@pytest.mark.parametrize("write", WRITERS)
def test_every_format_gives_the_same_territory(read, write):
    """Positions, ground and borders come from the polygons: a corner is no border."""
    territory = read(write=write)
    assert territory.ids == ("a", "b", "c")
    assert territory.names == ("Area a", "Area b", "Area c")
    assert territory.xy.tolist() == [[400_500, 301_500], [401_500, 301_500], [400_500, 300_500]]
    assert territory.km2.tolist() == pytest.approx([1, 1, 1])
    pairs = list(zip(territory.borders.a.tolist(), territory.borders.b.tolist(), strict=True))
    assert pairs == [(0, 1), (0, 2)]
    assert territory.borders.metres.tolist() == pytest.approx([1000, 1000])
    assert territory.borders_from_shapes
    assert territory.crs == GRID
    assert territory.notes == ()


@pytest.mark.parametrize("write", WRITERS)
def test_shapes_come_in_the_order_of_areas(read, write):
    """The file may hold them in any order."""
    table = frame().iloc[::-1]
    found = shapes(read(table, write))
    assert [shape.centroid.coords[0] for shape in found] == [
        (400_500, 301_500),
        (401_500, 301_500),
        (400_500, 300_500),
    ]


def test_outlines_unite_the_areas_of_a_group(read, plan):
    """Lot 0 is a and c: 2 km2 around 6 km; lot 1 is b; nobody is in lot 2 of 4."""
    import numpy as np

    territory = read()
    whole = outline(territory, np.array([0, 1, 0]))
    assert [shape.area for shape in whole] == [2e6, 1e6]
    assert whole[0].length == 6000
    partly = outline(territory, np.array([0, -1, 1]))
    assert [shape.area for shape in partly] == [1e6, 1e6]
    assert outline(plan("AB").territory, np.array([0, 1])) is None


def test_polygons_beside_a_table_are_for_maps(tmp_path):
    """With a table of borders, the polygons are not even opened before someone asks for a map."""
    write_gpkg(frame(), tmp_path)
    (tmp_path / "areas.csv").write_text("area,x,y\na,1,2\nb,3,4\nc,5,6\n", encoding="utf-8")
    (tmp_path / "borders.csv").write_text("a,b,metres\na,b,7\nb,c,8\n", encoding="utf-8")
    (tmp_path / "territory.toml").write_text(
        'crs = "EPSG:27700"\n[areas]\nfile = "areas.csv"\nx = "x"\ny = "y"\nshapes = "areas.gpkg"\n'
        'shapes_id = "code"\n[borders]\nfile = "borders.csv"\n',
        encoding="utf-8",
    )
    territory = read_territory(tmp_path)
    assert territory.borders.metres.tolist() == [7, 8]
    assert not territory.borders_from_shapes
    assert len(shapes(territory)) == 3


def test_polygons_beside_a_table_give_borders_where_no_table_does(tmp_path):
    """Without a table of borders they come from the polygons; both files must hold the same areas."""
    write_gpkg(frame(), tmp_path)
    (tmp_path / "areas.csv").write_text("area\na\nb\nc\n", encoding="utf-8")
    text = '[areas]\nfile = "areas.csv"\nshapes = "areas.gpkg"\nshapes_id = "code"\n'
    (tmp_path / "territory.toml").write_text(text, encoding="utf-8")
    territory = read_territory(tmp_path)
    assert territory.borders.metres.tolist() == [1000, 1000]
    assert territory.xy[0].tolist() == [400_500, 301_500]
    (tmp_path / "areas.csv").write_text("area\na\nb\nd\n", encoding="utf-8")
    found = problems_of(read_territory, tmp_path)
    assert found[0] == "areas.csv, row 4: area 'd' has no polygon in areas.gpkg"
    assert found[1] == "areas.gpkg, row 4: no area 'c' in areas.csv"


@pytest.mark.parametrize("write", [write_gpkg, write_parquet, write_shapefile])
def test_a_file_without_crs_is_told(read, write):
    """Lengths without a unit are of no use; the remedy is named, and works."""
    table = frame(crs=None)
    (problem,) = problems_of(read, table, write)
    assert problem.endswith(
        "has no CRS, so its lengths have no unit; write the CRS into the file, or say "
        'file_crs = "EPSG:27700" (the one it was drawn in)'
    )
    assert read(table, write, more='file_crs = "EPSG:27700"').borders.metres.tolist() == pytest.approx([1000, 1000])


@pytest.mark.parametrize("write", WRITERS)
def test_degrees_are_told_and_moved(read, write):
    """Lengths in degrees are refused; with a projected CRS named, the squares come back within a metre."""
    table = frame().to_crs("EPSG:4326")
    (problem,) = problems_of(read, table, write)
    assert 'is geographic, so lengths would be degrees; say reproject = "EPSG:27700"' in problem
    for more, top in (('reproject = "EPSG:27700"', ""), ("", 'crs = "EPSG:27700"\n')):
        territory = read(table, write, more=more, top=top)
        assert territory.borders.metres.tolist() == pytest.approx([1000, 1000], abs=1)
        assert territory.crs == GRID
        assert [round(shape.area / 1e6, 3) for shape in shapes(territory)] == [1, 1, 1]


def test_two_wishes_for_the_crs_are_told(read):
    """crs and reproject must not differ; an unknown one is told."""
    assert problems_of(read, more='reproject = "EPSG:3857"', top='crs = "EPSG:27700"\n')[0] == (
        'territory.toml: reproject = "EPSG:3857" is not crs = "EPSG:27700"; keep one'
    )
    assert problems_of(read, top='crs = "EPSG:27"\n') == (
        "areas.gpkg: 'EPSG:27' is no known CRS; write it as \"EPSG:27700\"",
    )


def test_feet_are_told(read):
    """A projected CRS in another unit would make every length wrong."""
    (problem,) = problems_of(read, frame(crs="EPSG:2263"))
    assert "counts in US survey foot, not in metres" in problem


def test_one_of_several_layers_is_named(read):
    """A GeoPackage with two layers: which one is meant is not guessed."""

    def write(table, folder):
        (folder / "areas.gpkg").unlink(missing_ok=True)
        table.to_file(folder / "areas.gpkg", layer="fine", driver="GPKG")
        table.iloc[:2].to_file(folder / "areas.gpkg", layer="coarse", driver="GPKG", mode="a")
        return "areas.gpkg"

    assert problems_of(read, write=write) == (
        'areas.gpkg holds several layers; say which with sheet = "fine"; possible: fine, coarse',
    )
    assert problems_of(read, write=write, more='sheet = "corse"') == (
        "areas.gpkg: no layer 'corse' in it; did you mean 'coarse'?",
    )
    territory = read(write=write, more='sheet = "coarse"')
    assert len(territory) == len(shapes(territory)) == 2


BOW = Polygon([(400_000, 300_000), (401_000, 301_000), (401_000, 300_000), (400_000, 301_000)])


def test_invalid_polygons_are_told_by_id_and_mended_when_asked(read):
    """A bow tie is refused; with mend it becomes its two triangles of 0.25 km2 each."""
    table = frame(SQUARES | {"c": BOW})
    (problem,) = problems_of(read, table)
    assert problem.startswith("areas.gpkg, row 4: area 'c' is no valid polygon (Self-intersection[400500 300500])")
    assert problem.endswith("; mend it, or say mend = true")
    assert read(table, more='mend = true\nislands = ["c"]').km2[2] == pytest.approx(0.5)


def test_shapes_that_are_none_are_told_by_id(read):
    """No shape, a line, a repeated id: all at once."""
    table = frame({"a": SQUARES["a"], "b": None, "c": shapely.LineString([(0, 0), (1, 1)])})
    assert problems_of(read, table, write_geojson) == (
        "areas.geojson, row 3: area 'b' has no shape",
        "areas.geojson, row 4: area 'c' is a LineString, not a polygon",
    )
    assert problems_of(read, frame(code=["a", "a", "c"])) == (
        "areas.gpkg, row 3, code: area 'a' is already in row 2; every area has one row",
    )


def test_missing_columns_of_polygons_are_told(read):
    """The id column by its name, with those there are."""
    (problem,) = problems_of(read, frame().rename(columns={"code": "cod"}))
    assert problem == "areas.gpkg: no column 'code' (the id of each area); did you mean 'cod'?"


def test_overlaps_are_told_with_ids_and_ground(read):
    """b reaches 2 m into a over a kilometre: 2,000 m2, a problem unless that much is tolerated."""
    table = frame(SQUARES | {"b": box(400_998, 301_000, 402_000, 302_000)})
    assert problems_of(read, table) == (
        (
            "areas.gpkg: areas 'a' and 'b' overlap by 2,000.0 m2, more than overlap_tolerance_m2 = 1; "
            "mend the polygons, or raise it"
        ),
    )
    territory = read(table, more="overlap_tolerance_m2 = 5000")
    assert "areas.gpkg: areas 'a' and 'b' overlap by 2,000.0 m2." in territory.notes
    # half of the overlap's outline of 2 x 1000 + 2 x 2 m
    assert territory.borders.metres[0] == pytest.approx(1002)


def test_gaps_are_told_with_ids_and_metres(read):
    """b stays 3 m away from a over a kilometre: no border, and a note that says so."""
    table = frame(SQUARES | {"b": box(401_003, 301_000, 402_000, 302_000)})
    (problem,) = problems_of(read, table)
    assert problem.startswith("areas.gpkg, row 3: area 'b' has no neighbour; add [[links]]")
    territory = read(table, more='islands = ["b"]')
    assert territory.notes == (
        (
            "areas.gpkg: the edges of areas 'a' and 'b' run within 5 m of each other for 1,000 m without touching; "
            "that stretch is no border."
        ),
    )


def test_a_gap_along_part_of_a_border_is_told(read):
    """a and b share half a kilometre, and run 3 m apart over the other half."""
    notched = Polygon(
        [
            (401_000, 301_000), (401_000, 301_500), (401_003, 301_500), (401_003, 302_000),
            (402_000, 302_000), (402_000, 301_000),
        ]
    )  # fmt: skip
    territory = read(frame(SQUARES | {"b": notched}))
    assert territory.borders.metres.tolist() == pytest.approx([500, 1000])
    (note,) = territory.notes
    assert "'a' and 'b' run within 5 m of each other for 500 m" in note


def test_links_join_polygons_that_do_not_touch(read):
    """An island 10 km away needs a ferry."""
    table = frame(SQUARES | {"b": box(411_000, 301_000, 412_000, 302_000)})
    territory = read(table, bottom='[[links]]\na = "a"\nb = "b"\nkind = "ferry"\n')
    assert territory.borders.kinds == ("ferry", "land")
    assert territory.borders.metres.tolist() == pytest.approx([0, 1000])


def test_edges_that_differ_by_rounding_are_one_border(read):
    """Vertices on one side only, and off by less than a centimetre, still make one whole border."""
    wavy = Polygon(
        [
            (401_000.000_001, 301_000), (401_000.003, 301_333.333), (400_999.998, 301_700), (401_000, 302_000),
            (402_000, 302_000), (402_000, 301_000),
        ]
    )  # fmt: skip
    territory = read(frame(SQUARES | {"b": wavy}))
    assert territory.borders.metres[0] == pytest.approx(1000, abs=0.1)
    assert territory.notes == ()


@pytest.mark.parametrize("name", ["areas.geojson", "areas.gpkg", "areas.shp", "areas.parquet"])
def test_a_file_that_is_not_what_it_says_is_never_opened(tmp_path, name):
    """XML under another ending could make GDAL read other files or the network: the first bytes decide."""
    vrt = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/http://127.0.0.1:9/x</SrcDataSource>'
    (tmp_path / name).write_text(vrt, encoding="utf-8")
    ending = name.removeprefix("areas")
    (problem,) = problems_of(inside, tmp_path, name)
    assert problem == f"{name} does not hold what its ending {ending} says; it begins with b'<OGRVRTDataS'"


def test_gdal_is_closed_while_a_file_is_read_and_as_before_afterwards(read, monkeypatch):
    """No network and no virtual files through GDAL; whoever uses it in the same process finds it unchanged."""
    import pyogrio

    from lotopt.territory import shapes as module

    seen = []
    real = pyogrio.read_dataframe

    def spy(*args, **options):
        seen.append({key: pyogrio.get_gdal_config_option(key) for key in module.CLOSED})
        return real(*args, **options)

    before = {key: pyogrio.get_gdal_config_option(key) for key in module.CLOSED}
    monkeypatch.setattr(pyogrio, "read_dataframe", spy)
    read()
    assert seen == [module.CLOSED]
    assert {key: pyogrio.get_gdal_config_option(key) for key in module.CLOSED} == before


def test_no_part_of_a_shapefile_leads_elsewhere(tmp_path, tmp_path_factory):
    """The table beside a shapefile is part of it."""
    write_shapefile(frame(), tmp_path)
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret.dbf"
    (tmp_path / "areas.dbf").rename(elsewhere)
    (tmp_path / "areas.dbf").symlink_to(elsewhere)
    assert problems_of(inside, tmp_path, "areas.shp") == (
        "'areas.dbf' leads out of the territory's folder; copy it there",
    )


def test_endings_not_known_are_told(tmp_path):
    """Only formats that are read are opened."""
    (tmp_path / "areas.vrt").write_text("<OGRVRTDataSource>", encoding="utf-8")
    (problem,) = problems_of(inside, tmp_path, "areas.vrt")
    assert problem.startswith("areas.vrt: '.vrt' is no kind of file that is read; possible: .csv, .gpkg")


def test_a_broken_file_is_told_without_a_traceback(tmp_path):
    """The first bytes are right and the rest is not."""
    for name, text in {
        "areas.gpkg": b"SQLite format 3\x00" + b"rubbish" * 50,
        "areas.geojson": b'{"type": "FeatureCollection", "features": [',
        "areas.parquet": b"PAR1" + b"rubbish" * 50,
    }.items():
        (tmp_path / name).write_bytes(text)
        (tmp_path / "territory.toml").write_text(TOML.format(file=name, more=""), encoding="utf-8")
        (problem,) = problems_of(read_territory, tmp_path)
        gpkg = f"{name} is not a readable GeoPackage; it may be damaged or cut off"
        assert problem == gpkg if name.endswith(".gpkg") else problem.startswith(f"{name} cannot be read: ")


def test_a_geopackage_that_is_cut_off_is_told_without_the_database(tmp_path, monkeypatch):
    """What SQLite says of its pages and tables helps nobody; the file's name and what may have happened do."""
    import geopandas
    import shapely

    path = tmp_path / "areas.gpkg"
    frame = geopandas.GeoDataFrame({"cod": ["a", "b"]}, geometry=[shapely.box(i, 0, i + 1, 1) for i in range(2)])
    frame.set_crs("EPSG:27700").to_file(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])
    (tmp_path / "territory.toml").write_text(TOML.format(file="areas.gpkg", more=""), encoding="utf-8")
    (problem,) = problems_of(read_territory, tmp_path)
    assert problem == "areas.gpkg is not a readable GeoPackage; it may be damaged or cut off"


def test_geojson_that_is_no_collection_is_told(tmp_path):
    """A lone geometry has no ids."""
    (tmp_path / "areas.geojson").write_text(json.dumps(mapping(SQUARES["a"])), encoding="utf-8")
    (tmp_path / "territory.toml").write_text(TOML.format(file="areas.geojson", more=""), encoding="utf-8")
    assert problems_of(read_territory, tmp_path) == ("areas.geojson is no FeatureCollection",)


def test_half_of_a_character_in_geojson_is_told(tmp_path):
    """JSON can say it and no file can hold it; a whole one from two halves is fine."""
    write_geojson(frame(name=["half", "whole", "Area c"]), tmp_path)
    text = (tmp_path / "areas.geojson").read_text(encoding="utf-8")
    text = text.replace('"half"', r'"\ud83d"').replace('"whole"', r'"\ud83d\ude00"')
    (tmp_path / "areas.geojson").write_text(text, encoding="utf-8")
    (tmp_path / "territory.toml").write_text(TOML.format(file="areas.geojson", more=""), encoding="utf-8")
    assert problems_of(read_territory, tmp_path) == (
        r"areas.geojson, row 2, 'name': '\ud83d' holds half of a character; write it whole",
    )
