"""What the run says beside its findings, in each language in which it says it: ``{"zh": …, "en": …}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lantu.messages import other_language
from lantu.model import translated
from lantu.report.caps import WAIVED_ROWS
from lantu.report.record import run_summary
from lantu.report.wording import said_in_both

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.messages import Language
    from lantu.model import Run

UNUSED = ("causes", "matrix", "since")
"""What ``run.json`` has of a run and the page has elsewhere."""


def summary(run: Run) -> dict[str, Any]:
    """Return ``run.json`` as the page needs it, its messages in both languages."""
    found = run_summary(run, say=said_in_both, without=UNUSED)
    for rule in found["rules"].values():
        for pair in rule["pairs"]:
            del pair["reason"]  # see ``not_checked``
    found["waivers"].pop("finding_ids")
    return found


def causes(run: Run) -> list[dict[str, Any]]:
    """Return the causes, title and sentence by language."""
    rows: list[dict[str, Any]] = [
        {str(name): value for name, value in row.items()} for row in run.causes.to_dict(orient="records")
    ]
    for part in ("title", "message"):
        told = translated(run.translations, part)
        for row, said in zip(
            rows, by_language(run, run.causes[part], run.causes["cause_id"].map(told)), strict=True
        ):
            row[part] = said
    return rows


def waived(run: Run) -> dict[str, Any]:
    """Return the findings that a waiver took out, as many as the page lists."""
    names = ("finding_id", "rule", "severity", "reason", "decided_by", "until")
    table = run.waived.iloc[:WAIVED_ROWS]
    rows: list[dict[str, Any]] = [
        {name: _text(row.get(name)) for name in names} for row in table.to_dict(orient="records")
    ]
    told = table["finding_id"].map(translated(run.translations, "message"))
    for row, said in zip(rows, by_language(run, table["message"], told), strict=True):
        row["message"] = said
    return {"total": len(run.waived), "rows": rows}


def not_checked(run: Run) -> list[dict[str, Any]]:
    """Return each rule and pair of layers that was not checked, and why."""
    return [
        {
            "rule": outcome.rule,
            "layerA": outcome.layer_a,
            "layerB": outcome.layer_b,
            "reason": None if outcome.reason is None else said_in_both(outcome.reason),
        }
        for outcome in run.outcomes
        if outcome.answer == "not_checked"
    ]


def by_language(run: Run, said: Iterable[Any], told: Iterable[Any]) -> list[dict[Language, str]]:
    """Return texts in the run's language beside their translations; of one without a translation only it."""
    other = other_language(run.language)
    return [
        {run.language: _text(text) or ""} | ({} if pd.isna(translation) else {other: str(translation)})
        for text, translation in zip(said, told, strict=True)
    ]


def _text(value: Any) -> str | None:  # noqa: ANN401  # a cell of any type
    return None if value is None or value != value else str(value)  # noqa: PLR0124  # NaN is not itself
