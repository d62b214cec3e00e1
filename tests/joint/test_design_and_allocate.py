"""Deciding together, by hand: a row of four towns, two providers, every number with its arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

import lotopt as lo
from lotopt.core.errors import InputError
from lotopt.core.result import Status
from lotopt.engine.joint.solve import solve_joint as solved
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.joint.audit import audit_plan
from lotopt.joint.plan import JointPlan
from lotopt.joint.solve import case_of
from lotopt.market.provider import Provider
from lotopt.market.schedule import Band, PriceSchedule
from lotopt.market.schedules import Schedules
from tests.conftest import plan

ROW = plan("ABCD", measures={"cases": "10 20 30 40"}).territory
TWO = [lo.rules.LotCount(at_least=2, at_most=2), lo.rules.Contiguous()]
CHEAP = [lo.goals.TotalPrice()]
EXACT = SolverOptions(gap=0.0)
NO_QUALITY = (
    "price_quality: cannot be kept small while lots are drawn: it needs a quality score and the lowest price for the "
    "same lot, and schedules give neither"
)


def schedules(
    near: Mapping[str, int] | None = None, capacity: Mapping[str, float] | None = None, **more: object
) -> Schedules:
    """West asks 1 a case in the two western towns and 2 in the others, East the other way round; each lot costs 5."""
    west = {"r1c1": Decimal(1), "r1c2": Decimal(1)}
    east = {"r1c3": Decimal(1), "r1c4": Decimal(1)}
    fields = {"measure": "cases", "fixed": Decimal(5), "rate": Decimal(2), **more}
    return Schedules(
        tuple(
            Provider(id=id, kind=kind, capacity={"cases": most} if (most := (capacity or {}).get(id)) else {})
            for id, kind in (("East", "private"), ("West", "voluntary"))
        ),
        {
            "East": PriceSchedule(**fields, rates=east),  # type: ignore[arg-type]
            "West": PriceSchedule(**fields, rates=west),  # type: ignore[arg-type]
        },
    )


def decided(asked: Schedules, *rules: lo.rules.AwardRule, goals: list[object] = CHEAP) -> lo.Result[JointPlan]:  # type: ignore[assignment]
    return lo.design_and_allocate(ROW, asked, [*TWO, *rules], goals, solver=EXACT)  # type: ignore[arg-type]


def served(result: lo.Result[JointPlan]) -> dict[str, tuple[str, ...]]:
    assert result.plan is not None, result.conflict
    return {provider: areas for _, areas, provider in result.plan}


def test_lots_follow_the_prices() -> None:
    """Each town by its cheaper provider: 10 + 20 + 30 + 40 cases at 1, and two lots at 5: 110."""
    result = decided(schedules())
    assert served(result) == {"West": ("r1c1", "r1c2"), "East": ("r1c3", "r1c4")}
    assert result.plan is not None
    assert result.plan.total_price == Decimal(110)
    assert (result.status, result.objective, result.bound) == (Status.OPTIMAL, 110.0, 110.0)


def test_capacity_moves_a_boundary() -> None:
    """East carries 60 cases, not 70, so the third town goes West at 2 a case: 10 + 20 + 60 + 40 + 10 = 140."""
    result = decided(schedules(capacity={"East": 60.0}), lo.rules.Capacity(measure="cases"))
    assert served(result) == {"West": ("r1c1", "r1c2", "r1c3"), "East": ("r1c4",)}
    assert result.objective == 140.0


def test_a_share_of_the_price_moves_a_boundary() -> None:
    """East's 75 are 68 % of 110; at most 55 %: West takes the third town too, 95 of 140, and East has 32 %."""
    result = decided(schedules(), lo.rules.ValueShare(at_most=0.7))
    assert result.objective == 110.0
    result = decided(schedules(), lo.rules.ValueShare(at_most=0.68))
    assert result.objective == 140.0
    assert result.audit is not None
    assert result.audit.ok


def test_a_class_gets_its_share() -> None:
    """West is voluntary and has 35 of 110; it must have half, so it takes the third town, 95 of 140."""
    result = decided(schedules(), lo.rules.ClassShare(classes=("voluntary",), at_least=0.5))
    assert served(result)["West"] == ("r1c1", "r1c2", "r1c3")


def test_one_provider_for_all() -> None:
    """At most one: East asks 30 x 2 + 70 + 10 = 140, West 30 + 70 x 2 + 10 = 180."""
    result = decided(schedules(), lo.rules.MostProviders(at_most=1))
    assert result.plan is not None
    assert set(result.plan.provider_of.values()) == {"East"}
    assert result.objective == 140.0


def test_at_least_two_providers_where_one_is_cheaper() -> None:
    """A dear West: 9 a case. Alone East asks 140; with two providers West takes the first town: 90 + 5 + 115."""
    asked = schedules()
    dear = replace(asked, schedule={**asked.schedule, "West": PriceSchedule(measure="cases", rate=9, fixed=5)})  # type: ignore[arg-type]
    assert decided(dear).objective == 140.0
    result = decided(dear, lo.rules.FewestProviders(at_least=2))
    assert served(result)["West"] == ("r1c1",)
    assert result.objective == 90 + 5 + 40 + 70 + 5


def test_a_budget_right_at_the_price() -> None:
    """110 are enough; 109.99 are not, and the conflict names the rule."""
    assert decided(schedules(), lo.rules.Budget(at_most=Decimal(110))).objective == 110.0
    result = decided(schedules(), lo.rules.Budget(at_most=Decimal("109.99")))
    assert result.status is Status.INFEASIBLE
    assert result.conflict == ("budget: All awards together cost at most 109.99 GBP a year.",)


def test_a_ceiling_on_every_lot() -> None:
    """No lot above 74.99: East's lot of 75 breaks it. West takes the third town at 2 a case, a lot of 95, too dear;
    East takes the second town, 110. So three lots would be needed, and two cannot do."""
    result = decided(schedules(), lo.rules.PriceCeiling(at_most=Decimal("74.99")))
    assert result.status is Status.INFEASIBLE
    assert decided(schedules(), lo.rules.PriceCeiling(at_most=Decimal(75))).objective == 110.0


def test_capacity_that_cannot_carry_everything_is_told() -> None:
    """40 and 50 are less than 100 cases."""
    asked = schedules(capacity={"East": 40.0, "West": 50.0})
    result = decided(asked, lo.rules.Capacity(measure="cases"))
    assert result.status is Status.INFEASIBLE
    assert "capacity: all capacity together is 90 cases, the territory has 100" in result.conflict


def test_goals_of_both_kinds_are_weighed() -> None:
    """A goal on the balance of lots: 10 GBP for each case that a lot is off 50 outweighs 30 GBP of price."""
    goals = [lo.goals.TotalPrice(), lo.goals.Balance(measure="cases", weight=10.0)]
    result = decided(schedules(), goals=goals)  # type: ignore[arg-type]
    assert served(result) == {"West": ("r1c1", "r1c2", "r1c3"), "East": ("r1c4",)}
    assert [(goal.name, goal.value) for goal in result.goals] == [("balance", 20.0), ("total_price", 140.0)]
    assert result.objective == 340.0


def test_mobilisation_keeps_the_incumbent() -> None:
    """West serves the third town now, and East asks 2 more a case there: 30 x 3 against West's 30 x 2."""
    asked = replace(schedules(mobilisation=Decimal(2)), incumbents={"r1c3": "West"})
    assert served(decided(asked))["West"] == ("r1c1", "r1c2", "r1c3")


@pytest.mark.parametrize("start", ["29.5", "30", "30.5", "70", "100"])
def test_volume_bands_at_their_edges(start: str) -> None:
    """Beyond `start` cases of a lot every case costs 1 more: the engine's price is the schedule's, to the penny."""
    bands = (Band(start=Decimal(0), rate=Decimal("0.335")), Band(start=Decimal(start), rate=Decimal("1.335")))
    result = decided(schedules(volume_bands=bands))
    assert result.plan is not None
    assert result.audit is not None
    assert result.audit.ok
    over = max(Decimal(0), Decimal(30) - Decimal(start)), max(Decimal(0), Decimal(70) - Decimal(start))
    as_drawn = (
        Decimal(110) + sum((Decimal("0.335") * size).quantize(Decimal("0.01")) for size in (30, 70)) + sum(over)
    )
    assert result.plan.total_price <= as_drawn + Decimal("0.01")
    assert result.bound is not None
    assert result.objective is not None
    assert result.objective - result.bound <= 0.0201


def test_every_award_is_explained_by_the_market_of_its_lots() -> None:
    """The market holds what every provider asks for each lot drawn; the winner's price is one of them."""
    result = decided(schedules())
    assert result.plan is not None
    market = result.plan.market
    assert {bid.id: bid.price for bid in market.bids} == {"East-L1": 65, "East-L2": 75, "West-L1": 35, "West-L2": 145}
    assert result.plan._repr_html_().startswith(f"<p>{str(result.plan).splitlines()[0]}</p><table")
    frame = result.plan.to_frame()
    assert list(frame["provider"]) == ["West", "East"]
    assert list(frame["areas"]) == [2, 2]


def test_the_audit_knows_a_wrong_price() -> None:
    """An award at another price than its schedule asks is a fault, whatever the market says."""
    asked = schedules()
    result = decided(asked)
    assert result.plan is not None
    case = case_of(ROW, schedules(rate_km=Decimal(0), fixed=Decimal(6)), TWO, CHEAP)
    audit = audit_plan(result.plan, case, 110.0)
    assert audit.faults == (
        "lot L1: awarded at 35.00, the schedule of West asks 36.00",
        "lot L2: awarded at 75.00, the schedule of East asks 76.00",
    )


def test_everything_that_cannot_be_held_is_told_at_once() -> None:
    """Rules that name lots, several winners, goals that need quality, names that are wrong."""
    rules = [
        lo.rules.EveryItemAwarded(winners=2),
        lo.rules.PriceCeiling(at_most=Decimal(5), excepted=("L1",)),
        lo.rules.Incompatible(lots=("L1", "L2")),
        lo.rules.Coverage(at_least=1.5),
        lo.rules.Capacity(measure="cases"),
        lo.rules.SizeBetween(measure="people"),
    ]
    with pytest.raises(InputError) as caught:
        lo.design_and_allocate(ROW, schedules(), rules, [lo.goals.PriceQuality()])
    told = [problem.replace("cannot be held while lots are drawn: it ", "") for problem in caught.value.problems]
    assert told == [
        "size_between: measure: no measure 'people'; possible: cases",
        "every_item_awarded: asks 2 winners for every lot, and lots drawn together with awards have one",
        "price_ceiling: lets lots off by name, and no lot has a name before it is drawn; leave out except",
        "incompatible: keeps lots apart by name, and no lot has a name before it is drawn",
        "coverage: asks 1.5 of every need, and one provider with a schedule meets 1",
        "capacity: no provider states a capacity of 'cases'; there is none",
        NO_QUALITY,
    ]


def test_a_ceiling_does_not_go_with_volume_bands() -> None:
    """A limit on the price of one lot is no sum over its areas then."""
    bands = (Band(start=Decimal(0), rate=Decimal(1)),)
    with pytest.raises(InputError, match="cannot be held while lots are drawn at prices with volume bands, as East"):
        decided(schedules(volume_bands=bands), lo.rules.PriceCeiling(at_most=Decimal(100)))


def test_the_same_input_gives_the_same_plan_whatever_the_seed() -> None:
    """Two providers that ask the same, so that many plans are as good."""
    asked = schedules()
    same = replace(asked, schedule=dict.fromkeys(asked.schedule, PriceSchedule(measure="cases", rate=1, fixed=5)))  # type: ignore[arg-type]
    found = [
        lo.design_and_allocate(ROW, same, TWO, CHEAP, solver=SolverOptions(seed=seed)).plan.to_frame()  # type: ignore[union-attr]
        for seed in (1, 2, 3)
    ]
    assert all(frame.equals(found[0]) for frame in found[1:])


def test_a_stop_gives_the_best_plan_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C after the engine has a plan: it is measured and audited all the same, and told as interrupted."""

    def stopped(*arguments: object, **options: object) -> object:
        return replace(solved(*arguments, **options), interrupted=True, bound=None, status=Status.FEASIBLE)  # type: ignore[arg-type]

    monkeypatch.setattr("lotopt.joint.solve.solve_joint", stopped)
    result = decided(schedules())
    assert result.interrupted
    assert (result.status, result.objective, result.bound) == (Status.FEASIBLE, 110.0, None)
    assert result.audit is not None
    assert result.audit.ok


def test_a_limit_kept_only_by_rounding_is_solved_again_with_room() -> None:
    """Bands in tenths of a penny: what the engine takes for a penny less than the limit may be a penny more. Whatever
    the limit, a plan that is given keeps it to the penny, and the bound allows for the rounding."""
    bands = (Band(start=Decimal(0), rate=Decimal("0.0503")),)
    asked = schedules(volume_bands=bands)
    free = decided(asked)
    assert free.plan is not None
    price = free.plan.total_price
    for pence in range(-2, 3):
        limit = price + Decimal(pence) / 100
        result = decided(asked, lo.rules.Budget(at_most=limit))
        if result.plan is None:
            assert pence < 0
            continue
        assert result.audit is not None
        assert result.audit.ok
        assert result.plan.total_price <= limit
