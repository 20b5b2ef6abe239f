"""What every part of the sample shares: features, layers, the plane they are drawn on, the code lists."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

SEED = 370306
ORIGIN_M = (574_900.0, 4_073_700.0)
"""Easting and northing (EPSG:4548) of the plane's zero: about 117.84 E, 36.79 N."""

PLANE = "EPSG:4548"
AS_OF = dt.date(2026, 11, 23)

CONSTRUCTION = frozenset({
    "residential_urban", "residential_rural", "public_service", "commercial", "industrial", "warehouse",
    "transport", "utility", "green_open", "heritage",
})  # fmt: skip
"""Classes of the sample that are construction land (landuse_canonical.csv)."""

CODES: dict[str, dict[str, str]] = {
    "gbt21010-2017": {
        "cropland": "0102", "orchard": "0201", "forest": "0301", "grassland": "0404", "water": "1104",
        "residential_urban": "0701", "residential_rural": "0702", "public_service": "0803",
        "commercial": "0501", "industrial": "0601", "warehouse": "0604", "utility": "0809",
        "green_open": "0810", "transport": "1004",
    },
    "third-survey": {
        "cropland": "0102", "orchard": "0201", "forest": "0301", "grassland": "0404", "water": "1104",
        "residential_urban": "0701", "residential_rural": "0702", "public_service": "08H2",
        "commercial": "05H1", "industrial": "0601", "warehouse": "0508", "utility": "0809",
        "green_open": "0810", "transport": "1004",
    },
    "spatial-2023": {
        "cropland": "0102", "orchard": "0201", "forest": "0301", "grassland": "0403", "water": "1704",
        "residential_urban": "070102", "residential_rural": "070301", "public_service": "080403",
        "commercial": "090101", "industrial": "100102", "warehouse": "110101", "utility": "1303",
        "green_open": "1401", "transport": "1207", "heritage": "1504",
    },
    "gb50137-2011": {
        "residential_urban": "R2", "commercial": "B1", "industrial": "M2", "warehouse": "W1",
        "utility": "U12", "green_open": "G1", "transport": "S1", "water": "E1",
    },
}  # fmt: skip
"""Canonical class to a code that means it alone, by code list."""


@dataclass(eq=False)
class Feature:
    """One object of a department: its place, its canonical values, and what is delivered in their stead.

    ``raw`` holds texts that stand in the delivery in place of a value that cannot be written as one;
    ``delivered`` a geometry, already noisy, that stands there in place of ``geometry``.
    """

    id: str
    geometry: Any  # a shapely geometry in the plane, or None where it has no place
    values: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    delivered: Any = None
    unplaced: bool = False  # delivered without any geometry

    def __getitem__(self, column: str) -> Any:  # noqa: ANN401  # a canonical value of any type
        """Return a canonical value, None where there is none."""
        return self.values.get(column)


@dataclass(eq=False)
class Layer:
    """One delivery; ``accuracy_m`` is the stated standard error, ``noise_m`` the most that a point is off."""

    name: str
    standard: str
    accuracy_m: float
    noise_m: float
    features: list[Feature]
    codelist: str | None = None
    refused: bool = False

    def find(self, feature_id: str) -> Feature:
        """Return the first feature with this id."""
        return next(feature for feature in self.features if feature.id == feature_id)
