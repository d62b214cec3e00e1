"""Solving again and again, one question after the other, until the time is over or Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from lotopt.core.interrupt import interruptible, uninterrupted
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import Progress

T = TypeVar("T")
S = TypeVar("S")


def one_by_one(
    things: Iterable[S], work: Callable[[S], T], clock: Clock, progress: Progress | None, what: str
) -> tuple[list[T], bool]:
    """What `work` gives for each thing, until the time is over or Ctrl-C; and whether all were done.

    `progress` hears "reasons 3 of 40" for the third of 40 `what`.
    """
    every, found = list(things), list[T]()
    # what was found is told whatever is pressed meanwhile
    with uninterrupted():
        try:
            with interruptible():
                for at, thing in enumerate(every, 1):
                    if clock.over():
                        return found, False
                    if progress is not None:
                        progress(f"{what} {at} of {len(every)}", None, None)
                    found.append(work(thing))
        except KeyboardInterrupt:
            return found, False
    return found, True
