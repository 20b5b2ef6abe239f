"""What coordinates look like that do not land where they should. Suggestions only: nothing is moved.

Each suspicion is a question asked of the numbers: if this were so, would they land in the expected
area? An axis order, a zone prefix or a unit that is wrong puts a district hundreds of kilometres
away, so the answer is nearly always clear. Datums differ by a hundred metres and cannot be told apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias

from pyproj import CRS

from lantu.crs.extent import Bounds, inside_area
from lantu.crs.identity import canonical, describe, identify
from lantu.crs.landing import (
    CHINA,
    LANDED,
    METRES_A_ZONE,
    degree_systems,
    false_easting_m,
    meridian_deg,
    prefixed_systems,
    projected_systems,
    sample,
    share_landed,
    tells_systems_apart,
    unit_m,
)
from lantu.crs.web_maps import WEB_MAPS, from_web_map
from lantu.messages import Message, message

if TYPE_CHECKING:
    from lantu.model import FloatArray

Confidence: TypeAlias = Literal["high", "medium", "low"]

SURE = 0.95
"""Share of the points landed from which confidence is high, if nothing else explains them as well."""

MAX_SUGGESTIONS = 6

US_SURVEY_FOOT_M = 1200.0 / 3937.0
INTERNATIONAL_FOOT_M = 0.3048


class Suspicion(StrEnum):
    """What coordinates look like."""

    AXES_SWAPPED = "axes_swapped"
    ZONE_PREFIX_MISSING = "zone_prefix_missing"
    ZONE_PREFIX_EXTRA = "zone_prefix_extra"
    WRONG_ZONE = "wrong_zone"
    DEGREES_AS_METRES = "degrees_as_metres"
    METRES_AS_DEGREES = "metres_as_degrees"
    US_SURVEY_FEET_AS_METRES = "us_survey_feet_as_metres"
    INTERNATIONAL_FEET_AS_METRES = "international_feet_as_metres"
    METRES_AS_FEET = "metres_as_feet"
    OTHER_CRS = "other_crs"


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """What the coordinates look like, how sure that is, and the CRS to declare if it is so.

    ``swapped`` says that x and y have to change places for that CRS. ``share`` is the part of the
    points that would then land in the expected area.
    """

    suspicion: Suspicion
    message: Message
    confidence: Confidence
    crs: str | None
    swapped: bool
    share: float


def diagnose(coordinates: FloatArray, *, crs: CRS | None, expected: Bounds) -> Suggestion | None:
    """Say what coordinates look like that miss the expected area.

    ``coordinates`` are points (n, 2) or a box (4,), in the units of the source and under the ``crs``
    declared for it. ``expected`` is the district or the extent of the other layers (west, south,
    east, north, degrees). None when at least half of the points land there as declared, or when
    nothing known explains them.
    """
    points = sample(coordinates)
    if len(points) == 0:
        return None
    if crs is None:
        return suggest_crs(points, expected=expected)
    declared = canonical(crs)
    if share_landed(points, crs=declared, area=expected) >= LANDED:
        return None
    found = [
        *_swapped(points, declared, expected),
        *_degrees(points, declared, expected),
        *_other_systems(points, declared, expected),
        *_feet(points, declared, expected),
    ]
    return max(found, key=lambda item: item.share, default=None)  # the first of equals: the simplest


def suggest_crs(coordinates: FloatArray, *, expected: Bounds | None) -> Suggestion | None:
    """Return the likeliest coordinate system of a layer that declares none; see ``crs_candidates``."""
    return next(iter(crs_candidates(coordinates, expected=expected)), None)


def crs_candidates(coordinates: FloatArray, *, expected: Bounds | None) -> tuple[Suggestion, ...]:
    """Return the systems in which points (n, 2), or a box (4,), land in the expected area, best first.

    CGCS2000 comes first where it fits, then the systems of the smallest area; at most six. Without
    an expected area, or with one too wide to be a district's, only degrees and zone prefixes speak,
    the latter for China: eastings of six digits could be of any zone.
    """
    points = sample(coordinates)
    for swapped in (False, True):  # what fits as it stands need not be turned
        turned = points[:, ::-1] if swapped else points
        found = _landed(turned, expected) if len(points) else []
        if found:
            kind, rivals = Suspicion.OTHER_CRS, len(found) > 1
            suggested = tuple(
                _suggestion(kind, share=share, crs=code, swapped=swapped, rivals=rivals, first=rank == 0)
                for rank, (code, share) in enumerate(found[:MAX_SUGGESTIONS])
            )
            return _with_web_maps(suggested, turned, expected or CHINA)
    return ()


def _with_web_maps(
    suggested: tuple[Suggestion, ...], points: FloatArray, expected: Bounds
) -> tuple[Suggestion, ...]:
    """Add that degrees in China may be a web map's, where nearly all would land then, too.

    Said, not suggested: some hundred metres are seldom seen by where a layer lands.
    """
    if CRS.from_user_input(suggested[0].crs).is_projected:
        return suggested
    plain = inside_area(points, area=expected) & inside_area(points, area=CHINA)
    like = [
        system
        for system in WEB_MAPS
        if plain.any()
        and inside_area(from_web_map(points[plain], system=system), area=expected).mean() >= SURE
    ]
    if not like:
        return suggested
    also = message("crs.looks_web_map_too", systems=" / ".join(like))
    first = suggested[0]
    said = replace(first, message=message("crs.note_and", first=first.message, second=also))
    return (said, *suggested[1:])


def _landed(points: FloatArray, expected: Bounds | None) -> list[tuple[str, float]]:
    """Return the systems in which points land, with the share of them, best first."""
    if expected is None or not tells_systems_apart(expected):
        return degree_systems(points, area=expected or CHINA) or prefixed_systems(points)
    return degree_systems(points, area=expected) or projected_systems(points, area=expected)


def _swapped(points: FloatArray, declared: CRS, expected: Bounds) -> list[Suggestion]:
    """Suspect that x and y have changed places."""
    share = share_landed(points[:, ::-1], crs=declared, area=expected)
    return _voiced(Suspicion.AXES_SWAPPED, share=share, crs=identify(declared), swapped=True)


def _degrees(points: FloatArray, declared: CRS, expected: Bounds) -> list[Suggestion]:
    """Suspect that a projected system is declared for longitudes and latitudes."""
    if not declared.is_projected:
        return []
    base = declared.geodetic_crs
    code = identify(base) if base is not None else "EPSG:4326"
    for swapped in (False, True):
        turned = points[:, ::-1] if swapped else points
        share = float(inside_area(turned, area=expected).mean())
        if share >= LANDED:
            return _voiced(Suspicion.DEGREES_AS_METRES, share=share, crs=code, swapped=swapped)
    return []


def _other_systems(points: FloatArray, declared: CRS, expected: Bounds) -> list[Suggestion]:
    """Suspect another system, the most like the declared one, of those in which the points land right."""
    for swapped in (False, True):
        turned = points[:, ::-1] if swapped else points
        landed = projected_systems(turned, area=expected)
        ranked = sorted(
            ((_unlike(declared, CRS.from_user_input(code)), rank) for rank, (code, _) in enumerate(landed))
        )
        if ranked:
            code, share = landed[ranked[0][1]]
            suspicion = _difference(declared, CRS.from_user_input(code))
            return _voiced(suspicion, share=share, crs=code, swapped=swapped)
    return []


def _feet(points: FloatArray, declared: CRS, expected: Bounds) -> list[Suggestion]:
    """Suspect feet labelled metres, or metres labelled feet.

    The two feet differ by 2 in a million and land in the same place: the survey foot is said where
    the datum is North American.
    """
    if not declared.is_projected:
        return []
    american = declared.datum is not None and declared.datum.name.startswith("North American")
    foot_m = US_SURVEY_FOOT_M if american else INTERNATIONAL_FOOT_M
    if unit_m(declared) == 1.0:
        kind = Suspicion.US_SURVEY_FEET_AS_METRES if american else Suspicion.INTERNATIONAL_FEET_AS_METRES
        return _voiced(kind, share=share_landed(points * foot_m, crs=declared, area=expected), crs=None)
    share = share_landed(points / unit_m(declared), crs=declared, area=expected)
    return _voiced(Suspicion.METRES_AS_FEET, share=share, crs=None)


def _unlike(declared: CRS, other: CRS) -> tuple[bool, bool, bool, bool]:
    """Return how a system differs from the declared one, for sorting: the most alike first."""
    return (
        _base(declared) != _base(other),
        meridian_deg(declared) != meridian_deg(other),
        declared.is_projected and ("3-degree" in declared.name) != ("3-degree" in other.name),
        false_easting_m(declared) != false_easting_m(other),
    )


def _difference(declared: CRS, other: CRS) -> Suspicion:
    """Name what is different between the declared system and the one in which the points land right."""
    if not declared.is_projected:
        return Suspicion.METRES_AS_DEGREES if other.is_projected else Suspicion.OTHER_CRS
    if unit_m(declared) != unit_m(other):
        return _unit_difference(declared, other)
    if _base(declared) != _base(other) or None in {meridian_deg(declared), meridian_deg(other)}:
        return Suspicion.OTHER_CRS
    if meridian_deg(declared) != meridian_deg(other):
        return Suspicion.WRONG_ZONE
    prefixed, other_prefixed = ((false_easting_m(crs) or 0.0) >= METRES_A_ZONE for crs in (declared, other))
    if prefixed == other_prefixed:
        return Suspicion.WRONG_ZONE
    return Suspicion.ZONE_PREFIX_MISSING if prefixed else Suspicion.ZONE_PREFIX_EXTRA


def _unit_difference(declared: CRS, other: CRS) -> Suspicion:
    """Name the mix-up of units between two systems."""
    if unit_m(declared) != 1.0:
        return Suspicion.METRES_AS_FEET
    if unit_m(other) == INTERNATIONAL_FOOT_M:
        return Suspicion.INTERNATIONAL_FEET_AS_METRES
    return Suspicion.US_SURVEY_FEET_AS_METRES


def _base(crs: CRS) -> str | None:
    """Return the code of the datum's longitudes and latitudes."""
    return None if crs.geodetic_crs is None else identify(crs.geodetic_crs)


def _voiced(
    suspicion: Suspicion, *, share: float, crs: str | None, swapped: bool = False
) -> list[Suggestion]:
    """Return a suspicion if enough of the points would land."""
    if share < LANDED:
        return []
    return [_suggestion(suspicion, share=share, crs=crs, swapped=swapped, rivals=False, first=True)]


def _suggestion(
    suspicion: Suspicion, *, share: float, crs: str | None, swapped: bool, rivals: bool, first: bool
) -> Suggestion:
    """Put a suspicion into words, with how sure it is."""
    sure: Confidence = "high" if share >= SURE and not rivals else "medium"
    said = message(f"crs.looks_{suspicion.value}", percent=100.0 * share)
    if crs is not None:
        named = message("crs.looks_declare", crs=describe(CRS.from_user_input(crs)))
        said = message("crs.note_and", first=said, second=named)
    if swapped and suspicion is not Suspicion.AXES_SWAPPED:
        said = message("crs.note_and", first=said, second=message("crs.looks_swapped_too"))
    return Suggestion(
        suspicion=suspicion,
        message=said,
        confidence=sure if first else "low",
        crs=crs,
        swapped=swapped,
        share=share,
    )
