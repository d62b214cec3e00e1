"""Duals drawn towards the best known ones, so that rounds of pricing do not swing.

Wentges (1997); Pessoa et al. (2018).
"""

from __future__ import annotations

import numpy as np

from lotopt.engine.columns.restricted import Duals

FIRST = 0.6


class Smoothing:
    """The best bound and its duals, and how far the LP's duals are drawn towards them: `share` of the way."""

    def __init__(self) -> None:
        self.bound, self.share = -np.inf, FIRST
        self.best: Duals | None = None

    def between(self, duals: Duals) -> Duals:
        """The duals to price at."""
        if self.best is None or self.share == 0.0:
            return duals
        there, here = self.share, 1 - self.share
        return Duals(
            there * self.best.atoms + here * duals.atoms,
            there * self.best.rows + here * duals.rows,
        )

    def improves(self, bound: float, used: Duals) -> bool:
        """Whether a bound is the best so far; then its duals are kept."""
        better = bound > self.bound
        if better:
            self.bound, self.best = bound, used
        return better

    def loosen(self, used: Duals) -> None:
        """Less of it where pricing at `used` found nothing for the LP, none where these are the best ones already."""
        self.share = 0.0 if self.best is used or self.share < 0.1 else self.share * 0.5
