"""Release packages to be read by tests, and a market in which everything happens that a release may tell."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

from report_cases import GOALS, RULES

from lotopt.allocation import rules as a
from lotopt.allocation.allocation import Allocation
from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.solve import allocate_bids
from lotopt.core.lot import AreaFacts, LotFacts
from lotopt.core.result import Result, Status
from lotopt.design.design import LotDesign
from lotopt.market.bid import Bid, Item, Partner
from lotopt.market.discount import Discount, Tier
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.market.simulate import simulate
from lotopt.market.terms import ItemTerms
from lotopt.report.ocds.release import release

DAY = datetime.date(2026, 3, 1)
PUBLIC = {"buyer": "A council", "date": DAY}
ASKED: dict[str, Any] = {"rules": RULES, "goals": GOALS, "award_goals": (TotalPrice(),)}
LIMITED = (a.EveryItemAwarded(), a.AwardLimit(at_most=2))


def package(
    design: Result[LotDesign] | None, awards: Result[Allocation] | None = None, **options: Any
) -> dict[str, Any]:
    """A release package as whoever reads the file gets it."""
    given = PUBLIC | ASKED | {"award_rules": LIMITED} | options
    return json.loads(json.dumps(release(design, awards, **given), allow_nan=False))


def only(found: dict[str, Any]) -> dict[str, Any]:
    (one,) = found["releases"]
    return one


def market_of_all_kinds() -> Market:
    """Three lots and two services; a consortium, a package, a discount, a cancelled and a direct item, values."""
    lots = tuple(
        LotFacts(f"L{i}", f"Lot {i}", (AreaFacts("E1", volumes={"cases": 2.5}),), {"cases": 2.5}) for i in range(1, 4)
    )
    discount = Discount(tiers=(Tier(start=Decimal(15), discount=Decimal("0.1")),))
    providers = (
        Provider(id="p1", name="One", discount=discount),
        Provider(id="p2", name="Two", partners=(Partner("p3"), Partner("Three's builders", "subcontractor"))),
        Provider(id="p3", name="Three"),
    )
    terms = {
        Item(lot.id, service): ItemTerms(value=Decimal("10.50")) for lot in lots for service in ("debt", "housing")
    }
    terms[Item("L3", "debt")] = ItemTerms(value=Decimal(1), status="cancelled", reason="no funds")
    terms[Item("L3", "housing")] = ItemTerms(value=Decimal(1), status="direct", reason="one supplier")
    bids = (
        Bid.on(("L1", "L2"), id="package", provider="p1", price="20.20", services=("debt",)),
        Bid.on("L1", id="joint", provider="p2", price="9.99", services=("housing",), covers=0.5),
        Bid.on("L2", id="late", provider="p3", price="8.88", services=("housing",), partners=(Partner("Outsider"),)),
        Bid.on("L2", id="loser", provider="p3", price="77.77", services=("housing",)),
    )
    return Market(lots, providers, bids, services=("debt", "housing"), terms=terms)


def with_all_kinds() -> Result[Allocation]:
    """The package wins whole, the consortium 60 % of one lot, and one bid is held in reserve."""
    shares = {"package": Decimal(1), "joint": Decimal("0.6"), "late": Decimal(0)}
    return Result(Allocation.of(market_of_all_kinds(), shares), Status.OPTIMAL)


def simulated_run(design: LotDesign, seed: int) -> Result[Allocation]:
    market = simulate(design, seed=seed, providers=4, measure="cases", values=True)
    return allocate_bids(market, rules=[a.EveryItemAwarded()], goals=[TotalPrice()])
