"""Price schedules: what a provider asks for a lot that has not been tendered."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lotopt.core.errors import InputError, did_you_mean
from lotopt.core.lot import AreaFacts, LotFacts
from lotopt.market.money import PENNY, exact

Rate = Annotated[Decimal, Field(ge=0)]


class Band(BaseModel):
    """From `start` on, up to where the next band starts, a unit costs `rate` GBP.

    `start` is a volume of the whole lot, in the measure's unit, or a distance from home, in km.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    start: Annotated[Decimal, Field(ge=0)]
    rate: Rate


class PriceSchedule(BaseModel):
    """What a provider asks for any lot, in GBP a year. A lot's price is the sum of

    - `fixed`, once for the lot;
    - for each area its volume of `measure` times the sum of: `rate`, or what `rates` says of the area (by its id);
      `rate_km` times the distance in km between its centroid and the provider's home at (`x_km`, `y_km`); the rate of
      the last of `distance_bands` that starts at or before that distance; and `mobilisation` where the provider takes
      the area over from another;
    - `volume_bands`, which work like tax bands: of the lot's whole volume, the part between the start of a band and
      the start of the next costs the band's rate per unit.

    Without a home distance costs nothing. What an area adds and what the bands add are each rounded to the penny, so
    the price is exact and the same however the lot came about.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    measure: str
    fixed: Rate = Decimal(0)
    rate: Rate = Decimal(0)
    rate_km: Rate = Decimal(0)
    x_km: float | None = None
    y_km: float | None = None
    rates: Mapping[str, Rate] = Field(default_factory=dict)
    distance_bands: tuple[Band, ...] = ()
    volume_bands: tuple[Band, ...] = ()
    mobilisation: Rate = Decimal(0)

    @model_validator(mode="after")
    def _in_order(self) -> PriceSchedule:
        for name, bands in (("distance_bands", self.distance_bands), ("volume_bands", self.volume_bands)):
            starts = [band.start for band in bands]
            if starts != sorted(set(starts)):
                raise ValueError(f"{name} start at {', '.join(map(str, starts))}; give them in order, each once")
        return self

    def price(self, lot: LotFacts, taken_over: Collection[str] = ()) -> Decimal:
        """The price of a lot, exact to the penny; `taken_over` are the areas (ids) that another provider serves now.

        Raises InputError when the measure is not known of it.
        """
        areas = areas_of(lot, self)
        volume = sum((self.volume(area) for area in areas), Decimal(0))
        by_area = (self.price_of_area(area, area.id in taken_over) for area in areas)
        return self.fixed_charge + sum(by_area, Decimal(0)) + self.price_of_volume(volume)

    @property
    def fixed_charge(self) -> Decimal:
        """What any lot costs before its areas, exact to the penny."""
        return self.fixed.quantize(PENNY, ROUND_HALF_UP)

    def price_of_area(self, area: AreaFacts, taken_over: bool = False) -> Decimal:
        """What an area adds to the price of any lot it is in, exact to the penny; volume bands are not in it."""
        far = exact(round(self.distance(area.x_km, area.y_km), 3))
        each = self.rates.get(area.id, self.rate) + self.rate_km * far
        if self.x_km is not None:
            each += next((band.rate for band in reversed(self.distance_bands) if band.start <= far), Decimal(0))
        if taken_over:
            each += self.mobilisation
        return (self.volume(area) * each).quantize(PENNY, ROUND_HALF_UP)

    def price_of_volume(self, volume: Decimal) -> Decimal:
        """What the volume bands add for a lot of this volume, exact to the penny."""
        total = Decimal(0)
        ends = [band.start for band in self.volume_bands[1:]]
        for band, end in zip(self.volume_bands, [*ends, None], strict=False):
            upto = volume if end is None else min(volume, end)
            total += band.rate * max(Decimal(0), upto - band.start)
        return total.quantize(PENNY, ROUND_HALF_UP)

    def volume(self, area: AreaFacts) -> Decimal:
        """An area's volume as it is written. Raises InputError when the measure is not known of it."""
        return exact(_volume(area.volumes, self.measure, area.id))

    def distance(self, x_km: float, y_km: float) -> float:
        """Distance from home, in km; 0 where there is no home."""
        if self.x_km is None or self.y_km is None:
            return 0.0
        return math.hypot(x_km - self.x_km, y_km - self.y_km)


def areas_of(lot: LotFacts, schedule: PriceSchedule) -> tuple[AreaFacts, ...]:
    """The areas of a lot; one of which none are known stands for itself, at the provider's home."""
    return lot.areas or (AreaFacts(lot.id, schedule.x_km or 0.0, schedule.y_km or 0.0, lot.volumes),)


def _volume(volumes: Mapping[str, float], measure: str, where: str) -> float:
    if measure not in volumes:
        told = did_you_mean(measure, list(volumes))
        raise InputError("price schedule", f"{where} has no measure '{measure}'; {told}")
    return volumes[measure]
