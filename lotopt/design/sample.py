"""sample_designs: random contiguous designs that keep the rules, from a distribution that is known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from lotopt.core.clause import named
from lotopt.core.errors import InputError, Problems
from lotopt.design.clause import DesignRule
from lotopt.design.conflict import facts
from lotopt.design.ensemble import ChainReport, Ensemble
from lotopt.design.sampled import SOURCE, Sampled, sampled
from lotopt.engine.prepare import prepare_before
from lotopt.engine.sample.chains import TRIES, draw_chain
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.progress import Progress
from lotopt.territory.parts import Ints
from lotopt.territory.territory import Territory

# Measured on England and Wales (318 districts or 42 units, 2 to 42 lots, wide limits on size): designs between which
# every pair of lots was drawn three to five times are all but independent, and twenty times that forgets the start.
DRAWN, BURN = 5, 20


def sample_designs(
    territory: Territory,
    rules: Iterable[DesignRule],
    count: int = 1000,
    *,
    seed: int = 1,
    chains: int = 4,
    thin: int | None = None,
    burn: int | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Random designs that keep every rule, more often those whose lots are well connected inside.

    A design's probability is proportional to the product, over its lots, of the number of spanning trees of the graph
    inside the lot (Cannon, Duchin, Randall & Rule 2022). Each of `chains` starts from a design of its own; one design
    is kept every `thin` steps (a step draws a pair of lots) after the first `burn`. The same arguments always give
    the same designs. Rules: lot_count (one number), contiguous, size_between, whole, keep_together, and fixed with
    complete = true. Raises InputError for other rules, and where no design to start from was found.
    """
    rules = named(rules)
    _check(count=count, seed=seed, chains=chains, thin=thin, burn=burn)
    ground = sampled(territory, rules)
    prepare_before(Clock(), progress)
    thin = DRAWN * math.comb(max(ground.columns, 2), 2) if thin is None else thin
    burn = BURN * thin if burn is None else burn
    of = np.zeros((count, len(territory)), dtype=np.int64)
    for number, group in enumerate(ground.pinned, start=ground.columns):
        of[:, list(group.areas)] = number
    chain = np.sort(np.arange(count) % chains)
    reports = []
    for number in np.unique(chain).tolist():
        drawn = draw_chain(
            ground.graph, ground.columns, int((chain == number).sum()), seed=seed, number=number, thin=thin, burn=burn
        )
        if not drawn.tried:
            raise InputError(SOURCE, _no_start(territory, rules))
        labels = _in_order(drawn.label[:, ground.atom], ground.columns)
        of[np.ix_(chain == number, ground.free)] = labels
        went = (drawn.tried, drawn.steps, drawn.touching, drawn.with_cut, drawn.moved)
        reports.append(ChainReport(number, len(labels), len(np.unique(labels, axis=0)), *went))
    distribution = _distribution(territory, ground)
    return Ensemble(territory, rules, _names(ground), of, chain, distribution, tuple(reports), thin, burn, seed)


def _no_start(territory: Territory, rules: Sequence[DesignRule]) -> list[str]:
    """What to say where no first design was found: facts that prove there is none, or what would help."""
    return [
        f"no design to start from was found in {TRIES:,} tries",
        *(list(facts(territory, rules)) or ["widen the limits of size_between, or ask design_lots for any design"]),
    ]


def _in_order(labels: Ints, columns: int) -> Ints:
    """The same partitions (count, n), columns numbered by where they come first."""
    rows = np.arange(len(labels))[:, None]
    first = np.full((len(labels), columns), labels.shape[1], dtype=np.int64)
    np.minimum.at(first, (rows, labels), np.arange(labels.shape[1])[None, :])
    return np.asarray(first.argsort(axis=1).argsort(axis=1)[rows, labels], dtype=np.int64)


def _check(**given: int | None) -> None:
    problems = Problems("sample_designs")
    for name, value in given.items():
        least = 0 if name in ("seed", "burn") else 1
        if value is not None and value < least:
            problems.add(f"{name} is {value}; it is at least {least}")
    problems.check()


def _names(ground: Sampled) -> tuple[str, ...]:
    """L1, L2 and so on, then the pinned lots by their names."""
    pinned = tuple(group.name for group in ground.pinned)
    free = [f"L{k}" for k in range(1, ground.columns + len(pinned) + 1) if f"L{k}" not in pinned]
    return (*free[: ground.columns], *pinned)


def _distribution(territory: Territory, ground: Sampled) -> str:
    """The sentence that says how likely each design is."""
    what = f"{len(territory)} areas"
    if ground.units < len(territory):
        what = f"{ground.units} units (areas that stay together are one; all borders between two units count once)"
    same = "".join(f" The lot {group.name} is the same in all." for group in ground.pinned)
    return (
        f"Designs of {ground.columns + len(ground.pinned)} lots that keep every rule, each with probability "
        "proportional to the product, over its lots, of the number of spanning trees of the graph of borders inside "
        f"the lot; the graph is of {what}.{same}"
    )
