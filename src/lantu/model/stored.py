"""What a layer may ask of a frame that lies on disk, so that nothing of it has to stay in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import pandas as pd

    from lantu.model.arrays import FloatArray, IntArray, ObjectArray

SizeName: TypeAlias = Literal["dimension", "area_m2", "length_m", "centre_m"]
"""Dimension (-1 where empty), area, length (of a polygon, its boundary) and centroid of a feature."""


class FrameOnDisk(ABC):
    """A frame whose features are read when they are asked for."""

    @property
    @abstractmethod
    def bounds_m(self) -> FloatArray:
        """Return xmin, ymin, xmax, ymax of each feature, shape (n, 4), NaN where empty."""

    @property
    @abstractmethod
    def ids(self) -> ObjectArray:
        """Return the ids, text, shape (n,)."""

    @property
    @abstractmethod
    def shapes(self) -> ObjectArray:
        """Return what stands for the geometries: rows of it are read then, ``np.asarray`` reads all."""

    @abstractmethod
    def parts(self) -> Iterator[IntArray]:
        """Yield all rows, those together that lie together on disk."""

    @abstractmethod
    def some(self, rows: IntArray, columns: Sequence[str]) -> pd.DataFrame:
        """Return some columns of some features in memory, in the order of ``rows``, with a RangeIndex."""

    @abstractmethod
    def sizes(self, name: SizeName) -> np.ndarray[Any, Any]:
        """Return what was known of each feature when it was stored, NaN where nothing, as it lies on disk."""
