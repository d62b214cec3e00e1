"""Made-up tenders as arrays: many lots, package bids along neighbours, and limits on who wins how much.

The same for the same seed on every machine. No provider or price in them is real.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

# A package is cheaper than its lots one by one by a share for each lot beyond the first, drawn up to this.
LARGEST_DISCOUNT = 0.04
# Two providers as far from a lot and with the same rate ask prices up to this part of them apart.
SPREAD = 0.6
# Lots in a package, and how far along each axis a lot may lie from its place on the grid.
PACKAGE, JITTER = (2, 4), 0.35


@dataclass(frozen=True, eq=False)
class Drawn:
    """What was drawn: L lots, P providers, J bids; money in pence a year.

    `cases` (L,) is the need of a lot and `region` (L,) where it lies. `capacity` (P,) is in cases. `price` (J,) and
    `provider` (J,) are of bids; bid `on_bid[k]` holds lot `on_lot[k]`.
    """

    cases: Ints
    region: Ints
    capacity: Ints
    price: Ints
    provider: Ints
    on_bid: Ints
    on_lot: Ints


@dataclass(frozen=True)
class Tender:
    """`lots` on a jittered grid in square regions, `providers` with a home, half of the `bids` for a single lot.

    A provider bids for the lots nearest to its home, then for packages of two to four lots along a random walk over
    neighbouring lots, cheaper than one by one. Prices grow with the distance from home. The closer prices lie
    (`spread`) and the more packages save (`discount`), the harder it is to prove which bids are best.
    """

    seed: int
    lots: int
    providers: int
    bids: int
    spread: float = SPREAD
    discount: float = LARGEST_DISCOUNT

    def __str__(self) -> str:
        return f"{self.lots}x{self.providers}x{self.bids}"

    @property
    def award_limit(self) -> int:
        """Lots that one provider may win."""
        return 8

    @property
    def value_cap(self) -> int:
        """Pence a year that one provider may win: eight times the mean price of a single lot."""
        drawn = self.drawn
        alone = np.bincount(drawn.on_bid) == 1
        return int(8 * float(np.mean(drawn.price[alone])))

    @property
    def winners(self) -> tuple[int, int]:
        """The fewest and the most providers that may win."""
        return math.ceil(self.lots / 8), math.ceil(self.lots / 5)

    @property
    def winners_in_region(self) -> int:
        """The fewest providers that win in each region."""
        return 2

    @cached_property
    def drawn(self) -> Drawn:
        """The lots, providers and bids."""
        draw = random.Random(f"tender {self}, {self.seed}").random
        width = math.ceil(math.sqrt(self.lots))
        across = max(1, round(width / 5))
        at = [
            (i % width + JITTER * (2 * draw() - 1), i // width + JITTER * (2 * draw() - 1)) for i in range(self.lots)
        ]
        high = math.ceil(self.lots / width)
        region = [
            across * (i // width * across // high) + i % width * across // width for i in range(self.lots)
        ]
        cases = [100 + int(900 * draw() * draw()) for _ in at]
        homes = [(width * draw(), high * draw()) for _ in range(self.providers)]
        rates = [7000 + 3000 * draw() for _ in homes]
        share = 9 * sum(cases) / self.lots
        capacity = [math.ceil(share * (0.6 + 0.8 * draw()) + max(cases)) for _ in homes]
        alone = self._alone(at, homes)

        def price(who: int, lot: int) -> float:
            away = math.dist(homes[who], at[lot])
            return 200_000 + cases[lot] * rates[who] * (1 + 0.05 * away) * (1 + self.spread * (draw() - 0.5))

        asked = {(who, lot): price(who, lot) for who, found in enumerate(alone) for lot in found}
        near = [self._neighbours(i, width) for i in range(self.lots)]
        bids = [(who, (lot,), amount) for (who, lot), amount in asked.items()]
        seen = {(who, lots) for who, lots, _ in bids}
        tries = 0
        while len(bids) < self.bids and tries < 20 * self.bids:
            tries += 1
            who = len(bids) % self.providers
            lots = self._walk(draw, alone[who], near)
            if len(lots) >= PACKAGE[0] and (who, lots) not in seen and all((who, i) in asked for i in lots):
                seen.add((who, lots))
                cheaper = 1 - self.discount * (len(lots) - 1) * (0.25 + 0.75 * draw())
                bids.append((who, lots, cheaper * sum(asked[who, i] for i in lots)))
        return Drawn(
            np.array(cases), np.array(region), np.array(capacity),
            np.array([round(amount) for _, _, amount in bids]),
            np.array([who for who, _, _ in bids]),
            np.repeat(np.arange(len(bids)), [len(lots) for _, lots, _ in bids]),
            np.array([lot for _, lots, _ in bids for lot in lots]),
        )  # fmt: skip

    def _alone(self, at: list[tuple[float, float]], homes: list[tuple[float, float]]) -> list[list[int]]:
        """The lots that each provider bids for one by one: the nearest to its home."""
        each = max(1, round(self.bids / 2 / self.providers))
        everywhere = range(self.lots)
        return [sorted(everywhere, key=lambda i: (math.dist(home, at[i]), i))[:each] for home in homes]

    def _neighbours(self, i: int, width: int) -> list[int]:
        beside = [i - 1] * (i % width > 0) + [i + 1] * (i % width < width - 1) + [i - width, i + width]
        return [j for j in beside if 0 <= j < self.lots]

    def _walk(self, draw: Any, start: list[int], near: list[list[int]]) -> tuple[int, ...]:
        """Lots met on a walk from one of `start` over neighbours, sorted."""
        size = PACKAGE[0] + int((PACKAGE[1] - PACKAGE[0] + 1) * draw())
        here = start[int(len(start) * draw())]
        met = {here}
        for _ in range(3 * size):
            if len(met) == size:
                break
            here = near[here][int(len(near[here]) * draw())]
            met.add(here)
        return tuple(sorted(met))
