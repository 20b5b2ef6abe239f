"""Which features bear which key: an id without the mark that standardising puts on a repeated one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import pandas as pd
import pyarrow as pa

from lantu.model import TEXTS_AT_ONCE, Texts, with_mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import DTypeLike

    from lantu.model import BoolArray, IntArray, ObjectArray

MARK = "~"
REPEATED_ID = rf"^(.*){MARK}\d+$"
"""The mark that standardising puts on the second and later bearers of one id: ``id~2``."""

ROW: DTypeLike = np.int32
"""Of rows where there may be millions of them."""

NO_HASH = np.empty(0, dtype=np.uint64)


def keys_of(ids: ObjectArray) -> ObjectArray:
    """Return ids without the ``~2`` of repeated ones, shape (n,).

    Only a mark whose bare id stands in the layer too is taken off, so that an id which its department wrote
    with such an ending stays whole.
    """
    likely = with_mark(ids, MARK)
    if not len(likely):
        return ids
    keys = np.array(ids, dtype=object)
    bare = pd.Series(keys[likely], dtype=object).str.extract(REPEATED_ID, expand=False)
    marked = (bare.notna() & bare.isin(keys)).to_numpy()
    keys[likely[marked]] = bare.to_numpy(dtype=object)[marked]
    return keys


class Distinct(Protocol):
    """The distinct keys of a layer, each at a place of its own."""

    @property
    def keys(self) -> ObjectArray:
        """Return the keys by place."""
        ...

    def places(self, keys: ObjectArray) -> IntArray:
        """Return the place of each of some keys, -1 of one that is none of them."""
        ...


@dataclass(frozen=True)
class Bearers:
    """The distinct keys of a layer; the rows of the k-th are ``order[starts[k]:starts[k + 1]]``."""

    distinct: Distinct
    order: IntArray
    starts: IntArray

    @classmethod
    def among(cls, keys: ObjectArray) -> Bearers:
        """Return who bears which of ``keys``, shape (n,); None, where there is no id, is no key."""
        return _among_texts(keys) if isinstance(keys, Texts) else _among_objects(keys)

    def __len__(self) -> int:
        """Return the number of distinct keys."""
        return len(self.starts) - 1

    @cached_property
    def code(self) -> IntArray:
        """Return the place of each feature's key among the distinct ones, shape (n,); -1 without one."""
        code = np.full(len(self.order), -1, dtype=self.order.dtype)
        code[self.order[self.starts[0] :]] = np.repeat(np.arange(len(self)), np.diff(self.starts))
        return code

    @cached_property
    def number(self) -> IntArray:
        """Return how many bear the key of each feature, itself included, shape (n,); 0 without one."""
        number = np.zeros(len(self.order), dtype=np.int64)
        number[self.order[self.starts[0] :]] = np.repeat(np.diff(self.starts), np.diff(self.starts))
        return number

    def know(self, keys: ObjectArray) -> BoolArray:
        """Return which of ``keys`` the layer has."""
        return np.asarray(self.distinct.places(keys) >= 0, dtype=np.bool_)

    def of(self, keys: ObjectArray) -> tuple[IntArray, IntArray]:
        """Return positions in ``keys`` and rows of the layer, one for each bearer of each key."""
        code = self.distinct.places(keys)
        asked = np.flatnonzero(code >= 0)
        first, stop = self.starts[code[asked]], self.starts[code[asked] + 1]
        count = stop - first
        step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        rows = self.order[np.repeat(first, count) + step]
        return np.repeat(asked, count), rows.astype(np.int64, copy=False)


def _among_objects(keys: ObjectArray) -> Bearers:
    code, distinct = pd.factorize(keys)
    order = np.argsort(code, kind="stable")
    starts = np.searchsorted(code[order], np.arange(len(distinct) + 1))
    return Bearers(_Objects(pd.Index(distinct, dtype=object)), order, starts)


@dataclass(frozen=True)
class _Objects:
    """Keys as Python's own texts, found by a table of them."""

    index: pd.Index

    @property
    def keys(self) -> ObjectArray:
        """Return the keys by place."""
        return self.index.to_numpy(dtype=object)

    def places(self, keys: ObjectArray) -> IntArray:
        """Return the place of each of some keys, -1 of one that is none of them."""
        return self.index.get_indexer(pd.Index(np.asarray(keys, dtype=object)))


def _among_texts(keys: Texts) -> Bearers:
    """Sort keys by a hash of 64 bits, a table of millions being large; another salt parts two of one hash."""
    there = keys.column.is_valid().to_numpy(zero_copy_only=False)
    known, without = np.flatnonzero(there), np.flatnonzero(~there)
    for number in count():
        salt = f"lantu:{number:010d}"
        hashes = np.concatenate([NO_HASH, *(_hashed(part, salt) for part in _parts(keys))])
        order = known[np.argsort(hashes[known], kind="stable")]
        first = np.r_[True, np.diff(hashes[order]) != 0][: len(order)]
        again = np.flatnonzero(~first)
        if (keys[order[again]] == keys[order[again - 1]]).all():
            break
    starts = len(without) + np.r_[np.flatnonzero(first), len(order)]
    rows = order[first].astype(ROW)
    distinct = _Hashed(keys, rows, hashes[rows], salt)
    return Bearers(distinct, np.r_[without, order].astype(ROW), starts.astype(ROW))


@dataclass(frozen=True)
class _Hashed:
    """Keys that stay as Arrow has them: ``rows`` of one bearer each, ``hashes`` ascending."""

    texts: Texts
    rows: IntArray
    hashes: np.ndarray[Any, np.dtype[np.uint64]]
    salt: str

    @property
    def keys(self) -> ObjectArray:
        """Return the keys by place."""
        return cast("ObjectArray", Texts(self.texts.column.take(pa.array(self.rows))))

    def places(self, keys: ObjectArray) -> IntArray:
        """Return the place of each of some keys, -1 of one that is none of them; a hash alone is no proof."""
        return np.concatenate([np.empty(0, dtype=ROW), *map(self._places, _parts(keys))])

    def _places(self, keys: ObjectArray) -> IntArray:
        hashes = _hashed(keys, self.salt)
        place = np.searchsorted(self.hashes, hashes)
        inside = np.flatnonzero(place < len(self.hashes))
        likely = inside[self.hashes[place[inside]] == hashes[inside]]
        same = self.texts[self.rows[place[likely]]] == keys[likely]
        found = np.full(len(keys), -1, dtype=ROW)
        found[likely[same]] = place[likely[same]]
        return found


def _parts(keys: ObjectArray | Texts) -> Iterator[ObjectArray]:
    for start in range(0, len(keys), TEXTS_AT_ONCE):
        yield np.asarray(keys[start : start + TEXTS_AT_ONCE], dtype=object)


def _hashed(keys: ObjectArray, salt: str) -> np.ndarray[Any, np.dtype[np.uint64]]:
    return np.asarray(pd.util.hash_array(keys, hash_key=salt, categorize=False), dtype=np.uint64)
