"""What is built once for each layer and shared by all its tiles and rules: the tree, the order, the keys."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import numpy as np
import shapely

from lantu.model import FrameOnDisk, with_mark
from lantu.relations.bearers import Bearers, keys_of
from lantu.relations.kernels import may_overlap, outlines_of, paths_of, unbalanced_edges

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray, SizeName
    from lantu.relations.corners import Corners
    from lantu.relations.kernels.outlines import Outlines
    from lantu.relations.kernels.paths import Paths
    from lantu.relations.pairs import Pairs

Sizes = TypeVar("Sizes", bound="np.ndarray[Any, Any]")

POINT, LINE, POLYGON = 0, 1, 2
"""Dimensions of geometries."""

MOST_UNBALANCED = 0.25
"""Share of edges without a counterpart up to which looking at these alone is quicker than at all features."""

MADE_UP = "#"
"""An id that was not delivered is this sign and the record number."""


class _size(Generic[Sizes]):  # noqa: N801  # a kind of property
    """Something of each feature, computed once; of a layer on disk, it stays there and rows are read."""

    def __init__(self, compute: Callable[[LayerIndex], Sizes]) -> None:
        self._compute, self.__doc__ = compute, compute.__doc__

    def __set_name__(self, _: type, name: str) -> None:
        self._name = cast("SizeName", name)

    def __get__(self, index: LayerIndex, _: type) -> Sizes:
        frame = index.of_layer.frame
        if isinstance(frame, FrameOnDisk):
            return cast("Sizes", frame.sizes(self._name))
        found = index.__dict__[self._name] = self._compute(index)
        return found


@dataclass(frozen=True, eq=False)
class LayerIndex:
    """Tree, order and keys of one layer, each built when first asked for.

    Two threads that ask at the same moment may both build; they build the same.
    """

    layer: weakref.ReferenceType[Layer]

    @property
    def of_layer(self) -> Layer:
        """Return the layer."""
        layer = self.layer()
        if layer is None:  # the caller holds the layer while it uses its index
            problem = "the layer of this index is gone"
            raise ReferenceError(problem)
        return layer

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Return the tree over all geometries; null and empty ones are never found."""
        return shapely.STRtree(self.of_layer.geometry)

    @cached_property
    def bounds_m(self) -> FloatArray:
        """Return xmin, ymin, xmax, ymax of each feature, shape (n, 4), NaN where null or empty."""
        return self.of_layer.bounds_m

    @_size
    def dimension(self) -> IntArray:
        """Return 0, 1 or 2 for points, lines and polygons, shape (n,); -1 where null or empty."""
        geometry = self.of_layer.geometry
        dimension = np.asarray(shapely.get_dimensions(geometry), dtype=np.int64)
        dimension[shapely.is_empty(geometry)] = -1
        return dimension

    @cached_property
    def vertices(self) -> IntArray:
        """Return the number of vertices of each feature, shape (n,)."""
        return np.asarray(shapely.get_num_coordinates(self.of_layer.geometry), dtype=np.int64)

    @_size
    def area_m2(self) -> FloatArray:
        """Return the area of each feature, shape (n,), NaN where null."""
        return np.asarray(shapely.area(self.of_layer.geometry), dtype=np.float64)

    @_size
    def length_m(self) -> FloatArray:
        """Return the length of each feature (of a polygon, its boundary), shape (n,), NaN where null."""
        return np.asarray(shapely.length(self.of_layer.geometry), dtype=np.float64)

    @cached_property
    def pieces(self) -> dict[tuple[int, ...], Any]:
        """Return the parts of large polygons by row and cell, as ``local`` has cut them so far."""
        return {}

    @_size
    def centre_m(self) -> FloatArray:
        """Return the centroid of each feature, shape (n, 2), NaN where null or empty."""
        centroids = shapely.centroid(self.of_layer.geometry)
        there = ~(shapely.is_missing(centroids) | shapely.is_empty(centroids))
        centre_m = np.full((len(centroids), 2), np.nan)
        centre_m[there] = shapely.get_coordinates(centroids[there])
        return centre_m

    @cached_property
    def corners(self) -> Corners:
        """Return the corners of all features."""
        from lantu.relations.corners import corners_of  # noqa: PLC0415  # it asks here for dimensions

        layer = self.of_layer
        return corners_of(layer.geometry, np.arange(len(layer)))

    @cached_property
    def outlines(self) -> Outlines:
        """Return the rings of all polygons as flat arrays, for kernels."""
        return outlines_of(self.of_layer.geometry)

    @cached_property
    def unbalanced(self) -> tuple[IntArray, int]:
        """Return the edges that no other feature has the other way round, and the number of all."""
        return unbalanced_edges(self.outlines, np.ones(len(self.of_layer), dtype=np.bool_))

    @cached_property
    def may_overlap(self) -> BoolArray:
        """Return which features may share ground with another one of the layer, by kernel, shape (n,).

        All of them where many edges are out of balance: then it is quicker to measure each pair.
        """
        edges, count = self.unbalanced
        if len(edges) > MOST_UNBALANCED * count:
            return np.ones(len(self.of_layer), dtype=np.bool_)
        return may_overlap(self.outlines, edges)

    @cached_property
    def paths(self) -> Paths:
        """Return all lines as flat arrays, for kernels."""
        return paths_of(self.of_layer.geometry)

    @cached_property
    def rank(self) -> IntArray:
        """Return the place of each feature in the order of the ids as text, shape (n,)."""
        ids = self.of_layer.ids
        rank = np.empty(len(ids), dtype=np.int64)
        rank[np.argsort(ids, kind="stable")] = np.arange(len(ids))
        return rank

    @cached_property
    def keys(self) -> ObjectArray:
        """Return the ids without the ``~2`` of repeated ones, shape (n,)."""
        layer = self.of_layer
        return keys_of(layer.ids) if layer.keys is None else layer.keys

    @cached_property
    def own_id(self) -> BoolArray:
        """Return which features carry an id that the department delivered, shape (n,), not to be written to.

        Without an id field the record numbers stand in, and two layers of record numbers share them all;
        an empty id is ``#`` and the record number.
        """
        layer = self.of_layer
        own = np.full(len(layer), "id" in layer.provenance.fields_matched, dtype=np.bool_)
        likely = with_mark(layer.ids, MADE_UP, first=True)
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
        return Bearers.among(self.keys)


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


def forget(layer: Layer) -> None:
    """Drop what was built for a layer, which is built again where it is asked for."""
    with _lock:
        _indexes.pop(id(layer), None)


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
