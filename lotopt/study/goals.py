"""Every goal under one roof, as `lotopt.goals`: those of lot design and those of allocation."""

from __future__ import annotations

from lotopt.allocation.goals import *  # noqa: F403
from lotopt.allocation.goals import GOALS as _AWARD
from lotopt.core.clause import Goal
from lotopt.design.goals import *  # type: ignore[assignment]  # noqa: F403
from lotopt.design.goals import GOALS as _DESIGN

EVERY: tuple[type[Goal], ...] = (*_DESIGN, *_AWARD)
__all__ = [kind.__name__ for kind in EVERY]


def __dir__() -> list[str]:
    return list(__all__)
