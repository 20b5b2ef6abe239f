"""Shared area in exact arithmetic, by another way than the kernel's: slab by slab, interval by interval."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import shapely


def _edges(polygon: Any) -> list[tuple[Fraction, Fraction, Fraction, Fraction]]:
    """Return the edges that are not level, lower end first."""
    edges = []
    for part in shapely.get_parts(polygon):
        for ring in (part.exterior, *part.interiors):
            points = [(Fraction(x), Fraction(y)) for x, y in shapely.get_coordinates(ring).tolist()]
            for a, b in itertools.pairwise(points):
                if a[1] != b[1]:
                    low, high = sorted((a, b), key=lambda point: point[1])
                    edges.append((*low, *high))
    return edges


def _x(edge: Any, y: Fraction) -> Fraction:
    ax, ay, bx, by = edge
    return ax + (y - ay) / (by - ay) * (bx - ax)


def _crossing_y(one: Any, two: Any) -> Fraction | None:
    low, high = max(one[1], two[1]), min(one[3], two[3])
    if low >= high:
        return None
    before, after = _x(one, low) - _x(two, low), _x(one, high) - _x(two, high)
    if before * after >= 0:
        return None
    return low + before / (before - after) * (high - low)


def _inside(edges: Any, y: Fraction) -> list[tuple[Fraction, Fraction]]:
    """Return the stretches of the line at y inside the polygon; no two edges cross at y."""
    places = sorted(_x(edge, y) for edge in edges if edge[1] < y < edge[3])
    return list(zip(places[::2], places[1::2], strict=True))


def exact_shared_area(a: Any, b: Any) -> Fraction:
    """Return the shared area of two valid polygons without any rounding."""
    of_a, of_b = _edges(a), _edges(b)
    levels = {y for edge in (*of_a, *of_b) for y in (edge[1], edge[3])}
    levels |= {y for one in of_a for two in of_b if (y := _crossing_y(one, two)) is not None}
    total, ordered = Fraction(0), sorted(levels)
    for low, high in itertools.pairwise(ordered):
        middle = (low + high) / 2  # between two levels every shared stretch grows or shrinks evenly
        length = sum(
            (
                max(Fraction(0), min(right, other_right) - max(left, other_left))
                for left, right in _inside(of_a, middle)
                for other_left, other_right in _inside(of_b, middle)
            ),
            Fraction(0),
        )
        total += length * (high - low)
    return total
