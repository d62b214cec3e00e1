"""Awards from the command line: markets that bring their own lots, goals in order, ties, explanations."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from lotopt.study.run import run
from tests.cli.conftest import Call, listing
from tests.cli.test_wrong_input import edit

SCENARIO = """
title = "Two lots of their own"
[market]
file = "market"
lots = true
[allocation]
in_order = true
[allocation.rules]
every_item_awarded = {}
award_limit = { at_most = 1 }
[allocation.goals]
contracts = {}
total_price = {}
[allocation.ties]
quality_lost = {}
drawn_lot = { seed = 3 }
"""
# A is first in both lots and may have one: with B the two lots cost 10 + 14 = 24 either way, 20 + 4 or 10 + 14
BIDS = """bid,provider,lots,price,quality
a1,a,north,10,50
a2,a,south,10,50
b1,b,north,14,60
b2,b,south,14,80
c2,c,south,30,90
"""


@pytest.fixture
def own_lots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario whose market brings its own lots, as the current folder."""
    market = tmp_path / "market"
    market.mkdir()
    (tmp_path / "award.toml").write_text(SCENARIO, encoding="utf-8")
    (market / "lots.csv").write_text("lot,lot_name,region,value\nnorth,North Town,N,12\nsouth,South Town,S,12\n")
    (market / "providers.csv").write_text("provider,name,kind\na,Alder,private\nb,Birch,voluntary\nc,Cedar,private\n")
    (market / "bids.csv").write_text(BIDS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def result(folder: Path) -> dict:
    """The result of a run."""
    return json.loads((folder / "out" / "result.json").read_text(encoding="utf-8"))


def test_lots_of_the_market_are_awarded_without_a_map(own_lots: Path, call: Call):
    """a1 with b2, and a2 with b1, cost 24 each; b2 has the better quality (80 against 60), so the first wins."""
    found = call("run", "award.toml")
    assert found.code == 0, found
    assert {path.name for path in (own_lots / "out").iterdir()} == {
        *("awards.csv", "notice.txt", "report.html", "result.json", "scenario.toml", "workbook.xlsx")
    }
    told = result(own_lots)
    assert told["territory"] is None
    assert told["design"] is None
    awards = told["allocation"]
    assert [award["bid"] for award in awards["awards"]] == ["a1", "b2"]
    assert [(goal["name"], goal["value"], goal["bound"]) for goal in awards["goals"]] == [
        ("contracts", 2.0, 2.0),
        ("total_price", 24.0, 24.0),
    ]
    assert awards["ties"][0].startswith("several answers are equally good")
    assert awards["ties"][-1] == "one answer is left"
    assert "quality_lost: 70 points lost is the least among them" in awards["ties"]
    assert "ties: several answers are equally good" in found.out


def test_a_run_of_its_own_result_is_the_same_run(own_lots: Path, call: Call):
    """scenario.toml of the results runs again to the same awards, byte for byte."""
    assert call("run", "award.toml").code == 0
    assert call("run", "out/scenario.toml", "-o", "again").code == 0
    first, second = (own_lots / name / "awards.csv" for name in ("out", "again"))
    assert first.read_bytes() == second.read_bytes()


def test_everything_is_told_of_awards(own_lots: Path, call: Call):
    """--explain gives a table of each kind, and the report a section of each."""
    found = call("run", "award.toml", "--explain")
    assert found.code == 0, found
    names = {path.name for path in (own_lots / "out").iterdir()}
    tables = ("outcomes", "reasons", "rankings", "rule_prices", "mechanisms", "drill", "volumes", "exposure")
    tables += ("competition",)
    assert {f"{name}.csv" for name in tables} <= names
    told = {part["name"]: part for part in result(own_lots)["allocation"]["explained"]}
    assert set(told) == set(tables)
    assert all(part["complete"] for part in told.values())
    # without the limit A wins both lots for 20 instead of 24
    assert "With award_limit it is no difference by contracts, then 4.00 GBP a year more" in " ".join(
        told["rule_prices"]["sentences"]
    )
    page = (own_lots / "out" / "report.html").read_text(encoding="utf-8")
    assert "Why every other bid lost" in page
    assert "What each rule of the awards costs" in page
    assert "awarding it would cost" in found.out


def test_a_run_without_explain_takes_its_tables_away(own_lots: Path, call: Call):
    """Reasons of an earlier run beside other awards would mislead."""
    assert call("run", "award.toml", "--explain").code == 0
    assert call("run", "award.toml").code == 0
    assert not (own_lots / "out" / "reasons.csv").exists()


def test_lots_without_a_valid_bid_are_told_without_asking(own_lots: Path, call: Call):
    """A lot that is cancelled and one for which nobody bids: the run says so."""
    (own_lots / "market" / "lots.csv").write_text(
        "lot,status,reason\nnorth,,\nsouth,,\nwest,cancelled,no need any more\neast,,\n"
    )
    edit(own_lots / "award.toml", "every_item_awarded = {}", 'every_item_awarded = { except = ["east"] }')
    found = call("run", "award.toml")
    assert found.code == 0, found
    assert "west: cancelled (no need any more)." in found.out
    assert "east: no bid came in; a direct award is possible only with a justification" in found.out


def test_why_tells_what_would_help(own_lots: Path, call: Call):
    """With no more than 0 lots each nothing can be awarded; one lot each would do."""
    edit(own_lots / "award.toml", "at_most = 1", "at_most = 0")
    found = call("why", "award.toml")
    assert found.code == 3
    assert "cannot hold together" in found.out
    assert "award_limit: at_most 1 instead of 0 would do." in found.out
    tried = call("run", "award.toml")
    assert tried.code == 3
    assert "What would help: award_limit: at_most 1 instead of 0 would do." in tried.err


def test_awards_of_own_lots_are_audited(own_lots: Path, call: Call):
    """A file of bids that were awarded elsewhere: A holds both lots, one more than the limit."""
    (own_lots / "awards.csv").write_text("bid\na1\na2\n")
    found = call("audit", "award.toml", "--awards", "awards.csv")
    assert found.code == 6, found
    assert "a: 2 lots, more than 1" in found.out
    assert call("audit", "award.toml", "--lots", "x").code == 2
    assert call("run", "award.toml").code == 0
    good = call("audit", "award.toml", "--awards", "out/awards.csv")
    assert (good.code, good.out.splitlines()[-1]) == (0, "every rule kept")


def test_check_tells_what_a_scenario_of_own_lots_asks(own_lots: Path, call: Call):
    """Rules, goals in their order and tie rules, and the market; nothing of a map."""
    found = call("check", "award.toml")
    assert found.code == 0, found
    assert "Goals of awards, in their order" in found.out
    assert "Ties, in their order" in found.out
    assert "Market: 2 items, 3 providers, 5 bids (0 packages)" in found.out


def test_a_wrong_market_writes_nothing(own_lots: Path, call: Call):
    """Every fault with its row and column; nothing is written."""
    edit(own_lots / "market" / "bids.csv", "a1,a,north,10", "a1,a,nort,1O")
    edit(own_lots / "market" / "lots.csv", "north,North Town,N,12", "north,North Town,N,twelve")
    before = listing(own_lots)
    found = call("run", "award.toml")
    assert found.code == 2
    assert "bids.csv, row 2, price: '1O' is not an amount" in found.err
    assert "lots.csv, row 2, value: 'twelve' is not an amount" in found.err
    assert listing(own_lots) == before


def test_ctrl_c_in_the_middle_of_the_reasons_keeps_the_awards(own_lots: Path):
    """Pressed at the second of three losing bids: the awards are there, one reason too, and the exit code is 130."""

    def press(phase: str, *_: float | None) -> None:
        if phase == "reasons 2 of 3":
            signal.raise_signal(signal.SIGINT)

    edit(own_lots / "award.toml", "[allocation]", "[explain]\nreasons = true\nrule_prices = true\n[allocation]")
    outcome = run("award.toml", press)
    assert outcome.exit_code == 130
    assert outcome.awards is not None
    assert outcome.awards.plan is not None
    assert [award.bid for award in outcome.awards.plan] == ["a1", "b2"]
    assert outcome.explained is not None
    told = {part.name: part for part in outcome.explained.parts}
    assert list(told) == ["outcomes", "reasons"]
    assert not told["reasons"].complete
    assert len(told["reasons"].rows) == 1
