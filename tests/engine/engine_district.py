"""Small districts with every kind of layer, made from a seed and full of contradictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from engine_layers import EAST_M, NORTH_M, make_layer, square

if TYPE_CHECKING:
    from lantu.model import Layer

SIDE_M = 50.0
CLASSES = (
    "cropland",
    "residential_urban",
    "industrial",
    "commercial",
    "green_open",
    "forest",
    "transport",
    None,
)
MEDIA = ("water", "sewage", "gas", "power", "telecom", None)
LINES = ("permanent_basic_farmland", "ecological_redline", "urban_boundary", "road_red")


def district(seed: int, columns: int, rows: int) -> tuple[Layer, ...]:
    """Return the layers of a district of columns × rows parcels; the same for the same arguments."""
    rng = np.random.default_rng(seed)
    cells = [(column, row) for row in range(rows) for column in range(columns)]
    parcels = _parcels(rng, "parcels", cells, noise_m=0.02)
    copies = _parcels(rng, "tax", cells, noise_m=1.0)
    return (
        parcels,
        copies,
        _plots(rng, "plots", columns, rows),
        _plots(rng, "park_plots", columns, rows),
        _survey(rng, cells),
        _lines(rng, columns, rows),
        _zones(rng, columns, rows),
        _sites(rng, columns, rows),
        _water(rng, columns, rows),
        _pipes(rng, columns, rows),
        _buildings(rng, cells),
        _roads(rng, "roads", columns, rows),
        _roads(rng, "old_roads", columns, rows),
        _towns(columns, rows),
    )


def pick(rng: np.random.Generator, words: tuple[Any, ...], size: int) -> list[Any]:
    """Return words drawn with repetition."""
    return [words[number] for number in rng.integers(0, len(words), size)]


def numbers(rng: np.random.Generator, low: float, high: float, size: int) -> list[float | None]:
    """Return numbers with two decimals, one in six missing."""
    values = np.round(rng.uniform(low, high, size), 2)
    return [
        None if gone else float(value) for value, gone in zip(values, rng.random(size) < 1 / 6, strict=True)
    ]


def _jittered(rng: np.random.Generator, shapes: list[Any], noise_m: float) -> list[Any]:
    """Move every vertex by up to ``noise_m`` along each axis; a bow tie is mended as a reader would."""
    moved = []
    for shape in shapes:
        ring = shape.geom_type == "Polygon"
        points = shapely.get_coordinates(shape)[: -1 if ring else None]
        points += rng.uniform(-noise_m, noise_m, points.shape)
        moved.append(shapely.make_valid(shapely.Polygon(points)) if ring else shapely.LineString(points))
    return moved


def _parcels(rng: np.random.Generator, name: str, cells: list[tuple[int, int]], *, noise_m: float) -> Layer:
    shapes = _jittered(rng, [square(column, row) for column, row in cells], noise_m)
    kept = [number for number in range(len(cells)) if rng.random() > 0.1] or [0]
    size = len(kept)
    return make_layer(
        name,
        "land.parcel",
        [shapes[number] for number in kept],
        id=[f"P{number:03d}" for number in kept],
        use_class=pick(rng, CLASSES, size),
        use_code=[f"{code:04d}" for code in rng.integers(101, 999, size)],
        area_registered_m2=numbers(rng, 2300.0, 2700.0, size),
        far_ratio=numbers(rng, 0.5, 3.0, size),
        height_limit_m=numbers(rng, 10.0, 60.0, size),
        right_holder=[f"holder {number}" for number in range(size)],
        changes={"levels": {"right_holder": "confidential"}},
    )


def _plots(rng: np.random.Generator, name: str, columns: int, rows: int) -> Layer:
    boxes = [
        square(column + 0.3, row - 0.2, 1.6, 1.4)
        for row in range(0, rows, 2)
        for column in range(0, columns, 2)
        if rng.random() > 0.15
    ] or [square(0.3, 0.2)]
    size = len(boxes)
    return make_layer(
        name,
        "plan.plot",
        _jittered(rng, boxes, 3.0),
        id=[f"A-{number:02d}" for number in range(size)],
        use_class=pick(rng, CLASSES, size),
        far_max=numbers(rng, 0.5, 3.0, size),
        height_max_m=numbers(rng, 10.0, 60.0, size),
        area_planned_m2=numbers(rng, 5000.0, 6000.0, size),
        changes={"accuracy_m": 0.25},
    )


def _survey(rng: np.random.Generator, cells: list[tuple[int, int]]) -> Layer:
    shapes = [square(column - 0.4, row + 0.25, 1.2, 0.9) for column, row in cells]
    return make_layer(
        "survey",
        "land.survey",
        _jittered(rng, shapes, 0.3),
        use_class=pick(rng, CLASSES, len(shapes)),
        area_recorded_m2=numbers(rng, 2000.0, 3000.0, len(shapes)),
        changes={"accuracy_m": 0.5},
    )


def _some_boxes(rng: np.random.Generator, columns: int, rows: int, size: int) -> list[Any]:
    return [
        square(rng.uniform(0, columns), rng.uniform(0, rows), rng.uniform(0.2, 2.0), rng.uniform(0.2, 2.0))
        for _ in range(size)
    ]


def _lines(rng: np.random.Generator, columns: int, rows: int) -> Layer:
    boxes = _some_boxes(rng, columns, rows, 8)
    return make_layer(
        "lines", "plan.control_line", boxes, kind=pick(rng, LINES, 8), changes={"accuracy_m": 0.5}
    )


def _zones(rng: np.random.Generator, columns: int, rows: int) -> Layer:
    boxes = _some_boxes(rng, columns, rows, 5)
    return make_layer(
        "zones",
        "heritage.zone",
        boxes,
        kind=["protection", "control", "protection", "control", "control"],
        site_id=["S-0", "S-0", "S-1", None, "S-9"],
        height_limit_m=numbers(rng, 6.0, 24.0, 5),
    )


def _sites(rng: np.random.Generator, columns: int, rows: int) -> Layer:
    boxes = [box.centroid for box in _some_boxes(rng, columns, rows, 4)]
    grades = ["national", "county", None, "provincial"]
    ids = [f"S-{number}" for number in range(4)]
    return make_layer("sites", "heritage.site", boxes, id=ids, grade=grades, name=[f"site {n}" for n in ids])


def _water(rng: np.random.Generator, columns: int, rows: int) -> Layer:
    kinds = ["river_management", "key_prevention", "steep_slope", "river_management"]
    return make_layer("water", "water.zone", _some_boxes(rng, columns, rows, 4), kind=kinds)


def _walk(rng: np.random.Generator, columns: int, rows: int) -> Any:
    size = int(rng.integers(2, 5))
    points = rng.uniform(0.0, 1.0, (size, 2)) * [columns, rows] * SIDE_M
    return shapely.LineString(points + np.array([EAST_M, NORTH_M]))


def _pipes(rng: np.random.Generator, columns: int, rows: int) -> Layer:
    size = 6 + columns
    return make_layer(
        "pipes",
        "utility.pipe",
        [_walk(rng, columns, rows) for _ in range(size)],
        medium=pick(rng, MEDIA, size),
        diameter_mm=numbers(rng, 100.0, 800.0, size),
        start_depth_m=numbers(rng, 0.3, 3.0, size),
        end_depth_m=numbers(rng, 0.3, 3.0, size),
    )


def _buildings(rng: np.random.Generator, cells: list[tuple[int, int]]) -> Layer:
    shapes = [
        square(column + rng.uniform(0, 0.7), row + rng.uniform(0, 0.7), 0.4, 0.4) for column, row in cells
    ]
    size = len(shapes)
    return make_layer(
        "buildings",
        "housing.building",
        shapes,
        height_m=numbers(rng, 3.0, 60.0, size),
        floor_area_m2=numbers(rng, 400.0, 9000.0, size),
    )


def _roads(rng: np.random.Generator, name: str, columns: int, rows: int) -> Layer:
    lines = [
        shapely.LineString(
            [(EAST_M, NORTH_M + row * SIDE_M), (EAST_M + columns * SIDE_M, NORTH_M + row * SIDE_M)]
        )
        for row in range(0, rows + 1, 2)
    ]
    size = len(lines)
    return make_layer(
        name,
        "transport.road",
        _jittered(rng, lines, 4.0),
        id=[f"R{number}" for number in range(size)],
        name=[f"road {number}" for number in range(size)],
        red_line_width_m=numbers(rng, 8.0, 30.0, size),
    )


def _towns(columns: int, rows: int) -> Layer:
    half = columns / 2
    boxes = [
        square(-1, -1, half + 1, rows + 2),
        square(half, -1, half + 1, rows + 2),
        square(0, 0, half, rows),
    ]
    names, levels = ["West", "East", "West village"], ["town", "town", "village"]
    return make_layer(
        "towns", "admin.area", boxes, name=names, admin_level=levels, changes={"accuracy_m": 1.0}
    )
