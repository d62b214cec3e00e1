"""Bids: a price for one lot, or for several together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from lotopt.market.money import Price


class Item(NamedTuple):
    """What is awarded: a service in a lot. `service` is empty where only one is bought and it has no name."""

    lot: str
    service: str = ""

    def __str__(self) -> str:
        return f"{self.lot}, {self.service}" if self.service else self.lot


Role = Literal["prime", "member", "subcontractor"]
PRIME, MEMBER, SUBCONTRACTOR = "prime", "member", "subcontractor"


class Partner(NamedTuple):
    """Another firm in a bid: a member of the bidding consortium, or a subcontractor named in it.

    `firm` is a provider's id, or the name of a legal group of its own.
    """

    firm: str
    role: Literal["member", "subcontractor"] = "member"


class Bid(BaseModel):
    """An offer to serve all of `items`, or none of them, at a price in GBP a year for the whole.

    `quality` is a score from 0 to 100. `covers` is the share of the items' need that it meets, above 0 and at
    most 1. `volumes` states how much of a measure it takes on; where it says nothing, the volume follows from the
    lots (`Market.volume`). `fixed` is the part of the price that does not vary with volume, GBP a year. Of a
    provider's bids with the same `alternative` at most one wins. The bid wins only where its provider also wins
    everything in `only_with`: bids by their ids, lots by theirs. `partners` are other firms in it. `preference` is
    the bidder's own order of what it wants, 1 first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)

    id: str = Field(min_length=1)
    provider: str = Field(min_length=1)
    items: tuple[Item, ...] = Field(min_length=1)
    price: Price
    quality: Annotated[float, Field(ge=0, le=100)] | None = None
    covers: float = Field(default=1.0, gt=0, le=1)
    volumes: Mapping[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    fixed: Annotated[Decimal, Field(ge=0)] | None = None
    alternative: str = ""
    only_with: tuple[str, ...] = ()
    partners: tuple[Partner, ...] = ()
    preference: Annotated[int, Field(ge=1)] | None = None

    @field_validator("items")
    @classmethod
    def _once(cls, items: tuple[Item, ...]) -> tuple[Item, ...]:
        twice = sorted({str(item) for item in items if items.count(item) > 1})
        if twice:
            raise ValueError(f"{'; '.join(twice)} is named twice")
        return items

    @model_validator(mode="after")
    def _fixed_part(self) -> Bid:
        if self.fixed is not None and self.fixed > self.price:
            raise ValueError(f"the fixed part {self.fixed} is more than the price {self.price}")
        return self

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
        **terms: Any,
    ) -> Bid:
        """A bid for every given service in every given lot; `terms` are its other fields.

        Raises pydantic's ValidationError.
        """
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
            **terms,
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

    @property
    def has_terms(self) -> bool:
        """Whether it says more than what it is for, how much and how well."""
        return bool(self.fixed is not None or self.alternative or self.only_with or self.partners or self.preference)

    def __str__(self) -> str:
        return f"bid {self.id} ({'; '.join(str(item) for item in self.items)})"
