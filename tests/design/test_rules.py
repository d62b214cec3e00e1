"""One rule or goal at a time, on maps drawn in letters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from lotopt.core.errors import InputError
from lotopt.core.result import Result, Status
from lotopt.design import goals as g
from lotopt.design import rules as r
from lotopt.design.audit import audit_design
from lotopt.design.clause import DesignGoal, DesignRule
from lotopt.design.design import LotDesign
from lotopt.design.solve import design_lots
from lotopt.engine.columns import choose
from lotopt.engine.model.rows import Answer, Master, judged
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.explicit import solve_explicit
from lotopt.engine.solve.solvers import SolverOptions, available
from tests.conftest import Drawn, plan

TWO = r.LotCount(at_least=2, at_most=2)
SHORT = g.BorderLength()


def solve(drawn: Drawn, rules: Sequence[DesignRule], goals: Sequence[DesignGoal] = (SHORT,)) -> Result[LotDesign]:
    result = design_lots(drawn.territory, rules, goals, solver=SolverOptions(gap=0.0))
    assert result.audit is None or result.audit.ok, str(result.audit)
    return result


def letters(drawn: Drawn, result: Result[LotDesign]) -> str:
    """The design as letters in the order of the areas: A for the first lot met, B for the next."""
    assert result.plan is not None, result.conflict
    return "".join("ABCDEFGH"[lot] for lot in result.plan.of)


def test_the_shortest_border_is_found() -> None:
    """Six squares in two rows: two equal lots share 2 km along the long way, 3 km the other way."""
    drawn = plan("AAA / AAA")
    result = solve(drawn, [TWO, r.SizeBetween(measure="cases", at_least=2, at_most=4), r.Contiguous()])
    assert result.status == Status.OPTIMAL
    assert result.objective == result.bound == 2.0


def test_a_whole_agency_is_not_split() -> None:
    """Without the rule the cheapest cut goes through the police area X; with it, around it."""
    drawn = plan("AAAA", layers={"police": "YXXZ"})
    even = [TWO, r.Contiguous(), r.SizeBetween(measure="cases", at_least=1, at_most=3)]
    assert letters(drawn, solve(drawn, [*even, r.Whole(layer="police")])) in {"ABBB", "AAAB"}
    assert letters(drawn, solve(drawn, even, [g.Balance(measure="cases")])) == "AABB"


def test_an_agency_in_two_pieces_needs_what_lies_between() -> None:
    """X lies at both ends of a row: kept whole and contiguous, its lot holds everything."""
    drawn = plan("AAA", layers={"police": "XYX"})
    one = solve(drawn, [r.Contiguous(), r.Whole(layer="police")], [])
    assert letters(drawn, one) == "AAA"
    assert solve(drawn, [TWO, r.Contiguous(), r.Whole(layer="police")]).status == Status.INFEASIBLE
    assert letters(drawn, solve(drawn, [TWO, r.Whole(layer="police")], [])) == "ABA"


def test_an_agency_too_large_is_told_and_can_be_let_off() -> None:
    """London alone passes the limit: the conflict names it and the remedy, and the remedy works."""
    drawn = plan("AAAAAA", layers={"police": "LLLLXY"})
    rules = [r.Contiguous(), r.Whole(layer="police"), r.SizeBetween(measure="cases", at_most=3)]
    refused = solve(drawn, rules)
    assert refused.status == Status.INFEASIBLE
    assert "L has 4 cases, more than size_between lets a lot have (3)" in refused.conflict[1]
    assert 'except = ["L"]' in refused.conflict[1]
    let_off = r.SizeBetween(measure="cases", at_most=3, excepted=("L",))
    assert solve(drawn, [*rules[:2], let_off]).status == Status.OPTIMAL
    split = solve(drawn, [r.Contiguous(), r.Whole(layer="police", excepted=("L",)), rules[2]])
    assert split.status == Status.OPTIMAL


def test_the_ferry_counts_unless_left_out() -> None:
    """The island joins the mainland lot by ferry; without ferries no lot of two pieces exists."""
    drawn = plan("AA.A", links=[("r1c2", "r1c4", "ferry")])
    one = r.LotCount(at_least=1, at_most=1)
    assert solve(drawn, [one, r.Contiguous()], []).status == Status.OPTIMAL
    refused = solve(drawn, [one, r.Contiguous(leave_out=("ferry",)), r.SizeBetween(measure="cases", at_least=2)], [])
    assert refused.status == Status.INFEASIBLE
    assert any("no border or link that contiguous counts leads there" in line for line in refused.conflict)


def test_pinned_areas_keep_the_name_of_their_lot() -> None:
    """Lots pinned by name come back under that name, the rest is numbered."""
    drawn = plan("AAAA")
    result = solve(
        drawn,
        [r.LotCount(at_least=3, at_most=3), r.Contiguous(), r.Fixed(lots={"West": ("r1c1",), "L1": ("r1c4",)})],
        [g.Balance(measure="cases")],
    )
    assert result.plan is not None
    assert result.plan.lot_of["r1c1"] == "West"
    assert result.plan.lot_of["r1c4"] == "L1"
    assert set(result.plan.lots) == {"West", "L1", "L2"}


def test_nobody_joins_a_lot_that_is_complete() -> None:
    """Of four squares the first alone is the lot West: an even split is not possible, and the audit says why."""
    drawn = plan("AABB")
    pinned = r.Fixed(lots={"West": ("r1c1",)}, complete=True)
    assert letters(drawn, solve(drawn, [TWO, r.Contiguous(), pinned])) == "ABBB"
    even = LotDesign.from_mapping(drawn.territory, {"r1c1": "West", "r1c2": "West", "r1c3": "B", "r1c4": "B"})
    assert [str(reading) for reading in audit_design(even, [pinned]).broken] == [
        "West: 2 of the named lots and the rest, more than 1"
    ]


def test_a_lot_that_meets_its_limit_to_the_last_digit_is_legal() -> None:
    """28 % of 100,000,000 is 28,000,000.000000004 in doubles: a lot of 28,000,000 and an empty area still counts."""
    drawn = plan("AABC", measures={"budget": "28000000 0 36000000 36000000"})
    even = r.SizeBetween(measure="budget", of="share", at_least=0.28, at_most=0.4)
    result = solve(drawn, [r.LotCount(at_least=3, at_most=3), even, r.Contiguous()])
    assert result.status == Status.OPTIMAL
    assert result.objective == 2.0


def test_splits_are_counted_over_all_agencies() -> None:
    """Two agencies of two squares into three lots need one split."""
    drawn = plan("AAAA", layers={"police": "XXYY"})
    three = [r.LotCount(at_least=3, at_most=3), r.Contiguous()]
    assert solve(drawn, [*three, r.Splits(layer="police", at_most=1)]).status == Status.OPTIMAL
    assert solve(drawn, [*three, r.Splits(layer="police", at_most=0)]).status == Status.INFEASIBLE


def test_change_keeps_the_old_lots_where_it_can() -> None:
    """From AABB to lots of one and three squares one square has to move."""
    drawn = plan("AABB")
    territory = drawn.territory.with_design(drawn.partition)
    result = design_lots(
        territory,
        [TWO, r.Contiguous(), r.SizeBetween(measure="cases", at_least=1, at_most=3), r.KeepTogether(
            places=("r1c1", "r1c2", "r1c3"))],
        [g.ChangeFrom(design="drawn", measure="cases")],
    )  # fmt: skip
    assert result.objective == 1.0


def test_a_broken_plan_drawn_by_hand_is_told_with_numbers() -> None:
    """The audit of a drawn plan says which rule, where and by how much."""
    drawn = plan("ABA", layers={"police": "XXY"})
    design = LotDesign.from_partition(drawn.territory, drawn.partition)
    audit = audit_design(
        design, [r.Contiguous(), r.Whole(layer="police"), r.SizeBetween(measure="cases", at_least=2)]
    )
    assert [str(reading) for reading in audit.broken] == [
        "A: 2 pieces, more than 1",
        "X: 2 lots, more than 1",
        "B: 1 cases, less than 2",
    ]


def test_names_that_are_not_known_are_told_together() -> None:
    """Every clause with a wrong name is in one message, each with what is possible."""
    drawn = plan("AB", layers={"police": "XY"})
    with pytest.raises(InputError) as told:
        design_lots(
            drawn.territory,
            [r.Whole(layer="polices"), r.KeepTogether(places=("r1c1", "nowhere")), r.Contiguous(links=("tunnel",))],
            [g.Compactness(measure="casses"), g.Balance(measure="cases")],
        )
    text = str(told.value)
    for part in (
        "no layer 'polices'; did you mean 'police'?",
        "no area or agency 'nowhere'",
        "no kind of border 'tunnel'",
        "did you mean 'cases'?",
        "balance: the mean lot is not known",
    ):
        assert part in text


@pytest.mark.parametrize("solver", available())
def test_every_solver_gives_the_same_plan(solver: str) -> None:
    """Whichever solver chooses, the plan is the same, ties included."""
    drawn = plan("AAAA / AAAA / AAAA")
    rules = [r.LotCount(at_least=3, at_most=3), r.SizeBetween(measure="cases", at_least=3, at_most=5), r.Contiguous()]
    found = {
        letters(drawn, design_lots(drawn.territory, rules, [SHORT], solver=SolverOptions(name=name, seed=seed)))
        for name in {solver, "highs"}
        for seed in (1, 2)
    }
    assert len(found) == 1


def test_a_small_price_counts_beside_large_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver whose tolerance hides a saving of 0.000003 beside costs of 1e9 is asked again without those costs."""
    drawn = plan("ABCDEF", measures={"people": "1e9 1e9 1e9 1e9 1e9 0"})
    asked = []

    def coarse(master: Master, options: SolverOptions, clock: Clock, *rest: object) -> Answer:
        asked.append(master.size)
        if len(asked) > 1:
            return solve_explicit(master, options, clock)
        single = np.array([j for j, key in enumerate(master.keys) if " " not in str(key)])
        return judged(master, single, master.objective(single), options.gap)  # six lots, taken for the best

    monkeypatch.setattr(choose, "solve_explicit", coarse)
    result = solve(drawn, [r.Contiguous()], [g.Compactness(measure="people"), g.Lots(weight=3e-6)])
    assert len(asked) == 2
    assert asked[1] < asked[0]
    assert result.status == Status.OPTIMAL
    assert result.objective == pytest.approx(1.5e-5, rel=1e-9)  # five lots: the empty area joins its neighbour
    assert result.bound == pytest.approx(1.5e-5, rel=1e-9)
