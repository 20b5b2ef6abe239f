"""The polygons of a whole table, wherever it lies: a file, a GeoDataFrame, a column of well-known binary.

For who wants a measure of two tables and no check. Files and Arrow columns are read into flat arrays without
an object for each feature; only what a kernel leaves to GEOS becomes one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import geopandas as gpd
    import pyarrow as pa

    from lantu.model import IntArray, ObjectArray
    from lantu.relations.kernels.outlines import Outlines

    Table: TypeAlias = (
        str | Path | gpd.GeoDataFrame | gpd.GeoSeries | pa.Array | pa.ChunkedArray | ObjectArray
    )

PARQUET = (".parquet", ".geoparquet")

GEOGRAPHIC = ("GeographicCRS", "GeodeticCRS")
"""PROJ's names of systems in degrees."""


@dataclass(frozen=True)
class Polygons:
    """Features of a table: objects (n,), or Arrow's large binary chunks of WKB; ``crs`` as PROJJSON.

    ``ids`` is an Arrow column of their ids, where they were asked for.
    """

    source: Any
    crs: dict[str, Any] | None = None
    ids: Any = None

    def __len__(self) -> int:
        """Return the number of features."""
        return len(self.source)

    @cached_property
    def outlines(self) -> Outlines:
        """Return their rings as flat arrays, for kernels."""
        from lantu.relations.kernels import outlines_from_wkb, outlines_of  # noqa: PLC0415  # loads numba

        if isinstance(self.source, np.ndarray):
            return outlines_of(self.source)
        found = outlines_from_wkb([_buffers(chunk) for chunk in self.source.chunks])
        return outlines_of(self.shapes(np.arange(len(self)))) if found is None else found

    def shapes(self, rows: IntArray) -> ObjectArray:
        """Return some of the features as objects."""
        import shapely  # noqa: PLC0415  # a third of what the kernels need to start

        if isinstance(self.source, np.ndarray):
            return np.asarray(self.source[rows], dtype=object)
        some = self.source.take(rows).to_numpy(zero_copy_only=False)
        return np.asarray(shapely.from_wkb(some), dtype=object)


def polygons_of(table: Table, *, ids: str | None = None) -> Polygons:
    """Return the features of a table, with the column ``ids`` where it is asked for.

    A path names a GeoParquet file, or anything else that GDAL reads with one layer in it; an Arrow column has
    WKB; an array has shapely's geometries, as have a GeoSeries and a GeoDataFrame. What was read stays. Of
    these only files and GeoDataFrames have ids; ValueError for others.
    """
    if isinstance(table, (str, Path)):
        path = Path(table)
        return _of_parquet(path, ids) if path.suffix.lower() in PARQUET else _of_gdal(path, ids)
    if isinstance(table, Polygons):
        return table
    if ids is not None:
        if not hasattr(table, "columns") or ids not in table.columns:
            problem = f"a table with a column {ids} is needed, not {type(table).__name__} without one"
            raise ValueError(problem)
        import pyarrow as pa  # noqa: PLC0415  # only where ids are compared

        column = pa.chunked_array([pa.Array.from_pandas(table[ids])])
        return replace(polygons_of(table), ids=column)
    if isinstance(table, np.ndarray):
        return Polygons(table)
    if hasattr(table, "geometry"):
        crs = table.crs.to_json_dict() if table.crs is not None else None
        return Polygons(np.asarray(table.geometry.to_numpy(), dtype=object), crs)
    return Polygons(_large(table))


def features_in(table: Table) -> int:
    """Return how many features a table has, without reading them."""
    if not isinstance(table, (str, Path)):
        return len(table)
    if Path(table).suffix.lower() in PARQUET:
        import pyarrow.parquet as pq  # noqa: PLC0415  # only where a file is read

        return int(pq.read_metadata(table).num_rows)
    import pyogrio  # noqa: PLC0415  # only where such a file is read

    return int(pyogrio.read_info(table, force_feature_count=True)["features"])


def check_plane(one: Polygons, other: Polygons) -> None:
    """Raise ValueError unless two tables lie, as far as they say, in one coordinate system in metres."""
    for table in (one, other):
        if table.crs is not None and table.crs.get("type") in GEOGRAPHIC:
            problem = f"areas need coordinates in metres, not in degrees: {table.crs.get('name')}"
            raise ValueError(problem)
    if one.crs is None or other.crs is None or one.crs == other.crs:
        return
    from pyproj import CRS  # noqa: PLC0415  # only where two descriptions have to be compared

    if CRS.from_json_dict(one.crs) != CRS.from_json_dict(other.crs):
        problem = f"two coordinate systems: {one.crs.get('name')} and {other.crs.get('name')}"
        raise ValueError(problem)


def _of_parquet(path: Path, ids: str | None) -> Polygons:
    """Read the column of a GeoParquet file that its metadata names, and that of ids."""
    import pyarrow.parquet as pq  # noqa: PLC0415  # only where a file is read

    with pq.ParquetFile(path) as file:
        geo = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
        name = geo.get("primary_column", "geometry")
        column = geo.get("columns", {}).get(name, {})
        if column.get("encoding", "WKB") == "WKB":
            read = file.read(columns=[name, *([ids] if ids else [])])
            return Polygons(_large(read[name]), column.get("crs"), read[ids] if ids else None)
    import geopandas as gpd  # noqa: PLC0415  # for GeoArrow's encodings

    return polygons_of(gpd.read_parquet(path), ids=ids)


def _of_gdal(path: Path, ids: str | None) -> Polygons:
    """Read the geometries of anything else, and their ids."""
    import pyogrio  # noqa: PLC0415  # only where such a file is read
    from pyproj import CRS  # noqa: PLC0415

    meta, table = pyogrio.read_arrow(path, columns=[ids] if ids else [])
    crs = CRS(meta["crs"]).to_json_dict() if meta["crs"] else None
    column = table[meta["geometry_name"] or "wkb_geometry"]
    return Polygons(_large(column), crs, table[ids] if ids else None)


def _large(column: pa.Array | pa.ChunkedArray) -> Any:  # noqa: ANN401  # pyarrow ships no types
    """Return a column of WKB in chunks with long offsets, the bytes where they are."""
    import pyarrow as pa  # noqa: PLC0415  # whoever has a column has it loaded

    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    plain = [chunk.storage if isinstance(chunk, pa.ExtensionArray) else chunk for chunk in chunks]
    return pa.chunked_array([chunk.cast(pa.large_binary()) for chunk in plain], pa.large_binary())


def _buffers(chunk: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401  # a pyarrow.LargeBinaryArray
    """Return the bytes of all geometries, where each starts and the last ends, and which are there."""
    _, offsets, data = chunk.buffers()
    size = len(chunk)
    if size == 0:
        return np.empty(0, dtype=np.uint8), np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.bool_)
    start = np.frombuffer(offsets, dtype=np.int64)[chunk.offset : chunk.offset + size + 1]
    there = np.ones(size, dtype=np.bool_)
    if chunk.null_count:  # Arrow's truth values become numpy's through pandas, which takes long to load
        there = np.asarray(chunk.is_valid().to_numpy(zero_copy_only=False), dtype=np.bool_)
    return np.frombuffer(data or b"", dtype=np.uint8), start, there
