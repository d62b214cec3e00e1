"""A joint solve that begins with given designs: they help the search and change nothing that is proven."""

from __future__ import annotations

from dataclasses import replace

import joint_oracle as oracle
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lotopt as lo
from lotopt.core.errors import InputError
from lotopt.core.result import Status
from lotopt.engine.columns.standing import Standing
from lotopt.engine.joint.solve import _lots_first, solve_joint
from lotopt.engine.search.local import Searched, columns_of
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import silent
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.joint.problem import HUNDREDTHS, Built, build, check
from lotopt.joint.solve import _on_atoms, case_of
from lotopt.market.provider import Provider
from lotopt.market.schedule import PriceSchedule
from lotopt.market.schedules import Schedules
from lotopt.territory.territory import Territory
from tests.conftest import plan
from tests.engine.grids import grid

SEEDS = st.integers(0, 10**9)
EXACT = SolverOptions(gap=0.0)
few_cases = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
CHEAP = [lo.goals.TotalPrice()]
# Sixteen areas in four lots of any size that hang together: too many candidate lots to be written down at once.
GROUND = grid(4, 4)
FOUR = [lo.rules.LotCount(at_least=4, at_most=4), lo.rules.Contiguous()]
QUARTERS = lo.LotDesign(GROUND, ("A", "B", "C", "D"), np.array([0, 0, 1, 1] * 2 + [2, 2, 3, 3] * 2))


def asked() -> Schedules:
    """A provider asks 1 a case in its half and 3 in the other, and 10 for each lot."""
    west = {GROUND.ids[i]: 1 for i in range(16) if i % 4 < 2}
    east = {GROUND.ids[i]: 1 for i in range(16) if i % 4 >= 2}
    return Schedules(
        (Provider(id="East"), Provider(id="West")),
        {
            "East": PriceSchedule(measure="cases", fixed=10, rate=3, rates=east),  # type: ignore[arg-type]
            "West": PriceSchedule(measure="cases", fixed=10, rate=3, rates=west),  # type: ignore[arg-type]
        },
    )


# 1 for each case, and four lots at 10: every quarter lies in one half, so nothing is cheaper.
BEST = float(GROUND.measure("cases").sum()) + 40


def designs(territory: Territory, random: np.random.Generator, count: int) -> list[lo.LotDesign]:
    """Designs of any number of lots and any shape: most break rules, and many part what belongs together."""
    found = []
    for _ in range(count):
        labels = random.integers(0, random.integers(1, len(territory) + 1), len(territory))
        kept, of = np.unique(labels, return_inverse=True)
        found.append(lo.LotDesign(territory, tuple(f"S{k}" for k in kept), of.astype(np.int64)))
    return found


@given(seed=SEEDS, rule=st.sampled_from([None, *oracle.AWARD_RULES]))
@few_cases
def test_the_optimum_is_the_same_whatever_it_begins_with(seed: int, rule: str | None) -> None:
    """Random designs to begin with, bad ones too: brute force, the solve with them and that without agree."""
    case = oracle.random_case(seed, award=rule, most=5)
    begin = designs(case.territory, np.random.default_rng(seed), 4)
    try:
        wanted = oracle.best_by_looking(case)
        found = [
            lo.design_and_allocate(
                case.territory, case.schedules, case.rules, case.goals, starts=starts, solver=EXACT
            )
            for starts in ([], begin)
        ]
        made = case_of(case.territory, case.schedules, case.rules, case.goals)
        pennies = build(made, check(made), room=1.0).uncertain / HUNDREDTHS + 1e-6
    except InputError:  # rules that name one area twice over, ceilings on prices with bands
        return
    without, with_starts = found
    if wanted is None:
        assert with_starts.plan is None
        assert with_starts.status is without.status
        return
    assert with_starts.status is without.status
    assert with_starts.audit is not None
    assert with_starts.audit.ok, str(with_starts.audit)
    for result in found:
        assert result.objective == pytest.approx(wanted, rel=1e-9, abs=pennies)
        assert result.bound is not None
        assert result.bound <= wanted + 1e-7 * abs(wanted)


@given(seed=SEEDS, design=st.sampled_from([None, "whole", "interfaces", "size_between"]))
@few_cases
def test_the_engine_proves_the_same_by_columns_and_by_division(seed: int, design: str | None) -> None:
    """No column is written down beforehand, so that starts count: the optimum is what looking finds."""
    case = oracle.random_case(seed, design=design, most=5)
    try:
        wanted = oracle.best_by_looking(case)
        made = case_of(case.territory, case.schedules, case.rules, case.goals)
        built = build(made, check(made), room=1.0)
    except InputError:
        return
    random = np.random.default_rng(seed)
    atoms = built.joint.makers[0].program.atoms
    starts = [random.integers(0, random.integers(1, atoms + 1), atoms) for _ in range(3)]
    answer = solve_joint(built.joint, EXACT, Clock(), few=0, starts=starts)
    if built.uncertain:  # rounding of bands to the penny: told of `design_and_allocate` above
        return
    if wanted is None:
        assert answer.status == Status.INFEASIBLE
        return
    assert answer.status == Status.OPTIMAL
    assert answer.objective is not None
    assert answer.objective / HUNDREDTHS == pytest.approx(wanted, rel=1e-9, abs=1e-6)


def _built() -> Built:
    made = case_of(GROUND, asked(), FOUR, CHEAP)
    return build(made, check(made), room=1.0)


def _nothing(*arguments: object, **options: object) -> Searched:
    """A search that meets nothing."""
    return Searched(None, np.inf, columns_of(_built().joint.makers[0].program, []))


def test_a_start_is_a_plan_before_the_search_finds_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the search meets nothing, the start awarded at its best is the plan that the proof begins with."""
    monkeypatch.setattr("lotopt.engine.joint.solve.search", _nothing)
    now = Standing(_built().joint.parts[0], EXACT, Clock(), silent, several=_built().joint)
    _lots_first(now, [])
    assert now.cost is None
    _lots_first(now, [QUARTERS.of])
    assert now.cost == BEST * HUNDREDTHS


def stopped(*arguments: object, **options: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("where", ["search", "solve_division"])
def test_a_good_start_is_kept_when_the_solve_is_stopped(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C as the search or the proof begins, and nothing met before: the plan is the start with its best award."""
    monkeypatch.setattr("lotopt.engine.joint.solve.search", _nothing)
    monkeypatch.setattr(f"lotopt.engine.joint.solve.{where}", stopped)
    result = lo.design_and_allocate(GROUND, asked(), FOUR, CHEAP, starts=[QUARTERS], solver=EXACT)
    assert result.interrupted
    assert result.plan is not None
    assert (result.status, result.objective) == (Status.FEASIBLE, BEST)
    assert len(np.unique(result.plan.design.of * 4 + QUARTERS.of)) == 4  # the same four lots
    assert result.audit is not None
    assert result.audit.ok


def test_the_best_of_several_starts_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dear start, one that breaks the rules and a good one, in any order: the good one's price."""
    monkeypatch.setattr("lotopt.engine.joint.solve.search", _nothing)
    stripes = np.arange(16) // 4  # each lot half in the west, half in the east
    scattered = np.arange(16) % 4 + (np.arange(16) % 3 == 0)
    for starts in ([stripes, scattered, QUARTERS.of], [QUARTERS.of, scattered, stripes]):
        now = Standing(_built().joint.parts[0], EXACT, Clock(), silent, several=_built().joint)
        _lots_first(now, starts)
        assert now.cost == BEST * HUNDREDTHS


def test_a_start_that_breaks_every_rule_does_no_harm() -> None:
    """Lots in pieces, too many lots, one lot: the plan is the proven best all the same."""
    bad = [
        lo.LotDesign(GROUND, tuple("ABCD"), (np.arange(16) + np.arange(16) // 4) % 4),
        lo.LotDesign(GROUND, tuple(f"L{k}" for k in range(16)), np.arange(16)),
        lo.LotDesign(GROUND, ("all",), np.zeros(16, dtype=np.int64)),
    ]
    result = lo.design_and_allocate(GROUND, asked(), FOUR, CHEAP, starts=bad, solver=EXACT)
    assert (result.status, result.objective, result.bound) == (Status.OPTIMAL, BEST, BEST)


def test_a_start_that_parts_what_belongs_together_does_no_harm() -> None:
    """Whole districts: a start of quarters parts them, is left out, and the plan keeps them whole."""
    rules = [lo.rules.LotCount(at_least=2, at_most=2), lo.rules.Contiguous(), lo.rules.Whole(layer="district")]
    made = case_of(GROUND, asked(), rules, CHEAP)
    assert _on_atoms(GROUND, [QUARTERS], build(made, check(made), room=1.0).contracted.atom_of) == []
    results = [
        lo.design_and_allocate(GROUND, asked(), rules, CHEAP, starts=starts, solver=EXACT)
        for starts in ([], [QUARTERS])
    ]
    assert results[0].status is Status.OPTIMAL
    assert results[0].objective == results[1].objective
    assert results[1].audit is not None
    assert results[1].audit.ok


def test_starts_may_come_one_by_one() -> None:
    """A generator is taken as a list is, and no solve changes a start."""
    before = QUARTERS.of.copy()
    result = lo.design_and_allocate(
        GROUND, asked(), FOUR, CHEAP, starts=(start for start in [QUARTERS]), solver=EXACT
    )
    assert result.objective == BEST
    assert np.array_equal(QUARTERS.of, before)


def test_the_same_starts_give_the_same_plan() -> None:
    """Twice the same input, twice the same lots and providers."""
    frames = [
        lo.design_and_allocate(GROUND, asked(), FOUR, CHEAP, starts=[QUARTERS], solver=EXACT).plan.to_frame()  # type: ignore[union-attr]
        for _ in range(2)
    ]
    assert frames[0].equals(frames[1])


def test_a_start_on_other_areas_is_refused_by_name() -> None:
    """All that are of other areas are told at once, by title or by their place; those that fit are not."""
    other = plan("AB").territory
    named = lo.LotDesign(other, ("A", "B"), np.array([0, 1]), title="the old lots")
    with pytest.raises(InputError) as told:
        lo.design_and_allocate(
            GROUND, asked(), FOUR, CHEAP, starts=[QUARTERS, named, replace(named, title="")], solver=EXACT
        )
    assert "'the old lots' is a design of other areas" in str(told.value)
    assert "'start 3' is a design of other areas" in str(told.value)
    assert "start 1" not in str(told.value)
