"""Which findings about land the sample holds: plans, uses, lines, zones, coverage."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from shapely import hausdorff_distance, union_all

from sample_district.base import CONSTRUCTION
from sample_district.truth import LEAST_SHARE, Places, any_feature, in_force, kind_is, large, tolerance_m

if TYPE_CHECKING:
    from sample_district.base import Feature, Layer

URBAN = frozenset({"residential_urban", "commercial", "industrial", "warehouse", "public_service"})
FARMED = frozenset({"cropland", "water"})
"""Classes of the sample that no construction may be planned on: contradictory, not merely convertible."""
BUILT_UP = URBAN | {"residential_rural"}
EXCLUDED = {
    "green": BUILT_UP, "blue_water": BUILT_UP, "yellow_infrastructure": BUILT_UP,
    "heritage_purple": frozenset({"industrial", "warehouse"}),
}  # fmt: skip
"""Classes of the sample that may not be planned inside a line of each kind."""
COVERAGES = ("land.parcel", "land.survey", "plan.plot", "admin.area")


def find_land(places: Places) -> None:
    """Collect GE02, GE04, LU01 to LU09, HE03, HE05, SW03 and TE01, and what stands in zones and lines."""
    for find in (
        overlapping, repeated, uses_against_plans, register_against_survey, on_lines, four_lines,
        outside_boundary, uncovered, split, plans_against_plans, in_zones, zones, sites, slopes, expired,
    ):  # fmt: skip
        find(places)


def planned(plot: Feature) -> bool:
    """Fit plots in force whose class is construction, or not known."""
    return in_force(plot) and (plot["use_class"] is None or plot["use_class"] in CONSTRUCTION)


def classed(layer: Layer) -> bool:
    """Say whether a layer says any use at all; without, no use can be judged."""
    return any(one["use_class"] is not None for one in layer.features)


def decided(*classes: str | None) -> str:
    """Return the verdict for classes that contradict, or of which one is not known."""
    return "undecidable" if None in classes else "conflict"


def overlapping(places: Places) -> None:
    """GE02: two features of one coverage share at least 1 m²."""
    for layer in (one for standard in COVERAGES for one in places.of(standard)):
        order = {feature: k for k, feature in enumerate(layer.features)}
        for one, other, shared in places.overlaps(layer, layer, any_feature, any_feature):
            if order[one] < order[other] and large("GE02", shared.area, one):
                places.add("GE02", (layer, one), (layer, other))


def repeated(places: Places) -> None:
    """GE04: one geometry twice."""
    for layer in places.sample.layers.values():
        features = places.placed[layer.name]
        order = {feature: k for k, feature in enumerate(features)}
        for one in features:
            for other in places.near(layer, one.geometry):
                same = order[one] < order[other] and one.geometry.geom_type == other.geometry.geom_type
                if same and hausdorff_distance(one.geometry, other.geometry) <= tolerance_m(layer, layer):
                    places.add("GE04", (layer, one), (layer, other))


def uses_against_plans(places: Places) -> None:
    """LU01: the use today and the planned use differ on 50 m² and 5 % of the subject."""
    for a in [*places.of("land.parcel"), *places.of("land.survey")]:
        for b in places.of("plan.plot") if classed(a) else []:
            for one, plot, shared in places.overlaps(a, b, any_feature, in_force):
                differ = one["use_class"] != plot["use_class"] or one["use_class"] is None
                if differ and large("LU01", shared.area, one):
                    places.add(
                        "LU01", (a, one), (b, plot), verdict=decided(one["use_class"], plot["use_class"])
                    )


def register_against_survey(places: Places) -> None:
    """LU02: registered and surveyed use differ on 50 m²."""
    for a in filter(classed, places.of("land.parcel")):
        for b in places.of("land.survey"):
            for one, patch, shared in places.overlaps(a, b, any_feature, any_feature):
                differ = one["use_class"] != patch["use_class"] or one["use_class"] is None
                if differ and large("LU02", shared.area, one):
                    places.add(
                        "LU02", (a, one), (b, patch), verdict=decided(one["use_class"], patch["use_class"])
                    )


def on_lines(places: Places) -> None:
    """LU03 and LU04: construction, planned or registered, on 10 m² of farmland or redline."""
    (lines,) = places.of("plan.control_line")
    for rule, kind in (("LU03", "permanent_basic_farmland"), ("LU04", "ecological_redline")):
        for a in [*places.of("plan.plot"), *filter(classed, places.of("land.parcel"))]:
            for one, line, shared in places.overlaps(a, lines, planned, kind_is(kind)):
                if large(rule, shared.area, one):
                    places.add(rule, (a, one), (lines, line), verdict=decided(one["use_class"]))


def four_lines(places: Places) -> None:
    """LU09: a planned use that one of the four lines excludes, on 10 m² and 5 % of the plot."""
    (lines,) = places.of("plan.control_line")
    for a in places.of("plan.plot"):
        for one, line, shared in places.overlaps(a, lines, in_force, kind_is(*EXCLUDED)):
            excluded = one["use_class"] is None or one["use_class"] in EXCLUDED[line["kind"]]
            if excluded and large("LU09", shared.area, one):
                places.add("LU09", (a, one), (lines, line), verdict=decided(one["use_class"]))


def outside_boundary(places: Places) -> None:
    """LU05: 100 m² of planned urban use outside the urban boundary."""
    (lines,) = places.of("plan.control_line")
    inside = union_all([one.geometry for one in lines.features if one["kind"] == "urban_boundary"])
    for a in places.of("plan.plot"):
        for plot in places.placed[a.name]:
            rest = plot.geometry.difference(inside)
            wide = not rest.buffer(-tolerance_m(a, lines) / 2).is_empty
            if in_force(plot) and plot["use_class"] in URBAN and large("LU05", rest.area, plot) and wide:
                places.add("LU05", (a, plot))


def uncovered(places: Places) -> None:
    """LU06: 50 m² and a tenth of a parcel under no plan that is in force."""
    plans = places.of("plan.plot")
    for a in places.of("land.parcel"):
        wide_m = max(tolerance_m(a, b) for b in plans)
        for one in places.placed[a.name]:
            cover = [plot.geometry for b in plans for plot in places.near(b, one.geometry) if in_force(plot)]
            rest = one.geometry.difference(union_all(cover))
            if large("LU06", rest.area, one) and not rest.buffer(-wide_m / 2).is_empty:
                places.add("LU06", (a, one))


def split(places: Places) -> None:
    """LU07: one plan gives a parcel two classes, each on a tenth of it; one finding for each parcel."""
    for a in places.of("land.parcel"):
        for b in places.of("plan.plot"):
            classes: dict[Feature, dict[str, float]] = {}
            for one, plot, shared in places.overlaps(a, b, any_feature, in_force):
                shares = classes.setdefault(one, {})
                shares[str(plot["use_class"])] = (
                    shares.get(str(plot["use_class"]), 0.0) + shared.area / one.geometry.area
                )
            for one, shares in classes.items():
                if sum(share >= LEAST_SHARE["LU07"] for share in shares.values()) > 1:
                    places.add("LU07", (a, one), (b, None))


def plans_against_plans(places: Places) -> None:
    """LU08: two plans give 50 m² of land classes that contradict; TE02: both are in force on 50 m²."""
    for a, b in combinations(places.of("plan.plot"), 2):
        for one, other, shared in places.overlaps(a, b, in_force, in_force):
            if large("TE02", shared.area, one):  # all plots of the sample in force share a day
                places.add("TE02", (a, one), (b, other))
            unknown = None in {one["use_class"], other["use_class"]}
            against = one["use_class"] in FARMED and other["use_class"] in CONSTRUCTION
            if large("LU08", shared.area, one) and (unknown or against):
                places.add(
                    "LU08", (a, one), (b, other), verdict=decided(one["use_class"], other["use_class"])
                )


def in_zones(places: Places) -> None:
    """HE01, HE03, SW01, SW02: plots and buildings in zones that allow none, or only under conditions."""
    cases = (
        ("HE01", "heritage.zone", ("protection",), True), ("HE03", "heritage.zone", ("protection",), False),
        ("SW01", "water.zone", ("river_management",), True),
        ("SW02", "water.zone", ("key_prevention", "key_governance"), False),
    )  # fmt: skip
    for rule, standard, kinds, buildings in cases:
        (zones,) = places.of(standard)
        subjects = [*places.of("plan.plot"), *(places.of("housing.building") if buildings else [])]
        for a in subjects:
            fits = any_feature if a.standard == "housing.building" else planned
            for one, zone, shared in places.overlaps(a, zones, fits, kind_is(*kinds)):
                own = (
                    standard == "heritage.zone" and one["use_class"] == "heritage"
                )  # the monument's own ground
                if large(rule, shared.area, one) and not own:
                    places.add(rule, (a, one), (zones, zone))


def zones(places: Places) -> None:
    """HE06: 10 m² of a range that no plan shows as heritage; HE07: a zone over the range of its own site."""
    (a,), (lines,), plans = places.of("heritage.zone"), places.of("plan.control_line"), places.of("plan.plot")
    wide_m = max(tolerance_m(a, b) for b in [lines, *plans])
    for one in a.features:
        if one["kind"] != "protection":
            continue
        cover = [line for line in places.near(lines, one.geometry) if line["kind"] == "heritage_purple"]
        on_it = [plot for b in plans for plot in places.near(b, one.geometry) if in_force(plot)]
        cover += [plot for plot in on_it if plot["use_class"] == "heritage"]
        rest = one.geometry.difference(union_all([each.geometry for each in cover]))
        if large("HE06", rest.area, one) and not rest.buffer(-wide_m / 2).is_empty:
            places.add("HE06", (a, one))
    for one, other, shared in places.overlaps(a, a, kind_is("control"), kind_is("protection")):
        if one["site_id"] == other["site_id"] and large("HE07", shared.area, one):
            places.add("HE07", (a, one), (a, other))


def sites(places: Places) -> None:
    """HE05: a graded site that no protection range covers or names."""
    (a,), (zones,) = places.of("heritage.site"), places.of("heritage.zone")
    ranges = [zone for zone in zones.features if zone["kind"] == "protection"]
    named = {zone["site_id"] for zone in ranges}
    for site in a.features:
        covered = any(zone.geometry.dwithin(site.geometry, tolerance_m(a, zones)) for zone in ranges)
        if site["grade"] != "未定级" and site.id not in named and not covered:
            places.add("HE05", (a, site))


def slopes(places: Places) -> None:
    """SW03: 400 m² of cropland, surveyed or planned, on a slope steeper than 25 degrees."""
    (zones,) = places.of("water.zone")
    for a in [*places.of("land.survey"), *places.of("plan.plot")]:
        fits = in_force if a.standard == "plan.plot" else any_feature
        for one, zone, shared in places.overlaps(a, zones, fits, kind_is("steep_slope")):
            if one["use_class"] == "cropland" and large("SW03", shared.area, one):
                places.add("SW03", (a, one), (zones, zone))


def expired(places: Places) -> None:
    """TE01: plots whose plan is not in force on the day."""
    for layer in places.of("plan.plot"):
        for plot in layer.features:
            if not in_force(plot):
                places.add("TE01", (layer, plot))
