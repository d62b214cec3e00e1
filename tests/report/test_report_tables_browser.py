"""Tables of a report in a real browser: larger ones can be put in another order."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pages import unfold
from report_cases import solved

from lotopt.design.design import LotDesign
from lotopt.report.page import write_report
from lotopt.report.table import Column, Table
from lotopt.study.explain import Explained, ExplainedPart

pytestmark = pytest.mark.browser

Show = Callable[..., Any]
ROWS = (
    ("L10", Decimal("1200.50"), "b"),
    ("L2", Decimal(90), ""),
    ("L1", None, "c"),
    ("L3", Decimal(-4), "a"),
    ("L4", Decimal(90), "d"),
    ("L5", Decimal("89.99"), "e"),
)
GIVEN = [row[0] for row in ROWS]
TABLE = "#told-drill ~ .scroll table, #told-drill ~ details table"


@pytest.fixture
def tables(shaped: LotDesign, tmp_path: Path) -> Path:
    """A report with six bids in a table."""
    part = ExplainedPart("drill", "Six bids", (), ("bid", "price", "note"), ROWS)
    return write_report(tmp_path / "report.html", solved(shaped), explained=Explained((part,)))


def order(page: Any) -> list[str]:
    """The bids from top to bottom."""
    return page.locator(TABLE).evaluate("table => [...table.tBodies[0].rows].map(row => row.cells[0].textContent)")


def heading(page: Any, title: str) -> Any:
    return page.locator(TABLE).get_by_role("columnheader", name=title)


def test_by_number_up_then_down_then_as_given(show: Show, tables: Path) -> None:
    """£1,200.50 is more than £90; equal ones stay as they were, and what has no figure is last either way."""
    page = show(tables)
    head = heading(page, "Price")
    head.get_by_role("button").click()
    assert order(page) == ["L3", "L5", "L2", "L4", "L10", "L1"]
    assert head.get_attribute("aria-sort") == "ascending"
    head.get_by_role("button").click()
    assert order(page) == ["L10", "L2", "L4", "L5", "L3", "L1"]
    assert head.get_attribute("aria-sort") == "descending"
    head.get_by_role("button").click()
    assert order(page) == GIVEN
    assert head.get_attribute("aria-sort") is None


def test_by_words_as_people_count(show: Show, tables: Path) -> None:
    """L2 comes before L10."""
    page = show(tables)
    heading(page, "Bid").get_by_role("button").click()
    assert order(page) == ["L1", "L2", "L3", "L4", "L5", "L10"]


def test_only_one_column_is_said_to_be_in_order(show: Show, tables: Path) -> None:
    """The other's mark goes."""
    page = show(tables)
    heading(page, "Bid").get_by_role("button").click()
    heading(page, "Note").get_by_role("button").click()
    assert order(page)[:2] == ["L3", "L10"]
    assert page.locator("[aria-sort]").count() == 1


def test_the_keyboard_does_it_too(show: Show, tables: Path) -> None:
    """Tab to the heading, Enter or the space bar."""
    page = show(tables)
    heading(page, "Bid").get_by_role("button").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert order(page)[0] == "L3"
    page.keyboard.press("Space")
    assert order(page)[0] == "L10"


def test_cards_are_put_in_order_from_a_list(show: Show, shaped: LotDesign, tmp_path: Path) -> None:
    """In a narrow window headings are not seen, so that none is reached by Tab, and a list takes their place."""
    rows = tuple((f"{name} with a name that is wide", *rest, "more of it", "and more") for name, *rest in ROWS)
    part = ExplainedPart("drill", "Six bids", (), ("bid", "price", "note", "more", "most"), rows)
    path = write_report(tmp_path / "report.html", solved(shaped), explained=Explained((part,)))
    page = show(path, width=320)
    page.wait_for_selector("#told-drill ~ .cards")
    assert {*page.locator("#told-drill ~ .cards thead button").evaluate_all("b => b.map(x => x.tabIndex)")} == {-1}
    choice = page.locator("#told-drill ~ .order select")
    choice.select_option(label="Price, descending")
    assert [name.split()[0] for name in order(page)] == ["L10", "L2", "L4", "L5", "L3", "L1"]
    choice.select_option(label="As given")
    assert [name.split()[0] for name in order(page)] == GIVEN


def test_without_script_tables_are_whole_and_have_nothing_to_press(show: Show, tables: Path) -> None:
    """Every row, every heading, and no button that does nothing."""
    page = show(tables, java_script_enabled=False)
    assert page.locator("button:visible").count() == 0
    assert page.get_by_role("columnheader", name="Price").count() == 1
    assert [cell.split("\n")[0] for cell in page.locator(TABLE).locator("tbody th").all_inner_texts()] == GIVEN


def test_a_lot_is_still_found_on_the_map_after_sorting(show: Show, shaped: LotDesign, tmp_path: Path) -> None:
    """Rows move as they are, with what can be pressed in them."""
    nine = LotDesign(shaped.territory, tuple("ABCDEFGHI"), shaped.of * 0 + range(9))
    page = show(write_report(tmp_path / "nine.html", solved(nine)))
    lots = page.locator("#lots ~ .scroll table")
    for _ in range(2):
        lots.get_by_role("columnheader", name="Lot").get_by_role("button").click()
    first = lots.locator("tbody tr").first.get_by_role("button")
    assert first.inner_text() == "I"
    first.click()
    assert page.locator("#map .area.on").evaluate_all("found => found.map(area => +area.dataset.a)") == [8]


def test_what_has_an_order_of_its_own_keeps_it(show: Show, tables: Path) -> None:
    """Steps, goals before their sum and readings of a glance have no buttons in their headings."""
    page = show(tables)
    unfold(page)
    assert page.locator("#method ~ .scroll thead button, .rule thead button").count() == 0


def test_a_table_is_sortable_from_six_rows_on_unless_its_order_says_something() -> None:
    """Five rows are seen at a glance."""
    head = (Column("a"),)
    rows = tuple((str(k),) for k in range(6))
    found = [Table("t", head, rows[:5]), Table("t", head, rows), Table("t", head, rows, ordered=True)]
    assert [table.sortable for table in found] == [False, True, False]


def test_bold_headings_do_not_make_a_table_wider_than_its_page(show: Show, tables: Path) -> None:
    """The mark of a sorted column is drawn without a change of the page's width."""
    page = show(tables, width=660)
    before = page.evaluate("document.documentElement.scrollWidth")
    unfold(page)
    heading(page, "Price").get_by_role("button").click()
    assert page.evaluate("document.documentElement.scrollWidth") == before == 660
