"""Faults of the deliveries themselves: codes, values, ids, areas, geometry. Planted after the measuring."""

from __future__ import annotations

from shapely import GeometryCollection, LineString, Point, Polygon

from sample_district.base import Feature, Layer
from sample_district.plant_land import in_field, in_town
from sample_district.sample import Sample, Truth

UNKNOWN_CODE = "0799"


def plant_data(sample: Sample) -> None:
    """Plant DA01 to DA05, GE01, GE05, GE07 and CR03, and note what the blueprint itself is at fault with."""
    spoil_codes(sample)
    spoil_values(sample)
    repeat_ids(sample)
    misstate_areas(sample)
    twist_outlines(sample)
    lose_geometry(sample)
    misplace_hydrants(sample)
    note_deliveries(sample)


def spoil_codes(sample: Sample) -> None:
    """Deliver codes that are missing (DA01), in no list (DA02) or mean several classes (DA03)."""
    cases = (
        ("survey", "DA01", None), ("parcels", "DA02", UNKNOWN_CODE), ("parcels", "DA02", UNKNOWN_CODE),
        ("survey", "DA02", "0899"), ("parcels", "DA03", "06"), ("survey", "DA03", "06"),
        ("plots", "DA03", "10"),
    )  # fmt: skip
    for layer, rule, code in cases:
        if layer == "parcels":
            _, (feature, _) = sample.choose_pair(
                lambda one, r=rule: (
                    in_town(one, "park" if r == "DA03" else "old") and one.use in {"industrial", "commercial"}
                )
            )
        else:
            plot = sample.choose(
                lambda one, r=rule: in_town(one, "park") if r == "DA03" else one.use in {"orchard", "water"}
            )
            feature = sample.inside(plot, layer)[0]
        feature.values |= {"use_class": None, "use_code": code}
        sample.planted.append(
            Truth(rule, "conflict", layer, feature.id, note=f"use_code {code or '(empty)'}")
        )
    note = "no column of the source says the use"
    sample.planted.append(Truth("DA01", "conflict", "housing_parcels", "", note=note))


def spoil_values(sample: Sample) -> None:
    """Write text where a number is needed (DA04)."""
    unknown = [one for one in sample["buildings"] if one["height_m"] is None]
    cases = [(unknown[0], "height_m", "约9米"), (sample["buildings"][40], "floors", "约6层")]
    for feature, column, text in cases:
        feature.values[column] = None
        feature.raw[column] = text
        sample.planted.append(Truth("DA04", "conflict", "buildings", feature.id, note=f"{column} {text}"))


def repeat_ids(sample: Sample) -> None:
    """Give two buildings, two pipes and two patches the id of another (DA05)."""
    for layer, first, second in (
        ("buildings", 60, 61),
        ("buildings", 200, 201),
        ("pipes", 30, 31),
        ("survey", 90, 91),
    ):
        features = sample[layer]
        features[second].id = features[first].id
        sample.planted.append(Truth("DA05", "conflict", layer, features[first].id))


def misstate_areas(sample: Sample) -> None:
    """Record areas that the outline does not have (GE05); ``stated`` is the share of the true area."""
    for share in (1.35, 0.7):
        _, (parcel, _) = sample.choose_pair(lambda one: in_town(one, "new") and one.use == "commercial")
        parcel.values["stated"] = share
    for layer, share in (("survey", 1.4), ("plots", 0.6)):
        plot = sample.choose(in_field)
        sample.inside(plot, layer)[0].values["stated"] = share


def twist_outlines(sample: Sample) -> None:
    """Let the outline cross itself in a tiny loop (GE01); the repaired copy is the same ground."""
    for layer, number, size_m in (
        ("survey", 20, 0.3),
        ("survey", 150, 0.3),
        ("buildings", 120, 0.08),
        ("buildings", 300, 0.08),
    ):
        feature = sample[layer][number]
        feature.delivered = twisted(feature.geometry, size_m)
        sample.planted.append(Truth("GE01", "conflict", layer, feature.id))


def twisted(polygon: Polygon, size_m: float) -> Polygon:
    """Return the polygon with its first corner passed in a loop of about ``size_m``."""
    ring = list(polygon.exterior.coords)[:-1]
    here, after, before = ring[0], ring[1], ring[-1]
    on_next = LineString([here, after]).interpolate(size_m)
    on_last = LineString([here, before]).interpolate(size_m)
    return Polygon([(on_next.x, on_next.y), (on_last.x, on_last.y), *ring[1:]])


def lose_geometry(sample: Sample) -> None:
    """Deliver a building without geometry, one as a point, one together with a stray line (GE07)."""
    spots = [sample.ground.blocks[i, 9].at(0.5, 0.97) for i in (2, 3)]
    for number, spot in enumerate(spots):
        values = {"height_m": 7.0, "floors": 2, "floor_area_m2": 180.0}
        lost = Feature(f"FW9000{number + 1}", None, values, unplaced=number == 0)
        lost.delivered = None if number == 0 else Point(spot)
        sample["buildings"].append(lost)
        sample.planted.append(Truth("GE07", "conflict", "buildings", lost.id))
    mixed = sample["buildings"][330]
    x, y = mixed.geometry.exterior.coords[0]
    mixed.delivered = GeometryCollection([mixed.geometry, LineString([(x, y), (x + 2.0, y + 2.0)])])
    sample.planted.append(Truth("GE07", "conflict", "buildings", mixed.id))


def misplace_hydrants(sample: Sample) -> None:
    """Swap the axes of one hydrant, drop a digit of another, put a third into the next county (CR03)."""
    hydrants = sample["hydrants"]
    for number, move in ((5, "swapped"), (17, "digit"), (29, "far")):
        feature = hydrants[number]
        x, y = feature.geometry.x, feature.geometry.y
        places = {"swapped": (y, x), "digit": (x, round(y / 10.0, 3)), "far": (x + 80_000.0, y)}
        feature.delivered, feature.geometry = Point(places[move]), None
        sample.planted.append(Truth("CR03", "conflict", "hydrants", feature.id, note=move))
    hydrants[35].geometry = hydrants[34].geometry  # delivered twice: GE04


SMALL_LAYERS = {
    "street_lights": ("CR01", "CSV without a declared coordinate system"),
    "poles": ("CR01", "shapefile without .prj"),
    "wells_1980": ("CR02", "Xian 1980, no transformation given"),
    "census_1986": ("CR02", "Xian 1980, no transformation given"),
}


def note_deliveries(sample: Sample) -> None:
    """Note the findings on deliveries as a whole: late, missing, in a wrong unit, in no trusted system."""
    for name, (rule, note) in SMALL_LAYERS.items():
        sample.planted.append(Truth(rule, "conflict", name, "", note=note))
    for name in ("roads", "hydrants"):
        sample.planted.append(
            Truth("DA07", "conflict", name, "", note="issued + P1Y is before the day of the check")
        )
    for owed, note in (("housing.building", "开发区管委会"), ("utility.pipe", "信达通信公司")):
        sample.planted.append(Truth("DA08", "conflict", "", owed, note=f"owed by {note}"))
    for name, unit in (("plots_village", "mu"), ("survey_update", "ha")):
        sample.planted.append(Truth("DA10", "conflict", name, "", note=f"areas are in {unit}, read as m2"))


def unique_ids(layer: Layer) -> dict[Feature, str]:
    """Return each feature's id as it stands after standardising: repeats become ``id~2``, ``id~3``."""
    seen: dict[str, int] = {}
    ids = {}
    for feature in layer.features:
        seen[feature.id] = seen.get(feature.id, 0) + 1
        ids[feature] = feature.id if seen[feature.id] == 1 else f"{feature.id}~{seen[feature.id]}"
    return ids
