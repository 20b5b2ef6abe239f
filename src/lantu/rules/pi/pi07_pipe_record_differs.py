"""PI07: one pipe, two records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import shapely

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.relations import Same
from lantu.rules.base import PairRule, Partner
from lantu.rules.heights import as_text
from lantu.rules.identity import has_own_id
from lantu.rules.land_use import is_missing
from lantu.rules.pi.pipes import DEPTHS, DIAMETER, MEDIUM, PIPE, depth_error_m
from lantu.rules.verdict import verdict
from lantu.rules.wording import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray
    from lantu.relations import Columns, Pairs, Relation
    from lantu.rules.verdict import Verdict

POSITION = "geometry"
EXACT = 1e-9
"""1.2 and 1.0 differ by 0.2 and less than this in binary; that is still no more than 0.2."""

MM = 0.001


@dataclass(frozen=True)
class _Difference:
    """Pairs, by position, that differ in one field: both values, by how much, and the tolerance."""

    field: str
    at: IntArray
    value_a: ObjectArray
    value_b: ObjectArray
    measure_m: FloatArray
    tolerance_m: FloatArray


@dataclass(frozen=True, kw_only=True)
class PipeRecordDiffers(PairRule):
    """Two layers hold one pipe with different values.

    *What it finds*

    Pipes of two layers with one id whose medium, diameter, depth at either end, or position differ: diameters
    by more than diameter_tolerance_mm, depths by more than the error of both (depth_accuracy_m, or 7.5 % of
    the depth, of 1 m at least), lines by more than the tolerance of the two layers. One finding per field. A
    value that one side lacks is not compared; a pipe drawn from its other end is compared end for end. Pipes
    more than max_apart_m apart, or of two media and in two places, only share a number and are left alone.

    *Why it matters*

    Whoever digs looks into one of the two records. What the other says is what the shovel meets.

    *Basis*

    CJJ 61-2017 (one record for each pipe between two points); 城市地下管线工程档案管理办法.

    *Example*

    Pipe JS-042 has a diameter of 300 mm with the water company and of 200 mm with the municipality.

    *How to resolve*

    The record made from the open trench goes before the detected one, the later before the earlier; the other
    department takes its value over. Where both were detected, one is measured again.

    *Trap*

    Plastic pipes are named by their outer diameter, iron ones by the inner: De110 and DN100 are one pipe. A
    pipe that was renewed keeps its number.
    """

    code: ClassVar[str] = "PI07"
    name: ClassVar[str] = "pipe-record-differs"
    subjects: ClassVar[tuple[str, ...]] = (PIPE,)
    against: ClassVar[tuple[str, ...]] = (PIPE,)
    partner: ClassVar[Partner] = "siblings"
    reveals: ClassVar[tuple[str, ...]] = (MEDIUM, DIAMETER, *DEPTHS)
    severity: Severity = "minor"
    diameter_tolerance_mm: float = 1.0
    depth_accuracy_m: float | None = None
    max_apart_m: float = 100.0

    @property
    def relation(self) -> Relation:
        """Return identity by id."""
        return Same()

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return pipes with a delivered id."""
        return has_own_id(layer)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return pipes with a delivered id."""
        return has_own_id(layer)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return one finding per pair and field that differs."""
        pairs = pairs.take(self._one_pipe(pairs))
        found = [one for one in self._differences(pairs) if len(one.at)]
        sizes = [len(one.at) for one in found]
        at = _joined([one.at for one in found], np.int64)
        fields = np.repeat(np.array([one.field for one in found], dtype=object), sizes)
        moved = fields == POSITION
        shape = pairs.subject.geometry[at]
        shape[moved] = pairs.shape(at[moved])
        said = np.full(len(at), None, dtype=object)
        said[moved] = "rules.PI07.position"
        raw_a, raw_b = (_raw(side, at, fields) for side in (pairs.subject, pairs.other))
        return verdict(
            pairs.rows_a[at],
            pairs.rows_b[at],
            severity=self.severity,
            field=fields,
            value_a=_joined([one.value_a for one in found], object),
            value_b=_joined([one.value_b for one in found], object),
            raw_a=raw_a,
            raw_b=raw_b,
            measure=_joined([one.measure_m for one in found], np.float64),
            unit=where(fields != MEDIUM, "m"),
            tolerance=_joined([one.tolerance_m for one in found], np.float64),
            part=fields,
            message=said,
            shape=shape,
        )

    def _one_pipe(self, pairs: Pairs) -> BoolArray:
        """Return which pairs can be one pipe: near each other, and of one medium or in one place."""
        apart_m = shapely.distance(pairs.subject.geometry, pairs.other.geometry)
        medium_a, medium_b = pairs.subject[MEDIUM], pairs.other[MEDIUM]
        alike = (medium_a == medium_b) | is_missing(medium_a) | is_missing(medium_b)
        placed = ~np.isnan(apart_m)  # without a place on either side only the number is left to go by
        near = (apart_m <= self.max_apart_m) & (alike | (pairs["deviation_m"] <= pairs.tolerance_m))
        return np.asarray(near | (~placed & alike), dtype=np.bool_)

    def _differences(self, pairs: Pairs) -> Iterator[_Difference]:
        medium_a, medium_b = pairs.subject[MEDIUM], pairs.other[MEDIUM]
        at = np.flatnonzero((medium_a != medium_b) & ~is_missing(medium_a) & ~is_missing(medium_b))
        nothing = np.full(len(at), np.nan)
        yield _Difference(MEDIUM, at, medium_a[at], medium_b[at], nothing, nothing)
        size_a, size_b = pairs.subject.numbers(DIAMETER), pairs.other.numbers(DIAMETER)
        limit_m = np.full(len(pairs), self.diameter_tolerance_mm * MM)
        yield _differing(DIAMETER, size_a, size_b, limit_m, unit_m=MM)
        turned = _turned(pairs)
        for column, opposite in (DEPTHS, DEPTHS[::-1]):
            depth_a = pairs.subject.numbers(column)
            depth_b = np.where(turned, pairs.other.numbers(opposite), pairs.other.numbers(column))
            error_a, error_b = (depth_error_m(depth, self.depth_accuracy_m) for depth in (depth_a, depth_b))
            yield _differing(column, depth_a, depth_b, 2.0 * np.hypot(error_a, error_b))
        at = np.flatnonzero(pairs["wide"] > 0)
        blank = np.full(len(at), None, dtype=object)
        tolerance_m = np.full(len(at), pairs.tolerance_m)
        yield _Difference(POSITION, at, blank, blank, pairs["deviation_m"][at], tolerance_m)


def _differing(
    column: str, a: FloatArray, b: FloatArray, tolerance_m: FloatArray, *, unit_m: float = 1.0
) -> _Difference:
    """Return the pairs whose numbers differ by more than the tolerance; none where one is missing."""
    apart_m = np.abs(a - b) * unit_m
    at = np.flatnonzero(apart_m > tolerance_m + EXACT)
    shown_a, shown_b = (np.array(as_text(values[at]), dtype=object) for values in (a, b))
    return _Difference(column, at, shown_a, shown_b, apart_m[at], tolerance_m[at])


def _turned(pairs: Pairs) -> BoolArray:
    """Return which pairs were drawn from opposite ends."""
    ends = [
        (shapely.get_point(side.geometry, 0), shapely.get_point(side.geometry, -1))
        for side in (pairs.subject, pairs.other)
    ]
    (start_a, end_a), (start_b, end_b) = ends
    as_drawn_m = shapely.distance(start_a, start_b) + shapely.distance(end_a, end_b)
    turned_m = shapely.distance(start_a, end_b) + shapely.distance(end_a, start_b)
    return np.asarray(turned_m < as_drawn_m, dtype=np.bool_)


def _raw(side: Columns, at: IntArray, fields: ObjectArray) -> ObjectArray:
    """Return what was delivered in the field of each entry."""
    said = np.full(len(at), None, dtype=object)
    for column in (MEDIUM, DIAMETER, *DEPTHS):
        here = fields == column
        said[here] = side.raw(column)[at[here]]
    return said


def _joined(parts: list[Any], dtype: type) -> Any:  # noqa: ANN401  # arrays of one type
    return np.concatenate([np.empty(0, dtype=dtype), *parts])
