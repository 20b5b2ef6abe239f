"""What the register says of findings, as columns of the workbook; none where there is no register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lantu.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import Run

_WIDTHS: Mapping[str, int] = {
    "status": 12, "decision": 18, "by": 14, "responsible": 18, "due": 11, "overdue": 9, "age_days": 11,
    "note": 30,
}  # fmt: skip
_NAMED = {"responsible", "due", "note"}

COUNTED = ("decided.age_days",)
"""Columns of numbers; the others are texts."""


def decided_columns(run: Run) -> dict[str, int]:
    """Return the columns (their message below ``report.excel.``) and their widths in characters."""
    if run.decisions is None:
        return {}
    return {f"decided.{name}": width for name, width in _WIDTHS.items()}


def decided_cells(run: Run, finding_id: str, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the cells of a finding by column; of a clash every decision in force is told."""
    if run.decisions is None:
        return {}
    cells: dict[str, Any] = dict.fromkeys(decided_columns(run))
    found = run.decisions["findings"].get(finding_id)
    cells["decided.status"] = _word(run, "status", found["status"] if found else "open")
    if found is None:
        return cells
    heads = [entry for entry in found["history"] if entry["latest"]]
    cells["decided.decision"] = " / ".join(_word(run, "word", entry["decision"]) for entry in heads)
    cells["decided.by"] = " / ".join(entry["by"] for entry in heads)
    for name in _NAMED:
        said = dict.fromkeys(names.get(entry[name], entry[name]) for entry in heads if entry[name])
        cells[f"decided.{name}"] = " / ".join(said) or None
    cells["decided.overdue"] = say("report.excel.decided.yes", run.language) if found["overdue"] else None
    cells["decided.age_days"] = found["age_days"]
    return cells


def _word(run: Run, kind: str, name: str) -> str:
    return say(f"report.page.decision.{kind}.{name}", run.language)
