"""What is built once for each layer and shared by all its tiles and rules: the tree, the order, the keys."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lantu.model import FrameOnDisk
from lantu.relations.kernels import may_overlap, outlines_of, paths_of, unbalanced_edges

if TYPE_CHECKING:
    from collections.abc import Hashable

    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray
    from lantu.relations.corners import Corners
    from lantu.relations.kernels.outlines import Outlines
    from lantu.relations.kernels.paths import Paths
    from lantu.relations.pairs import Pairs

POINT, LINE, POLYGON = 0, 1, 2
"""Dimensions of geometries."""

MOST_UNBALANCED = 0.25
"""Share of edges without a counterpart up to which looking at these alone is quicker than at all features."""

MARK = "~"
REPEATED_ID = rf"^(.*){MARK}\d+$"
"""The mark that standardising puts on the second and later bearers of one id: ``id~2``."""

MADE_UP = "#"
"""An id that was not delivered is this sign and the record number."""


@dataclass(frozen=True, eq=False)
class LayerIndex:
    """Tree, order and keys of one layer, each built when first asked for.

    Two threads that ask at the same moment may both build; they build the same.
    """

    layer: weakref.ReferenceType[Layer]

    def _of(self) -> Layer:
        layer = self.layer()
        if layer is None:  # the caller holds the layer while it uses its index
            problem = "the layer of this index is gone"
            raise ReferenceError(problem)
        return layer

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Return the tree over all geometries; null and empty ones are never found."""
        return shapely.STRtree(self._of().geometry)

    @cached_property
    def bounds_m(self) -> FloatArray:
        """Return xmin, ymin, xmax, ymax of each feature, shape (n, 4), NaN where null or empty."""
        return self._of().bounds_m

    @cached_property
    def dimension(self) -> IntArray:
        """Return 0, 1 or 2 for points, lines and polygons, shape (n,); -1 where null or empty."""
        layer = self._of()
        if isinstance(layer.frame, FrameOnDisk):
            return layer.frame.sizes("dimension")
        dimension = np.asarray(shapely.get_dimensions(layer.geometry), dtype=np.int64)
        dimension[shapely.is_empty(layer.geometry)] = -1
        return dimension

    @cached_property
    def vertices(self) -> IntArray:
        """Return the number of vertices of each feature, shape (n,)."""
        return np.asarray(shapely.get_num_coordinates(self._of().geometry), dtype=np.int64)

    @cached_property
    def area_m2(self) -> FloatArray:
        """Return the area of each feature, shape (n,), NaN where null."""
        layer = self._of()
        if isinstance(layer.frame, FrameOnDisk):
            return layer.frame.sizes("area_m2")
        return np.asarray(shapely.area(layer.geometry), dtype=np.float64)

    @cached_property
    def length_m(self) -> FloatArray:
        """Return the length of each feature (of a polygon, its boundary), shape (n,), NaN where null."""
        layer = self._of()
        if isinstance(layer.frame, FrameOnDisk):
            return layer.frame.sizes("length_m")
        return np.asarray(shapely.length(layer.geometry), dtype=np.float64)

    @cached_property
    def pieces(self) -> dict[tuple[int, ...], Any]:
        """Return the parts of large polygons by row and cell, as ``local`` has cut them so far."""
        return {}

    @cached_property
    def centre_m(self) -> FloatArray:
        """Return the centroid of each feature, shape (n, 2), NaN where null or empty."""
        layer = self._of()
        if isinstance(layer.frame, FrameOnDisk):
            return np.column_stack([layer.frame.sizes("x_m"), layer.frame.sizes("y_m")])
        centroids = shapely.centroid(layer.geometry)
        there = ~(shapely.is_missing(centroids) | shapely.is_empty(centroids))
        centre_m = np.full((len(layer), 2), np.nan)
        centre_m[there] = shapely.get_coordinates(centroids[there])
        return centre_m

    @cached_property
    def corners(self) -> Corners:
        """Return the corners of all features."""
        from lantu.relations.corners import corners_of  # noqa: PLC0415  # it asks here for dimensions

        layer = self._of()
        return corners_of(layer.geometry, np.arange(len(layer)))

    @cached_property
    def outlines(self) -> Outlines:
        """Return the rings of all polygons as flat arrays, for kernels."""
        return outlines_of(self._of().geometry)

    @cached_property
    def unbalanced(self) -> tuple[IntArray, int]:
        """Return the edges that no other feature has the other way round, and the number of all."""
        return unbalanced_edges(self.outlines, np.ones(len(self._of()), dtype=np.bool_))

    @cached_property
    def may_overlap(self) -> BoolArray:
        """Return which features may share ground with another one of the layer, by kernel, shape (n,).

        All of them where many edges are out of balance: then it is quicker to measure each pair.
        """
        edges, count = self.unbalanced
        if len(edges) > MOST_UNBALANCED * count:
            return np.ones(len(self._of()), dtype=np.bool_)
        return may_overlap(self.outlines, edges)

    @cached_property
    def paths(self) -> Paths:
        """Return all lines as flat arrays, for kernels."""
        return paths_of(self._of().geometry)

    @cached_property
    def rank(self) -> IntArray:
        """Return the place of each feature in the order of the ids as text, shape (n,)."""
        ids = self._of().ids
        rank = np.empty(len(ids), dtype=np.int64)
        rank[np.argsort(ids, kind="stable")] = np.arange(len(ids))
        return rank

    @cached_property
    def keys(self) -> ObjectArray:
        """Return the ids without the ``~2`` of repeated ones, shape (n,).

        Only a mark whose bare id stands in the layer too is taken off, so that an id which its
        department wrote with such an ending stays whole.
        """
        known = self._of().keys
        if known is not None:
            return known
        ids = self._of().ids
        keys = ids.copy()
        likely = np.flatnonzero([isinstance(one, str) and MARK in one for one in ids])  # an id may lack
        bare = pd.Series(ids[likely], dtype=object).str.extract(REPEATED_ID, expand=False)
        marked = (bare.notna() & bare.isin(ids)).to_numpy()
        keys[likely[marked]] = bare.to_numpy(dtype=object)[marked]
        return keys

    @cached_property
    def own_id(self) -> BoolArray:
        """Return which features carry an id that the department delivered, shape (n,), not to be written to.

        Without an id field the record numbers stand in, and two layers of record numbers share them all;
        an empty id is ``#`` and the record number.
        """
        layer = self._of()
        own = np.full(len(layer), "id" in layer.provenance.fields_matched, dtype=np.bool_)
        likely = np.flatnonzero([isinstance(one, str) and one.startswith(MADE_UP) for one in layer.ids])
        numbers = layer.frame["record"].to_numpy()[likely]
        own[likely] &= (
            np.array([f"{MADE_UP}{number}" for number in numbers], dtype=object) != layer.ids[likely]
        )
        own.setflags(write=False)
        return own

    @cached_property
    def extent_m(self) -> FloatArray | None:
        """Return xmin, ymin, xmax, ymax of the whole layer; None where it has no geometry at all."""
        return extent_of(self.bounds_m)

    @cached_property
    def keys_elsewhere(self) -> weakref.WeakKeyDictionary[LayerIndex, IntArray]:
        """Return where the distinct keys stand among those of other layers, as far as it was asked."""
        return weakref.WeakKeyDictionary()

    @cached_property
    def made(self) -> dict[Hashable, Any]:
        """Return what rules have made of the whole layer so far, each under a name of its own."""
        return {}

    @cached_property
    def bearers(self) -> Bearers:
        """Return who bears each key."""
        code, distinct = pd.factorize(self.keys)
        order = np.argsort(code, kind="stable")
        starts = np.searchsorted(code[order], np.arange(len(distinct) + 1))
        return Bearers(pd.Index(distinct, dtype=object), order, starts)


@dataclass(frozen=True)
class Bearers:
    """The distinct keys of a layer; the rows of the k-th are ``order[starts[k]:starts[k + 1]]``."""

    distinct: pd.Index
    order: IntArray
    starts: IntArray

    @cached_property
    def code(self) -> IntArray:
        """Return the position of each feature's key among the distinct ones, shape (n,); -1 without one."""
        code = np.full(len(self.order), -1, dtype=np.int64)
        code[self.order[self.starts[0] :]] = np.repeat(np.arange(len(self.distinct)), np.diff(self.starts))
        return code

    @cached_property
    def number(self) -> IntArray:
        """Return how many bear the key of each feature, itself included, shape (n,)."""
        number = np.empty(len(self.order), dtype=np.int64)
        number[self.order] = np.repeat(np.diff(self.starts), np.diff(self.starts))
        return number

    def know(self, keys: ObjectArray) -> BoolArray:
        """Return which of ``keys`` the layer has."""
        return np.asarray(self.distinct.get_indexer(pd.Index(keys, dtype=object)) >= 0, dtype=np.bool_)

    def of(self, keys: ObjectArray) -> tuple[IntArray, IntArray]:
        """Return positions in ``keys`` and rows of the layer, one for each bearer of each key."""
        code = self.distinct.get_indexer(pd.Index(keys, dtype=object))
        asked = np.flatnonzero(code >= 0)
        first, stop = self.starts[code[asked]], self.starts[code[asked] + 1]
        count = stop - first
        step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return np.repeat(asked, count), self.order[np.repeat(first, count) + step]


_indexes: dict[int, LayerIndex] = {}
_lock = threading.Lock()


def index_of(layer: Layer) -> LayerIndex:
    """Return the layer's index, the same one for as long as the layer lives."""
    number = id(layer)
    with _lock:
        index = _indexes.get(number)
        if index is None or index.layer() is not layer:
            index = LayerIndex(weakref.ref(layer, lambda gone: _forget(number, gone)))
            _indexes[number] = index
        return index


def _forget(number: int, gone: weakref.ReferenceType[Layer]) -> None:
    """Drop a dead layer's index, unless its number was taken by another layer already.

    Runs wherever the interpreter lets go of the layer, inside ``index_of`` too, so it takes no lock:
    each of its two dictionary operations is atomic, and the worst outcome is an index built twice.
    """
    index = _indexes.get(number)
    if index is not None and index.layer is gone:
        _indexes.pop(number, None)


def extent_of(bounds_m: FloatArray) -> FloatArray | None:
    """Return xmin, ymin, xmax, ymax over boxes (n, 4), NaN where there is none; None without any box."""
    located = np.isfinite(bounds_m[:, 0])
    if not located.any():
        return None
    columns = bounds_m.T if located.all() else bounds_m[located].T
    return np.array([columns[0].min(), columns[1].min(), columns[2].max(), columns[3].max()])


def dimensions(pairs: Pairs) -> tuple[IntArray, IntArray]:
    """Return the dimension of each pair's two geometries, -1 where one is null, empty or absent."""
    none = np.full(len(pairs), -1, dtype=np.int64)
    if pairs.b is None:
        return index_of(pairs.a).dimension[pairs.rows_a], none
    of_b = index_of(pairs.b).dimension
    if len(of_b) == 0:
        return index_of(pairs.a).dimension[pairs.rows_a], none
    return index_of(pairs.a).dimension[pairs.rows_a], np.where(pairs.rows_b < 0, -1, of_b[pairs.rows_b])
