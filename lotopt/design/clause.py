"""What design rules and goals are made of: limits on lots, limits on sums over lots, terms of an objective."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from lotopt.core.clause import Goal, Rule
from lotopt.core.errors import InputError
from lotopt.core.reading import Reading
from lotopt.territory.features import Feature, Measured
from lotopt.territory.territory import Territory


@dataclass(frozen=True)
class Limit:
    """A range for a feature of every lot; lots that hold one of the `exempt` areas (indices) are let off."""

    feature: Feature
    at_least: float = -math.inf
    at_most: float = math.inf
    unit: str = ""
    exempt: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sum:
    """A range for a feature added up over all lots, less `offset`; `what` says what the sum counts."""

    feature: Feature
    what: str
    at_least: float = -math.inf
    at_most: float = math.inf
    unit: str = ""
    offset: float = 0.0


@dataclass(frozen=True)
class Group:
    """Areas (indices) that lie in one lot, and what they are called."""

    name: str
    areas: tuple[int, ...]


@dataclass(frozen=True)
class Term:
    """A feature of every lot times a coefficient: one part of a goal."""

    coefficient: float
    feature: Feature


class DesignRule(Rule):
    """A condition on lot designs, told as limits per lot, sums over lots and areas that stay together.

    The engine searches with these three, a table of lots is read with them, and so is the audit's own table.
    """

    def limits(self, territory: Territory) -> tuple[Limit, ...]:
        return ()

    def sums(self, territory: Territory) -> tuple[Sum, ...]:
        return ()

    def together(self, territory: Territory) -> tuple[Group, ...]:
        return ()

    def readings(self, territory: Territory, table: Measured) -> Iterator[Reading]:
        """What this rule reads of a finished plan: one reading per lot, sum or group."""
        for limit in self.limits(territory):
            values = table.value(limit.feature)
            exempt = table.holds(limit.exempt) > 0 if limit.exempt else values < -math.inf
            for lot, value, free in zip(table.lots, values, exempt, strict=True):
                low, high = (-math.inf, math.inf) if free else (limit.at_least, limit.at_most)
                yield Reading(self.label, lot, float(value), low, high, limit.unit)
        for total in self.sums(territory):
            value = math.fsum(table.value(total.feature)) - total.offset
            yield Reading(self.label, total.what, value, total.at_least, total.at_most, total.unit)
        for group in self.together(territory):
            lots = int((table.holds(group.areas) > 0).sum())
            yield Reading(self.label, group.name, lots, at_most=1, unit="lots")


class ExceptingRule(DesignRule):
    """A rule from which lots that hold a named area or agency are let off."""

    excepted: tuple[str, ...] = Field(
        default=(), alias="except", description="Areas or agencies whose lots are not held to this rule."
    )

    def exempt(self, territory: Territory) -> tuple[int, ...]:
        return tuple(sorted({int(i) for name in self.excepted for i in territory.places(name)}))

    def _unless(self) -> str:
        return f", except lots that hold {' or '.join(self.excepted)}" if self.excepted else ""


class DesignGoal(Goal):
    """A quantity of a design to keep small: features of its lots, added up."""

    @abstractmethod
    def terms(self, territory: Territory, lots: int | None) -> tuple[Term, ...]:
        """The features that add up to the goal; `lots` is the number of lots where it is fixed."""

    def value(self, territory: Territory, table: Measured) -> float:
        """The goal of a finished plan, before its weight."""
        return math.fsum(
            term.coefficient * value
            for term in self.terms(territory, len(table.lots))
            for value in table.value(term.feature)
        )


Amount = Literal["amount", "share"]


def agency_areas(territory: Territory, layer: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each agency of a layer that has areas: its name and their indices."""
    found = territory.layer(layer)
    for agency in range(len(found.agencies)):
        areas = tuple(int(i) for i in (found.of == agency).nonzero()[0])
        if areas:
            yield found.name_of(agency), areas


def disjoint(territory: Territory, label: str, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """The groups, after a check that no area is in two of them. Raises InputError."""
    seen: dict[int, str] = {}
    for group in groups:
        for area in group.areas:
            if area in seen:
                raise InputError(
                    label, f"{territory.names[area]} is in both '{seen[area]}' and '{group.name}'; name it once"
                )
            seen[area] = group.name
    return groups
