"""AT01: one id, one indicator, two values."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lantu.messages import message
from lantu.relations import Same
from lantu.rules.base import PairRule, Partner
from lantu.rules.identity import has_own_id
from lantu.rules.recorded_area import AREA_COLUMNS, unit_mistake
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.messages import Message
    from lantu.model import BoolArray, FloatArray, Layer, ObjectArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

INDICATORS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "far": {"land.parcel": "far_ratio", "plan.plot": "far_max"},
        "height": {"land.parcel": "height_limit_m", "plan.plot": "height_max_m"},
        "density": {"plan.plot": "density_max_ratio"},
        "green": {"plan.plot": "green_min_ratio"},
        "area": AREA_COLUMNS,
    }
)
"""Which column of each standard holds an indicator."""

UNITS: Mapping[str, str] = MappingProxyType({"height": "m", "area": "m2"})
"""Unit of an indicator in a finding; all others are pure numbers."""

ROUNDING = 1e-9
"""2.505 and 2.5 differ by 0.005 and a bit in binary; that is still no more than 0.005."""


@dataclass(frozen=True, kw_only=True)
class IndicatorDiffers(PairRule):
    """Two layers give one indicator of one parcel or plot two values.

    *What it finds*

    Parcels or plots of two layers with one id, for which plot ratio, height limit, building density,
    green ratio or recorded area differ by more than rounding. One finding per indicator. A value that one
    side lacks is not compared.

    *Why it matters*

    A permit is measured against the indicator. With two of them, what one department approves the other
    takes for a violation.

    *Basis*

    The planning conditions (规划条件) of a parcel are one set, part of its land contract: 城乡规划法 38, 39.

    *Example*

    Plot A-1 has a maximum plot ratio of 2.5 in layer detailed and of 2.0 in layer permits.

    *How to resolve*

    The approved document with the later date holds; the other layer takes its value over. Name the
    authority for the column in the blueprint.

    *Trap*

    A parcel's registered plot ratio may be what is built, the plan's the limit: lower is then no
    contradiction. Density and green ratio are compared as shares, not as percent.
    """

    code: ClassVar[str] = "AT01"
    name: ClassVar[str] = "indicator-differs"
    subjects: ClassVar[tuple[str, ...]] = ("land.parcel", "plan.plot")
    against: ClassVar[tuple[str, ...]] = ("land.parcel", "plan.plot")
    partner: ClassVar[Partner] = "siblings"
    reveals: ClassVar[tuple[str, ...]] = tuple(
        sorted({column for columns in INDICATORS.values() for column in columns.values()})
    )
    ratio_tolerance: float = 0.005
    height_tolerance_m: float = 0.05
    area_tolerance_m2: float = 1.0
    area_tolerance_share: float = 0.001

    @property
    def relation(self) -> Relation:
        """Return identity by id."""
        return Same()

    def does_not_fit(self, a: Layer, others: tuple[Layer, ...]) -> Message | None:
        """Return that no indicator has values in both layers, if so: then none was compared."""
        for b in others:
            columns = [(of.get(a.standard, ""), of.get(b.standard, "")) for of in INDICATORS.values()]
            if not any(a.has(one) and b.has(other) for one, other in columns):
                return message("rules.AT01.nothing_shared", layer_a=a.name, layer_b=b.name)
        return None

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return features with a delivered id."""
        return has_own_id(layer)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return features with a delivered id."""
        return has_own_id(layer)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return one finding per pair and indicator that differs.

        A parcel and a plot that share an id and no ground are two things with one name, not one thing.
        """
        one_thing = np.ones(len(pairs), dtype=np.bool_)
        if pairs.b is not None and pairs.a.standard != pairs.b.standard:
            one_thing = np.asarray(pairs["iou"] > 0, dtype=np.bool_)
        parts = [self._compared(pairs, name, one_thing) for name in INDICATORS]
        found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        at = found["at"].astype(np.int64)
        difference = np.abs(found["a"] - found["b"])
        return verdict(
            pairs.rows_a[at],
            pairs.rows_b[at],
            severity=self.severity,
            field=found["field"],
            value_a=_figures(found["a"]),
            value_b=_figures(found["b"]),
            raw_a=found["raw_a"],
            raw_b=found["raw_b"],
            measure=difference,
            unit=found["unit"],
            required=0.0,
            tolerance=found["tolerance"],
            part=found["part"],
            cause=found["cause"],
            shape=pairs.subject.geometry[at],
            facts={"unit_sign": _signs(found["unit"])},
        )

    def _compared(self, pairs: Pairs, name: str, one_thing: BoolArray) -> dict[str, Any]:
        """Return the pairs that differ in one indicator, and both values, column by column."""
        column_a = INDICATORS[name].get(pairs.a.standard, "")
        column_b = INDICATORS[name].get(pairs.b.standard, "") if pairs.b is not None else ""
        a, b = pairs.subject.numbers(column_a), pairs.other.numbers(column_b)
        tolerance = self._tolerance(name, a, b)
        at = np.flatnonzero((np.abs(a - b) > tolerance) & one_thing)  # False where a value is missing
        differing = pairs.take(at)
        cause = _unit_cause(pairs) if name == "area" and len(at) else None
        same = {"field": column_a, "unit": UNITS.get(name, "1"), "part": name, "cause": cause}
        return {
            "at": at,
            "a": a[at],
            "b": b[at],
            "tolerance": tolerance[at],
            "raw_a": differing.subject.raw(column_a),
            "raw_b": differing.other.raw(column_b),
            **{key: np.full(len(at), value, dtype=object) for key, value in same.items()},
        }

    def _tolerance(self, name: str, a: FloatArray, b: FloatArray) -> FloatArray:
        """Return what two values of an indicator may differ by, shape (n,)."""
        if name == "area":
            larger = np.fmax(np.abs(a), np.abs(b))
            return np.fmax(self.area_tolerance_m2, self.area_tolerance_share * larger)
        limit = self.height_tolerance_m if name == "height" else self.ratio_tolerance
        return np.full(len(a), limit * (1.0 + ROUNDING))


def _unit_cause(pairs: Pairs) -> str | None:
    """Return the layer whose areas are in a wrong unit (DA10): one cause for all differences of area."""
    for layer in (pairs.a, pairs.b):
        if layer is not None and unit_mistake(layer) is not None:
            return f"{layer.name}: {AREA_COLUMNS[layer.standard]}"
    return None


def _signs(units: ObjectArray) -> ObjectArray:
    """Return each unit as a sentence writes it behind a number."""
    said = np.full(len(units), "", dtype=object)
    for unit in ("m", "m2"):
        said[units == unit] = message(f"rules.sign.{unit}")
    return said


def _figures(values: FloatArray) -> ObjectArray:
    return np.array([f"{value:.10g}" for value in values], dtype=object)
