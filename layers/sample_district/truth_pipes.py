"""Which findings the sample holds about pipes: under, beside and above one another, and in monuments."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Any

from shapely import LineString, Point

from sample_district.truth import LEAST_M, Places, tolerance_m

if TYPE_CHECKING:
    from shapely import Geometry

    from sample_district.base import Feature, Layer

PARALLEL_DEG = 30.0
SMALL_WATER_MM = 200.0
WATER_TO_BUILDING_M = (1.0, 3.0)
"""Up to ``SMALL_WATER_MM``, and above it."""
CLEAR_OF_BUILDING_M = {"sewage": 2.5, "storm": 2.5, "gas": 1.0, "heat": 3.0, "power": 0.6, "telecom": 1.5}
"""GB 50289-2016 table 4.1.9 for the sample's pipes; gas of medium pressure B, telecom in ducts."""
CLEAR_BETWEEN_M = {
    ("sewage", "water"): 1.5, ("storm", "water"): 1.5, ("gas", "sewage"): 1.2, ("gas", "storm"): 1.2,
    ("gas", "water"): 0.5, ("heat", "water"): 1.5, ("heat", "sewage"): 1.5, ("heat", "storm"): 1.5,
    ("power", "water"): 0.5, ("power", "sewage"): 0.5, ("power", "storm"): 0.5, ("telecom", "water"): 1.0,
    ("sewage", "telecom"): 1.0, ("storm", "telecom"): 1.0, ("gas", "telecom"): 1.0, ("gas", "heat"): 1.0,
    ("gas", "gas"): 0.4, ("heat", "power"): 2.0, ("heat", "telecom"): 1.0, ("power", "telecom"): 0.5,
    ("telecom", "telecom"): 0.5, ("power", "power"): 0.25, ("gas", "power"): 0.5,
}  # fmt: skip
GAS_SEWER_M = (1.0, 2.0)
"""What a gas pipe of unknown pressure may need beside a sewer, least and most."""
CROSSING_M = {
    ("sewage", "water"): 0.4, ("storm", "water"): 0.4, ("sewage", "storm"): 0.15, ("gas", "water"): 0.15,
    ("gas", "sewage"): 0.15, ("heat", "water"): 0.15, ("heat", "sewage"): 0.15, ("telecom", "water"): 0.5,
    ("sewage", "telecom"): 0.5, ("power", "water"): 0.5, ("power", "sewage"): 0.5,
}  # fmt: skip
PIPES_BELONG_THERE = frozenset({"transport", "utility", "green_open"})
END_TO_NODE_M = 0.5
COVER_M = 0.6
"""What most media need at the least; the sample's shallow pipes have half of it."""


def find_pipes(places: Places) -> None:
    """Collect PI01 to PI06, PI08 and HE04."""
    (a,) = places.of("utility.pipe")
    for pipe in a.features:
        lengths(places, a, pipe)
        ends(places, a, pipe)
        beside_buildings(places, a, pipe)
        depth = (
            None
            if None in {pipe["start_depth_m"], pipe["end_depth_m"]}
            else min(pipe["start_depth_m"], pipe["end_depth_m"])
        )
        if depth is None or pipe["medium"] is None or depth < COVER_M:
            known = depth is not None and pipe["medium"] is not None
            places.add("PI05", (a, pipe), verdict="conflict" if known else "undecidable")
    for one, other in combinations(a.features, 2):
        if not one.geometry.dwithin(other.geometry, 4.0):
            continue
        beside_pipes(places, a, one, other)
        crossing(places, a, one, other)


def lengths(places: Places, a: Layer, pipe: Feature) -> None:
    """PI01: half a metre under a building; HE04: a metre in a protection range; PI06: five in a parcel."""
    (houses,), (zones,) = places.of("housing.building"), places.of("heritage.zone")
    for house in places.near(houses, pipe.geometry):
        if pipe.geometry.intersection(house.geometry).length >= LEAST_M["PI01"]:
            places.add("PI01", (a, pipe), (houses, house))
    for layer in (
        one for one in places.of("land.parcel") if any(parcel["use_class"] for parcel in one.features)
    ):
        for parcel in places.near(layer, pipe.geometry):
            inside = pipe.geometry.intersection(parcel.geometry).length
            if inside >= LEAST_M["PI06"] and parcel["use_class"] not in PIPES_BELONG_THERE:
                verdict = "conflict" if parcel["use_class"] else "undecidable"
                places.add("PI06", (a, pipe), (layer, parcel), verdict=verdict)
    for zone in places.near(zones, pipe.geometry):
        if (
            zone["kind"] == "protection"
            and pipe.geometry.intersection(zone.geometry).length >= LEAST_M["HE04"]
        ):
            places.add("HE04", (a, pipe), (zones, zone))


def ends(places: Places, a: Layer, pipe: Feature) -> None:
    """PI08: an end half a metre from every manhole; hydrants are no ends of pipes."""
    nodes = places.sample.layers["nodes"]
    limit_m = math.hypot(END_TO_NODE_M, tolerance_m(a, nodes))
    coords = (pipe.geometry.coords[0], pipe.geometry.coords[-1])
    if not all(places.near(nodes, Point(place), limit_m) for place in coords):
        places.add("PI08", (a, pipe))


def radius_m(pipe: Feature) -> float:
    """Return half the diameter; nothing where it is not known."""
    return (pipe["diameter_mm"] or 0.0) / 2000.0


def beside_buildings(places: Places, a: Layer, pipe: Feature) -> None:
    """PI02: clear distance to a building below what the table asks for."""
    (houses,) = places.of("housing.building")
    for house in places.near(houses, pipe.geometry, 4.0):
        if pipe.geometry.intersection(house.geometry).length >= LEAST_M["PI01"]:
            continue  # a pipe under a building is PI01's
        clear = pipe.geometry.distance(house.geometry) - radius_m(pipe)
        if pipe["medium"] == "water":
            known = pipe["diameter_mm"]
            small, great = WATER_TO_BUILDING_M
            least = great if known is not None and known > SMALL_WATER_MM else small
            most = small if known is not None and known <= SMALL_WATER_MM else great
        else:
            least = most = CLEAR_OF_BUILDING_M[pipe["medium"]]
        verdict = judged(clear, least, most, tolerance_m(a, houses))
        if verdict:
            places.add("PI02", (a, pipe), (houses, house), verdict=verdict)


def judged(clear_m: float, least_m: float, most_m: float, tolerance: float) -> str | None:
    """Return the verdict on a clear distance where between ``least_m`` and ``most_m`` is required."""
    if clear_m < least_m - tolerance:
        return "conflict"
    return "undecidable" if clear_m < most_m + tolerance else None


def beside_pipes(places: Places, a: Layer, one: Feature, other: Feature) -> None:
    """PI03: two metres along which two pipes run nearer to each other than the table asks for."""
    pair = tuple(sorted((str(one["medium"]), str(other["medium"]))))
    if pair not in CLEAR_BETWEEN_M or angle_deg(one.geometry, other.geometry) > PARALLEL_DEG:
        return
    least = most = CLEAR_BETWEEN_M[pair]
    gas = one if one["medium"] == "gas" else other
    if "gas" in pair and gas["pressure"] is None:
        least, most = GAS_SEWER_M if "sewage" in pair else (0.5, 4.0)
    both, tolerance = radius_m(one) + radius_m(other), tolerance_m(a, a)
    runs = [
        one.geometry.intersection(other.geometry.buffer(limit + both)).length
        for limit in (least - tolerance, most + tolerance)
    ]
    if runs[0] >= LEAST_M["PI03"]:
        places.add("PI03", (a, one), (a, other))
    elif runs[1] >= LEAST_M["PI03"]:
        places.add("PI03", (a, one), (a, other), verdict="undecidable")


def angle_deg(one: LineString, other: LineString) -> float:
    """Return the angle between two nearly straight lines, 0 to 90."""
    (ax, ay), (bx, by) = (
        (line.coords[-1][0] - line.coords[0][0], line.coords[-1][1] - line.coords[0][1])
        for line in (one, other)
    )
    return math.degrees(math.acos(min(1.0, abs(ax * bx + ay * by) / math.hypot(ax, ay) / math.hypot(bx, by))))


def crossing(places: Places, a: Layer, one: Feature, other: Feature) -> None:
    """PI04: at a crossing, less between the upper pipe's underside and the lower pipe's top than required."""
    place = one.geometry.intersection(other.geometry)
    pair: Any = tuple(sorted((str(one["medium"]), str(other["medium"]))))
    if (
        not isinstance(place, Point)
        or place.is_empty
        or touches_end(one.geometry, other.geometry)
        or pair not in CROSSING_M
    ):
        return
    first_m, second_m = top_m(one, place), top_m(other, place)
    if first_m is None or second_m is None:
        places.add("PI04", (a, one), (a, other), verdict="undecidable")
        return
    upper_is_one = first_m <= second_m
    above = one if upper_is_one else other
    clear = abs(first_m - second_m) - 2 * radius_m(above)
    if clear < CROSSING_M[pair]:
        places.add("PI04", (a, one), (a, other))


def touches_end(one: LineString, other: LineString) -> bool:
    """Say whether two lines share an end."""
    return bool({one.coords[0], one.coords[-1]} & {other.coords[0], other.coords[-1]})


def top_m(pipe: Feature, place: Geometry) -> float | None:
    """Return the depth of a pipe's top at a place, between its ends; None where an end is not known."""
    start, end = pipe["start_depth_m"], pipe["end_depth_m"]
    if start is None or end is None:
        return None
    share = pipe.geometry.project(place, normalized=True)
    return float(start + (end - start) * share)
