"""Territories drawn in letters and made of plain columns."""

import numpy as np
import pytest

from lotopt.core.errors import InputError
from lotopt.territory import features as f
from lotopt.territory.lots import LotTable
from lotopt.territory.territory import Territory


def problems_of(columns, borders=(), **options):
    with pytest.raises(InputError) as caught:
        Territory.from_tables(columns, borders, **options)
    return caught.value.problems


def test_squares_that_share_a_side_are_neighbours(plan):
    """A map of 2 by 2 squares has four borders of a kilometre; corners are none."""
    drawn = plan("AB / AB")
    borders = drawn.territory.borders
    ids = drawn.territory.ids
    pairs = [(ids[a], ids[b]) for a, b in zip(borders.a, borders.b, strict=True)]
    assert pairs == [("r1c1", "r1c2"), ("r1c1", "r2c1"), ("r1c2", "r2c2"), ("r2c1", "r2c2")]
    assert borders.metres.tolist() == [1000.0] * 4
    assert drawn.lots == ("A", "B")
    assert drawn.of.tolist() == [0, 1, 0, 1]


def test_empty_squares_are_no_areas(plan):
    """A hole in the drawing is no ground: A is left in two pieces, r1c1 and r1c3."""
    drawn = plan("A.A / BBB")
    table = LotTable.of_labels(drawn.territory, drawn.of, drawn.lots)
    assert table.value(f.Pieces()).tolist() == [2, 1]


def test_a_link_joins_what_the_map_does_not(plan):
    """A ferry over the hole makes one piece of A, unless only land counts."""
    drawn = plan("A.A / BBB", links=[("r1c1", "r1c3", "ferry")])
    table = LotTable.of_labels(drawn.territory, drawn.of, drawn.lots)
    assert table.value(f.Pieces()).tolist() == [1, 1]
    assert table.value(f.Pieces(("land",))).tolist() == [2, 1]


def test_layers_and_measures_are_drawn(plan):
    """Lot A holds 5 + 1 cases and meets both agencies; an area in no agency counts for none."""
    drawn = plan("AAB", measures={"cases": "5 1 7"}, layers={"police": "XY."})
    table = LotTable.of_labels(drawn.territory, drawn.of, drawn.lots)
    assert table.total("cases").tolist() == [6, 7]
    assert table.value(f.Span("police")).tolist() == [2, 0]


def test_columns_keep_their_order():
    """Areas given as columns stay in the order given."""
    territory = Territory.from_tables({"area": ["b", "a"], "cases": [1, 2]}, [("a", "b", 5)], measures=["cases"])
    assert territory.ids == ("b", "a")
    assert territory.measure("cases").tolist() == [1, 2]


def test_a_data_frame_is_a_table_too():
    """Columns may come as a DataFrame."""
    import pandas as pd

    territory = Territory.from_tables(
        pd.DataFrame({"area": ["a", "b"], "cases": [1, 2]}), [("a", "b")], measures=["cases"]
    )
    assert territory.measure("cases").tolist() == [1, 2]


def test_every_problem_of_the_columns_is_told_at_once():
    """A repeated area, an empty id, a word for a number, a negative and an infinite one: five problems."""
    found = problems_of(
        {"area": ["a", "a", "", "d"], "cases": [1, "x", -2, float("inf")]}, measures=["cases"], title="toy"
    )
    assert found == (
        "areas, row 2, area: area 'a' is already in row 1; every area has one row",
        "areas, row 3, area: is empty; every area needs an id",
        "areas, row 2, cases: 'x' is not a number",
        "areas, row 3, cases: -2 is less than 0",
        "areas, row 4, cases: 'inf' is not a finite number",
    )


def test_every_problem_of_the_borders_is_told_at_once():
    """An unknown end, a border with itself, two lengths for one border, a negative length."""
    found = problems_of(
        {"area": ["east", "west"]},
        [
            ("east", "wets"),
            ("east", "east"),
            ("east", "west", 5),
            ("west", "east", 6),
            ("east", "west", -1),
            ("east",),
        ],
    )
    assert found == (
        "borders, row 6: ('east',) is not (a, b), (a, b, metres) or (a, b, metres, kind)",
        "borders, row 1: no area 'wets'; did you mean 'west'?",
        "borders, row 2: 'east' cannot border itself",
        "borders, row 4: the border of 'west' and 'east' is 6 m here, but 5 m in borders, row 3; keep one",
        "borders, row 5, metres: -1 is negative; a shared length is 0 m or more",
    )


def test_a_border_told_from_both_sides_counts_once():
    """Tables of neighbours often list each pair twice, with the same length."""
    territory = Territory.from_tables({"area": ["a", "b"]}, [("a", "b", 5), ("b", "a", 5)])
    assert territory.borders.metres.tolist() == [5]


def test_an_area_without_a_neighbour_is_told():
    """Where there are borders, everybody has one, unless islands are allowed."""
    columns = {"area": ["a", "b", "c"]}
    assert problems_of(columns, [("a", "b")]) == (
        "areas, row 3: area 'c' has no neighbour; give it a border, or say islands_allowed=True",
    )
    assert len(Territory.from_tables(columns, [("a", "b")], islands_allowed=True)) == 3


def test_a_missing_column_names_those_there_are():
    """A misspelt measure is told with the column that was meant."""
    assert problems_of({"area": ["a"], "caseload": [1]}, measures=["caselod"]) == (
        "areas: no column 'caselod'; did you mean 'caseload'?",
    )


def test_columns_of_different_length_are_told():
    """No guessing which cell belongs to which area."""
    assert problems_of({"area": ["a", "b"], "cases": [1]}, measures=["cases"]) == (
        "areas: the columns differ in length: area 2, cases 1",
    )


def test_a_barrier_keeps_its_length_but_joins_nothing():
    """Over a barrier there is no way, but the border is still there to be measured."""
    territory = Territory.from_tables({"area": ["a", "b"]}, [("a", "b", 500, "barrier")], islands_allowed=True)
    table = LotTable(territory, np.array([[True, True], [True, False]]), ("both", "a"))
    assert table.value(f.Pieces()).tolist() == [2, 1]
    assert table.value(f.BorderLength()).tolist() == [0.0, 0.5]


def test_the_digest_is_of_content_not_of_order():
    """The same areas in another order have the same digest; one changed value has another."""
    borders = [("a", "b", 5)]
    one = Territory.from_tables({"area": ["a", "b"], "cases": [1, 2]}, borders, measures=["cases"])
    turned = Territory.from_tables({"area": ["b", "a"], "cases": [2, 1]}, [("b", "a", 5)], measures=["cases"])
    other = Territory.from_tables({"area": ["a", "b"], "cases": [1, 3]}, borders, measures=["cases"])
    assert one.digest == turned.digest
    assert one.digest != other.digest
