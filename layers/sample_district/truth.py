"""What a check must find: every rule read literally, in plain loops over the measured geometry.

Nothing here uses Lantu. A pair's tolerance is 2·sqrt(a² + b²); an overlap counts when it is wider than that
somewhere: when something of it is left after taking half the tolerance off all round.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from shapely import STRtree

from sample_district.base import AS_OF
from sample_district.plant_data import unique_ids
from sample_district.sample import Sample, Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shapely import Geometry

    from sample_district.base import Feature, Layer

    Fits = Callable[[Feature], bool]

LEAST_M2 = {
    "GE02": 1.0, "LU01": 50.0, "LU02": 50.0, "LU03": 10.0, "LU04": 10.0, "LU05": 100.0, "LU06": 50.0,
    "LU08": 50.0, "HE01": 1.0, "HE02": 1.0, "HE03": 10.0, "SW01": 10.0, "SW02": 100.0,
    "SW03": 400.0, "BU01": 2.0,
    "RO03": 1.0, "RO04": 5.0, "LU09": 10.0, "TE02": 50.0, "HE06": 10.0, "HE07": 10.0,
}  # fmt: skip
LEAST_SHARE = {"LU01": 0.05, "LU06": 0.10, "LU07": 0.10, "BU01": 0.05, "BU02": 0.5, "LU09": 0.05}
LEAST_M = {"HE04": 1.0, "PI01": 0.5, "PI03": 2.0, "PI06": 5.0, "RO01": 20.0}
"""Smallest area, share of the subject and length that a rule speaks of: its parameters as shipped."""


class Places:
    """The features of a sample that have a place, findable by it, and the truth as it is collected."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.found: list[Truth] = []
        self.ids = {layer.name: unique_ids(layer) for layer in sample.layers.values()}
        self.placed = {
            layer.name: [one for one in layer.features if one.geometry is not None]
            for layer in sample.layers.values()
        }
        self.trees = {
            name: STRtree([one.geometry for one in features]) for name, features in self.placed.items()
        }

    def of(self, standard: str) -> list[Layer]:
        """Return the layers of a standard, in the order of the blueprint."""
        return [layer for layer in self.sample.layers.values() if layer.standard == standard]

    def near(self, layer: Layer, geometry: Geometry, within_m: float = 0.0) -> list[Feature]:
        """Return the features of a layer whose geometry comes within a distance."""
        hits = self.trees[layer.name].query(geometry, predicate="dwithin", distance=within_m)
        return [self.placed[layer.name][k] for k in sorted(hits.tolist())]

    def add(
        self,
        rule: str,
        a: tuple[Layer, Feature | None],
        b: tuple[Layer, Feature | None] | None = None,
        **more: str,
    ) -> None:
        """Note a finding on a feature, or on a feature and another."""
        id_a, id_b = self._id(a), self._id(b) if b else ""
        layer_b = b[0].name if b else ""
        self.found.append(
            Truth(rule, more.get("verdict", "conflict"), a[0].name, id_a, layer_b, id_b, more.get("note", ""))
        )

    def _id(self, end: tuple[Layer, Feature | None]) -> str:
        return self.ids[end[0].name][end[1]] if end[1] is not None else ""

    def overlaps(
        self, a: Layer, b: Layer, fits_a: Fits, fits_b: Fits
    ) -> Iterator[tuple[Feature, Feature, Geometry]]:
        """Yield each pair that fits and shares ground wider than the tolerance, with that ground."""
        wide_m = tolerance_m(a, b)
        for one in self.placed[a.name]:
            if not fits_a(one):
                continue
            for other in self.near(b, one.geometry):
                if other is one or not fits_b(other):
                    continue
                shared = one.geometry.intersection(other.geometry)
                if shared.area > 0 and not shared.buffer(-wide_m / 2).is_empty:
                    yield one, other, shared


def tolerance_m(a: Layer, b: Layer) -> float:
    """Return the tolerance of a pair of layers."""
    return 2.0 * math.hypot(a.accuracy_m, b.accuracy_m)


def large(rule: str, area_m2: float, subject: Feature) -> bool:
    """Say whether an area is as large, in itself and as a share of the subject, as a rule asks for."""
    assert subject.geometry is not None  # noqa: S101  # only placed features overlap
    enough = area_m2 >= LEAST_M2.get(rule, 0.0)
    return bool(enough and area_m2 / subject.geometry.area >= LEAST_SHARE.get(rule, 0.0))


def any_feature(_feature: Feature) -> bool:
    """Fit every feature."""
    return True


def kind_is(*kinds: str) -> Callable[[Feature], bool]:
    """Fit features of these kinds."""
    return lambda feature: feature["kind"] in kinds


def in_force(plot: Feature) -> bool:
    """Fit plots whose plan is in force on the day; others judge nothing."""
    day = AS_OF.isoformat()
    return (plot["valid_from"] or "") <= day <= (plot["valid_to"] or "9999")
