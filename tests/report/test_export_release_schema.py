"""release.json keeps the Open Contracting Data Standard with its extensions, and what it refers to is there."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hostile import HOSTILE, hostile
from ocds_schema import faults, merged
from release_cases import market_of_all_kinds, only, package, simulated_run, with_all_kinds
from report_cases import awarded, decided_together, solved

from lotopt.allocation import rules as a
from lotopt.design.design import LotDesign

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
