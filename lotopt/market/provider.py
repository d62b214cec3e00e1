"""Providers: who offers, and what they can carry."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

LOTS = "lots"
"""The name under which a capacity counts lots instead of a measure."""


class Provider(BaseModel):
    """Someone who bids. Limits on lots and value count the legal `group`, which is the provider itself if empty.

    `capacity` is the most it can carry of a measure (in the measure's unit), or of "lots". `home` is the id of an
    area. `funding` is the money it has access to, in GBP. `kind` is a class such as public, private or voluntary.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)

    id: str = Field(min_length=1)
    name: str = ""
    group: str = ""
    kind: str = ""
    capacity: Mapping[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    home: str = ""
    funding: Annotated[Decimal, Field(ge=0)] | None = None

    @property
    def title(self) -> str:
        """The name it goes by in reports."""
        return self.name or self.id

    @property
    def legal_group(self) -> str:
        return self.group or self.id
