"""Bids and awards in release.json: exact, and no more is told of them than may be."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from release_cases import LIMITED, PUBLIC, only, package, simulated_run, with_all_kinds
from report_cases import EVIL_PROVIDER, awarded, decided_together, solved

from lotopt.allocation import rules as a
from lotopt.allocation.allocation import Allocation
from lotopt.core.lot import LotFacts
from lotopt.core.result import Result, Status
from lotopt.design.design import LotDesign
from lotopt.market.bid import Bid
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.report.ocds.release import release


@pytest.mark.parametrize("stage", ["planning", "tender"])
def test_before_awards_nothing_of_any_bid_is_told(stage: str, design: LotDesign) -> None:
    """Also where there are bids already, and where all of them were asked for."""
    awards = awarded(design)
    assert awards.plan is not None
    found = only(package(solved(design), awards, stage=stage, bids="all"))
    assert not {"bids", "awards"} & set(found)
    assert [party["roles"] for party in found["parties"]] == [["buyer"]]
    assert_secret(found, [bid.id for bid in awards.plan.market.bids], [EVIL_PROVIDER, "Second Chance"], ["1000.1"])


def assert_secret(found: dict[str, Any], *secrets: list[str]) -> None:
    text = json.dumps(found, ensure_ascii=False)
    for secret in (one for each in secrets for one in each):
        assert json.dumps(secret)[1:-1] not in text, secret


def test_losing_bids_are_confidential_unless_asked_for() -> None:
    """By default: neither the bid, nor its price; with `all` both."""
    careful = only(package(None, with_all_kinds(), stage="award"))
    assert_secret(careful, ["loser", "77.77"])
    assert [bid["id"] for bid in careful["bids"]["details"]] == ["package", "joint", "late"]
    opened = only(package(None, with_all_kinds(), stage="award", bids="all"))
    assert {bid["id"]: bid["status"] for bid in opened["bids"]["details"]} == {
        "package": "valid",
        "joint": "valid",
        "late": "valid",
        "loser": "pending",
    }


def test_a_losing_bidder_is_confidential_too(design: LotDesign) -> None:
    """Its name is not among the parties."""
    bids = (Bid.on("A", id="w", provider="win", price=1), Bid.on("A", id="l", provider="lose", price=2))
    market = Market(design.facts(), (Provider(id="win", name="Winner"), Provider(id="lose", name="Loser")), bids)
    won = Result(Allocation.of(market, ["w"]), Status.OPTIMAL)
    assert_secret(only(package(solved(design), won, stage="award")), ["Loser", "lose"])
    assert "Loser" in json.dumps(package(solved(design), won, stage="award", bids="all"))


def test_counts_are_told_for_each_lot() -> None:
    """Four bids of three bidders; two bids and one bidder for the housing of L2."""
    found = only(package(None, with_all_kinds(), stage="award", bids="counted"))
    assert "details" not in found["bids"]
    counts = {s["id"]: s["value"] for s in found["bids"]["statistics"]}
    assert (counts["bids"], counts["bidders"]) == (4, 3)
    assert (counts["bids L2/housing"], counts["bidders L2/housing"]) == (2, 1)
    assert found["tender"]["numberOfTenderers"] == 3


def test_awards_are_exact_and_pending() -> None:
    """20.20 less 10 %, 60 % of 9.99, and nothing for the reserve: digits of the amounts, read as decimals."""
    text = json.dumps(release(None, with_all_kinds(), **PUBLIC, stage="award"))
    awards = {award["id"]: award for award in only(json.loads(text, parse_float=Decimal))["awards"]}
    assert awards["package"]["value"] == {"amount": Decimal("18.18"), "currency": "GBP"}
    assert awards["joint"]["value"] == {"amount": Decimal("5.99"), "currency": "GBP"}
    assert "value" not in awards["late"]
    assert {award["status"] for award in awards.values()} == {"pending"}
    assert all("Proposed, not decided." in award["description"] for award in awards.values())


@pytest.mark.parametrize("amount", ["0.01", "999999999999.99", "1000000000000", "12345678.9"])
def test_every_amount_of_a_market_is_exact(amount: str) -> None:
    """Up to the largest that a market takes, through a reader that takes doubles."""
    market = Market((LotFacts("L"),), (Provider(id="p"),), (Bid.on("L", id="b", provider="p", price=amount),))
    won = Result(Allocation.of(market, ["b"]), Status.OPTIMAL)
    (award,) = only(package(None, won, stage="award"))["awards"]
    assert Decimal(repr(award["value"]["amount"])) == Decimal(amount)


def test_what_an_award_is_for_stands_in_its_description() -> None:
    """A share of the work, a place in reserve, part of the need, and a price before discount."""
    awards = {award["id"]: award for award in only(package(None, with_all_kinds(), stage="award"))["awards"]}
    assert "60 % of the work." in awards["joint"]["description"]
    assert "It covers 50 % of the need." in awards["joint"]["description"]
    assert "In reserve" in awards["late"]["description"]
    assert "Bid at 20.20 GBP a year, before discount." in awards["package"]["description"]
    assert "before discount" not in awards["joint"]["description"]  # 5.994 is 5.99 for rounding only
    assert awards["package"]["relatedLots"] == ["L1/debt", "L2/debt"]


def test_the_members_of_a_consortium_are_suppliers() -> None:
    """Each is a party; a subcontractor is none."""
    awards = {award["id"]: award for award in only(package(None, with_all_kinds(), stage="award"))["awards"]}
    assert [one["name"] for one in awards["joint"]["suppliers"]] == ["Two", "Three"]
    assert [one["name"] for one in awards["late"]["suppliers"]] == ["Three", "Outsider"]
    assert "builders" not in json.dumps(awards)


def test_a_supplier_may_be_called_buyer(design: LotDesign) -> None:
    """The buyer then goes by another id."""
    bids = (Bid.on("A", id="b", provider="buyer", price=1),)
    market = Market(design.facts(), (Provider(id="buyer"),), bids)
    found = only(package(solved(design), Result(Allocation.of(market, ["b"]), Status.OPTIMAL), stage="award"))
    assert {party["id"]: party["roles"] for party in found["parties"]} == {
        "buyer-": ["buyer"],
        "buyer": ["tenderer", "supplier"],
    }


def test_withdrawn_bids_say_so(design: LotDesign) -> None:
    """Where bids are told at all."""
    rules = (*LIMITED, a.Withdrawn(bids=("loser",)))
    found = only(package(None, with_all_kinds(), stage="award", bids="all", award_rules=rules))
    assert {bid["id"] for bid in found["bids"]["details"] if bid["status"] == "withdrawn"} == {"loser"}


def test_a_simulated_market_is_told_wherever_anything_of_it_is(design: LotDesign) -> None:
    """In the title and description of the tender and of every award, and beside every count."""
    found = only(package(solved(design), simulated_run(design, 1), stage="award"))
    assert found["awards"]
    for each in (found["tender"], *found["awards"]):
        assert each["title"].startswith("SIMULATED: ")
        assert each["description"].startswith("SIMULATED MARKET")
    assert all("SIMULATED" in count["notes"] for count in found["bids"]["statistics"])
    # made-up indicative values are nobody's estimate
    assert not any("value" in each for each in (found["tender"], *found["tender"]["lots"]))


def test_real_bids_are_not_called_simulated(design: LotDesign) -> None:
    """Nowhere."""
    assert "SIMULATED" not in json.dumps(package(solved(design), awarded(design), stage="award", bids="all"))


def test_prices_by_schedule_are_no_bids() -> None:
    """Where lots and awards are decided together nobody has bid."""
    together = decided_together()
    found = only(package(together.design, together.awards, together=together, stage="award", bids="all"))
    assert "bids" not in found
    assert "relatedBids" not in found["awards"][0]
    assert "Lots and awards were decided together." in found["tender"]["description"]
