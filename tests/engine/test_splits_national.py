"""Few splits of police areas, and lots nested in them, on the 318 districts of England and Wales."""

from __future__ import annotations

import pytest

import lotopt as lo
from lotopt.core.result import Status

# London has 18.1 % of recorded crime, so it fills three lots of at most 7 %; every other police area fits in one
TWENTY_ONE = [
    lo.rules.LotCount(at_least=21, at_most=21),
    lo.rules.SizeBetween(measure="crime", at_least=0.03, at_most=0.07, of="share"),
    lo.rules.Contiguous(),
]


def test_the_fewest_splits_are_proven() -> None:
    """43 police areas, one of which fills three lots: 45 interfaces, no fewer."""
    territory = lo.load_territory("england-wales")
    result = lo.design_lots(territory, TWENTY_ONE, [lo.goals.Interfaces(layer="police")])
    assert result.status == Status.OPTIMAL
    assert result.objective == result.bound == 45
    assert result.audit is not None
    assert result.audit.ok


@pytest.mark.slow
def test_compact_lots_at_the_fewest_splits_come_with_a_close_bound() -> None:
    """With two splits and no more, the plan costs at most 5 % more than its bound."""
    territory = lo.load_territory("england-wales")
    rules = [*TWENTY_ONE, lo.rules.Splits(layer="police", at_most=2)]
    goals = [lo.goals.Compactness(measure="crime")]
    result = lo.design_lots(territory, rules, goals, solver=lo.SolverOptions(time_limit=300))
    assert result.gap is not None
    assert result.gap <= 0.05
    assert result.audit is not None
    assert result.audit.ok


@pytest.mark.slow
@pytest.mark.parametrize("goal", [lo.goals.Compactness(measure="crime"), lo.goals.BorderLength()])
def test_nested_lots_are_proven(goal: lo.goals.Compactness | lo.goals.BorderLength) -> None:
    """Eighty lots, each inside one police area: a best design, proven."""
    territory = lo.load_territory("england-wales")
    rules = [
        lo.rules.LotCount(at_least=80, at_most=80),
        lo.rules.SizeBetween(measure="crime", at_least=0.0015, at_most=0.04, of="share"),
        lo.rules.Contiguous(),
        lo.rules.Nested(layer="police"),
    ]
    result = lo.design_lots(territory, rules, [goal])
    assert result.status == Status.OPTIMAL
    assert result.audit is not None
    assert result.audit.ok
