"""A layer's standard columns in one GeoParquet file, written and read part by part."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from lantu.model import SOURCE_PREFIX, give_memory_back

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lantu.model import IntArray, Layer

GEOMETRY = "geometry"
ROW = "lantu:row"
"""The place of a feature in its layer, in a file whose features lie in another order: that of a store."""


def write_layer(layer: Layer, path: Path) -> None:
    """Write the standard columns with fixed types; a column without a value stays a column of text.

    No more than a part of the layer is in memory for it. What lies in a store is written in its order.
    """
    names = [
        str(name)
        for name in layer.frame.columns
        if name != GEOMETRY and not str(name).startswith(SOURCE_PREFIX)
    ]
    about = _about(layer)
    writer: pq.ParquetWriter | None = None
    try:
        for rows in layer.parts() if len(layer) else [np.empty(0, dtype=np.int64)]:
            table = _table(layer, rows, names).replace_schema_metadata(about)
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()
        give_memory_back()


def _table(layer: Layer, rows: IntArray, names: Sequence[str]) -> pa.Table:
    plain = layer.some(rows, names)
    columns = {name: as_arrow(plain[name]) for name in names}
    shapes = layer.geometry[rows] if len(rows) else np.empty(0, dtype=object)
    columns[GEOMETRY] = pa.array(shapely.to_wkb(shapes, flavor="iso"), type=pa.binary())
    if layer.on_disk:
        columns[ROW] = pa.array(rows)
    return pa.table(columns)


def as_arrow(values: pd.Series[Any]) -> pa.Array:
    """Return a column as Arrow has it, what is no number as text."""
    if values.dtype != object:
        return pa.array(values, from_pandas=True)
    try:
        return pa.array(values.to_numpy(), type=pa.string(), from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # dates, and what a plug-in puts there
        return pa.array([None if pd.isna(one) else str(one) for one in values], type=pa.string())


def _about(layer: Layer) -> dict[str, str]:
    """Return GeoParquet's own description."""
    column = {"encoding": "WKB", "geometry_types": [], "crs": layer.frame.crs.to_json_dict()}
    return {
        "geo": json.dumps({"version": "1.0.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}})
    }


def read_frame(path: Path) -> gpd.GeoDataFrame:
    """Return the features of a file in the order of their layer, texts as objects with None.

    Raises
    ------
    OSError, ValueError, KeyError, TypeError
        The file is damaged.
    """
    frame = gpd.read_parquet(path)
    if ROW in frame.columns:
        frame = frame.sort_values(ROW, ignore_index=True).drop(columns=ROW)
    for name in frame.columns:
        if name != frame.geometry.name and isinstance(frame[name].dtype, pd.StringDtype):
            values = frame[name].astype(object)
            frame[name] = values.where(values.notna(), None)
    return frame
