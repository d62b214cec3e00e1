"""How lots meet agencies, by name."""

from __future__ import annotations

from lotopt.design.design import LotDesign
from lotopt.report.partners import LayerWords, layer_words
from lotopt.territory.coherence import coherence
from tests.conftest import plan as drawn


def words(plan: str, layer: str, cases: str | None = None) -> LayerWords:
    made = drawn(plan, layers={"police": layer}, measures={} if cases is None else {"cases": cases})
    design = LotDesign(made.territory, made.lots, made.of)
    return layer_words(design, coherence(made.territory, made.of, made.lots, "cases").layers[0], "cases")


def test_an_agency_that_deals_with_two_lots_is_told_with_its_shares():
    """P has 6 of its 10 cases in A and 4 in B; the larger first."""
    found = words("ABB", "PPQ", "4 6 5")
    assert found.split == ("P would deal with two lots: B (60 %) and A (40 %).",)
    assert found.whole == "1 of 2 deals with one lot each: Q."


def test_a_lot_that_straddles_is_told_with_its_agencies():
    """B has 6 cases of P and 2 of Q."""
    found = words("ABB", "PPQ", "4 6 2")
    assert found.straddling == ("B lies in two of them: P (75 %) and Q (25 %).",)
    assert found.inside == "1 lot lies inside one of them: A (P)."


def test_where_boundaries_agree_there_is_nothing_to_name_but_what_lies_inside():
    """Each lot is an agency."""
    found = words("AAB", "PPQ")
    assert found.split == found.straddling == ()
    assert found.named == ("2 lots lie inside one of them: A (P) and B (Q).",)


def test_of_many_agencies_only_the_largest_are_named():
    """Nine in one lot: six by name, the rest counted."""
    found = words("AAAAAAAAA", "PQRSTUVWX", "9 8 7 6 5 4 3 2 1")
    (told,) = found.straddling
    assert told.startswith("A lies in nine of them: P (20 %), Q (18 %)")
    assert told.endswith("U (9 %) and 3 more.")


def test_many_names_are_shown_on_request():
    """Four agencies and four lots that all meet."""
    found = words("ABCD / ABCD", "PPPP / QQQQ")
    assert found.folded
    assert found.in_short == "By name: 2 agencies that deal with several lots, 4 lots that lie in several agencies"


def test_a_small_part_is_not_told_as_none_and_a_large_one_not_as_all():
    """3 of 1,000 cases, and the other 997."""
    assert words("AB", "PP", "3 997").split == ("P would deal with two lots: B (99.7 %) and A (0.3 %).",)


def test_agencies_without_any_case_are_shared_by_areas():
    """No case in P at all."""
    assert words("ABBA", "PPPQ", "0 0 0 5").split == ("P would deal with two lots: B (67 %) and A (33 %).",)
