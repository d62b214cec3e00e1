"""Winner determination as one would write it down: one binary for each bid, rows read straight from the bids."""

from __future__ import annotations

import numpy as np

from benchmarks.instances import Award
from benchmarks.peers.model import Floats, Model
from benchmarks.terms import NotAskedError, Task


def allocation_milp(task: Task) -> Model:
    """One binary for each bid; prices in GBP."""
    assert isinstance(task.instance, Award)
    market = task.market
    rules = {rule.kind: rule for rule in task.instance.rules}
    if set(rules) != {"every_item_awarded", "award_limit", "capacity"}:
        raise NotAskedError("the plain MILP here states every_item_awarded, award_limit and capacity")
    most, measure = rules["award_limit"].at_most, rules["capacity"].measure  # type: ignore[attr-defined]
    model = Model()
    on: dict[object, list[int]] = {item: [] for item in market.items}
    of: dict[str, list[int]] = {provider.id: [] for provider in market.providers}
    for bid in market.bids:
        column = model.column(float(bid.price))
        of[bid.provider].append(column)
        for item in bid.items:
            on[item].append(column)
    for columns in on.values():
        model.row(columns, 1.0, 1.0, 1.0)
    for provider in market.providers:
        bids = [market.bids[j] for j in of[provider.id]]
        if bids:
            model.row(of[provider.id], [float(len(bid.items)) for bid in bids], high=most)
            taken = [sum(market.lot[item.lot].volumes[measure] for item in bid.items) for bid in bids]
            model.row(of[provider.id], taken, high=provider.capacity[measure])

    def plan_of(values: Floats) -> list[object]:
        return [market.bids[j].id for j in np.flatnonzero(values > 0.5)]

    model.plan_of = plan_of
    return model
