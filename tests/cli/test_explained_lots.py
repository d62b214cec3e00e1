"""--explain of lots that were searched for: what each of their rules costs."""

from __future__ import annotations

import csv
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from lotopt.design.rule_prices import DesignRulePrices
from lotopt.study.read import read_scenario
from lotopt.study.run import INTERRUPTED, run
from tests.cli.conftest import Call


def result(folder: Path) -> Any:
    return json.loads((folder / "out" / "result.json").read_text(encoding="utf-8"))


def test_every_rule_of_the_lots_has_its_price(own_map: Path, call: Call) -> None:
    """A table of its own, a section of the report, and what awards have beside it."""
    assert call("run", "scenario.toml", "--explain").code == 0
    rows = list(csv.DictReader((own_map / "out" / "design_rule_prices.csv").open(encoding="utf-8")))
    assert [row["rule"] for row in rows] == ["lot_count", "size_between", "contiguous"]
    document = result(own_map)
    (told,) = document["design"]["explained"]
    assert told["name"] == "design_rule_prices"
    assert "design_rule_prices" not in [part["name"] for part in document["allocation"]["explained"]]
    page = (own_map / "out" / "report.html").read_text(encoding="utf-8")
    assert "What each rule of the lots costs" in page
    assert "What each rule of the awards costs" in page


def test_lots_without_a_market_are_explained_too(own_map: Path, call: Call) -> None:
    """Asked for by the scenario."""
    (own_map / "lots.toml").write_text(
        'extends = "scenario.toml"\nmarket = false\nallocation = false\n[explain]\nrule_prices = true\n'
    )
    assert call("run", "lots.toml").code == 0
    assert [part["name"] for part in result(own_map)["design"]["explained"]] == ["design_rule_prices"]


def test_a_design_that_was_given_has_no_prices(own_map: Path, call: Call) -> None:
    """It is not the best by its rules, so that nothing is said of what they cost; without bids nothing is left."""
    call("run", "scenario.toml")
    (own_map / "given.toml").write_text(
        'extends = "scenario.toml"\nmarket = false\nallocation = false\n[design]\nfixed_design = "out/lots.csv"\n'
    )
    found = call("run", "given.toml", "--explain")
    assert found.code == 2
    assert "lots that are searched for" in found.err


def test_deciding_both_at_once_has_no_prices_yet(own_map: Path, call: Call) -> None:
    """That is said before anything is solved."""
    found = call("run", "together.toml", "--explain")
    assert found.code == 2
    assert "decides both at once" in found.err


def test_after_ctrl_c_what_was_found_is_told(own_map: Path) -> None:
    """Pressed at the second rule: lots, awards and one price are there."""

    def press(phase: str, objective: float | None, bound: float | None) -> None:
        if phase == "rules 2 of 3":
            raise KeyboardInterrupt

    (own_map / "lots.toml").write_text('extends = "scenario.toml"\n[explain]\nrule_prices = true\n')
    scenario = read_scenario(own_map / "lots.toml")
    alone = scenario.model_copy(update={"market": None, "allocation": None})
    outcome = run(alone, press)
    assert outcome.explained is not None
    (part,) = outcome.explained.parts
    assert (len(part.rows), part.complete) == (1, False)
    assert outcome.plan is not None


def test_a_signal_while_prices_are_found_is_told_as_interrupted(own_map: Path) -> None:
    """Ctrl-C itself, not only the error it becomes: exit code 130, and the lots are kept."""

    def press(phase: str, objective: float | None, bound: float | None) -> None:
        if phase == "rules 2 of 3":
            signal.raise_signal(signal.SIGINT)

    (own_map / "lots.toml").write_text('extends = "scenario.toml"\n[explain]\nrule_prices = true\n')
    scenario = read_scenario(own_map / "lots.toml").model_copy(update={"market": None, "allocation": None})
    outcome = run(scenario, press)
    assert outcome.exit_code == INTERRUPTED
    assert outcome.plan is not None


def test_the_terminal_tells_prices(own_map: Path, call: Call) -> None:
    """In sentences after the tables."""
    (own_map / "lots.toml").write_text(
        'extends = "scenario.toml"\nmarket = false\nallocation = false\n[explain]\nrule_prices = true\n'
    )
    assert "Without size_between the goals would be 1.6 % better" in call("run", "lots.toml").out


@pytest.mark.parametrize(("asked", "wanted"), [("", 180.0), ("[solver]\ntime_limit = 7\n", 7.0)])
def test_prices_end_even_where_the_scenario_names_no_limit(
    own_map: Path, asked: str, wanted: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute for each of three rules; a limit that is named is for all of them."""
    given = []

    def prices(*_: Any, solver: Any, **__: Any) -> DesignRulePrices:
        given.append(solver.time_limit)
        return DesignRulePrices(())

    monkeypatch.setattr("lotopt.design.rule_prices.design_rule_prices", prices)
    (own_map / "lots.toml").write_text(
        f'extends = "scenario.toml"\nmarket = false\nallocation = false\n{asked}[explain]\nrule_prices = true\n'
    )
    run(read_scenario(own_map / "lots.toml"))
    assert given == [wanted]
