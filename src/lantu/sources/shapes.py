"""The record structure of a .shp, checked without reading a single coordinate.

GDAL gives a null geometry for a record that is cut off, of an unknown type or corrupt, and says nothing.
A null shape and a damaged one are told apart here. Layout: ESRI Shapefile Technical Description (1998).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lantu.messages import Message, message

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import IntArray

HEADER_BYTES = 100
SIGNATURE = (9994).to_bytes(4, "big")

_NULL_SHAPE = 0
_CUT_OFF = -1
_KNOWN_TYPES = (0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28, 31)


@dataclass(frozen=True, kw_only=True)
class ShapeIndex:
    """Where each record of a .shp starts, how long it is, and its shape type (-1 beyond the end)."""

    starts: IntArray  # bytes, of the record header
    lengths: IntArray  # bytes, of the content
    kinds: IntArray
    rebuilt: bool = False

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.starts)

    def is_null(self, record: int) -> bool:
        """Say whether a record (1-based) holds a null shape, that is, is undamaged and empty."""
        return record <= len(self) and int(self.kinds[record - 1]) == _NULL_SHAPE

    def reason(self, record: int) -> Message:
        """Say why a record (1-based) gave no geometry."""
        if record > len(self):
            return message("sources.shape_absent")
        kind = int(self.kinds[record - 1])
        if kind == _CUT_OFF:
            return message("sources.shape_cut_off")
        if kind not in _KNOWN_TYPES:
            return message("sources.shape_type_unknown", kind=kind)
        return message("sources.geometry_corrupt")

    def shx_bytes(self, header: bytes) -> bytes:
        """Return the content of a .shx for these records, with the header of their .shp."""
        words = np.column_stack([self.starts, self.lengths]) // 2
        length = (HEADER_BYTES + 8 * len(self)) // 2
        return (
            header[:24] + length.to_bytes(4, "big") + header[28:HEADER_BYTES] + words.astype(">i4").tobytes()
        )


def read_shape_index(shp: Path, shx: Path | None) -> ShapeIndex:
    """Read the index from the .shx, or from the record headers where there is none or it is damaged."""
    data = np.memmap(shp, dtype=np.uint8, mode="r")
    entries = np.fromfile(shx, dtype=np.uint8) if shx is not None else np.empty(0, np.uint8)
    rebuilt = len(entries) < HEADER_BYTES or (len(entries) - HEADER_BYTES) % 8 != 0
    if rebuilt:
        starts, lengths = _scan(data)
    else:
        words = entries[HEADER_BYTES:].view(">i4").astype(np.int64).reshape(-1, 2) * 2
        starts, lengths = words[:, 0], words[:, 1]
    kinds = _kinds(data, starts, lengths)
    del data  # closes the file, which Windows would not delete otherwise
    return ShapeIndex(starts=starts, lengths=lengths, kinds=kinds, rebuilt=rebuilt)


def _kinds(data: np.ndarray, starts: IntArray, lengths: IntArray) -> IntArray:
    kinds = np.full(len(starts), _CUT_OFF, dtype=np.int64)
    within = (starts >= HEADER_BYTES) & (lengths >= 4) & (starts + 8 + lengths <= len(data))  # noqa: PLR2004
    places = starts[within][:, None] + 8 + np.arange(4)
    kinds[within] = np.ascontiguousarray(data[places]).view("<i4").ravel()
    return kinds


def _scan(data: np.ndarray) -> tuple[IntArray, IntArray]:
    """Walk from record header to record header as far as they make sense."""
    starts: list[int] = []
    lengths: list[int] = []
    place = HEADER_BYTES
    while place + 8 <= len(data):
        number, words = data[place : place + 8].view(">i4").tolist()
        if number != len(starts) + 1 or words < 2:  # noqa: PLR2004  # a shape type alone is two words
            break
        starts.append(place)
        lengths.append(2 * words)
        place += 8 + 2 * words
    return np.array(starts, dtype=np.int64), np.array(lengths, dtype=np.int64)
