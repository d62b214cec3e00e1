"""The models of the peers: on small maps each reaches the optimum that looking at every plan finds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from design_oracle import Case, best_by_looking

from benchmarks.instances import Design, Joint
from benchmarks.judge import judge
from benchmarks.maps import PlanarMap
from benchmarks.offers import JointGround, Offers
from benchmarks.peers import solvers
from benchmarks.peers.joint import joint_milp
from benchmarks.peers.lots import all_columns, assignment_milp, centre_milp, numbered_milp, partition_milp
from benchmarks.peers.model import Model
from benchmarks.peers.score import Score, lots_of
from benchmarks.peers.whole import whole_numbers
from benchmarks.terms import NotAskedError, Task, Terms
from lotopt.allocation.rules import AwardLimit, Capacity, EveryItemAwarded, ValueShare
from lotopt.design import goals, rules
from lotopt.design.clause import DesignGoal, DesignRule
from lotopt.design.problem import contract, resolve
from lotopt.engine.model.program import Partitioning
from lotopt.territory.parts import Layer
from lotopt.territory.territory import Territory

TERMS = Terms(60.0, 1e-7, 1, 1)
EXACT = {"all columns": partition_milp, "assignment": assignment_milp, "numbered lots": numbered_milp}


def a_map(seed: int) -> Territory:
    """Nine areas with a layer of three agencies."""
    from dataclasses import replace

    found = PlanarMap(seed, 3, 3).territory()
    of = np.random.default_rng(seed).integers(0, 3, 9)
    return replace(found, layers={"police": Layer("police", ("p", "q", "r"), of)})


def a_task(territory: Territory, asked: tuple[DesignRule, ...], goal: DesignGoal) -> Task:
    """Three lots in one piece of 15 to 50 % of the cases each, and what else is asked."""
    size = rules.SizeBetween(measure="cases", of="share", at_least=0.15, at_most=0.5)
    every = (rules.LotCount(at_least=3, at_most=3), size, rules.Contiguous(), *asked)
    # the ground is given to the task directly; nothing reads the instance's own
    return Task(Design("small", PlanarMap(0, 3, 3), every, (goal,), 60.0, ()), territory, TERMS)


ASKED: dict[str, tuple[tuple[DesignRule, ...], DesignGoal]] = {
    "border": ((), goals.BorderLength()),
    "balance": ((), goals.Balance(measure="cases")),
    "interfaces": ((), goals.Interfaces(layer="police")),
    "splits": ((rules.Splits(layer="police", at_most=3),), goals.BorderLength()),
    "span": ((rules.LargestSpan(layer="police", at_most=2),), goals.BorderLength()),
}


@pytest.mark.parametrize("asked", sorted(ASKED))
@pytest.mark.parametrize("model", sorted(EXACT))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_model_reaches_the_optimum(seed: int, model: str, asked: str) -> None:
    """Solver, judge and looking at every plan agree, and the bound is the objective."""
    more, goal = ASKED[asked]
    task = a_task(a_map(seed), more, goal)
    best = best_by_looking(Case(task.territory, task.instance.rules, task.instance.goals))
    found = solvers.solve(task, EXACT[model](task), solvers.highs)
    if best is None:
        assert found.status == "infeasible"
        return
    assert found.plan is not None
    judged = judge(task.instance, task.territory, found.plan)
    assert judged.ok, judged.broken
    assert judged.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert found.claimed == pytest.approx(best, rel=1e-6, abs=1e-5)
    assert found.bound == pytest.approx(best, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("prepare", [solvers.pulp_cbc, solvers.pulp_highs])
def test_plain_pulp_tells_objective_and_bound(prepare: Callable[[Model], solvers.Run]) -> None:
    """CBC and HiGHS behind PuLP say what HiGHS by itself says; a bound is never above the optimum."""
    task = a_task(a_map(1), (), goals.BorderLength())
    best = best_by_looking(Case(task.territory, task.instance.rules, task.instance.goals))
    found = solvers.solve(task, assignment_milp(task), prepare)
    assert (found.status, found.claimed) == ("optimal", pytest.approx(best, rel=1e-6))
    assert found.bound is not None
    assert found.bound <= found.claimed + 1e-6 * found.claimed
    assert found.plan is not None
    assert judge(task.instance, task.territory, found.plan).ok


def test_cbc_tells_the_bound_of_its_log_when_it_is_stopped() -> None:
    """A stopped run has the lower bound of its last lines, a finished one its objective less the gap."""
    log = "Result - Stopped on time limit\n\nObjective value:       80.8\nLower bound:           56.9\n"
    assert solvers._cbc_bound(log, "feasible", 80.8, 0.1) == 56.9
    assert solvers._cbc_bound("", "optimal", 100.0, 0.01) == pytest.approx(99.0)
    assert solvers._cbc_bound("", "unknown", None, 0.01) is None


@pytest.mark.parametrize("seed", [1, 2])
def test_centres_give_a_plan_without_a_bound(seed: int) -> None:
    """Distances to a centre are another objective: the plan keeps the rules, and nothing is proven about ours."""
    task = a_task(a_map(seed), (), goals.Compactness(measure="cases"))
    best = best_by_looking(Case(task.territory, task.instance.rules, task.instance.goals))
    found = solvers.solve(task, centre_milp(task), solvers.highs)
    assert (found.status, found.claimed, found.bound) == ("feasible", None, None)
    assert found.plan is not None
    judged = judge(task.instance, task.territory, found.plan)
    assert judged.ok
    assert best is not None
    assert judged.objective >= best * (1 - 1e-9)


def test_inertia_is_not_asked_of_assignments() -> None:
    """What a model cannot say is declined with a reason, not left out."""
    task = a_task(a_map(1), (), goals.Compactness(measure="cases"))
    for model in (assignment_milp, numbered_milp):
        with pytest.raises(NotAskedError, match="sizes, borders"):
            model(task)


def test_a_model_in_whole_numbers_is_the_same_model() -> None:
    """Whole sizes: every row in whole numbers, and the plan of the optimum keeps each of them."""
    task = a_task(a_map(2), (), goals.BorderLength())
    model = assignment_milp(task)
    values: list[np.ndarray] = []
    read = model.plan_of

    def remember(found: np.ndarray) -> object:
        values.append(found)
        return read(found)

    model.plan_of = remember  # type: ignore[assignment]
    solvers.solve(task, model, solvers.highs)
    for index, each, low, high in whole_numbers(model):
        total = sum(value * round(float(values[0][i]), 6) for i, value in zip(index, each, strict=True))
        assert low - 1e-3 <= total <= high + 1e-3


def test_deviations_are_not_rounded() -> None:
    """A solver that knows whole numbers only is not asked about deviations from a mean."""
    task = a_task(a_map(2), (), goals.Balance(measure="cases"))
    with pytest.raises(NotAskedError, match="deviation"):
        whole_numbers(assignment_milp(task))


@pytest.mark.parametrize("asked", [*sorted(ASKED), "compact"])
def test_the_score_of_heuristics_is_the_measure(asked: str) -> None:
    """What heuristics go by while they work is what the judge finds, and a broken size is a violation."""
    more, goal = ASKED.get(asked, ((), goals.Compactness(measure="cases")))
    task = a_task(a_map(3), more, goal)
    score = Score(task.problem)
    for labels in ([0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 1, 2, 0, 1, 2, 0, 1, 2], [0, 0, 0, 0, 0, 0, 0, 1, 2]):
        broken, cost = score.plan(lots_of(labels))
        judged = judge(task.instance, task.territory, task.areas(labels))
        assert cost == pytest.approx(judged.objective, rel=1e-9, abs=1e-9)
        assert (broken == 0) == judged.ok


def _plans(n: int, lots: int) -> Iterator[list[int]]:
    """Every way to put n areas into that many lots, each once."""
    for rest in itertools.product(range(lots), repeat=n - 1):
        labels = [0, *rest]
        first = [labels.index(k) for k in range(lots) if k in labels]
        if len(first) == lots and first == sorted(first):
            yield labels


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_joint_model_reaches_the_optimum(seed: int) -> None:
    """Lots and providers together: the least price over every plan and every provider for each of its lots."""
    ground = JointGround(PlanarMap(seed, 3, 2), "cases", seed, 3, slack=1.2)
    asked = (
        rules.LotCount(at_least=3, at_most=3),
        rules.SizeBetween(measure="cases", of="share", at_least=0.15, at_most=0.6),
        rules.Contiguous(),
    )
    awards = (EveryItemAwarded(), AwardLimit(at_most=2), Capacity(measure="cases"), ValueShare(at_most=0.7))
    instance = Joint("small", ground, asked, (), awards, 60.0, ())
    offers = ground.offers()
    best = math.inf
    for labels in _plans(6, 3):
        if not judge(_design(instance), offers.territory, labels).ok:
            continue
        for who in itertools.product([p.id for p in offers.schedules.offering], repeat=3):
            judged = judge(instance, offers, [(lot, who[lot]) for lot in labels])
            best = min(best, judged.objective) if judged.ok else best
    found = solvers.solve(_task(instance, offers), joint_milp(_task(instance, offers)), solvers.highs)
    if math.isinf(best):
        assert found.status == "infeasible"
        return
    assert found.plan is not None
    judged = judge(instance, offers, found.plan)
    assert judged.ok, judged.broken
    assert judged.objective == pytest.approx(best, rel=1e-7)
    assert found.claimed == pytest.approx(best, rel=1e-7)


def _design(instance: Joint) -> Design:
    return Design("lots alone", instance.ground.place, instance.rules, (), 60.0, ())


def _task(instance: Joint, offers: Offers) -> Task:
    return Task(instance, offers, TERMS)


def test_all_columns_are_all_connected_sets_within_limits() -> None:
    """What the set-partitioning peer is given is what trying every subset of 12 areas finds."""
    territory = PlanarMap(12, 4, 3).territory()
    size = rules.SizeBetween(measure="cases", of="share", at_least=0.2, at_most=0.4)
    problem = contract(territory, resolve(territory, (size, rules.Contiguous()), (goals.BorderLength(),))).problem
    found = all_columns(problem)
    assert found is not None
    assert {tuple(np.flatnonzero(row)) for row in found.members(12)} == _by_looking(problem)


def _by_looking(problem: Partitioning) -> set[tuple[int, ...]]:
    p = problem.program
    links = [{int(u) for u in p.link_to[p.link_ptr[v] : p.link_ptr[v + 1]]} for v in range(p.atoms)]
    size = p.sums[0]
    legal = set()
    for subset in range(1, 1 << p.atoms):
        members = {v for v in range(p.atoms) if subset >> v & 1}
        reached, new = set(), {min(members)}
        while new:
            reached |= new
            new = {u for v in new for u in links[v]} & members - reached
        if reached == members and p.limit_low[0] <= size[sorted(members)].sum() <= p.limit_high[0]:
            legal.add(tuple(sorted(members)))
    return legal
