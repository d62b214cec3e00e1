"""Discounts that depend on what else a provider wins: tiers on total value, on lots or on a measure."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lotopt.market.money import PENNY

VALUE = "value"
LOTS = "lots"
"""The name under which a capacity or a discount counts lots instead of a measure."""
# Volumes are added up to the thousandth of their unit, so that an edge is met or missed exactly.
PLACES = {VALUE: 2, LOTS: 0}
OTHER_PLACES = 3


class Tier(BaseModel):
    """From `start` on, and below `end` (no end: for all above), `discount` is taken off, as a fraction."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    start: Annotated[Decimal, Field(ge=0)]
    end: Decimal | None = None
    discount: Annotated[Decimal, Field(ge=0, lt=1)]


class Discount(BaseModel):
    """What a provider takes off all its prices, by how much it wins in total.

    `on` is "value" (its prices before discount, GBP a year), "lots" (lots and services won) or a measure. The tier in
    which the total lies holds for everything the provider wins; below the first tier nothing is taken off. Tiers are
    without gap or overlap, and the last one has no end: a total right at an edge lies in the upper tier.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: str = VALUE
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _without_gap(self) -> Discount:
        told = gaps([(tier.start, tier.end) for tier in self.tiers])
        if told:
            raise ValueError("; ".join(text for _, _, text in told))
        return self

    @property
    def steps(self) -> int:
        """By what a total is counted in whole numbers: 100 for pence, 1 for lots, 1,000 for measures."""
        return int(10 ** PLACES.get(self.on, OTHER_PLACES))

    def counted(self, amount: Decimal) -> int:
        """An amount of `on` in whole steps."""
        return int((amount * self.steps).quantize(Decimal(1), ROUND_HALF_UP))

    @property
    def ranges(self) -> tuple[tuple[int, int | None, Decimal], ...]:
        """Every range of totals in whole steps, both ends included, with its discount; the lowest begins at 0."""
        starts = [math.ceil(tier.start * self.steps) for tier in self.tiers]
        found: list[tuple[int, int | None, Decimal]] = []
        if starts[0] > 0:
            found.append((0, starts[0] - 1, Decimal(0)))
        for tier, start, following in zip(self.tiers, starts, [*starts[1:], None], strict=True):
            found.append((start, None if following is None else following - 1, tier.discount))
        return tuple(found)

    def lowest(self, price: Decimal) -> Decimal:
        """A price less the largest fraction that is taken off, to the penny."""
        return less(price, Decimal(1), max(tier.discount for tier in self.tiers))

    def at(self, total: int) -> int:
        """Which of `ranges` a total in whole steps lies in."""
        return max(place for place, (start, _, _) in enumerate(self.ranges) if start <= total)


def gaps(edges: list[tuple[Decimal, Decimal | None]]) -> list[tuple[int, str, str]]:
    """What is wrong with the edges of tiers in their order: of which tier, its start or its end, and the sentence."""
    told = []
    starts = [f"{start.normalize():f}" for start, _ in edges]
    for at, ((start, end), following) in enumerate(zip(edges, [*edges[1:], None], strict=True)):
        at_end = "" if end is None else f"{end.normalize():f}"
        if end is not None and end <= start:
            told.append((at, "end", f"the tier from {starts[at]} ends at {at_end}, which is not above"))
        if following is None:
            if end is not None:
                text = f"the last tier ends at {at_end}; leave its end empty, so that every total has a tier"
                told.append((at, "end", text))
        elif end is None:
            told.append((at, "end", f"the tier from {starts[at]} has no end, and another begins at {starts[at + 1]}"))
        elif end < following[0]:
            told.append((at, "end", f"there is a gap between {at_end} and {starts[at + 1]}"))
        elif end > following[0]:
            text = f"the tier from {starts[at + 1]} begins before the one from {starts[at]} ends, at {at_end}"
            told.append((at + 1, "start", text))
    return told


def less(price: Decimal, share: Decimal, discount: Decimal) -> Decimal:
    """A share of a price less a discount, to the penny, halves upwards."""
    return (price * share * (1 - discount)).quantize(PENNY, ROUND_HALF_UP)
