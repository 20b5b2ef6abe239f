"""Which findings the sample holds about second editions, buildings and roads."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING

from shapely import hausdorff_distance

from sample_district.base import CONSTRUCTION
from sample_district.truth import LEAST_M, Places, any_feature, in_force, kind_is, large, tolerance_m

if TYPE_CHECKING:
    from sample_district.base import Feature, Layer

INDICATORS = (
    "far_ratio",
    "height_limit_m",
    "far_max",
    "height_max_m",
    "density_max_ratio",
    "green_min_ratio",
)
HALF = 0.5
FAR_SLACK = 1.05
AREA_SLACK = 0.02
HEIGHT_ERROR_M = 0.5
LINE_APART_M = 2.0
WIDTH_APART_M = 0.5
LEAST_IOU = 0.9
AREA_COLUMNS = ("area_registered_m2", "area_planned_m2")


def find_built(places: Places) -> None:
    """Collect GE05, BD01 to BD03, AT01, AT02, BU01 to BU04, HE02, RO01 to RO04."""
    for find in (
        areas,
        editions,
        names,
        lost_ids,
        other_ids,
        across_lines,
        heights,
        ratios,
        roads,
        red_lines,
    ):
        find(places)


def areas(places: Places) -> None:
    """GE05: areas stated wrongly; where the whole layer's unit is wrong, DA10 is its one cause instead."""
    wrong_units = {truth.layer_a for truth in places.sample.planted if truth.rule == "DA10"}
    for layer in places.sample.layers.values():
        for feature in layer.features:
            if feature["stated"] and layer.name not in wrong_units:
                places.add("GE05", (layer, feature))


def twins(places: Places) -> list[tuple[Layer, Layer, Feature, Feature]]:
    """Return the objects that two layers of parcels, or of plots, hold under one id."""
    found = []
    for standard in ("land.parcel", "plan.plot"):
        for a, b in combinations(places.of(standard), 2):
            by_id = {feature.id: feature for feature in b.features}
            found += [(a, b, one, by_id[one.id]) for one in a.features if one.id in by_id]
    return found


def editions(places: Places) -> None:
    """BD01 and AT01: one id, boundaries or indicators that differ."""
    for a, b, one, other in twins(places):
        apart = hausdorff_distance(one.geometry, other.geometry, 0.1)
        if apart > tolerance_m(a, b):
            places.add("BD01", (a, one), (b, other))
        differ = [
            column for column in INDICATORS if one[column] and other[column] and one[column] != other[column]
        ]
        areas = [(one[column], other[column]) for column in AREA_COLUMNS if one[column] and other[column]]
        differ += ["area" for first, second in areas if abs(first - second) > AREA_SLACK * first]
        if differ:
            places.add("AT01", (a, one), (b, other), note=" ".join(differ))


def names(places: Places) -> None:
    """AT02: one road with two names; spaces make no difference."""
    a, b = places.of("transport.road")
    by_id = {feature.id: feature for feature in b.features}
    for one in a.features:
        other = by_id.get(one.id)
        if other and str(one["name"]).replace(" ", "") != str(other["name"]).replace(" ", ""):
            places.add("AT02", (a, one), (b, other))


def other_ids(places: Places) -> None:
    """BD03: parcels of two layers with nearly the same ground, neither of whose ids the other layer has."""
    a, b = places.of("land.parcel")
    ids_a, ids_b = ({feature.id for feature in layer.features} for layer in (a, b))
    for one in a.features:
        for other in places.near(b, one.geometry) if one.id not in ids_b else []:
            shared_m2 = one.geometry.intersection(other.geometry).area
            both_m2 = one.geometry.union(other.geometry).area
            if other.id not in ids_a and shared_m2 >= LEAST_IOU * both_m2:
                places.add("BD03", (a, one), (b, other))


def lost_ids(places: Places) -> None:
    """BD02: a parcel that only one of two departments holds."""
    a, b = places.of("land.parcel")
    for layer, other in ((a, b), (b, a)):
        held = {feature.id for feature in other.features}
        for feature in layer.features:
            if feature.id not in held:
                places.add("BD02", (layer, feature), (other, None))


def across_lines(places: Places) -> None:
    """BU01: a building with 2 m² and a twentieth of it on each of two parcels; one finding a building."""
    (a,) = places.of("housing.building")
    for b in places.of("land.parcel"):
        stands: dict[Feature, int] = {}
        for house, _, shared in places.overlaps(a, b, any_feature, any_feature):
            if large("BU01", shared.area, house):
                stands[house] = stands.get(house, 0) + 1
        for house, count in stands.items():
            if count > 1:
                places.add("BU01", (a, house), (b, None))


def over(height: float | None, limit: float | None) -> str | None:
    """Return the verdict on a height under a limit; undecidable where one of them is missing."""
    if limit is None or height is None or math.isclose(height, limit, abs_tol=HEIGHT_ERROR_M):
        return "undecidable"
    return "conflict" if height > limit else None


def says(layer: Layer, column: str) -> bool:
    """Say whether a layer has a value of a column anywhere; without, nothing can be judged by it."""
    return any(feature[column] is not None for feature in layer.features)


def heights(places: Places) -> None:
    """BU02 and HE02: heights over the plan's limit for half the building, over a control zone's limit."""
    (houses,), (zones,) = places.of("housing.building"), places.of("heritage.zone")
    for b in (layer for layer in places.of("plan.plot") if says(layer, "height_max_m")):
        for house, plot, shared in places.overlaps(houses, b, any_feature, in_force):
            verdict = over(house["height_m"], plot["height_max_m"])
            if verdict and large("BU02", shared.area, house):
                places.add("BU02", (houses, house), (b, plot), verdict=verdict)
    plans = [layer for layer in places.of("plan.plot") if says(layer, "height_max_m")]
    for a, column in [(houses, "height_m"), *((layer, "height_max_m") for layer in plans)]:
        fits = any_feature if a is houses else in_force
        for one, zone, shared in places.overlaps(a, zones, fits, kind_is("control")):
            verdict = over(one[column], zone["height_limit_m"])
            if verdict and large("HE02", shared.area, one):
                places.add("HE02", (a, one), (zones, zone), verdict=verdict)


def ratios(places: Places) -> None:
    """BU03, BU04: floors, footprints over plot area a twentieth above the plan; undecidable without one."""
    (houses,) = places.of("housing.building")
    for rule, limit in (("BU03", "far_max"), ("BU04", "density_max_ratio")):
        for a in (layer for layer in places.of("plan.plot") if says(layer, limit)):
            built: dict[Feature, list[tuple[float, float]]] = {}
            for plot, house, shared in places.overlaps(a, houses, in_force, any_feature):
                share = shared.area / house.geometry.area
                adds = house["floor_area_m2"] if rule == "BU03" else house.geometry.area
                built.setdefault(plot, []).append((share, adds))
            for plot, parts in built.items():
                verdict = _ratio(plot, plot[limit], parts, whole=rule == "BU03")
                if verdict:
                    places.add(rule, (a, plot), (houses, None), verdict=verdict)


def _ratio(
    plot: Feature, limit: float | None, parts: list[tuple[float, float]], *, whole: bool
) -> str | None:
    """Return the verdict on a plot; it must not hang on how a building on the line is shared out.

    ``whole``: a building that stands on the plot counts with all its floors, else with its share of ground.
    """
    if limit is None:
        return "undecidable" if any(share > HALF for share, _ in parts) else None
    most_m2 = limit * FAR_SLACK * plot.geometry.area
    by_share = sum(share * area for share, area in parts) > most_m2
    by_half = sum(area * (1.0 if whole else share) for share, area in parts if share > HALF) > most_m2
    if by_share != by_half:
        problem = f"the plot ratio of {plot.id} depends on how buildings on the line are counted"
        raise ValueError(problem)
    return "conflict" if by_half else None


def roads(places: Places) -> None:
    """RO01 and RO02: one road, two lines more than 2 m apart for 20 m, or two red-line widths."""
    a, b = places.of("transport.road")
    for one in a.features:
        other = b.find(one.id)
        beyond = other.geometry.difference(one.geometry.buffer(LINE_APART_M, cap_style="flat"))
        if beyond.length >= LEAST_M["RO01"]:
            places.add("RO01", (a, one), (b, other))
        if abs(one["red_line_width_m"] - other["red_line_width_m"]) > WIDTH_APART_M:
            places.add("RO02", (a, one), (b, other))


def red_lines(places: Places) -> None:
    """RO03 and RO04: a building with 1 m², a construction parcel with 5 m², inside a road's red line."""
    (houses,), parcels = places.of("housing.building"), places.sample.layers["parcels"]
    (lines,) = places.of("plan.control_line")
    strips = [(lines, one, one.geometry) for one in lines.features if one["kind"] == "road_red"]
    for layer in places.of("transport.road"):
        strips += [
            (layer, road, road.geometry.buffer(road["red_line_width_m"] / 2, cap_style="flat"))
            for road in layer.features
        ]
    for rule, a in (("RO03", houses), ("RO04", parcels)):
        for b, line, strip in strips:
            for one in places.near(a, strip):
                shared = one.geometry.intersection(strip)
                use = one["use_class"]
                if not large(rule, shared.area, one) or shared.buffer(-tolerance_m(a, b) / 2).is_empty:
                    continue
                if a is houses or use is None or use in CONSTRUCTION:
                    verdict = "undecidable" if a is not houses and use is None else "conflict"
                    places.add(rule, (a, one), (b, line), verdict=verdict)
