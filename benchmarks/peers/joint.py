"""Lots and awards together as one would write it down: which lot an atom is in, and whose the lot is."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.instances import Joint
from benchmarks.offers import Offers
from benchmarks.peers.assignment import MOST_ENTRIES, Assignment
from benchmarks.peers.model import Floats, Model
from benchmarks.terms import NotAskedError, Task
from lotopt.core.lot import AreaFacts
from lotopt.design.problem import Contracted
from lotopt.market.provider import LOTS


def prices(offers: Offers, contracted: Contracted) -> tuple[list[str], Floats, Floats]:
    """Providers, what each asks for any lot (P,), and for each atom in it (P, n), in GBP."""
    territory = offers.territory
    who = [provider.id for provider in offers.schedules.offering]
    each = np.zeros((len(who), contracted.problem.program.atoms))
    fixed = np.zeros(len(who))
    for p, provider in enumerate(who):
        schedule = offers.schedules.schedule[provider]
        volume = territory.measure(schedule.measure)
        fixed[p] = float(schedule.fixed)
        for i, area in enumerate(territory.ids):
            facts = AreaFacts(
                area, float(territory.xy[i, 0] / 1000), float(territory.xy[i, 1] / 1000),
                {schedule.measure: float(volume[i])},
            )  # fmt: skip
            each[p, contracted.atom_of[i]] += float(schedule.price_of_area(facts))
    return who, fixed, each


def joint_milp(task: Task) -> Model:
    """The assignment model with a copy for each provider: z[i, j, p], atom i is in the lot of j, which p serves.

    Sum over p of z is the assignment itself; z[i, j, p] <= z[j, j, p] gives a lot one provider. Capacity, lots won
    and share of the price are rows over z.
    """
    instance, offers = task.instance, task.ground
    assert isinstance(instance, Joint)
    assert isinstance(offers, Offers)
    if instance.goals:
        raise NotAskedError("the joint model here minimises the price alone")
    problem = task.problem
    who, fixed, each = prices(offers, task.contracted)
    lots = Assignment(problem, "smallest")
    if len(lots.x) * len(who) * 8 > MOST_ENTRIES:
        raise NotAskedError(f"more than {MOST_ENTRIES:,} entries: not written down")
    model, x = lots.stated(), lots.x
    z = {
        (i, j, p): model.column(float(each[p, i] + (fixed[p] if i == j else 0.0)))
        for i, j in x for p in range(len(who))
    }  # fmt: skip
    for i, j in x:
        own = [z[i, j, p] for p in range(len(who))]
        model.row([*own, x[i, j]], [*([1.0] * len(who)), -1.0], 0.0, 0.0)
        if i != j:
            for p in range(len(who)):
                model.row([z[i, j, p], z[j, j, p]], [1.0, -1.0], high=0.0)
    heads = [[z[j, j, p] for j in range(problem.program.atoms)] for p in range(len(who))]
    mine = [[z[i, j, p] for i, j in x] for p in range(len(who))]
    atoms = [i for i, _ in x]
    value = np.array([[model.cost[column] for column in own] for own in mine])
    for rule in instance.awards:
        if rule.kind == "award_limit":
            for own in heads:
                model.row(own, 1.0, high=float(rule.at_most))  # type: ignore[attr-defined]
        elif rule.kind == "capacity":
            measure = rule.measure  # type: ignore[attr-defined]
            volume = np.bincount(task.contracted.atom_of, weights=task.territory.measure(measure))
            for p, provider in enumerate(offers.schedules.offering):
                most = provider.capacity.get(measure, math.inf)
                model.row(mine[p], volume[atoms], high=most, unit=float(volume.mean()))
                if LOTS in provider.capacity:
                    model.row(heads[p], 1.0, high=provider.capacity[LOTS])
        elif rule.kind == "value_share":
            share = float(rule.at_most)  # type: ignore[attr-defined]
            everything = [column for own in mine for column in own]
            for p in range(len(who)):
                worth = -share * value.ravel()
                worth[p * len(atoms) : (p + 1) * len(atoms)] += value[p]
                model.row(everything, worth, high=0.0, unit=float(value.mean()))
        elif rule.kind != "every_item_awarded":
            raise NotAskedError(f"the joint model here does not state {rule.kind}")

    def plan_of(values: Floats) -> list[object]:
        place: list[object] = [(0, "")] * problem.program.atoms
        for (i, j, p), column in z.items():
            if values[column] > 0.5:
                place[i] = (j, who[p])
        return task.areas(place)

    model.plan_of = plan_of
    return model
