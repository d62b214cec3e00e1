"""From a base design to another: what each lot goes back to and what moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotopt.core.errors import InputError
from lotopt.design.design import LotDesign
from lotopt.report.moves import Moves, moves
from lotopt.territory import features as f
from tests.conftest import plan as drawn


def design(drawing: str, territory: Any = None, **more: Any) -> LotDesign:
    made = drawn(drawing, **more)
    return LotDesign(territory or made.territory, made.lots, made.of)


def between(base: str, plan: str, cases: str | None = None) -> Moves:
    new = design(plan, measures={} if cases is None else {"cases": cases})
    return moves(design(base, new.territory), new, "cases")


def test_the_same_design_moves_nothing() -> None:
    """Every lot goes back to itself, whatever it is called."""
    found = between("AAB / ABB", "XXY / XYY")
    assert found.moved_share == 0
    assert not found.moved.any()
    assert all(found.same(lot) for lot in range(2))


def test_one_area_changes_its_lot() -> None:
    """The middle square of the first row goes from A to B: 1 of 6 cases, a third of A, a quarter of the new B."""
    found = between("AAB / ABB", "ABB / ABB")
    assert found.moved.tolist() == [False, True, False, False, False, False]
    assert found.moved_share == pytest.approx(1 / 6)
    (moved,) = [flow for flow in found.flows if not flow.main]
    assert (moved.lot, moved.base, moved.areas) == (1, 0, (1,))
    assert (moved.of_lot, moved.of_base) == (pytest.approx(1 / 4), pytest.approx(1 / 3))


def test_the_measure_says_which_lot_it_has_most_of() -> None:
    """B holds two areas of A with one case each and one of B with five: it goes back to B."""
    found = between("AAAB", "ABBB", "9 1 1 5")
    assert found.main.tolist() == [0, 1]
    assert found.moved_share == pytest.approx(2 / 16)


def test_a_divided_lot_has_two_followers() -> None:
    """One lot becomes two: both go back to it, nothing moves, and neither is the same."""
    found = between("AAAA", "XXYY")
    assert found.followers(0) == (0, 1)
    assert found.moved_share == 0
    assert [found.same(lot) for lot in range(2)] == [False, False]


def test_a_lot_that_is_shared_out_has_no_follower() -> None:
    """The middle lot goes to its two neighbours."""
    found = between("AABBCC", "AAACCC")
    assert found.followers(1) == ()
    assert found.moved_share == pytest.approx(2 / 6)


def test_equal_shares_are_broken_by_areas_and_then_by_order() -> None:
    """Two cases of one area of A against two areas of B with one each: B has more areas. Else the first."""
    assert between("ABB", "XXX", "2 1 1").main.tolist() == [1]
    assert between("ABC", "XXX").main.tolist() == [0]


def test_a_lot_without_any_of_the_measure_goes_by_its_areas() -> None:
    """No case in the second lot: it has two areas of B and one of A, and nothing counts as moved."""
    found = between("AAABB", "XXYYY", "1 1 0 0 0")
    assert found.main.tolist() == [0, 1]
    assert found.moved_share == 0
    assert found.moved.tolist() == [False, False, True, False, False]


def test_without_anything_to_weigh_by_areas_count_alike() -> None:
    """A measure that is 0 everywhere weighs no more than none."""
    assert between("AAB", "ABB", "0 0 0").moved_share == pytest.approx(1 / 3)


def test_other_areas_are_refused() -> None:
    """Designs of two territories have nothing to compare."""
    with pytest.raises(InputError, match="other areas: 1 are missing and 0 are not of this territory"):
        moves(design("AB"), design("ABB"))


def test_areas_in_another_order_are_refused(plan: Callable[..., Any]) -> None:
    """Indices would point at other areas."""
    new = design("AB")
    turned = replace(new.territory, ids=tuple(reversed(new.territory.ids)))
    with pytest.raises(InputError, match="another order"):
        moves(LotDesign(turned, new.lots, new.of), new)


LETTERS = st.lists(st.sampled_from("ABCD"), min_size=6, max_size=6).map("".join)


@given(LETTERS, LETTERS, st.lists(st.integers(0, 9), min_size=6, max_size=6))
def test_what_moves_is_what_the_goal_counts(before: str, after: str, cases: list[int]) -> None:
    """The goal `change_from` measures the same: the measure less what comes from the main lot."""
    new = design(after, measures={"cases": " ".join(map(str, cases))})
    old = design(before, new.territory)
    known = new.territory.with_design(old.partition("old"))
    counted = float(LotDesign(known, new.lots, new.of).table.value(f.Moved("old", "cases")).sum())
    found = moves(old, new, "cases")
    total = sum(cases)
    assert found.moved_share * total == pytest.approx(counted if total else 0)
    if total:
        weight = np.array(cases)
        assert float(weight[found.moved].sum()) == pytest.approx(counted)
