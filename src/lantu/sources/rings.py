"""Rings to polygons: which ring is a hole and which a further part is decided by containment alone.

The numbers that files give their rings say nothing reliable about it (formats.md, section 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray

FEWEST_POINTS = 3
"""Different points that a ring needs at least."""

DEEPEST = 64
"""Rings around a ring, on average, at most: a file of nothing but rings within rings would otherwise take
time and memory by the square of its size."""

_PAIRS_AT_ONCE = 1_000_000


def is_ring(points: FloatArray) -> bool:
    """Say whether points (n, 2), closed or not, are enough to enclose anything."""
    return len(points) >= FEWEST_POINTS and len(np.unique(points, axis=0)) >= FEWEST_POINTS


def closed(points: FloatArray) -> FloatArray:
    """Return a ring whose last point is its first."""
    return points if len(points) and (points[0] == points[-1]).all() else np.vstack([points, points[:1]])


def nest_rings(rings: Sequence[FloatArray]) -> list[tuple[Any, tuple[int, ...]]]:
    """Return the polygons that rings (each n x 2) make, with the positions of the rings of each.

    A ring within an even number of others is an outer one, any other is a hole of the smallest ring
    around it. Polygons come in the order of their outer rings. Rings that cross one another stay as they
    are; the polygon is then invalid, which is for others to judge. Without any polygon, rings are nested
    too deeply.
    """
    faces = np.array([shapely.Polygon(closed(ring)) for ring in rings], dtype=object)
    if len(rings) == 1:
        return [(faces[0], (0,))]
    around = _around(faces)
    if around is None:
        return []
    depth = np.bincount(around[0], minlength=len(rings))
    areas = shapely.area(faces)
    holes: dict[int, list[int]] = {shell: [] for shell in np.flatnonzero(depth % 2 == 0).tolist()}
    for ring in np.flatnonzero(depth % 2 == 1).tolist():
        outer = [other for other in around[1][around[0] == ring].tolist() if depth[other] % 2 == 0]
        holes[min(outer, key=lambda other: (areas[other], other))].append(ring)
    return [
        (shapely.Polygon(closed(rings[shell]), [closed(rings[hole]) for hole in inner]), (shell, *inner))
        for shell, inner in holes.items()
    ]


def polygons_of(rings: Sequence[FloatArray], owners: Sequence[int], *, count: int) -> ObjectArray:
    """Return ``count`` geometries, each of the rings that name it as their owner.

    None without any ring, or where they are nested too deeply.
    """
    found: ObjectArray = np.full(count, None, dtype=object)
    if not rings:
        return found
    owner: IntArray = np.asarray(owners, dtype=np.int64)
    single: BoolArray = np.bincount(owner, minlength=count)[owner] == 1
    alone = np.flatnonzero(single)
    if len(alone):
        parts = [closed(rings[position]) for position in alone.tolist()]
        indices = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        found[owner[alone]] = shapely.polygons(shapely.linearrings(np.concatenate(parts), indices=indices))
    order = np.flatnonzero(~single)
    order = order[np.argsort(owner[order], kind="stable")]
    for group in np.split(order, np.flatnonzero(np.diff(owner[order])) + 1) if len(order) else []:
        polygons = [polygon for polygon, _ in nest_rings([rings[position] for position in group.tolist()])]
        if polygons:
            whole = polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)
            found[owner[group[0]]] = whole
    return found


def _around(faces: ObjectArray) -> tuple[IntArray, IntArray] | None:
    """Return pairs of positions: a ring, and one that contains it; None where there are too many.

    Rings do not cross, so that one inner point tells; of equal rings the earlier contains the later.
    """
    areas, tree = shapely.area(faces), shapely.STRtree(shapely.point_on_surface(faces))
    step = max(_PAIRS_AT_ONCE // len(faces), 1)
    inner: list[IntArray] = []
    outer: list[IntArray] = []
    pairs = 0
    for start in range(0, len(faces), step):
        around, within = tree.query(faces[start : start + step], predicate="contains")
        around = around + start
        larger = (areas[around] > areas[within]) | ((areas[around] == areas[within]) & (around < within))
        inner.append(within[larger])
        outer.append(around[larger])
        pairs += int(larger.sum())
        if pairs > DEEPEST * len(faces):
            return None
    return np.concatenate(inner), np.concatenate(outer)
