"""The goals of lot design: what is kept small, in stated units."""

from __future__ import annotations

from typing import Literal

from lotopt.core.errors import InputError
from lotopt.design.clause import DesignGoal, Term
from lotopt.territory import features as f
from lotopt.territory.territory import Territory


class Compactness(DesignGoal):
    """Moment of inertia of every lot about its weighted centroid, added up (Hess et al. 1965)."""

    kind: Literal["compactness"] = "compactness"
    measure: str

    @property
    def unit(self) -> str:
        return f"{self.measure} x km2"

    def terms(self, territory: Territory, lots: int | None) -> tuple[Term, ...]:
        territory.measure(self.measure)
        return (Term(1.0, f.Inertia(self.measure)),)

    def explain(self) -> str:
        return f"Keep lots compact: little {self.measure} far from its lot's centre."


class BorderLength(DesignGoal):
    """Length of all borders between lots, each counted once."""

    kind: Literal["border_length"] = "border_length"

    @property
    def unit(self) -> str:
        return "km"

    def terms(self, territory: Territory, lots: int | None) -> tuple[Term, ...]:
        return (Term(0.5, f.BorderLength()),)  # every border between two lots is met from both sides

    def explain(self) -> str:
        return "Keep the borders between lots short."


class Interfaces(DesignGoal):
    """Number of pairs of lot and agency of a layer that meet: working relationships to keep up."""

    kind: Literal["interfaces"] = "interfaces"
    layer: str

    @property
    def unit(self) -> str:
        return "interfaces"

    def terms(self, territory: Territory, lots: int | None) -> tuple[Term, ...]:
        territory.layer(self.layer)
        return (Term(1.0, f.Span(self.layer)),)

    def explain(self) -> str:
        return f"Keep few interfaces between lots and agencies of the layer {self.layer}."


class Straddles(DesignGoal):
    """Number of lots that lie in two or more agencies of a layer."""

    kind: Literal["straddles"] = "straddles"
    layer: str

    @property
    def unit(self) -> str:
        return "lots"

    def terms(self, territory: Territory, lots: int | None) -> tuple[Term, ...]:
        territory.layer(self.layer)
        return (Term(1.0, f.Straddles(self.layer)),)

    def explain(self) -> str:
        return f"Keep few lots that straddle a boundary of the layer {self.layer}."


class ChangeFrom(DesignGoal):
    """The measure that leaves its lot of a given design: in each lot, all but the largest part that was one lot."""

    kind: Literal["change_from"] = "change_from"
    design: str
    measure: str

    @property
    def unit(self) -> str:
        return self.measure

    def terms(self, territory: Territory, lots: int | None) -> tuple[Term, ...]:
        territory.measure(self.measure)
        territory.design(self.design)
        return (Term(1.0, f.Moved(self.design, self.measure)),)

    def explain(self) -> str:
        return f"Move little {self.measure} out of its lot of {self.design}."


class Lots(DesignGoal):
    """A cost per lot; the weight is what one lot costs."""

    kind: Literal["lots"] = "lots"

    @property
    def unit(self) -> str:
        return "lots"

    def terms(self, territory: Territory, lots: int | None) -> tuple[Term, ...]:
        return (Term(1.0, f.One()),)

    def explain(self) -> str:
        return "Keep the number of lots small."


class Balance(DesignGoal):
    """Deviation of each lot's measure from the mean lot, added up; the number of lots must be fixed."""

    kind: Literal["balance"] = "balance"
    measure: str

    @property
    def unit(self) -> str:
        return self.measure

    def terms(self, territory: Territory, lots: int | None) -> tuple[Term, ...]:
        total = float(territory.measure(self.measure).sum())
        if lots is None:
            raise InputError(
                self.label,
                "the mean lot is not known while the number of lots is free; "
                "give lot_count the same at_least and at_most, or use size_between",
            )
        return (Term(1.0, f.Deviation(self.measure, total / lots)),)

    def explain(self) -> str:
        return f"Keep every lot's {self.measure} close to the mean."


GOALS: tuple[type[DesignGoal], ...] = (
    Compactness,
    BorderLength,
    Interfaces,
    Straddles,
    ChangeFrom,
    Lots,
    Balance,
)
