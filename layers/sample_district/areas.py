"""The areas that departments record: of their own outlines, on the ellipsoid, in their own units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyproj import Geod, Transformer
from shapely import transform

from sample_district.base import PLANE

if TYPE_CHECKING:
    from shapely import Geometry

    from sample_district.base import Feature
    from sample_district.sample import Sample

COLUMN = {
    "land.parcel": "area_registered_m2",
    "land.survey": "area_recorded_m2",
    "plan.plot": "area_planned_m2",
}
ELLIPSOID = Geod(ellps="GRS80")
TO_DEGREES = Transformer.from_crs(PLANE, "EPSG:4490", always_xy=True)


def in_degrees(geometry: Geometry) -> Geometry:
    """Return a geometry of the plane in longitude and latitude, CGCS2000."""
    return transform(geometry, TO_DEGREES.transform, interleaved=False)


def ground_area_m2(geometry: Geometry) -> float:
    """Return the area on the ellipsoid."""
    area, _ = ELLIPSOID.geometry_area_perimeter(in_degrees(geometry))
    return abs(float(area))


def record_areas(sample: Sample) -> None:
    """Write the recorded area of parcels, patches and plots; second editions copy the first one's number."""
    for layer in sample.layers.values():
        column = COLUMN.get(layer.standard)
        if column is None:
            continue
        first = {"housing_parcels": "parcels", "plots_park": "plots"}.get(layer.name)
        known = {one.id: one for one in sample[first]} if first else {}
        for feature in layer.features:
            feature.values[column] = _recorded(feature, known.get(feature.id), column)
            if feature.id in known and known[feature.id]["stated"]:
                feature.values["stated"] = known[feature.id]["stated"]


def _recorded(feature: Feature, first: Feature | None, column: str) -> float:
    if first is not None and not feature["redrawn"]:
        return float(first[column])
    return round(ground_area_m2(feature.geometry) * (feature["stated"] or 1.0), 2)
