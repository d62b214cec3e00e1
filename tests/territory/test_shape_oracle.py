"""Shape held against others' code: shapely for borders and roundness, networkx for pieces, plain loops for distances.

On grids of squares, where polygons are exact, to the last digits; on England and Wales, whose polygons are drawn for
maps and are not the source of the border lengths, within what is stated.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lotopt as lo
from lotopt.design.design import LotDesign
from lotopt.territory.lots import LotTable
from lotopt.territory.parts import Ints
from lotopt.territory.shapes import shapes
from lotopt.territory.territory import Territory
from tests.conftest import SIDE, plan

HEIGHT, WIDTH = 4, 5
NUMBERS = " / ".join(" ".join(str((3 * i + 2 * j) % 7) for j in range(WIDTH)) for i in range(HEIGHT))
SQUARES = plan(" / ".join("A" * WIDTH for _ in range(HEIGHT)), measures={"cases": NUMBERS}).territory
ENGLAND = lo.load_territory("england-wales")
DESIGNS = sorted(ENGLAND.designs)

labels = st.lists(st.integers(0, 5), min_size=HEIGHT * WIDTH, max_size=HEIGHT * WIDTH)
anywhere = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Territory:
    """Twenty squares of a kilometre with their polygons in a file."""
    import geopandas as gpd

    file = tmp_path_factory.mktemp("squares") / "squares.gpkg"
    half = SIDE / 2
    boxes = [shapely.box(x - half, y - half, x + half, y + half) for x, y in SQUARES.xy]
    gpd.GeoDataFrame({"area": SQUARES.ids}, geometry=boxes, crs="EPSG:27700").to_file(file)
    return replace(SQUARES, shapes_file=file, shapes_id="area", crs="EPSG:27700")


def table(territory: Territory, of: Ints | list[int]) -> LotTable:
    of = np.asarray(of, dtype=np.int64)
    return LotTable.of_labels(territory, of, tuple(f"L{k}" for k in range(int(of.max()) + 1)))


def grounds(territory: Territory, of: Ints | list[int]) -> list[shapely.Geometry]:
    """One polygon per lot, put together without our own code."""
    pieces = np.array(shapes(territory), dtype=object)
    of = np.asarray(of)
    found = [shapely.union_all(pieces[of == k], grid_size=0.01) for k in range(int(of.max()) + 1)]
    return [shapely.Polygon() if ground.is_empty else ground for ground in found]


@anywhere
@given(of=labels)
def test_borders_and_roundness_are_those_of_the_polygons(squares: Territory, of: list[int]) -> None:
    """The edge of a lot that is not the edge of the country is its border; 4 pi ground over its edge squared."""
    lots, found = grounds(squares, of), table(squares, of)
    coast = shapely.union_all(lots, grid_size=0.01).boundary
    border = [shapely.difference(lot.boundary, coast).length / 1000 for lot in lots]
    assert found.border_length() == pytest.approx(border, abs=1e-9)
    round_ = [4 * math.pi * lot.area / lot.length**2 if lot.length else math.nan for lot in lots]
    assert found.polsby_popper() == pytest.approx(round_, nan_ok=True)


@anywhere
@given(of=labels)
def test_cut_edges_are_neighbours_on_two_sides(squares: Territory, of: list[int]) -> None:
    """Pairs of squares that share a side, of which a lot holds one."""
    pieces = shapes(squares)
    assert pieces is not None
    cut = [0] * (max(of) + 1)
    for i, j in combinations(range(len(of)), 2):
        if of[i] != of[j] and shapely.intersection(pieces[i], pieces[j]).length > 1:
            cut[of[i]] += 1
            cut[of[j]] += 1
    assert table(squares, of).cut_edges().tolist() == cut


def connected(territory: Territory, of: Ints | list[int], kinds: tuple[str, ...] | None) -> list[int]:
    """In how many pieces each lot lies, by networkx."""
    graph = nx.Graph()
    graph.add_nodes_from(range(len(territory)))
    borders = territory.borders
    for a, b, kind in zip(borders.a.tolist(), borders.b.tolist(), borders.kinds, strict=True):
        if (kind != "barrier") if kinds is None else (kind in kinds):
            graph.add_edge(a, b)
    held = pd.Series(range(len(territory))).groupby(np.asarray(of)).apply(list)
    count = int(np.max(of)) + 1
    return [nx.number_connected_components(graph.subgraph(held[k])) if k in held.index else 0 for k in range(count)]


@anywhere
@given(of=labels)
def test_pieces_are_those_of_networkx(of: list[int]) -> None:
    """On the grid."""
    assert table(SQUARES, of).pieces().tolist() == connected(SQUARES, of, None)


@pytest.mark.parametrize("kinds", [None, ("land",), ("land", "bridge"), ("ferry",)])
@pytest.mark.parametrize("design", DESIGNS)
def test_pieces_of_historical_designs(design: str, kinds: tuple[str, ...] | None) -> None:
    """Over every way, by land, by land and bridges, by sea."""
    of = ENGLAND.design(design).of
    assert table(ENGLAND, of).pieces(kinds).tolist() == connected(ENGLAND, of, kinds)


def distances(territory: Territory, of: Ints | list[int], measure: str) -> pd.DataFrame:
    """Inertia, mean and largest distance of each lot, one lot after another.

    Inertia by pairs, without any centre: the sum of w v d2 over all pairs, divided by the sum of w (Huygens).
    """
    of, weight = np.asarray(of), territory.measure(measure)
    rows = []
    for k in range(int(of.max()) + 1):
        at = [(x / 1000, y / 1000) for x, y in territory.xy[of == k].tolist()]
        w = weight[of == k].tolist()
        total = math.fsum(w)
        pairs = (w[i] * w[j] * math.dist(at[i], at[j]) ** 2 for i, j in combinations(range(len(w)), 2))
        inertia = math.fsum(pairs) / total if total > 0 else 0.0
        if not at:
            rows.append((0.0, 0.0, 0.0))
            continue
        centre = tuple(np.average(np.array(at), axis=0, weights=w if total > 0 else None))
        away = [math.dist(place, centre) for place in at]
        mean = math.fsum(each * d for each, d in zip(w, away, strict=True)) / total if total > 0 else 0.0
        rows.append((inertia, mean, max(away)))
    return pd.DataFrame(rows, columns=["inertia", "mean_km", "reach_km"])


@anywhere
@given(of=labels)
def test_distances_on_the_grid(of: list[int]) -> None:
    """Inertia by pairs, mean and largest distance by hand; squares without a case among them."""
    wanted = distances(SQUARES, of, "cases")
    found = table(SQUARES, of)
    filled = np.bincount(of, minlength=max(of) + 1) > 0
    assert found.inertia("cases") == pytest.approx(wanted["inertia"].to_numpy(), abs=1e-9)
    assert found.mean_distance("cases")[filled] == pytest.approx(wanted["mean_km"].to_numpy()[filled], abs=1e-9)
    assert found.reach("cases") == pytest.approx(wanted["reach_km"].to_numpy(), abs=1e-9)


@pytest.mark.parametrize("measure", sorted(ENGLAND.measures))
@pytest.mark.parametrize("design", DESIGNS)
def test_distances_of_historical_designs(design: str, measure: str) -> None:
    """Millions of people over hundreds of kilometres: twelve digits agree."""
    of = ENGLAND.design(design).of
    frame = table(ENGLAND, of).to_frame(measure)[["inertia", "mean_km", "reach_km"]]
    wanted = distances(ENGLAND, of, measure)
    assert frame.to_numpy() == pytest.approx(wanted.to_numpy(), rel=1e-9)


@anywhere
@given(of=labels, base=labels)
def test_what_moved_is_what_is_left_of_the_largest_group(of: list[int], base: list[int]) -> None:
    """Of each lot all but the most that it has of one lot of the base."""
    from lotopt.territory.features import Moved
    from lotopt.territory.parts import Partition

    lots = sorted(set(base))
    partition = Partition("base", tuple(map(str, lots)), np.array([lots.index(k) for k in base], dtype=np.int64))
    found = table(SQUARES.with_design(partition), of).value(Moved("base", "cases"))
    frame = pd.DataFrame({"lot": of, "base": base, "cases": SQUARES.measure("cases")})
    sums = frame.groupby(["lot", "base"])["cases"].sum()
    wanted = (sums.groupby("lot").sum() - sums.groupby("lot").max()).reindex(range(max(of) + 1), fill_value=0)
    assert found == pytest.approx(wanted.to_numpy())


# England and Wales: the table of borders comes from boundaries generalised to 20 m, the polygons from postcodes on a
# grid of 50 m, simplified. What the two say of the same border is compared, not what is true.


@pytest.fixture(scope="module")
def borders() -> pd.DataFrame:
    """Each border on land: its length in the table and between the polygons, in metres."""
    pieces, found = shapes(ENGLAND), ENGLAND.borders
    assert pieces is not None
    land = [k for k, kind in enumerate(found.kinds) if kind == "land"]
    edges = shapely.boundary(np.array(pieces, dtype=object))
    drawn = shapely.length(shapely.intersection(edges[found.a[land]], edges[found.b[land]]))
    return pd.DataFrame({"a": found.a[land], "b": found.b[land], "metres": found.metres[land], "drawn": drawn})


def test_polygons_are_neighbours_where_the_table_says_so(borders: pd.DataFrame) -> None:
    """Of 798 borders on land one is not there between the polygons: 41 m long."""
    assert len(borders) == 798
    assert borders.loc[borders["drawn"] == 0, "metres"].tolist() == [41.0]


def test_borders_of_polygons_are_as_long_within_a_tenth(borders: pd.DataFrame) -> None:
    """15,287 of 16,406 km in all, as simplified lines are shorter; border by border the two rise together."""
    assert borders["drawn"].sum() / borders["metres"].sum() == pytest.approx(0.932, abs=0.001)
    assert np.corrcoef(borders["drawn"], borders["metres"])[0, 1] > 0.97


@pytest.mark.parametrize("design", DESIGNS)
def test_borders_of_historical_designs(borders: pd.DataFrame, design: str) -> None:
    """The border between lots is between 5 and 8 % shorter on the polygons than in the table, for every design."""
    plan_ = LotDesign.from_partition(ENGLAND, ENGLAND.design(design))
    cut = plan_.of[borders["a"]] != plan_.of[borders["b"]]
    told = plan_.table.border_length().sum() / 2
    assert told == pytest.approx(borders.loc[cut, "metres"].sum() / 1000)
    assert 0.92 < borders.loc[cut, "drawn"].sum() / 1000 / told < 0.95


@pytest.mark.parametrize("design", DESIGNS)
def test_roundness_of_historical_designs(design: str) -> None:
    """From the polygons put together by shapely, lot by lot."""
    of = ENGLAND.design(design).of
    wanted = [4 * math.pi * lot.area / lot.length**2 for lot in grounds(ENGLAND, of)]
    assert table(ENGLAND, of).polsby_popper() == pytest.approx(wanted, rel=1e-4)


def test_the_frame_has_every_measure_of_shape(squares: Territory) -> None:
    """Border, cut edges, inertia, mean and largest distance to the centre; roundness where it is asked for."""
    frame = table(squares, [0] * 10 + [1] * 10).to_frame(outlines=True)
    shape = ["border_km", "cut_edges", "inertia", "mean_km", "reach_km", "polsby_popper"]
    assert [name for name in frame.columns if name in shape] == shape
    assert "polsby_popper" not in table(squares, [0] * 20).to_frame().columns
    assert "polsby_popper" not in table(SQUARES, [0] * 20).to_frame(outlines=True).columns


def test_lots_that_overlap_are_round_each_by_itself(squares: Territory) -> None:
    """All twenty squares: 20 km2 within 18 km; two beside each other: 2 km2 within 6 km; and none."""
    members = np.zeros((3, 20), dtype=bool)
    members[0], members[1, :2] = True, True
    found = LotTable(squares, members, ("all", "two", "none")).polsby_popper()
    assert found == pytest.approx([4 * math.pi * 20 / 18**2, 4 * math.pi * 2 / 6**2, math.nan], nan_ok=True)


def test_an_empty_lot_has_no_centre_and_no_way(recwarn: pytest.WarningsRecorder) -> None:
    """Nothing to be far from, and nobody is warned."""
    found = table(SQUARES, [1] * 20)
    assert np.isnan(found.centre("cases")[0]).all()
    assert (found.reach("cases")[0], found.mean_distance("cases")[0], found.inertia("cases")[0]) == (0.0, 0.0, 0.0)
    assert len(recwarn) == 0


def test_without_polygons_there_is_no_roundness() -> None:
    """None, also of lots that overlap."""
    assert table(SQUARES, [0] * 20).polsby_popper() is None
    members = np.ones((2, 20), dtype=bool)
    assert LotTable(SQUARES, members, ("a", "b")).polsby_popper() is None
