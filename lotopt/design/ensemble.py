"""Ensemble: random contiguous designs, and what their chains say of each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lotopt.design.clause import DesignGoal, DesignRule
from lotopt.design.design import LotDesign
from lotopt.engine.sample.convergence import effective_size, split_rhat
from lotopt.territory.parts import Floats, Ints
from lotopt.territory.territory import Territory

if TYPE_CHECKING:
    import pandas as pd

Statistic = Callable[[LotDesign], float] | DesignGoal
AGREE = 1.05  # split R-hat above which chains are said to disagree


@dataclass(frozen=True)
class ChainReport:
    """How one chain went.

    `tried` first designs until one kept every rule. Of `steps` pairs of lots drawn, `touching` were next to each
    other, `cut` of those had a tree that could be cut within the limits, and `moved` were cut in another way.
    """

    chain: int
    designs: int
    distinct: int
    tried: int
    steps: int
    touching: int
    cut: int
    moved: int

    @property
    def acceptance(self) -> float:
        """Of the pairs that touch, the share that was cut in another way."""
        return self.moved / self.touching if self.touching else 0.0


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Random designs of one territory: `of` (count, n) holds each area's index into `lots`, for every design.

    Lots are numbered by their first area in each design; lots that are pinned come last, under their names. `chain`
    (count,) says which chain a design is from: they follow each other chain by chain, in the order of drawing, one
    every `thin` steps after the first `burn`. `distribution` is the sentence that says how likely each design is.
    """

    territory: Territory
    rules: tuple[DesignRule, ...]
    lots: tuple[str, ...]
    of: Ints
    chain: Ints
    distribution: str
    chains: tuple[ChainReport, ...]
    thin: int
    burn: int
    seed: int

    def __len__(self) -> int:
        return len(self.of)

    def __iter__(self) -> Iterator[LotDesign]:
        return (self.design(i) for i in range(len(self)))

    def design(self, i: int) -> LotDesign:
        """One of the designs. Raises IndexError where there is none of that number."""
        if not 0 <= i < len(self):
            raise IndexError(f"design {i} of {len(self)}, which are numbered from 0")
        return LotDesign(self.territory, self.lots, self.of[i], title=f"random design {i}")

    @property
    def acceptance(self) -> float:
        """Of the pairs of lots that touch, the share that was cut in another way, over all chains."""
        touching = sum(report.touching for report in self.chains)
        return sum(report.moved for report in self.chains) / touching if touching else 0.0

    @property
    def distinct(self) -> int:
        """How many different designs there are."""
        return len(self._different[0])

    @cached_property
    def _different(self) -> tuple[Ints, Ints]:
        """The first of each different design, and for each design which of these it is."""
        _, first, which = np.unique(self.of, axis=0, return_index=True, return_inverse=True)
        return first.astype(np.int64), which.reshape(-1).astype(np.int64)

    @cached_property
    def cut_borders(self) -> Floats:
        """How many borders each design cuts (count,): pairs of neighbouring areas in different lots."""
        borders = self.territory.borders
        met = borders.of_kinds(None)
        pairs = np.unique(np.stack([borders.a[met], borders.b[met]], axis=1), axis=0)
        return (self.of[:, pairs[:, 0]] != self.of[:, pairs[:, 1]]).sum(axis=1).astype(np.float64)

    def values(self, statistic: Statistic) -> Floats:
        """A goal (before its weight), or a function of a design, for every design (count,)."""
        first, which = self._different
        found = []
        for i in first.tolist():
            design = self.design(i)
            found.append(
                statistic.value(self.territory, design.table)
                if isinstance(statistic, DesignGoal)
                else float(statistic(design))
            )
        return np.array(found, dtype=np.float64)[which]

    def effective_size(self, values: Floats) -> float:
        """How many independent designs tell the mean of a statistic (count,) as exactly as these do."""
        return effective_size(np.asarray(values, dtype=np.float64), self.chain)

    def split_rhat(self, values: Floats) -> float:
        """Whether the chains agree on a statistic (count,): 1 where they do, above 1.05 hardly."""
        return split_rhat(np.asarray(values, dtype=np.float64), self.chain)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What is to be told of the sample: chains that disagree or stand still, and few distinct designs."""
        return tuple(self._notes())

    def _notes(self) -> Iterator[str]:
        still = sum(report.moved == 0 for report in self.chains)
        if still:
            yield f"{still} of {len(self.chains)} chains stood still: no pair of lots was cut in another way."
        apart = self.split_rhat(self.cut_borders)
        if apart > AGREE:
            yield (
                f"Chains disagree on how many borders are cut (split R-hat {apart:.2f}, more than {AGREE}): they "
                "have not forgotten their starts, or no step joins some designs to others. Ask for a larger thin."
            )
        worth = self.effective_size(self.cut_borders)
        if worth < len(self) / 2:
            yield (
                f"For the mean number of borders cut, {len(self):,} designs are worth {worth:,.0f} independent ones. "
                "Ask for a larger thin."
            )
        if self.distinct < len(self) / 2:
            few = f"{self.distinct:,} of {len(self):,} designs are distinct"
            yield f"{few}: the rules leave few, or chains hardly move."

    def to_frame(self) -> pd.DataFrame:
        """One row per design: its number, its chain and how many borders it cuts."""
        import pandas as pd

        return pd.DataFrame({"design": range(len(self)), "chain": self.chain, "cut_borders": self.cut_borders})

    def __str__(self) -> str:
        """How many designs, how likely each is, how the chains went, and what is to be told of them."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        drawn = f"{len(self):,} designs of {len(self.lots)} lots in {len(self.chains)} chains"
        yield f"{drawn}; {self.distinct:,} are distinct."
        yield self.distribution
        moved = f"{self.acceptance:.0%} of the pairs of lots that touch were cut in another way"
        yield f"One every {self.thin:,} steps after {self.burn:,}; {moved}."
        worth = self.effective_size(self.cut_borders)
        if not math.isnan(worth):
            apart = f"split R-hat {self.split_rhat(self.cut_borders):.3f}"
            yield f"For the mean number of borders cut they are worth {worth:,.0f} independent designs; {apart}."
        yield from self.notes

    def __repr__(self) -> str:
        return f"<Ensemble: {len(self)} designs of {len(self.lots)} lots in {len(self.chains)} chains>"
