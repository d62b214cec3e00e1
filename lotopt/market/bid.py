"""Bids: a price for one lot, or for several together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator

from lotopt.market.money import Price


class Item(NamedTuple):
    """What is awarded: a service in a lot. `service` is empty where only one is bought and it has no name."""

    lot: str
    service: str = ""

    def __str__(self) -> str:
        return f"{self.lot}, {self.service}" if self.service else self.lot


class Bid(BaseModel):
    """An offer to serve all of `items`, or none of them, at a price in GBP a year for the whole.

    `quality` is a score from 0 to 100. `covers` is the share of the items' need that it meets, above 0 and at
    most 1. `volumes` states how much of a measure it takes on; where it says nothing, the volume follows from the
    lots (`Market.volume`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)

    id: str = Field(min_length=1)
    provider: str = Field(min_length=1)
    items: tuple[Item, ...] = Field(min_length=1)
    price: Price
    quality: Annotated[float, Field(ge=0, le=100)] | None = None
    covers: float = Field(default=1.0, gt=0, le=1)
    volumes: Mapping[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)

    @field_validator("items")
    @classmethod
    def _once(cls, items: tuple[Item, ...]) -> tuple[Item, ...]:
        twice = sorted({str(item) for item in items if items.count(item) > 1})
        if twice:
            raise ValueError(f"{'; '.join(twice)} is named twice")
        return items

    @classmethod
    def on(
        cls,
        lots: str | Iterable[str],
        *,
        id: str,
        provider: str,
        price: Decimal | int | str,
        services: Iterable[str] = ("",),
        quality: float | None = None,
        covers: float = 1.0,
        volumes: Mapping[str, float] | None = None,
    ) -> Bid:
        """A bid for every given service in every given lot. Raises pydantic's ValidationError."""
        offered = tuple(services)
        of = (lots,) if isinstance(lots, str) else tuple(lots)
        return cls(
            id=id,
            provider=provider,
            items=tuple(Item(lot, service) for lot in of for service in offered),
            price=Decimal(price),
            quality=quality,
            covers=covers,
            volumes=volumes or {},
        )

    @property
    def lots(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.lot for item in self.items))

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.service for item in self.items))

    @property
    def package(self) -> bool:
        """Whether it is for more than one item, all or nothing."""
        return len(self.items) > 1

    def __str__(self) -> str:
        return f"bid {self.id} ({'; '.join(str(item) for item in self.items)})"
