"""Coherence by hand on maps small enough to see."""

import math

import numpy as np
import pytest

from lotopt.core.errors import InputError
from lotopt.territory.coherence import as_layer, coherence


def measured(drawn, measure=None, layers=None):
    return coherence(drawn.territory, drawn.of, drawn.lots, measure, layers)


def test_identical_boundaries(plan):
    """Each lot is one police area: nothing split, nothing straddled, every score 1."""
    found = measured(plan("AABB", layers={"police": "XXYY"}))["police"]
    assert (found.agencies, found.interfaces, found.splits, found.straddles) == (2, 2, 0, 0)
    assert (found.whole_share, found.completeness, found.homogeneity, found.v_measure) == (1, 1, 1, 1)
    assert found.coterminous


def test_a_split_agency_and_a_straddling_lot(plan):
    """Lot A takes X and half of Y, lot B the other half of Y."""
    found = measured(plan("AAAB", layers={"police": "XXYY"}))["police"]
    # pairs that meet: (A, X), (A, Y), (B, Y); 3 - 2 agencies = 1 split
    assert (found.interfaces, found.splits, found.straddles) == (3, 1, 1)
    assert found.span == (2, 1)
    assert found.lots_per_agency == (1, 2)
    assert (found.largest_span, found.largest_lots_per_agency) == (2, 2)
    assert found.split_agencies == ("Y",)
    assert found.straddling_lots == ("A",)
    assert not found.coterminous
    # X, two of four areas, lies in one lot
    assert found.whole_share == 0.5
    # H(D) of 3/4 and 1/4; given A: X is pure, Y (half of all) is one bit = ln 2
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    completeness = 1 - 0.5 * math.log(2) / entropy
    assert found.completeness == pytest.approx(completeness)
    # H(A) = ln 2; given D: lot A (3/4) holds 2/3 and 1/3, lot B is pure
    within = -(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3))
    homogeneity = 1 - 0.75 * within / math.log(2)
    assert found.homogeneity == pytest.approx(homogeneity)
    assert found.v_measure == pytest.approx(2 * completeness * homogeneity / (completeness + homogeneity))


def test_shares_are_of_the_measure(plan):
    """X holds 90 of 100 cases and lies in one lot; by areas it is half."""
    drawn = plan("AAAB", measures={"cases": "80 10 6 4"}, layers={"police": "XXYY"})
    assert measured(drawn, "cases")["police"].whole_share == pytest.approx(0.9)
    assert measured(drawn)["police"].whole_share == 0.5


def test_few_large_lots_split_nothing_yet_join_much(plan):
    """One lot over four police areas: no split, and homogeneity 0 tells what splits do not."""
    found = measured(plan("AAAA", layers={"police": "WXYZ"}))["police"]
    assert (found.splits, found.straddles, found.largest_span) == (0, 1, 4)
    assert found.completeness == 1  # H(D) = 0: defined as 1
    assert found.homogeneity == 0  # knowing the lot tells nothing of the agency
    assert found.v_measure == 0


def test_one_agency_in_many_lots(plan):
    """The other way round: every lot deals with one agency, the agency with four lots."""
    found = measured(plan("ABCD", layers={"police": "XXXX"}))["police"]
    assert (found.splits, found.straddles, found.largest_lots_per_agency) == (3, 0, 4)
    assert found.homogeneity == 1  # H(A) = 0: defined as 1
    assert found.completeness == 0
    assert found.whole_share == 0


def test_one_lot_and_one_agency(plan):
    """Nothing to tell apart on either side: identical."""
    found = measured(plan("AA", layers={"police": "XX"}))["police"]
    assert (found.completeness, found.homogeneity, found.v_measure, found.whole_share) == (1, 1, 1, 1)


def test_areas_in_no_agency_count_for_nothing(plan):
    """A layer that covers half of the map is judged on that half."""
    found = measured(plan("AABB", layers={"prison": "XX.."}))["prison"]
    assert (found.agencies, found.interfaces, found.splits, found.span) == (1, 1, 0, (1, 0))
    assert found.whole_share == 1


def test_a_measure_of_nothing_counts_areas(plan):
    """Where nobody has a case, every area counts alike."""
    drawn = plan("AAAB", measures={"cases": "0 0 0 0"}, layers={"police": "XXYY"})
    assert measured(drawn, "cases")["police"].whole_share == 0.5


def test_an_area_without_cases_still_makes_an_interface(plan):
    """Working relationships are with places, whatever is counted there."""
    drawn = plan("AAB", measures={"cases": "5 5 0"}, layers={"police": "XYY"})
    found = measured(drawn, "cases")["police"]
    assert (found.interfaces, found.splits) == (3, 1)


def test_another_design_may_serve_as_a_layer(plan):
    """Lot B lies half in C and half in D; C has all of A and half of B."""
    drawn = plan("AABB")
    other = plan("CCCD").partition
    found = measured(drawn, layers=[as_layer(other)])["drawn"]
    assert found.straddling_lots == ("B",)
    assert found.split_agencies == ("C",)
    assert found.interfaces == 3


def test_names_stand_for_lots(plan):
    """Straddling lots go by their names where they have some."""
    drawn = plan("AB", layers={"police": "XX", "region": "XY"})
    found = coherence(drawn.territory, np.array([0, 0]), ("1",), layers=["region"], names=("North",))
    assert found["region"].straddling_lots == ("North",)


def test_printed_it_is_a_plain_table(plan):
    """One line per layer, aligned, and what is split or straddling by name."""
    text = str(measured(plan("AAAB", layers={"police": "XXYY", "region": "RRRR"}), "cases"))
    lines = text.splitlines()
    assert lines[0] == "2 lots; shares by cases"
    assert lines[1].split()[:5] == ["layer", "agencies", "interfaces", "splits", "straddles"]
    assert lines[2].split()[:5] == ["police", "2", "3", "1", "1"]
    assert len({len(line) for line in lines[1:4]}) == 1
    assert lines[4:] == ["police: straddled by A", "police: split are Y", "region: split are R"]


def test_as_a_frame_it_has_a_row_per_layer(plan):
    """Every figure is a column."""
    frame = measured(plan("AB", layers={"police": "XY", "region": "RR"})).to_frame()
    assert frame["layer"].tolist() == ["police", "region"]
    assert frame["splits"].tolist() == [0, 1]


def test_unknown_layers_and_measures_are_told(plan):
    """With what was meant."""
    drawn = plan("AB", layers={"police": "XY"})
    with pytest.raises(InputError, match="did you mean 'police'"):
        measured(drawn, layers=["polise"])
    with pytest.raises(InputError, match="did you mean 'cases'"):
        measured(drawn, "case")
    with pytest.raises(InputError, match="did you mean 'police'"):
        measured(drawn)["polise"]
