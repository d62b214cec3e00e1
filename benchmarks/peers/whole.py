"""A model in whole numbers, for solvers that know no others."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.peers.model import Floats, Model
from benchmarks.terms import NotAskedError

LARGEST = 2**62
DIGITS = 9

WholeRow = tuple[list[int], list[int], int, int]


def whole_numbers(model: Model) -> list[WholeRow]:
    """Every row with whole coefficients: (columns, values, low, high), each the same condition as before.

    A row is multiplied by the power of ten that makes its values whole; limits are rounded towards the inside,
    which changes nothing for sums of whole numbers. Raises NotAskedError where values have more than nine digits
    behind the point, or where a column may not be rounded.
    """
    if not all(whole or rounds for whole, rounds in zip(model.whole, model.rounds, strict=True)):
        raise NotAskedError("it knows whole numbers only, and a deviation is none")
    return [
        (index.tolist(), *_whole(values, low, high))
        for (index, values), low, high in zip(model.entries, model.low, model.high, strict=True)
    ]


def _whole(values: Floats, low: float, high: float) -> tuple[list[int], int, int]:
    for digits in range(DIGITS + 1):
        scaled = values * 10.0**digits
        nearest = np.rint(scaled)
        if np.allclose(scaled, nearest, rtol=1e-12, atol=1e-12):
            unit = 10.0**digits
            floor = -LARGEST if math.isinf(low) else math.ceil(low * unit - 1e-9 * max(1.0, abs(low * unit)))
            roof = LARGEST if math.isinf(high) else math.floor(high * unit + 1e-9 * max(1.0, abs(high * unit)))
            return [int(v) for v in nearest.tolist()], floor, roof
    raise NotAskedError("its sizes are not whole numbers, nor decimals of at most nine digits")
