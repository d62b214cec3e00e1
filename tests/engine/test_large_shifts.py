"""Shifts of atoms: what is carried along is what would be measured, and columns stay in one piece."""

from __future__ import annotations

import math

import numpy as np
import pytest
from grids import grid
from hypothesis import given, settings
from hypothesis import strategies as st

from lotopt.design import goals, rules
from lotopt.design.problem import contract, resolve
from lotopt.engine.large.coarse import units
from lotopt.engine.large.refine import cost_of, refine
from lotopt.engine.large.shifts import anneal
from lotopt.engine.large.start import bounds_of, domains, first_plan, ground_of
from lotopt.engine.large.state import COST, OFF, ROWS, TAKEN, State, begin, new_state
from lotopt.engine.model.measure import measure, violation
from lotopt.engine.model.program import Ints, Partitioning
from lotopt.engine.model.units import merged_program
from lotopt.engine.search.moves import Task
from lotopt.engine.search.trees import joined


def everything(seed: int = 1, width: int = 9, height: int = 8) -> Partitioning:
    """A problem that has a slot of every kind, a side row, exempt areas and a group in two pieces."""
    territory = grid(width, height, seed)
    asked = [
        rules.LotCount(at_least=4, at_most=4),
        rules.SizeBetween(measure="cases", of="share", at_least=0.15, at_most=0.35, **{"except": ("a00000",)}),
        rules.Contiguous(),
        rules.Reach(measure="cases", at_most=4.5),
        rules.LargestSpan(layer="district", at_most=6),
        rules.Splits(layer="region", at_most=3),
        rules.KeepTogether(places=("a00003", "a00030")),
        rules.KeepApart(places=("a00001", "a00060")),
    ]
    wanted = [
        goals.Compactness(measure="beds"),
        goals.BorderLength(weight=2.0),
        goals.Interfaces(layer="district", weight=3.0),
        goals.Straddles(layer="region", weight=5.0),
        goals.ChangeFrom(design="old", measure="cases", weight=0.1),
        goals.Balance(measure="cases", weight=0.5),
    ]
    return contract(territory, resolve(territory, asked, wanted)).problem


def measured(problem: Partitioning, label: Ints) -> tuple[np.ndarray, np.ndarray]:
    """Slots (K, F) and violations (K,) of a plan's columns, as the judge measures them."""
    p = problem.program
    count = int(label.max()) + 1
    slots, off = np.zeros((count, p.slots)), np.zeros(count)
    load, inside = np.zeros(int(p.layer_first[-1])), np.zeros(p.atoms, dtype=bool)
    for k in range(count):
        members = np.flatnonzero(label == k)
        measure(p, members, len(members), load, inside, slots[k])
        off[k] = violation(p, members, len(members), slots[k], np.zeros(len(p.group_size), np.int64))
    return slots, off


def task(problem: Partitioning) -> Task:
    return Task(problem.cost, problem.rows, problem.row_low, problem.row_high, 1, 1)


def started(problem: Partitioning, seed: int, count: int = 4) -> State:
    p = problem.program
    label = first_plan(p, ground_of(problem), domains(p), count, *bounds_of(p), 0, seed)
    state = new_state(p, len(problem.rows), label, seed)
    begin(p, task(problem), state)
    return state


def in_one_piece(problem: Partitioning, label: Ints) -> bool:
    p = problem.program
    scratch = np.zeros(p.atoms, np.int64), np.zeros(p.atoms, np.int64)
    columns = [np.flatnonzero(label == k) for k in range(int(label.max()) + 1)]
    return all(joined(p.link_ptr, p.link_to, c, len(c), -1, *scratch) for c in columns)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_what_is_carried_along_is_what_is_measured(seed: int) -> None:
    """After a thousand shifts at great heat, slots, costs, violations and side rows are those of the judge."""
    problem = everything(seed)
    s = started(problem, seed)
    anneal(problem.program, task(problem), s, 1000, 1e4, 1.0, 1.0)
    assert s.counts[TAKEN] > 100
    slots, off = measured(problem, s.label)
    np.testing.assert_allclose(s.slots, slots, rtol=1e-9, atol=1e-7)
    np.testing.assert_allclose(s.off, off, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(s.rows, problem.rows @ slots.sum(axis=0), rtol=1e-9)
    assert s.figures[COST] == pytest.approx(float((slots @ problem.cost).sum()))
    assert s.figures[OFF] == pytest.approx(float(off.sum()), abs=1e-9)
    assert in_one_piece(problem, s.label)


def test_a_plan_measured_afresh_stays_as_it_was() -> None:
    """Measuring afresh changes nothing but the last digits."""
    problem = everything()
    s = started(problem, 3)
    anneal(problem.program, task(problem), s, 500, 1e4, 1.0, 1.0)
    before = s.figures.copy(), s.slots.copy()
    begin(problem.program, task(problem), s)
    np.testing.assert_allclose(s.figures[[COST, OFF, ROWS]], before[0][[COST, OFF, ROWS]], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(s.slots, before[1], rtol=1e-9, atol=1e-7)


def test_the_best_plan_is_the_one_its_cost_says() -> None:
    """The plan that is remembered through a log of shifts costs what is remembered with it, and is legal."""
    problem = everything()
    made = refine(problem, started(problem, 1).label, 1, tries=20_000, heat=1.0)
    assert made.legal
    assert cost_of(problem, made.label) == pytest.approx(made.cost)


def test_the_same_seed_gives_the_same_plan() -> None:
    """Two runs from one seed end at one plan."""
    problem = everything()
    label = started(problem, 1).label
    one, two = (refine(problem, label, 7, tries=5000, heat=1.0).label for _ in range(2))
    assert (one == two).all()


def test_refining_never_makes_a_legal_plan_worse() -> None:
    """Begun with the best plan of another run, the result costs no more."""
    problem = everything()
    first = refine(problem, started(problem, 1).label, 1, tries=20_000, heat=1.0)
    again = refine(problem, first.label, 2, tries=2000, heat=5.0)
    assert again.legal
    assert again.cost <= first.cost + 1e-9


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_a_plan_of_units_measures_as_its_atoms_do(seed: int) -> None:
    """Merging atoms changes no slot and no violation of any plan that is made of units."""
    problem = everything(seed)
    p, ground = problem.program, ground_of(problem)
    plan = started(problem, seed).label
    unit = units(p, ground, [plan, np.arange(p.atoms) // 20], 12, 100.0, seed)
    coarse = Partitioning(merged_program(p, unit), problem.cost, problem.rows, problem.row_low, problem.row_high)
    label = plan[np.unique(unit, return_index=True)[1]]
    assert (label[unit] == plan).all()
    for fine, made in zip(measured(problem, plan), measured(coarse, label), strict=True):
        np.testing.assert_allclose(made, fine, rtol=1e-9, atol=1e-7)
    s = new_state(coarse.program, len(coarse.rows), label, 1)
    begin(coarse.program, task(coarse), s)
    np.testing.assert_allclose(s.slots, measured(problem, plan)[0], rtol=1e-9, atol=1e-7)


def test_units_are_connected_and_no_heavier_than_asked() -> None:
    """Units of a grid: each in one piece, inside one part of the plan, within the weight."""
    problem = everything(5)
    p, ground = problem.program, ground_of(problem)
    plan = started(problem, 5).label
    unit = units(p, ground, [plan], 15, 30.0, 1)
    assert unit.max() + 1 < p.atoms / 2
    assert np.bincount(unit, weights=ground.weight).max() <= 30.0
    assert in_one_piece(problem, unit)
    assert len(np.unique(np.stack([unit, plan]), axis=1).T) == unit.max() + 1


@settings(max_examples=20, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 9))
def test_first_plans_have_the_lots_asked_for_each_in_one_piece(seed: int, count: int) -> None:
    """Whatever the seed, the first plan has exactly so many columns and none is torn."""
    problem = everything(seed)
    p = problem.program
    label = first_plan(p, ground_of(problem), domains(p), count, 0.0, math.inf, 2, seed)
    assert sorted(set(label.tolist())) == list(range(count))
    assert in_one_piece(problem, label)
