"""Scenarios about awards: goals in their order, tie rules, explanations, and markets that bring their own lots."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotopt.allocation.goals import Contracts, DrawnLot, TotalPrice
from lotopt.core.errors import InputError
from lotopt.study.ground import check
from lotopt.study.read import read_scenario, scenario_from
from lotopt.study.scenario import Scenario
from lotopt.study.write import scenario_table, scenario_text

ALLOCATION = {
    "in_order": True,
    "rules": {"every_item_awarded": {}},
    "goals": {"contracts": {}, "total_price": {}},
    "ties": {"draw": {"kind": "drawn_lot", "seed": 7}},
}
ON_A_MAP = {"territory": "x", "market": {"simulate": {"seed": 7}}, "allocation": ALLOCATION}
ALONE = {"market": {"file": "market", "lots": True}, "allocation": ALLOCATION}


def problems(table: dict[str, object]) -> tuple[str, ...]:
    """Everything told about a scenario."""
    with pytest.raises(InputError) as told:
        scenario_from(table, "bad.toml")
    return told.value.problems


def test_goals_count_in_their_order_and_ties_are_goals():
    """The order of the file is the order of the goals; a tie rule is named by its key."""
    allocation = scenario_from(ON_A_MAP).allocation
    assert allocation is not None
    assert allocation.in_order
    assert [type(goal) for goal in allocation.goals] == [Contracts, TotalPrice]
    assert [(type(tie), tie.label) for tie in allocation.ties] == [(DrawnLot, "draw")]


@pytest.mark.parametrize("table", [ON_A_MAP, ALONE], ids=["on a map", "own lots"])
def test_what_is_written_reads_back(table: dict[str, object], tmp_path: Path):
    """As TOML and as a table, tie rules, order and explanations included."""
    scenario = scenario_from({**table, "explain": {"reasons": True, "volumes": [0.5, 1.5], "pairs": [["a", "b"]]}})
    (tmp_path / "again.toml").write_text(scenario_text(scenario), encoding="utf-8")
    again = read_scenario(tmp_path / "again.toml")
    assert scenario_table(again)["allocation"] == scenario_table(scenario)["allocation"]
    assert again.allocation == scenario.allocation
    assert again.explain == scenario.explain
    assert list(scenario_table(again)["allocation"]["goals"]) == ["contracts", "total_price"]


def test_a_market_with_its_own_lots_needs_no_territory():
    """And nothing says that it has one."""
    scenario = scenario_from(ALONE)
    assert isinstance(scenario, Scenario)
    assert scenario.alone
    assert "territory" not in scenario_table(scenario)


OWN = "[market] lots = true takes the lots from the market's file; leave one of the two out"
MISTAKES: list[tuple[dict[str, object], str]] = [
    ({**ALONE, "territory": "x"}, f"territory: {OWN}"),
    ({**ALONE, "design": {"fixed_design": "y"}}, f"[design]: {OWN}"),
    ({**ALONE, "joint": {}}, f"[joint]: {OWN}"),
    (
        {**ALONE, "market": {"simulate": {"seed": 1}, "lots": True}},
        "[market]: lots = true reads the sheet Lots of a file; name the file",
    ),
    (
        {"allocation": ALLOCATION, "market": {"file": "m"}},
        "territory: name an embedded place or the path of a territory.toml",
    ),
    (
        {**ON_A_MAP, "joint": {}},
        "[joint] in_order: [joint] weighs",
    ),
    ({**ON_A_MAP, "explain": {"volumes": [84]}}, "[explain] volumes: a volume is a share of the planned one"),
    ({**ON_A_MAP, "explain": {"reason": True}}, "[explain]: no field reason"),
    (
        {**ON_A_MAP, "allocation": {**ALLOCATION, "ties": {"drawn": {}}}},
        "[allocation.ties] drawn: no kind 'drawn'; did you mean 'drawn_lot'?",
    ),
]


@pytest.mark.parametrize(("table", "told"), MISTAKES, ids=lambda value: value[:30] if isinstance(value, str) else "")
def test_a_mistake_is_told_in_the_words_of_the_file(table: dict[str, object], told: str):
    """Where, what was given and what is possible."""
    found = problems(table)
    assert any(told.split("] ")[-1][:40] in problem for problem in found), found


def test_tie_rules_are_held_against_the_market(tmp_path: Path):
    """A tie by quality needs quality, which nobody states here; told with its section."""
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "providers.csv").write_text("provider\na\n")
    (tmp_path / "m" / "bids.csv").write_text("provider,lots,price\na,L1,10\n")
    (tmp_path / "m" / "lots.csv").write_text("lot\nL1\n")
    table = {
        "market": {"file": str(tmp_path / "m"), "lots": True},
        "allocation": {"rules": {}, "goals": {"total_price": {}}, "ties": {"quality_lost": {}}},
    }
    with pytest.raises(InputError, match=r"\[allocation.ties\] quality_lost: no quality is given"):
        check(scenario_from(table))
