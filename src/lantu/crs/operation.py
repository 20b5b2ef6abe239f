"""One way from source coordinates to the working CRS: what it is, how good it is, and doing it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from pyproj import Transformer

from lantu.crs.densify import SHORTEST_EDGE_M, densify
from lantu.crs.web_maps import from_web_map
from lantu.model import BoolArray, ControlUse, CrsUse, FloatArray, ObjectArray

if TYPE_CHECKING:
    from lantu.crs.fitting import ControlFit
    from lantu.crs.web_maps import WebMap
    from lantu.messages import Message

CHUNK_POINTS = 200_000
"""Points a thread takes at once; the result does not depend on it."""


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
        if self.changes_nothing:
            return Applied(*_set(geometry, shapely.get_coordinates(geometry)))
        project = partial(self.project, threads=threads)
        projected = project(shapely.get_coordinates(geometry))
        long = _with_long_edges(geometry, projected)
        if not long.any():
            return Applied(*_set(geometry, projected))
        result, failed = geometry.copy(), np.zeros(len(geometry), dtype=np.bool_)
        counts = shapely.get_num_coordinates(geometry)
        result[~long], failed[~long] = _set(geometry[~long], projected[np.repeat(~long, counts)])
        denser = densify(geometry[long], project=project)
        result[long], failed[long] = _set(denser, project(shapely.get_coordinates(denser)))
        return Applied(result, failed)

    def project(self, points: FloatArray, *, threads: int = 1) -> FloatArray:
        """Bring points (n, 2) to the working CRS; infinite where that is impossible."""
        transformer = _transformer(self.definition)
        if self.web_map is not None:
            points = from_web_map(points, system=self.web_map)
        pieces = [points[first : first + CHUNK_POINTS] for first in range(0, len(points), CHUNK_POINTS)]
        if threads > 1 and len(pieces) > 1:
            with ThreadPoolExecutor(max_workers=threads) as pool:
                done = list(pool.map(partial(_project, transformer), pieces))
        else:
            done = [_project(transformer, piece) for piece in pieces]
        return np.concatenate(done) if done else np.empty((0, 2))

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


def _project(transformer: Transformer, points: FloatArray) -> FloatArray:
    """Transform points (n, 2) in one call; PROJ lets go of the GIL meanwhile."""
    x, y = points[:, 0].copy(), points[:, 1].copy()
    transformer.transform(x, y, inplace=True, errcheck=False)
    return np.column_stack([x, y])


def _with_long_edges(geometries: ObjectArray, projected: FloatArray) -> BoolArray:
    """Say which geometries have an edge that is long enough to be looked at for densifying.

    Steps between the rings of one geometry are counted too: that only looks at one more geometry.
    """
    owner = np.repeat(np.arange(len(geometries)), shapely.get_num_coordinates(geometries))
    with np.errstate(invalid="ignore"):  # places that the projection cannot express are infinite
        step_m = np.hypot(*np.diff(projected, axis=0).T) if len(projected) > 1 else np.empty(0)
    long = np.zeros(len(geometries), dtype=np.bool_)
    long[owner[1:][(owner[1:] == owner[:-1]) & (step_m > SHORTEST_EDGE_M)]] = True
    return long


def _set(geometries: ObjectArray, projected: FloatArray) -> tuple[ObjectArray, BoolArray]:
    """Put new x and y into a copy of the geometries; None and True where one of them is not finite."""
    count = shapely.get_num_coordinates(geometries)
    owner = np.repeat(np.arange(len(geometries)), count)
    failed = np.zeros(len(geometries), dtype=np.bool_)
    failed[owner[~np.isfinite(projected).all(axis=1)]] = True
    result = geometries.copy()
    result[failed] = None
    high = shapely.has_z(result)
    for has_z in (False, True):
        rows = (high == has_z) & ~failed
        values = projected[rows[owner]]
        if has_z:
            z = shapely.get_coordinates(result[rows], include_z=True)[:, 2:]
            values = np.hstack([values, z])
        result[rows] = shapely.set_coordinates(result[rows], values)
    return result, failed


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
