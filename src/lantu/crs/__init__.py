"""Trust in coordinates: naming systems, choosing operations, refusing guesses, projecting, fitting."""

from lantu.crs.area import areal_scales, ellipsoidal_area_m2
from lantu.crs.choice import WGS84_CGCS2000_ACCURACY_M, choose_operation
from lantu.crs.control_points import ControlPoints, read_control_points
from lantu.crs.densify import densify
from lantu.crs.diagnosis import Suggestion, Suspicion, crs_candidates, diagnose, suggest_crs
from lantu.crs.extent import Bounds, grow, lonlat_bounds, lonlat_extent, lonlat_points, outside_area
from lantu.crs.fitting import ControlFit, fit
from lantu.crs.identity import MIN_CONFIDENCE, canonical, describe, identify, parse_crs, same_crs
from lantu.crs.operation import Applied, Operation
from lantu.crs.stated import stated_operation
from lantu.crs.web_map_traces import LIKE_M as WEB_MAP_LIKE_M
from lantu.crs.web_map_traces import WebMapTrace, in_web_map, web_map_between
from lantu.crs.web_maps import ACCURACY_M as WEB_MAP_ACCURACY_M
from lantu.crs.web_maps import (
    WEB_MAPS,
    WebMap,
    from_web_map,
    to_web_map,
    web_map_crs,
    web_map_named,
)
from lantu.crs.working import AUTO, stretch_note, working_crs, zone_at

__all__ = [
    "AUTO",
    "MIN_CONFIDENCE",
    "WEB_MAPS",
    "WEB_MAP_ACCURACY_M",
    "WEB_MAP_LIKE_M",
    "WGS84_CGCS2000_ACCURACY_M",
    "Applied",
    "Bounds",
    "ControlFit",
    "ControlPoints",
    "Operation",
    "Suggestion",
    "Suspicion",
    "WebMap",
    "WebMapTrace",
    "areal_scales",
    "canonical",
    "choose_operation",
    "crs_candidates",
    "densify",
    "describe",
    "diagnose",
    "ellipsoidal_area_m2",
    "fit",
    "from_web_map",
    "grow",
    "identify",
    "in_web_map",
    "lonlat_bounds",
    "lonlat_extent",
    "lonlat_points",
    "outside_area",
    "parse_crs",
    "read_control_points",
    "same_crs",
    "stated_operation",
    "stretch_note",
    "suggest_crs",
    "to_web_map",
    "web_map_between",
    "web_map_crs",
    "web_map_named",
    "working_crs",
    "zone_at",
]
