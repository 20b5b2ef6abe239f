"""What rules ask of two land-use classes: whether they agree, and what to say where one is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lantu.standards import compatibility

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import BoolArray, Layer, ObjectArray
    from lantu.relations import Pairs
    from lantu.relations.pairs import Columns

CLASS = "use_class"
CODE = "use_code"


@dataclass(frozen=True, kw_only=True)
class Unclassified:
    """Pairs in which a side has no single class: which, under which cause, and the code that lacks it."""

    mask: BoolArray
    cause: ObjectArray
    facts: Mapping[str, ObjectArray]  # code: as delivered or None; coded_in: name of its layer


def agree(a: ObjectArray, b: ObjectArray) -> BoolArray:
    """Return where two classes are one, or one only says construction land, not further divided.

    The shipped compatibility matrix calls exactly these pairs consistent; an unknown class agrees with none.
    """
    matrix = compatibility()
    consistent = (matrix.lookup(a, b).severity == 0) | (matrix.lookup(b, a).severity == 0)
    return np.asarray(consistent, dtype=np.bool_)


def unclassified(pairs: Pairs, *, other: bool = True) -> Unclassified:
    """Return what to say of pairs in which the subject, or the other side, has no single class.

    The code of the subject is named first; ``other=False`` looks at the subject only.
    """
    none_a = is_missing(pairs.subject[CLASS])
    none_b = is_missing(pairs.other[CLASS]) if other else np.zeros(len(pairs), dtype=np.bool_)
    code = np.full(len(pairs), None, dtype=object)
    layer = np.full(len(pairs), None, dtype=object)
    _name_codes(none_b, pairs.other, pairs.b, code, layer)
    _name_codes(none_a, pairs.subject, pairs.a, code, layer)
    mask = none_a | none_b
    cause = np.full(len(pairs), None, dtype=object)
    cause[mask] = [f"{name}: {text or '—'}" for name, text in zip(layer[mask], code[mask], strict=True)]
    return Unclassified(mask=mask, cause=cause, facts={"code": code, "coded_in": layer})


def shared_ground(pairs: Pairs, *, min_area_m2: float) -> dict[str, Any]:
    """Return the columns of a verdict on two uses of shared ground, one entry per pair."""
    return {
        "field": CLASS,
        "value_a": pairs.subject[CLASS],
        "value_b": pairs.other[CLASS],
        "raw_a": raw_use(pairs.subject),
        "raw_b": raw_use(pairs.other),
        "measure": pairs["area_m2"],
        "unit": "m2",
        "required": min_area_m2,
        "share_a": pairs["share_a"],
        "shape": pairs.shape(),
    }


def raw_use(side: Columns) -> ObjectArray:
    """Return the use as delivered: the code, or the class where the source has classes and no codes."""
    codes = side.raw(CODE)
    return np.where(is_missing(codes), side.raw(CLASS), codes)


def is_missing(values: ObjectArray) -> BoolArray:
    """Return where a column has no value."""
    return np.asarray(pd.isna(values), dtype=np.bool_)


def _name_codes(
    mask: BoolArray, side: Columns, of: Layer | None, code: ObjectArray, layer: ObjectArray
) -> None:
    code[mask] = raw_use(side)[mask]
    layer[mask] = of.name if of is not None else None
