"""Writing layers to the store: sorted by tile, a row group a tile, GeoParquet with a bbox column."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from lantu.engine.store.columns import to_arrow
from lantu.engine.store.frame import GEOMETRY, KEY, StoredFrame
from lantu.engine.store.spill import Spill
from lantu.engine.tiles import tiles_of
from lantu.model import Texts, feature_digests
from lantu.relations.bearers import keys_of
from lantu.relations.index import index_of
from lantu.relations.own_ids import has_own_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyproj import CRS

    from lantu.model import BoolArray, FloatArray, Layer, ObjectArray

LARGE_FEATURES = 1_000_000
"""From so many features in all layers on, layers are kept on disk rather than in memory."""

SIZES = np.dtype([("dimension", "i8"), ("area_m2", "f8"), ("length_m", "f8"), ("centre_m", "f8", 2)])

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
        putting = self.putting(layer)
        putting.add(layer)
        return putting.done(layer)

    def putting(self, layer: Layer) -> Putting:
        """Begin to write a layer piece by piece; of its frame only ids and record numbers are looked at."""
        self.folder.mkdir(parents=True, exist_ok=True)
        number = len(list(self.folder.glob("*.parquet")))
        ids = Texts.of(layer.ids)
        keys = Texts.of(keys_of(ids) if layer.keys is None else layer.keys)
        return Putting(self.folder / f"{number:03d}.parquet", ids, keys, has_own_id(layer))


@dataclass
class Putting:
    """A layer on its way into the store: its file, its ids, their keys, and which of them were delivered."""

    path: Path
    ids: ObjectArray
    keys: ObjectArray
    own_id: BoolArray
    _pieces: list[_Piece] = field(default_factory=list)

    @cached_property
    def _spill(self) -> Spill:
        return Spill(self.path.with_suffix(".spill"))

    def add(self, piece: Layer) -> None:
        """Write the next features."""
        first = sum(len(known.digests) for known in self._pieces)
        rows = slice(first, first + len(piece))
        table, kept = _table(piece, self.keys[rows])
        self._spill.add(table, kept)
        self._pieces.append(
            _Piece(
                bounds_m=piece.bounds_m,
                sizes=_sizes(piece),
                digests=feature_digests(piece.frame, (self.keys[rows], self.own_id[rows])),
                filled=frozenset(name for name in kept if piece.has(name)),
                crs=piece.frame.crs,
            )
        )

    def done(self, layer: Layer) -> Layer:
        """Sort what was written by tile and return the layer with its frame on disk."""
        bounds_m, sizes, digests = (
            np.concatenate([getattr(piece, name) for piece in self._pieces])
            for name in ("bounds_m", "sizes", "digests")
        )
        parts, crs = tiles_of(bounds_m), self._pieces[0].crs
        order = np.concatenate(parts)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        np.save(self.path.with_suffix(".place.npy"), place)
        np.save(self.path.with_suffix(".sizes.npy"), sizes)
        np.save(self.path.with_suffix(".bounds.npy"), bounds_m)
        _write(self.path, self._spill.by_tile(parts), _about(crs))
        frame = StoredFrame(
            path=self.path,
            kept=self._spill.kept,
            length=len(order),
            crs_text=crs.to_wkt(),
            starts=np.cumsum([0, *map(len, parts)])[:-1],
        )
        frame.__dict__.update(bounds_m=bounds_m, ids=self.ids)  # known already
        filled = frozenset[str]().union(*(piece.filled for piece in self._pieces))
        return replace(layer, frame=frame, filled=filled, keys=self.keys, digests=digests)


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """What is known of some features without reading them."""

    bounds_m: FloatArray
    sizes: np.ndarray[Any, Any]
    digests: np.ndarray[Any, Any]
    filled: frozenset[str]
    crs: CRS


def _sizes(layer: Layer) -> np.ndarray[Any, Any]:
    """Return what is known of each feature without its geometry, as ``SizeName`` names it."""
    index = index_of(layer)
    sizes = np.empty(len(layer), dtype=SIZES)
    for name in SIZES.names or ():
        sizes[name] = getattr(index, name)
    return sizes


def _table(piece: Layer, keys: ObjectArray) -> tuple[pa.Table, dict[str, str]]:
    """Return some features as the file holds them, and by column how it is kept."""
    names = [name for name in piece.frame.columns if name != GEOMETRY]
    columns = {name: to_arrow(piece.frame[name]) for name in names}
    table = pa.table(
        {
            **{name: array for name, (array, _) in columns.items()},
            KEY: pa.array(keys, type=pa.string()),
            "bbox": pa.StructArray.from_arrays([pa.array(side) for side in piece.bounds_m.T], list(SIDES)),
            GEOMETRY: pa.array(shapely.to_wkb(piece.geometry, flavor="iso"), type=pa.binary()),
        }
    )
    return table, {name: kept for name, (_, kept) in columns.items()}


def _write(path: Path, tables: Iterator[pa.Table], about: dict[str, str]) -> None:
    """Write the file, a row group a tile, compressed for quick reading: tasks do it again and again."""
    first = next(tables)
    schema = first.schema.with_metadata(about)
    with pq.ParquetWriter(path, schema, compression="lz4", use_dictionary=False) as writer:
        for table in chain([first], tables):
            writer.write_table(table.replace_schema_metadata(about), row_group_size=table.num_rows)


def _about(crs: CRS) -> dict[str, str]:
    """Return GeoParquet's own description, so that anybody can open a store."""
    covering = {"bbox": {side: ["bbox", side] for side in SIDES}}
    column = {"encoding": "WKB", "geometry_types": [], "crs": crs.to_json_dict(), "covering": covering}
    return {
        "geo": json.dumps({"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}})
    }
