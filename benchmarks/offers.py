"""Made-up providers on a map, each with a price schedule; the same for the same seed on every machine."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.maps import Map
    from lotopt.market.schedules import Schedules
    from lotopt.territory.territory import Territory


LARGEST_LOT = 0.2  # share of the need that every provider can carry, so that there is someone for each lot


@dataclass(frozen=True, eq=False)
class Offers:
    """A map, and what every provider asks for any lot of it."""

    territory: Territory
    schedules: Schedules

    def content(self) -> list[Any]:
        """All that a price depends on, for the fingerprint."""
        found: list[Any] = []
        for provider in self.schedules.offering:
            schedule = self.schedules.schedule[provider.id]
            asked = [str(schedule.fixed), str(schedule.rate), str(schedule.rate_km), schedule.x_km, schedule.y_km]
            found.append([provider.id, schedule.measure, dict(provider.capacity), asked])
        return found


@dataclass(frozen=True)
class JointGround:
    """`providers` with homes on the map, rates and capacity; all capacity together is `slack` times the need.

    A fixed charge per lot, a rate per unit, and a rate per unit and km from home.
    """

    place: Map
    measure: str
    seed: int
    providers: int
    slack: float = 2.0

    def offers(self) -> Offers:
        """The map and its providers."""
        from lotopt.market.provider import Provider
        from lotopt.market.schedule import PriceSchedule
        from lotopt.market.schedules import Schedules

        territory = self.place.territory()
        draw = random.Random(self.seed).random
        size = territory.measure(self.measure)
        need = math.fsum(size.tolist())
        ids = [f"p{number:02d}" for number in range(self.providers)]
        homes = [int(draw() * len(territory)) for _ in ids]
        shares = [0.6 + 0.8 * draw() for _ in ids]
        schedule, providers = {}, []
        for who, home, share in zip(ids, homes, shares, strict=True):
            rate = 70 + 20 * draw()
            schedule[who] = PriceSchedule(
                measure=self.measure,
                fixed=Decimal(round((0.002 + 0.006 * draw()) * 80 * need)),
                rate=Decimal(round(100 * rate)) / 100,
                rate_km=Decimal(round(10_000 * rate * (0.0005 + 0.001 * draw()))) / 10_000,
                x_km=round(float(territory.xy[home, 0]) / 1000, 3),
                y_km=round(float(territory.xy[home, 1]) / 1000, 3),
            )
            capacity = math.ceil(max(self.slack * share / math.fsum(shares), LARGEST_LOT) * need)
            providers.append(Provider(id=who, name=f"Provider {who} (made up)", capacity={self.measure: capacity}))
        return Offers(territory, Schedules(tuple(providers), schedule, simulated=True, source=str(self)))
