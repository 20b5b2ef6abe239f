"""LU01: current or registered use contradicts the plan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path  # noqa: TC003  # a dataclass field, read at run time
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import SEVERITIES, Severity
from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.land_use import CLASS, shared_ground, unclassified
from lantu.rules.lu.overlaid import deciding, may_decide
from lantu.rules.recalled import check_against
from lantu.rules.verdict import verdict
from lantu.rules.wording import where, words
from lantu.standards import Compatibility, CompatibilityRows, compatibility

if TYPE_CHECKING:
    from lantu.model import BoolArray, ObjectArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.lu.overlaid import Overlaid
    from lantu.rules.verdict import Verdict

CONSISTENT = 0
HIGH = 3
SEVERITY_OF: tuple[Severity, ...] = ("info", "info", "minor", "critical")
"""By the matrix's number: 0 is reported for nothing, 3 is one step lower where the row is recalled."""
UNSURE: Severity = "minor"
"""Severity of an undecidable pair: less than a contradiction that counts, more than a remark."""


@dataclass(frozen=True, kw_only=True)
class UseContradictsPlan(PairRule):
    """Current or registered use and planned use are not consistent.

    *What it finds*

    Ground, at least min_area_m2 and min_share of the parcel or survey patch, whose class of use today is
    not consistent with the class that the plan gives it, by the compatibility matrix. Severity comes from
    the matrix: 3 is critical (major where the row was only recalled, not seen in its source), 2 minor, 1
    info. Where min_area_m2 or more of that ground lie in basic farmland, an ecological redline, a heritage
    zone, a river management range or on a steep slope, landuse_constraint_matrix.csv overrides: the
    finding says what that zone rules, and is never milder than the zone's word: prohibited is critical,
    approval required major, allowed under conditions minor, each one lower where the row was recalled.

    *Why it matters*

    Here the plan and the land say different things: a permit by the plan needs conversion approval,
    relocation or compensation first, and a permit by the present use breaks the plan.

    *Basis*

    landuse_compatibility.csv, with the clause and its reason for each pair of classes; a city's own
    matrix where the parameter matrix names one. Inside a zone landuse_constraint_matrix.csv, likewise.

    *Example*

    Survey patch S1 is cropland (0103); plot A-1 plans an industrial site (1001) on 5 000 m² of it:
    conversion of cropland.

    *How to resolve*

    Decide which of the two is to hold. The plan: apply for conversion (农用地转用) before any permit. The
    land: amend the plan. Where the plan is for later years, record it as planned change.

    *Trap*

    A plan is meant to differ from the present: minor and info findings are mostly planned change, not
    error. Read the critical and major ones first; they are those that law forbids or restricts.
    """

    code: ClassVar[str] = "LU01"
    name: ClassVar[str] = "use-contradicts-plan"
    subjects: ClassVar[tuple[str, ...]] = ("land.parcel", "land.survey")
    against: ClassVar[tuple[str, ...]] = ("plan.plot",)
    needs_a: ClassVar[tuple[str, ...]] = (CLASS,)
    needs_b: ClassVar[tuple[str, ...]] = (CLASS,)
    beside: ClassVar[tuple[str, ...]] = ("plan.control_line", "heritage.zone", "water.zone")
    severity: Severity | None = None  # type: ignore[assignment]  # None: from the matrix
    min_area_m2: float = 50.0
    min_share: float = 0.05
    min_severity: Severity = "info"
    matrix: Path | None = None

    def __post_init__(self) -> None:
        """Read the matrix once, so that a mistake in a city's own file shows before the run."""
        _ = self._matrix

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2`` and ``min_share``."""
        return Overlaps(min_area_m2=self.min_area_m2, min_share=self.min_share)

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return pairs that the matrix, or an overlay, may have something against, or that are not known."""
        rows = self._rows(pairs)
        enough = self._enough(self._severity(rows))
        wanted = (rows.severity < CONSISTENT) | ((rows.severity > CONSISTENT) & enough)
        rest = np.flatnonzero(~wanted)
        wanted[rest] = may_decide(pairs.take(rest), consistent=rows.severity[rest] == CONSISTENT)
        return np.asarray(wanted, dtype=np.bool_)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return contradictions, by the overlay where one decides; undecidable without a single class."""
        rows = self._rows(pairs)
        consistent, severity = rows.severity == CONSISTENT, self._severity(rows)
        over = deciding(pairs, consistent=consistent, min_area_m2=self.min_area_m2)
        if self.severity is None:
            graver = over.found & (consistent | ~_milder(over.severity, severity))
            severity = np.where(graver, over.severity, severity)
        unknown = rows.severity < CONSISTENT
        keep = unknown | (self._enough(severity) & (over.found | ~consistent))
        return self._verdict(pairs.take(keep), over.take(keep), severity=severity[keep])

    def _verdict(self, pairs: Pairs, over: Overlaid, *, severity: ObjectArray) -> Verdict:
        unknown, rows = unclassified(pairs), self._rows(pairs)
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=severity,
            undecidable=unknown.mask,
            cause=unknown.cause,
            message=where(over.found, "rules.LU01.overlaid"),
            level=over.level,
            facts={
                **unknown.facts,
                "reason": words("reason", rows.reason),
                "source": words("reason", rows.source),
                "check": np.where(over.found, over.check, check_against(rows.source, rows.recalled)),
                "verdict_word": words("compatibility_verdict", rows.verdict),
                "place": over.place,
                "ruling": over.ruling,
                "tolerance_m": pairs.tolerance_m,
            },
            **shared_ground(pairs, min_area_m2=self.min_area_m2),
        )

    @cached_property
    def _matrix(self) -> Compatibility:
        found = compatibility(self.matrix)
        return Compatibility(
            cells=dict(found.cells), source=found.source
        )  # a plain dict can be sent to workers

    def _rows(self, pairs: Pairs) -> CompatibilityRows:
        return self._matrix.lookup(pairs.subject[CLASS], pairs.other[CLASS])

    def _enough(self, severity: ObjectArray) -> BoolArray:
        """Return where a severity is at least the lowest that is asked for."""
        wanted = SEVERITIES[: SEVERITIES.index(self.min_severity) + 1]
        return np.isin(severity, np.array(wanted, dtype=object))

    def _severity(self, rows: CompatibilityRows) -> ObjectArray:
        """Return the severity of each pair by the matrix, or the one that the blueprint sets for all."""
        if self.severity is not None:
            return np.full(len(rows.severity), self.severity, dtype=object)
        scale = np.array(SEVERITY_OF, dtype=object)
        graded = scale[np.maximum(rows.severity, CONSISTENT)]
        graded[(rows.severity == HIGH) & rows.recalled] = "major"
        graded[rows.severity < CONSISTENT] = UNSURE
        return graded


def _milder(severity: ObjectArray, than: ObjectArray) -> BoolArray:
    """Return where one severity is below another; nowhere where there is none."""
    rank = {word: place for place, word in enumerate(SEVERITIES)}
    pairs = zip(severity, than, strict=True)
    return np.array([word is not None and rank[word] > rank[other] for word, other in pairs], dtype=np.bool_)
