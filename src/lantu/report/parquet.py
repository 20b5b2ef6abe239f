"""``findings.parquet``: the columns of the contract, the truth that the other formats are made from."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from lantu.model import (
    FINDING_COLUMNS,
    WITH_HEIGHTS,
    StoredFindings,
    empty_findings,
    finding_parts,
    type_ids_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from lantu.model import Run

GEOMETRY = "geometry"

KINDS = (
    "Point", "LineString", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
    "GeometryCollection",
)  # fmt: skip
"""What GeoParquet calls a kind of geometry, by its number in Shapely."""


def write_parquet(run: Run, path: Path) -> None:
    """Write the findings as GeoParquet 1.1 (WKB, working CRS), rows in the order of the run.

    A row group has FINDINGS_AT_ONCE of them, so that no more are in memory at a time, wherever they lie.
    """
    _write(run, path)


def parquet_sha256(run: Run) -> str:
    """Return the SHA-256 of ``findings.parquet``, written or not: it says which run a decision belongs to."""
    content = BytesIO()
    _write(run, content)
    return hashlib.sha256(content.getbuffer()).hexdigest()


def _write(run: Run, target: Path | BytesIO) -> None:
    schema = _schema(run)
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for part in finding_parts(run.findings):
            writer.write_table(part.cast(schema))
        if not len(run.findings):
            writer.write_table(schema.empty_table())


def typed_findings(run: Run) -> gpd.GeoDataFrame:
    """Return the contract's columns and geometry with fixed types.

    A text column without a single value would otherwise become a column of type "null", and the
    schema would depend on the data.
    """
    return _typed(run.findings)


def _typed(findings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    text = {name: "string" for name, dtype in FINDING_COLUMNS.items() if dtype == "object"}
    geometry = findings.geometry.rename(GEOMETRY)
    return findings[list(FINDING_COLUMNS)].astype(text).set_geometry(geometry, crs=findings.crs)


def _schema(run: Run) -> pa.Schema:
    """Return the schema with what GeoPandas writes beside it: CRS, kinds of geometry, and the box of all."""
    made = BytesIO()
    _typed(empty_findings(run.findings.crs)).to_parquet(made, index=False, schema_version="1.1.0")
    schema = pq.read_schema(made)
    geo = json.loads(schema.metadata[b"geo"])
    geo["columns"][GEOMETRY] |= _drawn(run)
    return schema.with_metadata(schema.metadata | {b"geo": json.dumps(geo).encode()})


def _drawn(run: Run) -> dict[str, Any]:
    """Return the kinds of geometry there are and the box of all of them, as GeoParquet says them."""
    if isinstance(run.findings, StoredFindings):
        left = slice(None) if run.findings.left is None else run.findings.left
        bounds, type_ids = run.findings.bounds_m[left], run.findings.type_ids[left]
    else:
        shapes = np.asarray(run.findings.geometry.to_numpy(), dtype=object)
        bounds = shapely.bounds(shapes).reshape(-1, 4)
        type_ids = type_ids_of(shapes)
    kinds = {_kind(one) for one in np.unique(type_ids).tolist() if one >= 0}
    said: dict[str, Any] = {"geometry_types": sorted(kinds)}
    placed = bounds[~np.isnan(bounds[:, 0])]
    if len(placed):
        said["bbox"] = [*placed[:, :2].min(axis=0).tolist(), *placed[:, 2:].max(axis=0).tolist()]
    return said


def _kind(type_id: int) -> str:
    """Return what GeoParquet calls a kind of geometry."""
    return KINDS[type_id % WITH_HEIGHTS] + (" Z" if type_id >= WITH_HEIGHTS else "")
