"""Writing layers to the store: sorted by tile, a row group a tile, GeoParquet with a bbox column."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from lantu.engine.store.columns import to_arrow
from lantu.engine.store.frame import GEOMETRY, KEY, StoredFrame
from lantu.engine.tiles import tiles
from lantu.model import feature_digests
from lantu.relations.index import index_of
from lantu.relations.own_ids import has_own_id

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from lantu.model import IntArray, Layer

LARGE_FEATURES = 1_000_000
"""From so many features in all layers on, layers are kept on disk rather than in memory."""

SIZES = np.dtype([("dimension", "i8"), ("area_m2", "f8"), ("length_m", "f8"), ("x_m", "f8"), ("y_m", "f8")])

SIDES = ("xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True)
class Store:
    """A folder of stored layers; whoever shares the folder can read windows of them."""

    folder: Path

    def put(self, layer: Layer) -> Layer:
        """Write a layer's features and return the layer with its frame on disk; empty ones stay as they are.

        What tasks ask of the layer as a whole stays in memory: the boxes, the ids' keys, which columns have
        values.
        """
        if len(layer) == 0:
            return layer
        self.folder.mkdir(parents=True, exist_ok=True)
        number = len(list(self.folder.glob("*.parquet")))
        path = self.folder / f"{number:03d}.parquet"
        parts = tiles(layer)
        order = np.concatenate(parts)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        np.save(path.with_suffix(".place.npy"), place)
        np.save(path.with_suffix(".sizes.npy"), _sizes(layer))
        kept = _write(layer, path, parts)
        frame = StoredFrame(
            path=path,
            kept=kept,
            length=len(layer),
            crs_text=layer.frame.crs.to_wkt(),
            starts=np.cumsum([0, *map(len, parts)])[:-1],
        )
        filled = frozenset(name for name in kept if layer.has(name))
        digests = feature_digests(layer.frame, (index_of(layer).keys, has_own_id(layer)))
        stored = replace(layer, frame=frame, filled=filled, keys=index_of(layer).keys, digests=digests)
        stored.__dict__["bounds_m"] = layer.bounds_m  # known already, and asked of every task
        stored.__dict__["ids"] = layer.ids  # the same texts as the keys but for a few
        return stored


def _sizes(layer: Layer) -> np.ndarray[Any, Any]:
    """Return what is known of each feature without its geometry, as ``SizeName`` names it."""
    index = index_of(layer)
    sizes = np.empty(len(layer), dtype=SIZES)
    sizes["dimension"], sizes["area_m2"], sizes["length_m"] = index.dimension, index.area_m2, index.length_m
    sizes["x_m"], sizes["y_m"] = index.centre_m.T
    return sizes


def _write(layer: Layer, path: Path, parts: list[IntArray]) -> dict[str, str]:
    """Write the file, tile by tile, and return by column how it is kept."""
    names = [name for name in layer.frame.columns if name != GEOMETRY]
    columns = {name: to_arrow(layer.frame[name]) for name in names}
    box = pa.StructArray.from_arrays([pa.array(side) for side in layer.bounds_m.T], names=list(SIDES))
    keys = pa.array(index_of(layer).keys, type=pa.string())
    table = pa.table({**{name: array for name, (array, _) in columns.items()}, KEY: keys, "bbox": box})
    schema = table.schema.append(pa.field(GEOMETRY, pa.binary())).with_metadata(_about(layer.frame))
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as writer:
        for rows in parts:
            shapes = pa.array(shapely.to_wkb(layer.geometry[rows], flavor="iso"), type=pa.binary())
            writer.write_table(
                table.take(pa.array(rows)).append_column(GEOMETRY, shapes).cast(schema),
                row_group_size=len(rows),
            )
    return {name: kept for name, (_, kept) in columns.items()}


def _about(frame: gpd.GeoDataFrame) -> dict[str, str]:
    """Return GeoParquet's own description, so that anybody can open a store."""
    covering = {"bbox": {side: ["bbox", side] for side in SIDES}}
    column = {"encoding": "WKB", "geometry_types": [], "crs": frame.crs.to_json_dict(), "covering": covering}
    return {
        "geo": json.dumps({"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}})
    }
