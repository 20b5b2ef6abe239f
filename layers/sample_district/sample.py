"""The sample as a whole while it is made: ground, layers, what is planted, and what has been used up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from sample_district.base import CODES, SEED, Feature, Layer
from sample_district.buildings import raise_buildings
from sample_district.land import divide, parcel_features, plan_features, survey_features
from sample_district.networks import manholes, pipes, roads
from sample_district.streets import COLUMNS, URBAN_ROWS, lay_ground
from sample_district.zones import control_lines, heritage, hydrants, towns, water_zones

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely import Polygon

    from sample_district.land import Plot
    from sample_district.streets import Block, Ground

HEIGHT_MAX_M = {
    "residential_urban": 24.0, "commercial": 24.0, "public_service": 24.0, "industrial": 24.0,
    "warehouse": 15.0, "utility": 12.0, "residential_rural": 10.5,
}  # fmt: skip
HEIGHT_MAX_OLD_M, HEIGHT_MAX_NEW_M = 10.5, 60.0
FAR_MAX = {
    "residential_urban": 1.5, "commercial": 1.6, "public_service": 0.8, "industrial": 1.2, "warehouse": 1.0,
    "utility": 0.6, "residential_rural": 0.8,
}  # fmt: skip

# name: standard, stated standard error, most that a point is off, code list
DELIVERIES: dict[str, tuple[str, float, float, str | None]] = {
    "parcels": ("land.parcel", 0.05, 0.02, "gbt21010-2017"),
    "survey": ("land.survey", 0.5, 0.25, "third-survey"),
    "survey_update": ("land.survey", 0.5, 0.25, "third-survey"),
    "plots": ("plan.plot", 0.25, 0.1, "spatial-2023"),
    "plots_park": ("plan.plot", 0.25, 0.1, "gb50137-2011"),
    "plots_village": ("plan.plot", 0.5, 0.2, "spatial-2023"),
    "control_lines": ("plan.control_line", 0.25, 0.1, None),
    "housing_parcels": ("land.parcel", 0.1, 0.03, None),
    "buildings": ("housing.building", 0.1, 0.04, None),
    "pipes": ("utility.pipe", 0.05, 0.02, None),
    "nodes": ("utility.node", 0.05, 0.02, None),
    "heritage_sites": ("heritage.site", 1.0, 0.2, None),
    "heritage_zones": ("heritage.zone", 0.5, 0.2, None),
    "roads": ("transport.road", 0.15, 0.06, None),
    "roads_plan": ("transport.road", 0.25, 0.1, None),
    "water_zones": ("water.zone", 0.5, 0.2, None),
    "towns": ("admin.area", 1.0, 0.0, None),
    "hydrants": ("utility.node", 0.1, 0.04, None),
}


@dataclass(frozen=True, order=True)
class Truth:
    """One finding that is to be reported, or, without a layer, a sentence about one."""

    rule: str
    verdict: str
    layer_a: str
    id_a: str
    layer_b: str = ""
    id_b: str = ""
    note: str = ""


@dataclass(eq=False)
class Sample:
    """All that is being made; ``planted`` are findings known from the planting alone."""

    ground: Ground
    rng: np.random.Generator
    base: list[Plot]
    layers: dict[str, Layer]
    planted: list[Truth] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    pairs: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, layer: str) -> list[Feature]:
        """Return the features of a layer."""
        return self.layers[layer].features

    def plot(self, plot_id: str, layer: str = "plots") -> Feature:
        """Return a plot of a plan layer by id."""
        return self.layers[layer].find(plot_id)

    def choose(self, fits: Callable[[Plot], bool]) -> Plot:
        """Return a plot that fits, in a block where nothing has been planted yet if there is one."""
        fitting = [one for one in self.base if one.block is not None and one.parcels and fits(one)]
        free = [one for one in fitting if one.id not in self.used]
        fresh = [one for one in free if not any(other.id in self.used for other in self.beside(one))]
        candidates = fresh or free
        if not candidates:
            problem = "no plot is left for this planting"
            raise LookupError(problem)
        plot = candidates[int(self.rng.integers(len(candidates)))]
        self.used.add(plot.id)
        return plot

    def choose_pair(self, fits: Callable[[Plot], bool]) -> tuple[Plot, list[Feature]]:
        """Return two parcels side by side in a plot that fits; others of the plot may be chosen later."""
        free = [
            (one, taken)
            for one in self.base
            if one.block is not None and one.id not in self.used and fits(one)
            for taken in [self.pairs.get(one.id, 0)]
            if 2 * taken + 2 <= len(one.parcels)
        ]
        fewest = min(taken for _, taken in free)
        candidates = [one for one, taken in free if taken == fewest]
        plot = candidates[int(self.rng.integers(len(candidates)))]
        self.pairs[plot.id] = fewest + 1
        return plot, self.inside(plot, "parcels")[2 * fewest : 2 * fewest + 2]

    @staticmethod
    def place(plot: Plot) -> tuple[int, int]:
        """Return row and column of the plot's block."""
        assert plot.block is not None  # noqa: S101  # only plots in blocks are chosen
        return plot.block.row, plot.block.column

    def inside(self, plot: Plot, layer: str) -> list[Feature]:
        """Return the features of a layer that were made on this plot."""
        return [feature for feature in self[layer] if feature["plot"] == plot.id]

    def beside(self, plot: Plot) -> list[Plot]:
        """Return all plots of the same block."""
        return [
            other for other in self.base if other.block is not None and self.place(other) == self.place(plot)
        ]

    def set_use(self, feature: Feature, use: str, layer: str, code: str | None = None) -> None:
        """Give a feature another class, with the code that its layer's list has for it."""
        codelist = self.layers[layer].codelist or ""
        feature.values |= {"use_class": use, "use_code": code or CODES[codelist][use]}


def block_of(plot: Plot) -> Block:
    """Return the block of a plot that stands in one."""
    assert plot.block is not None  # noqa: S101  # callers choose such plots
    return plot.block


def lay_base() -> Sample:
    """Return the district before anything is planted: no two departments contradict."""
    rng = np.random.default_rng(SEED)
    ground = lay_ground(rng)
    base = divide(ground, rng)
    parcels = parcel_features(base)
    ids = {polygon: one.id for polygon, one in zip(_parcel_polygons(base), parcels, strict=True)}
    made = {"parcels": parcels, "survey": survey_features(base), "plots": plan_features(base)}
    made["buildings"] = raise_buildings(base, ids, rng)
    _limit(made["plots"], base, made["buildings"])
    _register(parcels, {plot.id: plot for plot in made["plots"]})
    made["pipes"] = pipes(ground, rng)
    made["roads"] = roads(ground)
    made["control_lines"] = control_lines(ground, base, made["roads"])
    made["heritage_sites"], made["heritage_zones"] = heritage(base)
    made["water_zones"] = water_zones(ground, base)
    made["towns"], made["hydrants"] = towns(ground), hydrants(ground, rng)
    made |= _second_editions(made, base)
    layers = {}
    for name, (standard, accuracy, noise, codelist) in DELIVERIES.items():
        layers[name] = Layer(name, standard, accuracy, noise, made.get(name, []), codelist)
    return Sample(ground, rng, base, layers)


def number_manholes(sample: Sample) -> None:
    """Put the nodes at the ends of all pipes, planted ones too."""
    sample.layers["nodes"].features = manholes(sample["pipes"])


def _parcel_polygons(base: list[Plot]) -> list[Polygon]:
    return [polygon for plot in base for polygon in plot.parcels]


def _limit(plots: list[Feature], base: list[Plot], buildings: list[Feature]) -> None:
    """Give each plot of a built-up use limits that everything built on it keeps."""
    for plot, feature in zip(base, plots, strict=True):
        feature.values |= {"valid_from": "2021-01-01", "valid_to": "2035-12-31"}
        if plot.use not in FAR_MAX or plot.block is None:
            continue
        here = [one for one in buildings if one["plot"] == plot.id]
        far = sum(one["floor_area_m2"] for one in here) / plot.geometry.area
        built = sum(one.geometry.area for one in here) / plot.geometry.area
        kind = COLUMNS[plot.block.column] if plot.block.row in URBAN_ROWS else "farm"
        height = HEIGHT_MAX_M[plot.use]
        if kind == "old":
            height = HEIGHT_MAX_OLD_M
        elif kind == "new" and plot.use == "residential_urban":
            height = HEIGHT_MAX_NEW_M
        feature.values |= {
            "far_max": max(FAR_MAX[plot.use], round(far * 1.2 + 0.05, 1)), "height_max_m": height,
            "density_max_ratio": round(max(0.35, built + 0.1), 2), "green_min_ratio": 0.3,
        }  # fmt: skip


def _register(parcels: list[Feature], plots: dict[str, Feature]) -> None:
    """Write the plan's limits into the parcels' own records, as a land contract does."""
    for parcel in parcels:
        plot = plots[parcel["plot"]]
        parcel.values |= {"far_ratio": plot["far_max"], "height_limit_m": plot["height_max_m"]}


def _second_editions(made: dict[str, list[Feature]], base: list[Plot]) -> dict[str, list[Feature]]:
    """Return what a second department holds of the same objects: same ids, same ground, own copies."""
    park = {plot.id for plot in base if plot.block is not None and plot.block.kind == "park"}
    east, rows = len(COLUMNS) - 1, set(URBAN_ROWS) - {4}  # a village has the fourth row
    farm = {one.id for one in base if one.block and one.block.column == east and one.block.row in rows}
    codes = CODES["gb50137-2011"]
    parks = [copied(one) for one in made["plots"] if one.id in park]
    for one in parks:
        use = one["use_class"] if one["use_class"] in codes else "industrial"
        one.values |= {"use_class": use, "use_code": codes[use]}
    editions = {
        "housing_parcels": [copied(one) for one in made["parcels"]],
        "plots_park": parks,
        "roads_plan": [copied(one) for one in made["roads"]],
        "survey_update": [copied(one) for one in made["survey"] if one["plot"] in farm],
    }
    for one in editions["housing_parcels"]:
        one.values = {key: value for key, value in one.values.items() if not key.startswith("use_")}
    editions["plots_village"] = _village_plan(made["plots"], base)
    return editions


def _village_plan(plots: list[Feature], base: list[Plot]) -> list[Feature]:
    """Return the village plan: every plot of a village block in two halves of its own numbering."""
    by_id = {plot.id: plot for plot in plots}
    found: list[Feature] = []
    for plot in base:
        mixed = plot.block is not None and any(
            other.use == "residential_rural" and other.block is plot.block for other in base
        )
        if plot.block is None or not mixed:
            continue
        block = plot.block
        t0, t1 = plot.cut[2:]
        for s0, s1 in ((0.0, 0.5), (0.5, 1.0)):
            values = {key: by_id[plot.id][key] for key in ("use_class", "use_code", "valid_from", "valid_to")}
            found.append(
                Feature(f"CZ-{len(found) + 1:02d}", block.piece(s0, s1, t0, t1), values | {"plot": plot.id})
            )
    return found


def copied(feature: Feature) -> Feature:
    """Return a copy whose values can be changed alone."""
    return replace(feature, values=dict(feature.values), raw=dict(feature.raw))
