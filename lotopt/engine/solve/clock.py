"""How much time is left, and how long each step of a solve took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from lotopt.core.result import Phase, Status


class Note:
    """What came of a phase, written while it runs."""

    def __init__(self) -> None:
        self.text = ""

    def __call__(self, text: str) -> None:
        self.text = text


class Clock:
    """Runs from the moment it is made; `time_limit` is in seconds, None for no limit.

    One clock goes through a whole solve, so that every step knows what the steps before it have left.
    """

    def __init__(self, time_limit: float | None = None) -> None:
        self.time_limit = time_limit
        self._start = time.monotonic()
        self._phases: list[Phase] = []

    @property
    def seconds(self) -> float:
        """Seconds since the clock was made."""
        return time.monotonic() - self._start

    def left(self) -> float | None:
        """Seconds left, never below zero; None where there is no limit."""
        if self.time_limit is None:
            return None
        return max(0.0, self.time_limit - self.seconds)

    def over(self) -> bool:
        """Whether the time limit is reached."""
        return self.left() == 0.0

    def part(self, fraction: float, at_least: float = 0.0) -> Clock:
        """A clock for a side step: it ends with a fraction of what is left here, or with all of it if that is less
        than `at_least` seconds."""
        left = self.left()
        if left is None:
            return Clock(None)
        return Clock(min(left, max(at_least, fraction * left)))

    def take_in(self, part: Clock) -> None:
        """Count the steps timed by another clock, one for a side step, as steps of this one."""
        self._phases += part.phases

    def cut_short(self, status: Status) -> tuple[str, ...]:
        """What to say of an answer that the time limit cut short; nothing where it did not."""
        if not self.over() or status in (Status.OPTIMAL, Status.INFEASIBLE):
            return ()
        return (f"stopped at the time limit of {self.time_limit:g} s",)

    @contextmanager
    def phase(self, name: str) -> Iterator[Note]:
        """Time a step: `with clock.phase("search") as note: ...; note("12 plans")`; kept even when the step fails."""
        note = Note()
        begun = time.monotonic()
        try:
            yield note
        finally:
            self._phases.append(Phase(name, time.monotonic() - begun, note.text))

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The steps timed so far, in order of their end."""
        return tuple(self._phases)
