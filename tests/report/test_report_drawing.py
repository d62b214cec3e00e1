"""Colours, lines and labels of a map."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotopt.design.design import LotDesign
from lotopt.report.colour import PALETTE, colouring
from lotopt.report.ground import CROWDED
from lotopt.report.maps import colours_before, lot_colours, lot_map, picture
from lotopt.report.moves import moves
from lotopt.report.paths import chains, edge, ring_path
from lotopt.report.shapely_ground import ground_of
from tests.conftest import plan as drawn_map

POINTS = st.tuples(st.integers(0, 4), st.integers(0, 4))


@given(st.integers(2, 8), st.integers(2, 8))
def test_neighbours_on_a_grid_differ(rows: int, columns: int) -> None:
    """On a grid of single-area lots with diagonals one way, no two neighbours share a colour."""
    number = np.arange(rows * columns).reshape(rows, columns)
    pairs = [*zip(number[:, :-1].flat, number[:, 1:].flat, strict=True)]
    pairs += zip(number[:-1].flat, number[1:].flat, strict=True)
    pairs += zip(number[:-1, :-1].flat, number[1:, 1:].flat, strict=True)
    colours = colouring(rows * columns, [(int(a), int(b)) for a, b in pairs])
    assert all(colours[a] != colours[b] for a, b in pairs)


def test_few_lots_have_a_colour_each() -> None:
    """As long as the palette lasts, no colour is used twice."""
    assert len(set(colouring(len(PALETTE), [(0, 1)]))) == len(PALETTE)


@settings(max_examples=200)
@given(st.sets(st.tuples(POINTS, POINTS).filter(lambda e: e[0] != e[1]).map(lambda e: edge(*e)), max_size=30))
def test_chains_run_over_every_edge_once(edges: set[Any]) -> None:
    """Lines joined from edges hold each edge exactly once, closed rings and junctions included."""
    walked = [edge(a, b) for chain in chains(edges) for a, b in pairwise(chain)]
    assert sorted(walked) == sorted(edges)


def test_a_ring_is_written_relative_and_short() -> None:
    """Signs part numbers where they can."""
    assert ring_path([(10, 20), (13, 20), (13, 16)]) == "M10 20l3 0 0-4z"


def test_lines_between_lots_are_where_lots_meet(design: LotDesign, squares: list[Any]) -> None:
    """AAB / ABB / CCC: two steps between A and B, one line of three squares above C; the coast is no line."""
    ground = ground_of(design.territory, squares)
    side = 4880 // 3  # units of a square: 5000 less two margins of 60, over three
    met = [(a, b) for (a, b), who in ground.sides.items() if len(who) == 2 and design.of[who[0]] != design.of[who[1]]]
    # A|B: 1 + 1 upright sides and 1 level one; C below all three columns
    assert sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in met) == pytest.approx(6 * side, abs=6)


def test_overlaps_and_gaps_still_give_lines(design: LotDesign, squares: list[Any]) -> None:
    """Squares blown up by a metre overlap; the drawing still knows which border which."""
    blown = [square.buffer(1.0, join_style="mitre") for square in squares]
    ground = ground_of(design.territory, blown)
    pairs = {who for who in ground.sides.values() if len(who) == 2}
    borders = zip(design.territory.borders.a, design.territory.borders.b, strict=True)
    assert {(int(a), int(b)) for a, b in borders} <= pairs


def test_labels_lie_in_their_lots(design: LotDesign, squares: list[Any]) -> None:
    """Every label of the map stands inside an area of its own lot."""
    from shapely import Point

    ground = ground_of(design.territory, squares)
    for label in picture(design, shapes=squares).labels:
        x = (label.x * ground.frame.unit) + ground.frame.left
        y = ground.frame.top - label.y * ground.frame.unit
        inside = [i for i, square in enumerate(squares) if square.contains(Point(x, y))]
        assert [design.of[i] for i in inside] == [label.lot]


def test_a_territory_without_shapes_has_a_picture(design: LotDesign) -> None:
    """Circles at the centroids, all inside the frame, in the same order."""
    drawn = picture(design)
    assert drawn.pointwise
    assert [mark.index for mark in drawn.areas] == list(range(9))
    ground = ground_of(design.territory, None)
    assert (ground.boxes[:, :2] >= 0).all()
    assert (ground.boxes[:, 2:] <= [ground.width, ground.height]).all()


def test_a_territory_without_places_has_a_picture() -> None:
    """Places come from who borders whom: three areas in a row lie in a row."""
    from lotopt.territory.territory import Territory

    row = Territory.from_tables({"area": ["a", "b", "c"]}, [("a", "b"), ("b", "c")])
    centres = ground_of(row, None).centres.astype(float)
    ends = np.hypot(*(centres[0] - centres[2]))
    assert ends > max(np.hypot(*(centres[0] - centres[1])), np.hypot(*(centres[1] - centres[2])))


def test_many_areas_without_shapes_are_drawn_side_by_side() -> None:
    """No lines between the circles, which would hide them; two areas on one spot change nothing."""
    from lotopt.territory.territory import Territory

    n = CROWDED
    columns = {"area": [f"a{i:04}" for i in range(n)], "x": [1000 * max(i, 1) for i in range(n)], "y": [0] * n}
    row = Territory.from_tables(columns, [(f"a{i:04}", f"a{i + 1:04}") for i in range(n - 1)])
    drawn = picture(LotDesign(row, ("L1", "L2"), np.arange(n) // (n // 2)))
    assert drawn.crowded
    assert drawn.links == ""
    assert drawn.lot_lines == ""
    assert drawn.areas[0].path == drawn.areas[1].path
    assert len({mark.path for mark in drawn.areas}) == n - 1


def test_many_areas_without_places_are_laid_out_in_order() -> None:
    """Along a row each area lies further on than the one before, without a table of all pairs."""
    from lotopt.territory.territory import Territory

    names = [f"a{i:03}" for i in range(300)]
    row = Territory.from_tables({"area": names}, list(pairwise(names)))
    centres = ground_of(row, None).centres.astype(float)
    away = np.hypot(*(centres - centres[0]).T)
    assert (np.diff(away[::20]) > 0).all()


def test_a_map_for_a_notebook_stands_alone(design: LotDesign, squares: list[Any]) -> None:
    """It is one SVG element with every area and no class that it needs a style sheet for."""
    from xml.etree import ElementTree

    root = ElementTree.fromstring(lot_map(design, shapes=squares))
    svg = "{http://www.w3.org/2000/svg}"
    drawn = [
        (path.get("data-a"), lot.get("fill"))
        for lot in root.iter(f"{svg}g")
        for path in lot.findall(f"{svg}path")
        if path.get("data-a")
    ]
    assert sorted(area for area, _ in drawn) == [str(i) for i in range(9)]
    assert {colour for _, colour in drawn} < {*PALETTE}


def test_two_maps_on_one_page_of_a_notebook_share_no_names(design: LotDesign) -> None:
    """What is named in one is not drawn in the other."""
    other = replace(design, of=np.zeros_like(design.of))
    first, second = ({*re.findall(r'id="([^"]+)"', lot_map(drawn))} for drawn in (design, other))
    assert not first & second


def test_a_lot_of_a_base_has_the_colour_of_the_lot_that_follows_it() -> None:
    """The left and the right lot keep theirs; the one between them is no follower's and differs from both."""
    before, after = drawn_map("AABBCC"), drawn_map("AAACCC")
    followed = moves(
        LotDesign(after.territory, before.lots, before.of), LotDesign(after.territory, after.lots, after.of)
    )
    now, then = lot_colours(followed.plan), colours_before(followed)
    assert (then[0], then[2]) == now
    assert len({*then}) == 3


def test_areas_that_change_their_lot_are_marked() -> None:
    """One of four squares goes to the other lot; the old boundary can be shown."""
    after = drawn_map("ABBB")
    now = LotDesign(after.territory, after.lots, after.of)
    followed = moves(replace(now, of=np.array([0, 0, 1, 1])), now)
    shown = picture(followed.plan, moves=followed)
    assert [mark.moved for mark in shown.areas] == [False, True, False, False]
    assert shown.layers[0].title == "Before: the base"
