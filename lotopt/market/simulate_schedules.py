"""Made-up price schedules for trying things out: the same for the same seed, and labelled as simulated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from lotopt.core.errors import InputError, did_you_mean
from lotopt.core.lot import AreaFacts
from lotopt.market.draws import generator, homes_of, made_up, rounded
from lotopt.market.provider import Provider
from lotopt.market.schedule import PriceSchedule
from lotopt.market.schedules import Schedules

MADE_UP = "These price schedules are made up: no provider, rate or capacity in them is real."


def simulate_schedules(
    areas: Sequence[AreaFacts],
    *,
    seed: int = 1,
    providers: int | Sequence[Provider] = 8,
    measure: str | None = None,
    rate: float = 80.0,
    incumbents: Mapping[str, str] | None = None,
) -> Schedules:
    """What made-up providers ask for any lot of some areas: homes, fixed charges, rates, rates per km, capacity.

    `measure` is what prices and capacities go by, the first of the areas' measures unless given; `rate` is the usual
    price per unit of it, in GBP. Each can carry a quarter to a half of all there is. Every draw depends on the seed
    and the provider alone, so the order of areas changes nothing. `incumbents` say who serves an area now (area id:
    provider id): taking it over costs a tenth to a fifth of the rate. Raises InputError for a measure the areas do
    not have.
    """
    measure = _measure(areas, measure)
    places = sorted(areas, key=lambda area: area.id)
    whole = math.fsum(area.volumes[measure] for area in places)
    given = made_up(providers) if isinstance(providers, int) else tuple(providers)
    homes = homes_of(given, places, measure, seed)
    who, schedule = [], {}
    for provider in given:
        draw = generator(seed, "schedule", provider.id)
        home, unit = homes.get(provider.id), rate * draw.uniform(0.88, 1.12)
        schedule[provider.id] = PriceSchedule(
            measure=measure,
            fixed=rounded(draw.uniform(0.001, 0.004) * rate * max(whole, 1.0)),
            rate=rounded(unit),
            rate_km=rounded(unit * draw.uniform(0.0004, 0.0012), "0.0001"),
            x_km=home.x_km if home else None,
            y_km=home.y_km if home else None,
            mobilisation=rounded(unit * draw.uniform(0.1, 0.2)),
        )
        carried = math.ceil(draw.uniform(0.25, 0.5) * whole)
        changes = {
            "capacity": dict(provider.capacity) or {measure: float(carried)},
            "home": provider.home or (home.id if home else ""),
        }
        who.append(provider.model_copy(update=changes))
    source = f"simulated schedules, seed {seed}"
    return Schedules(tuple(who), schedule, dict(incumbents or {}), simulated=True, source=source, notes=(MADE_UP,))


def _measure(areas: Sequence[AreaFacts], measure: str | None) -> str:
    known = [name for name in (areas[0].volumes if areas else {}) if all(name in area.volumes for area in areas)]
    if not known or (measure is not None and measure not in known):
        told = did_you_mean(measure or "", known)
        raise InputError("simulate", f"no measure '{measure or ''}' in every area; {told}")
    return measure or known[0]
