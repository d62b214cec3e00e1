"""The script that measures how a report opens."""

from __future__ import annotations

from report_cases import solved

from benchmarks.report_opens import PIECES, weights
from lotopt.design.design import LotDesign
from lotopt.report.page import report_page
from tests.conftest import plan as drawn


def test_every_piece_of_a_page_is_found() -> None:
    """Areas, boundaries, data, tables, style and script all weigh something, and less than the whole."""
    made = drawn("AAB / ABB", layers={"police": "XXX / YYY"})
    design = LotDesign(made.territory, made.lots, made.of)
    turned = LotDesign(made.territory, made.lots, made.of[::-1].copy())
    found = dict(weights(report_page(solved(design), base=turned)))
    assert all(found[name] > 0 for name in PIECES)
    assert sum(found[name] for name in PIECES) < found["whole page"]
    assert 0 < found["packed (gzip)"] < found["whole page"]
