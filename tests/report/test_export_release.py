"""release.json: a draft that tells lots and conditions, when it was made, and no more than it may claim."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from release_cases import ASKED, DAY, LIMITED, PUBLIC, only, package, with_all_kinds
from report_cases import awarded, solved

from lotopt.allocation import rules as a
from lotopt.allocation.allocation import Allocation
from lotopt.core.result import Result, Status
from lotopt.design.design import LotDesign
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.report.ocds.release import write_release
from lotopt.report.ocds.told import lot_id


def test_lots_are_told_with_their_areas(design: LotDesign) -> None:
    """One item for each square, with its case, in its lot."""
    tender = only(package(solved(design), area_scheme="GB-GSS"))["tender"]
    assert [(lot["id"], lot["title"]) for lot in tender["lots"]] == [("A", "A"), ("B", "B"), ("C", "C")]
    assert len(tender["items"]) == 9
    assert {item["classification"]["id"]: item["relatedLot"] for item in tender["items"]} == design.lot_of
    assert {item["classification"]["scheme"] for item in tender["items"]} == {"GB-GSS"}
    assert {item["quantity"] for item in tender["items"]} == {1}


@pytest.mark.parametrize(
    ("stage", "tag", "status"),
    [("planning", "planning", "planning"), ("tender", "tender", "planned"), ("award", "award", "active")],
)
def test_the_stage_is_the_tag(stage: str, tag: str, status: str, design: LotDesign) -> None:
    """And a draft claims no more than that the tender is planned, until awards are proposed."""
    found = only(package(solved(design), awarded(design), stage=stage))
    assert found["tag"] == [tag]
    assert {found["tender"]["status"], *(lot["status"] for lot in found["tender"]["lots"])} == {status}


def test_services_in_a_lot_are_lots_of_their_own() -> None:
    """Each can be bid for by itself; what is cancelled, direct or not awarded says so."""
    tender = only(package(None, with_all_kinds(), stage="award"))["tender"]
    assert {lot["id"]: lot["status"] for lot in tender["lots"]} == {
        "L1/debt": "active",
        "L1/housing": "active",
        "L2/debt": "active",
        "L2/housing": "active",
        "L3/debt": "cancelled",
        "L3/housing": "active",
    }
    told = {lot["id"]: lot["description"] for lot in tender["lots"]}
    assert "No award is to be made: no funds." in told["L3/debt"]
    assert "To be awarded without competition: one supplier." in told["L3/housing"]
    assert all("Amounts are GBP a year." in each for each in told.values())
    # 4 x 10.50 + 1 + 1
    assert tender["value"] == {"amount": 44, "currency": "GBP"}


def test_a_lot_that_nobody_wins_is_unsuccessful(design: LotDesign) -> None:
    """Which is not known before awards."""
    market = Market(design.facts(), (Provider(id="p"),), (Bid.on("A", id="b", provider="p", price=1),))
    won = Result(Allocation.of(market, ["b"]), Status.OPTIMAL)
    lots = only(package(solved(design), won, stage="award"))["tender"]["lots"]
    assert {lot["id"]: lot["status"] for lot in lots} == {"A": "active", "B": "unsuccessful", "C": "unsuccessful"}


def test_different_items_have_different_ids() -> None:
    """Whatever signs are in the names of lots and services."""
    names = ("a", "b", "a/b", "a%2Fb", "a/", "/b", "%", "é", "x y")
    pairs = [Item(lot, service) for lot in names for service in names]
    assert len({lot_id(pair) for pair in pairs}) == len(pairs)
    assert lot_id(Item("North West", "debt")) == "North West/debt"
    assert lot_id(Item("a/b")) == "a/b"


def test_the_limit_on_lots_is_a_number_where_it_holds_for_all(design: LotDesign) -> None:
    """And words in any case."""
    details = only(package(solved(design)))["tender"]["lotDetails"]
    assert details["maximumLotsAwardedPerSupplier"] == 2
    assert LIMITED[1].explain() in details["awardCriteriaDetails"]
    assert "keep the total price of all awards low" in details["awardCriteriaDetails"]
    some = package(solved(design), award_rules=(a.AwardLimit(at_most=2, classes=("small",)),))
    assert "maximumLotsAwardedPerSupplier" not in only(some)["tender"]["lotDetails"]


def test_a_rule_that_names_suppliers_is_not_published(design: LotDesign) -> None:
    """That it is missing is."""
    rules = (*LIMITED, a.Incompatible(providers=("p1", "p3")))
    details = only(package(None, with_all_kinds(), award_rules=rules))["tender"]["lotDetails"]
    assert "[The condition incompatible names suppliers and is left out here.]" in details["awardCriteriaDetails"]
    assert "p3" not in details["awardCriteriaDetails"]


def test_declared_packages_are_groups_of_lots(design: LotDesign) -> None:
    """Directive 2014/24/EU, article 46(3): those named beforehand."""
    found = package(solved(design), award_rules=(a.Packages(only_on=(("A", "B"), ("B", "C"))),))
    groups = [group["relatedLots"] for group in only(found)["tender"]["lotGroups"]]
    assert groups == [["A", "B"], ["B", "C"]]


def test_it_says_that_it_is_a_draft(design: LotDesign) -> None:
    """In its id, which is of no registered publisher, and in words; a registered id is kept."""
    found = only(package(solved(design)))
    assert found["ocid"].startswith("draft-not-registered-")
    assert found["tender"]["description"].startswith("DRAFT")
    assert only(package(solved(design), ocid="ocds-abc123-1"))["ocid"] == "ocds-abc123-1"


def test_the_same_run_gives_the_same_bytes(design: LotDesign, tmp_path: Path) -> None:
    """Nothing is taken from a clock."""
    given = PUBLIC | ASKED | {"stage": "award"}
    first = write_release(tmp_path / "a.json", solved(design), awarded(design), **given).read_bytes()
    slower = replace(solved(design), seconds=99.0)
    assert write_release(tmp_path / "b.json", slower, awarded(design), **given).read_bytes() == first


def test_one_process_keeps_its_id_and_each_release_has_its_own(design: LotDesign) -> None:
    """The same lots are the same process at every stage; what is told otherwise is another release."""
    found = [package(solved(design), awarded(design), stage=stage) for stage in ("planning", "tender", "award")]
    found.append(package(solved(design), awarded(design), stage="award", date=DAY + datetime.timedelta(days=1)))
    assert len({only(each)["ocid"] for each in found}) == 1
    assert len({only(each)["id"] for each in found}) == 4
    assert len({each["uri"] for each in found}) == 4


def test_the_date_is_the_one_that_is_given(design: LotDesign) -> None:
    """A day begins at midnight; a moment keeps its zone."""
    assert only(package(solved(design)))["date"] == "2026-03-01T00:00:00Z"
    moment = datetime.datetime(2026, 3, 1, 9, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
    assert only(package(solved(design), date=moment))["date"] == "2026-03-01T09:30:00+01:00"


def test_without_lots_or_awards_there_is_nothing_to_publish(design: LotDesign, no_plan: Result[LotDesign]) -> None:
    """Told as an error of whoever asks."""
    with pytest.raises(ValueError, match="no lots"):
        package(no_plan)
    with pytest.raises(ValueError, match="nothing is awarded"):
        package(solved(design), stage="award")
