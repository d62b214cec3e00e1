"""Two ways of measuring lots agree on random maps, and the second finds what is no partition."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lotopt.core.errors import InputError
from lotopt.territory import features as f
from lotopt.territory.lots import LotTable
from lotopt.territory.measured import AuditTable
from lotopt.territory.parts import Partition
from lotopt.territory.territory import Territory

KINDS = (None, ("land",), ("ferry",), ("land", "ferry"), ("barrier",))


@st.composite
def maps(draw):
    """A map of 1 to 9 areas with any borders, measures with zeros, a layer with holes, a base design and lots."""
    count = draw(st.integers(1, 9))
    ids = [f"a{i}" for i in range(count)]
    numbers = st.floats(0, 1e6, allow_subnormal=False)
    places = st.floats(-1e6, 1e6, allow_subnormal=False)
    many = {"min_size": count, "max_size": count}
    columns = {
        "area": ids,
        "x": draw(st.lists(places, **many)),
        "y": draw(st.lists(places, **many)),
        "cases": draw(st.lists(st.one_of(st.just(0.0), numbers), **many)),
        "police": draw(st.lists(st.sampled_from(["", "p", "q", "r"]), **many)),
    }
    pairs = [(a, b) for i, a in enumerate(ids) for b in ids[i + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    kinds = st.sampled_from(["land", "ferry", "barrier"])
    borders = [(a, b, draw(st.floats(0, 1e5, allow_subnormal=False)), draw(kinds)) for a, b in chosen]
    territory = Territory.from_tables(columns, borders, measures=["cases"], layers=["police"], islands_allowed=True)
    base = np.unique(draw(st.lists(st.integers(0, 2), **many)), return_inverse=True)[1]
    territory = territory.with_design(Partition("base", ("1", "2", "3")[: base.max() + 1], base))
    of = np.unique(draw(st.lists(st.integers(0, 3), **many)), return_inverse=True)[1]
    groups = draw(st.lists(st.integers(0, 3), **many))
    disjoint = tuple(tuple(i for i in range(count) if groups[i] == k) for k in (1, 2, 3))
    return territory, of, tuple("ABCD"[: of.max() + 1]), disjoint


def features_of(disjoint):
    return (
        f.One(),
        f.Total("cases"),
        f.Span("police"),
        f.Straddles("police"),
        f.Meets(disjoint),
        f.BorderLength(),
        f.Inertia("cases"),
        f.Reach("cases"),
        f.Deviation("cases", 1234.5),
        f.Moved("base", "cases"),
        *(f.Pieces(kinds) for kinds in KINDS),
    )


@given(maps())
@settings(max_examples=150, deadline=None)
def test_both_ways_agree_on_every_feature(drawn):
    """LotTable and AuditTable give the same numbers for every feature of every lot."""
    territory, of, lots, disjoint = drawn
    table = LotTable.of_labels(territory, of, lots)
    audit = AuditTable.of_labels(territory, of, lots)
    assert audit.lots == table.lots
    assert audit.faults == ()
    for feature in features_of(disjoint):
        # sums of up to nine values of a million; squared distances of millions of km cancel to about 1e-6
        assert audit.value(feature) == pytest.approx(table.value(feature), rel=1e-9, abs=1e-4), feature
    assert audit.holds(disjoint[0]).tolist() == table.holds(disjoint[0]).tolist()


def test_every_feature_is_measured_both_ways():
    """A feature that is added must be added here and in both tables."""
    from typing import get_args

    measured = {type(feature) for feature in features_of(((0,),))}
    assert measured == set(get_args(f.Feature))


def test_a_map_measured_by_hand(plan):
    """Three squares in a row, A holds two of them."""
    drawn = plan("AAB", measures={"cases": "3 1 2"}, layers={"police": "XYY"})
    audit = AuditTable.of_labels(drawn.territory, drawn.of, drawn.lots)
    assert audit.value(f.Total("cases")).tolist() == [4, 2]
    assert audit.value(f.Span("police")).tolist() == [2, 1]
    assert audit.value(f.BorderLength()).tolist() == [1, 1]  # one side of 1 km between r1c2 and r1c3
    # centre of A at x = (3 x 0.5 + 1 x 1.5) / 4 = 0.75; 3 x 0.25^2 + 1 x 0.75^2 = 0.75 cases x km2
    assert audit.value(f.Inertia("cases")).tolist() == pytest.approx([0.75, 0])
    assert audit.value(f.Reach("cases")).tolist() == pytest.approx([0.75, 0])
    assert audit.value(f.Deviation("cases", 3)).tolist() == [1, 1]
    assert audit.value(f.Meets(((0, 2), (1,)))).tolist() == [2, 1]


def test_what_is_no_partition_is_a_fault(plan):
    """An area in two lots, one in none, a lot that is empty."""
    territory = plan("AAB").territory
    audit = AuditTable(territory, {"A": [0, 1], "B": [1], "C": []})
    assert audit.faults == (
        "lot 'C' holds no area",
        "area 'r1c2' is in 2 lots: A, B",
        "area 'r1c3' is in no lot",
    )
    assert audit.value(f.Total("cases")).tolist() == [2, 1, 0]


def test_labels_that_name_no_lot_leave_an_area_without(plan):
    """A label out of range is no lot."""
    audit = AuditTable.of_labels(plan("AAB").territory, np.array([0, 0, 7]), ("A",))
    assert audit.faults == ("area 'r1c3' is in no lot",)


def test_unknown_names_are_told(plan):
    """As the territory tells them."""
    audit = AuditTable.of_labels(plan("AB").territory, np.array([0, 1]), ("A", "B"))
    for feature in (f.Total("caes"), f.Span("x"), f.Moved("x", "cases")):
        with pytest.raises(InputError):
            audit.value(feature)


@pytest.fixture
def squares(tmp_path):
    """Four squares of a kilometre in a row, as polygons in a file, and the territory read from it."""
    geopandas = pytest.importorskip("geopandas")
    from lotopt.territory.read import read_territory

    boxes = [shapely.box(400_000 + 1000 * i, 300_000, 401_000 + 1000 * i, 301_000) for i in range(4)]
    geopandas.GeoDataFrame({"area": list("abcd")}, geometry=boxes, crs="EPSG:27700").to_file(tmp_path / "a.gpkg")
    (tmp_path / "territory.toml").write_text('[areas]\nfile = "a.gpkg"\n', encoding="utf-8")
    return read_territory(tmp_path)


def test_polygons_and_borders_agree(squares):
    """The lots' outlines give the lengths that the table of borders does."""
    audit = AuditTable.of_labels(squares, np.array([0, 1, 1, 0]), ("A", "B"))
    assert audit.faults == ()
    assert audit.value(f.BorderLength()).tolist() == pytest.approx([2, 2])


def test_a_border_that_the_polygons_do_not_have_is_a_fault(squares):
    """A length in the table that is 2 m too long, of 1 km, is found."""
    longer = replace(squares.borders, metres=squares.borders.metres + np.array([0.0, 2.0, 0.0]))
    audit = AuditTable.of_labels(replace(squares, borders=longer), np.array([0, 0, 1, 1]), ("A", "B"))
    assert audit.faults == (
        "lot 'A' has 1.002 km of border by the table, 1.000 km by its polygons",
        "lot 'B' has 1.002 km of border by the table, 1.000 km by its polygons",
    )


def test_lots_that_overlap_are_a_fault(squares, tmp_path):
    """Polygons that changed after they were read: b now reaches 10 m into c."""
    geopandas = pytest.importorskip("geopandas")
    boxes = [shapely.box(400_000 + 1000 * i, 300_000, 401_000 + 1000 * i, 301_000) for i in range(4)]
    boxes[1] = shapely.box(401_000, 300_000, 402_010, 301_000)
    geopandas.GeoDataFrame({"area": list("abcd")}, geometry=boxes, crs="EPSG:27700").to_parquet(
        tmp_path / "b.parquet"
    )
    changed = replace(squares, shapes_file=tmp_path / "b.parquet")
    audit = AuditTable.of_labels(changed, np.array([0, 0, 1, 1]), ("A", "B"))
    assert "lots 'A' and 'B' overlap by 10,000 m2" in audit.faults
