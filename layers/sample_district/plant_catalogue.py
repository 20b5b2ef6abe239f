"""Faults that came after the first release, planted last and without chance: nothing else moves for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapely import Polygon

from sample_district.base import Feature
from sample_district.plant_land import in_field, in_town
from sample_district.sample import Sample, Truth, block_of

if TYPE_CHECKING:
    from sample_district.land import Plot

PERCENT = 30.0
SPIKE_M = 10.0


def plant_catalogue(sample: Sample) -> None:
    """Plant DA06, DA09, GE06, LU09 and AT02; BD03 comes with the misspelled ids of BD02."""
    break_codes(sample)
    forget_percent(sample)
    draw_lines(sample)
    rename_roads(sample)


def break_codes(sample: Sample) -> None:
    """Give two parcels a code that is none, in both departments: too short, of another district (DA06)."""
    plots = [one for one in untouched(sample) if in_field(one)]
    for plot, broken in zip(plots, (_short, _elsewhere), strict=False):
        code = sample.inside(plot, "parcels")[0].id
        for layer in ("parcels", "housing_parcels"):
            for feature in sample[layer]:
                if feature.id == code:
                    feature.id = broken(code)
            sample.planted.append(Truth("DA06", "conflict", layer, broken(code), note=f"of {code}"))


def _short(code: str) -> str:
    return code[:9] + code[10:]


def _elsewhere(code: str) -> str:
    return "370305" + code[6:]


def forget_percent(sample: Sample) -> None:
    """Write two green ratios as percent where shares are due (DA09)."""
    plots = [one for one in untouched(sample) if in_town(one, "old") and one.use == "residential_urban"]
    for plot in plots[:2]:
        feature = sample.plot(plot.id)
        feature.values["green_min_ratio"] = PERCENT
        note = f"green_min_ratio {PERCENT:g}"
        sample.planted.append(Truth("DA09", "conflict", "plots", feature.id, note=note))


def draw_lines(sample: Sample) -> None:
    """Draw green lines into plots for housing (LU09), a small green, and yellow lines with spikes (GE06)."""
    town = [
        one for one in untouched(sample) if in_town(one, "town", "new") and one.use == "residential_urban"
    ]
    for plot, high in zip(town, (0.4, 0.5, 0.06), strict=False):  # the last takes 2 to 3 % of its plot
        _add_line(sample, "green", _inside(plot, 0.3, 0.3 + high))
    for plot in [one for one in untouched(sample) if in_field(one)][2:4]:
        ring = list(_inside(plot, 0.3, 0.5).exterior.coords)[:-1]
        (x0, y0), (x1, y1) = ring[0], ring[1]
        middle, along = ((x0 + x1) / 2, (y0 + y1) / 2), ((x1 - x0), (y1 - y0))
        length = (along[0] ** 2 + along[1] ** 2) ** 0.5
        step = (0.025 * along[0] / length, 0.025 * along[1] / length)
        tip = (middle[0] + SPIKE_M * along[1] / length, middle[1] - SPIKE_M * along[0] / length)
        spike = [(middle[0] - step[0], middle[1] - step[1]), tip, (middle[0] + step[0], middle[1] + step[1])]
        line = _add_line(sample, "yellow_infrastructure", Polygon([ring[0], *spike, *ring[1:]]))
        sample.planted.append(Truth("GE06", "conflict", "control_lines", line.id))


def _inside(plot: Plot, low: float, high: float) -> Polygon:
    """Return the middle of a plot, between two shares of its height."""
    s0, s1, t0, t1 = plot.cut
    across, up = s1 - s0, t1 - t0
    return block_of(plot).piece(s0 + 0.3 * across, s0 + 0.7 * across, t0 + low * up, t0 + high * up)


def _add_line(sample: Sample, kind: str, area: Polygon) -> Feature:
    lines = sample["control_lines"]
    rounded = Polygon([(round(x, 4), round(y, 4)) for x, y in area.exterior.coords])
    line = Feature(f"KZX9{len(lines):03d}", rounded, {"kind": kind})
    lines.append(line)
    return line


def rename_roads(sample: Sample) -> None:
    """Let the plan call two roads by another name (AT02), and write a third with a space."""
    for road, name in zip(sample["roads_plan"][:3], ("兴业大道", "迎宾路", None), strict=True):
        old = str(road["name"])
        road.values["name"] = name or f"{old[:1]} {old[1:]}"


def untouched(sample: Sample) -> list[Plot]:
    """Return the plots with parcels where nothing has been planted."""
    held = {one.id for one in sample["plots"]}
    return [
        one
        for one in sample.base
        if one.block is not None
        and one.parcels
        and one.id in held
        and one.id not in sample.used
        and one.id not in sample.pairs
    ]
