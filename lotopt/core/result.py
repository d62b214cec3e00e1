"""What a solve gives back: a plan or none, and everything needed to judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from lotopt.core.reading import Audit, plain

P = TypeVar("P")


class Status(StrEnum):
    """Four words that are never mixed up."""

    OPTIMAL = "optimal"  # the gap is proven to be within the wanted one
    FEASIBLE = "feasible"  # a plan that keeps every rule; the gap is told, or no bound is known
    INFEASIBLE = "infeasible"  # no plan exists; confirmed
    UNKNOWN = "unknown"  # nothing found in the time, nothing proven


@dataclass(frozen=True)
class Phase:
    """One step of a solve: its name, how long it took (seconds) and what came of it."""

    name: str
    seconds: float
    note: str = ""


@dataclass(frozen=True)
class GoalValue:
    """What a plan scores on one goal: value x weight = product, which adds up to the objective.

    Where goals count in their order, `bound` is what is proven of this one among what is best by those before it.
    """

    name: str
    value: float
    unit: str
    weight: float
    bound: float | None = None

    @property
    def product(self) -> float:
        return self.value * self.weight


@dataclass(frozen=True)
class Result(Generic[P]):
    """A plan, or none, with its status, objective, bound, gap and audit.

    `objective` and `bound` are in the unit of the weighted goals; `bound` is None where none is proven. `gap` is
    the fraction (objective - bound) / |objective|. `conflict` holds, where no plan exists, sentences about the
    rules that cannot hold together. `ties` tell, where tie rules are declared, whether several plans are equally good
    and how one was chosen. `limits` says what shaped the answer (time, heuristics).
    """

    plan: P | None
    status: Status
    objective: float | None = None
    bound: float | None = None
    wanted_gap: float = 1e-4
    seconds: float = 0.0
    phases: tuple[Phase, ...] = ()
    goals: tuple[GoalValue, ...] = ()
    audit: Audit | None = None
    conflict: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    interrupted: bool = False
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        if self.objective is None or self.bound is None:
            return None
        return gap_of(self.objective, self.bound)

    def __str__(self) -> str:
        if self.objective is None:
            why = "".join(f"\n  - {line}" for line in self.conflict)
            return f"{self.status}{why}"
        bound = "no bound" if self.bound is None else f"bound {plain(self.bound)}, gap {self.gap:.4%}"
        return f"{self.status}: objective {plain(self.objective)}, {bound}, {self.seconds:.1f} s"


def gap_of(objective: float, bound: float) -> float:
    """The fraction by which a better plan could at most be better."""
    if objective <= bound:
        return 0.0
    return (objective - bound) / max(abs(objective), 1e-9)
