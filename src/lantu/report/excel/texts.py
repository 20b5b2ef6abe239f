"""The texts of a workbook's lists, each written once: a cell says only which one it shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.model import BoolArray, FloatArray, IntArray
    from lantu.model.coded import Codes

TEXT_MAX = 32_767
"""Characters that a cell of Excel holds."""

ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""A text that starts so would be taken for a formula as soon as somebody edits its cell."""

FIRST_WIDE = "\u2e80"
"""From here on a character takes the room of two Latin ones."""

_ACTIVE = r"\A[=+\-@\t\r]"
_EDGED = r"\A[ \t\n\r]|[ \t\n\r]\z"
_SPECIAL = r"[\x00-\x08\x0b-\x1f\x{fffe}\x{ffff}]|_x[0-9A-Fa-f]{4}_"
"""What OOXML writes as ``_xHHHH_``: characters that XML has no room for, and what would be taken for one."""

_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_LITERAL = re.compile("(_x[0-9A-Fa-f]{4}_)")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


class Texts:
    """Texts by number, in the order of adding; ``cut`` counts those longer than a cell holds."""

    def __init__(self) -> None:
        self.count = 0
        self.cut = 0
        self._parts: list[pa.Array] = []
        self._firsts: list[int] = []
        self._active: list[BoolArray] = []
        self._known: dict[str, int] = {}

    def add(self, texts: pa.Array) -> int:
        """Add texts, none missing; return the number of the first."""
        texts = self._shortened(texts.cast(pa.large_string()))
        first = self.count
        self._parts.append(texts)
        self._firsts.append(first)
        self._active.append(_matches(texts, _ACTIVE))
        self.count += len(texts)
        return first

    def of(self, text: str) -> int:
        """Return the number of one text; the same one is not added again."""
        if text not in self._known:
            self._known[text] = self.add(pa.array([text]))
        return self._known[text]

    def column(self, texts: pa.Array) -> Codes:
        """Return the number of each text, -1 where there is none; equal ones are added once."""
        coded = texts.dictionary_encode()
        first = self.add(coded.dictionary)
        return np.asarray(pc.add(coded.indices, first).fill_null(-1).to_numpy(), dtype=np.int32)

    def shown(self, numbers: Codes | FloatArray) -> list[str | None]:
        """Return texts by number, None for -1."""
        known, back = np.unique(np.asarray(numbers, dtype=np.int64), return_inverse=True)
        texts = np.full(len(known), None, dtype=object)
        parts = np.searchsorted(self._firsts, known, side="right") - 1
        for part in np.unique(parts[known >= 0]):
            here = parts == part
            places = pa.array(known[here] - self._firsts[part])
            texts[here] = self._parts[part].take(places).to_pylist()
        found: list[str | None] = texts[back].tolist()
        return found

    @property
    def size(self) -> int:
        """Return the bytes that the texts take."""
        return sum(part.nbytes for part in self._parts)

    def active(self) -> BoolArray:
        """Return which texts a spreadsheet could take for a formula; the last stands for no text."""
        return np.concatenate([*self._active, np.zeros(1, dtype=np.bool_)])

    def elements(self) -> Iterator[memoryview]:
        """Yield the texts as elements of ``sharedStrings.xml``."""
        for part in self._parts:
            yield joined(_elements(part))

    def _shortened(self, texts: pa.Array) -> pa.Array:
        long = pc.greater(pc.utf8_length(texts), TEXT_MAX)
        cut = pc.sum(long).as_py() or 0
        if not cut:
            return texts
        self.cut += cut
        starts = pc.utf8_slice_codeunits(texts, 0, TEXT_MAX - 1)
        return pc.if_else(long, pc.binary_join_element_wise(starts, large("…"), large("")), texts)


def large(text: str) -> pa.Scalar:
    """Return a text that goes together with large texts."""
    return pa.scalar(text, pa.large_string())


def rooms(texts: pa.Array) -> IntArray:
    """Return the room that each text takes in Latin characters, 0 for none.

    Counted in UTF-8: a character begins with a byte that continues none, and FIRST_WIDE is E2 BA 80.
    """
    offsets, content = _bytes_of(texts.cast(pa.large_string()))
    taken = ((content & 0xC0) != 0x80).astype(np.int64)  # noqa: PLR2004  # 10xxxxxx continues a character
    taken += content >= 0xE3  # noqa: PLR2004
    taken[:-1] += (content[:-1] == 0xE2) & (content[1:] >= 0xBA)  # noqa: PLR2004
    before = np.concatenate([[0], np.cumsum(taken)])
    return np.asarray(before[offsets[1:]] - before[offsets[:-1]], dtype=np.int64)


def room(text: str) -> int:
    """Return the room that a text takes in Latin characters."""
    return sum(2 if sign >= FIRST_WIDE else 1 for sign in text)


def joined(texts: pa.Array) -> memoryview:
    """Return large texts one after the other, none missing, as UTF-8."""
    return _bytes_of(texts)[1].data


def _bytes_of(texts: pa.Array) -> tuple[IntArray, np.ndarray[Any, np.dtype[np.uint8]]]:
    """Return where large texts begin in their UTF-8, and that; the last offset is its length."""
    _, ends, content = texts.buffers()
    if not len(texts) or content is None:
        return np.zeros(len(texts) + 1, dtype=np.int64), np.empty(0, dtype=np.uint8)
    offsets = np.frombuffer(ends, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return offsets - offsets[0], np.frombuffer(content, dtype=np.uint8)[offsets[0] : offsets[-1]]


def _matches(texts: pa.Array, pattern: str) -> BoolArray:
    return np.asarray(pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _elements(texts: pa.Array) -> pa.Array:
    edged = pc.match_substring_regex(texts, _EDGED)
    start = pc.if_else(edged, large('<si><t xml:space="preserve">'), large("<si><t>"))
    return pc.binary_join_element_wise(start, _escaped(texts), large("</t></si>"), large(""))


def _escaped(texts: pa.Array) -> pa.Array:
    special = np.flatnonzero(_matches(texts, _SPECIAL))
    if len(special):
        mask = np.zeros(len(texts), dtype=np.bool_)
        mask[special] = True
        written = [_spelled(text) for text in texts.take(pa.array(special)).to_pylist()]
        texts = pc.replace_with_mask(texts, pa.array(mask), pa.array(written, texts.type))
    for sign, entity in _ESCAPES:
        texts = pc.replace_substring(texts, sign, entity)
    return texts


def _spelled(text: str) -> str:
    """Return a text with what XML has no room for spelled as OOXML does."""
    literal = _LITERAL.sub(r"_x005F\1", text)
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", literal)
