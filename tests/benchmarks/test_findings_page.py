"""The page of the study of coherence, from a few results made up here: true sentences, same bytes, no trouble."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing import browser, show
from pages import unfold, violations

from benchmarks.coherence import prose, words
from benchmarks.coherence.ensembles import DISTRICTS, SIX_2011, Drawn
from benchmarks.coherence.frontier import Point
from benchmarks.coherence.history import historical
from benchmarks.coherence.measure import OF_AWARD, OF_FAILURES, Figures, of_layers, of_shape
from benchmarks.coherence.optima import Best
from benchmarks.coherence.page import write_pages
from benchmarks.coherence.settings import TINY
from benchmarks.coherence.tables import Findings
from benchmarks.coherence.tasks import Task

__all__ = ["browser", "show"]
pytestmark = pytest.mark.filterwarnings("error")
TWELVE, RESTART, PACKAGES = "probation-regions-2021", "restart-2021", "contract-package-areas-2014"
PRICE = 450e6


def figures(name: str, price: float) -> Figures:
    """The true shape and layers of a design that was, with a price made up."""
    design = historical()[name]
    award = {**dict.fromkeys(OF_AWARD, 4.0), "price": price, "bidders_fewest": 3.0, "bidders_mean": 4.0}
    return {**of_shape(design), **of_layers(design), **award, **dict.fromkeys(OF_FAILURES, 2e7)}


def drawn(unit: str, lots: int, like: Figures, seed: int) -> Drawn:
    """Sixty made-up measurements around those of a design; one has no price."""
    random = np.random.default_rng(seed)
    made = {name: value * random.uniform(1.1, 1.4, 60) for name, value in like.items()}
    made["price"][3] = math.nan
    return Drawn(unit, lots, made, "Designs of 12 lots, made up.", 60, 41.5, 1.01, ())


@pytest.fixture(scope="module")
def found() -> Findings:
    """Three designs that were; as if the regions were the cheapest of 12, and Restart the cheapest known that ignores
    boundaries at 1 % less; a frontier of three points, and two ensembles."""
    was = {
        TWELVE: figures(TWELVE, PRICE),
        RESTART: figures(RESTART, 0.99 * PRICE),
        PACKAGES: figures(PACKAGES, math.nan),
    }
    results: dict[Task, Any] = {Task("history", (name,)): one for name, one in was.items()}
    regions, free = historical()[TWELVE], historical()[RESTART]

    def best(kind: str, price: float, bound: float | None, status: str = "optimal") -> Best:
        design = free if kind == "price_free" else regions
        return Best(kind, design, status, price, bound, "GBP a year", 1.0)

    results[Task("best", (12,))] = [
        (best("coherence", 305, 305), was[TWELVE]),
        (best("compact", 1e9, 1e9), was[TWELVE]),
        (best("price", PRICE, PRICE), was[TWELVE]),
        (best("price_free", 0.99 * PRICE, 0.98 * PRICE, "feasible"), was[RESTART]),
    ]
    results[Task("frontier", (12, 0))] = [
        (Point(met, best("frontier", price, price)), was[TWELVE])
        for met, price in ((20, PRICE), (16, 1.001 * PRICE), (13, 1.01 * PRICE))
    ]
    results[Task("ensemble", (DISTRICTS, 12, 60, 3))] = drawn(DISTRICTS, 12, was[TWELVE], 1)
    results[Task("ensemble", (SIX_2011, 6, 60, 3))] = drawn(SIX_2011, 6, was[TWELVE], 2)
    return Findings(results)


@pytest.fixture(scope="module")
def folder(found: Findings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("study")
    write_pages(found, made, TINY)
    return made


def test_what_coherence_costs_is_told_with_its_bound(found: Findings) -> None:
    """450.0 against 445.5 is 4.5 more (1.0 %), and against the bound of 441 at most 9 (2.0 %); the regions have 305
    interfaces, Restart 321: 4.5 million over 16 is 281,250 for each."""
    text = prose.cost_of_coherence(found)[0]
    assert "£4.5 million (1.0 %) dearer than" in text
    assert "at most it is £9.0 million (2.0 %)" in text
    assert "16 fewer interfaces with partners (305 against 321)" in text
    assert "£281,000 for an interface and year" in text


def test_what_random_designs_are_held_against_is_told(found: Findings) -> None:
    """Every made-up design has at least a tenth more interfaces than the regions."""
    said = " ".join(prose.cost_of_incoherence(found))
    assert "“12 regions, 2021” has 305 interfaces, below all of them" in said
    assert "five lots" in said


def test_without_results_nothing_is_claimed() -> None:
    """Of a run without best designs, random ones and frontiers no sentence and no chart is left but the limits."""
    nothing = Findings({Task("history", (TWELVE,)): figures(TWELVE, PRICE)})
    assert (
        prose.cost_of_coherence(nothing) == prose.cost_of_incoherence(nothing) == prose.local_or_large(nothing) == []
    )
    assert not any("chains" in text for text in prose.limits_of(nothing))


@pytest.mark.parametrize(
    ("value", "than", "text"),
    [(101e6, 100e6, "£1.0 million (1.0 %) dearer than"), (99e6, 100e6, "£1.0 million (1.0 %) cheaper than"),
     (1e8, 1e8, "as dear as")],
)  # fmt: skip
def test_words_follow_the_way_a_number_falls(value: float, than: float, text: str) -> None:
    """Dearer, cheaper or as dear."""
    assert words.dearer(value, than) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(447_912_345.0, "£447.9 million"), (73_182.0, "£73,200"), (-2.5e6, "-£2.5 million"), (0.0, "£0"),
     (math.nan, "not known"), (math.inf, "beyond any price")],
)  # fmt: skip
def test_money_is_rounded_to_what_counts(value: float, text: str) -> None:
    """Tenths of a million, or three digits."""
    assert words.million(value) == text


def test_the_same_results_give_the_same_bytes(found: Findings, folder: Path, tmp_path: Path) -> None:
    """No clock, no seconds and no path is in any file, nor does one run's order of marks differ from another's."""
    for file in write_pages(found, tmp_path, TINY):
        assert file.read_bytes() == (folder / file.relative_to(tmp_path)).read_bytes()
        assert str(tmp_path) not in file.read_text(encoding="utf-8")


def test_every_picture_of_readme_is_written(folder: Path) -> None:
    """README shows pictures that are there, and says on top that a command made it."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    shown = [part.split(")")[0] for part in text.split("](")[1:] if part.startswith("pictures/")]
    assert shown
    assert all((folder / name).is_file() for name in shown)
    assert "No figure here is typed by hand" in text[:400]
    assert "nan" not in text.replace("finance", "")


@pytest.mark.browser
class TestInABrowser:
    def test_a_table_sorts(self, folder: Path, show: Callable[..., Any]) -> None:
        """By price, least first; a design without a price stays last."""
        page = show(folder / "findings.html")
        table = page.locator("section[aria-labelledby=designs] table").first
        table.locator("thead button", has_text="Price").click()
        names = table.locator("tbody th").all_inner_texts()
        assert names[0] == "12 Restart areas, 2021"
        assert names[-1] == "21 packages, 2014"

    def test_maps_tell_of_a_district(self, folder: Path, show: Callable[..., Any]) -> None:
        """Pointed at on a small map, a district is told of beside the large one, with its lot in other designs."""
        page = show(folder / "findings.html")
        page.locator(".small use[data-a='0']").first.dispatch_event("pointerover", {"bubbles": True})
        detail = page.locator(".detail").inner_text()
        assert "Hartlepool" in detail
        assert "12 Restart areas, 2021" in detail

    @pytest.mark.parametrize("width", [1280, 320])
    def test_nobody_is_shut_out(self, folder: Path, show: Callable[..., Any], width: int) -> None:
        """WCAG 2.2 AA and good practice, with all that is folded opened; nothing is wider than the window."""
        page = show(folder / "findings.html", width)
        unfold(page)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    def test_on_paper_charts_are_whole(self, folder: Path, show: Callable[..., Any]) -> None:
        """No chart is wider than an A4 page with its margins (180 mm, 680 px), nor is any cut off by its box."""
        page = show(folder / "findings.html", 680)
        page.emulate_media(media="print")
        wide = page.evaluate("[...document.querySelectorAll('.chart')].map(c => c.getBoundingClientRect().right)")
        assert wide
        assert max(wide) <= 680
