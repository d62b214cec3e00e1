"""What is said about a result, before any markup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from report_cases import GOALS, RULES, awarded, solved

from lotopt.allocation.allocation import Allocation
from lotopt.core.reading import Audit, Reading
from lotopt.core.result import Phase, Result, Status
from lotopt.design.design import LotDesign
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.report.awarded import SIMULATED
from lotopt.report.summary import summarise
from lotopt.report.table import Column, Table
from lotopt.report.terminal import text_summary
from lotopt.report.words import amount, gap_words, listed, money, proof, rough_money


def test_optimal_says_what_is_proven(design: LotDesign) -> None:
    """The wanted gap is the claim, not the gap that happened to be found."""
    assert proof(solved(design)) == "Optimal: no other design keeps every rule and is better by more than 0.01 %."


def test_feasible_says_how_far_it_could_be(design: LotDesign) -> None:
    """(200 - 190) / 200 is 5 %."""
    result = replace(solved(design), status=Status.FEASIBLE, objective=200.0, bound=190.0)
    assert "better by more than 5 % (wanted: 0.01 %)" in proof(result)


def test_no_bound_claims_nothing(design: LotDesign) -> None:
    """Without a bound a better design may exist."""
    result = replace(solved(design), status=Status.FEASIBLE, bound=None)
    assert proof(result) == "Feasible: every rule is kept. No bound is known, so a better design may exist."


def test_a_given_design_is_only_measured(design: LotDesign) -> None:
    """An audit of a drawn plan does not speak of proofs."""
    result = Result(design, Status.FEASIBLE, 3.0, phases=(Phase("audit", 0.1),), audit=Audit(()))
    assert proof(result).startswith("This design was given, not searched for")


def test_a_fault_of_the_audit_withdraws_the_claim(design: LotDesign) -> None:
    """The solver is a witness, not the judge."""
    result = replace(solved(design), audit=Audit((), faults=("the totals differ",)))
    summary = summarise(result)
    assert "does not confirm" in summary.jobs[0].proof
    assert "Optimal" not in summary.jobs[0].proof
    assert summary.jobs[0].faults == ("the totals differ",)
    assert any("Do not use it" in warning for warning in summary.warnings)


def test_the_conflict_is_told_in_words(no_plan: Result[LotDesign]) -> None:
    """Where no plan exists the rules that cannot hold together are the answer."""
    text = text_summary(no_plan, title="Too much asked")
    assert "No design keeps every rule" in text
    assert "  - There are exactly 9 lots.\n  - Every lot has at least 3 cases." in text


def test_lots_table_agrees_with_the_audit(design: LotDesign) -> None:
    """Each lot's total in the table is the audit's own reading."""
    result = solved(design)
    assert result.audit is not None
    summary = summarise(result, rules=RULES, goals=GOALS)
    assert summary.lots is not None
    at = [column.title for column in summary.lots.columns].index("cases")
    told = {row[0]: row[at] for row in summary.lots.rows}
    assert told == {r.where: f"{r.value:g}" for r in result.audit.by_clause()["size_between"]}


def test_every_rule_shows_its_reading_range_and_slack(design: LotDesign) -> None:
    """Three lots of 2 to 4 cases, each with 3: one to spare at either end."""
    rule = summarise(solved(design), rules=RULES).jobs[0].rules[1]
    assert rule.sentence == RULES[1].explain()
    assert [row[1:] for row in rule.table.rows] == [("3 cases", "2", "4", "1")] * 3


def test_a_broken_rule_is_told_with_its_reading(design: LotDesign) -> None:
    """A reading out of range is named in the verdict."""
    broken = Reading("size_between", "A", 5.0, 2.0, 4.0, "cases")
    rule = summarise(replace(solved(design), audit=Audit((broken,)))).jobs[0].rules[0]
    assert not rule.kept
    assert rule.verdict == "Broken in 1 of 1 reading: A: 5 cases, more than 4."


def test_goals_add_up_to_the_objective(design: LotDesign) -> None:
    """Value times weight is the product, and the last row is their sum."""
    table = summarise(solved(design), goals=GOALS).jobs[0].goals
    assert table is not None
    assert table.rows[0][4] == table.rows[-1][4]


def test_large_figures_are_written_alike_everywhere(design: LotDesign) -> None:
    """19,494,093,376 in the goals table is not 1.94941e+10 in the method table."""
    result = replace(solved(design), objective=19494093376.28, bound=19494093376.28, provenance={"metres": 2.5e10})
    job = summarise(result).jobs[0]
    told = dict(job.method.rows)
    assert job.goals is not None
    assert told["Objective"] == told["Proven bound"] == job.goals.rows[-1][4] == "19,494,093,376"
    assert told["metres"] == "25,000,000,000"


@pytest.mark.parametrize(
    ("value", "told"),
    [(999.96, "1,000"), (9999.6, "10,000"), (0.25, "0.25"), (0.0000123456, "0.00001235"), (-1e-7, "-0.0000001")],
)
def test_a_figure_has_no_exponent(value: float, told: str) -> None:
    """Large or small, people read digits."""
    assert amount(value) == told


def test_coherence_names_who_deals_with_several(plan: Callable[..., Any]) -> None:
    """AB / AB against rows X and Y: both are split and both lots straddle."""
    drawn = plan("AB / AB", layers={"police": "XX / YY"})
    summary = summarise(solved(LotDesign(drawn.territory, drawn.lots, drawn.of)))
    assert summary.layers[0].text == (
        "2 of 2 would deal with two lots: X and Y. Every lot takes in two or more of them, at most two."
    )
    assert summary.layers[0].split[0] == "X would deal with two lots: A (50 %) and B (50 %)."


def test_a_simulated_market_is_said_loudly(design: LotDesign) -> None:
    """In the warnings, over the table, under it and in the headline."""
    summary = summarise(solved(design), awarded(design, simulated=True))
    assert SIMULATED in summary.warnings
    assert "simulated" in summary.awards[0].caption
    assert SIMULATED in summary.awards[0].note
    assert any("(simulated)" in figure.label for figure in summary.figures)
    assert SIMULATED not in "".join(summarise(solved(design), awarded(design)).warnings)


def test_awards_are_exact_to_the_penny(design: LotDesign) -> None:
    """1000.10 + 2000.10 + 3000.10 = 6000.30."""
    table = summarise(solved(design), awarded(design)).awards[0]
    assert [row[-1] for row in table.rows] == ["£1,000.10", "£2,000.10", "£3,000.10"]
    assert "£6,000.30" in table.note


def test_a_package_shows_its_price_once_with_its_lots(design: LotDesign) -> None:
    """C and A cost 30 together, and A has another service for 5; the table of awards names both lots too."""
    bids = (
        Bid(id="x", provider="p", items=(Item("C", "one"), Item("A", "one")), price=Decimal(30)),
        Bid.on("A", id="y", provider="p", price=5, services=["two"]),
        Bid.on("B", id="z", provider="p", price=7, services=["one"]),
    )
    market = Market(design.facts(), (Provider(id="p"),), bids, services=("one", "two"))
    awards = Result(Allocation.of(market, ["x", "y", "z"]), Status.OPTIMAL)
    summary = summarise(solved(design), awards)
    assert summary.lots is not None
    assert [row[-1] for row in summary.lots.rows] == ["£5; £30 for A + C", "£7", "with A"]
    assert ("C + A", "£30") in [(row[0], row[4]) for row in summary.awards[0].rows]
    assert text_summary(solved(design), awards).count("£30") == 2  # the lots table and the awards table


@pytest.mark.parametrize(
    ("given", "told"),
    [(Decimal("1000"), "£1,000"), (Decimal("0.5"), "£0.50"), (Decimal("-12.345"), "-£12.345"), (3, "£3")],
)
def test_money(given: Decimal, told: str) -> None:
    """Pounds, pence where there are any, nothing rounded away."""
    assert money(given) == told


def test_words() -> None:
    """Small helpers: gaps that do not vanish, lists that stop, headlines that round."""
    assert gap_words(0.0) == "0 %"
    assert gap_words(1e-9) == "less than 0.0001 %"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a, b", "c"]) == "a, b; c"
    assert listed(list("abcdefgh"), 3) == "a, b, c and 5 more"
    assert rough_money(Decimal("406448884.16")) == "£406.4 million"


def test_a_table_in_plain_text() -> None:
    """Headings wrap, numbers stand right, long names are cut."""
    table = Table("Lots", (Column("Lot"), Column("Recorded crime", True)), (("A" * 40, "1"), ("B", "23")))
    assert table.as_text(30).splitlines() == [
        "Lots",
        " " * 26 + "Recorded",
        "Lot" + " " * 23 + "   crime",
        f"{'-' * 24}  --------",
        f"{'A' * 23}…         1",
        f"B{' ' * 23}        23",
    ]
