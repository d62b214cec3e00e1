"""What the study stands on: its layers, the designs of history, Restart's areas and the made-up market."""

from __future__ import annotations

import csv
import math
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

import lotopt as lo
from benchmarks.coherence.history import RESTART, SHORT, historical
from benchmarks.coherence.market import FUNDING, RATE, schedules
from benchmarks.coherence.measure import of_shape
from benchmarks.coherence.place import LAYERS, territory
from benchmarks.coherence.settings import MEASURE, PARTNERS, PROFILES, PROVIDERS, design_rules, limits

ADDED = ("magistrates_nearest", "magistrates_catchment", "crown_nearest", "prison_nearest", "prison_catchment")
# Published (DWP, Restart Scheme: Contract Package Areas, 26 April 2022): Rutland is with the Home Counties; boroughs
# of London are in two areas; West Sussex and Brighton go with South Central; Milton Keynes is with East Central.
SPLIT = {"Leicestershire", "Metropolitan Police", "Sussex", "Thames Valley"}


def names_of(layer: str) -> np.ndarray:
    found = territory().layer(layer)
    return np.array([found.name_of(k) for k in range(len(found.agencies))])[found.of]


def lots_of(name: str) -> dict[str, set[str]]:
    """The lots that each police area meets in a design."""
    design = historical()[name]
    found: dict[str, set[str]] = {}
    for police, k in zip(names_of("police"), design.of, strict=True):
        found.setdefault(str(police), set()).add(design.lots[k])
    return found


def test_restart_has_twelve_areas_that_cover_every_district() -> None:
    """Each of the 318 districts is in one of twelve, and none of the twelve is empty."""
    design = historical()["restart-2021"]
    assert (len(design.lots), len(design.of)) == (12, len(territory()))
    assert set(design.of.tolist()) == set(range(12))
    assert set(design.lots) == {"1a", "1b", "2a", "2b", "3a", "3b", "4a", "4b", "5a", "5b", "5c", "6"}


def test_restart_splits_four_police_areas_and_no_other() -> None:
    """Leicestershire from Rutland, two parts of London, two of Sussex, and Milton Keynes from Thames Valley."""
    met = lots_of("restart-2021")
    assert {police for police, lots in met.items() if len(lots) > 1} == SPLIT
    assert met["Leicestershire"] == {"1b", "5c"}
    assert met["Metropolitan Police"] == {"5a", "5b"}
    assert met["Sussex"] == {"4b", "5c"}
    assert met["Thames Valley"] == {"1b", "4b"}


@pytest.mark.parametrize("name", [name for name in SHORT if name != "restart-2021"])
def test_every_other_design_of_history_keeps_police_areas_whole(name: str) -> None:
    """Probation was always organised by whole police areas."""
    assert all(len(lots) == 1 for lots in lots_of(name).values())


def test_the_smaller_place_of_two_goes_first() -> None:
    """Sussex is with 5c, but Brighton and Hove, named on its own, is with 4b; the City of London is with 5a."""
    design, ground = historical()["restart-2021"], territory()
    lot = {name: design.lots[k] for name, k in zip(ground.names, design.of, strict=True)}
    assert (lot["Brighton and Hove"], lot["Eastbourne"], lot["Crawley"]) == ("4b", "5c", "4b")
    assert (lot["City of London"], lot["Rutland"], lot["Leicester"]) == ("5a", "5c", "1b")


def test_every_row_of_the_source_counts() -> None:
    """Each place named has at least one district in the lot that it is named for, and says what it rests on."""
    design, ground = historical()["restart-2021"], territory()
    with RESTART.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        inside = {design.lots[k] for k in design.of[list(ground.places(row["place"]))]}
        assert row["lot"] in inside, row
        assert row["basis"].startswith(("published", "assumed"))


@pytest.mark.parametrize(("name", "short"), SHORT.items())
def test_every_design_of_history_keeps_the_size_limits(name: str, short: str) -> None:
    """A fifth of the mean lot at least, 1.7 mean lots or London at most: computed here from the crimes themselves."""
    design = historical()[name]
    crimes = territory().measure(MEASURE)
    share = np.bincount(design.of, weights=crimes) / crimes.sum()
    count = len(design)
    assert short.startswith(f"{count} ")
    assert share.min() >= 0.2 / count
    assert share.max() <= max(1.7 / count, 0.185)
    assert limits(count) == (0.2 / count, max(1.7 / count, 0.185))
    assert of_shape(design)["within_limits"] == 1.0
    sizes = [rule for rule in design_rules(count, whole=False) if isinstance(rule, lo.rules.SizeBetween)]
    assert lo.audit(design, sizes).ok


def test_the_designs_of_history_come_with_most_lots_first_and_restart_last() -> None:
    """All of them, in the order in which they are told, each with a short title."""
    counts = [len(design) for design in historical().values()]
    assert counts == [42, 35, 21, 12, 10, 7, 12]
    assert set(historical()) == set(SHORT)
    assert set(historical()) - {"restart-2021"} == set(territory().designs)


@pytest.mark.parametrize("name", ADDED)
def test_every_district_has_a_court_and_a_prison(name: str) -> None:
    """The five layers that the study adds leave no district out, and no court or prison named is without one."""
    layer = territory().layer(name)
    assert len(layer.of) == len(territory())
    assert set(layer.of.tolist()) == set(range(len(layer.agencies)))
    assert len(layer.agencies) > 1


def test_a_catchment_of_magistrates_keeps_to_its_local_justice_area() -> None:
    """No court serves districts of two local justice areas but where one has no court, as Northern Derbyshire."""
    catchment, area = territory().layer("magistrates_catchment"), territory().layer("local_justice")
    nearest = territory().layer("magistrates_nearest").of
    without = np.isin(territory().ids, list(catchment.approximate))
    assert {area.name_of(k) for k in set(area.of[without].tolist())} == {"Northern Derbyshire", "Isle of Wight"}
    for court in set(catchment.of.tolist()):
        assert len(set(area.of[(catchment.of == court) & ~without].tolist())) <= 1
    assert any(len(set(area.of[nearest == k].tolist())) > 1 for k in set(nearest.tolist()))


def test_the_layers_of_the_study_are_all_there() -> None:
    """Those that figures are told for, and among them all partners."""
    assert set(LAYERS) <= set(territory().layers)
    assert set(ADDED) | set(PARTNERS) <= set(LAYERS)
    assert len(set(LAYERS)) == len(LAYERS)


def test_the_added_layers_change_nothing_of_the_embedded_territory() -> None:
    """Areas, measures and borders are those of the package."""
    plain = lo.load_territory("england-wales")
    assert territory().ids == plain.ids
    assert np.array_equal(territory().measure(MEASURE), plain.measure(MEASURE))
    assert set(territory().layers) - set(plain.layers) == set(ADDED)


def test_who_serves_an_area_now_is_the_provider_whose_home_is_nearest() -> None:
    """Area by area: no design decides it, so none is favoured."""
    asked, ground = schedules(), territory()
    homes = {p.id: (asked.schedule[p.id].x_km, asked.schedule[p.id].y_km) for p in asked.offering}
    assert set(asked.incumbents) == set(ground.ids)
    for area, (x, y) in zip(ground.ids, ground.xy / 1000, strict=True):
        far = {id: math.dist((x, y), home) for id, home in homes.items()}  # type: ignore[arg-type]
        assert far[asked.incumbents[area]] == pytest.approx(min(far.values()), abs=1e-9)


def test_eight_providers_ask_for_every_lot_of_every_design() -> None:
    """A bid of each for each lot, whatever the design, and none for lots together."""
    for design in historical().values():
        market = schedules().market(design)
        asked = {(bid.provider, bid.items[0].lot) for bid in market.bids if len(bid.items) == 1}
        assert len(asked) == len(market.bids) == PROVIDERS * len(design)


def test_every_provider_has_capacity_and_funding_in_proportion() -> None:
    """Half to four fifths of what its capacity costs at the usual rate, in whole pounds."""
    for provider in schedules().offering:
        assert provider.funding is not None
        assert provider.funding == provider.funding.to_integral_value()
        part = provider.funding / (RATE * Decimal(str(provider.capacity[MEASURE])))
        assert FUNDING[0] - 1e-6 <= float(part) <= FUNDING[1] + 1e-6
    assert len({provider.funding for provider in schedules().offering}) == PROVIDERS


def test_the_market_is_marked_as_made_up() -> None:
    """Nobody may take these prices for real ones."""
    assert schedules().simulated


def test_a_large_lot_is_cheaper_than_its_parts() -> None:
    """All providers ask a fixed charge for a lot: two lots in one save it."""
    assert all(schedules().schedule[p.id].fixed > 0 for p in schedules().offering)


WRITTEN = (
    "from benchmarks.coherence.market import schedules; s = schedules(); "
    "print([(p.model_dump(), s.schedule[p.id].model_dump()) for p in s.offering], sorted(s.incumbents.items()))"
)


def test_the_market_is_the_same_in_every_process() -> None:
    """A process whose hashes of text differ writes down the same providers, schedules and incumbents as this one."""
    told = subprocess.run(
        [sys.executable, "-c", WRITTEN],
        capture_output=True,
        check=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "11"},
    ).stdout
    asked = schedules()
    each = [(p.model_dump(), asked.schedule[p.id].model_dump()) for p in asked.offering]
    assert told == f"{each} {sorted(asked.incumbents.items())}\n"
    assert told.count("'capacity'") == PROVIDERS


def test_every_profile_asks_for_what_the_totals_need() -> None:
    """Lots of frontiers and of ensembles are among those that are designed for; only the tiny one stops early."""
    for profile in PROFILES.values():
        assert set(profile.frontiers) <= set(profile.lots)
        assert set(profile.ensembles) <= set(profile.lots)
        assert profile.drills <= profile.designs
    assert {name for name, profile in PROFILES.items() if profile.points} == {"tiny"}
