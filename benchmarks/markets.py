"""Made-up markets, the same for the same seed on every machine. No provider or price in them is real."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lotopt.market.market import Market


@dataclass(frozen=True)
class MadeUpMarket:
    """`lots` on a grid, `providers` with homes and capacity, `bids` in all: three of four for one lot, the others
    for two neighbouring lots together, cheaper by up to 8 per cent.

    Prices grow with the distance from home. All capacity together is `slack` times the need.
    """

    seed: int
    lots: int
    providers: int
    bids: int
    slack: float = 1.5

    def market(self) -> Market:
        """The market; its measure is `cases`."""
        from lotopt.core.lot import LotFacts
        from lotopt.market.bid import Bid, Item
        from lotopt.market.market import Market
        from lotopt.market.provider import Provider

        draw = random.Random(self.seed).random
        width = math.ceil(math.sqrt(self.lots))
        at = [(i % width, i // width) for i in range(self.lots)]
        cases = [100 + int(900 * draw() * draw()) for _ in at]
        homes = [(width * draw(), width * draw()) for _ in range(self.providers)]
        rates = [70 + 20 * draw() for _ in homes]
        shares = [0.5 + draw() for _ in homes]
        each = self.slack * sum(cases) / sum(shares)
        capacity = [max(math.ceil(each * share), 2 * max(cases)) for share in shares]

        def price(who: int, lot: int) -> float:
            return 2000 + cases[lot] * rates[who] * (1 + 0.05 * math.dist(homes[who], at[lot])) * (0.9 + 0.2 * draw())

        everyone = range(self.providers)
        nearest = [sorted(everyone, key=lambda p: (math.dist(homes[p], here), p)) for here in at]
        singles = max(1, round(0.75 * self.bids / self.lots))
        wide = min(self.providers, singles)
        found: list[tuple[tuple[int, ...], int, float]]
        found = [((i,), who, price(who, i)) for i in range(self.lots) for who in nearest[i][:wide]]
        asked = {(lots[0], who): amount for lots, who, amount in found}
        pairs = [
            (i, j, who)
            for i in range(self.lots)
            for j in (i + 1, i + width)
            if j < self.lots and (j != i + 1 or j % width)
            for who in nearest[i][:wide]
            if (j, who) in asked
        ]
        ranked = sorted((draw(), pair) for pair in pairs)[: max(0, self.bids - len(found))]
        for _, (i, j, who) in ranked:
            found.append(((i, j), who, (asked[i, who] + asked[j, who]) * (1 - 0.08 * draw())))
        return Market(
            tuple(LotFacts(f"L{i:04d}", volumes={"cases": float(cases[i])}) for i in range(self.lots)),
            tuple(
                Provider(id=f"p{p:03d}", name=f"Provider {p} (made up)", capacity={"cases": float(capacity[p])})
                for p in range(self.providers)
            ),
            tuple(
                Bid(
                    id=f"b{k:06d}",
                    provider=f"p{who:03d}",
                    items=tuple(Item(f"L{i:04d}") for i in lots),
                    price=Decimal(round(100 * amount)) / 100,
                )
                for k, (lots, who, amount) in enumerate(found)
            ),
            simulated=True,
            source=str(self),
        )
