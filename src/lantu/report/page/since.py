"""What the page says of an earlier run, and of all runs of the register; nothing where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lantu.report.caps import WAIVED_ROWS
from lantu.report.page.columns import texts
from lantu.report.record import counts

if TYPE_CHECKING:
    from lantu.model import Run

ROW = ("rule", "status", "message", "reason")
DETAILS = ("changed_a", "changed_b", "formerly")
TRENDED = ("conflict", "undecidable", "not_checked", "waived")


def since_content(run: Run) -> dict[str, Any]:
    """Return ``since`` and ``trend`` for the page: columns a finding, and a row for each that is gone."""
    found: dict[str, Any] = {}
    if run.since is not None and run.comparison is not None:
        here = run.comparison.set_index("finding_id").reindex(run.findings["finding_id"])
        gone = run.comparison[run.comparison["status"].isin(("resolved", "not_retested"))]
        columns = (
            "status",
            "introduced_by",
            "delivery",
            "object_a",
            "object_b",
            "changed",
            *DETAILS,
            "reason",
        )
        found["since"] = {
            "run": run.since["run"],
            "counts": run.since["counts"],
            "columns": {name: texts(here[name]) for name in columns},
            "deliveries": run.since["by_delivery"],
            "total": len(gone),
            "gone": gone[list(ROW)].head(WAIVED_ROWS).to_dict(orient="records"),
        }
    if run.trend:
        now = {"run": "", "as_of": run.facts.as_of.isoformat()} | counts(run)
        found["trend"] = [
            {name: one[name] for name in ("run", "as_of", *TRENDED)} for one in (*run.trend, now)
        ]
    return found
