"""Roads as centre lines, and the pipes under them with their manholes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from shapely import LineString, Point

from sample_district.base import Feature
from sample_district.streets import (
    HORIZONTAL_NAMES,
    HORIZONTAL_WIDTHS_M,
    URBAN_COLUMNS,
    URBAN_ROWS,
    VERTICAL_NAMES,
    VERTICAL_WIDTHS_M,
    Ground,
    cross,
    grained,
    offset_side,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

# medium: distance left of the street's centre line, diameter in mm, cover in m, and what else is known of it.
# The covers keep every crossing a third of a metre above what the vertical table asks for.
ACROSS = {
    "sewage": (-2.5, 400.0, 4.6, {}),
    "water": (3.0, 300.0, 2.35, {}),
}
"""Under east-west streets, cross under …"""
ALONG = {
    "storm": (-2.0, 600.0, 3.4, {}),
    "power": (-6.0, 150.0, 1.30, {"voltage_kv": 10.0}),
    "telecom": (6.3, 110.0, 1.25, {}),
    "gas": (3.2, 200.0, 1.35, {"pressure": "中压B"}),
    "heat": (3.2, 400.0, 1.35, {}),
}
"""… those under north-south streets."""

MEDIUM_CODES = {
    "water": "JS", "sewage": "WS", "storm": "YS", "gas": "RQ", "heat": "RL", "power": "DL", "telecom": "TX",
}  # fmt: skip
LAYING = {"power": "ZM", "telecom": "ZM", "heat": "ZM"}
OWNERS = {
    "water": "润泽供水公司", "sewage": "清源排水公司", "storm": "清源排水公司", "gas": "华焰燃气公司",
    "heat": "暖城热力公司", "power": "城区供电所", "telecom": "信达通信公司",
}  # fmt: skip


def roads(ground: Ground) -> list[Feature]:
    """Return the streets' centre lines with their red-line widths, ids shared by all departments."""
    features = []
    for j, width in enumerate(VERTICAL_WIDTHS_M):
        if width:
            features.append(_road(f"N{j:02d}", ground.vertical(j), VERTICAL_NAMES[j], width))
    for i, width in enumerate(HORIZONTAL_WIDTHS_M):
        if width:
            features.append(_road(f"E{i:02d}", ground.horizontal(i), HORIZONTAL_NAMES[i], width))
    return features


def _road(road_id: str, line: LineString, name: str, width: float) -> Feature:
    grades = ((30.0, "主干路"), (22.0, "次干路"), (0.0, "支路"))
    grade = next(grade for least, grade in grades if width >= least)
    return Feature(road_id, line, {"name": name, "road_class": grade, "red_line_width_m": width})


def pipes(ground: Ground, rng: np.random.Generator) -> list[Feature]:
    """Return one pipe for each medium and each stretch of street between two crossings."""
    found: list[Feature] = []
    for i in range(URBAN_ROWS.start, URBAN_ROWS.stop + 1):
        stretch = ground.nodes[i, URBAN_COLUMNS.start : URBAN_COLUMNS.stop + 1]
        for medium, lay in ACROSS.items():
            found += _run(stretch, medium, lay, rng)
    for j in range(URBAN_COLUMNS.start, URBAN_COLUMNS.stop + 1):
        stretch = ground.nodes[URBAN_ROWS.start : URBAN_ROWS.stop + 1, j]
        for medium in _media_along(j):
            found += _run(stretch, medium, ALONG[medium], rng)
    for number, pipe in enumerate(found, start=1):
        pipe.id = f"{MEDIUM_CODES[pipe['medium']]}{number:04d}"
    return found


def _media_along(column: int) -> tuple[str, ...]:
    third = {4: ("gas",), 7: ("gas",), 8: ("heat",)}.get(column, ())
    return ("storm", "power" if column % 2 else "telecom", *third)


def _run(
    nodes: NDArray[np.float64],
    medium: str,
    lay: tuple[float, float, float, dict[str, object]],
    rng: np.random.Generator,
) -> list[Feature]:
    """Return the pipes of one medium along one street; each ends where the next begins."""
    left_m, diameter, cover, known = lay
    line = beside(nodes, left_m)
    features = []
    for start, end in pairwise(line):
        depths = np.round(cover + rng.uniform(-0.03, 0.03, 2), 2)
        values = {
            "medium": medium, "diameter_mm": diameter, "start_depth_m": float(depths[0]),
            "end_depth_m": float(depths[1]), "owner": OWNERS[medium], "laying": LAYING.get(medium), **known,
        }  # fmt: skip
        features.append(Feature("", LineString([start, end]), values))
    return features


def beside(nodes: NDArray[np.float64], left_m: float) -> list[tuple[float, float]]:
    """Return the corners of a line ``left_m`` to the left of a bent street."""
    sides = [offset_side(a, b, left_m) for a, b in pairwise(nodes)]
    last = sides[-1][0] + sides[-1][1] * np.hypot(*(nodes[-1] - nodes[-2]))
    bends = [cross(before, after) for before, after in pairwise(sides)]
    return [grained(place) for place in (sides[0][0], *bends, last)]


def manholes(lines: list[Feature]) -> list[Feature]:
    """Return one node for each place where pipes begin or end, numbered from the south-west."""
    places: dict[tuple[float, float], str] = {}
    for pipe in lines:
        for place in (pipe.geometry.coords[0], pipe.geometry.coords[-1]):
            places.setdefault(place, pipe["medium"] or "water")
    ordered = sorted(places.items())
    return [
        Feature(f"{MEDIUM_CODES[medium]}G{number:04d}", Point(place), {"medium": medium})
        for number, (place, medium) in enumerate(ordered, start=1)
    ]
