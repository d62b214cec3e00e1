from __future__ import annotations

import numpy as np
import pytest

from benchmarks.tender import PACKAGE, Tender
from benchmarks.tender_rows import milp_of
from benchmarks.tenders import LINKS, _solved

SMALL = Tender(1, 30, 20, 900)


def test_a_tender_is_what_was_asked_for() -> None:
    """As many bids as asked for, half of them for one lot, packages of two to four lots."""
    drawn = SMALL.drawn
    size = np.bincount(drawn.on_bid)
    assert len(drawn.price) == 900
    assert 0.4 < (size == 1).mean() < 0.6
    assert (size.min(), size.max()) == (1, PACKAGE[1])


def test_packages_cost_less_than_their_lots() -> None:
    """A provider's package is cheaper than its bids for the lots one by one."""
    drawn = SMALL.drawn
    lots = np.split(drawn.on_lot, np.flatnonzero(np.diff(drawn.on_bid)) + 1)
    bids = list(zip(drawn.provider, lots, drawn.price, strict=True))
    alone = {(who, of[0]): price for who, of, price in bids if len(of) == 1}
    for who, of, price in bids:
        if len(of) > 1:
            assert price < sum(alone[who, lot] for lot in of)


def test_the_same_seed_draws_the_same_and_another_another() -> None:
    """Prices depend on the seed and on nothing else."""
    assert Tender(1, 30, 20, 900).drawn.price.tolist() == SMALL.drawn.price.tolist()
    assert Tender(2, 30, 20, 900).drawn.price.tolist() != SMALL.drawn.price.tolist()


@pytest.mark.parametrize("solver", LINKS)
def test_every_solver_finds_the_same_optimum(solver: str) -> None:
    """However a bid makes its provider a winner, the least price is the same, and the plan keeps every row."""
    ours = _solved(SMALL, "lotopt", 60.0, 0.0)
    told = _solved(SMALL, solver, 60.0, 0.0)
    assert told["status"] == "optimal"
    assert told["objective"] == pytest.approx(ours["objective"], rel=1e-9)


def test_a_broken_row_is_seen() -> None:
    """A plan without any bid leaves every lot without a winner."""
    milp = milp_of(SMALL)
    assert milp.broken(np.zeros(0, dtype=np.int64)) >= SMALL.lots
