"""Contradictions about land: uses, plans, lines, heritage, water. Planted before anything is measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from shapely import Point, Polygon

from sample_district.base import Feature
from sample_district.land import HERITAGE_BLOCKS, VILLAGE_BLOCKS, node
from sample_district.sample import Sample, block_of, copied
from sample_district.streets import COLUMNS

if TYPE_CHECKING:
    from sample_district.land import Plot


def plant_land(sample: Sample) -> None:
    """Plant LU01 to LU08, HE01 to HE03, HE05, SW01 to SW03, TE01 and GE02."""
    change_plans(sample)
    change_uses(sample)
    build_on_farmland(sample)
    build_in_redline(sample)
    build_outside_boundary(sample)
    move_plan_lines(sample)
    open_plan(sample)
    disagree_in_park(sample)
    plan_in_heritage(sample)
    add_sites(sample)
    use_water_zones(sample)
    overlap_neighbours(sample)
    for layer in (
        "parcels",
        "survey",
        "survey_update",
        "plots",
        "plots_park",
        "plots_village",
        "housing_parcels",
    ):
        node(sample[layer])


def change_plans(sample: Sample) -> None:
    """Plan another use for ground that is built on (LU01): green over housing, housing over a factory."""
    wishes = (
        ("town", "residential_urban", "warehouse"), ("new", "residential_urban", "green_open"),
        ("park", "industrial", "residential_urban"), ("new", "public_service", "commercial"),
    )  # fmt: skip
    for column, use, planned in wishes:
        plot = sample.choose(lambda one, c=column, u=use: in_town(one, c) and one.use == u)
        sample.set_use(sample.plot(plot.id), planned, "plots")
        if planned == "green_open":
            for limit in ("far_max", "height_max_m", "density_max_ratio", "green_min_ratio"):
                sample.plot(plot.id).values.pop(limit)
        if column == "park":
            sample.set_use(sample.plot(plot.id, "plots_park"), planned, "plots_park")


def change_uses(sample: Sample) -> None:
    """Let survey and register disagree (LU02): twice the survey is another, three times a single parcel."""
    for column in ("old", "town"):
        plot = sample.choose(lambda one, c=column: in_town(one, c) and one.use == "commercial")
        sample.set_use(sample.inside(plot, "survey")[0], "residential_urban", "survey")
    for column, use in (("old", "commercial"), ("new", "commercial"), ("old", "warehouse")):
        _, (parcel, _) = sample.choose_pair(
            lambda one, c=column: in_town(one, c) and one.use == "residential_urban"
        )
        sample.set_use(parcel, use, "parcels")


def build_on_farmland(sample: Sample) -> None:
    """Plan building land, and register homesteads, on permanent basic farmland (LU03)."""
    for column, use in ((1, "industrial"), (10, "residential_urban")):
        plot = sample.choose(lambda one, j=column: in_field(one) and sample.place(one)[1] == j)
        sample.set_use(sample.plot(plot.id), use, "plots")
    for column in (1, 10):
        plot = sample.choose(lambda one, j=column: in_field(one) and sample.place(one)[1] == j)
        sample.set_use(sample.inside(plot, "parcels")[0], "residential_rural", "parcels")


def build_in_redline(sample: Sample) -> None:
    """Plan hotels in the ecological redline, and register one there (LU04); two lie in key zones (SW02)."""
    for row in (4, 6):
        plot = sample.choose(lambda one, i=row: one.use == "forest" and sample.place(one) == (i, 0))
        sample.set_use(sample.plot(plot.id), "commercial", "plots", "090104")
    plot = sample.choose(lambda one: one.use == "forest" and sample.place(one) == (7, 0))
    sample.set_use(sample.inside(plot, "parcels")[0], "commercial", "parcels", "0504")
    plot = sample.choose(lambda one: one.use == "forest" and sample.place(one) == (3, 0))
    sample.set_use(sample.plot(plot.id), "commercial", "plots", "090103")


def build_outside_boundary(sample: Sample) -> None:
    """Plan urban uses in the fields outside the urban boundary (LU05)."""
    for row, use in ((0, "warehouse"), (7, "commercial")):
        plot = sample.choose(
            lambda one, i=row: in_field(one) and sample.place(one)[0] == i and 2 <= sample.place(one)[1] <= 8  # noqa: PLR2004
        )
        sample.set_use(sample.plot(plot.id), use, "plots")


def move_plan_lines(sample: Sample) -> None:
    """Draw the line between two planned uses through a row of parcels (LU07); once only just beside it."""
    for column, moved in (("town", 0.07), ("new", -0.09), ("new", 0.006)):
        plot = sample.choose(lambda one, c=column: in_town(one, c) and one.use == "commercial" and spans(one))
        below = max(
            (one for one in sample.beside(plot) if top(one) <= bottom(plot) + 1e-9), key=bottom
        )  # the plot that ends where this one begins
        sample.used.add(below.id)
        cut, block = bottom(plot) + moved, block_of(plot)
        sample.plot(plot.id).geometry = block.piece(0, 1, cut, top(plot))
        sample.plot(below.id).geometry = block.piece(0, 1, bottom(below), cut)


def open_plan(sample: Sample) -> None:
    """Leave two plots out of the plan (LU06)."""
    town = sample.choose(lambda one: in_town(one, "new") and one.use == "residential_urban")
    field = sample.choose(lambda one: in_field(one) and sample.place(one)[0] == 0)
    gone = {town.id, field.id}
    sample.layers["plots"].features = [one for one in sample["plots"] if one.id not in gone]


def disagree_in_park(sample: Sample) -> None:
    """Let the park's plan build where the district's keeps fields and ponds (LU08), and expire (TE01)."""
    for plot in sample.base:
        if plot.block is None or plot.block.kind != "park":
            continue
        if plot.use == "cropland":
            sample.set_use(sample.plot(plot.id, "plots_park"), "industrial", "plots_park")
        if plot.use == "water":
            sample.set_use(sample.plot(plot.id, "plots_park"), "warehouse", "plots_park")
    dates = ({"valid_to": "2025-12-31"}, {"valid_to": "2024-06-30"}, {"valid_from": "2027-01-01"})
    for date in dates:
        plot = sample.choose(lambda one: in_town(one, "park") and one.use == "industrial")
        sample.plot(plot.id, "plots_park").values |= date


def plan_in_heritage(sample: Sample) -> None:
    """Plan shops on one monument's ground, housing into another's (HE01, HE03), and too high (HE02)."""
    first, second, third, fourth = HERITAGE_BLOCKS
    core = next(one for one in in_block(sample, first) if one.use == "heritage")
    sample.set_use(sample.plot(core.id), "commercial", "plots")
    west, core = (in_block(sample, second)[k] for k in (1, 2))
    block = block_of(core)
    sample.plot(west.id).geometry = block.piece(0, 0.36, 0.3, 0.72)
    sample.plot(core.id).geometry = block.piece(0.36, 0.72, 0.3, 0.72)
    for place in (third, fourth):
        sample.plot(in_block(sample, place)[0].id).values["height_max_m"] = 24.0
    sample.plot(in_block(sample, third)[3].id).values["height_max_m"] = None
    sample.used |= {one.id for place in HERITAGE_BLOCKS for one in in_block(sample, place)}


def add_sites(sample: Sample) -> None:
    """Add graded sites without a protection range (HE05), and sites that need none or have one by name."""
    hill = sample.ground.blocks[1, 0].at(0.7, 0.3)
    farm = sample.ground.blocks[0, 2].at(0.5, 0.6)
    old = sample.ground.blocks[4, 4].at(0.5, 0.5)
    sites = sample["heritage_sites"]
    sites.append(Feature("WW005", Point(hill), {"name": "望烽台遗址", "grade": "县级"}))
    sites.append(Feature("WW006", Point(farm), {"name": "古井台", "grade": "市级"}))
    sites.append(Feature("WW007", Point(old), {"name": "老茶馆", "grade": "未定级"}))
    beside = next(one for one in in_block(sample, HERITAGE_BLOCKS[1]) if one.use == "heritage").geometry
    west = beside.bounds[0]
    sites[1].geometry = Point(west - 12.0, beside.centroid.y)  # outside its range, which names it


def use_water_zones(sample: Sample) -> None:
    """Plan shops on the floodplain (SW01), and let survey and plan till the steep slope (SW03)."""
    sample.set_use(sample.plot("W-15"), "commercial", "plots", "090103")
    sample.set_use(sample.plot("W-32"), "commercial", "plots")
    for row, layer in ((1, "survey"), (2, "plots"), (5, "survey")):
        plot = sample.choose(
            lambda one, i=row: one.cut[0] == bottom(one) == 0.0 and sample.place(one) == (i, 0)
        )
        sample.set_use(sample.inside(plot, layer)[0], "cropland", layer)


def overlap_neighbours(sample: Sample) -> None:
    """Let features of one coverage overlap (GE02): two patches, two parcels, two plots."""
    for layer, column in (("survey", "town"), ("plots", "new"), ("parcels", "old")):
        plot = sample.choose(lambda one, c=column: in_town(one, c) and bottom(one) == 0.0 and spans(one))
        block = block_of(plot)
        if layer == "parcels":
            first = sample.inside(plot, layer)[0]
            first.geometry = grown(first.geometry, 1, 3.0)
            sample["housing_parcels"][sample["parcels"].index(first)] = copied_land(first)
        else:
            sample.inside(plot, layer)[0].geometry = block.piece(0, 1, 0, top(plot) + 0.03)


def copied_land(parcel: Feature) -> Feature:
    """Return a parcel as the housing authority holds it: without its use."""
    copy = copied(parcel)
    copy.values = {key: value for key, value in copy.values.items() if not key.startswith("use_")}
    return copy


def grown(polygon: Polygon, side: int, by_m: float) -> Polygon:
    """Return a polygon with one side moved outward (inward where negative) along the sides that meet it."""
    ring = list(polygon.simplify(0.01).exterior.coords)[:-1]
    count = len(ring)
    first, second = side % count, (side + 1) % count
    moved = [
        (first, _onward(ring[first - 1], ring[first], ring[second], by_m)),
        (second, _onward(ring[(second + 1) % count], ring[second], ring[first], by_m)),
    ]
    for k, place in moved:
        ring[k] = place
    return Polygon(ring)


def _onward(
    before: tuple[float, float], here: tuple[float, float], along: tuple[float, float], by_m: float
) -> tuple[float, float]:
    """Return the place past ``here``, coming from ``before``, ``by_m`` off the line ``here`` to ``along``."""
    (ux, uy), (vx, vy) = (here[0] - before[0], here[1] - before[1]), (along[0] - here[0], along[1] - here[1])
    share = by_m * math.hypot(vx, vy) / abs(ux * vy - uy * vx)
    return round(here[0] + ux * share, 3), round(here[1] + uy * share, 3)


def in_town(plot: Plot, *columns: str) -> bool:
    """Say whether a plot lies in blocks of these kinds, away from monuments and fields."""
    block = block_of(plot)
    kinds = {block.kind, COLUMNS[block.column]}
    return kinds <= set(columns) and (block.row, block.column) not in HERITAGE_BLOCKS


def in_field(plot: Plot) -> bool:
    """Say whether a plot is cropland of the plain that no other plan covers."""
    block = block_of(plot)
    return plot.use == "cropland" and block.kind == "farm" and (block.row, block.column) not in VILLAGE_BLOCKS


def in_block(sample: Sample, place: tuple[int, int]) -> list[Plot]:
    """Return the plots of a block in order."""
    return [one for one in sample.base if one.block is not None and sample.place(one) == place]


def spans(plot: Plot) -> bool:
    """Say whether a plot reaches from the west to the east of its block."""
    block = block_of(plot)
    whole = block.piece(0, 1, bottom(plot), top(plot))
    return bool(whole.equals(plot.geometry))


def bottom(plot: Plot) -> float:
    """Return the share of the block's height at which a plot begins."""
    return plot.cut[2]


def top(plot: Plot) -> float:
    """Return the share of the block's height at which a plot ends."""
    return plot.cut[3]
