"""compare.html as a file and in a browser: safe, light, and troubling nobody."""

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pages import area, unfold, violations
from report_cases import EVIL_AREA, EVIL_PROVIDER, awarded, solved

import lotopt as lo
from lotopt.design.design import LotDesign
from lotopt.report.compare.comparison import Comparison
from lotopt.report.compare.entry import Entry, Won

LONG = "a-name-that-nobody-can-break-" * 6


class Ids(HTMLParser):
    """The ids of a page and how many options, images and scripts it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.options = 0
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.options += ("role", "option") in attrs


def several(design: LotDesign, count: int) -> Comparison:
    """Designs with awards, names that are markup, very long or like formulas; every other one turned round."""
    names = ["base", EVIL_AREA, LONG, EVIL_PROVIDER, "=1+1", *(f"d{k}" for k in range(count))][:count]
    turned = replace(design, of=design.of[::-1].copy())
    return Comparison.of(
        [
            Entry(name, solved(turned if k % 2 else design), Won.of(awarded(turned if k % 2 else design, True)))
            for k, name in enumerate(names)
        ]
    )


def page_of(found: Comparison, folder: Path) -> Path:
    return found.write(folder)[1]


@pytest.mark.parametrize(("count", "options"), [(1, 9), (2, 18), (3, 9), (7, 9)])
def test_ids_are_distinct_and_only_large_maps_can_be_asked(
    shaped: LotDesign, tmp_path: Path, count: int, options: int
) -> None:
    """Nine areas: two maps can be asked where they are two, else one; names stay text."""
    found = Ids(page_of(several(shaped, count), tmp_path).read_text(encoding="utf-8"))
    assert len(found.ids) == len(set(found.ids))
    assert found.options == options
    assert "img" not in found.tags
    assert found.tags.count("script") == (3 if count == 2 else 2)


def test_what_nobody_should_overlook_is_on_top(shaped: LotDesign, tmp_path: Path) -> None:
    """Made-up prices, a run that has gone stale, one that was interrupted."""
    stale = Entry("old", solved(shaped), how="read", source="out", changed=("market bids.xlsx",))
    cut = Entry("cut", replace(solved(shaped), interrupted=True), Won.of(awarded(shaped, True)))
    text = page_of(Comparison.of([stale, cut]), tmp_path).read_text(encoding="utf-8")
    for told in ("SIMULATED MARKET", "old is an earlier run", "market bids.xlsx", "cut was interrupted"):
        assert told in text[: text.index("In figures")]


def test_a_lot_keeps_the_colour_of_the_lot_it_follows(shaped: LotDesign, tmp_path: Path) -> None:
    """Of two designs alike every area has the same colour on both maps, whatever the lots are called."""
    order = [2, 0, 1]
    renamed = replace(shaped, lots=("x", "y", "z"), of=shaped.of.copy())
    renamed.of[:] = [order[lot] for lot in shaped.of]
    text = page_of(lo.compare(shaped, renamed), tmp_path).read_text(encoding="utf-8")
    first, second = text.split('id="map2"')[0], text.split('id="map2"')[1]

    def colours(part: str, key: str) -> dict[str, str]:
        found = {}
        for group in part.split('<g class="k')[1:]:
            for name in group.split("</g>")[0].split(f'id="{key}-a')[1:]:
                found[name.split('"')[0]] = group[0]
        return found

    assert colours(first, "map1") == colours(second, "map2")
    assert len(colours(first, "map1")) == 9


@pytest.mark.slow
@pytest.mark.parametrize(("count", "kilobytes"), [(2, 700), (3, 850), (7, 1100), (12, 1400)])
def test_the_page_stays_light(tmp_path: Path, count: int, kilobytes: int) -> None:
    """318 districts in two to twelve designs."""
    names = sorted(lo.load_territory("england-wales").designs)
    page = page_of(lo.compare(*(names * 2)[:count]), tmp_path)
    assert page.stat().st_size < kilobytes * 1000


@pytest.mark.browser
def test_maps_side_by_side_speak_of_the_same_area(
    show: Callable[..., Any], shaped: LotDesign, tmp_path: Path
) -> None:
    """Pointing at an area on one map tells of it beside both."""
    page = show(page_of(several(shaped, 2), tmp_path))
    area(page, 4, "map1").hover()
    assert ["r2c2" in text for text in page.locator(".detail").all_inner_texts()] == [True, True]


@pytest.mark.browser
def test_of_many_designs_the_large_map_tells_of_all(
    show: Callable[..., Any], shaped: LotDesign, tmp_path: Path
) -> None:
    """An area chosen with the keyboard: its lot in every design is told, and every small map rings it."""
    page = show(page_of(several(shaped, 5), tmp_path))
    area(page, 0, "map1").focus()
    page.keyboard.press("ArrowDown")
    told = page.locator(".detail").inner_text()
    assert "r2c1" in told
    # in the base r2c1 is in A; turned round it is where r2c3 was, in B
    assert [line for line in told.splitlines() if line in ("A", "B", "C")] == ["B", "A", "B", "A"]
    rings = page.locator(".multiples .ring.outer").evaluate_all("all => all.map(each => each.getAttribute('d'))")
    assert len(set(rings)) == 1
    assert len(rings) == 5
    assert rings[0]


@pytest.mark.browser
def test_a_lot_chosen_on_a_small_map_is_shown_on_all(
    show: Callable[..., Any], shaped: LotDesign, tmp_path: Path
) -> None:
    """Its three areas stay bright on every map and the others pale, on the large one too; Escape ends it."""
    page = show(page_of(several(shaped, 4), tmp_path))
    page.locator("#small2 [data-a='8']").click()
    bright = page.locator(".map").evaluate_all(
        "all => all.map(map => [...map.querySelectorAll('[data-a]')]"
        ".filter(area => getComputedStyle(area).opacity === '1').length)"
    )
    assert bright == [3, 3, 3, 3, 3]
    area(page, 0, "map1").focus()
    page.keyboard.press("Escape")
    assert page.locator(".picked").count() == 0


@pytest.mark.browser
def test_many_designs_are_put_in_order_by_any_figure(
    show: Callable[..., Any], shaped: LotDesign, tmp_path: Path
) -> None:
    """Differences with signs go by what they are: fewer lots before as many, before more."""
    lots = [0, 1, 2, 3, 4, 5, 6]
    designs = [replace(shaped, lots=tuple("abcdefg"[: k + 1]), of=np.arange(9) % (k + 1)) for k in lots]
    found = lo.compare(*designs, against=designs[3], names=tuple(f"of {k + 1}" for k in lots))
    page = show(page_of(found, tmp_path))
    table = page.locator("table", has=page.get_by_text("Differences to of 4"))
    table.get_by_role("button", name="Lots", exact=True).click()
    assert table.locator("tbody th").all_inner_texts() == [f"of {k}" for k in (1, 2, 3, 5, 6, 7)]
    table.get_by_role("button", name="Lots", exact=True).click()
    assert table.locator("tbody th").all_inner_texts() == [f"of {k}" for k in (7, 6, 5, 3, 2, 1)]


@pytest.mark.browser
@pytest.mark.parametrize("count", [1, 2, 3, 7])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing(
    show: Callable[..., Any], shaped: LotDesign, tmp_path: Path, count: int, width: int
) -> None:
    """WCAG 2.2 AA and best practice, every fold open, and nothing but tables scrolls sideways."""
    page = show(page_of(several(shaped, count), tmp_path), width=width)
    unfold(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
