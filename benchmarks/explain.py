"""CPU seconds for the reasons of every losing bid: 21 lots, 84 bids, an award limit, a value share and capacities.

The prices of the rules and the failure of every winner are timed too.

    python -m benchmarks.explain
    python -m benchmarks.explain --seeds 1 2 3 4 5

The markets are made up: lots on a jittered grid, providers with a home, half of the bids for a single lot, packages
of neighbouring lots at a price below the sum of its parts. No provider or price in them is real.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from lotopt.allocation.explain import failure_drill, reasons, rule_prices
from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.rules import AwardLimit, AwardRule, Capacity, EveryItemAwarded, ValueShare
from lotopt.allocation.solve import allocate_bids
from lotopt.core.lot import LotFacts
from lotopt.market.bid import Bid
from lotopt.market.market import Market
from lotopt.market.provider import Provider

T = TypeVar("T")
WIDE, HIGH, PROVIDERS, BIDS = 7, 3, 12, 84
RULES: tuple[AwardRule, ...] = (
    EveryItemAwarded(),
    AwardLimit(at_most=4),
    ValueShare(at_most=0.25),
    Capacity(measure="cases"),
)


def made_up(seed: int) -> Market:
    """A market of 21 lots, 12 providers and 84 bids, the same for the same seed."""
    draw = random.Random(seed)
    at = {
        f"L{x + WIDE * y + 1:02}": (x + draw.uniform(-0.35, 0.35), y + draw.uniform(-0.35, 0.35))
        for y in range(HIGH)
        for x in range(WIDE)
    }
    cases = {lot: float(draw.randint(800, 2400)) for lot in at}
    homes = {f"P{p + 1:02}": (draw.uniform(0, WIDE - 1), draw.uniform(0, HIGH - 1)) for p in range(PROVIDERS)}
    rate = {provider: draw.uniform(0.9, 1.15) for provider in homes}

    def far(provider: str, lot: str) -> float:
        return sum(abs(a - b) for a, b in zip(homes[provider], at[lot], strict=True))

    def price(provider: str, lots: Sequence[str]) -> Decimal:
        alone = sum(cases[lot] * 900 * rate[provider] * (1 + 0.03 * far(provider, lot)) for lot in lots)
        less = 1 - draw.uniform(0.0, 0.04) * (len(lots) - 1)
        return Decimal(str(round(alone * less * draw.uniform(0.97, 1.03), 2)))

    wanted: list[tuple[str, tuple[str, ...]]] = []
    for lot in sorted(at):  # two bids for each lot by those who live near
        near = sorted(homes, key=lambda provider: far(provider, lot))
        wanted += [(provider, (lot,)) for provider in draw.sample(near[:5], 2)]
    while len(wanted) < BIDS:
        provider = draw.choice(sorted(homes))
        first = min(at, key=lambda lot: far(provider, lot) + draw.random())
        near = sorted(at, key=lambda lot: sum(abs(a - b) for a, b in zip(at[first], at[lot], strict=True)))
        package = (provider, tuple(sorted(near[: draw.randint(2, 4)])))
        if package not in wanted:
            wanted.append(package)
    bids = [
        Bid.on(lots, id=f"B{number:03}", provider=provider, price=price(provider, lots))
        for number, (provider, lots) in enumerate(wanted, 1)
    ]
    capacity = {provider: {"cases": float(draw.randint(5000, 9000))} for provider in homes}
    return Market(
        tuple(LotFacts(lot, volumes={"cases": cases[lot]}) for lot in sorted(at)),
        tuple(Provider(id=provider, capacity=capacity[provider]) for provider in sorted(homes)),
        tuple(bids),
        simulated=True,
        source=f"made up, seed {seed}",
    )


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of a piece of work, and what came of it."""
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    for seed in parser.parse_args().seeds:
        asked: tuple[Any, ...] = (made_up(seed), RULES, [TotalPrice()])
        made = allocate_bids(*asked)
        seconds, found = timed(partial(reasons, *asked, result=made))
        for_prices, prices = timed(partial(rule_prices, *asked, result=made))
        for_drill, drill = timed(partial(failure_drill, *asked, result=made))
        kinds = Counter(reason.kind for reason in found.reasons)
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        unproven = sum(not each.exact for reason in found.reasons for each in reason.differences)
        print(
            f"seed {seed}: {len(found.reasons)} losing bids in {seconds:.1f} s of CPU ({told}; {unproven} unproven)"
        )
        print(f"    {len(prices.prices)} prices of rules in {for_prices:.1f} s")
        print(f"    {len(drill.failures)} failures in {for_drill:.1f} s")


if __name__ == "__main__":
    main()
