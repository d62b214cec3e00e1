"""Reports with every part there is, in a real browser: nothing to be complained of, at any width, in any colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pages import area, unfold, violations
from report_cases import EVIL_AREA
from whole_reports import HEBREW, LONG, REPORTS

from lotopt.design.design import LotDesign
from lotopt.report.moves import moves

pytestmark = pytest.mark.browser

Show = Callable[..., Any]


@pytest.mark.parametrize("width", [1280, 660, 320])
@pytest.mark.parametrize("name", REPORTS)
def test_axe_finds_nothing(name: str, width: int, show: Show, shaped: LotDesign, tmp_path: Path) -> None:
    """WCAG 2.2 AA and best practice, every fold open."""
    page = show(REPORTS[name](shaped, tmp_path), width=width)
    unfold(page)
    page.wait_for_timeout(100)
    assert violations(page) == []


@pytest.mark.parametrize("name", REPORTS)
def test_axe_finds_nothing_in_forced_colours(name: str, show: Show, shaped: LotDesign, tmp_path: Path) -> None:
    """Where the reader's own few colours take the place of the page's."""
    page = show(REPORTS[name](shaped, tmp_path), forced_colors="active")
    unfold(page)
    assert violations(page) == []


@pytest.mark.parametrize("name", REPORTS)
def test_it_fits_a_narrow_window(name: str, show: Show, shaped: LotDesign, tmp_path: Path) -> None:
    """At 320 px, which is 400 % zoom, nothing needs sideways scrolling, however long a name is."""
    page = show(REPORTS[name](shaped, tmp_path), width=320)
    unfold(page)
    page.wait_for_timeout(100)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_names_stay_text_and_in_their_place(show: Show, shaped: LotDesign, tmp_path: Path) -> None:
    """Markup is shown as it is written; no character turns the text around it."""
    page = show(REPORTS["everything"](shaped, tmp_path))
    unfold(page)
    assert page.locator("main img, main b").count() == 0
    text = page.locator("main").inner_text()
    for name in (EVIL_AREA, LONG, HEBREW):
        assert name in text
    assert not {*"\u202a\u202b\u202d\u202e\u2066\u2067\u2068"} & {*page.content()}


def test_the_old_lots_can_be_shown_and_what_moves_stands_out(show: Show, shaped: LotDesign, tmp_path: Path) -> None:
    """The base is a boundary like any other; an area tells which lot it was in; areas that stay fade on request."""
    page = show(REPORTS["everything"](shaped, tmp_path))
    area(page, 0).hover()
    assert "Lot before" in page.locator(".detail").inner_text()
    page.locator("#map-figure input[value=the-base]").check()
    assert page.locator("#map-layer-the-base").is_visible()
    page.get_by_label("Only areas that change lot").check()
    faded = "found => found.filter(area => getComputedStyle(area).opacity < 1).map(area => +area.dataset.a)"
    moved = moves(replace(shaped, of=shaped.of[::-1].copy()), shaped, "cases").moved
    stays = [i for i, moves_away in enumerate(moved.tolist()) if not moves_away]
    assert sorted(page.locator("#map .area").evaluate_all(faded)) == stays


def test_a_lot_of_the_old_map_is_found_on_the_new_one(show: Show, shaped: LotDesign, tmp_path: Path) -> None:
    """Pressed on the small map of the base, its areas stay on the large one."""
    page = show(REPORTS["everything"](shaped, tmp_path))
    page.locator("#before use[data-l='0']").first.click(force=True)
    chosen = page.locator("#map .area.on").evaluate_all("found => found.map(area => +area.dataset.a)")
    assert sorted(chosen) == [i for i, lot in enumerate(shaped.of[::-1].tolist()) if lot == 0]
