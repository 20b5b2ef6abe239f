"""DA05: an id stands on several features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from lantu.model import ProblemKind, Severity
from lantu.rules.base import ANY, LayerRule
from lantu.rules.verdict import verdict
from lantu.rules.wording import listed_texts

if TYPE_CHECKING:
    from lantu.model import BlueprintFacts, Layer
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class IdRepeated(LayerRule):
    """Several features of one layer carry one id.

    *What it finds*

    An id that stands on more than one feature of a layer: one finding per id, for the whole set. The
    first feature keeps the id, the others are called id~2, id~3 in source order.

    *Why it matters*

    An id that names two things names neither: joins multiply rows, a decision on one is taken for the
    other, and comparison by id pairs the wrong boundaries.

    *Basis*

    The standard: id is unique within a layer; for parcels GB/T 37346-2019.

    *Example*

    Parcel code 370306001002GB00003 stands on 2 parcels; the second is called 370306001002GB00003~2 here.

    *How to resolve*

    Two objects: one gets a number of its own. One object drawn twice: delete one (see GE04). One object
    in several parts: join them into one feature.

    *Trap*

    The field mapped to id may not be the id: a village code or a sheet number repeats by nature.
    Multi-part parcels that were exploded on export look the same.
    """

    code: ClassVar[str] = "DA05"
    name: ClassVar[str] = "id-repeated"
    subjects: ClassVar[tuple[str, ...]] = ANY
    severity: Severity = "major"

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:  # noqa: ARG002  # the layer says it all
        """Return one finding per repeated id, on its first feature."""
        log = layer.problems_of(ProblemKind.ID_REPEATED)
        rows = log["row"].to_numpy(dtype=np.int64)
        bearers = pd.DataFrame({"raw": log["raw"].to_numpy(dtype=object), "row": rows, "id": layer.ids[rows]})
        sets = bearers.sort_values("row").groupby("raw", sort=True)
        count = sets.size()
        first = sets["row"].first().to_numpy(dtype=np.int64)
        names = np.empty(len(count), dtype=object)
        names[:] = [listed_texts(ids) for ids in sets["id"].agg(list)]
        return verdict(
            first,
            severity=self.severity,
            field="id",
            raw_a=count.index.to_numpy(dtype=object),
            id_a=count.index.to_numpy(dtype=object),
            measure=count.to_numpy(dtype=np.float64),
            unit="1",
            shape=layer.geometry[first],
            facts={"ids": names},
        )
