"""Geometries of GML 2, 3.1 and 3.2, as they stand in a feature; positions are not reordered here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET  # annotations only

    from lantu.model import FloatArray

ARC_ERROR = 0.001
"""Largest distance of a chord from its arc, in units of the CRS; 1 mm where those are metres."""

MOST_CHORDS = 20_000
DEEPEST = 40
"""Members within members: real data has at most six."""

_ARCS = frozenset({"Arc", "ArcString", "Circle"})
_SEGMENTS = frozenset({"LineStringSegment", "GeodesicString", *_ARCS})
_LINES = frozenset({"LineString", "Curve", "CompositeCurve", "OrientableCurve"})
_SURFACES = frozenset({"Surface", "PolyhedralSurface", "CompositeSurface", "OrientableSurface"})
_COLLECTIONS = frozenset(
    {"MultiPoint", "MultiLineString", "MultiCurve", "MultiPolygon", "MultiSurface", "MultiGeometry"}
)
SOLIDS = frozenset({"Solid", "CompositeSolid", "MultiSolid"})
"""Bodies, which have no place on a plan."""

GEOMETRIES = frozenset({"Point", "Polygon", "LinearRing", *_LINES, *_SURFACES, *_COLLECTIONS, *SOLIDS})
"""Local names of the elements that are geometries; `shape_of` understands all but the solids."""


class GmlShapeError(ValueError):
    """A geometry element is not one that can be built."""


def local_name(tag: object) -> str:
    """Return an element's name without its namespace."""
    return str(tag).rpartition("}")[2]


def shape_of(element: ET.Element, *, dimension: int | None = None, depth: int = 0) -> Any:  # noqa: ANN401  # any shapely geometry; one return a kind
    """Build the geometry that ``element`` is.

    Arcs become chords nowhere farther than `ARC_ERROR` from them. ``dimension`` is that of an enclosing
    element, where it states one.

    Raises
    ------
    GmlShapeError, ValueError
        A ring is open, a number is none, a part stands elsewhere (xlink), the kind is unknown.
    """
    if depth > DEEPEST:
        message = "nested too deeply"
        raise GmlShapeError(message)
    dimension = _dimension(element, dimension)
    kind = local_name(element.tag)
    if kind == "Point":
        return shapely.points(_positions(element, dimension)[0])
    if kind == "LinearRing":
        return shapely.linearrings(_closed(_positions(element, dimension)))
    if kind in _LINES:
        return shapely.linestrings(_curve(element, dimension, depth))
    if kind == "Polygon":
        return _polygon(element, dimension, depth)
    if kind in _SURFACES:
        return _gathered(_patches(element, dimension, depth))
    if kind in _COLLECTIONS:
        return _gathered(_members(element, dimension, depth))
    unknown = f"{kind} is not a geometry that can be read"
    raise GmlShapeError(unknown)


def _polygon(element: ET.Element, dimension: int | None, depth: int) -> Any:  # noqa: ANN401  # a polygon
    outer = _rings(element, ("exterior", "outerBoundaryIs"), dimension, depth)
    inner = _rings(element, ("interior", "innerBoundaryIs"), dimension, depth)
    if len(outer) != 1:
        wrong = f"{len(outer)} outer boundaries"
        raise GmlShapeError(wrong)
    return shapely.Polygon(outer[0], inner)


def _rings(element: ET.Element, tags: tuple[str, ...], dimension: int | None, depth: int) -> list[FloatArray]:
    """Return the boundaries under ``tags``: a LinearRing, or a Ring made of curve members."""
    rings = []
    for bound in _children(element, *tags):
        for ring in bound:
            if local_name(ring.tag) == "Ring":
                curves = [part for member in _children(ring, "curveMember") for part in member]
                if not curves or len(curves) != len(_children(ring, "curveMember")):
                    _missing("curve member")
                rings.append(_closed(_joined([_curve(part, dimension, depth + 1) for part in curves])))
            else:
                rings.append(_closed(_positions(ring, _dimension(ring, dimension))))
    return rings


def _curve(element: ET.Element, dimension: int | None, depth: int) -> FloatArray:
    """Return the positions along a curve of whatever kind, arcs as chords."""
    if depth > DEEPEST:
        _missing("end of the nesting")
    dimension = _dimension(element, dimension)
    kind = local_name(element.tag)
    if kind == "Curve":
        segments = [part for group in _children(element, "segments") for part in group]
        return _joined([_segment(part, dimension) for part in segments])
    if kind in {"CompositeCurve", "OrientableCurve"}:
        members = _children(element, "curveMember", "baseCurve")
        parts = [_curve(part, dimension, depth + 1) for member in members for part in member]
        if len(parts) != len(members):
            _missing("curve member")
        found = _joined(parts)
        return found[::-1] if element.get("orientation") == "-" else found
    if kind == "LineString":
        return _positions(element, dimension)
    unknown = f"{kind} is not a curve that can be read"
    raise GmlShapeError(unknown)


def _segment(element: ET.Element, dimension: int | None) -> FloatArray:
    kind = local_name(element.tag)
    if kind not in _SEGMENTS:
        unknown = f"{kind} is not a curve segment that can be read"
        raise GmlShapeError(unknown)
    points = _positions(element, _dimension(element, dimension))
    if kind not in _ARCS:
        return points
    if kind == "Circle" and len(points) == 3:  # noqa: PLR2004  # a circle is given by three points
        return _circle(points[:, :2])
    if len(points) % 2 == 0:
        _missing("third point of an arc")
    flat = points[:, :2]  # a height along an arc is not defined by three points
    return _joined([arc_through(flat[start : start + 3]) for start in range(0, len(flat) - 2, 2)])


def arc_through(points: FloatArray, *, error: float = ARC_ERROR) -> FloatArray:
    """Return positions on the arc from the first of three points through the second to the third.

    Points in one line give that line. First and last position are the given ones, to the bit.
    """
    start, middle, end = points
    centre = _centre(points)
    if centre is None:
        return points
    radius = math.dist(centre, start)
    angles = [math.atan2(*(point - centre)[::-1]) for point in (start, middle, end)]
    turn, through = ((angle - angles[0]) % math.tau for angle in (angles[2], angles[1]))
    if through > turn:
        turn -= math.tau
    inner = angles[0] + turn * np.arange(1, chords(radius, abs(turn), error))[:, None] / chords(
        radius, abs(turn), error
    )
    along = centre + radius * np.hstack([np.cos(inner), np.sin(inner)])
    return np.vstack([start, along, end])


def chords(radius: float, turn: float, error: float) -> int:
    """Return into how many chords an arc of ``turn`` radians goes, so that none is farther than ``error``."""
    if not math.isfinite(radius) or radius <= error:
        return max(1, math.ceil(turn / (math.pi / 2)))
    step = 2 * math.acos(1 - error / radius)
    return min(max(math.ceil(turn / step), 1), MOST_CHORDS) if step > 0 else MOST_CHORDS


def _circle(points: FloatArray) -> FloatArray:
    centre = _centre(points)
    if centre is None:
        _missing("circle through three points")
    opposite = 2 * np.asarray(centre) - points[0]
    quarter = np.array([-(points[0] - centre)[1], (points[0] - centre)[0]]) + centre
    half = arc_through(np.vstack([points[0], quarter, opposite]))
    return np.vstack([half, (2 * np.asarray(centre) - half)[1:-1], points[:1]])


def _centre(points: FloatArray) -> FloatArray | None:
    """Return the centre of the circle through three points; None where they stand in one line."""
    (ax, ay), (bx, by) = points[1] - points[0], points[2] - points[0]
    cross = 2 * (ax * by - ay * bx)
    if abs(cross) <= 1e-12 * max(ax * ax + ay * ay, bx * bx + by * by):
        return None
    a, b = ax * ax + ay * ay, bx * bx + by * by
    return np.asarray(points[0] + np.array([by * a - ay * b, ax * b - bx * a]) / cross)


def _patches(element: ET.Element, dimension: int | None, depth: int) -> list[Any]:
    found: list[Any] = []
    for group in _children(element, "patches", "polygonPatches", "surfaceMember", "baseSurface"):
        if not len(group):
            _missing("surface member")
        for part in group:
            if local_name(part.tag) in {"PolygonPatch", "Rectangle", "Triangle"}:
                found.append(_polygon(part, _dimension(part, dimension), depth + 1))
            else:
                found.append(shape_of(part, dimension=dimension, depth=depth + 1))
    return found


def _members(element: ET.Element, dimension: int | None, depth: int) -> list[Any]:
    found: list[Any] = []
    for member in element:
        if not local_name(member.tag).endswith(("Member", "Members")):
            continue
        if not len(member):
            _missing("member")  # it stands elsewhere, and what a file refers to is not followed
        found += [shape_of(part, dimension=dimension, depth=depth + 1) for part in member]
    return found


def _gathered(parts: list[Any]) -> Any:  # noqa: ANN401  # any multi-part geometry
    flat = [piece for part in parts for piece in shapely.get_parts(part)]
    kinds = {piece.geom_type for piece in flat}
    makers = {
        frozenset({"Point"}): shapely.multipoints,
        frozenset({"LineString"}): shapely.multilinestrings,
        frozenset({"Polygon"}): shapely.multipolygons,
    }
    if not flat:
        _missing("member")
    return makers.get(frozenset(kinds), shapely.geometrycollections)(flat)


def _positions(element: ET.Element, dimension: int | None) -> FloatArray:
    """Return positions of shape (n, 2) or (n, 3) from posList, pos, coordinates or coord, as written."""
    rows: list[list[float]] = []
    for child in element:
        kind = local_name(child.tag)
        if kind == "posList":
            numbers = [float(word) for word in (child.text or "").split()]
            width = _dimension(child, dimension) or _likely_width(len(numbers))
            if width < 2 or len(numbers) % width:  # noqa: PLR2004  # east and north
                _missing("ordinate")
            rows += [numbers[start : start + width] for start in range(0, len(numbers), width)]
        elif kind == "pos":
            rows.append([float(word) for word in (child.text or "").split()])
        elif kind == "coordinates":
            rows += _old_coordinates(child)
        elif kind == "coord":
            rows.append([float(part.text or "") for part in _children(child, "X", "Y", "Z")])
        elif kind in {"pointProperty", "pointRep"}:
            rows += [row for point in child for row in _positions(point, dimension).tolist()]
    width = min((len(row) for row in rows), default=0)
    if width < 2:  # noqa: PLR2004  # east and north
        _missing("position")
    found = np.array([row[: min(width, 3)] for row in rows], dtype=np.float64)
    if not np.isfinite(found).all():
        _missing("finite number")
    return found


def _old_coordinates(element: ET.Element) -> list[list[float]]:
    """Read GML 2's ``coordinates``, whose separators the element may choose itself."""
    text = element.text or ""
    between, decimal, groups = element.get("cs", ","), element.get("decimal", "."), element.get("ts", " ")
    if groups.strip():
        text = text.replace(groups, " ")
    if decimal != ".":
        text = text.replace(decimal, ".")
    return [[float(word) for word in group.split(between or ",")] for group in text.split()]


def _likely_width(count: int) -> int:
    return 3 if count % 2 and count % 3 == 0 else 2


def _dimension(element: ET.Element, inherited: int | None) -> int | None:
    stated = element.get("srsDimension") or element.get("dimension") or ""
    return int(stated) if stated in {"2", "3"} else inherited


def _closed(points: FloatArray) -> FloatArray:
    if len(points) < 4 or not np.array_equal(points[0], points[-1]):  # noqa: PLR2004  # a triangle, closed
        unclosed = "ring is not closed"
        raise GmlShapeError(unclosed)
    return points


def _joined(parts: list[FloatArray]) -> FloatArray:
    """Return curves end to end, a position that two of them share written once."""
    if not parts:
        _missing("curve segment")
    width = min(part.shape[1] for part in parts)
    found = [parts[0][:, :width]]
    for part in parts[1:]:
        flat = part[:, :width]
        found.append(flat[1:] if np.array_equal(found[-1][-1], flat[0]) else flat)
    return np.vstack(found)


def _children(element: ET.Element, *tags: str) -> list[ET.Element]:
    return [child for child in element if local_name(child.tag) in tags]


def _missing(what: str) -> None:
    wrong = f"{what} is missing"
    raise GmlShapeError(wrong)
