"""How close every rule is to its limit, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from report_cases import GOALS, RULES, solved

from lotopt.core.reading import Audit, Reading
from lotopt.core.result import Result, Status
from lotopt.design import rules as r
from lotopt.design.design import LotDesign
from lotopt.report.page import report_page
from lotopt.report.rules_kept import RuleKept, rules_kept
from lotopt.report.summary import summarise
from lotopt.study.explain import Explained, ExplainedPart


def kept(readings: Sequence[Reading], *rules: r.DesignRule) -> RuleKept:
    """The first rule as judged by readings."""
    return rules_kept(Result("a plan", Status.OPTIMAL, audit=Audit(tuple(readings))), rules)[0]


def cases(where: str, value: float, low: float = 0.0, high: float = 100.0) -> Reading:
    return Reading("size", where, value, low, high, "cases")


def test_the_reading_closest_to_its_limit_says_how_much_room_there_is() -> None:
    """12 of at most 100 are left in B, 40 in A; the bar is full to 88 %."""
    found = kept([cases("A", 60), cases("B", 88)])
    assert found.room == "Room left (B): 12 cases to spare, 12.0 % of the limit."
    assert found.bar == 88


def test_little_room_is_called_close() -> None:
    """2 of 100."""
    assert kept([cases("A", 98)]).room == "Close to its limit: 2 cases to spare, 2.0 % of the limit."


def test_at_its_limit_is_said_with_where() -> None:
    """One of two lots has no room, then both."""
    assert kept([cases("A", 100), cases("B", 60)]).room == "At its limit in 1 of 2 readings, such as A."
    found = kept([cases("A", 100), cases("B", 100)])
    assert (found.room, found.bar) == ("At its limit in every reading.", 100)
    assert kept([cases("A", 100)]).room == "At its limit."


def test_a_lower_limit_counts_as_well() -> None:
    """55 are 5 above at least 50: a tenth of that limit."""
    assert kept([cases("A", 55, 50)]).room == "Room left: 5 cases to spare, 10.0 % of the limit."


def test_an_exact_rule_leaves_no_room() -> None:
    """Six lots, no more and no fewer, are not at a limit: they are what was asked."""
    found = kept([Reading("lot_count", "number of lots", 6, 6, 6, "lots")])
    assert (found.room, found.used) == ("Exactly as asked: the rule leaves no room.", None)


def test_a_rule_that_holds_or_does_not_has_no_room() -> None:
    """One piece is not at the limit of one piece."""
    pieces = [Reading("contiguous", lot, 1.0, at_most=1, unit="pieces") for lot in "AB"]
    found = kept(pieces, r.Contiguous())
    assert (found.verdict, found.room) == ("Kept: it holds in all 2 readings.", "")
    assert kept(pieces[:1], r.Contiguous()).verdict == "Kept: it holds in the one reading."


def test_a_rule_that_is_broken_has_no_room() -> None:
    """The verdict says by which reading."""
    found = kept([cases("A", 120), cases("B", 60)])
    assert (found.kept, found.room, found.used) == (False, "", None)


@pytest.mark.parametrize(("at_most", "used"), [(0, 1.0), (1, 0.0)])
def test_a_limit_of_nothing_has_no_share(at_most: int, used: float) -> None:
    """0 of at most 0 is at its limit; 0 of at most 1 uses nothing of it."""
    assert kept([Reading("splits", "splits", 0, at_most=at_most, unit="splits")]).used == used


def test_money_is_told_as_money() -> None:
    """An amount in pounds, exact."""
    found = kept([Reading("budget", "total", Decimal("90.50"), -float("inf"), Decimal("100"), "GBP")])
    assert found.room == "Room left: 9.50 GBP to spare, 9.5 % of the limit."


def test_a_rule_without_any_limit_says_nothing_of_room() -> None:
    """Bidders that are counted only."""
    assert kept([Reading("bidders", "L1", 4, unit="bidders")]).room == ""


def priced(design: LotDesign, sentence: str) -> Explained:
    part = ExplainedPart("design_rule_prices", "What", (sentence,), ("rule",), (("size",),))
    return Explained((replace(part, by_rule=(("size_between", sentence),)),))


def test_a_price_stands_with_its_rule(design: LotDesign) -> None:
    """On the page, as text."""
    evil = "<b>size</b> costs nothing."
    explained = priced(design, evil)
    jobs = summarise(solved(design), explained=explained, rules=RULES, goals=GOALS).jobs
    assert [rule.price for rule in jobs[0].rules] == ["", evil]
    page = report_page(solved(design), explained=explained, rules=RULES, goals=GOALS)
    assert "<strong>Price:</strong> &lt;b&gt;size&lt;/b&gt; costs nothing." in page
