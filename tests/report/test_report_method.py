"""How an answer was reached, how to repeat it, and facts for the reasons that the law asks for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_cases import GOALS, RULES, awarded, decided_together, solved

from lotopt.allocation import rules as award_rules
from lotopt.core.reading import Audit
from lotopt.core.result import Phase, Result, Status
from lotopt.design.design import LotDesign
from lotopt.report.how import how
from lotopt.report.page import report_page
from lotopt.report.summary import Summary, summarise
from lotopt.study.examples import example
from lotopt.study.run import run

WENT_IN = {"scenario as resolved": "ab" * 32, "market bids.xlsx": "cd" * 32}
MADE_BY = {"lotopt": "9.9", "highspy": "1.2"}


def steps(design: LotDesign, *names: str, **changes: Any) -> tuple[str, ...]:
    return how(replace(solved(design), phases=tuple(Phase(name, 0.1) for name in names), **changes), "design")


def test_a_proof_by_column_generation_is_told_in_three_sentences(design: LotDesign) -> None:
    """What a candidate is, where the bound comes from, who judges."""
    told = steps(design, "search", "relax", "fix", "audit")
    assert len(told) == 3
    assert "set partitioning" in told[0]
    assert "column generation" in told[1]
    assert "does not use the solver" in told[2]


def test_another_bound_is_not_called_column_generation(design: LotDesign) -> None:
    """Where candidates are too many, the bound is of another kind."""
    told = steps(design, "search", "bound", "audit")
    assert not any("column generation" in text for text in told)
    assert "how much better another could at most be" in told[1]


def test_without_a_bound_nothing_is_claimed(design: LotDesign) -> None:
    """A search found it, and that is all."""
    told = steps(design, "search", "audit", bound=None, status=Status.FEASIBLE)
    assert told[1].endswith("nothing is proven of better ones.")


def test_lots_that_were_given_were_not_searched_for(design: LotDesign) -> None:
    """Measured only."""
    result = Result(design, Status.FEASIBLE, 3.0, phases=(Phase("audit", 0.1),), audit=Audit(()))
    assert how(result, "design")[0] == "The lots were given, not searched for."


def test_that_no_plan_exists_is_told_with_its_proof(no_plan: Result[LotDesign]) -> None:
    """Confirmed by a second solve."""
    assert "confirmed by a second solve" in how(no_plan, "design")[-1]
    unknown = replace(no_plan, status=Status.UNKNOWN)
    assert "none was proven impossible" in how(unknown, "design")[-1]


def test_awards_and_both_at_once_are_told_in_their_own_words(design: LotDesign) -> None:
    """Bids are not candidate lots."""
    assert "yes or no for every bid" in how(awarded(design), "allocation")[0]
    assert "price is a column" in how(decided_together().result, "plan")[0]


def told(design: LotDesign, **more: Any) -> Summary:
    return summarise(solved(design), rules=RULES, goals=GOALS, **more)


def test_every_input_stands_with_its_hash(design: LotDesign) -> None:
    """And how to repeat it, with which versions."""
    summary = told(design, inputs=WENT_IN, versions=MADE_BY, scenario_text="territory = 'x'\n")
    assert summary.inputs is not None
    assert summary.versions is not None
    assert summary.inputs.rows == tuple(WENT_IN.items())
    assert summary.versions.rows == tuple(MADE_BY.items())
    assert "run lotopt 9.9 with the scenario below" in summary.repeat[0]


def test_what_is_not_known_is_not_told(design: LotDesign) -> None:
    """A report made in Python may lack them."""
    summary = told(design)
    assert (summary.inputs, summary.versions, summary.repeat) == (None, None, ())


def test_a_run_tells_all_that_went_in(tmp_path: Path) -> None:
    """The page and result.json hold the same hashes and versions."""
    from lotopt.report.folder import write_folder

    write_folder(run(example("own-map") / "scenario.toml"), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    provenance = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["provenance"]
    hashes = [entry["sha256"] for entry in provenance["inputs"]]
    assert len(hashes) >= 3
    assert all(digest in page for digest in hashes)
    assert all(f"<td>{version}</td>" in page for version in provenance["versions"].values())


def facts(design: LotDesign, **more: Any) -> str:
    summary = told(design, **more)
    assert summary.duty is not None
    return "\n".join(summary.duty.facts)


def test_facts_for_the_reasons_are_facts(design: LotDesign) -> None:
    """Three lots of three cases each; nothing is set beside them, and that is said."""
    found = facts(design)
    assert "divided into 3 lots; the smallest has 33.3 % and the largest 33.3 % of cases (3 and 3)" in found
    assert "lotopt compare" in found


def test_they_claim_no_more_than_was_done(design: LotDesign) -> None:
    """A given design follows from nothing; with a base, what changes is told."""
    given = Result(design, Status.FEASIBLE, 3.0, phases=(Phase("audit", 0.1),), audit=Audit(()))
    summary = summarise(given, rules=RULES, base=replace(design, of=design.of[::-1].copy(), title="the old lots"))
    assert summary.duty is not None
    assert summary.duty.facts[1] == "These lots were given, and are measured here by the rules under What was asked."
    assert summary.duty.facts[2].startswith("Set beside the old lots, ")


def test_a_limit_on_lots_is_told_with_its_mechanism(design: LotDesign) -> None:
    """Section 23(4): which lots a supplier keeps is no choice made by hand."""
    limit = award_rules.AwardLimit(at_most=2)
    with_limit = summarise(solved(design), awarded(design), rules=RULES, award_rules=[limit])
    assert with_limit.duty is not None
    assert "A limit on what one supplier may win applies: no provider" in with_limit.duty.facts[-2]
    assert "not from a choice made by hand" in with_limit.duty.facts[-1]
    without = summarise(solved(design), awarded(design), rules=RULES)
    assert without.duty is not None
    assert not any("limit" in fact for fact in without.duty.facts)


def test_it_is_said_to_be_no_legal_advice(design: LotDesign) -> None:
    """On the page, in so many words."""
    assert "nothing here is legal advice" in report_page(solved(design))


@pytest.mark.parametrize("design_result", [None, Result(None, Status.INFEASIBLE)])
def test_without_lots_there_is_nothing_to_give_reasons_for(design_result: Result[LotDesign] | None) -> None:
    """No plan, or a market that brings its own lots."""
    assert summarise(design_result).duty is None
