"""Why no plan exists: a smallest set of things that cannot hold together, and the time to look for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from lotopt.core.interrupt import interruptible
from lotopt.engine.solve.clock import Clock

T = TypeVar("T")
Reasons = tuple[str, ...]

# seconds for finding out which rules conflict: at most, and where the time limit left fewer
LONG_ENOUGH, AT_LEAST = 40.0, 10.0


def smallest_conflict(items: Sequence[T], holds: Callable[[Sequence[T]], bool | None], clock: Clock) -> tuple[T, ...]:
    """The items that are left when each that is not needed for the conflict is taken away, in their order.

    Deletion filter (Chinneck & Dravnieks 1991). `items` cannot all hold together. `holds` says whether some of them
    can (True), cannot (False), or that it is not known (None). An item stays unless the rest is known to conflict
    without it, so after an undecided test, or when the time is over, the set may be larger than need be; it always
    conflicts. Empty where the conflict lies outside the items.
    """
    kept = list(range(len(items)))
    for place in range(len(items)):
        if clock.over():
            break
        rest = [other for other in kept if other != place]
        if holds(tuple(items[other] for other in rest)) is False:
            kept = rest
    return tuple(items[place] for place in kept)


def time_for_reasons(clock: Clock) -> Clock:
    """What is left of a solve's time for finding out why no plan exists, within bounds."""
    left = clock.left()
    return Clock(LONG_ENOUGH if left is None else min(max(left, AT_LEAST), LONG_ENOUGH))


def reasons(clock: Clock, find: Callable[[], Reasons]) -> tuple[Reasons, bool]:
    """What `find` says of why no plan exists, as a step of the solve; and whether Ctrl-C stopped it before."""
    try:
        with clock.phase("conflict"), interruptible():
            return find(), False
    except KeyboardInterrupt:
        return (), True
