"""The simulated market of the study: the same providers ask for every design."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache

import numpy as np

import lotopt as lo
from benchmarks.coherence.place import territory
from benchmarks.coherence.settings import MEASURE, PROVIDERS, SEED
from lotopt.joint.offers import with_incumbents
from lotopt.market.draws import generator

# A provider can carry contracts of this part of what its capacity would cost at the usual rate, in all.
FUNDING = (0.5, 0.8)
RATE = Decimal(80)


@cache
def schedules() -> lo.Schedules:
    """Eight made-up providers. Each asks a fixed charge for a lot, whatever its size (which is what makes large lots
    cheap), a rate for each crime, more for each km from its home, and mobilisation where it takes over an area.

    Who serves an area now is the provider whose home is nearest: that favours no design. A capacity is a quarter to a
    half of all demand, and `funding` the largest contract that a provider can carry.
    """
    ground = territory()
    made = lo.simulate_schedules(ground, seed=SEED, providers=PROVIDERS, measure=MEASURE, rate=float(RATE))
    at = {p.id: (made.schedule[p.id].x_km or 0.0, made.schedule[p.id].y_km or 0.0) for p in made.offering}
    homes, places = np.array(list(at.values())), ground.xy / 1000
    nearest = ((places[:, None, :] - homes[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
    incumbents = {area: list(at)[k] for area, k in zip(ground.ids, nearest.tolist(), strict=True)}
    funded = tuple(
        provider.model_copy(update={"funding": _funding(provider.id, provider.capacity[MEASURE])})
        for provider in made.providers
    )
    return with_incumbents(replace(made, providers=funded), incumbents)


def _funding(provider: str, capacity: float) -> Decimal:
    part = generator(SEED, "funding", provider).uniform(*FUNDING)
    return (RATE * Decimal(str(round(capacity * part)))).quantize(Decimal(1))
