"""Which figures the study tells of a design: without an award, and with or without a drill."""

from __future__ import annotations

import math

import pytest

import lotopt as lo
from benchmarks.coherence.history import historical
from benchmarks.coherence.measure import OF_AWARD, OF_FAILURES, figures_of


def test_figures_without_an_award_are_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """No provider may hold more than a hundredth of the price: shape and layers are told, prices are NaN."""
    monkeypatch.setattr("benchmarks.coherence.measure.award_rules", lambda: award_rules_of(0.01))
    told = figures_of(historical()["nps-divisions-2014"], failures=True)
    assert all(math.isnan(told[name]) for name in (*OF_AWARD, *OF_FAILURES))
    assert told["lots"] == 7.0
    assert not math.isnan(told["bidders_mean"])


def award_rules_of(share: float) -> tuple[object, ...]:
    return (lo.rules.EveryItemAwarded(), lo.rules.ValueShare(at_most=share))


def test_a_drill_is_made_only_where_asked_for() -> None:
    """All other figures are the same with and without."""
    design = historical()["nps-divisions-2014"]
    without_drill, with_drill = figures_of(design, failures=False), figures_of(design, failures=True)
    assert set(with_drill) - set(without_drill) == set(OF_FAILURES)
    assert all(with_drill[name] == value for name, value in without_drill.items())
