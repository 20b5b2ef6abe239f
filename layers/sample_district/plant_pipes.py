"""Contradictions about pipes: under buildings, too near, too shallow, through monuments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapely import LineString
from shapely.affinity import scale

from sample_district.base import Feature
from sample_district.land import HERITAGE_BLOCKS
from sample_district.networks import LAYING, MEDIUM_CODES, OWNERS
from sample_district.plant_built import Place, ring, toward
from sample_district.plant_land import in_block, in_town
from sample_district.sample import Sample, Truth

if TYPE_CHECKING:
    from shapely import Polygon

    from sample_district.land import Plot

COVER_M = 1.6
SHALLOW_M = 0.1


def plant_pipes(sample: Sample) -> None:
    """Plant PI01 to PI05 and HE04."""
    lay_under_buildings(sample)
    lay_beside_buildings(sample)
    lay_beside_pipes(sample)
    lay_through_monuments(sample)
    change_depths(sample)
    lay_unknown(sample)


def lay_under_buildings(sample: Sample) -> None:
    """Lay three pipes under buildings (PI01)."""
    for medium, diameter in (("sewage", 300.0), ("water", 200.0), ("storm", 500.0)):
        footprint = house(sample, "park", "town")
        a, b, c, d = ring(footprint)[:4]
        line = scale(LineString([between(a, b, 0.5), between(c, d, 0.5)]), 1.4, 1.4)
        add_pipe(sample, line, medium, diameter)


def lay_beside_buildings(sample: Sample) -> None:
    """Lay pipes too near to buildings (PI02), two that cannot be decided, two that are just far enough."""
    cases: tuple[tuple[str, float | None, float, dict[str, Any]], ...] = (
        ("sewage", 300.0, 0.9, {}), ("water", 300.0, 1.4, {}), ("heat", 200.0, 1.1, {}),
        ("gas", 100.0, 0.35, {"pressure": "中压B"}),
        ("water", None, 2.0, {}), ("sewage", 300.0, 2.7, {}),
        ("sewage", 300.0, 3.2, {}), ("telecom", 110.0, 2.2, {}),
    )  # fmt: skip
    for medium, diameter, apart_m, known in cases:
        footprint = house(sample, "new", "old", "town")
        a, b = ring(footprint)[:2]
        inward = toward(a, b, footprint)
        line = [(x - inward[0] * apart_m, y - inward[1] * apart_m) for x, y in (a, b)]
        add_pipe(sample, LineString(line), medium, diameter, **known)


def lay_beside_pipes(sample: Sample) -> None:
    """Lay pipes too near to those in the street (PI03), two that cannot be decided, one far enough."""
    cases: tuple[tuple[str, int, str, float, float, dict[str, Any]], ...] = (
        ("sewage", 4, "water", 300.0, 0.9, {}), ("sewage", 13, "gas", 200.0, 0.8, {"pressure": "中压B"}),
        ("power", 3, "telecom", 110.0, 0.25, {}), ("water", 22, "heat", 300.0, -1.0, {}),
        ("sewage", 29, "gas", 200.0, 1.9, {}), ("sewage", 36, "water", 300.0, 1.9, {}),
        ("sewage", 43, "water", 300.0, 2.2, {}),
    )  # fmt: skip
    for beside, number, medium, diameter, apart_m, known in cases:
        street = [one for one in sample["pipes"] if one["medium"] == beside][number].geometry
        line = scale(street.parallel_offset(apart_m, "right"), 0.6, 0.6)
        add_pipe(sample, line, medium, diameter, **known)


def lay_through_monuments(sample: Sample) -> None:
    """Lay two pipes through protection ranges (HE04)."""
    for place, medium in zip(HERITAGE_BLOCKS[:2], ("water", "telecom"), strict=True):
        core = next(one for one in in_block(sample, place) if one.use == "heritage").geometry
        a, b, c, d = ring(core)
        line = scale(LineString([between(a, b, 0.7), between(d, c, 0.7)]), 0.8, 0.8)
        add_pipe(sample, line, medium, 150.0)


def change_depths(sample: Sample) -> None:
    """Let pipes meet at crossings (PI04), lie too shallow (PI05), or nobody know how deep they lie."""

    def nth(medium: str, number: int) -> dict[str, Any]:
        return [one for one in sample["pipes"] if one["medium"] == medium][number].values

    for medium, number in (("power", 8), ("telecom", 10), ("gas", 2)):
        nth(medium, number)["start_depth_m"] = 2.4
    nth("storm", 14)["end_depth_m"] = 4.5
    for medium, number in (("power", 14), ("telecom", 17), ("gas", 9)):
        nth(medium, number).update(start_depth_m=SHALLOW_M, end_depth_m=SHALLOW_M)
    nth("telecom", 22).update(start_depth_m=None, end_depth_m=None)
    unread = [one for one in sample["pipes"] if one["medium"] == "storm"][31]
    unread.values["start_depth_m"] = None
    unread.raw["start_depth_m"] = "不详"
    sample.planted.append(Truth("DA04", "conflict", "pipes", unread.id, note="start_depth_m 不详"))


def lay_unknown(sample: Sample) -> None:
    """Deliver a pipe without a medium (DA01) and one with a code in no list (DA02), far from all others."""
    block = sample.ground.blocks[0, 2]
    for share, raw, rule in ((0.3, "", "DA01"), (0.6, "XQ", "DA02")):
        line = LineString([block.at(share, 0.3), block.at(share, 0.6)])
        pipe = add_pipe(sample, line, "water", 200.0)
        pipe.values |= {"medium": None, "owner": None}
        pipe.raw["medium"] = raw
        sample.planted.append(Truth(rule, "conflict", "pipes", pipe.id, note=f"medium {raw or '(empty)'}"))


def house(sample: Sample, *columns: str) -> Polygon:
    """Return the footprint of a building whose parcel has not been used."""

    def built(plot: Plot) -> bool:
        return in_town(plot, *columns) and plot.use in {"residential_urban", "commercial", "industrial"}

    for _ in range(50):
        _, pair = sample.choose_pair(built)
        ids = {parcel.id for parcel in pair}
        here = [one for one in sample["buildings"] if one["parcel_id"] in ids]
        if here:
            return here[-1].geometry
    problem = "no building is left for this planting"
    raise LookupError(problem)


def add_pipe(sample: Sample, line: LineString, medium: str, diameter: float | None, **known: Any) -> Feature:  # noqa: ANN401
    """Add a pipe of its own, not part of a street's run."""
    number = len(sample["pipes"]) + 1
    values = {
        "medium": medium, "diameter_mm": diameter, "start_depth_m": COVER_M, "end_depth_m": COVER_M,
        "owner": OWNERS[medium], "laying": LAYING.get(medium), **known,
    }  # fmt: skip
    rounded = LineString([(round(x, 3), round(y, 3)) for x, y in line.coords])
    pipe = Feature(f"{MEDIUM_CODES[medium]}{number:04d}", rounded, values)
    sample["pipes"].append(pipe)
    return pipe


def between(a: Place, b: Place, share: float) -> Place:
    """Return the place at a share of the way from a to b."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
