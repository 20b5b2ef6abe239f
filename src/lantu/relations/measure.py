"""The measures of pairs, and which pairs their relation keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lantu.relations.crosses import keep_crosses, measure_crosses
from lantu.relations.left_out import LeftOut
from lantu.relations.near import keep_near, measure_near
from lantu.relations.overlaps import keep_overlaps, measure_overlaps
from lantu.relations.same import keep_same, measure_same
from lantu.relations.spec import Alone, Crosses, Near, Overlaps, Relation, Same

if TYPE_CHECKING:
    from lantu.model import BoolArray
    from lantu.relations.pairs import Pairs


def measured(relation: Relation, pairs: Pairs, *, kernels: bool = False) -> Pairs:
    """Return the pairs with the measures and shapes that the relation's class documents, and ``wide``.

    ``wide`` is 1 where the meeting exceeds the tolerance, else 0. Every measure is a function of the two
    objects and the tolerance, the same bits in any batch, and independent of the relation's thresholds
    (``run_m`` of Near excepted, which is measured at its ``within_m``), so rules with different thresholds
    share it. Crosses gives as many rows for a pair as there are crossings, none included. A pair that
    GEOS cannot compute even on a repaired copy stays, with NaN measures; ``kept`` counts it as failed.
    ``kernels`` says that compiled kernels measure what they can, else GEOS and numpy do.
    """
    if isinstance(relation, Overlaps):
        return measure_overlaps(pairs, kernels=kernels)
    if isinstance(relation, Near):
        return measure_near(relation, pairs, kernels=kernels)
    if isinstance(relation, Crosses):
        return measure_crosses(pairs, kernels=kernels)
    if isinstance(relation, Same):
        return measure_same(relation, pairs, kernels=kernels)
    if isinstance(relation, Alone):
        return replace(pairs, measures={"wide": np.ones(len(pairs))})
    problem = f"{type(relation).__name__} measures its subjects itself, not pairs"
    raise TypeError(problem)


def kept(relation: Relation, pairs: Pairs) -> tuple[BoolArray, LeftOut]:
    """Return which measured pairs reach the relation's thresholds, and what the tolerance left out."""
    if isinstance(relation, Overlaps):
        return keep_overlaps(relation, pairs)
    if isinstance(relation, Near):
        return keep_near(relation, pairs)
    if isinstance(relation, Crosses):
        return keep_crosses(pairs)
    if isinstance(relation, Same):
        return keep_same(relation, pairs)
    return pairs["wide"] > 0, LeftOut()
