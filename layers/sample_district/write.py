"""Files with the same bytes every time: no clock, no version of a program's own in them."""

from __future__ import annotations

import csv
import io
import json
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import numpy as np
import pyogrio
from shapely import Geometry, transform
from shapely.geometry import mapping

from sample_district.areas import in_degrees

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

STAMP = "2026-11-01T00:00:00.000Z"
DBF_DATE = bytes((126, 11, 1))
DBF_LDID_AT = 29


@dataclass
class Table:
    """Rows in source fields, each with its geometry in the plane or None."""

    fields: list[str]
    rows: list[tuple[dict[str, Any], Geometry | None]]


def write_ogr(path: Path, layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Write one or more layers in the format of the path's suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    for number, (layer, rows) in enumerate(layers.items()):
        pyogrio.write_dataframe(rows, path, layer=layer, append=number > 0, promote_to_multi=False)


def write_shapefile(path: Path, rows: gpd.GeoDataFrame, *, encoding: str, declared: bool) -> None:
    """Write a shapefile; undeclared means that neither a .cpg nor the language byte says the encoding."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")  # a delivery without .prj is the point
        pyogrio.write_dataframe(rows, path, encoding=encoding, driver="ESRI Shapefile")
    dbf = path.with_suffix(".dbf")
    content = bytearray(dbf.read_bytes())
    content[1:4] = DBF_DATE
    if not declared:
        content[DBF_LDID_AT] = 0
        path.with_suffix(".cpg").unlink(missing_ok=True)
    dbf.write_bytes(content)


def write_geoparquet(path: Path, rows: gpd.GeoDataFrame) -> None:
    """Write GeoParquet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.to_parquet(path)


def write_geojson(path: Path, table: Table) -> None:
    """Write GeoJSON in longitude and latitude, one feature a line."""
    lines = []
    for row, geometry in table.rows:
        shape = None if geometry is None else mapping(_degrees(geometry))
        feature = {"type": "Feature", "properties": row, "geometry": shape}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    _write(path, '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n")


def write_kml(path: Path, folders: Mapping[str, Table]) -> None:
    """Write KML with one folder for each table; attributes as extended data."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>',
    ]
    for name, table in folders.items():
        parts.append(f"<Folder><name>{escape(name)}</name>")
        for row, geometry in table.rows:
            data = "".join(_datum(key, value) for key, value in row.items() if value is not None)
            label = escape(str(row.get("MC") or row["BH"]))
            parts.append(
                f"<Placemark><name>{label}</name><ExtendedData>{data}</ExtendedData>{_kml(geometry)}</Placemark>"
            )
        parts.append("</Folder>")
    _write(path, "\n".join([*parts, "</Document></kml>", ""]))


def write_points_csv(
    path: Path, header: Sequence[str], rows: Sequence[tuple[str, float, float, str]], *, encoding: str
) -> None:
    """Write points as surveyors do: X is the northing and stands first."""
    texts = [(name, f"{north:.3f}", f"{east:.3f}", kind) for name, north, east, kind in rows]
    write_table_csv(path, header, texts, encoding=encoding)


def write_table_csv(
    path: Path, header: Sequence[str], rows: Sequence[Sequence[str]], *, encoding: str
) -> None:
    """Write a table."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    _write(path, buffer.getvalue(), encoding)


def _write(path: Path, text: str, encoding: str = "utf-8") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))


def _degrees(geometry: Geometry) -> Geometry:
    return transform(in_degrees(geometry), lambda corners: np.round(corners, 9))


def _datum(key: str, value: object) -> str:
    return f'<Data name="{escape(key)}"><value>{escape(str(value))}</value></Data>'


def _kml(geometry: Geometry | None) -> str:
    if geometry is None:
        return ""
    placed = _degrees(geometry)
    if placed.geom_type == "Point":
        return f"<Point><coordinates>{_ring(placed)}</coordinates></Point>"
    rings = [("outerBoundaryIs", placed.exterior), *(("innerBoundaryIs", ring) for ring in placed.interiors)]
    sides = "".join(
        f"<{tag}><LinearRing><coordinates>{_ring(ring)}</coordinates></LinearRing></{tag}>"
        for tag, ring in rings
    )
    return f"<Polygon>{sides}</Polygon>"


def _ring(line: Geometry) -> str:
    return " ".join(f"{x:.9f},{y:.9f}" for x, y in line.coords)
