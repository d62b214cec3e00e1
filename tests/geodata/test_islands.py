"""The Isles of Scilly: how their shore is moved and trimmed, and whether the islands are where maps have them."""

import sys
from pathlib import Path

import numpy as np
import pytest

shapely = pytest.importorskip("shapely")

PLACE = Path(__file__).resolve().parents[2] / "geodata" / "england-wales"
KNOWN = {  # latitude and longitude as any gazetteer gives them, to about 100 m
    "Hugh Town": (49.9145, -6.3155),
    "Telegraph": (49.9289, -6.3053),
    "Tresco": (49.951, -6.331),
    "Bryher": (49.954, -6.353),
    "St Martin's": (49.9644, -6.2867),
    "St Agnes": (49.8933, -6.3444),
    "Samson": (49.930, -6.353),
    "Annet": (49.895, -6.371),
    "St Helen's": (49.973, -6.325),
}


@pytest.fixture
def rebuild(monkeypatch):
    """The steps of the build, importable as build.py imports them."""
    monkeypatch.syspath_prepend(str(PLACE))
    yield
    for name in [name for name in sys.modules if name == "rebuild" or name.startswith("rebuild.")]:
        del sys.modules[name]


@pytest.fixture
def drawn(rebuild):
    """An island of 2 by 1 km and a rock, the postcodes along its edge, and the shore 150 m off."""
    from rebuild import islands

    east, north = np.meshgrid(np.arange(10_000, 12_001, 200), np.arange(20_000, 21_001, 200))
    places = np.column_stack([east.ravel(), north.ravel()]).astype(float)
    shore = shapely.union_all([shapely.box(9_850, 20_100, 11_850, 21_100), shapely.box(9_000, 20_000, 9_100, 20_100)])
    return islands.shape(shore, places, 2.0)


def test_a_shore_that_stands_off_is_moved_under_its_postcodes(drawn):
    """The move of 150 m east and 100 m south is found from the postcodes alone."""
    centre = drawn.centroid
    assert (round(centre.x), round(centre.y)) == (11_000, 20_500)


def test_rocks_are_left_out(drawn):
    """A piece under 5 ha is not drawn, and its ground is not counted."""
    assert len(drawn.geoms) == 1
    assert drawn.area == pytest.approx(2e6, rel=0.01)


def test_a_shore_with_too_much_land_is_drawn_in(rebuild):
    """A shore of 4 km² for an area of 2 km² loses the same strip all round."""
    from rebuild import islands

    places = np.array([[11_000.0, 21_000.0]])
    drawn = islands.shape(shapely.box(10_000, 20_000, 12_000, 22_000), places, 2.0)
    assert drawn.area == pytest.approx(2e6, rel=0.01)
    west, south, east, north = drawn.bounds
    assert east - west == pytest.approx(2_000 / 2**0.5, abs=3)
    assert north - south == pytest.approx(2_000 / 2**0.5, abs=3)


def test_no_land_is_an_error_and_not_an_empty_polygon(rebuild):
    """A shoreline elsewhere stops the build."""
    from rebuild import islands

    with pytest.raises(SystemExit, match="no land around"):
        islands.shape(shapely.box(0, 0, 1_000, 1_000), np.array([[90_000.0, 10_000.0]]), 1.0)


@pytest.mark.parametrize("name", KNOWN)
def test_islands_are_where_the_gazetteer_has_them(rebuild, name):
    """Each named place of the Isles of Scilly is on, or within 100 m of, the polygon that is shipped."""
    geopandas = pytest.importorskip("geopandas")
    from rebuild.grid import national_grid

    frame = geopandas.read_file(PLACE / "areas.gpkg", layer="areas").set_index("area")
    place = shapely.Point(national_grid(*KNOWN[name]))
    assert frame.geometry["E06000053"].distance(place) < 100
