"""Layers from points: the nearest court, the court of one's own agency, and prisons that share out demand."""

from collections.abc import Mapping
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

import lotopt as lo
from lotopt.core.errors import InputError
from lotopt.territory.parts import Layer, Point
from lotopt.territory.territory import Territory

SQUARE = 1000.0


def with_courts(territory: Territory, places: Mapping[str, str], **sizes: float) -> Territory:
    """The territory with a court of each id in the middle of an area."""
    points = tuple(
        Point(
            court,
            f"Court {court}",
            "crown" if court == "z" else "magistrates",
            *territory.xy[i].tolist(),
            area,
            sizes.get(court),
        )
        for court, area in sorted(places.items())
        for i in [territory.index[area]]
    )
    return replace(territory, points={"courts": points})


def owners(layer: Layer) -> str:
    """The agency of each area, one letter each."""
    return "".join(layer.agencies[a] for a in layer.of)


def problems_of(call, *args, **options) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        call(*args, **options)
    return caught.value.problems


def test_each_area_belongs_to_the_nearest_point(plan):
    """Five squares in a row, courts on the first and the last: the middle one is equally near, so a has it."""
    row = with_courts(plan("AAAAA").territory, {"a": "r1c1", "b": "r1c5"})
    layer = lo.nearest_layer(row, "courts")
    assert owners(layer) == "aaabb"
    assert layer.names == ("Court a", "Court b")


def test_a_point_that_is_nearest_to_nobody_is_no_agency(plan):
    """Two courts in one square: the first id has every area, and the note tells of the other."""
    row = with_courts(plan("AAA").territory, {"b": "r1c2", "a": "r1c2"})
    layer = lo.nearest_layer(row, "courts")
    assert (layer.agencies, owners(layer)) == (("a",), "aaa")
    assert layer.note == "Straight lines from centroids; 1 points have no area and are left out"


def test_points_are_chosen_by_type(plan):
    """With Crown courts only, z serves everybody; a type nobody has is told with what there is."""
    row = with_courts(plan("AAAAA").territory, {"a": "r1c1", "z": "r1c5"})
    assert owners(lo.nearest_layer(row, "courts", types="crown")) == "zzzzz"
    assert problems_of(lo.nearest_layer, row, "courts", types=["crow"]) == (
        "types: no courts of the type 'crow'; did you mean 'crown'?",
    )


def test_points_are_left_out_by_id(plan):
    """Without a, court b serves everybody."""
    row = with_courts(plan("AAAAA").territory, {"a": "r1c1", "b": "r1c5"})
    assert owners(lo.nearest_layer(row, "courts", leave_out="a")) == "bbbbb"


def test_within_a_layer_the_own_agency_counts(plan):
    """The third square is nearer to a, but lies in Y, whose court is b."""
    drawn = plan("AAAAAA", layers={"justice": "XXYYYY"})
    row = with_courts(drawn.territory, {"a": "r1c2", "b": "r1c6"})
    layer = lo.nearest_layer(row, "courts", within="justice")
    assert owners(layer) == "aabbbb"
    assert layer.approximate == {}


def test_an_agency_without_a_court_goes_to_the_nearest_of_all(plan):
    """Y has no court, and the last square lies in no agency: both are told."""
    drawn = plan("AAAAA", layers={"justice": "XXYZ."})
    row = with_courts(drawn.territory, {"a": "r1c1", "b": "r1c4"})
    layer = lo.nearest_layer(row, "courts", within="justice")
    assert owners(layer) == "aabbb"
    assert layer.approximate == {
        "r1c3": "no courts in Y; nearest of all",
        "r1c5": "in no agency of justice; nearest of all",
    }


def test_prisons_share_out_demand_by_their_size(plan):
    """Six squares, a holds 200 and b 100: a takes four squares, though its fourth is nearer to b."""
    row = with_courts(plan("AAAAAA").territory, {"a": "r1c1", "b": "r1c6"}, a=200, b=100)
    layer = lo.catchment_layer(row, "courts", measure="cases")
    assert owners(layer) == "aaaabb"
    assert layer.approximate == {}


def test_a_shared_area_goes_to_who_takes_most_of_it(plan):
    """Three squares of 2, 1 and 1 cases, equal shares: each takes 2; with 1, 2 and 1 the middle one is halved."""
    row = plan("AAA", measures={"cases": "2 1 1", "other": "1 2 1", "uneven": "1 4 1"}).territory
    row = with_courts(row, {"a": "r1c1", "b": "r1c3"}, a=1, b=2)
    assert owners(lo.catchment_layer(row, "courts", measure="cases", sizes="equal")) == "abb"
    halved = lo.catchment_layer(row, "courts", measure="other", sizes="equal")
    assert owners(halved) == "aab"
    assert halved.approximate == {"r1c2": "shared: Court a 50.0%; Court b 50.0%"}
    # 6 cases: a takes 2, b takes 4; a has the first square whole and 1 of the middle's 4
    uneven = lo.catchment_layer(row, "courts", measure="uneven")
    assert owners(uneven) == "abb"
    assert uneven.approximate == {"r1c2": "shared: Court b 75.0%; Court a 25.0%"}


def test_areas_without_demand_go_to_the_nearest(plan):
    """The last square has no cases: a takes all there is, b is nearest to what is nothing."""
    row = with_courts(plan("AAA", measures={"cases": "1 1 0"}).territory, {"a": "r1c1", "b": "r1c3"}, a=1, b=1)
    layer = lo.catchment_layer(row, "courts", measure="cases")
    assert owners(layer) == "abb"
    assert layer.approximate == {"r1c3": "no cases; nearest"}


def test_points_without_a_size_take_nothing_and_are_told(plan):
    """Of three courts one has no size and one holds nobody: the third takes all."""
    row = with_courts(plan("AAA").territory, {"a": "r1c1", "b": "r1c2", "c": "r1c3"}, b=0, c=9)
    layer = lo.catchment_layer(row, "courts", measure="cases")
    assert owners(layer) == "ccc"
    assert layer.note == "Straight lines from centroids; 2 points without a size are left out"


def test_sizes_may_be_given_by_id(plan):
    """Sizes of an own table stand in for those of the territory; unknown ids and wrong sizes are told together."""
    row = with_courts(plan("AAAAAA").territory, {"a": "r1c1", "b": "r1c6"}, a=1, b=1)
    assert owners(lo.catchment_layer(row, "courts", measure="cases", sizes={"a": 1, "b": 5})) == "abbbbb"
    assert problems_of(lo.catchment_layer, row, "courts", measure="cases", sizes={"q": 1, "a": -1}) == (
        "sizes: no 'q' among the courts; possible: a, b",
        "sizes: a has -1; a size is a number of at least 0",
    )


@pytest.mark.parametrize("seed", range(8))
def test_no_other_sharing_is_shorter(plan, seed):
    """On random maps of whole demands and sizes the way is that of networkx's minimum cost flow."""
    from lotopt.engine.solve.transport import share_out

    random = np.random.default_rng(seed)
    n, m = 12, 4
    demand, ways = random.integers(0, 9, n), random.integers(1, 99, (n, m))
    rooms = random.multinomial(demand.sum(), np.full(m, 1 / m))
    graph = nx.DiGraph()
    for i in range(n):
        graph.add_node(("area", i), demand=-int(demand[i]))
        for j in range(m):
            graph.add_edge(("area", i), ("prison", j), weight=int(ways[i, j]))
    for j in range(m):
        graph.add_node(("prison", j), demand=int(rooms[j]))
    flow = share_out(demand.astype(float), rooms.astype(float), ways.astype(float))
    assert (flow * ways).sum() == pytest.approx(nx.min_cost_flow_cost(graph))
    assert flow.sum(axis=1) == pytest.approx(demand)
    assert flow.sum(axis=0) == pytest.approx(rooms)


def test_what_cannot_be_used_is_told(plan):
    """Unknown points and layers, nobody left, no sizes, no demand, no positions."""
    row = with_courts(plan("AA", measures={"cases": "0 0"}).territory, {"a": "r1c1"})
    assert problems_of(lo.nearest_layer, row, "court", within="police") == (
        "points: no points 'court'; did you mean 'courts'?",
        "within: no layer 'police'; there is none",
    )
    assert problems_of(lo.nearest_layer, row, "courts", leave_out=["a"]) == (
        "points: none of the courts is left, so no area can belong to one",
    )
    assert problems_of(lo.catchment_layer, row, "courts", measure="cases") == (
        'points: none of the courts has a size; name its column as size in [points.courts], or give sizes="equal"',
    )
    assert problems_of(lo.catchment_layer, row, "courts", measure="cases", sizes="equal") == (
        "measure: 'cases' is 0 everywhere, so there is nothing to share out",
    )
    nowhere = replace(row, xy=np.zeros((2, 2)))
    assert problems_of(lo.nearest_layer, nowhere, "courts") == (
        "areas: they have no positions, so no point is nearer than another",
    )


def test_a_layer_joins_those_of_the_territory(plan):
    """The territory with the layer measures designs against it and has another digest."""
    row = with_courts(plan("AABB").territory, {"a": "r1c1", "b": "r1c4"})
    more = row.with_layer(lo.nearest_layer(row, "courts"))
    assert more.layer("nearest_courts").agencies == ("a", "b")
    assert more.digest != row.digest


@pytest.fixture(scope="module")
def england():
    return lo.load_territory("england-wales")


MAGISTRATES = ("magistrates", "magistrates and crown")


def test_magistrates_courts_of_england_and_wales(england):
    """Of 152 magistrates' courts 141 are nearest in their local justice area; 6 districts have none in theirs."""
    layer = lo.nearest_layer(england, "courts", types=MAGISTRATES, within="local_justice")
    assert (len(layer.agencies), len(layer.approximate)) == (141, 6)
    justice = england.layer("local_justice")
    at = {point.id: justice.of[england.index[point.area]] for point in england.points["courts"]}
    elsewhere = {area for i, area in enumerate(england.ids) if at[layer.agencies[layer.of[i]]] != justice.of[i]}
    assert elsewhere == set(layer.approximate)


def test_prisons_of_england_and_wales_take_equal_shares(england):
    """125 prisons share out recorded crime: 223 districts go to one prison whole, 95 are shared; each time alike."""
    layer = lo.catchment_layer(england, "prisons", measure="crime", sizes="equal")
    again = lo.catchment_layer(england, "prisons", measure="crime", sizes="equal")
    assert (len(layer.agencies), len(layer.approximate)) == (121, 95)
    assert layer.of.tolist() == again.of.tolist()
