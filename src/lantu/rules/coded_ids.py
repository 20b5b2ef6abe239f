"""Which national coding the ids of a layer follow: what the bulk of them is decides, nothing is assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.relations.index import index_of
from lantu.rules.identity import has_own_id
from lantu.standards.admin_code import DISTRICT_DIGITS, Coding, codings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.model import BoolArray, Layer, ObjectArray

LEVEL = "admin_level"


def id_texts(layer: Layer) -> pd.Series:
    """Return the ids without the mark of repeated ones; empty text where none was delivered."""
    made = index_of(layer).made
    if id_texts not in made:
        keys = np.where(has_own_id(layer), index_of(layer).keys, "")
        made[id_texts] = pd.Series(keys, dtype=object).astype(str)
    texts: pd.Series = made[id_texts]
    return texts


def followed(layer: Layer, *, min_share: float) -> list[tuple[BoolArray, Coding]]:
    """Return the codings that ids of a layer follow, each with a mask of the features that are to follow it.

    Areas of one administrative level are looked at together, other layers as a whole. A coding counts where
    at least ``min_share`` of the delivered ids keep it whole.
    """
    made = index_of(layer).made
    if (followed, min_share) not in made:
        made[followed, min_share] = _followed(layer, min_share)
    found: list[tuple[BoolArray, Coding]] = made[followed, min_share]
    return found


def _followed(layer: Layer, min_share: float) -> list[tuple[BoolArray, Coding]]:
    texts = id_texts(layer)
    length = texts.str.len().to_numpy()
    found = []
    for group in _groups(layer):
        mask = group & (length > 0)
        whole = [
            (int(texts[mask & (length == one.length)].str.fullmatch(one.pattern).sum()), one)
            for one in codings(layer.standard)
        ]
        most, coding = max(whole, key=lambda entry: entry[0])
        if most and most >= min_share * mask.sum():
            found.append((mask, coding))
    return found


def districts(layers: Iterable[Layer], *, min_share: float, min_prefix_share: float) -> frozenset[str]:
    """Return the district codes that the ids of layers begin with.

    One code alone where nearly all ids of a layer, ``min_prefix_share`` of them, begin with it; the layer of
    a city with several districts gives all of theirs.
    """
    found: set[str] = set()
    for layer in layers:
        for mask, coding in followed(layer, min_share=min_share):
            heads = prefixes(layer, mask, coding)
            common = common_prefix(heads, min_prefix_share=min_prefix_share)
            found |= {common} if common else set(heads)
    return frozenset(found)


def prefixes(layer: Layer, mask: BoolArray, coding: Coding) -> ObjectArray:
    """Return the district codes of those ids among ``mask`` that keep the coding whole."""
    texts = id_texts(layer)[mask]
    whole = texts[texts.str.fullmatch(coding.pattern)]
    return whole.str[:DISTRICT_DIGITS].to_numpy(dtype=object)


def common_prefix(heads: ObjectArray, *, min_prefix_share: float) -> str | None:
    """Return the district code that nearly all share, None where there is none."""
    if not len(heads):
        return None
    names, counts = np.unique(heads.astype(str), return_counts=True)
    most = int(np.argmax(counts))
    return str(names[most]) if counts[most] >= min_prefix_share * len(heads) else None


def _groups(layer: Layer) -> list[BoolArray]:
    if LEVEL not in layer.frame.columns:
        return [np.ones(len(layer), dtype=np.bool_)]
    levels = pd.Series(layer.values(LEVEL)).fillna("").astype(str)
    return [(levels == level).to_numpy(dtype=np.bool_) for level in sorted(set(levels))]
