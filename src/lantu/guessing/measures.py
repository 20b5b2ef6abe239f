"""Units of numbers: an area against the geometry it stands beside, a share against one, a diameter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from lantu.crs import lonlat_extent, zone_at
from lantu.guessing.model import Guess
from lantu.guessing.values import numbers_of
from lantu.messages import message
from lantu.standards import standard, units
from lantu.standards.number import read_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyproj import CRS

    from lantu.guessing.discovery import Found
    from lantu.guessing.fields import FieldFit
    from lantu.guessing.model import Confidence
    from lantu.model import FloatArray
    from lantu.standards import Column
    from lantu.standards.unit import Unit

SAMPLE = 2000
"""Features, spread evenly, whose areas are compared."""

CLOSE = 0.05
"""A recorded area this near to the measured one, as a share, agrees with it."""

NEAR = 0.25
AGREEING = 0.8
NOT_A_SHARE = 1.5
"""Shares above one are percentages; ratios a little above one are mistakes, not percentages."""

NOT_MILLIMETRES = 5.0
MOST_INCHES = 100.0
MOST_DEGREES = 360.0


def guess_units(
    found: Found, *, name: str, fields: Mapping[str, FieldFit], crs: CRS | None
) -> tuple[dict[str, Guess], tuple[str, ...]]:
    """Return the unit of each column whose numbers are not in the unit of the standard, and the misfits.

    A misfit is a column whose recorded areas agree with the geometry in no unit: taken as square metres it
    would only differ everywhere.
    """
    guesses: dict[str, Guess] = {}
    misfits: list[str] = []
    for column, fit in fields.items():
        facts = standard(name).columns[column]
        if facts.unit is None or fit.field not in found.attributes:
            continue
        guess = None
        if facts.unit.dimension == "area" and column.startswith("area"):
            ratio = _area_ratio(found, fit.field, facts, crs)
            guess = _area_unit(ratio) if ratio is not None else None
            if ratio is not None and guess is None:
                misfits.append(column)
                continue
        elif facts.unit.name == "ratio" and facts.maximum == 1.0:
            guess = _share_unit(numbers_of(found.attributes[fit.field], facts))
        elif facts.unit.name == "mm":
            numbers = numbers_of(found.attributes[fit.field], facts)
            guess = _named_unit(fit.unit, facts.unit) or _inch_of(found.raw.crs, numbers)
            guess = guess or _diameter_unit(numbers)
        if guess is None:
            guess = _named_unit(fit.unit, facts.unit)
        if guess is None and facts.unit.name == "m":
            guess = _foot_of(found.raw.crs)
        if guess is not None and guess.value != facts.unit.name:
            guesses[column] = guess
    return guesses, tuple(misfits)


def _named_unit(name: str | None, wanted: Unit) -> Guess | None:
    """Return the unit that a field's name states, where it measures what is wanted."""
    if name is None or units()[name].dimension != wanted.dimension:
        return None
    return Guess(value=name, confidence="high", reason=message("guessing.reason.unit_named"))


def _foot_of(crs: CRS | None) -> Guess | None:
    """Return feet for heights and depths beside coordinates in feet: who surveys in feet writes down feet."""
    axes = crs.axis_info if crs is not None and crs.is_projected else []
    if not axes or "foot" not in axes[0].unit_name.casefold():
        return None
    return Guess(value="ft", confidence="low", reason=message("guessing.reason.feet", unit=axes[0].unit_name))


def _inch_of(crs: CRS | None, numbers: FloatArray) -> Guess | None:
    """Return inches for diameters beside coordinates in feet, where they are no millimetres."""
    feet = _foot_of(crs)
    if feet is None or not len(numbers) or not 0.0 < np.median(numbers) < MOST_INCHES:
        return None
    return replace(feet, value="in")


def _area_ratio(found: Found, field: str, facts: Column, crs: CRS | None) -> FloatArray | None:
    """Return how many square metres one recorded unit is, a feature; None where nothing can be compared."""
    measured = _areas_m2(found, crs)
    if measured is None:
        return None
    rows, areas_m2 = measured
    recorded, _ = read_numbers(found.attributes[field].iloc[rows], column=facts)
    good = np.isfinite(recorded) & (recorded > 0) & (areas_m2 > 0)
    return areas_m2[good] / recorded[good] if good.any() else None


def _area_unit(ratio: FloatArray) -> Guess | None:
    """Return the unit in which recorded and measured areas agree; None where they agree in none."""
    fits = [
        (abs(float(np.log(np.median(ratio) / float(unit.si)))), unit.name, float(unit.si))
        for unit in units().values()
        if unit.dimension == "area"
    ]
    off, best, si = min(fits)
    if off > np.log1p(NEAR):
        return None
    share = float((np.abs(ratio / si - 1.0) <= CLOSE).mean())
    sure: Confidence = "high" if share >= AGREEING else "medium" if off <= np.log1p(CLOSE) else "low"
    said = message("guessing.reason.area_ratio", ratio=float(np.median(ratio)), percent=100.0 * share)
    return Guess(value=best, confidence=sure, reason=said)


def _areas_m2(found: Found, crs: CRS | None) -> tuple[np.ndarray, FloatArray] | None:
    """Return rows, spread evenly, and their planar areas in the local zone; None where nothing is measured.

    Numbers of no known system that cannot be degrees are taken for metres, of whatever zone.
    """
    given = found.raw.geometry
    if not len(given):
        return None
    rows = np.unique(np.linspace(0, len(given) - 1, min(SAMPLE, len(given))).astype(np.int64))
    if crs is None:
        metres = np.nanmax(np.abs(shapely.total_bounds(given))) > MOST_DEGREES
        return (rows, np.nan_to_num(shapely.area(given[rows]))) if metres else None
    extent = lonlat_extent(shapely.total_bounds(given), crs=crs)
    if extent is None:
        return None
    west, south, east, north = extent
    local = zone_at((west + east) / 2.0, (south + north) / 2.0)
    change = Transformer.from_crs(crs, local, always_xy=True)
    moved = shapely.transform(
        given[rows],
        lambda points: np.column_stack(change.transform(points[:, 0], points[:, 1], errcheck=False)),
    )
    return rows, np.nan_to_num(shapely.area(moved))


def _share_unit(numbers: FloatArray) -> Guess | None:
    if not len(numbers) or np.median(numbers) <= NOT_A_SHARE:
        return None
    said = message("guessing.reason.percent", median=float(np.median(numbers)))
    return Guess(value="percent", confidence="high", reason=said)


def _diameter_unit(numbers: FloatArray) -> Guess | None:
    if not len(numbers) or not 0.0 < np.median(numbers) < NOT_MILLIMETRES:
        return None
    said = message("guessing.reason.metres", median=float(np.median(numbers)))
    return Guess(value="m", confidence="medium", reason=said)
