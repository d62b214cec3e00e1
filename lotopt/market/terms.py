"""What the buyer says of a lot before bids come in, and who is on the panel that may bid."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Status = Literal["open", "cancelled", "direct"]


class ItemTerms(BaseModel):
    """What is known of one lot and service beside its volumes.

    `value` is the indicative contract value, GBP a year. `region` and `category` are the buyer's own words. `date` is
    the day of the call-off. `incumbent` is the provider or legal group that serves it now. `status` is "open",
    "cancelled" (no award is to be made) or "direct" (awarded without competition); `reason` says why it is not open.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)

    value: Annotated[Decimal, Field(ge=0)] | None = None
    region: str = ""
    category: str = ""
    date: datetime.date | None = None
    incumbent: str = ""
    status: Status = "open"
    reason: str = ""

    @property
    def open(self) -> bool:
        """Whether bids can win it."""
        return self.status == "open"


NOTHING_SAID = ItemTerms()


class Admission(BaseModel):
    """One line of a panel: a provider that may win what the line speaks of.

    Empty `lots`, `regions` or `categories` mean all. Indicative values from `value_from` to `value_to` (GBP a year,
    both included) and call-off dates from `joined` to `left` (both included) are admitted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)

    provider: str = Field(min_length=1)
    lots: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    value_from: Annotated[Decimal, Field(ge=0)] | None = None
    value_to: Annotated[Decimal, Field(ge=0)] | None = None
    joined: datetime.date | None = None
    left: datetime.date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Admission:
        if self.joined is not None and self.left is not None and self.left < self.joined:
            raise ValueError(f"left on {self.left}, before it joined on {self.joined}")
        if self.value_from is not None and self.value_to is not None and self.value_to < self.value_from:
            raise ValueError(f"value_to {self.value_to} is below value_from {self.value_from}")
        return self

    def admits(self, lot: str, terms: ItemTerms) -> bool:
        """Whether the line admits its provider to a lot; what is not known of a lot is not held against it."""
        named = not self.lots or lot in self.lots
        there = not self.regions or terms.region in self.regions
        kind = not self.categories or terms.category in self.categories
        return named and there and kind and self._worth(terms.value) and self._dated(terms.date)

    def _worth(self, value: Decimal | None) -> bool:
        if value is None:
            return True
        return (self.value_from is None or value >= self.value_from) and (
            self.value_to is None or value <= self.value_to
        )

    def _dated(self, date: datetime.date | None) -> bool:
        if date is None:
            return True
        return (self.joined is None or date >= self.joined) and (self.left is None or date <= self.left)
