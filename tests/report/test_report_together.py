"""What a report says of lots and awards decided together."""

from __future__ import annotations

from decimal import Decimal

import pytest

import lotopt as lo
from lotopt.engine.solvers import SolverOptions
from lotopt.joint.value import lots_first
from lotopt.market.provider import Provider
from lotopt.market.schedule import PriceSchedule
from lotopt.market.schedules import Schedules
from lotopt.report.page import report_page
from lotopt.report.summary import summarise
from lotopt.study.together import Together
from tests.conftest import plan

EVIL = "</script><script>alert(2)</script>"
RULES = [lo.rules.LotCount(at_least=2, at_most=2), lo.rules.Contiguous()]
GOALS = [lo.goals.TotalPrice()]


@pytest.fixture(scope="module", name="together")
def decided() -> Together:
    """Two lots of four towns: together 50 GBP a year, lots first 70 (see tests/joint/test_value.py)."""
    ground = plan("ABCD", measures={"cases": "10 10 10 10"}).territory
    asked = {
        "One": PriceSchedule(measure="cases", fixed=Decimal(5), rate=Decimal(3), rates={"r1c1": Decimal(1)}),
        "Two": PriceSchedule(measure="cases", fixed=Decimal(5), rate=Decimal(1), rates={"r1c1": Decimal(3)}),
    }
    schedules = Schedules((Provider(id="One", name=EVIL), Provider(id="Two")), asked, simulated=True)
    exact = SolverOptions(gap=0.0)
    result = lo.design_and_allocate(ground, schedules, RULES, GOALS, solver=exact)
    return Together(result, lots_first(ground, schedules, RULES, GOALS, solver=exact))


def test_one_job_is_told_with_the_rules_of_both_kinds(together: Together):
    """Not a design and an allocation, each as if it had been found by itself."""
    summary = summarise(together.design, together.awards, together=together, rules=RULES, award_goals=GOALS)
    (job,) = summary.jobs
    assert job.name == "Lots and awards together"
    assert job.verdict == "optimal"
    assert len(job.asked) == 2
    assert job.wanted == (GOALS[0].explain(),)


def test_both_ways_stand_side_by_side(together: Together):
    """Price, providers and lots of both; then the lots of the other way."""
    summary = summarise(together.design, together.awards, together=together, rules=RULES, award_goals=GOALS)
    assert summary.value is not None
    side, other = summary.value.tables
    rows = {row[0]: row[1:] for row in side.rows}
    assert rows["Total price a year"] == ("£50", "£70")
    assert rows["Lots"] == ("2", "2")
    assert rows["Status"] == ("optimal", "lots optimal, awards optimal")
    assert [row[-1] for row in other.rows] == ["£45", "£25"]
    assert "simulated" in side.caption


def test_the_page_is_safe_and_says_that_all_is_made_up(together: Together):
    """A provider's name is no markup on either map or in any table."""
    page = report_page(together.design, together.awards, together=together, rules=RULES, award_goals=GOALS)
    assert EVIL not in page
    assert "SIMULATED" in page
    assert 'id="first"' in page


def test_without_a_comparison_nothing_is_said_of_value(together: Together):
    """The section is left out."""
    alone = Together(together.result)
    assert "The value of deciding together" not in report_page(alone.design, alone.awards, together=alone)
