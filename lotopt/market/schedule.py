"""Price schedules: what a provider asks for a lot that has not been tendered."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lotopt.core.errors import InputError, did_you_mean
from lotopt.core.lot import AreaFacts, LotFacts
from lotopt.market.money import PENNY, exact

Rate = Annotated[Decimal, Field(ge=0)]


class PriceSchedule(BaseModel):
    """A price by volume and distance, in GBP a year.

    `fixed` is asked for every lot, `rate` for every unit of `measure`, `rate_km` for every unit and km between the
    centroid of its area and the provider's home at (`x_km`, `y_km`); without a home distance costs nothing. What an
    area adds is rounded to the penny, so a lot's price is the exact sum of its areas' prices and the fixed charge.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    measure: str
    fixed: Rate = Decimal(0)
    rate: Rate = Decimal(0)
    rate_km: Rate = Decimal(0)
    x_km: float | None = None
    y_km: float | None = None

    def price(self, lot: LotFacts) -> Decimal:
        """The price of a lot, exact to the penny. Raises InputError when the measure is not known of it."""
        areas = lot.areas or (AreaFacts(lot.id, self.x_km or 0.0, self.y_km or 0.0, lot.volumes),)
        fixed = self.fixed.quantize(PENNY, ROUND_HALF_UP)
        return fixed + sum((self.price_of_area(area) for area in areas), Decimal(0))

    def price_of_area(self, area: AreaFacts) -> Decimal:
        """What an area adds to the price of any lot it is in, exact to the penny."""
        volume = exact(_volume(area.volumes, self.measure, area.id))
        each = self.rate + self.rate_km * exact(round(self.distance(area.x_km, area.y_km), 3))
        return (volume * each).quantize(PENNY, ROUND_HALF_UP)

    def distance(self, x_km: float, y_km: float) -> float:
        """Distance from home, in km; 0 where there is no home."""
        if self.x_km is None or self.y_km is None:
            return 0.0
        return math.hypot(x_km - self.x_km, y_km - self.y_km)


def _volume(volumes: Mapping[str, float], measure: str, where: str) -> float:
    if measure not in volumes:
        told = did_you_mean(measure, list(volumes))
        raise InputError("price schedule", f"{where} has no measure '{measure}'; {told}")
    return volumes[measure]
