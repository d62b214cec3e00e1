"""Scenarios that decide lots and awards together: read, checked, written and run."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotopt.core.errors import InputError
from lotopt.core.result import Status
from lotopt.study.examples import example
from lotopt.study.ground import check
from lotopt.study.merge import merged_file
from lotopt.study.read import read_scenario, scenario_from
from lotopt.study.result import result_document
from lotopt.study.run import run
from lotopt.study.scenario import Scenario
from lotopt.study.together import NO_GOAL
from lotopt.study.write import scenario_hash

MERES = example("own-map/tables/territory.toml")
SCHEDULES = example("own-map/schedules")


def table(**changes: object) -> dict[str, object]:
    """A scenario of nine areas and four providers; a change of None drops a table."""
    found: dict[str, object] = {
        "territory": str(MERES),
        "design": {
            "rules": {
                "lot_count": {"at_least": 3, "at_most": 3},
                "size_between": {"measure": "caseload", "at_least": 800, "at_most": 1300},
                "contiguous": {},
            }
        },
        "market": {"file": str(SCHEDULES)},
        "allocation": {"rules": {"capacity": {"measure": "caseload"}}, "goals": {"total_price": {}}},
        "joint": {},
    }
    return {key: value for key, value in (found | changes).items() if value is not None}


def scenario(**changes: object) -> Scenario:
    return scenario_from(table(**changes))


def told(**changes: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        check(scenario(**changes))
    return list(caught.value.problems)


def test_both_are_decided_by_one_solve() -> None:
    """Status, objective and bound under design and allocation are those of the one solve; the document tells both."""
    outcome = run(scenario())
    assert outcome.exit_code == 0
    assert outcome.together is not None
    assert outcome.awards is not None
    assert outcome.design.objective == outcome.awards.objective == outcome.together.result.objective
    document = result_document(outcome)
    assert document.joint is not None
    assert document.allocation is not None
    assert document.design is not None
    assert document.joint.total_price == document.allocation.total_price
    assert len(document.design.lots) == len(document.allocation.awards) == 3
    assert document.joint.lots_first is not None
    assert document.joint.saved_at_least is not None
    assert document.joint.saved_at_least >= -0.01
    assert document.joint.value == outcome.together.sentences


def test_the_comparison_can_be_left_out() -> None:
    """Then no other plan is looked for, and nothing is told of its value."""
    outcome = run(scenario(joint={"compare": False}))
    assert outcome.together is not None
    assert outcome.together.first is None
    document = result_document(outcome)
    assert document.joint is not None
    assert document.joint.value == ()
    assert document.joint.lots_first is None


def test_without_joint_the_document_says_so() -> None:
    """Lots first, awards then has no section of its own."""
    document = result_document(run(scenario(joint=None, market=None, allocation=None)))
    assert document.joint is None


def test_no_plan_together_exists() -> None:
    """Exit code 3, with the rules that conflict, and nothing is compared."""
    rules = {"capacity": {"measure": "caseload"}, "budget": {"at_most": 1000}}
    outcome = run(scenario(allocation={"rules": rules, "goals": {"total_price": {}}}))
    assert outcome.exit_code == 3
    assert outcome.together is not None
    assert outcome.together.result.status is Status.INFEASIBLE
    assert outcome.together.first is None
    assert outcome.awards is None
    assert "budget: All awards together cost at most 1,000 GBP a year." in outcome.design.conflict


def test_simulated_schedules_are_made_for_the_territory() -> None:
    """The same providers for the same seed, labelled as made up."""
    ground = check(scenario(market={"simulate": {"seed": 3, "providers": 5, "measure": "caseload"}}))
    assert ground.schedules is not None
    assert ground.schedules.simulated
    assert len(ground.schedules.providers) == 5


def test_incumbents_may_come_from_a_layer_or_a_file(tmp_path: Path) -> None:
    """They take the place of those beside the schedules."""
    (tmp_path / "now.csv").write_text("place,provider\nNorth,mere\n", encoding="utf-8")
    ground = check(scenario(joint={"incumbents": str(tmp_path / "now.csv")}))
    assert ground.schedules is not None
    assert ground.schedules.incumbents == dict.fromkeys(("A1", "A2", "A3"), "mere")
    assert told(joint={"incumbents": "polise"}) == [
        "[joint] incumbents: no layer, no folder and no file 'polise'; did you mean 'police'?"
    ]


def test_what_does_not_go_together_is_told() -> None:
    """A design that is fixed, several services, no market; each in one line."""
    fixed = {"fixed_design": "drawn.csv"}
    with pytest.raises(InputError) as caught:
        scenario(design=fixed, market={"file": str(SCHEDULES), "services": ["a", "b"]})
    assert [problem.split(";")[0] for problem in caught.value.problems] == [
        "[joint] draws the lots, so [design] fixed_design cannot hold them",
        "[joint] buys one service without a name",
    ]
    with pytest.raises(InputError, match=r"\[joint\] needs \[market\], for the price schedules"):
        scenario(market=None, allocation=None)


def test_rules_that_need_lots_are_told_before_any_solve() -> None:
    """By section and clause, with every other problem."""
    rules = {"pairs": {"kind": "incompatible", "lots": ["L1", "L2"]}, "award_limit": {"at_most": 1, "except": ["x"]}}
    found = told(allocation={"rules": rules, "goals": {"price_quality": {}}}, report={"measure": "crime"})
    assert [problem.split(";")[0].split(": it")[0] for problem in found] == [
        "[report] measure: no measure 'crime'",
        "[allocation.rules] pairs: cannot be held while lots are drawn",
        "[allocation.rules] award_limit: no provider 'x'",
        "[allocation.goals] price_quality: cannot be kept small while lots are drawn",
    ]


def test_a_market_of_bids_holds_no_schedules() -> None:
    """The file that is missing is named, and what is there instead."""
    (found,) = told(market={"file": str(example("own-map/bids"))})
    assert found.startswith("bids: no file schedules.csv in it; its bids.csv holds bids for lots that are drawn")


def test_without_a_goal_nothing_is_compared() -> None:
    """Any plan is as good as another, and the report says so in place of a difference that means nothing."""
    outcome = run(scenario(allocation={"rules": {"every_item_awarded": {}}, "goals": {}}))
    assert outcome.together is not None
    assert outcome.together.first is None
    assert outcome.together.sentences == (NO_GOAL,)


def test_a_measure_that_is_not_there_is_told_once() -> None:
    """By the table and the field that name it."""
    found = told(market={"simulate": {"seed": 1, "measure": "case"}})
    assert found == ["[market] simulate: measure: no measure 'case'; did you mean 'caseload'?"]


def test_incumbents_of_a_file_need_a_provider(tmp_path: Path) -> None:
    """An empty cell is no provider; empty rows are passed over."""
    (tmp_path / "now.csv").write_text("place,provider\nNorth,\n,\nWest,birch\n", encoding="utf-8")
    assert told(joint={"incumbents": str(tmp_path / "now.csv")}) == [
        "[joint] incumbents: now.csv, row 2, provider: is empty; fill it in"
    ]


def test_an_incumbent_that_is_misspelt_is_noted(tmp_path: Path) -> None:
    """Not refused, since who serves now need not offer again; but told with what it may have meant."""
    (tmp_path / "now.csv").write_text("place,provider\nNorth,meer\n", encoding="utf-8")
    ground = check(scenario(joint={"incumbents": str(tmp_path / "now.csv")}))
    assert ground.schedules is not None
    assert ground.schedules.remarks[-1].endswith("incumbents that offer nothing: 'meer' (did you mean 'mere'?)")


def test_a_variant_may_go_back_to_lots_first(tmp_path: Path) -> None:
    """`joint = false` drops the table; a path in it is taken from its file's folder."""
    (tmp_path / "a.toml").write_text('territory = "x"\n[joint]\nincumbents = "now.csv"\n', encoding="utf-8")
    (tmp_path / "now.csv").write_text("place,provider\n", encoding="utf-8")
    (tmp_path / "b.toml").write_text('extends = "a.toml"\njoint = false\n', encoding="utf-8")
    assert merged_file(tmp_path / "a.toml")[0]["joint"]["incumbents"] == str(tmp_path / "now.csv")
    assert "joint" not in merged_file(tmp_path / "b.toml")[0]


def test_deciding_together_is_part_of_the_decision() -> None:
    """Another hash than lots first; the folder of a file of incumbents does not count."""
    apart, both = (scenario_hash(scenario(joint=joint)) for joint in (None, {}))
    assert apart != both
    here, there = (scenario_hash(scenario(joint={"incumbents": f"{folder}/now.csv"})) for folder in ("/a", "/b"))
    assert here == there


def test_the_example_reads() -> None:
    """The one beside the demo, with what it drops."""
    found = read_scenario(example("joint/six_together.toml"))
    assert found.joint is not None
    assert found.allocation is not None
    assert [rule.label for rule in found.allocation.rules] == ["every_item_awarded", "capacity", "value_share"]
    assert not found.design.goals


def test_a_stop_while_lots_first_are_drawn_keeps_what_was_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan decided together is told as interrupted, and nothing is compared."""

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lotopt.joint.value.lots_first", stopped)
    outcome = run(scenario())
    assert outcome.exit_code == 130
    assert outcome.awards is not None
    assert outcome.design.plan is not None
    assert outcome.together is not None
    assert outcome.together.first is None
