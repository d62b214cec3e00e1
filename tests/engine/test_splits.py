"""Interfaces limited to the fewest that agencies need: merged atoms, the same answer."""

from __future__ import annotations

import numpy as np
import pytest

from lotopt.core.result import Status
from lotopt.design import goals as g
from lotopt.design import rules as r
from lotopt.design.clause import DesignGoal
from lotopt.engine.model.agencies import counted_layers
from lotopt.engine.model.merging import merged
from lotopt.engine.partition import solve_partition
from lotopt.engine.search.local import columns_of
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.engine.splits import interfaces
from tests.conftest import plan
from tests.design.design_oracle import Case, best_by_looking, random_territory
from tests.engine.maps import EXACT, check_by_looking, problem_in, problem_of


def random_splits(seed: int) -> Case:
    """A map on which some agency passes the upper size limit, and as many splits allowed as sizes ask for."""
    random = np.random.default_rng(seed)
    territory = random_territory(random)
    cases, of = territory.measure("cases"), territory.layer("police").of
    agencies = np.array([cases[of == a].sum() for a in np.unique(of)])
    most = float(agencies.max()) / random.uniform(1.1, 2.9)
    needed = int(np.ceil(agencies / most).sum()) - len(agencies)
    rules = [
        r.SizeBetween(measure="cases", at_most=most),
        r.Splits(layer="police", at_most=needed),
        *([r.Contiguous()] if random.random() < 0.7 else []),
    ]
    goals: list[DesignGoal] = [g.Compactness(measure="people"), g.BorderLength(weight=3.0), g.Lots(weight=5.0)]
    return Case(territory, tuple(rules), tuple(goals[: int(random.integers(1, 4))]))


@pytest.mark.parametrize("seed", range(60))
def test_as_few_splits_as_sizes_ask_for_at_least_cost(seed: int) -> None:
    """Merged or not, the plan of fewest splits costs what looking at every plan finds, or none exists."""
    case = random_splits(seed)
    check_by_looking(problem_in(case), case)


def test_an_agency_meets_as_many_lots_as_its_size_asks_for() -> None:
    """X of five squares fills two lots of at most four; Y of two and Z of one fit in one each: four interfaces."""
    drawn = plan("AAAAAAAA", layers={"police": "XXXXXYYZ"})
    size = r.SizeBetween(measure="cases", at_most=4)
    (layer,) = counted_layers(problem_of(drawn, size, r.Splits(layer="police", at_most=3)))
    assert layer.need.tolist() == [2, 1, 1]
    assert layer.fewest == 4
    assert layer.allowed == 6


def test_lots_let_off_the_limit_need_not_be_many() -> None:
    """Where one lot may be larger than the limit, nothing follows from the limit."""
    drawn = plan("AAAAAA", layers={"police": "XXXXXY"})
    size = r.SizeBetween(measure="cases", at_most=2, excepted=("r1c6",))
    (layer,) = counted_layers(problem_of(drawn, size, r.Splits(layer="police", at_most=3)))
    assert layer.need.tolist() == [1, 1]


def test_fewer_splits_than_sizes_ask_for_cannot_be() -> None:
    """X of six squares in lots of two is split twice: no plan with one split, told without a search."""
    drawn = plan("AAAAAAA", layers={"police": "XXXXXXY"})
    size = r.SizeBetween(measure="cases", at_most=2)
    answer = solve_partition(problem_of(drawn, size, r.Splits(layer="police", at_most=1)), EXACT, Clock())
    assert answer.status == Status.INFEASIBLE
    assert any("meet 4 lots in all" in note for note in answer.notes)


@pytest.mark.parametrize("seed", range(20))
def test_merged_atoms_measure_as_their_parts(seed: int) -> None:
    """Whatever is merged, a set of merged atoms measures as the atoms they stand for."""
    random = np.random.default_rng(seed)
    territory = random_territory(random)
    rules = (r.Contiguous(), r.Reach(measure="people", at_most=1e3), r.SizeBetween(measure="cases", at_most=1e9),
             r.LargestSpan(layer="court", at_most=9, excepted=(territory.ids[-1],)))  # fmt: skip
    goals = (g.Compactness(measure="people"), g.BorderLength(), g.Interfaces(layer="police"),
             g.Straddles(layer="court"), g.ChangeFrom(design="base", measure="cases"))  # fmt: skip
    problem = problem_in(Case(territory, rules, goals))
    n = problem.program.atoms
    whole = merged(problem, [random.choice(n, 2, replace=False).tolist() for _ in range(n // 3)])
    label = random.integers(0, 2, whole.problem.program.atoms)
    small = columns_of(whole.problem.program, [label])
    large = columns_of(problem.program, [label[whole.atom_of]])
    assert np.sort(small.slots, axis=0) == pytest.approx(np.sort(large.slots, axis=0), rel=1e-9, abs=1e-9)
    exempt = whole.problem.program.limit_exempt.any(axis=0)
    assert exempt[: exempt.sum()].all()  # exempt atoms come first


@pytest.mark.parametrize("seed", range(60))
def test_interfaces_at_a_price_or_beyond_the_fewest(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more splits are allowed, or priced, no plan costs less than the bound, and what is told optimal is."""
    monkeypatch.setattr(interfaces, "WIDE", 0)
    monkeypatch.setattr(interfaces, "TRIES", 50)
    random = np.random.default_rng(seed)
    case = random_splits(seed)
    more = int(random.integers(0, 3))
    rules = [
        rule.model_copy(update={"at_most": rule.at_most + more}) if isinstance(rule, r.Splits) else rule
        for rule in case.rules
        if not isinstance(rule, r.Splits) or random.random() < 0.5
    ]
    price = float(random.choice([0.1, 10.0, 1000.0]))
    goals = (*case.goals[: int(random.integers(0, 3))], g.Interfaces(layer="police", weight=price))
    case = Case(case.territory, tuple(rules), goals)
    wanted = best_by_looking(case)
    problem = problem_in(case)
    answer = solve_partition(problem, SolverOptions(gap=1e-6), Clock(), few=0)
    if wanted is None:
        assert answer.plan is None
    else:
        assert answer.objective is not None
        assert answer.objective >= wanted - 1e-7 * abs(wanted)
        assert answer.bound is None or answer.bound <= wanted + 1e-7 * abs(wanted)
        if answer.status == Status.OPTIMAL:
            assert answer.objective == pytest.approx(wanted, rel=2e-6)
