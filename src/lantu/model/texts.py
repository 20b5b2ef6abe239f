"""Texts as Arrow has them, in place of an array of Python's own: a third of the memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.model.arrays import IntArray, ObjectArray

TEXTS_AT_ONCE = 100_000
"""Texts that are made Python's own at a time, for whoever goes through all of them."""


@dataclass(frozen=True, eq=False)
class Texts:
    """Stands for an array of texts and None, shape (n,): what is asked for is made then, every time."""

    column: pa.Array

    @classmethod
    def of(cls, texts: ObjectArray) -> ObjectArray:
        """Return what stands for ``texts``."""
        return cast("ObjectArray", texts if isinstance(texts, cls) else cls(pa.array(texts, pa.string())))

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.column)

    @property
    def shape(self) -> tuple[int]:
        """Return the shape of the array that this stands for."""
        return (len(self.column),)

    def __getitem__(self, rows: Any) -> Any:  # noqa: ANN401  # all that an array takes, and what it gives
        """Return the texts of rows by number, mask or slice; of one number, one text."""
        if isinstance(rows, slice):
            return _objects(self.column[rows])
        chosen = np.asarray(rows)
        if chosen.ndim == 0:
            return self.column[int(chosen)].as_py()
        if chosen.dtype == np.bool_:
            chosen = np.flatnonzero(chosen)
        return _objects(self.column.take(pa.array(chosen.astype(np.int64))))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> ObjectArray:  # noqa: ANN401, FBT001  # numpy's own
        """Return all texts."""
        del dtype, copy
        return _objects(self.column)

    def __iter__(self) -> Iterator[str | None]:
        """Yield one text after the other."""
        for start in range(0, len(self), TEXTS_AT_ONCE):
            yield from self.column[start : start + TEXTS_AT_ONCE].to_pylist()


def with_mark(texts: ObjectArray | Texts, mark: str, *, first: bool = False) -> IntArray:
    """Return the positions of texts that hold a mark, or begin with it; what is no text has none."""
    if isinstance(texts, Texts):
        found = (pc.starts_with if first else pc.match_substring)(texts.column, mark)
        return np.flatnonzero(found.fill_null(False).to_numpy(zero_copy_only=False))  # noqa: FBT003  # Arrow's own
    held = (isinstance(one, str) and (one.startswith(mark) if first else mark in one) for one in texts)
    return np.flatnonzero(np.fromiter(held, dtype=np.bool_, count=len(texts)))


def _objects(column: pa.Array) -> ObjectArray:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)
