"""The parts of a drawing put together: loose lines into rings, words into the polygons around them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.sources.dxfrings import joined_rings

if TYPE_CHECKING:
    from lantu.model import ObjectArray

TEXT_BETWEEN = ";"
"""Stands between the words of several texts in one polygon."""

_JOINABLE = frozenset({"LINE", "ARC", "LWPOLYLINE", "POLYLINE", "SPLINE", "ELLIPSE"})
_SAME_AREA = 1e-6


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One part of a drawing that has a geometry, or words."""

    record: int
    layer: str
    kind: str
    shape: Any
    gap: float = 0.0
    words: str | None = None  # of a text, whose shape is the point where it is set
    block: str | None = None
    extended: dict[str, str] = field(default_factory=dict)
    lines: int = 1  # how many it was joined of


def with_rings(pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Return the pieces with loose lines replaced by the rings that they form, and those rings."""
    open_lines = [
        number
        for number, piece in enumerate(pieces)
        if piece.kind in _JOINABLE and piece.shape.geom_type == "LineString"
    ]
    rings = joined_rings([shapely.get_coordinates(pieces[number].shape) for number in open_lines])
    used: set[int] = set()
    made: dict[int, Piece] = {}
    for members, points, gap in rings:
        numbers = sorted(open_lines[member] for member in members)
        used.update(numbers)
        made[numbers[0]] = replace(
            pieces[numbers[0]], shape=shapely.polygons(points), gap=gap, lines=len(numbers)
        )
    kept = [
        made.get(number, piece) for number, piece in enumerate(pieces) if number in made or number not in used
    ]
    return kept, list(made.values())


def words_inside(
    features: list[Piece], shapes: ObjectArray, texts: list[Piece]
) -> tuple[list[dict[str, Any]], set[int]]:
    """Return for each feature the words in it, all and by drawing layer, and which texts were used.

    A text belongs to the smallest polygon around it, and to every other of the same area.
    """
    words: list[dict[str, Any]] = [{} for _ in features]
    areal = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (3, 6))) if len(shapes) else np.empty(0, int)
    if not len(areal) or not texts:
        return words, set()
    polygons = shapely.make_valid(shapes[areal])
    text, polygon = shapely.STRtree(polygons).query([piece.shape for piece in texts], predicate="intersects")
    areas = shapely.area(polygons)[polygon]
    smallest = np.full(len(texts), np.inf)
    np.minimum.at(smallest, text, areas)
    keep = areas <= smallest[text] * (1 + _SAME_AREA)
    several = len({texts[number].layer for number in text[keep]}) > 1
    for number, place in sorted(zip(text[keep].tolist(), polygon[keep].tolist(), strict=True)):
        piece, values = texts[number], words[int(areal[place])]
        for column in ("text", f"text_{piece.layer}") if several else ("text",):
            before = values.get(column)
            values[column] = piece.words if before is None else f"{before}{TEXT_BETWEEN}{piece.words}"
    return words, set(text[keep].tolist())


def count_unused(own: list[Piece], features: list[Piece], texts: list[Piece], used: set[int]) -> int:
    """Count the texts on the layer itself that stand in none of its polygons."""
    if any(piece.words is not None for piece in features):
        return 0
    mine = [number for number, piece in enumerate(texts) if piece.layer == own[0].layer] if own else []
    return len(set(mine) - used)
