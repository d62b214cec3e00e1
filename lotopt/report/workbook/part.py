"""One solve of a run and what it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from lotopt.core.clause import Goal, Rule
from lotopt.core.result import Result


class Part(NamedTuple):
    """A solve under the name that its figures go by, with its rules and goals."""

    name: str
    result: Result[Any]
    rules: Sequence[Rule]
    goals: Sequence[Goal]
