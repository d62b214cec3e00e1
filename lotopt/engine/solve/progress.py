"""What a solve tells while it runs."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called from the caller's own thread, now and then: the phase, the best objective so far and the bound so far.

    Either number is None while it is not known. What the call raises ends the solve.
    """

    def __call__(self, phase: str, objective: float | None, bound: float | None) -> None: ...


def silent(phase: str, objective: float | None, bound: float | None) -> None:
    """Tell nobody."""
