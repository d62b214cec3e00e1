"""Every rule under one roof, as `lotopt.rules`: those of lot design and those of allocation."""

from __future__ import annotations

from lotopt.allocation.rules import *  # noqa: F403
from lotopt.allocation.rules import RULES as _AWARD
from lotopt.core.clause import Rule
from lotopt.design.rules import *  # type: ignore[assignment]  # noqa: F403
from lotopt.design.rules import RULES as _DESIGN

EVERY: tuple[type[Rule], ...] = (*_DESIGN, *_AWARD)
__all__ = [kind.__name__ for kind in EVERY]


def __dir__() -> list[str]:
    return list(__all__)
