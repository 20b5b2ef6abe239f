"""One way from source coordinates to the working CRS: what it is, how good it is, and doing it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from pyproj import Transformer

from lantu.crs.densify import added_vertices, bent_edges, densify, long_steps
from lantu.crs.web_maps import from_web_map
from lantu.model import BoolArray, ControlUse, CrsUse, FlatGeometry, FloatArray, IntArray, ObjectArray

if TYPE_CHECKING:
    from lantu.crs.densify import Project
    from lantu.crs.fitting import ControlFit
    from lantu.crs.web_maps import WebMap
    from lantu.messages import Message

CHUNK_POINTS = 200_000
"""Points a thread takes at once; the result does not depend on it."""

SHORTEST_RING = 4
"""Vertices of the shortest ring that shapely takes as it is."""

_ONE_PIECE = tuple(
    int(kind)
    for kind in (shapely.GeometryType.POINT, shapely.GeometryType.LINESTRING, shapely.GeometryType.POLYGON)
)
_OTHER = -1


class Applied(NamedTuple):
    """Geometries in the working CRS, and which of them (``failed``) could not be brought there.

    A failed geometry is None in ``geometry``: it had a coordinate that is not a number, or one that
    the projection cannot express.
    """

    geometry: ObjectArray
    failed: BoolArray


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A coordinate operation that was chosen and may be trusted as far as ``accuracy_m`` says.

    ``definition`` is a PROJ pipeline from source coordinates (x = easting or longitude) to working
    coordinates, and with ``web_map`` all that ``apply`` uses; an operation can therefore be sent to
    another process.
    ``accuracy_m`` is 0 for a pure change of projection and None where nobody knows it. ``shift`` names
    the change of datum and is None without one: two layers with the same shift share its error, so
    it does not stand between them. ``fit`` is there where control points gave the operation; they tie
    the layer itself to the working CRS, so what they leave over is the layer's own error, no shift's.
    ``web_map`` says that source coordinates are a web map's and are brought back to WGS 84 by its formula
    before ``definition``, which PROJ cannot express.
    """

    source: str | None
    target: str
    description: str
    definition: str
    accuracy_m: float | None
    shift: str | None = None
    note: Message | None = None
    fit: ControlFit | None = None
    web_map: WebMap | None = None

    def apply(self, geometries: ObjectArray, *, threads: int = 1) -> Applied:
        """Bring geometries (n,), None allowed, to the working CRS.

        Long edges get vertices first (see ``densify``). Z is kept as delivered, M is dropped, None and
        empty geometries stay. The result is the same to the bit for any number of threads and any
        division of the layer.
        """
        geometry = _without_m(np.asarray(geometries, dtype=object))
        points = shapely.get_coordinates(geometry)
        if self.changes_nothing:
            failed = _unplaced(geometry, points)
            geometry[failed] = None
            return Applied(geometry, failed)
        project = partial(self.project, threads=threads)
        projected = project(points)
        bent = _with_bent_edges(geometry, points, projected, project=project)
        if not bent.any():
            return Applied(*_set(geometry, projected))
        result, failed = geometry.copy(), np.zeros(len(geometry), dtype=np.bool_)
        counts = shapely.get_num_coordinates(geometry)
        result[~bent], failed[~bent] = _set(geometry[~bent], projected[np.repeat(~bent, counts)])
        denser = densify(geometry[bent], project=project)
        result[bent], failed[bent] = _set(denser, project(shapely.get_coordinates(denser)))
        return Applied(result, failed)

    def apply_flat(self, flat: FlatGeometry, *, threads: int = 1) -> Applied:
        """Bring geometries to the working CRS that no object has been made of yet; ``apply`` to the bit."""
        if self.changes_nothing:
            return Applied(flat.objects, np.zeros(len(flat), dtype=np.bool_))
        project = partial(self.project, threads=threads)
        projected = project(flat.xy)
        if not (np.isfinite(projected.min(initial=0.0)) and np.isfinite(projected.max(initial=0.0))):
            return self.apply(flat.objects, threads=threads)
        after, added = added_vertices(flat.xy, flat.runs, projected, project=project)
        moved = flat.moved(projected)
        if len(after):
            more = np.searchsorted(after, flat.runs, side="left")
            moved = flat.moved(np.insert(projected, after, project(added), axis=0), runs=flat.runs + more)
        return Applied(moved.objects, np.zeros(len(flat), dtype=np.bool_))

    def project(self, points: FloatArray, *, threads: int = 1) -> FloatArray:
        """Bring points (n, 2) to the working CRS; infinite where that is impossible."""
        transformer = _transformer(self.definition)
        if self.web_map is not None:
            points = from_web_map(points, system=self.web_map)
        projected = np.empty((len(points), 2))
        pieces = [slice(first, first + CHUNK_POINTS) for first in range(0, len(points), CHUNK_POINTS)]
        work = partial(_project, transformer, points, projected)
        if threads > 1 and len(pieces) > 1:
            with ThreadPoolExecutor(max_workers=threads) as pool:
                list(pool.map(work, pieces))
        else:
            for piece in pieces:
                work(piece)
        return projected

    @property
    def changes_nothing(self) -> bool:
        """Say whether source and working coordinates are the same numbers."""
        return self.web_map is None and self.definition.removeprefix("+").startswith("proj=noop")

    def use(self, stated_by: str, *, own_accuracy_m: float = 0.0) -> CrsUse:
        """Return what the layer's provenance says of it; ``stated_by``: blueprint, source or nobody.

        ``own_accuracy_m`` is the layer's own standard error, which its control points have to meet.
        """
        return CrsUse(
            source=self.source,
            stated_by=stated_by,
            working=self.target,
            operation=self.description,
            definition=self.definition,
            accuracy_m=self.accuracy_m,
            note=self.note,
            control=None if self.fit is None else _control(self.fit, own_accuracy_m),
        )


def _control(fit: ControlFit, own_accuracy_m: float) -> ControlUse:
    """Return what provenance says of a fit."""
    return ControlUse(
        model=fit.model,
        names=fit.names,
        x_m=tuple(x for x, _ in fit.target_m),
        y_m=tuple(y for _, y in fit.target_m),
        residual_m=fit.residual_m,
        left_out_m=fit.left_out_m,
        accuracy_m=fit.accuracy_m,
        stated_m=own_accuracy_m,
        blunder=fit.blunder,
        residual_x_m=fit.residual_x_m,
        residual_y_m=fit.residual_y_m,
    )


def _project(transformer: Transformer, points: FloatArray, projected: FloatArray, piece: slice) -> None:
    """Transform a piece of points (n, 2) in one call; PROJ lets go of the GIL meanwhile."""
    x, y = points[piece, 0].copy(), points[piece, 1].copy()
    transformer.transform(x, y, inplace=True, errcheck=False)
    projected[piece, 0], projected[piece, 1] = x, y


def _with_bent_edges(
    geometries: ObjectArray, points: FloatArray, projected: FloatArray, *, project: Project
) -> BoolArray:
    """Say which geometries have an edge that becomes a curve, and are to be densified.

    Steps between the rings of one geometry are counted too: that only looks at one more geometry.
    """
    start, after = long_steps(projected), np.cumsum(shapely.get_num_coordinates(geometries))
    owner = np.searchsorted(after, start, side="right")
    inside = owner == np.searchsorted(after, start + 1, side="right")
    start, owner = start[inside], owner[inside]
    ends, ends_m = (points[start], points[start + 1]), (projected[start], projected[start + 1])
    bent = np.zeros(len(geometries), dtype=np.bool_)
    bent[owner[bent_edges(ends, ends_m, project=project)]] = True
    return bent


def _set(geometries: ObjectArray, projected: FloatArray) -> tuple[ObjectArray, BoolArray]:
    """Put new x and y into a copy of the geometries; None and True where one of them is not finite."""
    failed = _unplaced(geometries, projected)
    result, count = geometries.copy(), shapely.get_num_coordinates(geometries)
    result[failed] = None
    kinds, high = _kinds_of_one_piece(result), shapely.has_z(result)
    for kind in _ONE_PIECE:
        rows = kinds == kind
        if rows.any():
            result[rows] = _remade(kind, _of(rows, count, projected), count[rows])
    for has_z in (False, True):
        rows = (kinds == _OTHER) & (high == has_z) & ~failed
        values = _of(rows, count, projected)
        if has_z:
            values = np.hstack([values, shapely.get_coordinates(result[rows], include_z=True)[:, 2:]])
        result[rows] = shapely.set_coordinates(result[rows], values)
    return result, failed


def _of(rows: BoolArray, count: IntArray, points: FloatArray) -> FloatArray:
    """Return the points of the chosen geometries, of which each has ``count`` of all the points."""
    return points if rows.all() else points[np.repeat(rows, count)]


def _unplaced(geometries: ObjectArray, points: FloatArray) -> BoolArray:
    """Say which geometries have a coordinate among ``points``, all of theirs, that is not finite."""
    failed = np.zeros(len(geometries), dtype=np.bool_)
    nowhere = ~(np.isfinite(points[:, 0]) & np.isfinite(points[:, 1]))
    if nowhere.any():
        owner = np.repeat(np.arange(len(geometries)), shapely.get_num_coordinates(geometries))
        failed[owner[nowhere]] = True
    return failed


def _kinds_of_one_piece(geometries: ObjectArray) -> IntArray:
    """Return the type of each geometry that is one run of vertices, _OTHER for any other one.

    Such a geometry is its vertices and no more, so it is made anew from them, which takes a third of the
    time of changing a copy. A number of a reference system would get lost, a shorter ring would be closed.
    """
    kinds = np.asarray(shapely.get_type_id(geometries), dtype=np.int64)
    one = np.isin(kinds, _ONE_PIECE) & (shapely.get_num_interior_rings(geometries) == 0)
    short = shapely.get_num_coordinates(geometries) < SHORTEST_RING
    one &= ~(short & (kinds == shapely.GeometryType.POLYGON))
    one &= ~shapely.is_empty(geometries) & (shapely.get_srid(geometries) == 0) & ~shapely.has_z(geometries)
    return np.where(one, kinds, _OTHER)


def _remade(kind: int, points: FloatArray, count: IntArray) -> ObjectArray:
    """Return geometries of one piece from their vertices, ``count`` of which belong to each."""
    vertices, rings = np.concatenate([[0], np.cumsum(count)]), np.arange(len(count) + 1)
    offsets = {
        shapely.GeometryType.POINT: None,
        shapely.GeometryType.LINESTRING: (vertices,),
        shapely.GeometryType.POLYGON: (vertices, rings),
    }[shapely.GeometryType(kind)]
    made = shapely.from_ragged_array(shapely.GeometryType(kind), points, offsets)
    return np.asarray(made, dtype=object)


def _without_m(geometries: ObjectArray) -> ObjectArray:
    """Return a copy in which measured geometries (XYM, XYZM) have lost their M."""
    result = geometries.copy()
    measured = shapely.has_m(result)
    for has_z, dimension in ((True, 3), (False, 2)):
        rows = measured & (shapely.has_z(result) == has_z)
        if rows.any():
            result[rows] = shapely.from_wkb(shapely.to_wkb(result[rows], output_dimension=dimension))
    return result


@lru_cache(maxsize=64)
def _transformer(definition: str) -> Transformer:
    """Return PROJ's transformer for a pipeline; it may be shared by threads."""
    return Transformer.from_pipeline(definition)
