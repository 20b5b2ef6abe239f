"""PI05: cover too shallow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.relations import Alone
from lantu.rules.base import PairRule
from lantu.rules.heights import as_text
from lantu.rules.pi.clearance import Required, causes, facts_of, judge_clear, required_of
from lantu.rules.pi.pipes import DEPTHS, MEDIUM, PIPE, depth_error_m, kinds_of
from lantu.rules.recalled import lowered
from lantu.rules.verdict import verdict
from lantu.rules.wording import words
from lantu.standards import cover_depth

if TYPE_CHECKING:
    from lantu.model import BoolArray, ObjectArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class CoverTooShallow(PairRule):
    """A pipe has less earth above it than the standard requires.

    *What it finds*

    A pipe whose cover at its shallower end is less than its medium, its laying and the ground above require,
    by more than the error of depths. Where the ground above is not known the smallest requirement counts for
    a conflict and the largest for silence. Undecidable: between both, within the error, or a depth or
    the medium is missing. depth_accuracy_m is the standard error of a depth; without it 7.5 % of the depth,
    of 1 m at least.

    *Why it matters*

    Wheels crush a shallow pipe, ploughs and fence posts hit it, and water in it freezes.

    *Basis*

    GB 50289-2016 4.1.1, table 4.1.1; gas: GB 50028-2006 (2020) 6.3.4, drains: GB 50014-2021 5.3.7.

    *Example*

    Power cable DL-187 has 0.3 m of cover at its shallower end; 0.5 to 1 m are required.

    *How to resolve*

    Measure the depth at both ends and see whether cars drive above. If it is confirmed, the owner covers the
    pipe with a plate, sleeves or lowers it; the road department does not lower the road until then.

    *Trap*

    A rebuilt road changes the ground, and old depths with it. Risers and pipes inside chambers have no cover
    by nature. Where the soil freezes deeper cover is needed, which the table does not hold.
    """

    code: ClassVar[str] = "PI05"
    name: ClassVar[str] = "cover-too-shallow"
    subjects: ClassVar[tuple[str, ...]] = (PIPE,)
    needs_a: ClassVar[tuple[str, ...]] = (MEDIUM, *DEPTHS)
    severity: Severity = "minor"
    depth_accuracy_m: float | None = None

    @property
    def relation(self) -> Relation:
        """Return each pipe by itself."""
        return Alone()

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return pipes that the table speaks of."""
        return np.asarray(~np.isnan(_required(pairs).high_m), dtype=np.bool_)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return pipes that lie too shallow, and those of which the data cannot tell."""
        required = _required(pairs)
        start_m, end_m = (pairs.subject.numbers(column) for column in DEPTHS)
        cover_m = np.fmin(start_m, end_m)
        both_m = np.minimum(start_m, end_m)  # an end that is not known may be shallower
        tolerance_m = 2.0 * depth_error_m(cover_m, self.depth_accuracy_m)
        found = judge_clear(required, clear_m=cover_m, least_m=both_m, tolerance_m=tolerance_m)
        keep = found.reported
        pairs, required, found = pairs.take(keep), required.take(keep), found.take(keep)
        cover_m, tolerance_m = cover_m[keep], tolerance_m[keep]
        return verdict(
            pairs.rows_a,
            severity=lowered(self.severity, required.recalled),
            undecidable=found.unsure,
            cause=causes(pairs, found, depth_accuracy_m=self.depth_accuracy_m),
            facts=facts_of(required, found, tolerance_m)
            | {"medium_a": words(MEDIUM, pairs.subject[MEDIUM]), "short_m": required.low_m - cover_m},
            field=_shallower(pairs),
            value_a=as_text(cover_m),
            raw_a=_raw(pairs),
            measure=cover_m,
            unit="m",
            required=required.stated_m(found.conflict),
            tolerance=tolerance_m,
            shape=pairs.shape(),
        )


def _required(pairs: Pairs) -> Required:
    # A pipe of unknown medium is undecidable at any depth: nobody says how deep it would have to lie.
    kinds = kinds_of(pairs.subject)
    return required_of(cover_depth(kinds.pipes), most_m=np.inf).take(kinds.of)


def _shallower(pairs: Pairs) -> ObjectArray:
    """Return the column of each pipe's shallower end, of the two that are known."""
    start_m, end_m = (pairs.subject.numbers(column) for column in DEPTHS)
    at_end = (end_m < start_m) | (np.isnan(start_m) & ~np.isnan(end_m))
    return np.where(at_end, DEPTHS[1], DEPTHS[0]).astype(object)


def _raw(pairs: Pairs) -> ObjectArray:
    start, end = (pairs.subject.raw(column) for column in DEPTHS)
    return np.where(_shallower(pairs) == DEPTHS[0], start, end)
