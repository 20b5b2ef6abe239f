"""A layer: one department's features on the common standard, and where they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.model.problem import ProblemLog, empty_problems
from lantu.model.stored import FrameOnDisk

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    import geopandas as gpd

    from lantu.messages import Message
    from lantu.model.arrays import FloatArray, IntArray, ObjectArray
    from lantu.model.level import Level

SOURCE_PREFIX = "source:"
"""Source fields stand in the frame under this prefix, values as delivered."""

FEATURES_AT_ONCE = 50_000
"""Features of a part of a layer in memory, for whoever goes through all of them."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a layer takes no part in any comparison; ``code`` is the rule that reports it, if one does."""

    reason: Message
    code: str | None = None
    suggestion: Message | None = None


@dataclass(frozen=True, kw_only=True)
class ControlUse:
    """How the control points of a layer fitted: judged by CR05; places in the working CRS, metres.

    ``accuracy_m`` is the standard error of a point in the fit, ``stated_m`` the layer's own, stated or its
    standard's. ``left_out_m`` is how far each point lies from where the others put it. ``residual_x_m`` and
    ``residual_y_m`` are target minus fitted, eastward and northward.
    """

    model: str  # similarity | affine | helmert7
    names: tuple[str, ...]
    x_m: tuple[float, ...]
    y_m: tuple[float, ...]
    residual_m: tuple[float, ...]
    left_out_m: tuple[float, ...]
    accuracy_m: float
    stated_m: float
    blunder: str | None = None
    residual_x_m: tuple[float, ...] = ()
    residual_y_m: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CrsUse:
    """Which coordinate systems and which operation brought a layer to the working CRS."""

    source: str | None  # "EPSG:4527", or the WKT name where no authority code fits, or None
    stated_by: str  # blueprint | source | nobody
    working: str
    operation: str | None  # PROJ's description, e.g. "Inverse of 3-degree Gauss-Kruger CM 117E + …"
    definition: str | None  # PROJ pipeline
    accuracy_m: float | None  # of the operation; 0 when exact, None when none was chosen
    note: Message | None = None
    control: ControlUse | None = None  # where control points gave the operation


@dataclass(frozen=True, kw_only=True)
class JoinCount:
    """How a table joined to its layer: features with and without a row, rows unused, keys repeated."""

    joined: int
    without_row: int
    rows_unused: int
    keys_repeated: int


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a layer came from and what happened to it on the way; printed in the methods box."""

    path: str  # relative to the blueprint, with forward slashes
    layer: str | None
    driver: str | None
    sha256: str | None  # over all files of the source, in name order
    count_in: int
    count_out: int
    count_listed: int  # unreadable records; count_in == count_out + count_listed + count_filtered
    count_filtered: int = 0  # removed by the blueprint's own ``where``
    encoding: str | None = None
    encoding_how: str | None = None
    crs: CrsUse | None = None
    issued: dt.date | None = None
    update: str | None = None
    fields_matched: Mapping[str, str] = field(default_factory=dict)  # canonical column -> source field
    fields_missed: tuple[str, ...] = ()  # canonical columns without a source field
    join: JoinCount | None = None
    notes: tuple[Message, ...] = ()  # what the reader wants said, e.g. a .cpg that contradicts the bytes


@dataclass(frozen=True, kw_only=True)
class Layer:
    """Features of one department under one standard, in the working CRS.

    ``frame`` has a RangeIndex, the columns ``id`` (text, unique), the canonical columns of the
    standard (all of them; float64 for numbers, object with None for text), every source field under
    ``source:NAME``, ``record`` (source record number) and ``geometry`` (valid, or None where the
    source has none). A refused layer has an empty frame and a ``refusal``.

    ``accuracy_m`` is the planimetric standard error of the survey, stated or the standard's default.
    ``shift`` names the change of datum on the way to the working CRS and ``shift_accuracy_m`` its
    standard error; layers that came by one shift share that error, so it does not stand between them.
    """

    name: str
    standard: str
    department: str
    frame: gpd.GeoDataFrame
    accuracy_m: float
    level: Level
    provenance: Provenance
    levels: Mapping[str, Level] = field(default_factory=dict)
    problems: ProblemLog = field(default_factory=empty_problems)
    refusal: Refusal | None = None
    shift: str | None = None
    shift_accuracy_m: float = 0.0
    filled: frozenset[str] | None = None  # of a part: the columns with a value anywhere in the whole layer
    digests: np.ndarray | None = None  # of each feature's content, where it does not lie in memory
    keys: ObjectArray | None = None  # of a part: the ids without the mark of repeated ones, as in the whole

    def __len__(self) -> int:
        """Return the number of features."""
        return len(self.frame)

    @cached_property
    def ids(self) -> ObjectArray:
        """Return the ids, text, shape (n,)."""
        if isinstance(self.frame, FrameOnDisk):
            return self.frame.ids
        return np.asarray(self.frame["id"], dtype=object)

    @cached_property
    def geometry(self) -> ObjectArray:
        """Return the geometries in the working CRS, shape (n,), None where missing.

        Of a layer on disk, what stands for them: rows of it are read when they are asked for, every time.
        """
        if isinstance(self.frame, FrameOnDisk):
            return self.frame.shapes
        return np.asarray(self.frame.geometry.to_numpy(), dtype=object)

    @cached_property
    def bounds_m(self) -> FloatArray:
        """Return xmin, ymin, xmax, ymax of each feature in the working CRS, shape (n, 4), NaN where empty."""
        if isinstance(self.frame, FrameOnDisk):
            return self.frame.bounds_m
        return np.asarray(shapely.bounds(self.geometry), dtype=np.float64)

    def has(self, column: str) -> bool:
        """Say whether a canonical column came with data, that is, has at least one value."""
        if self.filled is not None:
            return column in self.filled
        return column in self.frame.columns and bool(self.frame[column].notna().any())

    def values(self, column: str, rows: IntArray | None = None) -> ObjectArray | FloatArray:
        """Return a canonical column as an array: float64 with NaN for numbers, else object with None."""
        series = self.frame[column] if rows is None else self.frame[column].iloc[rows]
        if pd.api.types.is_numeric_dtype(series.dtype):
            numbers: FloatArray = series.to_numpy(dtype=np.float64, na_value=np.nan)
            return numbers
        given = series.to_numpy(dtype=object)
        texts = np.full(len(given), None, dtype=object)
        present = pd.notna(given)
        texts[present] = given[present]
        return texts

    def raw(self, column: str, rows: IntArray) -> ObjectArray:
        """Return a canonical column's values as delivered, as text; None where there is none."""
        source = self.provenance.fields_matched.get(column)
        if source is None or SOURCE_PREFIX + source not in self.frame.columns:
            return np.full(len(rows), None, dtype=object)
        delivered = self.frame[SOURCE_PREFIX + source].iloc[rows].to_numpy(dtype=object)
        texts = np.full(len(rows), None, dtype=object)
        present = pd.notna(delivered)
        texts[present] = [str(value) for value in delivered[present]]
        return texts

    @property
    def on_disk(self) -> bool:
        """Say whether the features lie on disk, in another order than that of the layer."""
        return isinstance(self.frame, FrameOnDisk)

    def parts(self) -> Iterator[IntArray]:
        """Yield all rows, some ten thousand at a time, as they lie together in memory or on disk."""
        if isinstance(self.frame, FrameOnDisk):
            yield from self.frame.parts()
            return
        for start in range(0, len(self), FEATURES_AT_ONCE):
            yield np.arange(start, min(start + FEATURES_AT_ONCE, len(self)))

    def some(self, rows: IntArray, columns: Sequence[str]) -> pd.DataFrame:
        """Return some columns of some features, in the order of ``rows``, with a RangeIndex."""
        if isinstance(self.frame, FrameOnDisk):
            return self.frame.some(rows, columns)
        return pd.DataFrame({name: self.frame[name].take(rows).reset_index(drop=True) for name in columns})

    def problems_of(self, *kinds: str) -> ProblemLog:
        """Return the rows of the problem log of these kinds, in log order."""
        return self.problems[self.problems["kind"].isin(kinds)]
