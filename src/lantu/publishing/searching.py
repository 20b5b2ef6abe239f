"""Looking for many byte strings at once in large content."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lantu.model import IntArray

SHORTEST = 5
"""Bytes that a pattern must have; shorter ones would be found everywhere."""

_LONG = 8
_CHUNK = 1 << 22
_BLOOM_BITS = 24


class Patterns:
    """Byte strings by their first bytes, all searched for in one pass over the content."""

    def __init__(self, patterns: Iterable[bytes]) -> None:
        self._by_head: dict[int, dict[int, list[bytes]]] = {
            SHORTEST: defaultdict(list),
            _LONG: defaultdict(list),
        }
        for pattern in dict.fromkeys(patterns):
            if len(pattern) >= SHORTEST:
                width = _LONG if len(pattern) >= _LONG else SHORTEST
                self._by_head[width][int.from_bytes(pattern[:width], "little")].append(pattern)
        self._heads = {
            width: np.array(sorted(found), dtype=np.uint64) for width, found in self._by_head.items() if found
        }
        self._bloom = np.zeros(1 << _BLOOM_BITS, dtype=np.bool_)
        for heads in self._heads.values():
            self._bloom[(heads & np.uint64((1 << _BLOOM_BITS) - 1)).astype(np.int64)] = True

    def found_in(self, content: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield each occurrence: its position and the pattern."""
        for width, heads in self._heads.items():
            for start in range(0, max(len(content) - width + 1, 0), _CHUNK):
                piece = content[start : start + _CHUNK + width - 1]
                for place in self._candidates(piece, heads, width):
                    position = start + int(place)
                    head = int.from_bytes(content[position : position + width], "little")
                    for pattern in self._by_head[width].get(head, ()):
                        if content.startswith(pattern, position):
                            yield position, pattern

    def _candidates(self, piece: bytes, heads: np.ndarray[Any, Any], width: int) -> IntArray:
        """Return the positions in a piece where a pattern may begin."""
        values = np.frombuffer(piece, dtype=np.uint8)
        size = len(values) - width + 1
        if size <= 0:
            return np.empty(0, dtype=np.int64)
        low = values[:size].astype(np.int64)
        for place in range(1, _BLOOM_BITS // 8):
            low |= values[place : size + place].astype(np.int64) << (8 * place)
        places = np.flatnonzero(self._bloom[low])
        whole = np.zeros(len(places), dtype=np.uint64)
        for place in range(width):
            whole |= values[places + place].astype(np.uint64) << np.uint64(8 * place)
        return np.asarray(places[np.isin(whole, heads)], dtype=np.int64)
