"""Deciding together on the command line: the value in terminal, page and files; check, why and a stop."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

from tests.cli.conftest import Call
from tests.cli.test_wrong_input import edit


def test_a_run_tells_what_deciding_together_is_worth(own_map: Path, call: Call):
    """In the terminal, on the page with a second map, and in result.json."""
    found = call("run", "together.toml")
    assert found.code == 0, found
    assert "Lots and awards together: Optimal" in found.out
    assert "Lots first, awards then: the lots are drawn by the goals of lot design alone" in found.out
    page = (own_map / "out" / "report.html").read_text(encoding="utf-8")
    assert "The value of deciding together" in page
    assert "a year less than where lots are drawn first and awarded then." in page
    assert "Lowest price of another" in page
    assert ">Bid<" not in page
    assert page.count("<svg") >= 2
    result = json.loads((own_map / "out" / "result.json").read_text(encoding="utf-8"))
    assert result["joint"]["status"] == "optimal"
    assert Decimal(result["joint"]["price_saved"]) > 0
    assert result["joint"]["saved_at_least"] <= result["joint"]["score_saved"] <= result["joint"]["saved_at_most"]
    assert len(result["joint"]["lots_first"]["lots"]) == 3


def test_the_awards_add_up_to_the_price(own_map: Path, call: Call):
    """awards.csv holds one row for each lot, and its prices are those of the result."""
    assert call("run", "together.toml").code == 0
    with (own_map / "out" / "awards.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    result = json.loads((own_map / "out" / "result.json").read_text(encoding="utf-8"))
    assert sum(Decimal(row["price"]) for row in rows) == Decimal(result["joint"]["total_price"])
    assert [row["lot"] for row in rows] == [lot["id"] for lot in result["design"]["lots"]]


def test_an_earlier_run_names_the_incumbents(own_map: Path, call: Call):
    """Its folder is enough; the same plan is then cheaper for those who serve already."""
    assert call("run", "together.toml").code == 0
    edit(own_map / "together.toml", "[joint]", '[joint]\nincumbents = "out"')
    found = call("run", "together.toml", "-o", "again")
    assert found.code == 0, found
    prices = [
        Decimal(json.loads((own_map / out / "result.json").read_text(encoding="utf-8"))["joint"]["total_price"])
        for out in ("out", "again")
    ]
    assert prices[1] <= prices[0]


def test_check_tells_the_schedules(own_map: Path, call: Call):
    """And every rule in words."""
    found = call("check", "together.toml")
    assert found.code == 0
    assert "prices of 4 providers for any lot, incumbents of 9 areas" in found.out
    assert "Providers of class public or voluntary win at least 30 % of the total price." in found.out


def test_why_tells_rules_of_both_kinds(own_map: Path, call: Call):
    """A budget that lots of at least 800 cases cannot keep."""
    edit(own_map / "together.toml", "[allocation.rules]", "[allocation.rules]\nbudget = { at_most = 500_000 }")
    found = call("why", "together.toml")
    assert found.code == 3
    assert "budget: All awards together cost at most 500,000 GBP a year." in found.out


def test_a_schedule_with_mistakes_is_told_by_row(own_map: Path, call: Call):
    """Before anything is solved or written."""
    edit(own_map / "schedules" / "schedules.csv", "alder,caseload,52000.00,805", "alder,cases,52000.00,8O5")
    found = call("run", "together.toml")
    assert found.code == 2
    assert "schedules.csv, row 2, measure: no measure 'cases'" in found.err
    assert "schedules.csv, row 2, rate: '8O5' is not a rate" in found.err
    assert not (own_map / "out").exists()


def test_together_beside_lots_first_in_a_comparison(own_map: Path, call: Call):
    """Both scenarios in one table; the one decided together has the solve's own status."""
    found = call("compare", "scenario.toml", "together.toml")
    assert found.code == 0, found
    assert "together" in found.out
    assert "The prices come from different markets" in found.out


AUDIT = ("audit", "together.toml", "--lots", "out/lots.csv", "--awards")


def test_lots_and_awards_of_a_run_can_be_audited(own_map: Path, call: Call):
    """Every rule of both kinds, and every price asked of the schedules again."""
    assert call("run", "together.toml").code == 0
    found = call(*AUDIT, "out/awards.csv")
    assert found.code == 0, found
    assert "class_share: kept" in found.out
    assert "every rule kept" in found.out


def test_awards_made_by_hand_are_measured(own_map: Path, call: Call):
    """One provider for all: a share of 100 %, no public or voluntary provider, and a price that nobody asks."""
    assert call("run", "together.toml").code == 0
    (own_map / "won.csv").write_text("lot,provider,price\nL1,birch,1.00\nL2,birch,\nL3,birch,\n", encoding="utf-8")
    found = call(*AUDIT, "won.csv")
    assert found.code == 6, found
    assert "Birch Group: 1 of the total price, more than 0.6" in found.out
    assert "fewest_providers: broken" in found.out
    assert "fault: lot L1: awarded at 1.00, the schedule of birch asks" in found.out


def test_mistakes_in_awards_come_together(own_map: Path, call: Call):
    """By row and column, with what is possible."""
    assert call("run", "together.toml").code == 0
    rows = "lot,provider,price\nL1,brich,1\nL9,birch,\nL2,birch,ten\nL2,birch,\n"
    (own_map / "won.csv").write_text(rows, encoding="utf-8")
    found = call(*AUDIT, "won.csv")
    assert found.code == 2
    assert "won.csv, row 2, provider: no provider 'brich' asks a price; did you mean 'birch'?" in found.err
    assert "won.csv, row 3, lot: no lot 'L9' in the plan" in found.err
    assert "won.csv, row 4, price: 'ten' is not an amount" in found.err
    assert "won.csv, row 5, lot: 'L2' is there twice" in found.err


def test_awards_of_bids_are_measured_too(own_map: Path, call: Call):
    """By the ids of the bids that win."""
    assert call("run", "scenario.toml").code == 0
    found = call("audit", "scenario.toml", "--lots", "out/lots.csv", "--awards", "out/awards.csv")
    assert found.code == 0, found
    assert "award_limit: kept" in found.out
    missing = call("audit", "scenario.toml", "--lots", "out/lots.csv", "--awards", "none.csv")
    assert missing.code == 2
    assert "there is no such file" in missing.err
