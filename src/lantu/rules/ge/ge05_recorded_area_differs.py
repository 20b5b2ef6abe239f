"""GE05: the recorded area is not the area of the geometry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import shapely

from lantu.crs import ellipsoidal_area_m2
from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.relations import Alone
from lantu.relations.index import index_of
from lantu.rules.base import PairRule
from lantu.rules.recorded_area import (
    AREA_COLUMNS,
    area_deviation_m2,
    recorded_m2,
    surely_within,
    unit_mistake,
)
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class RecordedAreaDiffers(PairRule):
    """The area on record is not the area of the geometry.

    *What it finds*

    A parcel, survey patch or plot whose recorded area differs from the area of its boundary on the
    ellipsoid by more than two standard deviations of that area, and by more than min_difference_m2 and
    min_difference_ratio of the recorded area.

    *Why it matters*

    Land is paid, taxed and compensated by its recorded area. A difference beyond the accuracy of the
    boundary means that the record and the drawing are not of the same parcel any more.

    *Basis*

    Error propagation: the area's variance is a quarter of the point variance times the sum of the squared
    distances between each vertex's neighbours (tolerance.md section 3). Ellipsoidal area as in the third
    national land survey.

    *Example*

    Parcel P1 has 10 500 m² on record; its boundary, 100 m by 100 m, encloses 10 000 m²; boundary points
    of 5 cm explain 14 m².

    *How to resolve*

    Find which of the two changed last: a boundary redrawn without the register, or a certificate that
    kept its old figure. The register is corrected, or the boundary is surveyed again.

    *Trap*

    Areas computed in the projection differ from the ellipsoid's by up to 0.03 % at the edge of a 3-degree
    zone and more on a compensated height plane: the projected area stands beside it. A parcel with a hole
    not drawn, or the share of a jointly held parcel, differs honestly.
    """

    code: ClassVar[str] = "GE05"
    name: ClassVar[str] = "recorded-area-differs"
    subjects: ClassVar[tuple[str, ...]] = tuple(AREA_COLUMNS)
    severity: Severity = "minor"
    min_difference_m2: float = 1.0
    min_difference_ratio: float = 0.001  # no more than projection and rounding explain

    @property
    def relation(self) -> Relation:
        """Return each feature by itself."""
        return Alone()

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return features with a recorded area and a geometry; none where DA10 says the unit is wrong."""
        if unit_mistake(layer) is not None:
            return np.zeros(len(layer), dtype=np.bool_)
        drawn = index_of(layer).dimension >= 0
        return np.asarray(np.isfinite(recorded_m2(layer)) & drawn, dtype=np.bool_)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return features whose difference no error of the boundary explains."""
        column, crs = AREA_COLUMNS[pairs.a.standard], pairs.a.frame.crs
        geometry, recorded = pairs.subject.geometry, pairs.subject.numbers(column)
        floor = np.maximum(self.min_difference_m2, self.min_difference_ratio * np.abs(recorded))
        open_ = np.flatnonzero(~surely_within(floor, geometry, recorded, working_crs=crs))
        pairs, geometry, recorded, floor = pairs.take(open_), geometry[open_], recorded[open_], floor[open_]
        drawn = ellipsoidal_area_m2(geometry, working_crs=crs)
        tolerance = 2.0 * area_deviation_m2(geometry, accuracy_m=pairs.a.accuracy_m)
        difference = np.abs(recorded - drawn)
        found = difference > np.maximum(tolerance, floor)
        return verdict(
            pairs.rows_a[found],
            severity=self.severity,
            field=column,
            value_a=_figures(recorded[found]),
            value_b=_figures(drawn[found]),
            raw_a=pairs.subject.raw(column)[found],
            measure=difference[found],
            unit="m2",
            required=floor[found],
            tolerance=tolerance[found],
            shape=geometry[found],
            facts={
                "recorded_m2": recorded[found],
                "drawn_m2": drawn[found],
                "projected_m2": shapely.area(geometry[found]),
                "ratio": difference[found] / np.maximum(drawn[found], 1e-9),
            },
        )


def _figures(areas: np.ndarray) -> np.ndarray:
    return np.array([f"{area:.2f}" for area in areas], dtype=object)
