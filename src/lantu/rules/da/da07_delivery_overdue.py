"""DA07: a delivery is overdue."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.rules.base import ANY, LayerRule
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import BlueprintFacts, Layer
    from lantu.rules.verdict import Verdict

_DURATION = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")

MONTHS_A_YEAR = 12
DAYS_A_WEEK = 7


@dataclass(frozen=True, kw_only=True)
class DeliveryOverdue(LayerRule):
    """A layer is older than its agreed update frequency allows.

    *What it finds*

    A layer whose date of issue plus agreed update frequency lies before the day on which the blueprint is
    judged. One finding per layer.

    *Why it matters*

    A contradiction with an overdue layer may only be the age of that layer, and its silence proves
    nothing about today.

    *Basis*

    issued and update of the layer in the blueprint; update is an ISO 8601 duration (P1Y, P6M, P30D).

    *Example*

    Issued on 2025-03-01 with P1Y: due on 2026-03-01, 267 days before 2026-11-23.

    *How to resolve*

    Ask the department for its current delivery, then check again.

    *Trap*

    A layer may be current although old, when nothing changed. The department then delivers it again under
    a new date, or the agreed frequency is wrong.
    """

    code: ClassVar[str] = "DA07"
    name: ClassVar[str] = "delivery-overdue"
    subjects: ClassVar[tuple[str, ...]] = ANY
    severity: Severity = "info"

    def lacks(self, layer: Layer) -> str | None:
        """Return which of the two dates is not known."""
        if layer.provenance.issued is None:
            return "issued"
        return "update" if due_date(layer.provenance.issued, layer.provenance.update) is None else None

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:
        """Return one finding on the layer when it was due before the blueprint's day."""
        issued, update = layer.provenance.issued, layer.provenance.update
        due = due_date(issued, update) if issued is not None else None
        overdue = due is not None and due < facts.as_of
        days = (facts.as_of - due).days if due is not None else 0
        return verdict(
            np.full(int(overdue), -1),
            severity=self.severity,
            facts={
                "issued": str(issued),
                "update": update,
                "due": str(due),
                "days": days,
                "as_of": str(facts.as_of),
            },
        )


def due_date(issued: dt.date, update: str | None) -> dt.date | None:
    """Return the day on which the next delivery is due; None for no duration or one that is not ISO 8601.

    Years and months count as calendar months, and end on the last day of a shorter month.
    """
    match = _DURATION.fullmatch(update or "")
    if match is None:
        return None
    years, months, weeks, days = (int(number or 0) for number in match.groups())
    month = issued.month - 1 + months + MONTHS_A_YEAR * years
    year, month = issued.year + month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1
    if year > dt.MAXYEAR:
        return dt.date.max
    day = min(issued.day, calendar.monthrange(year, month)[1])
    try:
        return dt.date(year, month, day) + dt.timedelta(days=DAYS_A_WEEK * weeks + days)
    except OverflowError:
        return dt.date.max
