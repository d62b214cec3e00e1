"""lots.csv, awards.csv and lots.gpkg."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from report_cases import EVIL_PROVIDER, awarded

from lotopt.allocation.allocation import Allocation
from lotopt.core.lot import LotFacts
from lotopt.core.result import Result, Status
from lotopt.design.design import LotDesign
from lotopt.market.bid import Bid
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.report.geo import NO_SHAPES, write_geo
from lotopt.report.tables import safe, write_awards, write_lots


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_lots_read_back(design: LotDesign, tmp_path: Path) -> None:
    """A written design is the design again."""
    from lotopt.territory.read import read_design

    found = read_design(write_lots(tmp_path / "lots.csv", design), design.territory)
    assert {a: found.lots[k] for a, k in zip(design.territory.ids, found.of, strict=True)} == design.lot_of


def test_the_same_design_gives_the_same_bytes(design: LotDesign, tmp_path: Path) -> None:
    """Line ends, order and encoding are fixed."""
    first = write_lots(tmp_path / "a.csv", design).read_bytes()
    assert write_lots(tmp_path / "b.csv", design).read_bytes() == first
    assert b"\r" not in first


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_text_that_a_spreadsheet_would_run_is_put_behind_an_apostrophe(
    start: str, design: LotDesign, tmp_path: Path
) -> None:
    """Names come from other people's files; a formula in one must stay text."""
    names = (f"{start}cmd|' /C calc'!A0", *design.territory.names[1:])
    evil = replace(design, territory=replace(design.territory, names=names))
    assert rows_of(write_lots(tmp_path / "lots.csv", evil))[0]["name"] == "'" + names[0].replace("\r", " ")


def test_plain_text_is_left_alone() -> None:
    """Only the first character counts."""
    assert safe("Bath and North East Somerset (a=b)") == "Bath and North East Somerset (a=b)"


def test_awards_are_exact(design: LotDesign, tmp_path: Path) -> None:
    """Money as given, numbers as numbers, text disarmed, simulated or not on every row."""
    rows = rows_of(write_awards(tmp_path / "awards.csv", awarded(design)))
    assert [row["bid_price"] for row in rows] == ["1000.10", "2000.10", "3000.10"]
    assert [row["bid"] for row in rows] == ["'=bid0", "'=bid1", "'=bid2"]
    assert rows[0]["provider_name"] == EVIL_PROVIDER
    assert {row["simulated"] for row in rows} == {"false"}


def packaged(services: tuple[str, ...], volumes: list[dict[str, float]], price: str = "100.00") -> Result[Allocation]:
    """A package of every service in all lots but the last, and a bid for the last."""
    lots = tuple(LotFacts(f"L{i}", volumes=volume) for i, volume in enumerate(volumes))
    first = [lot.id for lot in lots[:-1]]
    bids = (
        Bid.on(first, id="package", provider="p", price=Decimal(price), services=services),
        Bid.on(lots[-1].id, id="alone", provider="p", price=Decimal("0.05"), services=services),
    )
    market = Market(lots, (Provider(id="p"),), bids, services=services)
    return Result(Allocation.of(market, ["package", "alone"]), Status.OPTIMAL)


@pytest.mark.parametrize("services", [("",), ("housing", "support")])
@pytest.mark.parametrize("volume", [{"cases": 1.1, "other": 9.0}, {"cases": 0.0}, {}])
def test_the_prices_of_the_rows_add_up_to_the_total(
    services: tuple[str, ...], volume: dict[str, float], tmp_path: Path
) -> None:
    """To the penny, although three lots cannot share 100.00 evenly; the whole bid's price stands on every row."""
    result = packaged(services, [volume, {"cases": 0.7}, volume, volume])
    assert result.plan is not None
    rows = rows_of(write_awards(tmp_path / "awards.csv", result))
    assert sum(Decimal(row["price"]) for row in rows) == result.plan.total_price == Decimal("100.05")
    assert {row["bid"]: row["bid_price"] for row in rows} == {"package": "100.00", "alone": "0.05"}


def test_a_package_is_shared_out_by_the_first_measure(tmp_path: Path) -> None:
    """10.00 over 1 and 2 cases: 3.33 1/3 and 6.66 2/3, and the penny left goes to the larger remainder."""
    result = packaged(("",), [{"cases": 1.0, "b": 1.0}, {"cases": 2.0, "b": 1.0}, {"cases": 5.0}], "10.00")
    rows = rows_of(write_awards(tmp_path / "awards.csv", result))
    assert [row["price"] for row in rows] == ["3.33", "6.67", "0.05"]


def test_no_awards_are_not_written(design: LotDesign, tmp_path: Path) -> None:
    """A result without a plan leaves no file behind."""
    with pytest.raises(ValueError, match="no allocation"):
        write_awards(tmp_path / "awards.csv", replace(awarded(design), plan=None))
    assert not list(tmp_path.iterdir())


def test_the_geopackage_reads_back(shaped: LotDesign, tmp_path: Path) -> None:
    """Lots are united squares (A: 3, B: 3, C: 3 km2), areas keep their lot, the CRS is the territory's."""
    import geopandas as gpd

    assert write_geo(tmp_path / "lots.gpkg", shaped, awarded(shaped)) == ""
    lots = gpd.read_file(tmp_path / "lots.gpkg", layer="lots")
    assert list(lots["lot"]) == ["A", "B", "C"]
    assert np.allclose(lots.geometry.area / 1e6, [3.0, 3.0, 3.0])
    assert lots["cases"].tolist() == [3.0, 3.0, 3.0]
    assert lots["provider"].tolist() == [EVIL_PROVIDER, "Second Chance", EVIL_PROVIDER]
    assert lots.crs.to_epsg() == 27700
    areas = gpd.read_file(tmp_path / "lots.gpkg", layer="areas")
    assert dict(zip(areas["area"], areas["lot"], strict=True)) == shaped.lot_of


def test_qgis_finds_a_style(shaped: LotDesign, tmp_path: Path) -> None:
    """The default style of both layers is well-formed and has a colour for every lot."""
    from xml.etree import ElementTree

    import pyogrio

    write_geo(tmp_path / "lots.gpkg", shaped)
    styles = pyogrio.read_dataframe(tmp_path / "lots.gpkg", layer="layer_styles")
    assert list(styles["f_table_name"]) == ["lots", "areas"]
    values = [c.get("value") for c in ElementTree.fromstring(styles["styleQML"][0]).iter("category")]
    assert values == ["A", "B", "C"]


def test_the_geopackage_has_no_time_of_writing(shaped: LotDesign, tmp_path: Path) -> None:
    """Written twice it is the same file."""
    write_geo(tmp_path / "one" / "lots.gpkg", shaped)
    write_geo(tmp_path / "two" / "lots.gpkg", shaped)
    first = (tmp_path / "one" / "lots.gpkg").read_bytes()
    assert (tmp_path / "two" / "lots.gpkg").read_bytes() == first


def test_without_shapes_the_reason_is_told(design: LotDesign, tmp_path: Path) -> None:
    """Nothing is written, and why is said."""
    assert write_geo(tmp_path / "lots.gpkg", design) == NO_SHAPES
    assert not list(tmp_path.iterdir())
