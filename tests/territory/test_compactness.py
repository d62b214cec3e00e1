"""The shape of lots by hand."""

import math

import numpy as np
import pytest

from lotopt.territory.compactness import lot_shapes


def test_two_squares_beside_one(plan):
    """A holds two squares in a row, B the third; centre of A at 1 km, each square half a kilometre off."""
    drawn = plan("AAB")
    first, second = lot_shapes(drawn.territory, drawn.of, drawn.lots, "cases")
    assert (first.lot, first.border_km, first.cut_edges) == ("A", 1, 1)
    assert first.inertia == pytest.approx(2 * 0.5**2)
    assert (first.mean_km, first.reach_km) == pytest.approx((0.5, 0.5))
    assert (second.inertia, second.mean_km, second.reach_km) == (0, 0, 0)
    assert first.polsby_popper is None


def test_every_neighbour_across_counts_as_a_cut_edge(plan):
    """In a row of two over a row of two, A borders B twice, and over a ferry once more."""
    drawn = plan("AA / BB", links=[("r1c1", "r2c2", "ferry")])
    assert [shape.cut_edges for shape in lot_shapes(drawn.territory, drawn.of, drawn.lots, "cases")] == [3, 3]


def test_roundness_needs_polygons(plan, tmp_path):
    """A square has 4 pi / 16; a map without polygons has none."""
    drawn = plan("AB")
    assert lot_shapes(drawn.territory, drawn.of, drawn.lots, "cases", outlines=True)[0].polsby_popper is None
    geopandas = pytest.importorskip("geopandas")
    import shapely

    from lotopt.territory.read import read_territory

    boxes = [shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)]
    frame = geopandas.GeoDataFrame({"area": ["a", "b"], "cases": [1, 1]}, geometry=boxes, crs="EPSG:27700")
    frame.to_file(tmp_path / "areas.gpkg")
    (tmp_path / "territory.toml").write_text('[areas]\nfile = "areas.gpkg"\n[measures.cases]\n', encoding="utf-8")
    shapes = lot_shapes(read_territory(tmp_path), np.array([0, 1]), ("A", "B"), "cases", outlines=True)
    assert shapes[0].polsby_popper == pytest.approx(math.pi / 4)
