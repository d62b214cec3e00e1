"""What a run tells beside the awards, as [explain] asks: one table with sentences for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lotopt.engine.solve.progress import Progress
    from lotopt.study.run import Outcome


@dataclass(frozen=True)
class ExplainedPart:
    """One table of explanations with its sentences; `complete` is false where time or Ctrl-C cut it short."""

    name: str
    title: str
    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    complete: bool = True


@dataclass(frozen=True)
class Explained:
    """Everything that was asked for beside the awards."""

    parts: tuple[ExplainedPart, ...]


def explain(outcome: Outcome, progress: Progress | None = None) -> Explained | None:
    """What [explain] asks for; None where it asks for nothing."""
    return None
