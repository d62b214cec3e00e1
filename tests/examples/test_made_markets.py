"""The markets of the historical examples: what is simulated is remade byte for byte, what is real stays apart."""

from __future__ import annotations

import csv
import runpy
from collections import Counter
from pathlib import Path

import pytest

from lotopt.study.examples import examples_folder

EXAMPLES = examples_folder()
BUILT = ["transforming-rehabilitation", "dynamic-framework", "market-test-2005"]


def table(name: str) -> list[dict[str, str]]:
    """A CSV file of an example."""
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("folder", BUILT)
def test_the_simulated_tables_are_remade_byte_for_byte(folder: str, tmp_path: Path) -> None:
    """build.py writes the very files that are kept, and no others are kept beside them."""
    runpy.run_path(str(EXAMPLES / folder / "build.py"))["build"](tmp_path)
    made = {file.relative_to(tmp_path): file.read_bytes() for file in tmp_path.rglob("*.csv")}
    kept = {file.relative_to(EXAMPLES / folder): file for file in (EXAMPLES / folder).glob("market*/*.csv")}
    assert made.keys() == kept.keys()
    assert all(kept[name].read_bytes() == content for name, content in made.items())


@pytest.mark.parametrize("folder", [*BUILT, "community-payback", "other-programmes"])
def test_every_provider_is_marked_as_simulated(folder: str) -> None:
    """No market of an example could be taken for real bids."""
    for providers in (EXAMPLES / folder).glob("market*/providers.csv"):
        assert {row["simulated"] for row in table(str(providers))} == {"yes"}


@pytest.mark.parametrize("folder", ["transforming-rehabilitation", "dynamic-framework", "community-payback"])
def test_every_fact_has_a_source_that_the_readme_names(folder: str) -> None:
    """Each row of facts names its sources, and each of them is in the README with title, publisher and date."""
    readme = (EXAMPLES / folder / "README.md").read_text(encoding="utf-8")
    named = {f"S{number:02}" for number in range(22, 39)} if "S22 to S38" in readme else set()
    named |= {line.split("|")[1].strip() for line in readme.splitlines() if line.startswith("| ")}
    for facts in sorted((EXAMPLES / folder / "facts").glob("*.csv")):
        rows = table(str(facts))
        for row in rows if "sources" in rows[0] else ():
            assert row["sources"], row
            assert set(row["sources"].split(";")) <= named, row


def test_the_packages_of_2014_are_those_that_were_awarded() -> None:
    """21 packages, eight owners: 6, 5, 3, 2, 2, 1, 1 and 1; Seetec has four after 2019."""
    awards = table("transforming-rehabilitation/facts/awards.csv")
    assert sorted(Counter(row["awarded_2014"] for row in awards).values(), reverse=True) == [6, 5, 3, 2, 2, 1, 1, 1]
    assert Counter(row["holder_2019"] for row in awards)["seetec"] == 4


def test_the_bids_of_2014_are_as_many_as_is_known() -> None:
    """30 qualified bidders, more than 80 bids, three for London (C17), four for the others, and 450 m in all."""
    bids = table("transforming-rehabilitation/market-2014/bids.csv")
    for_lot = Counter(row["lots"] for row in bids)
    assert len({row["provider"] for row in bids}) == 30
    assert len(bids) == 83
    assert for_lot.pop("C17") == 3
    assert set(for_lot.values()) == {4}
    values = table("transforming-rehabilitation/market-2014/lots.csv")
    assert sum(int(row["value"]) for row in values) == 450_000_000


def test_day_one_is_the_published_list() -> None:
    """110 contracts of 26 primes: 89 + 4 competed, 17 awarded directly; 11 + 14 + 45 + 40 by category."""
    contracts = table("dynamic-framework/facts/day1_contracts.csv")
    assert Counter(row["route"] for row in contracts) == {
        "competed, April": 89,
        "competed, May (inferred)": 4,
        "direct award, June": 17,
    }
    assert Counter(row["category"] for row in contracts) == {"ETE": 11, "ACC": 14, "PWB": 45, "WOS": 40}
    assert {row["prime"] for row in contracts} == {
        row["provider"] for row in table("dynamic-framework/facts/primes.csv")
    }
    lots = table("dynamic-framework/market-day1/lots.csv")
    assert [row["lot"] for row in lots] == [row["contract"] for row in contracts]
    assert Counter(row["status"] for row in lots) == {"open": 93, "direct": 17}


def test_the_prime_of_a_contract_bids_with_the_number_of_subcontractors_it_has() -> None:
    """Names are made up, their number is not."""
    bids = {row["bid"]: row for row in table("dynamic-framework/market-day1/bids.csv")}
    for contract in table("dynamic-framework/facts/day1_contracts.csv"):
        if contract["route"].startswith("competed"):
            named = bids[f"{contract['prime']}-{contract['contract']}"]["subcontractors"]
            assert len([name for name in named.split(";") if name.strip()]) == int(contract["subcontractors"])


def test_nothing_is_made_up_about_the_five_lots_that_are_not_published() -> None:
    """They have a name that says so, a status, a reason, and neither areas nor bids."""
    lots = table("community-payback/market/lots.csv")
    closed = [row for row in lots if row["status"] == "cancelled"]
    assert len(closed) == 5
    assert all("membership not published" in row["lot_name"] and not row["areas"] and row["reason"] for row in closed)
    assert {row["lots"] for row in table("community-payback/market/bids.csv")} == {"london"}
