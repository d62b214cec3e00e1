"""What a solve of a small design might have given."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lotopt.allocation.allocation import Allocation
from lotopt.core.reading import Audit
from lotopt.core.result import GoalValue, Phase, Result, Status
from lotopt.design import goals as g
from lotopt.design import rules as r
from lotopt.design.design import LotDesign
from lotopt.market.bid import Bid
from lotopt.market.market import Market
from lotopt.market.provider import Provider

EVIL_AREA = "<img src=x onerror=alert(1)>"
EVIL_PROVIDER = "</script><script>alert(2)</script>"
RULES = (r.LotCount(at_least=3, at_most=3), r.SizeBetween(measure="cases", at_least=2, at_most=4))
GOALS = (g.Compactness(measure="cases"),)


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
