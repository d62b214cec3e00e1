"""Small designs with and without shapes, and a browser to see their pages in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from browsing import browser, show
from report_cases import EVIL_AREA, GOALS, RULES, awarded, solved

from lotopt.core.result import Result, Status
from lotopt.design.design import LotDesign
from lotopt.report.page import write_report

__all__ = ["browser", "show"]


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
