"""The rules of lot design. A new rule is one class here, its name in RULES, and one example for the general tests."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field, model_validator

from lotopt.core.errors import InputError, did_you_mean
from lotopt.core.reading import plain
from lotopt.design.clause import (
    Amount,
    DesignRule,
    ExceptingRule,
    Group,
    Limit,
    Sum,
    agency_areas,
    disjoint,
)
from lotopt.territory import features as f
from lotopt.territory.territory import Territory


class LotCount(DesignRule):
    """There are between at_least and at_most lots."""

    kind: Literal["lot_count"] = "lot_count"
    at_least: int = Field(default=1, ge=1)
    at_most: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _ordered(self) -> LotCount:
        _check_order(self.at_least, self.at_most)
        return self

    def sums(self, territory: Territory) -> tuple[Sum, ...]:
        at_most = math.inf if self.at_most is None else self.at_most
        return (Sum(f.One(), "number of lots", self.at_least, at_most, "lots"),)

    def explain(self) -> str:
        if self.at_most == self.at_least:
            return f"There are exactly {self.at_least} lots."
        upper = "" if self.at_most is None else f" and at most {self.at_most}"
        return f"There are at least {self.at_least}{upper} lots."


class SizeBetween(ExceptingRule):
    """Every lot's total of a measure lies between at_least and at_most, in its unit or as a share of the whole."""

    kind: Literal["size_between"] = "size_between"
    measure: str
    at_least: float = Field(default=0.0, ge=0)
    at_most: float = Field(default=math.inf, ge=0)
    of: Amount = Field(
        default="amount",
        description="'amount': bounds in the measure's unit; 'share': fractions of the territory's total.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> SizeBetween:
        _check_order(self.at_least, self.at_most)
        if self.of == "share" and self.at_least > 1:
            raise ValueError("at_least is a share of the whole, a fraction such as 0.15, so it is at most 1")
        return self

    def limits(self, territory: Territory) -> tuple[Limit, ...]:
        total = float(territory.measure(self.measure).sum())
        scale = total if self.of == "share" else 1.0
        at_most = self.at_most * scale if math.isfinite(self.at_most) else math.inf
        unit = territory.measures[self.measure].unit or self.measure
        return (Limit(f.Total(self.measure), self.at_least * scale, at_most, unit, self.exempt(territory)),)

    def explain(self) -> str:
        whole = self.of == "share"
        low, high = (f"{100 * x:.4g} %" if whole else plain(x) for x in (self.at_least, self.at_most))
        upper = f" and at most {high}" if math.isfinite(self.at_most) else ""
        of = f"{'of the whole ' if whole else ''}of {self.measure}"
        return f"Every lot has at least {low}{upper} {of}{self._unless()}."


class Contiguous(DesignRule):
    """Every lot is in one piece, over the kinds of border and link that count."""

    kind: Literal["contiguous"] = "contiguous"
    links: tuple[str, ...] | None = Field(default=None, description="Kinds of border that count; all unless given.")
    leave_out: tuple[str, ...] = Field(default=(), description="Kinds that do not count, such as ferry.")

    @model_validator(mode="after")
    def _one_way(self) -> Contiguous:
        if self.links is not None and self.leave_out:
            raise ValueError("give links or leave_out, not both")
        return self

    def kinds(self, territory: Territory) -> tuple[str, ...] | None:
        """The kinds of border that count; None for all. Raises InputError for a kind the territory lacks."""
        known = territory.borders.all_kinds
        unknown = [kind for kind in (*(self.links or ()), *self.leave_out) if kind not in known]
        if unknown:
            raise InputError(
                self.label, [f"no kind of border '{kind}'; {did_you_mean(kind, known)}" for kind in unknown]
            )
        if self.links is not None:
            return tuple(sorted(self.links))
        return tuple(kind for kind in known if kind not in self.leave_out) if self.leave_out else None

    def limits(self, territory: Territory) -> tuple[Limit, ...]:
        return (Limit(f.Pieces(self.kinds(territory)), at_most=1, unit="pieces"),)

    def explain(self) -> str:
        over = f" over {', '.join(self.links)}" if self.links is not None else ""
        without = f", not counting {', '.join(self.leave_out)}" if self.leave_out else ""
        return f"Every lot is in one piece{over}{without}."


class Whole(ExceptingRule):
    """No agency of a layer is split between lots, so that each of them deals with one lot."""

    kind: Literal["whole"] = "whole"
    layer: str

    def together(self, territory: Territory) -> tuple[Group, ...]:
        free = set(self.exempt(territory))
        return tuple(
            Group(name, areas)
            for name, areas in agency_areas(territory, self.layer)
            if len(areas) > 1 and not free.intersection(areas)
        )

    def explain(self) -> str:
        unless = f", except {' and '.join(self.excepted)}" if self.excepted else ""
        return f"Every agency of the layer {self.layer} lies whole in one lot{unless}."


class LargestSpan(ExceptingRule):
    """No lot meets more than at_most agencies of a layer."""

    kind: Literal["largest_span"] = "largest_span"
    layer: str
    at_most: int = Field(ge=1)

    def limits(self, territory: Territory) -> tuple[Limit, ...]:
        territory.layer(self.layer)
        exempt = self.exempt(territory)
        return (Limit(f.Span(self.layer), at_most=self.at_most, unit="agencies", exempt=exempt),)

    def explain(self) -> str:
        return f"No lot meets more than {self.at_most} agencies of the layer {self.layer}{self._unless()}."


class Within(ExceptingRule):
    """Each lot lies inside one agency of a coarser layer, such as a region."""

    kind: Literal["within"] = "within"
    layer: str

    def limits(self, territory: Territory) -> tuple[Limit, ...]:
        territory.layer(self.layer)
        return (Limit(f.Span(self.layer), at_most=1, unit="agencies", exempt=self.exempt(territory)),)

    def explain(self) -> str:
        return f"Each lot lies inside one agency of the layer {self.layer}{self._unless()}."


class Nested(ExceptingRule):
    """Every agency of a layer is made up of whole lots, so that each lot deals with one agency."""

    kind: Literal["nested"] = "nested"
    layer: str

    def limits(self, territory: Territory) -> tuple[Limit, ...]:
        territory.layer(self.layer)
        return (Limit(f.Span(self.layer), at_most=1, unit="agencies", exempt=self.exempt(territory)),)

    def explain(self) -> str:
        return f"Every agency of the layer {self.layer} is made up of whole lots{self._unless()}."


class Reach(ExceptingRule):
    """No area of a lot lies further than at_most km from the lot's centre, its centroid weighted by a measure."""

    kind: Literal["reach"] = "reach"
    measure: str
    at_most: float = Field(gt=0, description="km")

    def limits(self, territory: Territory) -> tuple[Limit, ...]:
        territory.measure(self.measure)
        return (Limit(f.Reach(self.measure), at_most=self.at_most, unit="km", exempt=self.exempt(territory)),)

    def explain(self) -> str:
        centre = f"the lot's centre (weighted by {self.measure})"
        return f"No area lies further than {self.at_most:g} km from {centre}{self._unless()}."


class KeepTogether(DesignRule):
    """The named areas or agencies lie in one lot."""

    kind: Literal["keep_together"] = "keep_together"
    places: tuple[str, ...] = Field(min_length=1)

    def together(self, territory: Territory) -> tuple[Group, ...]:
        areas = tuple(sorted({int(i) for place in self.places for i in territory.places(place)}))
        return (Group(" + ".join(self.places), areas),)

    def explain(self) -> str:
        return f"{' and '.join(self.places)} {'lie' if len(self.places) > 1 else 'lies'} in one lot."


class KeepApart(DesignRule):
    """No lot holds a part of two of the named areas or agencies."""

    kind: Literal["keep_apart"] = "keep_apart"
    places: tuple[str, ...] = Field(min_length=2)

    def limits(self, territory: Territory) -> tuple[Limit, ...]:
        groups = tuple(Group(place, tuple(int(i) for i in territory.places(place))) for place in self.places)
        disjoint(territory, self.label, groups)
        return (Limit(f.Meets(tuple(group.areas for group in groups)), at_most=1, unit="of the places kept apart"),)

    def explain(self) -> str:
        return f"No two of {', '.join(self.places)} share a lot."


class Fixed(DesignRule):
    """The listed areas or agencies are pinned to a named lot; other areas may join it, unless it is complete."""

    kind: Literal["fixed"] = "fixed"
    lots: dict[str, tuple[str, ...]] = Field(min_length=1)
    complete: bool = Field(default=False, description="The lots are complete as listed: no other area joins them.")

    def together(self, territory: Territory) -> tuple[Group, ...]:
        groups = tuple(
            Group(lot, tuple(sorted({int(i) for place in places for i in territory.places(place)})))
            for lot, places in self.lots.items()
        )
        return disjoint(territory, self.label, groups)

    def limits(self, territory: Territory) -> tuple[Limit, ...]:
        groups = tuple(group.areas for group in self.together(territory))
        unit = "named lots"
        if self.complete:
            pinned = {area for areas in groups for area in areas}
            rest = tuple(area for area in range(len(territory)) if area not in pinned)
            groups, unit = (*groups, *([rest] if rest else [])), "of the named lots and the rest"
        return (Limit(f.Meets(groups), at_most=1, unit=unit),) if len(groups) > 1 else ()

    def explain(self) -> str:
        if self.complete:
            return " ".join(
                f"Lot {lot} is {', '.join(places)} and nothing else." for lot, places in self.lots.items()
            )
        return " ".join(
            f"{', '.join(places)} {'are' if len(places) > 1 else 'is'} in lot {lot}."
            for lot, places in self.lots.items()
        )


class Splits(DesignRule):
    """Agencies of a layer are split at most at_most times in all: pairs of lot and agency, less the agencies."""

    kind: Literal["splits"] = "splits"
    layer: str
    at_most: int = Field(ge=0)

    def sums(self, territory: Territory) -> tuple[Sum, ...]:
        agencies = sum(1 for _ in agency_areas(territory, self.layer))
        what = f"splits of the layer {self.layer}"
        return (Sum(f.Span(self.layer), what, at_most=self.at_most, unit="splits", offset=agencies),)

    def together(self, territory: Territory) -> tuple[Group, ...]:
        """No split at all means that every agency is whole, which is far easier to search."""
        if self.at_most > 0:
            return ()
        return tuple(Group(name, areas) for name, areas in agency_areas(territory, self.layer) if len(areas) > 1)

    def explain(self) -> str:
        return f"Agencies of the layer {self.layer} are split at most {self.at_most} times in all."


RULES: tuple[type[DesignRule], ...] = (
    LotCount,
    SizeBetween,
    Contiguous,
    Whole,
    Nested,
    Within,
    LargestSpan,
    Reach,
    KeepTogether,
    KeepApart,
    Fixed,
    Splits,
)


def _check_order(at_least: float, at_most: float | None) -> None:
    if at_most is not None and at_least > at_most:
        raise ValueError(f"at_least {at_least:g} is more than at_most {at_most:g}")
