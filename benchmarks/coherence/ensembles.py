"""Designs drawn at random, measured: what a design looks like that nobody drew for its boundaries."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

import lotopt as lo
from benchmarks.coherence.measure import figures_of
from benchmarks.coherence.place import territory
from benchmarks.coherence.settings import SEED, design_rules

LONDON = "trust_2010:London Probation Trust"
DISTRICTS, AREAS, SIX_2011 = "districts", "areas", "six-2011"
UNITS = {
    DISTRICTS: "districts, whatever boundary they cross",
    AREAS: "whole criminal justice areas, joined at random",
    SIX_2011: "the six lots of 2011: London as published, the 34 other trusts joined at random into five lots",
}


@dataclass(frozen=True)
class Drawn:
    """One ensemble, measured: `figures` holds an array (designs,) for each name; NaN where not measured."""

    unit: str
    lots: int
    figures: dict[str, np.ndarray]
    distribution: str
    distinct: int
    effective: float
    rhat: float
    notes: tuple[str, ...]


def rules_of(unit: str, lots: int) -> list[object]:
    """What every design of an ensemble keeps to: the size limits of designs that are searched for, and its units."""
    if unit == SIX_2011:
        pinned = lo.rules.Fixed(lots={"London": (LONDON,)}, complete=True)
        return [*design_rules(lots, whole=False), lo.rules.Whole(layer="trust_2010"), pinned]
    return list(design_rules(lots, whole=unit == AREAS))


def drawn(unit: str, lots: int, designs: int, drills: int) -> Drawn:
    """Draw designs and measure each; for `drills` of them, spread over all, the failure of every provider as well.

    Designs that come up twice are measured once, and one that is drilled tells of its failures wherever it comes up.
    """
    rules = rules_of(unit, lots)
    ensemble = lo.sample_designs(territory(), rules, designs, seed=SEED)  # type: ignore[arg-type]
    known: dict[bytes, dict[str, float]] = {}
    rows: list[dict[str, float]] = []
    # spread over all chains: the first of each come one after the other
    drilled = set(np.linspace(0, designs - 1, min(drills, designs), dtype=int).tolist())
    for k in range(len(ensemble)):
        key = ensemble.of[k].tobytes()
        if key not in known or (k in drilled and "failure_worst" not in known[key]):
            known[key] = figures_of(ensemble.design(k), k in drilled)
        rows.append(known[key])
    names = list(dict.fromkeys(name for row in rows for name in row))
    figures = {name: np.array([row.get(name, math.nan) for row in rows]) for name in names}
    border = ensemble.cut_borders
    return Drawn(
        unit,
        lots,
        figures,
        ensemble.distribution,
        ensemble.distinct,
        ensemble.effective_size(border),
        ensemble.split_rhat(border),
        ensemble.notes,
    )


def percentile(values: np.ndarray, value: float) -> float:
    """How many in a hundred of an ensemble lie below a value, equals counted half; NaN where none is known."""
    known = values[~np.isnan(values)]
    if not len(known) or math.isnan(value):
        return math.nan
    near = np.isclose(known, value, rtol=1e-9, atol=1e-12)
    return float(100 * (((known < value) & ~near).sum() + near.sum() / 2) / len(known))
