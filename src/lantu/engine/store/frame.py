"""A frame on disk: as much of a GeoDataFrame as layers are asked for, read when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS

from lantu.engine.store.columns import from_arrow
from lantu.engine.store.groups import read_group
from lantu.engine.store.shapes import StoredShapes
from lantu.model import FrameOnDisk, Texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from lantu.model import FloatArray, IntArray, ObjectArray, SizeName

GEOMETRY = "geometry"
KEY = "lantu:key"
"""Column of ``Layer.keys``, which no source field can be called."""


@dataclass(frozen=True, kw_only=True)
class StoredFrame(FrameOnDisk):
    """The features of a layer in one GeoParquet file, row group by tile.

    ``kept`` says by column how it is kept (``columns.py``). ``starts`` are the places where row groups start,
    ``path`` has three sidecars: ``.place.npy``, the place in the file of each row of the layer, and
    ``.bounds.npy`` and ``.sizes.npy``, what is known of each row without its geometry.
    """

    path: Path
    kept: dict[str, str]
    length: int
    crs_text: str
    starts: IntArray

    def __len__(self) -> int:
        """Return the number of features."""
        return self.length

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs; what was read is read again there, if it is asked for."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @property
    def columns(self) -> pd.Index:
        """Return the names of all columns, the geometry's last."""
        return pd.Index([*self.kept, GEOMETRY])

    @property
    def crs(self) -> CRS:
        """Return the working CRS."""
        return CRS.from_user_input(self.crs_text)

    @property
    def index(self) -> pd.RangeIndex:
        """Return the numbers of the rows."""
        return pd.RangeIndex(self.length)

    def __getitem__(self, column: str | list[str]) -> Any:  # noqa: ANN401  # as pandas does
        """Return one column of all features, in the layer's order; of a list, a frame in memory."""
        if isinstance(column, list):
            plain = pd.DataFrame({name: self[name] for name in column if name != GEOMETRY}, index=self.index)
            return gpd.GeoDataFrame(plain, geometry=self.geometry)[column] if GEOMETRY in column else plain
        if column == GEOMETRY:
            return self.geometry
        table = pq.read_table(self.path, columns=[column], memory_map=True)
        series = from_arrow(table.column(column), self.kept[column])
        return series.take(self._place()).reset_index(drop=True)

    @property
    def geometry(self) -> gpd.GeoSeries:
        """Return the geometries of all features in memory, in the layer's order."""
        return gpd.GeoSeries(self.shapes_of(np.arange(self.length)), crs=self.crs)

    @cached_property
    def bounds_m(self) -> FloatArray:
        """Return xmin, ymin, xmax, ymax of each feature, in memory once asked for: every task asks."""
        bounds_m: FloatArray = np.load(self.path.with_suffix(".bounds.npy"))
        return bounds_m

    @cached_property
    def ids(self) -> ObjectArray:
        """Return what stands for the ids, in memory once asked for."""
        column = pq.read_table(self.path, columns=["id"], memory_map=True).column("id").combine_chunks()
        return cast("ObjectArray", Texts(column.take(pa.array(self._place()))))

    @property
    def shapes(self) -> ObjectArray:
        """Return what stands for the geometries of all features: rows of it are read when asked for."""
        return cast("ObjectArray", StoredShapes(self))

    def shapes_of(self, rows: IntArray) -> ObjectArray:
        """Return the geometries of some features, in the order of ``rows``: a row group after the other."""
        place = self._place()[rows]
        order = np.argsort(place, kind="stable")
        found = np.empty(len(rows), dtype=object)
        group_of = np.searchsorted(self.starts, place[order], side="right") - 1
        for some in np.split(order, np.flatnonzero(np.diff(group_of)) + 1) if len(order) else []:
            group = int(np.searchsorted(self.starts, place[some[0]], side="right")) - 1
            blobs = read_group(self.path, group, [GEOMETRY]).column(GEOMETRY)
            found[some] = _shapes(blobs.take(pa.array(place[some] - self.starts[group])))
        return found

    def sizes(self, name: SizeName) -> np.ndarray[Any, Any]:
        """Return what was known of each feature when it was stored, in the layer's order, as on disk."""
        return np.asarray(np.load(self.path.with_suffix(".sizes.npy"), mmap_mode="r")[name])

    def set_geometry(self, geometry: gpd.GeoSeries) -> gpd.GeoDataFrame:
        """Return all features in memory, with another geometry."""
        whole = self.take(np.arange(self.length))
        return whole.set_geometry(geometry)

    def take(self, rows: IntArray) -> gpd.GeoDataFrame:
        """Return some features in memory, in the order of ``rows``, with a RangeIndex."""
        return self.part(rows)[0]

    def part(self, rows: IntArray) -> tuple[gpd.GeoDataFrame, ObjectArray]:
        """Return some features in memory, in the order of ``rows``, and their keys (``Layer.keys``)."""
        picked = self._picked(rows, [*self.kept, KEY, GEOMETRY])
        shapes = gpd.GeoSeries(_shapes(picked.column(GEOMETRY)), crs=self.crs)
        keys = picked.column(KEY).to_numpy(zero_copy_only=False)
        return gpd.GeoDataFrame(self._plain(picked), geometry=shapes), np.asarray(keys, dtype=object)

    def some(self, rows: IntArray, columns: Sequence[str]) -> pd.DataFrame:
        """Return some columns of some features in memory, in the order of ``rows``, with a RangeIndex."""
        return self._plain(self._picked(rows, columns))

    def parts(self) -> Iterator[IntArray]:
        """Yield all rows, row group by row group."""
        order = np.argsort(self._place())
        yield from np.split(order, self.starts[1:])

    def _picked(self, rows: IntArray, names: Sequence[str]) -> pa.Table:
        place = self._place()[rows]
        groups = np.unique(np.searchsorted(self.starts, place, side="right") - 1)
        read = [read_group(self.path, int(group), names) for group in groups]
        table = pa.concat_tables(read or [read_group(self.path, 0, names).slice(0, 0)])
        held = np.concatenate([np.arange(*self._span(group)) for group in groups] or [np.empty(0, np.int64)])
        return table.take(pa.array(np.searchsorted(held, place)))

    def _plain(self, table: pa.Table) -> pd.DataFrame:
        names = [name for name in table.column_names if name in self.kept]
        columns = {name: from_arrow(table.column(name), self.kept[name]) for name in names}
        return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows))

    def _span(self, group: int) -> tuple[int, int]:
        stop = self.starts[group + 1] if group + 1 < len(self.starts) else self.length
        return int(self.starts[group]), int(stop)

    def _place(self) -> IntArray:
        place: IntArray = np.load(self.path.with_suffix(".place.npy"), mmap_mode="r")
        return place


def _shapes(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    blobs = column.to_numpy(zero_copy_only=False)
    return np.asarray(shapely.from_wkb(blobs), dtype=object)
