"""Geometry and text of single DXF entities, as ezdxf gives them.

Arcs and bulges become chords nowhere farther than `ARC_ERROR` from the arc, computed on the circle itself.
Ellipses and splines go the same distance, or a millionth of their size where that is more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.sources.dxftags import LARGEST_ORDINATE, plain_text
from lantu.sources.gmlshapes import chords

if TYPE_CHECKING:
    from lantu.model import FloatArray

ARC_ERROR = 0.005
"""In drawing units: 5 mm where they are metres."""

CLOSING_GAP = 0.05
"""A line whose ends are no farther apart, in drawing units, is a ring that its draughtsman did not close."""

CLOSING_SHARE = 0.01
"""... if the gap is no more than this share of its length: a short stroke is no ring."""

TEXTS = frozenset({"TEXT", "MTEXT", "ATTRIB"})
_FLAT = 1e-9


class DxfShapeError(ValueError):
    """An entity is not one that a geometry can be made of."""


@dataclass(frozen=True)
class Drawn:
    """A geometry, and the gap that was closed to make a polygon of it (0 where there was none)."""

    shape: Any
    gap: float = 0.0


def text_of(entity: Any) -> tuple[str, Any]:  # noqa: ANN401  # an ezdxf text entity; a point
    """Return the words of a text entity without formatting codes, and the point where it is set."""
    words = plain_text(entity.plain_text())
    if entity.dxftype() == "MTEXT":
        place = entity.dxf.insert
    else:
        own = entity.get_placement()[1]
        place = own if own is not None else entity.dxf.insert
        place = entity.ocs().to_wcs(place)
    return " ".join(words.split()), shapely.points(*_finite(np.array([[place.x, place.y]]))[0])


def drawn(entity: Any) -> Drawn | None:  # noqa: ANN401, PLR0911  # an ezdxf entity; one return a kind
    """Build the geometry of one entity; None for kinds that have none worth comparing.

    Raises
    ------
    DxfShapeError, ValueError, ezdxf.DXFError
        It is damaged.
    """
    kind = entity.dxftype()
    if kind == "POINT":
        return Drawn(shapely.points(_kept_height(np.array([tuple(entity.dxf.location)]))[0]))
    if kind == "LINE":
        ends = np.array([tuple(entity.dxf.start), tuple(entity.dxf.end)])
        return Drawn(shapely.linestrings(_kept_height(ends)))
    if kind == "LWPOLYLINE":
        points = np.array(entity.get_points("xyb"), dtype=np.float64).reshape(-1, 3)
        flat = _bulged(points, closed=bool(entity.closed))
        return _lined(_in_world(entity, flat, entity.dxf.elevation), closed=bool(entity.closed))
    if kind == "POLYLINE":
        return _polyline(entity)
    if kind in {"ARC", "CIRCLE"}:
        return _arc(entity)
    if kind in {"ELLIPSE", "SPLINE"}:
        return _curve(entity)
    if kind in {"HATCH", "MPOLYGON"}:
        return Drawn(_hatch(entity))
    if kind in {"SOLID", "TRACE", "3DFACE"}:
        corners = np.array([tuple(point) for point in entity.wcs_vertices()])
        return _lined(corners, closed=True)
    return None


def _polyline(entity: Any) -> Drawn | None:  # noqa: ANN401  # as above
    if not (entity.is_2d_polyline or entity.is_3d_polyline):
        return None  # meshes
    vertices = [vertex for vertex in entity.vertices if not vertex.dxf.flags & 16]  # 16: frame of a spline
    places = np.array([tuple(vertex.dxf.location) for vertex in vertices]).reshape(-1, 3)
    closed = bool(entity.is_closed)
    if entity.is_3d_polyline:
        return _lined(places, closed=closed)
    bulges = np.array([vertex.dxf.get("bulge", 0.0) for vertex in vertices])
    height = places[0][2] if len(places) else 0.0
    return _lined(
        _in_world(entity, _bulged(np.column_stack([places[:, :2], bulges]), closed=closed), height),
        closed=closed,
    )


def _arc(entity: Any) -> Drawn:  # noqa: ANN401  # as above
    whole = entity.dxftype() == "CIRCLE"
    begin = 0.0 if whole else math.radians(entity.dxf.start_angle)
    turn = math.tau if whole else (math.radians(entity.dxf.end_angle) - begin) % math.tau or math.tau
    centre = entity.dxf.center
    points = _turned(np.array([centre.x, centre.y]), float(entity.dxf.radius), begin, turn)
    return _lined(_in_world(entity, points, centre.z), closed=whole)


def _curve(entity: Any) -> Drawn:  # noqa: ANN401  # as above
    if entity.dxftype() == "ELLIPSE":
        size, closed = abs(entity.dxf.major_axis.magnitude), False
    else:
        frame = [tuple(point) for point in (*entity.control_points, *entity.fit_points)]
        if len(frame) < 2:  # noqa: PLR2004  # a line
            _fail("too few points")
        size, closed = float(np.ptp(_finite(np.array(frame)), axis=0).max()), bool(entity.closed)
    points = [tuple(point) for point in entity.flattening(_curve_error(size))]
    return _lined(np.array(points), closed=closed)


def _curve_error(size: float) -> float:
    if not 0 <= size <= LARGEST_ORDINATE:
        _fail("size is out of range")
    return max(ARC_ERROR, size * 1e-6)


def _hatch(entity: Any) -> Any:  # noqa: ANN401  # a polygon or several
    """Return the area of a hatch: what lies within an odd number of its boundaries."""
    rings = []
    for path in entity.paths.paths:
        if hasattr(path, "vertices"):
            corners = np.array(path.vertices, dtype=np.float64).reshape(-1, 3)
            flat = _bulged(corners, closed=True)
        else:
            parts = [_edge(edge) for edge in path.edges]
            flat = np.vstack(parts) if parts else np.empty((0, 2))
        if len(flat) >= 3:  # noqa: PLR2004  # a triangle
            points = _in_world(entity, flat, entity.dxf.elevation.z)
            rings.append(shapely.polygons(closed_ring(_finite(points)[:, :2])))
    if not rings:
        _fail("no boundary")
    area = rings[0]
    for ring in rings[1:]:
        area = shapely.symmetric_difference(_valid(area), _valid(ring))
    return area


def _edge(edge: Any) -> FloatArray:  # noqa: ANN401  # an edge of a hatch boundary
    kind = type(edge).__name__
    if kind == "LineEdge":
        return np.array([tuple(edge.start)[:2], tuple(edge.end)[:2]])
    if kind == "ArcEdge":
        begin = math.radians(edge.start_angle)
        turn = (math.radians(edge.end_angle) - begin) % math.tau or math.tau
        points = _turned(np.array(tuple(edge.center)[:2]), float(edge.radius), begin, turn)
        return points if edge.ccw else points[::-1]
    if kind == "EllipseEdge":
        size = math.hypot(*tuple(edge.major_axis)[:2])
        points = np.array(
            [tuple(point)[:2] for point in edge.construction_tool().flattening(_curve_error(size))]
        )
        return points if edge.ccw else points[::-1]
    frame = _finite(np.array([tuple(point)[:2] for point in edge.control_points]))
    size = float(np.ptp(frame, axis=0).max()) if len(frame) else 0.0
    return np.array([tuple(point)[:2] for point in edge.construction_tool().flattening(_curve_error(size))])


def _valid(shape: Any) -> Any:  # noqa: ANN401  # only to combine rings; a single one stays as drawn
    return shape if shapely.is_valid(shape) else shapely.make_valid(shape)


def _bulged(points: FloatArray, *, closed: bool) -> FloatArray:
    """Return positions along vertices ``x, y, bulge``; a bulge is the tangent of a quarter of its arc."""
    _finite(points)
    if not len(points) or not points[:, 2].any():
        return points[:, :2]
    ends = np.roll(points, -1, axis=0)
    parts: list[FloatArray] = []
    for number, (start, end) in enumerate(zip(points, ends, strict=True)):
        parts.append(start[None, :2])
        last = number == len(points) - 1
        if start[2] and not (last and not closed):
            parts.append(_bulge(start[:2], end[:2], float(start[2])))
    return np.vstack(parts)


def _bulge(start: FloatArray, end: FloatArray, bulge: float) -> FloatArray:
    """Return the positions between the ends of an arc."""
    chord = end - start
    length = float(np.hypot(*chord))
    if length == 0.0:
        return np.empty((0, 2))
    left = np.array([-chord[1], chord[0]]) / length
    centre = (start + end) / 2 + left * (length / 2) * (1 - bulge * bulge) / (2 * bulge)
    radius = length * (1 + bulge * bulge) / (4 * abs(bulge))
    if radius > LARGEST_ORDINATE:
        return np.empty((0, 2))  # straight to within the smallest number
    begin = math.atan2(*(start - centre)[::-1])
    return _turned(centre, radius, begin, 4 * math.atan(bulge))[1:-1]


def _turned(centre: FloatArray, radius: float, begin: float, turn: float) -> FloatArray:
    if not 0 < radius <= LARGEST_ORDINATE:
        _fail("radius is out of range")
    count = max(chords(radius, abs(turn), ARC_ERROR), math.ceil(abs(turn) / (math.pi / 4)))
    angles = begin + turn * np.arange(count + 1) / count
    return np.asarray(centre + radius * np.column_stack([np.cos(angles), np.sin(angles)]))


def _lined(points: FloatArray, *, closed: bool) -> Drawn:
    """Return a polygon where the line is closed or nearly so, else the line."""
    points = _kept_height(points)
    if len(points) < 2:  # noqa: PLR2004  # a line
        _fail("too few points")
    gap = 0.0 if closed else float(np.hypot(*(points[-1] - points[0])[:2]))
    corners = len(np.unique(points[:, :2], axis=0))
    if corners >= 3 and closes(gap, points):  # noqa: PLR2004  # a triangle
        return Drawn(shapely.polygons(closed_ring(points)), gap)
    return Drawn(shapely.linestrings(np.vstack([points, points[:1]]) if closed else points))


def closes(gap: float, points: FloatArray) -> bool:
    """Say whether a line with this gap between its ends is meant as a ring."""
    length = float(np.hypot(*np.diff(points[:, :2], axis=0).T).sum())
    return gap <= CLOSING_GAP and gap <= CLOSING_SHARE * length


def closed_ring(points: FloatArray) -> FloatArray:
    """Close a ring by repeating its first position; none is moved."""
    return points if np.array_equal(points[0], points[-1]) else np.vstack([points, points[:1]])


def _in_world(entity: Any, flat: FloatArray, height: float) -> FloatArray:  # noqa: ANN401  # an ezdxf entity
    """Return positions of the entity's own plane in world coordinates."""
    ocs = entity.ocs()
    points = np.column_stack([flat, np.full(len(flat), float(height))])
    if not ocs.transform:
        return points
    return np.array([tuple(ocs.to_wcs(tuple(point))) for point in points]).reshape(-1, 3)


def _kept_height(points: FloatArray) -> FloatArray:
    """Leave out heights that are all zero: a flat drawing has none."""
    points = _finite(points)
    if points.shape[1] > 2 and not (np.abs(points[:, 2]) > _FLAT).any():  # noqa: PLR2004  # x, y, z
        return points[:, :2]
    return points


def _finite(points: FloatArray) -> FloatArray:
    if not (np.abs(points) <= LARGEST_ORDINATE).all():
        _fail("a coordinate is out of range")
    return points


def _fail(reason: str) -> None:
    raise DxfShapeError(reason)
