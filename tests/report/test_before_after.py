"""What changes from a base to a design, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_cases import EVIL_AREA, solved

from lotopt.core.errors import InputError
from lotopt.design.design import LotDesign
from lotopt.report.before_after import BeforeAfter
from lotopt.report.page import report_page
from lotopt.report.summary import change_of, summarise
from lotopt.report.terminal import text_summary
from tests.conftest import plan as drawn


def change(base: str, plan: str, layer: str | None = None, cases: str | None = None) -> BeforeAfter:
    """The change from one drawing to another."""
    layers = {} if layer is None else {"police": layer}
    measures = {} if cases is None else {"cases": cases}
    now = drawn(plan, layers=layers, measures=measures)
    old = drawn(base)
    before = LotDesign(now.territory, old.lots, old.of, title="the old lots")
    return change_of(LotDesign(now.territory, now.lots, now.of), before, "cases")


def test_what_comes_from_where_is_told_lot_by_lot():
    """One of four squares goes over: 5 of its new lot's 25 cases."""
    found = change("AABB", "ABBB", cases="10 5 10 10")
    assert found.lots[0].text == "Part of A: 66.7 % of its cases."
    assert found.lots[1].text == "Mostly B (80.0 % of its cases). 1 area with 20.0 % comes from A."
    assert found.in_short == "Set beside the old lots, 1 of 4 areas, with 14.3 % of cases, moves."


def test_a_lot_that_stays_and_one_that_is_taken_over_whole():
    """A keeps its areas; C takes all of B's."""
    found = change("AABCC", "AACCC", cases="1 1 1 1 1")
    assert found.lots[0].text == "The same areas as A."
    assert found.lots[1].text == "Mostly C (66.7 % of its cases). 1 area with 33.3 % comes from B, all of it."
    assert "1 lot of the base is followed by none, only joined to others: B." in found.sentences


def test_nothing_moves():
    """Other names are no move."""
    found = change("AABB", "XXYY", "PPQQ")
    assert found.sentences[-1] == "Nothing moves: each lot has the areas of one lot of the base."
    assert found.layers[0].text == "Nothing changes in the counts."
    assert "Areas that move" not in [table.caption for table in found.tables]


def test_a_division_is_no_move():
    """One lot becomes two."""
    assert change("AAAA", "XXYY").sentences[-1] == "1 lot of the base is followed by two lots or more: A."


def test_what_changes_for_an_agency_is_told_by_name():
    """Before, P was split between A and B; now Q is, and three lots are two."""
    found = change("ABBC", "AABB", "PPQQ")
    assert found.layers[0].text == (
        "None of 2 deal with two lots or more, before 2: two fewer. No longer split: P and Q. "
        "0 of 2 lots take in two or more of them (at most one), before 1 of 3 (at most two). "
        "2 working relationships between a lot and one of them, before 4: two fewer."
    )


def test_a_new_split_is_told_by_name():
    """The other way round."""
    assert "Newly split: P and Q." in change("AABB", "ABBC", "PPQQ").layers[0].text


def test_the_smallest_origins_are_counted():
    """Six old lots: the largest, four by name and one more."""
    found = change("ABCDEF", "XXXXXX", cases="9 5 4 3 2 1")
    assert found.lots[0].text.endswith("1 area with 4.2 % from one more.")


def test_tables_hold_every_move():
    """Lot by lot, old lot by old lot, area by area."""
    tables = {table.caption: table.rows for table in change("AABB", "ABBB", cases="10 5 10 10").tables}
    assert tables["Moves, lot by lot"][1] == ("B", "B", "80.0 %", "1", "20.0 %", "1 area (20.0 %) from A")
    assert tables["What becomes of every lot of the base"][0] == ("A", "2", "A (66.7 %); B (33.3 %)")
    assert tables["Areas that move"] == (("r1c2", "A", "B", "5"),)
    assert {row[0]: row[1:] for row in tables["Figures before and after"]}["Largest lot, cases"] == ("20", "25")


def test_without_layers_and_measures_there_is_something_to_tell(design: LotDesign):
    """Areas count alike then."""
    bare = replace(design.territory, layers={}, measures={})
    now = replace(design, territory=bare)
    found = change_of(now, replace(now, of=now.of[::-1].copy()), "")
    assert found.layers == ()
    assert "of areas" in found.in_short


def test_a_base_of_other_areas_is_refused(design: LotDesign):
    """With what is different."""
    other = drawn("AB")
    with pytest.raises(InputError, match="other areas: 7 are missing"):
        summarise(solved(design), base=LotDesign(other.territory, other.lots, other.of))


def test_the_page_shows_both_maps_and_names_stay_text(design: LotDesign):
    """The drawings of areas are there once; the base's names are data like any other."""
    base = replace(design, names=(EVIL_AREA, "B", "C"), of=design.of[::-1].copy(), title=EVIL_AREA)
    page = report_page(solved(design), base=base)
    assert EVIL_AREA not in page
    assert page.count('role="option"') == 9
    assert 'id="before"' in page
    assert 'id="after"' in page


def test_the_terminal_tells_it_too(design: LotDesign):
    """Before the tables."""
    base = replace(design, of=design.of[::-1].copy(), title="old")
    assert "Set beside old: 3 lots in place of 3." in text_summary(solved(design), base=base)
