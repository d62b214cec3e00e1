"""Clauses: what a plan must meet (rules) and what is kept small (goals)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field


class Clause(BaseModel):
    """One small frozen statement about a plan, the same in Python, scenario files and reports.

    `kind` is the word used in files; `name` is the key it carries in a scenario (the kind unless given).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=True, populate_by_name=True)

    kind: str
    name: str = Field(default="", exclude=True, repr=False)

    @property
    def label(self) -> str:
        """The name this clause goes by in readings and reports."""
        return self.name or self.kind

    @abstractmethod
    def explain(self) -> str:
        """The clause as one sentence."""

    def fields(self) -> dict[str, Any]:
        """The fields that differ from their defaults, as a scenario file would hold them."""
        found = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return {key: value for key, value in found.items() if key != "kind"}


class Rule(Clause):
    """A condition that every plan meets."""


class Goal(Clause):
    """A quantity to keep small; `weight` turns its unit into the unit of the objective."""

    weight: float = Field(default=1.0, ge=0, allow_inf_nan=False)

    @property
    @abstractmethod
    def unit(self) -> str:
        """The unit of the goal before its weight."""


C = TypeVar("C", bound=Clause)


def named(clauses: Iterable[C]) -> tuple[C, ...]:
    """The clauses with distinct labels: a second `whole` without a name becomes `whole_2`."""
    seen: dict[str, int] = {}
    result = []
    for clause in clauses:
        count = seen[clause.label] = seen.get(clause.label, 0) + 1
        result.append(clause if count == 1 else clause.model_copy(update={"name": f"{clause.label}_{count}"}))
    return tuple(result)
