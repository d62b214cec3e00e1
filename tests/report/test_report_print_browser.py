"""A report on paper: printed to PDF by a real browser and read again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import unfold
from report_cases import GOALS, RULES, awarded, solved
from whole_reports import REPORTS

from lotopt.design.design import LotDesign
from lotopt.report.page import write_report
from lotopt.report.summary import summarise
from tests.conftest import plan as drawn

pytestmark = pytest.mark.browser

Show = Callable[..., Any]
A4 = (595, 842)  # points
# a box on the page that something could be pressed, chosen or unfolded with
PRESSED = """() => [...document.querySelectorAll('button, input, select, fieldset, .zoom, .skip, .back, .hint')]
  .filter((each) => each.getClientRects().length).map((each) => each.outerHTML.slice(0, 80))"""


def printed(page: Any, folder: Path) -> Any:
    """The page as a PDF document."""
    pdfium = pytest.importorskip("pypdfium2")
    page.pdf(path=folder / "page.pdf", prefer_css_page_size=True)
    return pdfium.PdfDocument(folder / "page.pdf")


def text_of(paper: Any) -> list[str]:
    """What stands on each page, without white space: lines break elsewhere on paper."""
    return [close(paper[i].get_textpage().get_text_range()) for i in range(len(paper))]


def close(text: str) -> str:
    return re.sub(r"[\s\ufffe\u00ad-]", "", text)


@pytest.fixture
def large(tmp_path: Path) -> tuple[LotDesign, Path]:
    """A report of 120 areas: their table is longer than a page."""
    made = drawn(" / ".join("ABCDEFGHIJKL" for _ in range(10)), layers={"police": " / ".join(["PPPQQQRRRSSS"] * 10)})
    design = LotDesign(made.territory, made.lots, made.of)
    path = write_report(tmp_path / "report.html", solved(design), awarded(design), rules=RULES, goals=GOALS)
    return design, path


@pytest.mark.parametrize("script", [True, False])
def test_every_sentence_and_cell_is_on_paper(
    script: bool, show: Show, large: tuple[LotDesign, Path], tmp_path: Path
) -> None:
    """Folds are open, with script or without."""
    design, path = large
    summary = summarise(solved(design), awarded(design), rules=RULES, goals=GOALS)
    text = "".join(text_of(printed(show(path, java_script_enabled=script), tmp_path)))
    said = [*summary.outcome, *(words.text for words in summary.layers), *summary.layers[0].named]
    assert summary.areas is not None
    assert summary.lots is not None
    rows = ["".join(row) for table in (summary.areas, summary.lots) for row in table.rows]
    rules = [told for rule in summary.jobs[0].rules for told in (rule.verdict, rule.room)]
    assert [told for told in (*said, *rows, *rules) if close(told) not in text] == []


def test_pages_are_a4_and_a_long_table_repeats_its_headings(
    show: Show, large: tuple[LotDesign, Path], tmp_path: Path
) -> None:
    """A heading on every page that has areas."""
    paper = printed(show(large[1]), tmp_path)
    assert {tuple(map(round, paper[i].get_size())) for i in range(len(paper))} == {A4}
    of_areas = [text for text in text_of(paper) if re.search(r"r01c01A|r10c12L", text)]
    assert len(of_areas) == 2
    assert ["AreaLotProvidercases" in text for text in of_areas] == [True, True]


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_on_paper_can_be_pressed(name: str, show: Show, shaped: LotDesign, tmp_path: Path) -> None:
    """No button, box to tick, list or hint has a place on the page; links and folds look like text."""
    page = show(REPORTS[name](shaped, tmp_path))
    page.emulate_media(media="print")
    page.wait_for_timeout(100)
    assert page.evaluate(PRESSED) == []
    folds = "found => found.filter(each => getComputedStyle(each).listStyleType !== 'none').length"
    assert page.locator("summary").evaluate_all(folds) == 0
    lines = "found => found.filter(each => getComputedStyle(each).textDecorationLine !== 'none').length"
    assert page.locator("main a").evaluate_all(lines) == 0


def test_what_was_folded_is_folded_again_after_printing(show: Show, large: tuple[LotDesign, Path]) -> None:
    """And what was open stays open."""
    page = show(large[1])
    page.locator("details").first.evaluate("fold => fold.open = true")
    expect = pytest.importorskip("playwright.sync_api").expect
    closed = page.locator("details:not([open])")
    before = closed.count()
    assert before > 0
    page.emulate_media(media="print")
    expect(closed).to_have_count(0)
    page.emulate_media(media="screen")
    expect(closed).to_have_count(before)
    assert page.locator("details").first.get_attribute("open") is not None


def test_lots_are_hatched_on_paper(show: Show, report: Path) -> None:
    """A copier in black and white tells them apart."""
    page = show(report)
    fill = "found => found.map(each => getComputedStyle(each).fill)"
    assert not any("url" in found for found in page.locator("#map .area").evaluate_all(fill))
    page.emulate_media(media="print")
    assert all("#pattern-" in found for found in page.locator("#map .area").evaluate_all(fill))


def test_a_map_is_not_cut_by_the_end_of_a_page(show: Show, report: Path) -> None:
    """It is shorter than a page and asks not to be broken."""
    page = show(report, width=680)  # about what A4 leaves between its margins
    page.emulate_media(media="print")
    unfold(page)
    assert page.locator("#map").evaluate("map => getComputedStyle(map).breakInside") == "avoid"
    assert page.locator("#map").bounding_box()["height"] < 267 * 96 / 25.4
