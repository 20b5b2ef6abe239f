"""Pairs: the objects of two layers that meet, column by column."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray

NO_ROW = -1
"""Row number that stands for "no object on this side"."""


class Shapes(Protocol):
    """Gives the geometry of the meeting for chosen pairs, built only when asked for."""

    def __call__(self, chosen: IntArray) -> ObjectArray:
        """Return one geometry (or None) for each of the chosen positions of the pairs."""
        ...


@dataclass(frozen=True)
class Columns:
    """Canonical columns of one side, aligned with the pairs: ``pairs.subject["height_max_m"]``."""

    layer: Layer | None
    rows: IntArray

    def __getitem__(self, column: str) -> Any:  # noqa: ANN401  # float64 or object, by the column's type
        """Return the column's values for each pair: float64 with NaN, or object with None."""
        if self.layer is None or column not in self.layer.frame.columns:
            return np.full(len(self.rows), None, dtype=object)
        return self._aligned(lambda layer, rows: layer.values(column, rows))

    def numbers(self, column: str) -> FloatArray:
        """Return a numeric column; NaN everywhere where the layer has no such column."""
        if self.layer is None or column not in self.layer.frame.columns:
            return np.full(len(self.rows), np.nan)
        return np.asarray(self[column], dtype=np.float64)

    def raw(self, column: str) -> ObjectArray:
        """Return the column as delivered, text or None."""
        return np.asarray(self._aligned(lambda layer, rows: layer.raw(column, rows)), dtype=object)

    @property
    def ids(self) -> ObjectArray:
        """Return the ids; None where there is no object."""
        return np.asarray(self._aligned(lambda layer, rows: layer.ids[rows]), dtype=object)

    @property
    def geometry(self) -> ObjectArray:
        """Return the whole geometries of this side; None where there is no object."""
        return np.asarray(self._aligned(lambda layer, rows: layer.geometry[rows]), dtype=object)

    def _aligned(self, read: Callable[[Layer, IntArray], Any]) -> Any:  # noqa: ANN401  # as __getitem__
        """Return what ``read`` gives for the rows, with NaN or None where there is no object."""
        if self.layer is None:
            return np.full(len(self.rows), None, dtype=object)
        there = self.rows >= 0
        if there.all():
            return read(self.layer, self.rows)
        values = read(self.layer, self.rows[there])
        absent = np.nan if values.dtype == np.float64 else None
        aligned = np.full(len(self.rows), absent, dtype=values.dtype)
        aligned[there] = values
        return aligned


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Objects of layer ``a`` (subjects) and of layer ``b`` that meet in one relation.

    ``rows_a`` and ``rows_b`` are positions in the two frames, shape (n,), sorted by subject, then other.
    ``tolerance_m`` is the planimetric tolerance of the two layers, 2·sqrt(a² + b²), one number for
    all pairs. All pairs of one subject stand together in one Pairs, whatever the tiling.
    """

    a: Layer
    b: Layer | None
    rows_a: IntArray
    rows_b: IntArray
    tolerance_m: float
    measures: Mapping[str, FloatArray] = field(default_factory=dict)
    shapes: Shapes | None = None
    others: tuple[Layer, ...] = ()  # what ``uncovered`` was measured against
    beside: tuple[Layer, ...] = ()  # layers that a rule looks at besides the two

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.rows_a)

    def __getitem__(self, measure: str) -> FloatArray:
        """Return a measure of the relation, e.g. ``pairs["area_m2"]``."""
        return self.measures[measure]

    @property
    def subject(self) -> Columns:
        """Return the subjects' columns, aligned with the pairs."""
        return Columns(self.a, self.rows_a)

    @property
    def other(self) -> Columns:
        """Return the other side's columns, aligned with the pairs."""
        return Columns(self.b, self.rows_b)

    def take(self, chosen: BoolArray | IntArray) -> Pairs:
        """Return the chosen pairs, by mask or by position, with their measures and shapes."""
        positions = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen.astype(np.int64)
        shapes = self.shapes

        def chosen_shapes(chosen: IntArray) -> ObjectArray:
            assert shapes is not None  # noqa: S101  # only handed on where there are shapes
            return shapes(positions[chosen])

        return replace(
            self,
            rows_a=self.rows_a[positions],
            rows_b=self.rows_b[positions],
            measures={name: values[positions] for name, values in self.measures.items()},
            shapes=chosen_shapes if shapes is not None else None,
        )

    def shape(self, chosen: BoolArray | IntArray | None = None) -> ObjectArray:
        """Return the geometry of the meeting for the chosen pairs (all by default)."""
        if chosen is None:
            positions = np.arange(len(self))
        else:
            positions = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen.astype(np.int64)
        if self.shapes is None:
            return self.a.geometry[self.rows_a[positions]]
        return self.shapes(positions)
