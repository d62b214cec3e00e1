"""What a solve of a small design might have given."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.goals import TotalPrice
from lotopt.core.reading import Audit
from lotopt.core.result import GoalValue, Phase, Result, Status
from lotopt.design import goals as g
from lotopt.design import rules as r
from lotopt.design.design import LotDesign
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.joint.solve import design_and_allocate
from lotopt.joint.value import lots_first
from lotopt.market.bid import Bid
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.market.schedule import PriceSchedule
from lotopt.market.schedules import Schedules
from lotopt.study.together import Together
from tests.conftest import plan

EVIL_AREA = "<img src=x onerror=alert(1)>"
EVIL_PROVIDER = "</script><script>alert(2)</script>"
RULES = (r.LotCount(at_least=3, at_most=3), r.SizeBetween(measure="cases", at_least=2, at_most=4))
GOALS = (g.Compactness(measure="cases"),)
TOGETHER_RULES = (r.LotCount(at_least=2, at_most=2), r.Contiguous())
TOGETHER_GOALS = (TotalPrice(),)


def solved(design: LotDesign, rules: Sequence[r.LotCount | r.SizeBetween] = RULES) -> Result[LotDesign]:
    """A result as the engine gives it, with the readings of the rules as its audit."""
    goals = tuple(GoalValue(x.label, x.value(design.territory, design.table), x.unit, x.weight) for x in GOALS)
    readings = [reading for rule in rules for reading in rule.readings(design.territory, design.table)]
    objective = sum(goal.product for goal in goals)
    return Result(
        design,
        Status.OPTIMAL,
        objective,
        objective,
        seconds=0.5,
        phases=(Phase("relaxation", 0.5, "12 columns"),),
        goals=goals,
        audit=Audit(tuple(readings), objective=objective),
        provenance={"lotopt": "0.1.0", "seed": 1, "inputs": {"areas.csv": "ab12"}},
    )


def awarded(design: LotDesign, simulated: bool = False) -> Result[Allocation]:
    """One bid per lot: 1000.10, 2000.10, 3000.10 GBP a year, all won."""
    bids = tuple(
        Bid.on(lot, id=f"=bid{i}", provider=f"p{i % 2}", price=Decimal(f"{i + 1}000.10"))
        for i, lot in enumerate(design.lots)
    )
    providers = (Provider(id="p0", name=EVIL_PROVIDER), Provider(id="p1", name="Second Chance"))
    market = Market(design.facts(), providers, bids, simulated=simulated)
    plan = Allocation.of(market, [bid.id for bid in bids])
    return Result(plan, Status.OPTIMAL, 6000.30, 6000.30, phases=(Phase("MILP", 0.1),), audit=Audit(()))


def decided_together() -> Together:
    """Two lots of four towns: together 50 GBP a year, lots first 70 (arithmetic: tests/joint/test_value.py)."""
    ground = plan("ABCD", measures={"cases": "10 10 10 10"}).territory
    asked = {
        "One": PriceSchedule(measure="cases", fixed=Decimal(5), rate=Decimal(3), rates={"r1c1": Decimal(1)}),
        "Two": PriceSchedule(measure="cases", fixed=Decimal(5), rate=Decimal(1), rates={"r1c1": Decimal(3)}),
    }
    schedules = Schedules((Provider(id="One", name=EVIL_PROVIDER), Provider(id="Two")), asked, simulated=True)
    exact = SolverOptions(gap=0.0)
    result = design_and_allocate(ground, schedules, TOGETHER_RULES, TOGETHER_GOALS, solver=exact)
    return Together(result, lots_first(ground, schedules, TOGETHER_RULES, TOGETHER_GOALS, solver=exact))
