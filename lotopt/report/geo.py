"""lots.gpkg: the lots and their areas for a GIS, with a style that QGIS takes up by itself."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import numpy as np

from lotopt.report.colour import PALETTE
from lotopt.report.columns import area_columns, lot_columns
from lotopt.report.files import put_in_place
from lotopt.report.maps import lot_colours

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.core.result import Result
    from lotopt.design.design import LotDesign

NO_SHAPES = "lots.gpkg is not written: the territory has no shapes"

# GeoPackage keeps the time of its last change; a fixed one lets the same result give the same file.
FIXED_TIME = "2000-01-01T00:00:00Z"


def write_geo(path: Path | str, design: LotDesign, awards: Result[Allocation] | None = None) -> str:
    """Write a GeoPackage with the layers `lots` (united) and `areas` (with their lot) in the territory's CRS.

    Returns why nothing was written, or an empty text. An older file is replaced as a whole.
    """
    from lotopt.territory.shapes import shapes

    found = shapes(design.territory)
    if found is None:
        return NO_SHAPES
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        # the final name inside a folder of its own, since GDAL writes the name of the file into the file
        made = Path(folder) / path.name
        _write(made, design, found, awards)
        put_in_place(made, path)
    return ""


def _write(path: Path, design: LotDesign, shapes: Sequence[Any], awards: Result[Allocation] | None) -> None:
    import geopandas as gpd
    import pyogrio

    from lotopt.territory.shapes import outline

    territory = design.territory
    lots, areas = lot_columns(design, awards), area_columns(design)
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_TIME})
    try:
        crs = territory.crs or None
        united = outline(territory, design.of)
        for layer, columns, geometry in (("lots", lots, united), ("areas", areas, shapes)):
            frame = gpd.GeoDataFrame(columns, geometry=np.array(geometry, dtype=object), crs=crs)
            pyogrio.write_dataframe(frame, path, layer=layer, append=path.exists(), promote_to_multi=True)
        pyogrio.write_dataframe(_styles(design), path, layer="layer_styles", append=True)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _styles(design: LotDesign) -> Any:
    """The table in which QGIS looks for the default style of each layer."""
    import pandas as pd

    qml = _qml(design)
    rows = [("", "", layer, "geom", f"{layer} by lot", qml, "", True, "", "lotopt") for layer in ("lots", "areas")]
    columns = ["f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column", "styleName"]
    columns += ["styleQML", "styleSLD", "useAsDefault", "description", "owner"]
    return pd.DataFrame(rows, columns=columns)


def _qml(design: LotDesign) -> str:
    """One fill colour per lot, as on the map of the report."""
    categories, symbols = [], []
    for i, colour in enumerate(lot_colours(design)):
        value, label = quoteattr(design.lots[i]), quoteattr(design.name_of(i))
        categories.append(f'<category symbol="{i}" value={value} label={label} render="true" type="string"/>')
        rgb = ",".join(str(int(PALETTE[colour][k : k + 2], 16)) for k in (1, 3, 5))
        symbols.append(
            f'<symbol type="fill" name="{i}" alpha="1"><layer class="SimpleFill" enabled="1">'
            f'<Option type="Map"><Option type="QString" name="color" value="{rgb},255"/>'
            '<Option type="QString" name="outline_color" value="11,12,12,255"/>'
            '<Option type="QString" name="outline_width" value="0.2"/></Option></layer></symbol>'
        )
    return (
        '<!DOCTYPE qgis><qgis styleCategories="Symbology">'
        '<renderer-v2 type="categorizedSymbol" attr="lot" enableorderby="0" forceraster="0" symbollevels="0">'
        f"<categories>{''.join(categories)}</categories><symbols>{''.join(symbols)}</symbols></renderer-v2></qgis>"
    )
