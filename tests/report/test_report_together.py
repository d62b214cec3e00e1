"""What a report says of lots and awards decided together."""

from __future__ import annotations

import pytest
from report_cases import EVIL_PROVIDER, TOGETHER_GOALS, TOGETHER_RULES, decided_together

from lotopt.report.page import report_page
from lotopt.report.summary import summarise
from lotopt.study.together import Together


@pytest.fixture(scope="module")
def together() -> Together:
    """Two lots of four towns: together 50 GBP a year, lots first 70."""
    return decided_together()


def test_one_job_is_told_with_the_rules_of_both_kinds(together: Together):
    """Not a design and an allocation, each as if it had been found by itself."""
    summary = summarise(
        together.design, together.awards, together=together, rules=TOGETHER_RULES, award_goals=TOGETHER_GOALS
    )
    (job,) = summary.jobs
    assert job.name == "Lots and awards together"
    assert job.verdict == "optimal"
    assert len(job.asked) == 2
    assert job.wanted == (TOGETHER_GOALS[0].explain(),)


def test_both_ways_stand_side_by_side(together: Together):
    """Price, providers and lots of both; then the lots of the other way."""
    summary = summarise(
        together.design, together.awards, together=together, rules=TOGETHER_RULES, award_goals=TOGETHER_GOALS
    )
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
    page = report_page(
        together.design, together.awards, together=together, rules=TOGETHER_RULES, award_goals=TOGETHER_GOALS
    )
    assert EVIL_PROVIDER not in page
    assert "SIMULATED" in page
    assert 'id="first"' in page


def test_without_a_comparison_nothing_is_said_of_value(together: Together):
    """The section is left out."""
    alone = Together(together.result)
    assert "The value of deciding together" not in report_page(alone.design, alone.awards, together=alone)
