"""The market whose reading is timed: the same from workbook and folder, the same for the same seed."""

from __future__ import annotations

from pathlib import Path

from benchmarks.read_market import read, tables, write
from lotopt.market.read import read_market


def test_both_forms_are_the_same_market(tmp_path: Path) -> None:
    """2,000 bids, half of them packages, some with members, alternatives and conditions."""
    beside, book = write(tmp_path, tables(2000, 1))
    market = read_market(beside)
    assert market.digest == read_market(book).digest
    assert len(market.bids) == 2000
    assert sum(bid.package for bid in market.bids) == 1000
    assert any(bid.only_with for bid in market.bids)
    assert tables(2000, 1) == tables(2000, 1)
    assert tables(2000, 1) != tables(2000, 2)


def test_what_it_took_is_told(tmp_path: Path) -> None:
    """Rows, seconds, processor seconds of both processes, and the most memory."""
    _, book = write(tmp_path, tables(500, 1))
    took = read(str(book))
    assert took["rows"] == 500
    assert took["cpu"] > 0
    assert took["mb"] > 10
