"""A column of texts as numbers: the distinct texts once, sorted, and for each row which of them it has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lantu.model.arrays import BoolArray, IntArray, ObjectArray

Codes = np.ndarray[Any, np.dtype[np.int32]]


@dataclass(frozen=True)
class Coded:
    """``texts`` are the distinct texts, sorted as Python sorts them; ``of`` is -1 where a row has none."""

    texts: pa.Array
    of: Codes

    @classmethod
    def of_chunks(cls, chunks: Sequence[pa.Array]) -> Coded:
        """Return the texts of several arrays, of Arrow's dictionaries or plain, one after the other."""
        kind = pa.dictionary(pa.int32(), pa.string())
        encoded = [chunk if chunk.type == kind else chunk.dictionary_encode() for chunk in chunks]
        column = pa.chunked_array(encoded, type=kind).unify_dictionaries()
        texts = column.chunk(0).dictionary if column.num_chunks else pa.array([], pa.string())
        order = pc.sort_indices(texts).to_numpy()
        rank = np.full(len(texts) + 1, -1, dtype=np.int32)  # the last for no text
        rank[order] = np.arange(len(texts), dtype=np.int32)
        of = [rank[chunk.indices.fill_null(len(texts)).to_numpy()] for chunk in column.chunks]
        return cls(texts.take(pa.array(order)), np.concatenate([np.empty(0, dtype=np.int32), *of]))

    @classmethod
    def of_objects(cls, texts: ObjectArray) -> Coded:
        """Return texts and None as numbers."""
        return cls.of_chunks([pa.array(texts, pa.string())])

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.of)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the distinct texts; for columns of few."""
        return tuple(self.texts.to_pylist())

    @cached_property
    def without_none(self) -> Coded:
        """Return the same with an empty text where a row has none."""
        if not (self.of < 0).any():
            return self
        if len(self.texts) and self.texts[0].as_py() == "":
            return Coded(self.texts, np.maximum(self.of, np.int32(0)))
        return Coded(pa.concat_arrays([pa.array([""]), self.texts]), self.of + np.int32(1))

    def take(self, rows: IntArray | BoolArray) -> Coded:
        """Return some rows; texts that none of them has stay."""
        return Coded(self.texts, self.of[rows])

    def to_arrow(self, rows: IntArray | BoolArray | slice) -> pa.Array:
        """Return some rows as Arrow has them."""
        of = self.of[rows]
        return self.texts.take(pa.array(of, mask=of < 0))

    def to_objects(self, rows: IntArray | BoolArray | slice = slice(None)) -> ObjectArray:
        """Return some rows as texts and None; of equal texts there is one object."""
        used, of = np.unique(self.of[rows], return_inverse=True)
        texts = np.empty(len(used), dtype=object)
        texts[:] = self.texts.take(pa.array(used, mask=used < 0)).to_pylist()
        found: ObjectArray = texts[of]
        return found

    def is_one_of(self, texts: Collection[str]) -> BoolArray:
        """Return which rows have one of these texts, shape (n,)."""
        found = pc.index_in(pa.array(list(texts), pa.string()), self.texts).drop_null().to_numpy()
        wanted = np.zeros(len(self.texts) + 1, dtype=np.bool_)
        wanted[found] = True
        return wanted[self.of]


def in_common(one: Coded, other: Coded) -> tuple[Coded, Coded]:
    """Return two columns over the texts of both."""
    texts = pc.unique(pa.chunked_array([one.texts, other.texts], type=pa.string()))
    texts = texts.take(pc.sort_indices(texts))
    return _over(texts, one), _over(texts, other)


def _over(texts: pa.Array, coded: Coded) -> Coded:
    number = np.append(pc.index_in(coded.texts, texts).to_numpy(), -1).astype(np.int32)
    return Coded(texts, number[coded.of])
