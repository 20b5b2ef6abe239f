"""Faults of heritage zones, densities and nodes, planted last and without chance: nothing moves for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sample_district.base import Feature

if TYPE_CHECKING:
    from sample_district.sample import Sample

NEW_SITES = (("WW008", "烽燧遗址", 0), ("WW009", "古窑址", 2))
"""Id, name and row of the hill block that each lies in."""
LIMIT_M = 12.0
CHANGED = 2
OVER = 1.3
"""A plot's buildings cover this many times what the changed plan allows."""


def plant_plans_and_pipes(sample: Sample) -> None:
    """Plant HE06, HE07, BU04 and PI08; PI06 and TE02 come with what was planted before."""
    announce_sites(sample)
    lower_density(sample)
    lose_nodes(sample)


def announce_sites(sample: Sample) -> None:
    """Announce two sites that the plan does not know (HE06), their ranges not cut out of the zones (HE07)."""
    for site, name, row in NEW_SITES:
        block = sample.ground.blocks[row, 0]
        core, around = block.piece(0.46, 0.58, 0.62, 0.72), block.piece(0.42, 0.62, 0.62, 0.76)
        zones = {"B": (core, {"kind": "protection"}), "J": (around, {"kind": "control"})}
        sample["heritage_sites"].append(Feature(site, core.centroid, {"name": name, "grade": "县级"}))
        for letter, (area, kind) in zones.items():
            limit = {"control_class": "一类", "height_limit_m": LIMIT_M} if letter == "J" else {}
            sample["heritage_zones"].append(
                Feature(f"{site}-{letter}", area, {"site_id": site} | kind | limit)
            )


def lower_density(sample: Sample) -> None:
    """Let the plan allow two plots less than what their buildings cover (BU04)."""
    held = {one.id for one in sample["plots_park"]}
    changed = 0
    for plot in sample.base:
        here = sample.inside(plot, "buildings")
        alone = plot.id not in held and plot.id not in sample.used and plot.use == "residential_urban"
        if changed < CHANGED and alone and len(here) > 1:
            built = sum(one.geometry.area for one in here) / plot.geometry.area
            sample.plot(plot.id).values["density_max_ratio"] = round(built / OVER, 2)
            sample.used.add(plot.id)
            changed += 1


def lose_nodes(sample: Sample) -> None:
    """Lose the nodes at both ends of one pipe and at one end of another, which meet no other pipe (PI08)."""
    first, second = sample["pipes"][-4:-2]
    for pipe, ends in ((first, (0, -1)), (second, (0,))):
        for end in ends:
            x, y = pipe.geometry.coords[end]
            nodes = sample.layers["nodes"].features
            nearest = min(nodes, key=lambda one: (one.geometry.x - x) ** 2 + (one.geometry.y - y) ** 2)
            nodes.remove(nearest)
