"""Samples that cannot be drawn: what is wrong, by name, and what is possible."""

from __future__ import annotations

import pytest

from lotopt.core.errors import InputError
from lotopt.design import rules as r
from lotopt.design.clause import DesignRule
from lotopt.design.sample import sample_designs
from tests.conftest import plan


def lots(count: int) -> r.LotCount:
    return r.LotCount(at_least=count, at_most=count)


def size(at_least: float, at_most: float) -> r.SizeBetween:
    return r.SizeBetween(measure="cases", at_least=at_least, at_most=at_most)


def test_rules_that_cannot_be_sampled_by_are_told_together() -> None:
    """Each by its name, with what is possible; and what is missing."""
    territory = plan("AB", layers={"police": "XY"}).territory
    with pytest.raises(InputError) as told:
        sample_designs(
            territory,
            [r.Nested(layer="police"), r.Reach(measure="cases", at_most=3), r.Fixed(lots={"A": ("r1c1",)})],
        )
    possible = "possible: lot_count, size_between, contiguous, whole, keep_together, fixed"
    assert told.value.problems == (
        f"nested: designs cannot be sampled by nested; {possible}",
        f"reach: designs cannot be sampled by reach; {possible}",
        "fixed: lots that other areas may join cannot be sampled; say complete = true",
        "lot_count: is not among the rules; say how many lots designs have",
        "contiguous: is not among the rules; lots of a sample are in one piece",
    )


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([r.LotCount(at_least=1, at_most=2)], "all designs of a sample have as many lots; give at_least = at_most"),
        ([lots(7)], "7 lots, 0 of them pinned, cannot be made of 6 other areas or units"),
        ([lots(1), r.Fixed(lots={"W": ("r1c1",)}, complete=True)], "1 lots, 1 of them pinned, cannot be made of 5"),
        ([lots(2), r.Fixed(lots={"W": ("r1c1", "r2c3")}, complete=True)], "the lot W is in 2 pieces"),
        (
            [lots(2), r.Fixed(lots={"W": ("r1c1",)}, complete=True), r.Whole(layer="police")],
            "the lot W is not complete; other rules keep r1c2 together with it",
        ),
        (
            [lots(2), r.Fixed(lots={"W": ("r1c1",)}, complete=True), r.KeepTogether(places=("r1c1", "r2c3"))],
            "the lot W is not complete; other rules keep r2c3 together with it",
        ),
        (
            [lots(2), r.Fixed(lots={"W": ("r1c1",)}, complete=True), size(2, 5)],
            "fixed: the lot W: 1 cases, less than 2; size_between may let it off with except",
        ),
        ([lots(2), r.Fixed(lots={"W": ("r1c2", "r2c2")}, complete=True)], "joins r1c3, r2c3 to the rest"),
        ([lots(3), size(4, 5)], "no design to start from was found in 10,000 tries"),
        ([lots(3), size(4, 5)], "3 lots"),
        ([lots(2), r.Contiguous(leave_out=("ferry",))], "no kind of border 'ferry'"),
    ],
)
def test_what_cannot_be_drawn_is_told(rules: list[DesignRule], told: str) -> None:
    """A sentence that says what is wrong and what is possible."""
    territory = plan("AAA / AAA", layers={"police": "XXY / Z.."}).territory
    if not any(isinstance(rule, r.Contiguous) for rule in rules):
        rules = [*rules, r.Contiguous()]
    with pytest.raises(InputError) as found:
        sample_designs(territory, rules, 10)
    assert told in str(found.value)


def test_numbers_that_make_no_sample_are_told_together() -> None:
    """Counts and steps are whole numbers of at least one, seeds of at least nought."""
    with pytest.raises(InputError) as told:
        sample_designs(plan("AB").territory, [lots(2), r.Contiguous()], 0, seed=-1, chains=0, thin=0, burn=-5)
    assert told.value.problems == (
        "count is 0; it is at least 1",
        "seed is -1; it is at least 0",
        "chains is 0; it is at least 1",
        "thin is 0; it is at least 1",
        "burn is -5; it is at least 0",
    )
