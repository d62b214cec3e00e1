"""Maps of more than a thousand areas: lots within their limits and in one piece, whatever the rules."""

from __future__ import annotations

import numpy as np
import pytest
from grids import grid

import lotopt as lo
from lotopt.core.result import Status
from lotopt.design.problem import contract, resolve
from lotopt.engine.columns.standing import Standing
from lotopt.engine.large import plans as large_module
from lotopt.engine.large.plans import MANY, large
from lotopt.engine.partition import solve_partition
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import silent
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.territory.territory import Territory

goals, rules = lo.goals, lo.rules


@pytest.fixture(autouse=True)
def _little_effort(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests look at what is kept, not at how good a plan is."""
    monkeypatch.setattr(large_module, "EFFORT", 0.02)
    monkeypatch.setattr(large_module, "STARTS", 2)


def within(lots: int, share: float) -> list[lo.rules.LotCount | lo.rules.SizeBetween | lo.rules.Contiguous]:
    """So many lots, each within a share of the mean number of cases, in one piece."""
    return [
        rules.LotCount(at_least=lots, at_most=lots),
        rules.SizeBetween(measure="cases", of="share", at_least=(1 - share) / lots, at_most=(1 + share) / lots),
        rules.Contiguous(),
    ]


MAP = grid(38, 34, regions=4)


def test_many_areas_into_lots_within_limits() -> None:
    """1,292 areas into 12 lots within 5 %: a plan that the audit agrees with, and no bound is claimed."""
    result = lo.design_lots(MAP, within(12, 0.05), [goals.Compactness(measure="cases")])
    assert result.status == Status.FEASIBLE
    assert result.bound is None
    assert result.audit is not None
    assert result.audit.ok
    assert any("without a bound" in note for note in result.limits)


def test_lots_inside_regions() -> None:
    """Where each lot lies inside one region, every region is divided on its own."""
    result = lo.design_lots(
        MAP, [*within(12, 0.2), rules.Within(layer="region")], [goals.Compactness(measure="cases")]
    )
    assert result.audit is not None
    assert result.audit.ok


def test_few_splits_of_districts_as_a_rule() -> None:
    """A side row over the whole plan is kept: districts are split at most 100 times in all."""
    result = lo.design_lots(
        MAP, [*within(10, 0.1), rules.Splits(layer="district", at_most=100)], [goals.Compactness(measure="cases")]
    )
    assert result.audit is not None
    assert result.audit.ok


def test_interfaces_as_a_goal_keep_districts_whole() -> None:
    """At a high price per interface fewer districts are split than by shape alone."""

    def interfaces(weight: float) -> float:
        wanted = [goals.Compactness(measure="cases"), goals.Interfaces(layer="district", weight=weight)]
        result = lo.design_lots(MAP, within(10, 0.1), wanted)
        return result.goals[1].value

    assert interfaces(1000.0) < interfaces(0.0)


def test_the_number_of_lots_may_be_free() -> None:
    """Between 5 and 15 lots at a high price per lot: the fewest that sizes allow, 8 of at most 13 %."""
    asked = [
        rules.LotCount(at_least=5, at_most=15),
        rules.SizeBetween(measure="cases", of="share", at_least=0.02, at_most=0.13),
        rules.Contiguous(),
    ]
    result = lo.design_lots(MAP, asked, [goals.Lots()])
    assert result.objective == 8.0


def test_the_same_seed_gives_the_same_design() -> None:
    """Nothing but the seed decides where time is not limited."""
    one, two = (
        lo.design_lots(MAP, within(6, 0.1), [goals.BorderLength()], solver=SolverOptions(seed=5)) for _ in range(2)
    )
    assert one.plan is not None
    assert two.plan is not None
    assert (one.plan.of == two.plan.of).all()


def test_areas_without_positions() -> None:
    """A map that is a graph alone is divided too."""
    columns = {"area": list(MAP.ids), "cases": MAP.measure("cases").tolist()}
    ends = zip(MAP.borders.a.tolist(), MAP.borders.b.tolist(), MAP.borders.metres.tolist(), strict=True)
    bare = Territory.from_tables(columns, [(MAP.ids[a], MAP.ids[b], m) for a, b, m in ends], measures=["cases"])
    result = lo.design_lots(bare, within(9, 0.1), [goals.BorderLength()])
    assert result.audit is not None
    assert result.audit.ok


def test_no_goal_ends_at_the_first_plan() -> None:
    """Without a goal any plan is best."""
    result = lo.design_lots(MAP, within(7, 0.1), [])
    assert result.status == Status.OPTIMAL
    assert result.audit is not None
    assert result.audit.ok


def test_an_interruption_leaves_the_best_plan() -> None:
    """Ctrl-C once a plan is known: that plan is given, audited, and told as interrupted."""

    def stop(phase: str, objective: float | None, bound: float | None) -> None:
        if phase == "search":
            raise KeyboardInterrupt

    result = lo.design_lots(MAP, within(8, 0.1), [goals.Compactness(measure="cases")], progress=stop)
    assert result.interrupted
    assert result.plan is not None
    assert result.audit is not None
    assert result.audit.ok


def test_no_plan_is_claimed_where_none_exists() -> None:
    """Three lots of which each must lie inside one region of four: every region is smaller than a lot may be."""
    result = lo.design_lots(MAP, [*within(3, 0.3), rules.Within(layer="region")], [goals.BorderLength()])
    assert result.plan is None
    assert result.status == Status.INFEASIBLE


@pytest.mark.parametrize("seed", range(4))
def test_a_small_map_is_divided_as_well_as_possible(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """On 5 x 5 areas the plan costs what the exact engine proves to be least."""
    monkeypatch.setattr(large_module, "EFFORT", 1.0)
    territory = grid(5, 5, seed)
    asked, wanted = within(4, 0.25), [goals.Compactness(measure="cases"), goals.BorderLength()]
    problem = contract(territory, resolve(territory, asked, wanted)).problem
    assert problem.program.atoms < MANY
    exact = solve_partition(problem, SolverOptions(), Clock())
    standing = Standing(problem, SolverOptions(), Clock(), silent)
    large(standing)
    assert exact.status == Status.OPTIMAL
    assert standing.cost == pytest.approx(exact.objective)
    assert standing.best is not None
    assert sorted(np.concatenate(standing.best).tolist()) == list(range(25))
