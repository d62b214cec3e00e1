"""The study's random designs: where a value lies among them, and that each is measured as any design is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lotopt as lo
from benchmarks.coherence import ensembles
from benchmarks.coherence.ensembles import AREAS, DISTRICTS, SIX_2011, UNITS, drawn, percentile, rules_of
from benchmarks.coherence.measure import OF_FAILURES, figures_of
from benchmarks.coherence.place import territory
from benchmarks.coherence.settings import SEED, limits

DESIGNS, DRILLS = 24, 2
many = settings(max_examples=100, deadline=None, derandomize=True, database=None)


def test_the_place_of_a_value_by_hand() -> None:
    """Of 1, 2, 2, 4: below 2 lies one, equal are two, counted half: (1 + 1) of 4."""
    values = np.array([1.0, 2.0, 2.0, 4.0])
    assert percentile(values, 2.0) == 50.0
    assert percentile(values, 3.0) == 75.0
    assert percentile(values, 0.0) == 0.0
    assert percentile(values, 9.0) == 100.0
    assert percentile(values, 4.0) == 87.5


def test_where_all_are_equal_the_value_lies_in_the_middle() -> None:
    """Neither better nor worse than any."""
    assert percentile(np.full(7, 3.5), 3.5) == 50.0


def test_rounding_does_not_part_equals() -> None:
    """0.1 + 0.2 is 0.3, and a price of hundreds of millions is the same but for its last digits."""
    assert percentile(np.array([0.3, 0.3]), 0.1 + 0.2) == 50.0
    assert percentile(np.array([0.1 + 0.2]), 0.3) == 50.0
    assert percentile(np.array([459145379.23]), 459145379.23 * (1 + 1e-13)) == 50.0
    assert percentile(np.array([459145379.23]), 459145380.23) == 100.0


def test_what_is_not_known_does_not_count() -> None:
    """NaN among the designs is left out; with none known, or no value, there is no place."""
    assert percentile(np.array([math.nan, 1.0, 3.0, math.nan]), 2.0) == 50.0
    assert math.isnan(percentile(np.array([math.nan]), 2.0))
    assert math.isnan(percentile(np.array([]), 2.0))
    assert math.isnan(percentile(np.array([1.0]), math.nan))


def test_a_failure_that_nobody_can_take_over_is_worse_than_any_price() -> None:
    """Infinite rises are values like others."""
    assert percentile(np.array([1.0, math.inf, math.inf]), math.inf) == pytest.approx(200 / 3)
    assert percentile(np.array([1.0, math.inf]), 5.0) == 50.0


@given(values=st.lists(st.integers(0, 9), min_size=1, max_size=20), value=st.integers(-1, 10))
@many
def test_the_place_from_below_and_from_above_make_a_hundred(values: list[int], value: int) -> None:
    """By counting, and the same with all signs turned: ties are split evenly."""
    known = np.array(values, dtype=float)
    below, equal = sum(v < value for v in values), sum(v == value for v in values)
    assert percentile(known, float(value)) == pytest.approx(100 * (below + equal / 2) / len(values))
    assert percentile(known, float(value)) + percentile(-known, -float(value)) == pytest.approx(100.0)


@pytest.fixture(scope="module")
def tiny() -> ensembles.Drawn:
    return drawn(AREAS, 12, DESIGNS, DRILLS)


@pytest.fixture(scope="module")
def sampled() -> lo.Ensemble:
    return lo.sample_designs(territory(), rules_of(AREAS, 12), DESIGNS, seed=SEED)  # type: ignore[arg-type]


def test_an_ensemble_holds_the_figures_of_its_designs(tiny: ensembles.Drawn, sampled: lo.Ensemble) -> None:
    """Design by design, every figure is that of the same design measured by itself."""
    for k in range(DESIGNS):
        alone = figures_of(sampled.design(k), failures=False)
        assert set(alone) <= set(tiny.figures)
        for name, value in alone.items():
            assert tiny.figures[name][k] == pytest.approx(value, rel=1e-12, nan_ok=True), name


def test_failures_are_priced_only_where_asked(tiny: ensembles.Drawn, sampled: lo.Ensemble) -> None:
    """Two of 24, the first and the last: the others are not known, and the two are those of the design."""
    for name in OF_FAILURES:
        assert np.flatnonzero(~np.isnan(tiny.figures[name])).tolist() == [0, DESIGNS - 1]
    last = figures_of(sampled.design(DESIGNS - 1), failures=True)
    assert {name: tiny.figures[name][-1] for name in OF_FAILURES} == {name: last[name] for name in OF_FAILURES}


def test_the_ensemble_is_told_as_it_is(tiny: ensembles.Drawn, sampled: lo.Ensemble) -> None:
    """How many are distinct, and how much they are worth."""
    assert (tiny.unit, tiny.lots, tiny.distinct) == (AREAS, 12, sampled.distinct)
    assert tiny.effective == sampled.effective_size(sampled.cut_borders)
    assert tiny.rhat == sampled.split_rhat(sampled.cut_borders)


def test_no_drill_is_made_where_none_is_asked_for() -> None:
    """Nothing about failures is among the figures then."""
    assert not set(OF_FAILURES) & set(drawn(AREAS, 12, 2, 0).figures)


class Twice:
    """An ensemble of four designs, A B A B."""

    def __init__(self, real: Any) -> None:
        self.real, self.of = real, real.of[[0, 1, 0, 1]]
        self.cut_borders = real.cut_borders[:4]
        self.distribution, self.distinct, self.notes = real.distribution, 2, ()

    def __len__(self) -> int:
        return 4

    def design(self, k: int) -> lo.LotDesign:
        return self.real.design(k % 2)

    def effective_size(self, values: np.ndarray) -> float:
        return 4.0

    def split_rhat(self, values: np.ndarray) -> float:
        return 1.0


def test_a_design_that_comes_up_twice_is_measured_once(monkeypatch: pytest.MonkeyPatch, sampled: lo.Ensemble) -> None:
    """A B A B, the failures of the first and the last priced: A with them, B without, and B again with them."""
    asked: list[tuple[bytes, bool]] = []

    def counted(design: lo.LotDesign, failures: bool) -> dict[str, float]:
        asked.append((design.of.tobytes(), failures))
        price = {"price": float(design.of[0]) + 1.0}
        return {**price, **(dict.fromkeys(OF_FAILURES, 5.0) if failures else {})}

    monkeypatch.setattr(ensembles, "figures_of", counted)
    monkeypatch.setattr(ensembles.lo, "sample_designs", lambda *_, **__: Twice(sampled))
    found = drawn(AREAS, 12, 4, 2)
    first, second = sampled.of[0].tobytes(), sampled.of[1].tobytes()
    assert asked == [(first, True), (second, False), (second, True)]
    assert all(len(values) == 4 for values in found.figures.values())
    assert found.figures["price"][0] == found.figures["price"][2]


@pytest.mark.parametrize(("unit", "lots"), [(DISTRICTS, 12), (AREAS, 12), (SIX_2011, 6)])
def test_every_random_design_keeps_the_rules_of_those_that_are_searched_for(unit: str, lots: int) -> None:
    """Size limits, lots in one piece, and units left whole: audited without the sampler."""
    rules: Sequence[Any] = rules_of(unit, lots)
    found = lo.sample_designs(territory(), rules, 3, seed=SEED)
    crimes = territory().measure("crime")
    low, high = limits(lots)
    for k in range(len(found)):
        design = found.design(k)
        assert len(design) == lots
        assert lo.audit(design, rules).ok, str(lo.audit(design, rules))
        share = np.bincount(design.of, weights=crimes) / crimes.sum()
        assert low <= share.min()
        assert share.max() <= high


def test_the_six_lots_of_2011_leave_london_as_published() -> None:
    """One lot is London's trust, all of it and nothing else; the 34 others are whole in five lots."""
    found = lo.sample_designs(territory(), rules_of(SIX_2011, 6), 3, seed=SEED)  # type: ignore[arg-type]
    trust = territory().layer("trust_2010")
    names = np.array([trust.name_of(k) for k in range(len(trust.agencies))])[trust.of]
    for k in range(len(found)):
        design = found.design(k)
        assert {str(name) for name in names[design.of == design.lots.index("London")]} == {"London Probation Trust"}
        assert len(set(zip(trust.of.tolist(), design.of.tolist(), strict=True))) == 35


def test_every_unit_is_told_in_words() -> None:
    """The page names each."""
    assert set(UNITS) == {DISTRICTS, AREAS, SIX_2011}
