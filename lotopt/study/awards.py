"""Awards made by hand or by an earlier run, read from a file and measured on the ground of a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from lotopt.allocation.allocation import Allocation, Award
from lotopt.core.errors import InputError, Problems, did_you_mean
from lotopt.core.reading import Audit
from lotopt.design.design import LotDesign
from lotopt.market.market import Market
from lotopt.market.money import exact
from lotopt.market.rows import Row, read_csv
from lotopt.study.ground import Ground
from lotopt.study.offers import market_of

# The columns of awards.csv as a run writes it; a file made by hand needs few of them.
COLUMNS = (
    *("lot", "lot_name", "service", "provider", "provider_name", "group", "bid", "price", "bid_price"),
    *("items_in_bid", "quality", "covers", "share", "simulated"),
)


def read_awards(file: str | Path, ground: Ground, plan: LotDesign | None) -> Allocation:
    """The awards of a plan from a CSV file.

    Where lots and awards are decided together its columns are lot, provider and, if wanted, price (GBP a year);
    where bids were made, bid and, if wanted, share (of the work, a fraction) and bid_price (what is paid for all of
    it). Other columns of a run's awards.csv are passed over. A price that is given is kept as it is, for the audit to
    hold against schedule or bid. There is no plan where the market brings its own lots. Raises InputError with every
    problem of the file, or of the market.
    """
    path = Path(file)
    problems = Problems(path.name)
    together = ground.schedules is not None
    market = ground.market
    if market is None and plan is not None:
        schedules = ground.schedules
        market = schedules.market(plan) if schedules else market_of(ground.scenario, ground.territory, plan)
    if market is None:
        raise InputError(path.name, "the scenario has no [market] to hold awards against")
    if not path.is_file():
        raise InputError(str(file), "there is no such file")
    table = read_csv(path, path.name)
    if not table.checked(("lot", "provider") if together else ("bid",), COLUMNS, (), problems):
        problems.check()
    rows = table.read(problems)
    if together and plan is not None:
        found = list(_of_schedules(rows, market, plan))
        problems.check()
        return Allocation(market, tuple(found))
    return _of_bids(rows, market, problems)


def _of_schedules(rows: Iterator[Row], market: Market, plan: LotDesign) -> Iterator[Award]:
    """One award for each row: a lot, its provider, and the price if there is one."""
    offers = {(bid.lots[0], bid.provider): bid for bid in market.bids}
    providers = sorted({provider for _, provider in offers})
    seen: set[str] = set()
    for row in rows:
        lot, provider = row.text("lot", required=True), row.text("provider", required=True)
        if lot and lot not in plan.lots:
            row.fault("lot", f"no lot '{lot}' in the plan; {did_you_mean(lot, plan.lots)}")
        elif lot in seen:
            row.fault("lot", f"'{lot}' is there twice; each lot has one provider")
        if provider and provider not in providers:
            row.fault("provider", f"no provider '{provider}' asks a price; {did_you_mean(provider, providers)}")
        price = row.money("price", zero=True)
        seen.add(lot)
        if not row.faulty:
            award = Award.of(market, offers[lot, provider])
            yield award if price is None else replace(award, price=price)


def _of_bids(rows: Iterator[Row], market: Market, problems: Problems) -> Allocation:
    """One award for each bid that is named, however many rows name it."""
    shares: dict[str, Decimal] = {}
    prices: dict[str, Decimal] = {}
    for row in rows:
        bid, price = row.text("bid", required=True), row.money("bid_price", zero=True)
        share = row.number_between("share", 0, 1)
        if bid and bid not in market.bid:
            row.fault("bid", f"no bid '{bid}'; {did_you_mean(bid, sorted(market.bid))}")
        if bid in shares or row.faulty:
            continue
        shares[bid] = Decimal(1) if share is None else exact(share)
        if price is not None:
            prices[bid] = price
    problems.check()
    found = Allocation.of(market, shares)
    told = tuple(replace(award, price=prices.get(award.bid, award.price)) for award in found.awards)
    return Allocation(market, told)


def audit_awards(ground: Ground, plan: LotDesign | None, awards: Allocation) -> Audit:
    """Lots and awards measured against every rule and goal, prices asked of schedules or bids again.

    Without a plan the market brings its own lots, and the awards alone are measured. The objective is the sum of all
    goals where both are decided together, and that of the awards' otherwise. Raises InputError when a clause speaks
    of something that is not there.
    """
    allocation = ground.scenario.allocation
    assert allocation is not None  # reading a scenario holds that a market has one
    if plan is not None and ground.schedules is not None:
        from lotopt.joint.audit import audit_plan
        from lotopt.joint.plan import JointPlan
        from lotopt.joint.solve import case_of

        rules, goals = (*ground.rules, *allocation.rules), (*ground.goals, *allocation.goals)
        return audit_plan(JointPlan(plan, awards), case_of(ground.territory, ground.schedules, rules, goals))
    from lotopt.allocation.audit import audit_allocation
    from lotopt.design.audit import audit_design

    found = audit_allocation(awards, allocation.rules, allocation.goals)
    if plan is None:
        return found
    lots = audit_design(plan, ground.rules, ground.goals)
    readings = (*lots.readings, *found.readings)
    return Audit(readings, (*lots.faults, *found.faults), found.objective, (*lots.notes, *found.notes))
