"""Providers: who offers, and what they can carry."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lotopt.market.bid import Partner
from lotopt.market.discount import LOTS, Discount

__all__ = ["LOTS", "Provider"]


class Provider(BaseModel):
    """Someone who bids. Limits on lots and value count the legal `group`, which is the provider itself if empty.

    `capacity` is the most it can carry of a measure (in the measure's unit), or of "lots". `home` is the id of an
    area. `funding` is the money it has access to, in GBP. `kind` is a class such as public, private or voluntary.
    `partners` are the other members of a bidding consortium, and its standing subcontractors. `viable` is the least
    business it can live on, GBP a year: less is no use to it. `last_resort` marks a public provider kept in reserve.
    `discount` is taken off by what it wins in total.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)

    id: str = Field(min_length=1)
    name: str = ""
    group: str = ""
    kind: str = ""
    capacity: Mapping[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    home: str = ""
    funding: Annotated[Decimal, Field(ge=0)] | None = None
    partners: tuple[Partner, ...] = ()
    viable: Annotated[Decimal, Field(ge=0)] | None = None
    last_resort: bool = False
    discount: Discount | None = None

    @property
    def title(self) -> str:
        """The name it goes by in reports."""
        return self.name or self.id

    @property
    def legal_group(self) -> str:
        return self.group or self.id

    @property
    def has_terms(self) -> bool:
        """Whether it says more than who it is and what it can carry."""
        return bool(self.partners or self.viable is not None or self.last_resort or self.discount)
