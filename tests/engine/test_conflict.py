from __future__ import annotations

from collections.abc import Sequence

from lotopt.engine.conflict import smallest_conflict
from lotopt.engine.solve.clock import Clock


def holds(numbers: Sequence[int]) -> bool:
    """Numbers hold together while their sum is below 10."""
    return sum(numbers) < 10


def test_what_is_left_conflicts_and_nothing_in_it_can_be_spared() -> None:
    """Of 1, 5, 2, 6, 4 the first that can go go: 1, then 5 (2 + 6 + 4 = 12), then 2 (6 + 4 = 10)."""
    assert smallest_conflict((1, 5, 2, 6, 4), holds, Clock()) == (6, 4)


def test_one_item_alone() -> None:
    """An item that cannot hold at all is the whole conflict."""
    assert smallest_conflict((1, 12, 3), holds, Clock()) == (12,)


def test_a_conflict_outside_the_items() -> None:
    """Where not even the empty set holds, no item is to blame."""
    assert smallest_conflict((1, 2), lambda numbers: False, Clock()) == ()


def test_an_undecided_test_keeps_the_item() -> None:
    """Not known is not a proof: 1 could be spared, but the test without it does not end."""
    assert smallest_conflict((1, 6, 4), lambda n: None if 1 not in n else holds(n), Clock()) == (1, 6, 4)


def test_without_time_everything_is_kept() -> None:
    """The set is larger than need be, but still a conflict."""
    assert smallest_conflict((1, 6, 4), holds, Clock(0.0)) == (1, 6, 4)


def test_equal_items_are_different_items() -> None:
    """Two equal numbers are tested one by one."""
    assert smallest_conflict((5, 5, 5), holds, Clock()) == (5, 5)
