"""What a department has to do: causes first, on top what it must act on, and what changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lantu.model import SEVERITIES
from lantu.register.objects import write_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.model import Run

FILE = "actions.csv"
COLUMNS = (
    "kind", "id", "must_act", "why", "status", "severity", "rule", "findings", "other_department", "own_id",
    "cause_id", "town", "message",
)  # fmt: skip
ACTS = ("yes", "together", "no")
"""Whether the department acts: alone, with the other side, or the other side does; in this order."""

CHANGED = ("reopened", "new", "persisting")


def actions(run: Run, department: str) -> pd.DataFrame:
    """Return what an edition holds for a department, in the order of COLUMNS, one row a cause and a finding.

    A department must act where a decision says so, else where another one's word counts before its own
    (``[authority]``), else where its delivery brought the conflict in; what none of these settles, both sides
    settle together.
    """
    standards = {layer.name: layer.standard for layer in run.facts.layers}
    changes: dict[str, Mapping[Any, Any]] = {}
    if run.comparison is not None:
        changes = {row["finding_id"]: row for row in run.comparison.to_dict(orient="records")}
    findings = [
        _finding(row, department, run, standards, changes)
        for row in pd.DataFrame(run.findings.drop(columns=run.findings.geometry.name)).to_dict(
            orient="records"
        )
    ]
    causes = [
        _cause(row, [one for one in findings if one["cause_id"] == row["cause_id"]])
        for row in run.causes.to_dict(orient="records")
    ]
    rows = [*sorted(causes, key=_order), *sorted(findings, key=_order)]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def write_actions(run: Run, department: str, folder: Path) -> None:
    """Write the list as CSV beside the edition."""
    write_table(actions(run, department), folder / FILE)


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    status = CHANGED.index(row["status"]) if row["status"] in CHANGED else len(CHANGED)
    return (
        ACTS.index(row["must_act"]),
        SEVERITIES.index(row["severity"]),
        status,
        -row["findings"],
        row["id"],
    )


def _finding(
    row: Mapping[Any, Any],
    department: str,
    run: Run,
    standards: Mapping[str, str],
    changes: Mapping[str, Mapping[Any, Any]],
) -> dict[str, Any]:
    own, other = ("a", "b") if row["department_a"] == department else ("b", "a")
    change = changes.get(row["finding_id"], {})
    acts, why = _who(row, own, other, run, standards, change)
    return {
        "kind": "finding", "id": row["finding_id"], "must_act": acts, "why": why,
        "status": change.get("status", ""), "severity": row["severity"], "rule": row["rule"], "findings": 1,
        "other_department": row[f"department_{other}"], "own_id": row[f"id_{own}"],
        "cause_id": row["cause_id"], "town": row["town"], "message": row["message"],
    }  # fmt: skip


def _who(
    row: Mapping[Any, Any],
    own: str,
    other: str,
    run: Run,
    standards: Mapping[str, str],
    change: Mapping[Any, Any],
) -> tuple[str, str]:
    """Return whether the department on side ``own`` acts, and by what that is settled."""
    department, against = row[f"department_{own}"], row[f"department_{other}"]
    if not isinstance(against, str) or against == department:
        return "yes", "own"
    decided = (run.decisions or {}).get("findings", {}).get(row["finding_id"])
    if decided is not None and decided["status"] == "decided":
        head = next(entry for entry in decided["history"] if entry["latest"])
        loser = {"a_corrects": "a", "b_corrects": "b"}.get(head["decision"])
        return ("together" if loser is None else "yes" if loser == own else "no"), "decision"
    ranked = _ranked(row, run, standards)
    if {department, against} & set(ranked):
        first = next(name for name in ranked if name in {department, against})
        return ("no" if first == department else "yes"), "authority"
    introduced = change.get("introduced_by")
    if introduced in {"a", "b"}:
        return ("yes" if introduced == own else "no"), "delivery"
    return "together", "open"


def _ranked(row: Mapping[Any, Any], run: Run, standards: Mapping[str, str]) -> tuple[str, ...]:
    """Return whose word counts for the column in contradiction, on whichever side ``[authority]`` speaks."""
    for side in ("a", "b"):
        listed = run.facts.authority.get(f"{standards.get(row[f'layer_{side}'], '')}.{row['field']}")
        if listed:
            return listed
    return ()


def _cause(row: Mapping[Any, Any], behind: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a cause: it is acted on as its findings most often are."""
    acts = [one["must_act"] for one in behind]
    chosen = max(ACTS, key=acts.count) if acts else "together"
    why = next((one["why"] for one in behind if one["must_act"] == chosen), "")
    states = [one["status"] for one in behind if one["status"]]
    status = next((name for name in CHANGED if name in states), "")
    severity = row["severity"] if row["severity"] in SEVERITIES else _worst(behind)
    others = sorted({str(one["other_department"]) for one in behind if one["other_department"]})
    return {
        "kind": "cause", "id": row["cause_id"], "must_act": chosen, "why": why, "status": status,
        "severity": severity, "rule": row["rule"], "findings": int(row["findings"]),
        "other_department": "; ".join(others), "own_id": row["object"], "cause_id": row["cause_id"],
        "town": None, "message": row["message"],
    }  # fmt: skip


def _worst(behind: list[dict[str, Any]]) -> str:
    return min((one["severity"] for one in behind), key=SEVERITIES.index, default=SEVERITIES[-1])
