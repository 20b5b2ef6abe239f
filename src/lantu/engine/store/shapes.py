"""Geometries on disk in place of an array of them: what is asked for is read, and nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.model import IntArray, ObjectArray


class Readable(Protocol):
    """Gives the geometries of some rows."""

    def __len__(self) -> int:
        """Return the number of rows."""
        ...

    def shapes_of(self, rows: IntArray) -> ObjectArray:
        """Return the geometries of some rows, in their order."""
        ...


@dataclass(frozen=True)
class StoredShapes:
    """Stands for the geometries of a stored layer, shape (n,)."""

    frame: Readable

    def __len__(self) -> int:
        """Return the number of features."""
        return len(self.frame)

    @property
    def shape(self) -> tuple[int]:
        """Return the shape of the array that this stands for."""
        return (len(self.frame),)

    def __getitem__(self, rows: Any) -> Any:  # noqa: ANN401  # all that an array takes, and what it gives
        """Return the geometries of rows by number, mask or slice; of one number, one geometry."""
        chosen = np.arange(len(self.frame))[rows]
        return (
            self.frame.shapes_of(np.atleast_1d(chosen))[0]
            if chosen.ndim == 0
            else self.frame.shapes_of(chosen)
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> ObjectArray:  # noqa: ANN401, FBT001  # numpy's own
        """Return all geometries."""
        del dtype, copy
        return self.frame.shapes_of(np.arange(len(self.frame)))

    def __iter__(self) -> Iterator[Any]:
        """Yield one geometry after the other, all of them read at once."""
        return iter(np.asarray(self))
