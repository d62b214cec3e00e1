"""Small designs with and without shapes, and a browser to see their pages in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_cases import EVIL_AREA, GOALS, RULES, awarded, solved

from lotopt.core.result import Result, Status
from lotopt.design.design import LotDesign
from lotopt.report.page import write_report

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture
def design(plan: Callable[..., Any]) -> LotDesign:
    """Nine squares in three lots; a layer whose agencies are the rows; one area with a name that is markup."""
    drawn = plan("AAB / ABB / CCC", layers={"police": "XXX / YYY / ZZZ"})
    names = (EVIL_AREA, *drawn.territory.names[1:])
    territory = replace(drawn.territory, names=names, attribution=("Drawn by hand",), title="Nine squares")
    return LotDesign(territory, drawn.lots, drawn.of, title="Three lots")


@pytest.fixture
def squares(design: LotDesign) -> list[Any]:
    """The shapes of the nine squares."""
    from shapely import box

    return [box(x - 500, y - 500, x + 500, y + 500) for x, y in design.territory.xy]


@pytest.fixture
def shaped(design: LotDesign, squares: list[Any], tmp_path: Path) -> LotDesign:
    """The same design on a territory with a file of shapes."""
    import geopandas as gpd

    file = tmp_path / "shapes.gpkg"
    gpd.GeoDataFrame({"area": design.territory.ids}, geometry=squares, crs="EPSG:27700").to_file(file)
    territory = replace(design.territory, shapes_file=file, shapes_id="area", crs="EPSG:27700")
    return replace(design, territory=territory)


@pytest.fixture
def no_plan() -> Result[LotDesign]:
    """A solve that found that nothing is possible."""
    return Result(None, Status.INFEASIBLE, conflict=("There are exactly 9 lots.", "Every lot has at least 3 cases."))


@pytest.fixture
def report(shaped: LotDesign, tmp_path: Path) -> Path:
    return write_report(
        tmp_path / "report.html", solved(shaped), awarded(shaped, True), title="Lots", rules=RULES, goals=GOALS
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, if the machine has one."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is on the path")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def show(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a file; afterwards nothing was asked of the network and nothing was complained of."""
    troubles: list[str] = []
    contexts = []

    def opened(path: Path, width: int = 1280, **more: Any) -> Any:
        context = browser.new_context(offline=True, viewport={"width": width, "height": 900}, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: troubles.extend([request.url][: not request.url.startswith("file:")]))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []
