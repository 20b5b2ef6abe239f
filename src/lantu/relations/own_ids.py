"""Which features have an id of their own, and not one that reading made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer


def has_own_id(layer: Layer) -> BoolArray:
    """Return which features carry an id that the department delivered, shape (n,).

    Without an id field the record numbers stand in, and two layers of record numbers share them all;
    an empty id is ``#`` and the record number.
    """
    if "id" not in layer.provenance.fields_matched:
        return np.zeros(len(layer), dtype=np.bool_)
    made_up = ("#" + layer.frame["record"].astype(str)).to_numpy(dtype=object)
    return np.asarray(layer.ids != made_up, dtype=np.bool_)
