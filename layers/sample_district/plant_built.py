"""Contradictions about second editions of parcels, about buildings and about roads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from shapely import LineString, Polygon

from sample_district.base import Feature
from sample_district.land import HERITAGE_BLOCKS, node
from sample_district.plant_land import bottom, copied_land, grown, in_block, in_town
from sample_district.sample import Sample, copied

if TYPE_CHECKING:
    from collections.abc import Callable

    from sample_district.land import Plot

HEIGHT_OVER_M = 8.0


def plant_built(sample: Sample) -> None:
    """Plant BD01, BD02, AT01, BU01 to BU03, HE01 and HE02 for buildings, SW01, GE04, RO01 to RO04."""
    redraw_parcels(sample)
    lose_parcels(sample)
    change_indicators(sample)
    build_across_lines(sample)
    build_into_streets(sample)
    build_by_monuments(sample)
    build_too_much(sample)
    build_by_river(sample)
    repeat_buildings(sample)
    push_parcels_into_streets(sample)
    move_roads(sample)
    for layer in ("parcels", "housing_parcels", "plots_park"):
        node(sample[layer])


def redraw_parcels(sample: Sample) -> None:
    """Let the housing authority hold four parcels smaller than registered (BD01), and one 0.1 m aside."""
    redraw: tuple[Callable[[Polygon], Polygon], ...] = (
        lambda shape: grown(shape, 0, -2.5),
        lambda shape: grown(shape, 1, -3.0),
        lambda shape: cut_corner(shape, 9.0),
        lambda shape: grown(shape, 0, -2.5),
    )
    for drawn in redraw:
        parcel = _house_copy(sample)
        parcel.geometry = drawn(parcel.geometry)
        parcel.values["redrawn"] = True  # its record has its own area, not the register's
    aside = _house_copy(sample)
    aside.geometry = grown(aside.geometry, 1, -0.1)
    plot = sample.choose(lambda one: in_town(one, "park") and one.use == "warehouse")
    smaller = sample.plot(plot.id, "plots_park")
    smaller.geometry = grown(smaller.geometry, 1, -5.0)
    smaller.values["redrawn"] = True


def _house_copy(sample: Sample) -> Feature:
    """Return the housing authority's copy of a parcel that nothing has been planted on."""
    _, (held, _) = sample.choose_pair(
        lambda one: in_town(one, "town", "old") and one.use == "residential_urban"
    )
    return twin(sample, held)


def lose_parcels(sample: Sample) -> None:
    """Let the housing authority lack three parcels and misspell the ids of two (BD02)."""
    plot = sample.choose(lambda one: one.use == "residential_rural")
    gone = {one.id for one in sample.inside(plot, "parcels")[3:6]}
    sample.layers["housing_parcels"].features = [
        one for one in sample["housing_parcels"] if one.id not in gone
    ]
    _, pair = sample.choose_pair(lambda one: in_town(one, "old") and one.use == "residential_urban")
    for parcel in pair:
        twin(sample, parcel).id = parcel.id[:14] + "9" + parcel.id[15:]


def change_indicators(sample: Sample) -> None:
    """Let register and housing authority, and plan and park plan, keep different indicators (AT01)."""
    changes: tuple[tuple[str, float], ...] = (
        ("far_ratio", 0.6),
        ("far_ratio", -0.5),
        ("height_limit_m", 6.0),
    )
    for column, change in changes:
        _, (held, _) = sample.choose_pair(lambda one: in_town(one, "new") and one.use == "residential_urban")
        parcel = twin(sample, held)
        parcel.values[column] = round(parcel[column] + change, 1)
    for column, change in (("far_max", 0.8), ("height_max_m", 12.0)):
        plot = sample.choose(lambda one: in_town(one, "park") and one.use == "industrial")
        indicator = sample.plot(plot.id, "plots_park")
        indicator.values[column] = round(indicator[column] + change, 1)


def build_across_lines(sample: Sample) -> None:
    """Put three buildings astride the line between two parcels (BU01), and one 0.1 m over it."""
    for over_m in (None, None, None, 0.1):
        plot, (first, second) = sample.choose_pair(
            lambda one: in_town(one, "town", "old", "new") and one.use == "commercial"
        )
        remove_buildings(sample, {first.id, second.id})
        a, b = shared_side(first.geometry, second.geometry)
        depth = 14.0 if over_m is None else 12.0
        middle = 0.0 if over_m is None else depth / 2 - over_m
        house = rectangle(a, b, along=9.0, across=depth, inward=toward(a, b, first.geometry), middle=middle)
        add_building(sample, house, plot, floors=2)


def build_into_streets(sample: Sample) -> None:
    """Put three buildings three metres over the road's red line (RO03)."""
    for _ in range(3):
        plot = sample.choose(
            lambda one: in_town(one, "new", "town") and bottom(one) == 0.0 and one.use != "green_open"
        )
        parcel = sample.inside(plot, "parcels")[0]
        remove_buildings(sample, {parcel.id})
        a, b = ring(parcel.geometry)[:2]
        house = rectangle(a, b, along=14.0, across=11.0, inward=toward(a, b, parcel.geometry), middle=2.5)
        add_building(sample, house, plot, floors=2)


def build_by_monuments(sample: Sample) -> None:
    """Build inside two protection ranges (HE01); in control zones too high, or nobody knows (HE02)."""
    for place in HERITAGE_BLOCKS[2:]:
        core = next(one for one in in_block(sample, place) if one.use == "heritage")
        a, b = ring(core.geometry)[:2]
        house = rectangle(a, b, along=12.0, across=9.0, inward=toward(a, b, core.geometry), middle=20.0)
        add_building(sample, house, core, floors=1)
    for place, height in zip(HERITAGE_BLOCKS, (16.2, None, 19.3, None), strict=True):
        first = next(one for plot in in_block(sample, place)[4:] for one in sample.inside(plot, "buildings"))
        first.values["height_m"] = height


def build_too_much(sample: Sample) -> None:
    """Build higher (BU02) and more (BU03) than the plan allows."""
    for _ in range(3):
        plot = sample.choose(
            lambda one: in_town(one, "new", "town") and one.use in {"residential_urban", "commercial"}
        )
        house = sample.inside(plot, "buildings")[0]
        house.values["height_m"] = sample.plot(plot.id)["height_max_m"] + HEIGHT_OVER_M
    for _ in range(3):
        plot = sample.choose(
            lambda one: in_town(one, "new", "town", "old") and one.use in {"residential_urban", "commercial"}
        )
        floor_area = sum(one["floor_area_m2"] for one in sample.inside(plot, "buildings"))
        sample.plot(plot.id).values["far_max"] = round(floor_area / plot.geometry.area / 1.4, 2)


def build_by_river(sample: Sample) -> None:
    """Build on the floodplain (SW01): two sheds inside, one just outside on the park strip."""
    for row, share in ((2, 0.27), (4, 0.73), (3, 0.175)):
        block = sample.ground.blocks[row, 5]
        a, b = block.at(share, 0.22), block.at(share, 0.27)
        house = rectangle(a, b, along=9.0, across=6.0, inward=(1.0, 0.0), middle=0.0)
        add_building(sample, house, None, floors=1)


def repeat_buildings(sample: Sample) -> None:
    """Deliver two buildings twice under other ids (GE04)."""
    for _ in range(2):
        plot = sample.choose(lambda one: in_town(one, "park") and one.use == "industrial")
        again = copied(sample.inside(plot, "buildings")[0])
        again.id = new_building_id(sample)
        sample["buildings"].append(again)


def push_parcels_into_streets(sample: Sample) -> None:
    """Register three parcels four metres into the street, in both editions (RO04)."""
    for column in ("old", "town", "park"):
        plot = sample.choose(lambda one, c=column: in_town(one, c, "old") and bottom(one) == 0.0)
        parcel = sample.inside(plot, "parcels")[0]
        parcel.geometry = grown(parcel.geometry, 0, 4.0)
        held = sample["housing_parcels"]
        held[held.index(twin(sample, parcel))] = copied_land(parcel)


def move_roads(sample: Sample) -> None:
    """Let planned centre lines leave the road authority's in the fields (RO01), and be narrower (RO02)."""
    ends = (("E03", 0, (0.0, 9.0)), ("N07", 0, (8.0, 0.0)), ("E02", -1, (0.0, -8.0)), ("N03", 0, (1.2, 0.0)))
    for road, end, (dx, dy) in ends:
        feature = sample.layers["roads_plan"].find(road)
        line = list(feature.geometry.coords)
        line[end] = (line[end][0] + dx, line[end][1] + dy)
        feature.geometry = LineString(line)
    for road, width in (("N04", 12.0), ("E05", 16.0), ("N09", 18.0), ("E04", 35.7)):
        sample.layers["roads_plan"].find(road).values["red_line_width_m"] = width


def twin(sample: Sample, parcel: Feature) -> Feature:
    """Return the housing authority's copy of a parcel."""
    return sample.layers["housing_parcels"].find(parcel.id)


def remove_buildings(sample: Sample, parcels: set[str]) -> None:
    """Take away what stands on these parcels."""
    kept = [one for one in sample["buildings"] if one["parcel_id"] not in parcels]
    sample.layers["buildings"].features = kept


def add_building(sample: Sample, footprint: Polygon, plot: Plot | None, *, floors: int) -> None:
    """Add a building that no parcel's record knows."""
    values = {
        "height_m": round(floors * 3.1 + 0.6, 1),
        "floors": floors,
        "floor_area_m2": round(footprint.area * floors, 1),
    }
    owner = {"plot": plot.id} if plot is not None else {}
    sample["buildings"].append(Feature(new_building_id(sample), footprint, values | owner))


def new_building_id(sample: Sample) -> str:
    """Return the next free building id."""
    return f"FW{max(int(one.id[2:]) for one in sample['buildings']) + 1:05d}"


Place = tuple[float, float]


def ring(polygon: Polygon) -> list[Place]:
    """Return the corners of a polygon without those that lie on a side."""
    return list(polygon.simplify(0.01).exterior.coords)[:-1]


def shared_side(first: Polygon, second: Polygon) -> tuple[Place, Place]:
    """Return the ends of the longest side that two neighbours share."""
    line = first.intersection(second.buffer(0.01)).boundary.simplify(0.05)
    corners = sorted(line.coords) if line.geom_type == "LineString" else sorted(line.geoms[0].coords)
    pairs = [(a, b) for a in corners for b in corners]
    return max(pairs, key=lambda pair: math.dist(*pair))


def toward(a: Place, b: Place, polygon: Polygon) -> Place:
    """Return the direction, of length 1, that leads from a side into a polygon."""
    length = math.dist(a, b)
    out = ((b[1] - a[1]) / length, (a[0] - b[0]) / length)
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    centre = polygon.centroid
    inside = (centre.x - middle[0]) * out[0] + (centre.y - middle[1]) * out[1] > 0
    return out if inside else (-out[0], -out[1])


def rectangle(a: Place, b: Place, *, along: float, across: float, inward: Place, middle: float) -> Polygon:
    """Return a rectangle at the middle of a side, its centre ``middle`` metres inward of the side."""
    length = math.dist(a, b)
    unit = ((b[0] - a[0]) / length, (b[1] - a[1]) / length)
    across_unit = (-unit[1], unit[0])
    if across_unit[0] * inward[0] + across_unit[1] * inward[1] < 0:
        across_unit = (unit[1], -unit[0])
    x = (a[0] + b[0]) / 2 + across_unit[0] * middle
    y = (a[1] + b[1]) / 2 + across_unit[1] * middle
    corners = [
        (-along / 2, -across / 2),
        (along / 2, -across / 2),
        (along / 2, across / 2),
        (-along / 2, across / 2),
    ]
    return Polygon([
        (round(x + unit[0] * u + across_unit[0] * v, 3), round(y + unit[1] * u + across_unit[1] * v, 3))
        for u, v in corners
    ])  # fmt: skip


def cut_corner(polygon: Polygon, by_m: float) -> Polygon:
    """Return a polygon without its first corner, cut off ``by_m`` from it on both sides."""
    corners = ring(polygon)
    here, after, before = corners[0], corners[1], corners[-1]
    cuts = [LineString([here, other]).interpolate(by_m) for other in (before, after)]
    return Polygon([(round(cut.x, 3), round(cut.y, 3)) for cut in cuts] + corners[1:])
