"""The tables of the study: the same bytes for the same results, whole, and in step with one another."""

from __future__ import annotations

import csv
import io
import itertools
import math
import pickle
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import lotopt as lo
from benchmarks.coherence.ensembles import AREAS, DISTRICTS, SIX_2011, Drawn, percentile
from benchmarks.coherence.frontier import Point
from benchmarks.coherence.history import SHORT, historical
from benchmarks.coherence.measure import OF_LAYER, Figures, figures_of
from benchmarks.coherence.optima import Best
from benchmarks.coherence.place import LAYERS, territory
from benchmarks.coherence.settings import SEED, design_rules
from benchmarks.coherence.tables import Findings, _cell, tables
from benchmarks.coherence.tasks import Task
from lotopt.report.tables import write_lots

KINDS = ("coherence", "compact", "price", "price_free")
COUNTS = (6, 12)


@cache
def random_designs(lots: int) -> list[lo.LotDesign]:
    drawn = lo.sample_designs(territory(), design_rules(lots, whole=False), 6, seed=SEED)
    return [drawn.design(k) for k in range(len(drawn))]


@cache
def measured(lots: int) -> list[tuple[lo.LotDesign, Figures]]:
    return [(design, figures_of(design, failures=False)) for design in random_designs(lots)]


def bests(lots: int) -> list[tuple[Best, Figures]]:
    """Random designs in the place of the best: what tables tell does not rest on how a design was found."""
    found = []
    for kind, (design, figures) in zip(KINDS, measured(lots), strict=False):
        price = figures["price"]
        bound = None if kind == "compact" else price - 1000.0
        found.append((Best(kind, design, "feasible", price, bound, "GBP a year", 0.5, ""), figures))
    return found


def ensemble(unit: str, lots: int) -> Drawn:
    rows = [figures for _, figures in measured(lots)]
    figures = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    figures["failure_worst"] = np.array([1.0, math.nan, math.inf, math.nan, 3.0, math.nan])
    figures["failure_mean"] = np.full(6, math.nan)
    return Drawn(unit, lots, figures, "told", 6, 5.5, math.nan, ())


@cache
def findings() -> Findings:
    results: dict[Task, object] = {}
    points = [
        Point(22 + k, Best("frontier", design, "optimal", figures["price"], figures["price"], "GBP a year", 0.0))
        for k, (design, figures) in enumerate(measured(12)[:3])
    ]
    results[Task("frontier", (12, 0))] = [(p, f) for p, (_, f) in zip(points, measured(12), strict=False)]
    for lots in COUNTS:
        results[Task("best", (lots,))] = bests(lots)
    for unit, lots in ((SIX_2011, 6), (DISTRICTS, 6), (DISTRICTS, 12), (AREAS, 12)):
        results[Task("ensemble", (unit, lots, 6, 0))] = ensemble(unit, lots)
    for name, design in historical().items():
        results[Task("history", (name,))] = figures_of(design, failures=len(design) < 12, each=True)
    return Findings(results)


@cache
def made() -> dict[str, str]:
    return tables(findings())


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made()[name])))


def designs() -> dict[str, dict[str, str]]:
    return {row["design"]: row for row in rows("designs.csv")}


def test_the_same_results_give_the_same_bytes() -> None:
    """Made again, and from results that were kept in a file."""
    assert tables(Findings(dict(findings().results))) == made()
    assert tables(Findings(pickle.loads(pickle.dumps(findings().results)))) == made()
    assert sorted(made()) == sorted(
        f"{name}.csv"
        for name in (
            *("designs", "layers", "ensembles", "percentiles", "failures", "frontier"),
            *("totals", "break_even", "lots", "market"),
        )
    )


def test_every_row_has_a_cell_for_every_column() -> None:
    """No row of a table is shorter or longer than its head, and no column has two names."""
    for name, text in made().items():
        head, *body = list(csv.reader(io.StringIO(text)))
        assert body, name
        assert len(set(head)) == len(head), name
        assert {len(row) for row in body} == {len(head)}, name


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (math.nan, ""),
        (None, ""),
        (np.float64("nan"), ""),
        (math.inf, "inf"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333333333"),
        (np.float64(1 / 3), "0.333333333333"),
        (123456789012.3456, "123456789012"),
        (459145379.23, "459145379.23"),
        (12.0, "12"),
        (-0.0, "-0"),
        (12, "12"),
        ("a, b", "a, b"),
        ("", ""),
    ],
)
def test_cells(value: object, cell: str) -> None:
    """Twelve digits, and nothing where a figure is not known."""
    assert _cell(value) == cell


def test_last_digits_do_not_show() -> None:
    """What differs beyond twelve digits, as between machines, is the same cell."""
    assert _cell(459145379.23 * (1 + 1e-15)) == _cell(459145379.23)


def test_designs_are_told_once_each_in_order() -> None:
    """History first, then the best by lots, then the points of the frontier."""
    best = [f"{kind.replace('_', '-')}-{lots}" for lots in COUNTS for kind in KINDS]
    points = [f"frontier-12-{22 + k}" for k in range(3)]
    assert list(designs()) == [*historical(), *best, *points]
    assert [row["title"] for row in rows("designs.csv")][: len(SHORT)] == [SHORT[name] for name in historical()]


def test_what_is_not_proven_is_empty() -> None:
    """History was not searched for; a best design without a bound has no gap; failures that were not priced."""
    told = designs()
    assert told["restart-2021"]["status"] == "as it was"
    assert told["restart-2021"]["bound"] == told["restart-2021"]["gap"] == ""
    assert told["compact-12"]["bound"] == told["compact-12"]["gap"] == ""
    assert float(told["price-12"]["gap"]) > 0
    assert told["price-12"]["failure_worst"] == ""


def test_figures_of_designs_and_layers_are_those_that_were_measured() -> None:
    """To twelve digits; all layers of all designs."""
    told = designs()
    for name, design in historical().items():
        figures = figures_of(design, failures=False)
        for column in ("price", "travel_km", "partners.interfaces", "within_limits"):
            assert float(told[name][column]) == pytest.approx(figures[column], rel=1e-11)
        for row in rows("layers.csv"):
            if row["design"] == name:
                for column in OF_LAYER:
                    assert float(row[column]) == pytest.approx(figures[f"{row['layer']}.{column}"], rel=1e-11)
    assert len(rows("layers.csv")) == len(told) * len(LAYERS)


def test_interfaces_of_the_partners_are_the_sum_of_their_layers() -> None:
    """Between two tables."""
    met: dict[str, float] = {}
    for row in rows("layers.csv"):
        if row["layer"] in ("police", "local_justice", "council", "region"):
            met[row["design"]] = met.get(row["design"], 0.0) + float(row["interfaces"])
    assert met == {name: float(row["partners.interfaces"]) for name, row in designs().items()}


def test_totals_agree_with_the_table_of_designs() -> None:
    """Prices and interfaces of each count of lots, and what is taken from them, by hand."""
    told = designs()
    found = rows("totals.csv")
    assert [int(row["lots"]) for row in found] == list(COUNTS)
    large = told["price-free-6"]
    for row in found:
        lots = row["lots"]
        price, free, coherent = (told[f"{kind}-{lots}"] for kind in ("price", "price-free", "coherence"))
        assert (row["price"], row["interfaces"]) == (price["price"], price["partners.interfaces"])
        assert (row["price_free"], row["interfaces_free"]) == (free["price"], free["partners.interfaces"])
        assert (row["price_coherent"], row["interfaces_coherent"]) == (
            coherent["price"],
            coherent["partners.interfaces"],
        )
        assert row["bound_free"] == free["bound"]
        more = float(price["price"]) - float(free["price"])
        assert float(row["coherence_costs"]) == pytest.approx(more, abs=0.02)
        assert float(row["coherence_costs_at_most"]) == pytest.approx(more + 1000.0, abs=0.02)
        for column, other in (("break_even", free), ("against_large", large)):
            dearer = float(price["price"]) - float(other["price"])
            fewer = float(other["partners.interfaces"]) - float(price["partners.interfaces"])
            wanted = 0.0 if dearer <= 0 else dearer / fewer if fewer > 0 else math.inf
            assert float(row[column]) == pytest.approx(wanted, rel=1e-6)
        prices = [figures["price"] for _, figures in measured(int(lots))]
        assert float(row["random_price_median"]) == pytest.approx(np.median(prices), rel=1e-11)


def test_stretches_of_charges_follow_one_another_and_name_the_cheapest() -> None:
    """From 0 to infinity, without a gap; in the middle of each the named design has the least total of all."""
    told = designs()
    for among in ("historical", "all"):
        found = [row for row in rows("break_even.csv") if row["among"] == among]
        assert (found[0]["from"], found[-1]["to"]) == ("0", "inf")
        assert all(a["to"] == b["from"] for a, b in itertools.pairwise(found))
        plans = {id: row for id, row in told.items() if row["kind"] == "historical" or among == "all"}
        plans = {id: row for id, row in plans.items() if row["kind"] != "frontier"}
        for row in found:
            start, end = float(row["from"]), float(row["to"])
            charge = start + 1e6 if math.isinf(end) else (start + end) / 2
            total = {
                id: float(p["price"]) + charge * float(p["partners.interfaces"])
                for id, p in plans.items()
                if p["price"]
            }
            assert total[row["design"]] == pytest.approx(min(total.values()), rel=1e-11)
            assert (row["lots"], row["price"]) == (told[row["design"]]["lots"], told[row["design"]]["price"])


def test_quantiles_are_over_what_is_known_and_finite() -> None:
    """Of 1, 3 and infinity two are told, with a mean of 2; of nothing known, nothing."""
    found = {
        (row["unit"], row["lots"], row["figure"]): row for row in rows("ensembles.csv")
    }  # three ensembles of six designs
    worst = found[DISTRICTS, "12", "failure_worst"]
    assert (worst["designs"], worst["known"], worst["least"], worst["median"], worst["most"]) == (
        *("6", "2", "1"),
        *("2", "3"),
    )
    none = found[DISTRICTS, "12", "failure_mean"]
    assert (none["known"], none["least"], none["mean"], none["rhat"]) == ("0", "", "", "")
    price = found[AREAS, "12", "price"]
    prices = [figures["price"] for _, figures in measured(12)]
    assert float(price["p25"]) == pytest.approx(np.percentile(prices, 25), rel=1e-11)


def test_places_within_ensembles_are_told_for_designs_of_as_many_lots() -> None:
    """Every design but those of frontiers, in every ensemble of its count; by the same function as the page."""
    found = rows("percentiles.csv")
    told = designs()
    assert {row["lots"] for row in found} == {"6", "12"}
    assert all(row["lots"] == told[row["design"]]["lots"] for row in found)
    assert not any(row["design"].startswith("frontier") for row in found)
    assert "restart-2021" in {row["design"] for row in found}
    drawn = ensemble(AREAS, 12)
    (row,) = (r for r in found if (r["design"], r["unit"], r["figure"]) == ("restart-2021", AREAS, "travel_km"))
    value = figures_of(historical()["restart-2021"], failures=False)["travel_km"]
    assert float(row["percentile"]) == pytest.approx(percentile(drawn.figures["travel_km"], value))


def test_the_frontier_marks_its_knee() -> None:
    """Its points are in the table of designs under the same name, and prices beyond the cheapest are told."""
    found = rows("frontier.csv")
    assert [row["knee"] for row in found].count("knee") == 1
    for row in found:
        assert row["price"] == designs()[row["design"]]["price"]
        more = float(row["price"]) - float(found[0]["price"])
        assert float(row["more_than_cheapest"]) == pytest.approx(more, abs=0.02)


def test_the_table_of_lots_holds_every_design() -> None:
    """Area by area, each design can be made from its column again."""
    found = rows("lots.csv")
    assert [row["area"] for row in found] == list(territory().ids)
    for one in findings().designs:
        again = lo.LotDesign.from_mapping(territory(), {row["area"]: row[one.id] for row in found})
        assert len(again) == one.lots
        assert all(again.lots[again.of[i]] == one.design.lots[one.design.of[i]] for i in range(len(territory())))


def test_every_design_file_is_read_back_as_the_same_design(tmp_path: Path) -> None:
    """By the package's own reader: the lot of every area."""
    for one in findings().designs:
        file = write_lots(tmp_path / f"{one.id}.csv", one.design)
        again = lo.LotDesign.from_partition(territory(), lo.read_design(file, territory()))
        lots = [one.design.lots[k] for k in one.design.of]
        assert [again.lots[k] for k in again.of] == lots, one.id
