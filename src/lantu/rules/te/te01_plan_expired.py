"""TE01: a plan is not in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.rules.base import LayerRule
from lantu.rules.te.periods import days, has_period
from lantu.rules.verdict import verdict
from lantu.rules.wording import where

if TYPE_CHECKING:
    from lantu.model import BlueprintFacts, Layer
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class PlanExpired(LayerRule):
    """A planned plot is not in force on the day of judgement.

    *What it finds*

    A plot whose valid_to lies before the blueprint's day, or whose valid_from lies after it. Such plots
    judge nothing. All expired plots of a layer are one cause, and so are all plots not yet in force.

    *Why it matters*

    A plan that has lapsed can neither forbid nor allow; a layer that still carries it hides that the land
    has no plan.

    *Basis*

    城乡规划法 (valid periods and revision of plans, 17, 46-48); as_of of the blueprint.

    *Example*

    Plot A-03 was valid to 2020-12-31; the blueprint is judged on 2026-11-23.

    *How to resolve*

    Deliver the plan in force. Where the plan was extended, correct valid_to.

    *Trap*

    A regulatory plan has no end of its own but follows the master plan's; a valid_to taken from the
    master plan may be the department's reading, not the law's. Nothing follows from an empty valid_to.
    """

    code: ClassVar[str] = "TE01"
    name: ClassVar[str] = "plan-expired"
    subjects: ClassVar[tuple[str, ...]] = ("plan.plot",)
    severity: Severity = "info"

    def lacks(self, layer: Layer) -> str | None:
        """Return valid_to where the layer has neither date."""
        return None if has_period(layer) else "valid_to"

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:
        """Return the plots whose time is over or has not come."""
        starts, ends = days(layer.values("valid_from")), days(layer.values("valid_to"))
        today = np.datetime64(facts.as_of)
        expired = ends < today
        early = (starts > today) & ~expired
        rows = np.flatnonzero(expired | early)
        over = expired[rows]
        day = np.where(over, ends[rows], starts[rows])
        return verdict(
            rows,
            severity=self.severity,
            field=np.where(over, "valid_to", "valid_from").astype(object),
            value_a=np.array([str(one) for one in day], dtype=object),
            raw_a=np.where(over, layer.raw("valid_to", rows), layer.raw("valid_from", rows)),
            cause=np.where(over, "valid_to", "valid_from").astype(object),
            message=where(~over, "rules.TE01.not_yet"),
            shape=layer.geometry[rows],
            facts={"day": np.array([str(one) for one in day], dtype=object), "as_of": str(facts.as_of)},
        )
