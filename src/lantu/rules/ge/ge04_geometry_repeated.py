"""GE04: one geometry stands twice in a layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.relations import Same
from lantu.rules.base import ANY, PairRule, Partner
from lantu.rules.verdict import verdict
from lantu.rules.wording import listed_texts

if TYPE_CHECKING:
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class GeometryRepeated(PairRule):
    """One geometry stands in a layer more than once.

    *What it finds*

    Features of one layer whose geometries are equal within the tolerance: one finding for the whole set,
    on the feature with the smallest id.

    *Why it matters*

    The same object is counted twice, and every conflict on it is found twice.

    *Basis*

    Topology of a layer: one object, one feature.

    *Example*

    Plots A-1, A-7 and A-9 have the same boundary.

    *How to resolve*

    Keep the one whose attributes are right; where both are needed (two rights on one parcel), put the
    second into a table of its own.

    *Trap*

    Layers of rights or of phases carry one boundary per right or phase on purpose. Points of pipes at one
    manhole coincide by nature.
    """

    code: ClassVar[str] = "GE04"
    name: ClassVar[str] = "geometry-repeated"
    subjects: ClassVar[tuple[str, ...]] = ANY
    partner: ClassVar[Partner] = "itself"
    severity: Severity = "minor"

    @property
    def relation(self) -> Relation:
        """Return equality of geometry within the tolerance."""
        return Same(key="geometry")

    def judge(self, pairs: Pairs) -> Verdict:
        """Return one finding per set, on its smallest id and against the next."""
        sets = _sets(pairs)
        first = np.array([rows[0] for rows in sets], dtype=np.int64)
        second = np.array([rows[1] for rows in sets], dtype=np.int64)
        names = np.empty(len(sets), dtype=object)
        names[:] = [listed_texts(pairs.a.ids[rows]) for rows in sets]
        return verdict(
            first,
            second,
            severity=self.severity,
            measure=np.array([len(rows) for rows in sets], dtype=np.float64),
            unit="1",
            shape=pairs.a.geometry[first],
            facts={"ids": names, "tolerance_m": pairs.tolerance_m},
        )


def _sets(pairs: Pairs) -> list[list[int]]:
    """Return the rows of each set of features joined by pairs, smallest id first, in order of that id.

    Only repeated features pass here, so a loop over them is cheap. Members of a set share one box within the
    tolerance, so they share a tile but where a set straddles the very edge of two.
    """
    leader: dict[int, int] = {}

    def lead(row: int) -> int:
        while leader.setdefault(row, row) != row:
            row = leader[row]
        return row

    for a, b in zip(pairs.rows_a.tolist(), pairs.rows_b.tolist(), strict=True):
        leader[lead(b)] = lead(a)
    members: dict[int, list[int]] = {}
    for row in leader:
        members.setdefault(lead(row), []).append(row)
    ids = pairs.a.ids
    ordered = [sorted(rows, key=lambda row: str(ids[row])) for rows in members.values()]
    return sorted(ordered, key=lambda rows: str(ids[rows[0]]))
