"""release.json: a draft in the Open Contracting Data Standard that keeps its schema and tells no more than it may."""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hostile import HOSTILE, hostile
from ocds_schema import faults, merged
from report_cases import EVIL_PROVIDER, GOALS, RULES, awarded, decided_together, solved

from lotopt.allocation import rules as a
from lotopt.allocation.allocation import Allocation
from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.solve import allocate_bids
from lotopt.core.lot import AreaFacts, LotFacts
from lotopt.core.result import Result, Status
from lotopt.design.design import LotDesign
from lotopt.market.bid import Bid, Item, Partner
from lotopt.market.discount import Discount, Tier
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.market.simulate import simulate
from lotopt.market.terms import ItemTerms
from lotopt.report.ocds.release import release, write_release
from lotopt.report.ocds.told import lot_id

DAY = datetime.date(2026, 3, 1)
PUBLIC = {"buyer": "A council", "date": DAY}
ASKED: dict[str, Any] = {"rules": RULES, "goals": GOALS, "award_goals": (TotalPrice(),)}
LIMITED = (a.EveryItemAwarded(), a.AwardLimit(at_most=2))


def package(
    design: Result[LotDesign] | None, awards: Result[Allocation] | None = None, **options: Any
) -> dict[str, Any]:
    """A release package as whoever reads the file gets it."""
    given = PUBLIC | ASKED | {"award_rules": LIMITED} | options
    return json.loads(json.dumps(release(design, awards, **given), allow_nan=False))


def only(found: dict[str, Any]) -> dict[str, Any]:
    (one,) = found["releases"]
    return one


def market_of_all_kinds() -> Market:
    """Three lots and two services; a consortium, a package, a discount, a cancelled and a direct item, values."""
    lots = tuple(
        LotFacts(f"L{i}", f"Lot {i}", (AreaFacts("E1", volumes={"cases": 2.5}),), {"cases": 2.5}) for i in range(1, 4)
    )
    discount = Discount(tiers=(Tier(start=Decimal(15), discount=Decimal("0.1")),))
    providers = (
        Provider(id="p1", name="One", discount=discount),
        Provider(id="p2", name="Two", partners=(Partner("p3"), Partner("Three's builders", "subcontractor"))),
        Provider(id="p3", name="Three"),
    )
    terms = {
        Item(lot.id, service): ItemTerms(value=Decimal("10.50")) for lot in lots for service in ("debt", "housing")
    }
    terms[Item("L3", "debt")] = ItemTerms(value=Decimal(1), status="cancelled", reason="no funds")
    terms[Item("L3", "housing")] = ItemTerms(value=Decimal(1), status="direct", reason="one supplier")
    bids = (
        Bid.on(("L1", "L2"), id="package", provider="p1", price="20.20", services=("debt",)),
        Bid.on("L1", id="joint", provider="p2", price="9.99", services=("housing",), covers=0.5),
        Bid.on("L2", id="late", provider="p3", price="8.88", services=("housing",), partners=(Partner("Outsider"),)),
        Bid.on("L2", id="loser", provider="p3", price="77.77", services=("housing",)),
    )
    return Market(lots, providers, bids, services=("debt", "housing"), terms=terms)


def with_all_kinds() -> Result[Allocation]:
    """The package wins whole, the consortium 60 % of one lot, and one bid is held in reserve."""
    shares = {"package": Decimal(1), "joint": Decimal("0.6"), "late": Decimal(0)}
    return Result(Allocation.of(market_of_all_kinds(), shares), Status.OPTIMAL)


def simulated_run(design: LotDesign, seed: int) -> Result[Allocation]:
    market = simulate(design, seed=seed, providers=4, measure="cases", values=True)
    return allocate_bids(market, rules=[a.EveryItemAwarded()], goals=[TotalPrice()])


Case = Callable[[LotDesign], dict[str, Any]]
CASES: dict[str, Case] = {
    "lots alone": lambda d: package(solved(d), award_rules=None, award_goals=()),
    "lots to be planned": lambda d: package(solved(d), stage="planning"),
    "lots and rules of award": lambda d: package(solved(d)),
    "declared packages": lambda d: package(solved(d), award_rules=(a.Packages(only_on=(("A", "B"),)),)),
    "awards": lambda d: package(solved(d), awarded(d), stage="award"),
    "awards without bids": lambda d: package(solved(d), awarded(d), stage="award", bids="none"),
    "awards and counts": lambda d: package(solved(d), awarded(d), stage="award", bids="counted"),
    "awards and all bids": lambda d: package(solved(d), awarded(d), stage="award", bids="all"),
    "a simulated market": lambda d: package(solved(d), simulated_run(d, 3), stage="award", bids="all"),
    "every kind of term": lambda d: package(None, with_all_kinds(), stage="award", bids="all"),
    "every kind of term, to be tendered": lambda d: package(None, market=market_of_all_kinds()),
    "decided together": lambda d: package(
        decided_together().design, decided_together().awards, together=decided_together(), stage="award"
    ),
    "names that are anything": lambda d: package(*hostile(d), stage="award", bids="all", title=HOSTILE[0]),
    "an id that is registered": lambda d: package(solved(d), ocid="ocds-abc123-1", area_scheme="GB-GSS"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_release_keeps_the_schema(name: str, design: LotDesign) -> None:
    """OCDS 1.1.5 with the extensions for lots and bids; formats are checked, and every field is one of theirs."""
    assert faults(CASES[name](design)) == []


@pytest.mark.parametrize("name", CASES)
def test_every_reference_leads_somewhere(name: str, design: LotDesign) -> None:
    """Lots, bids and organisations that are spoken of are there, once; names agree; nothing is empty."""
    found = only(CASES[name](design))
    tender, parties = found["tender"], {party["id"]: party for party in found["parties"]}
    lots = [lot["id"] for lot in tender["lots"]]
    details = found.get("bids", {}).get("details", [])
    lists = (tender["lots"], tender["items"], found["parties"], details, found.get("awards", []))
    for ids in ([entry["id"] for entry in each] for each in (*lists, found.get("bids", {}).get("statistics", []))):
        assert len(set(ids)) == len(ids)
    related = [item["relatedLot"] for item in tender["items"]]
    related += [lot for each in (*details, *found.get("awards", [])) for lot in each["relatedLots"]]
    related += [lot for group in tender.get("lotGroups", []) for lot in group["relatedLots"]]
    assert set(related) <= set(lots)
    assert {item["relatedLot"] for item in tender["items"]} == set(lots)
    known = {bid["id"] for bid in details}
    assert {bid for award in found.get("awards", []) for bid in award.get("relatedBids", [])} <= known
    for role, named in mentioned(found):
        assert parties[named["id"]]["name"] == named["name"]
        assert role in parties[named["id"]]["roles"]
    assert set(parties) == {named["id"] for _, named in mentioned(found)}
    assert list(empties(found)) == []


def mentioned(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Every organisation that a release refers to, with the role that it has there."""
    yield "buyer", found["buyer"]
    yield from (("tenderer", one) for bid in found.get("bids", {}).get("details", []) for one in bid["tenderers"])
    yield from (("supplier", one) for award in found.get("awards", []) for one in award["suppliers"])


def empties(value: Any) -> Iterator[Any]:
    if value in ("", None, [], {}):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from empties(inner)


BREAKS: dict[str, dict[str, Any]] = {
    "no date": {"date": None},
    "a day without a time": {"date": "2026-03-01"},
    "a moment without a zone": {"date": "2026-03-01T00:00:00"},
    "no such tag": {"tag": ["notice"]},
    "no tag": {"tag": []},
    "no such status of a lot": {"tender": {"lots": [{"id": "A", "status": "open"}]}},
    "a lot without an id": {"tender": {"lots": [{"title": "A"}]}},
    "a limit in words": {"tender": {"lotDetails": {"maximumLotsAwardedPerSupplier": "two"}}},
    "an amount in words": {"tender": {"value": {"amount": "10.00", "currency": "GBP"}}},
    "no such currency": {"tender": {"value": {"amount": 10, "currency": "pounds"}}},
    "an award without an id": {"awards": [{"status": "pending"}]},
    "no such status of an award": {"awards": [{"id": "1", "status": "proposed"}]},
    "no such status of a bid": {"bids": {"details": [{"id": "1", "status": "lost"}]}},
    "a statistic without a value": {"bids": {"statistics": [{"id": "1", "measure": "bids"}]}},
    "a quantity in words": {"tender": {"items": [{"id": "1", "quantity": "many"}]}},
    "a field misspelt": {"tender": {"lot": []}},
    "a field of another extension": {"awards": [{"id": "1", "hasSubcontracting": True}]},
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_release_is_found(name: str, design: LotDesign) -> None:
    """What the tests above are there for: each of these is a fault."""
    broken = package(solved(design), awarded(design), stage="award")
    broken["releases"] = [merged(only(broken), BREAKS[name])]
    assert faults(broken)


@pytest.mark.parametrize("field", ["uri", "publishedDate", "version", "publisher", "releases"])
def test_a_broken_package_is_found(field: str, design: LotDesign) -> None:
    """Every field that a package needs."""
    broken = package(solved(design))
    del broken[field]
    assert faults(broken)
    broken = copy.deepcopy(package(solved(design))) | {"uri": "not a uri", "publishedDate": "today"}
    assert len(faults(broken)) == 2


def test_no_schema_is_fetched(design: LotDesign) -> None:
    """A schema that refers to one that is not here is an error."""
    from jsonschema import Draft4Validator
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    with pytest.raises(Unresolvable):
        list(Draft4Validator({"$ref": "https://schema.example/x.json"}, registry=Registry()).iter_errors({}))


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
