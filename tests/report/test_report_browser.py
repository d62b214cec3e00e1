"""The pages in a real browser with the network off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import area, unfold, violations
from report_cases import EVIL_AREA, decided_together

from lotopt.cli import answer
from lotopt.design.design import LotDesign
from lotopt.report.page import write_report
from lotopt.study.explain import TITLES

pytestmark = pytest.mark.browser


def test_pointing_at_an_area_tells_of_it(show: Callable[..., Any], report: Path) -> None:
    """Name, lot, provider, measure and agency stand beside the map; the name stays text."""
    page = show(report)
    area(page, 0).hover()
    told = page.locator(".detail").inner_text()
    assert EVIL_AREA in told
    for word in ("Lot A", "</script>", "cases", "police", "X"):
        assert word in told


def test_arrow_keys_move_between_areas(show: Callable[..., Any], report: Path) -> None:
    """From the first square right and down is the middle square; Enter marks its lot."""
    page = show(report)
    area(page, 0).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert "r2c2" in page.locator(".detail").inner_text()
    page.keyboard.press("Enter")
    assert page.locator("#map [aria-selected=true]").count() == 3


def test_a_layer_can_be_shown(show: Callable[..., Any], report: Path) -> None:
    """The outlines of the layer appear and go."""
    page = show(report)
    lines = page.locator("#map-layer-police")
    assert not lines.is_visible()
    page.get_by_label("police").check()
    assert lines.is_visible()
    page.get_by_label("Lots only").check()
    assert not lines.is_visible()


def test_a_lot_of_the_table_is_shown_on_the_map(show: Callable[..., Any], report: Path, shaped: LotDesign) -> None:
    """Its areas stay, the others fade; a second press takes it back."""
    page = show(report)
    button = page.get_by_role("button", name="B", exact=True).first
    button.click()
    chosen = page.locator("#map .area.on").evaluate_all("found => found.map(area => +area.dataset.a)")
    assert chosen == [i for i, lot in enumerate(shaped.of) if shaped.lots[lot] == "B"]
    button.click()
    assert page.locator("#map .area.on").count() == 0


@pytest.mark.parametrize("width", [1280, 320])
def test_a_lot_of_the_table_brings_the_map_into_view(show: Callable[..., Any], report: Path, width: int) -> None:
    """At once where less motion is wanted; a button leads back to the row."""
    page = show(report, width=width, reduced_motion="reduce")
    button = page.locator("#lots ~ .scroll [data-lot='1']")
    button.evaluate("found => found.scrollIntoView({ block: 'start' })")
    button.click()
    box = page.locator("#map").bounding_box()
    assert 0 <= box["y"] <= box["y"] + box["height"] <= 900
    page.get_by_role("button", name="Back to the table").click()
    assert button.evaluate("found => found === document.activeElement && found.getBoundingClientRect().top") > 0
    assert not page.locator(".back").is_visible()


def test_the_way_to_the_map_is_smooth_where_motion_is_no_trouble(show: Callable[..., Any], report: Path) -> None:
    """The page is on its way for a while and then there."""
    page = show(report, width=400)
    page.locator("#lots ~ .scroll [data-lot='1']").click()
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect(page.locator("#map")).to_be_in_viewport(ratio=0.99)


CUT = """() => [...document.querySelectorAll('td.n')].filter(cell => {
  const range = document.createRange(), region = cell.closest('.scroll').getBoundingClientRect();
  range.selectNodeContents(cell);
  return [...range.getClientRects()].some(box => box.right > region.right + 1 || box.left < region.left - 1);
}).map(cell => cell.textContent)"""


@pytest.mark.parametrize("width", [400, 320])
def test_no_number_is_cut_in_a_narrow_window(show: Callable[..., Any], report: Path, width: int) -> None:
    """A table that is too wide becomes cards, each figure beside its heading, and stays a table to a reader."""
    page = show(report, width=width)
    unfold(page)
    page.wait_for_selector("#lots ~ .cards")
    page.wait_for_selector("#areas ~ details .cards")
    assert page.evaluate(CUT) == []
    price = page.locator("#lots ~ .scroll td").last
    assert price.get_attribute("data-title") == "Price a year"
    assert page.get_by_role("cell", name="£3,000.10").first.is_visible()
    assert page.get_by_role("columnheader", name="Price a year").count() > 0


def test_a_table_that_scrolls_says_so(show: Callable[..., Any], report: Path) -> None:
    """Between narrow and wide: a hint, and a region that the keyboard reaches; gone where there is room."""
    page = show(report, width=660)
    region = page.locator("#lots ~ .scroll")
    page.wait_for_selector("#lots ~ .scroll.wide")
    assert page.locator("#lots ~ .sideways").is_visible()
    assert region.get_attribute("tabindex") == "0"
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_selector("#lots ~ .scroll:not(.wide)")
    assert not page.locator("#lots ~ .sideways").is_visible()
    assert region.get_attribute("tabindex") == "-1"


def test_zoom_and_back(show: Callable[..., Any], report: Path) -> None:
    """A button halves the view, another brings the whole map back."""
    page = show(report)
    whole = page.locator("#map").get_attribute("viewBox")
    page.get_by_role("button", name="Zoom in").click()
    assert float(page.locator("#map").get_attribute("viewBox").split()[2]) == float(whole.split()[2]) / 2
    page.get_by_role("button", name="Whole map").click()
    assert page.locator("#map").get_attribute("viewBox") == whole


def test_it_fits_a_narrow_window(show: Callable[..., Any], report: Path) -> None:
    """At 320 px, which is 400 % zoom, nothing but a table needs sideways scrolling."""
    page = show(report, width=320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("width", [1280, 660, 320])
def test_axe_finds_nothing(show: Callable[..., Any], report: Path, width: int) -> None:
    """WCAG 2.2 AA and best practice, every fold open."""
    page = show(report, width=width)
    unfold(page)
    area(page, 4).hover()
    assert violations(page) == []


def test_deciding_together_shows_a_second_map_and_troubles_nobody(show: Callable[..., Any], tmp_path: Path) -> None:
    """The map of lots first unfolds; it is to be looked at only, and axe finds nothing."""
    together = decided_together()
    path = write_report(tmp_path / "together.html", together.design, together.awards, together=together)
    page = show(path)
    assert not page.locator("#first").is_visible()
    page.get_by_text("Map of the lots where lots are drawn first").click()
    assert page.locator("#first").is_visible()
    assert page.locator("#first [role=option]").count() == 0
    assert violations(page) == []


def test_every_explanation_is_told_and_troubles_nobody(show: Callable[..., Any], tmp_path: Path) -> None:
    """Awards of lots of their own, all that is to be told of them, names that are markup: nothing runs."""
    evil = "<img src=x onerror=alert(1)>"
    market = tmp_path / "market"
    market.mkdir()
    (market / "lots.csv").write_text(f"lot,lot_name,status,reason\nn,{evil},,\ns,South,,\nw,West,cancelled,{evil}\n")
    (market / "providers.csv").write_text(f"provider,name\na,{evil}\nb,Birch\nc,Cedar\n")
    (market / "bids.csv").write_text("bid,provider,lots,price\na1,a,n,10\na2,a,s,10\nb1,b,n,14\nb2,b,s,15\n")
    (tmp_path / "award.toml").write_text(
        '[market]\nfile = "market"\nlots = true\n[allocation.rules]\nevery_item_awarded = {}\n'
        "award_limit = { at_most = 1 }\n[allocation.goals]\ntotal_price = {}\n[allocation.ties]\ndrawn_lot = {}\n"
    )
    assert answer(["run", str(tmp_path / "award.toml"), "--explain", "-o", str(tmp_path / "out")]) == 0
    page = show(tmp_path / "out" / "report.html")
    titles = page.locator("h2").all_inner_texts()
    assert {*TITLES.values()} - {TITLES["relaxations"], TITLES["design_rule_prices"]} <= {*titles}
    unfold(page)
    assert page.locator("img").count() == 0
    assert page.get_by_text("awarding it would cost").first.is_visible()
    assert violations(page) == []
