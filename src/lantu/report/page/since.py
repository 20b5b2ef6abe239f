"""What the page says of an earlier run, and of all runs of the register; nothing where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lantu.messages import other_language
from lantu.model import translated
from lantu.report.caps import WAIVED_ROWS
from lantu.report.page.columns import texts
from lantu.report.page.said import by_language
from lantu.report.record import counts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.model import Run

PLAIN = ("status", "introduced_by", "delivery", "object_a", "object_b", "changed", "formerly")
SENTENCES = ("changed_a", "changed_b", "reason")
ROW = ("rule", "status", "message", "reason")
TRENDED = ("conflict", "undecidable", "not_checked", "waived")


def since_content(run: Run) -> dict[str, Any]:
    """Return ``since`` and ``trend`` for the page: columns a finding, and a row for each that is gone."""
    found: dict[str, Any] = {}
    if run.since is not None and run.comparison is not None:
        here = run.comparison.set_index("finding_id").reindex(run.findings["finding_id"]).reset_index()
        gone = run.comparison[run.comparison["status"].isin(("resolved", "not_retested"))]
        found["since"] = {
            "run": run.since["run"],
            "counts": run.since["counts"],
            "columns": {name: texts(here[name]) for name in PLAIN}
            | {name: _sentences(run, here, name) for name in SENTENCES},
            "deliveries": run.since["by_delivery"],
            "total": len(gone),
            "gone": _gone(run, gone.head(WAIVED_ROWS)),
        }
    if run.trend:
        now = {"run": "", "as_of": run.facts.as_of.isoformat()} | counts(run)
        found["trend"] = [
            {name: one[name] for name in ("run", "as_of", *TRENDED)} for one in (*run.trend, now)
        ]
    return found


def _sentences(run: Run, table: pd.DataFrame, part: str) -> dict[str, Any]:
    """Return a column of sentences as ``texts`` does, each value by language."""
    pairs = pd.DataFrame({"said": table[part], "other": _translations(run, table, part)}, dtype=object)
    pairs = pairs.where(pairs.notna(), "")
    codes = pairs.groupby(["said", "other"], sort=False).ngroup().to_numpy()
    first = pairs[~pairs.duplicated()]
    return {
        "values": by_language(run, first["said"], _none_for_empty(first["other"])),
        "codes": codes.tolist(),
    }


def _gone(run: Run, table: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {name: row[name] for name in ROW} for row in table.to_dict(orient="records")
    ]
    for part in ("message", "reason"):
        for row, said in zip(
            rows, by_language(run, table[part], _translations(run, table, part)), strict=True
        ):
            row[part] = said
    return rows


def _translations(run: Run, table: pd.DataFrame, part: str) -> pd.Series[Any]:
    """Return the translations of a column; a reason that a rule or a layer gave is said anew."""
    told = table["finding_id"].map(translated(run.translations, part))
    if part != "reason":
        return told
    reasons = [one.reason for one in run.outcomes if one.reason is not None]
    reasons += [layer.refusal.reason for layer in run.facts.layers if layer.refusal is not None]
    other = other_language(run.language)
    known = {reason.text(run.language): reason.text(other) for reason in reasons}
    return told.where(told.notna(), table[part].map(known))


def _none_for_empty(values: Iterable[str]) -> list[str | None]:
    return [value or None for value in values]
