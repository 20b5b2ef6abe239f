"""DA10: the unit of recorded areas looks wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.messages import message
from lantu.rules.base import LayerRule
from lantu.rules.recorded_area import AREA_COLUMNS, MAX_DEVIATION_RATIO, unit_mistake
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import BlueprintFacts, Layer
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class UnitLooksWrong(LayerRule):
    """The recorded areas of a layer are in another unit than the blueprint says.

    *What it finds*

    A layer whose recorded areas, at the median, are 666.67, 10 000, 1 000 000 times the drawn ones, or
    another ratio of two units of area (m², mu, ha, km²), or its inverse, to within max_deviation_ratio.
    One finding for the layer; GE05 then leaves the layer alone.

    *Why it matters*

    Otherwise one wrong word in the blueprint comes back as ten thousand wrong areas, and plot ratios and
    totals are wrong by the same factor.

    *Basis*

    Recorded area over area of the geometry; ratios between units, tolerance.md section 3.

    *Example*

    The median parcel has 0.0015 times its drawn area on record: the numbers are mu and were read as m².

    *How to resolve*

    State the unit under units of the layer in the blueprint, e.g. area_registered_m2 = "mu". If the
    numbers really are in the stated unit, the drawing is in the wrong scale or unit of length.

    *Trap*

    A ratio of exactly 10 000 or 1/10 000 may come from coordinates in another unit of length (decimetres,
    cm) as well; look at whether the layer lies where it should.
    """

    code: ClassVar[str] = "DA10"
    name: ClassVar[str] = "unit-looks-wrong"
    subjects: ClassVar[tuple[str, ...]] = tuple(AREA_COLUMNS)
    max_deviation_ratio: float = MAX_DEVIATION_RATIO

    def lacks(self, layer: Layer) -> str | None:
        """Return the column of recorded areas where it is empty."""
        column = AREA_COLUMNS[layer.standard]
        return None if layer.has(column) else column

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:  # noqa: ARG002  # the layer says it all
        """Return one finding on the layer when its median ratio is that of two units."""
        found = unit_mistake(layer, max_deviation_ratio=self.max_deviation_ratio)
        if found is None:
            return verdict(np.empty(0, dtype=np.int64), severity=self.severity)
        return verdict(
            np.array([-1]),
            severity=self.severity,
            field=AREA_COLUMNS[layer.standard],
            value_a=found.seems,
            value_b=found.read_as,
            measure=found.median_ratio,
            unit="1",
            required=1.0,
            tolerance=self.max_deviation_ratio,
            cause=f"{found.seems} / {found.read_as}",
            facts={
                "seems": message(f"rules.unit.{found.seems}"),
                "read_as": message(f"rules.unit.{found.read_as}"),
                "unit_ratio": found.unit_ratio,
            },
        )
