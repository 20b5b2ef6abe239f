"""What a benchmark district is made of: layers, cells, and what each cell is expected to show."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from shapely import Geometry

PITCH_M = 200.0
"""Cells stand this far apart; what is drawn in one stays 5 m away from the next."""
COLUMNS = 40
ORIGIN_M = (520_000.0, 4_070_000.0)
WORKING = "EPSG:4548"


@dataclass(frozen=True)
class Kind:
    """One layer of every district: its standard, who measured it, and how well."""

    standard: str
    department: str
    accuracy_m: float
    fields: dict[str, str]
    rigid: bool = False
    """Whether its objects are measured as a whole, as a house is, and not corner by corner."""


KINDS: dict[str, Kind] = {
    "parcels": Kind(
        "land.parcel", "land", 0.05, {"use_code": "DLBM", "area_registered_m2": "ZDMJ", "far_ratio": "RJL"}
    ),
    "registry": Kind("land.parcel", "housing", 0.10, {"area_registered_m2": "MJ", "far_ratio": "RJL"}),
    "survey": Kind("land.survey", "land", 0.30, {"use_code": "DLBM", "area_recorded_m2": "TBMJ"}),
    "plots": Kind(
        "plan.plot",
        "planning",
        0.20,
        {
            "use_code": "YDDM",
            "area_planned_m2": "YDMJ",
            "far_max": "RJLSX",
            "height_max_m": "XG",
            "density_max_ratio": "MDSX",
            "valid_from": "SXRQ",
            "valid_to": "YXQZ",
        },
    ),
    "plots_park": Kind(
        "plan.plot", "park", 0.20, {"use_code": "YDDM", "valid_from": "SXRQ", "valid_to": "YXQZ"}
    ),
    "lines": Kind("plan.control_line", "planning", 0.20, {"kind": "KZXLX"}),
    "sites": Kind("heritage.site", "heritage", 0.50, {"name": "MC", "grade": "JB"}),
    "zones": Kind(
        "heritage.zone", "heritage", 0.30, {"site_id": "WWBH", "kind": "FWLX", "height_limit_m": "XG"}
    ),
    "pipes": Kind(
        "utility.pipe",
        "municipal",
        0.05,
        {
            "medium": "GXLX",
            "diameter_mm": "GJ",
            "pressure": "YL",
            "start_depth_m": "QDMS",
            "end_depth_m": "ZDMS",
        },
    ),
    "pipes_water": Kind(
        "utility.pipe",
        "waterworks",
        0.10,
        {"medium": "GXLX", "diameter_mm": "GJ", "start_depth_m": "QDMS", "end_depth_m": "ZDMS"},
    ),
    "nodes": Kind("utility.node", "municipal", 0.05, {}),
    "buildings": Kind(
        "housing.building",
        "housing",
        0.10,
        {"height_m": "JZGD", "floors": "CS", "floor_area_m2": "JZMJ"},
        rigid=True,
    ),
    "roads": Kind("transport.road", "road", 0.15, {"name": "LM", "red_line_width_m": "HXKD"}),
    "roads_plan": Kind("transport.road", "planning", 0.20, {"name": "LM", "red_line_width_m": "HXKD"}),
    "water": Kind("water.zone", "water", 0.30, {"kind": "QLX"}),
    "towns": Kind("admin.area", "civil", 1.0, {"name": "XZQMC", "admin_level": "JB"}),
}


def tolerance_m(layer_a: str, layer_b: str) -> float:
    """Return the planimetric tolerance of two layers, 2·sqrt(a² + b²), by hand and not by Lantu."""
    return 2.0 * math.hypot(KINDS[layer_a].accuracy_m, KINDS[layer_b].accuracy_m)


@dataclass
class Feature:
    """One object of one layer; ``shape`` in metres from the cell's corner, ``columns`` by canonical name."""

    layer: str
    id: str
    shape: Geometry | None
    columns: dict[str, Any] = field(default_factory=dict)


@dataclass
class Cell:
    """A block of the district.

    ``strength`` is by how many tolerances its rule is broken, None where that cannot be measured.
    """

    number: int
    rule: str | None = None
    strength: float | None = None
    features: dict[str, Feature] = field(default_factory=dict)
    expected: dict[str, frozenset[str]] = field(default_factory=dict)
    aside: set[str] = field(default_factory=set)

    @property
    def corner_m(self) -> tuple[float, float]:
        """Return the cell's south-west corner in the working system."""
        row, column = divmod(self.number, COLUMNS)
        return ORIGIN_M[0] + column * PITCH_M, ORIGIN_M[1] + row * PITCH_M

    def put(
        self, role: str, layer: str, shape: Geometry | None, *, key: str | None = None, **columns: object
    ) -> None:
        """Draw an object; two layers that draw the same thing give the same ``key`` and so the same id."""
        self.features[role] = Feature(layer, self.identify(layer, key or role), shape, columns)

    def identify(self, layer: str, key: str) -> str:
        """Return the id of an object: a parcel code of 19 characters, or letters and the cell's number."""
        if layer in {"parcels", "registry"}:
            serial = sum(ord(letter) * 31**place for place, letter in enumerate(key)) % 90_000 + 1
            return f"370306{self.number // 900 + 1:03d}{self.number % 900 + 1:03d}GB{serial:05d}"
        return f"{layer[:2].upper()}{self.number:05d}{key}"

    def reshape(self, role: str, shape: Geometry | None) -> None:
        """Draw an object differently."""
        self.features[role].shape = shape

    def change(self, role: str, **columns: object) -> None:
        """Give an object other values."""
        self.features[role].columns.update(columns)

    def remove(self, *roles: str) -> None:
        """Take objects out of their layers."""
        for role in roles:
            del self.features[role]

    def expect(self, rule: str, *roles: str) -> None:
        """Say that the rule is broken here, and which objects a right finding names on either side."""
        ids = frozenset(self.features[role].id for role in roles)
        self.expected[rule] = self.expected.get(rule, frozenset()) | ids

    def tolerate(self, *rules: str) -> None:
        """Name rules that are broken here too, though not at a known strength."""
        self.aside.update(rules)

    def placed(self, feature: Feature) -> Geometry | None:
        """Return where an object stands in the working system."""
        if feature.shape is None:
            return None
        east_m, north_m = self.corner_m
        return shapely.transform(feature.shape, lambda corners: corners + np.array([east_m, north_m]))
