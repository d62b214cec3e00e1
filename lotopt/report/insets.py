"""The crowded part of a map, drawn larger in a free corner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lotopt.report.ground import Ground

if TYPE_CHECKING:
    from lotopt.territory.territory import Territory

# An inset shows an agency of at least this many areas, this many times smaller than the usual area.
CROWD, CROWDING = 8, 8.0


@dataclass(frozen=True)
class Inset:
    """A crowded part of the map (`view`: x, y, width, height) drawn larger in a free corner (`x`, `y`, `side`).

    `areas` are the indices of the areas in it.
    """

    title: str
    view: tuple[int, int, int, int]
    x: int
    y: int
    side: int
    areas: tuple[int, ...]


def inset(territory: Territory, ground: Ground) -> Inset | None:
    """The agency whose areas are most crowded, if any are too small to see, in the emptiest corner."""
    usual = len(ground.areas) / float(ground.sizes.sum())
    best: tuple[float, int, str] = (CROWDING * usual, 0, "")
    window = np.zeros(4)
    for layer in territory.layers.values():
        for agency in range(len(layer.agencies)):
            members = np.flatnonzero(layer.of == agency)
            if len(members) < CROWD:
                continue
            box = np.concatenate([ground.boxes[members, :2].min(axis=0), ground.boxes[members, 2:].max(axis=0)])
            density = len(members) / float(ground.sizes[members].sum())
            small = (box[2:] - box[:2]).max() < max(ground.width, ground.height) / 5
            if small and (density, len(members)) > best[:2]:
                best, window = (density, len(members), layer.name_of(agency)), box
    if not best[2]:
        return None
    side = int((window[2:] - window[:2]).max() * 1.06)
    x, y = (int(v) for v in (window[:2] + window[2:]) // 2 - side // 2)
    inside = (
        (ground.boxes[:, 0] < x + side)
        & (ground.boxes[:, 2] > x)
        & (ground.boxes[:, 1] < y + side)
        & (ground.boxes[:, 3] > y)
    )
    at_x, at_y, size = _corner(ground)
    return Inset(best[2], (x, y, side, side), at_x, at_y, size, tuple(np.flatnonzero(inside).tolist()))


def _corner(ground: Ground) -> tuple[int, int, int]:
    """The corner of the map (x, y, side) that a square covers least of the areas in."""
    choices = []
    for order, side in enumerate(ground.width * k // 100 for k in (34, 30, 26)):
        for right in (True, False):
            for top in (True, False):
                x = ground.width - side - 40 if right else 40
                y = 40 if top else ground.height - side - 40
                low = np.maximum(ground.boxes[:, :2], [x, y])
                high = np.minimum(ground.boxes[:, 2:], [x + side, y + side])
                covered = float(np.prod(np.maximum(high - low, 0), axis=1).sum()) / side**2
                choices.append((round(covered, 2) > 0.02, order, covered, x, y, side))
    _, _, _, x, y, side = min(choices)
    return int(x), int(y), int(side)
