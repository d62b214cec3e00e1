"""The prices of rules, whatever a price is of: each by its rule, as sentences, and what there was no time for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from lotopt.core.told import Told


class Price(Protocol):
    """What the rule of a name costs; as text it is a sentence."""

    @property
    def rule(self) -> str: ...


P = TypeVar("P", bound=Price)


@dataclass(frozen=True)
class Prices(Told, Generic[P]):
    """The price of every rule, in the order of the rules; `left` are those there was no time for."""

    prices: tuple[P, ...]
    left: tuple[str, ...] = ()
    done: bool = True

    def of(self, rule: str) -> P | None:
        """The price of the rule of a name."""
        return next((price for price in self.prices if price.rule == rule), None)

    @property
    def by_rule(self) -> tuple[tuple[str, str], ...]:
        """Each rule's name with its price as a sentence."""
        return tuple((price.rule, str(price)) for price in self.prices)

    @property
    def sentences(self) -> tuple[str, ...]:
        left = (f"The time was over before {', '.join(self.left)}.",) if self.left else ()
        return (*map(str, self.prices), *left)
