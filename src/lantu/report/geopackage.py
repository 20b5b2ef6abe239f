"""``findings.gpkg``: the findings by kind of geometry, causes and what was not checked, ready for QGIS."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio

from lantu.model import FINDING_COLUMNS
from lantu.report.dimension import NOTHING, dimensions, of_one_dimension
from lantu.report.qgis_style import severity_style, table_style

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lantu.model import Run

GEOMETRY_LAYERS = {2: "finding_polygon", 1: "finding_line", 0: "finding_point"}
_KINDS = {2: "MultiPolygon", 1: "MultiLineString", 0: "MultiPoint"}

CAUSE_COLUMNS = {
    "cause_id": "str", "rule": "str", "severity": "str", "department": "str", "layer": "str",
    "title": "str", "message": "str", "findings": "int64", "scope": "str", "kind": "str", "object": "str",
    "level": "str",
}  # fmt: skip
NOT_CHECKED_COLUMNS = dict.fromkeys(("rule", "layer_a", "layer_b", "reason"), "str")

TABLES = {"finding_plain": FINDING_COLUMNS, "cause": CAUSE_COLUMNS, "not_checked": NOT_CHECKED_COLUMNS}

VERSION = {"VERSION": "1.2"}
"""Of GeoPackage: programs with a GDAL older than 3.9 warn of later ones, and nothing here needs one."""

# The table that QGIS itself keeps styles in, under the names that it looks for.
_STYLE_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)"""
_STYLE = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,
  styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)
VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', '', ?)"""
_CONTENTS = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)
VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)"""


def write_geopackage(run: Run, path: Path) -> None:
    """Write all layers, and the styles of all in the table ``layer_styles``.

    A finding whose geometry mixes points, lines and polygons stands in the layer of its highest
    dimension with those parts; findings without geometry stand in ``finding_plain``.
    """
    stamp = f"{run.facts.as_of.isoformat()}T00:00:00.000Z"
    with fixed_clock(stamp):
        _write_findings(run, path)
        _write_table(run.causes, CAUSE_COLUMNS, path, "cause")
        _write_table(run.not_checked, NOT_CHECKED_COLUMNS, path, "not_checked")
    _write_styles(run, path, stamp)


@contextmanager
def fixed_clock(stamp: str) -> Iterator[None]:
    """Have GDAL write ``stamp`` as the time of change, so that equal runs give equal files."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _write_findings(run: Run, path: Path) -> None:
    geometries = of_one_dimension(run.findings.geometry.to_numpy())
    dims = dimensions(geometries)
    table = pd.DataFrame(run.findings[list(FINDING_COLUMNS)])
    for dim, name in GEOMETRY_LAYERS.items():
        here = dims == dim
        frame = gpd.GeoDataFrame(
            typed(table[here], FINDING_COLUMNS), geometry=geometries[here], crs=run.findings.crs
        )
        pyogrio.write_dataframe(
            frame, path, layer=name, driver="GPKG", append=path.exists(), geometry_type=_KINDS[dim],
            promote_to_multi=True, dataset_options=VERSION,
            layer_options={"GEOMETRY_NAME": "geom", "SPATIAL_INDEX": "YES"},
        )  # fmt: skip
    _write_table(table[dims == NOTHING], FINDING_COLUMNS, path, "finding_plain")


def _write_table(table: pd.DataFrame, columns: dict[str, str], path: Path, name: str) -> None:
    """Write a layer without geometry."""
    pyogrio.write_dataframe(typed(table, columns), path, layer=name, driver="GPKG", append=True)


def typed(table: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Return the columns with None for every missing text, so that GDAL sees text or NULL."""
    typed: dict[str, Any] = {}
    for name, dtype in columns.items():
        series = table[name]
        if dtype in {"object", "str"}:
            values = series.to_numpy(dtype=object, copy=True)
            values[pd.isna(values)] = None
            typed[name] = values
        else:
            typed[name] = series.to_numpy(dtype=dtype)
    return pd.DataFrame({name: pd.Series(values, dtype=values.dtype) for name, values in typed.items()})


def _write_styles(run: Run, path: Path, stamp: str) -> None:
    """Add the QGIS styles; plain SQL, because GDAL would name the columns' types in its own way."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(_STYLE_TABLE)
        connection.execute(_CONTENTS, (stamp,))
        for dim, name in GEOMETRY_LAYERS.items():
            qml = severity_style(dim, FINDING_COLUMNS, run.language)
            connection.execute(_STYLE, (name, "geom", name, qml, "Lantu", stamp))
        for name, columns in TABLES.items():
            qml = table_style(columns, run.language)
            connection.execute(_STYLE, (name, "", name, qml, "Lantu", stamp))
